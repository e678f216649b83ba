internal import CanonicalBytes
package import CommandSupport
internal import MarketData
internal import RiskEngine

/// What an epoch of the margin engine costs on a market of the size that it is made for.
///
/// An epoch is everything from the market in memory to the snapshot with its digest and the digests of its
/// inputs: measures of every underlying, rates and brackets of every future, each option valued anew in every
/// scenario, collateral, the factor model. Reading files and writing them are measured beside it.
package struct EngineBench {
  /// The size of the market.
  private static let (futures, options) = (50, 500)
  private let epochs: Int

  /// - Parameter isQuick: a few epochs instead of a day of them.
  package init(isQuick: Bool) { epochs = isQuick ? 5 : 24 }

  package func measurements() throws(ToolFailure) -> [Stopwatch.Measurement] {
    do {
      let source = SyntheticMarket(seed: 1)
      let (market, bytes) = try Self.market(source)
      let size = "\(market.instruments.count { !$0.kind.isOption }) futures and \(Self.options) options"
      let (hour, end) = (Int64(3_600), source.end)
      var replay = Replay(
        engine: try SnapshotPublisher(market: market, configuration: .standard, tracing: .none))
      let start = Stopwatch.threadTime
      var publication = try replay.step(to: end - Int64(epochs) * hour)
      let first = Stopwatch.Sample(nanoseconds: (Stopwatch.threadTime - start).nanoseconds)
      var samples: [Stopwatch.Sample] = []
      for back in (0..<Int64(epochs)).reversed() {
        let start = Stopwatch.threadTime
        publication = try replay.step(to: end - back * hour)
        samples.append(Stopwatch.Sample(nanoseconds: (Stopwatch.threadTime - start).nanoseconds))
      }
      let listed = publication.snapshot.instruments
      guard listed.count(where: { $0.kind?.isLinear == false }) == Self.options, replay.state.failures == 0
      else {
        throw ToolFailure(.internalFault, "bench", "the market lacks options, or the engine failed")
      }
      let snapshot = publication.snapshot
      return [
        Stopwatch.Measurement(name: "engine, first epoch of \(size), every model fitted", [first]),
        Stopwatch.Measurement(name: "engine, an epoch an hour after the last", samples),
        Stopwatch(.quick).measure("write its snapshot as JSON") { snapshot.json.encoded(.indented) },
        Stopwatch(.quick).measure("read the files of a market of 3 underlyings, \(bytes / 1_000) kB") {
          try? source.market()
        },
      ]
    } catch let error as ToolFailure {
      throw error
    } catch {
      throw ToolFailure(.internalFault, "bench", "the market could not be published: \(error)")
    }
  }

  /// A market of as many underlyings as futures, each with bars of two months, funding, open interest, books
  /// of two venues and prices of six sources, and chains of options on the first of them; and the size of the
  /// files that it was made of.
  private static func market(_ source: SyntheticMarket) throws(MarketDataError) -> (Market, bytes: Int) {
    let files = source.directory()
    let made = try Market.load { path in files.first { $0.path == path }?.bytes }
    let perpetuals = made.instruments.filter { $0.kind == .perpetual }
    var listing = made.listing
    (listing.underlyings, listing.optionListings, listing.instruments) = ([], [], [])
    // The dollar without prices of its own is worth one.
    listing.assets = listing.assets.filter { $0.underlying == nil }
    for place in listing.assets.indices { listing.assets[place].prices = nil }
    var (series, instruments, left) = ([UnderlyingSeries](), [InstrumentListing](), options)
    for place in 0..<futures {
      var own = made.underlyings[place % made.underlyings.count]
      guard var perpetual = perpetuals.first(where: { $0.underlying == own.id }) else { continue }
      own.id = "U\(place)"
      (perpetual.id, perpetual.underlying) = ("\(own.id)-PERP", own.id)
      listing.underlyings.append(UnderlyingListing(id: own.id, bars: ""))
      listing.instruments.append(perpetual)
      if let chain = own.chains.last, left > 0 {
        for quote in chain.quotes.prefix(left) {
          instruments.append(
            InstrumentListing(
              id: "\(own.id)-\(quote.expiry)-\(Int(quote.strike))-\(quote.kind.rawValue)",
              kind: quote.kind == .call ? .call : .put, underlying: own.id, lot: perpetual.lot,
              expiry: quote.expiry, strike: quote.strike))
        }
        left = options - instruments.count
      }
      series.append(own)
    }
    instruments = listing.instruments + instruments
    return (
      Market(listing: listing, instruments: instruments, underlyings: series),
      files.reduce(0) { $0 + $1.bytes.count }
    )
  }
}
