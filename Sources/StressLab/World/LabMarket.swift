internal import CanonicalBytes
public import MarginRules
public import MarketData
public import RiskEngine
internal import RiskModels

/// The market of a run: what the engine has seen before the scenario, and what it sees as the scenario goes
/// on.
///
/// The engine is given what it would have been given: prices by source as they arrive, hourly bars when they
/// end, order books every hour and open interest.
public struct LabMarket: Sendable {
  /// What the engine sees.
  public private(set) var market: Market
  /// The perpetuals by their place in the market's listing, one for each underlying that has one.
  public let instruments: [Instrument]
  /// The instant at which the scenario begins, in seconds since 1970.
  public let start: Int64

  /// A perpetual and what is known of its underlying when the scenario begins.
  public struct Instrument: Hashable, Sendable {
    /// The name of the instrument.
    public let id: String
    /// The name of the underlying.
    public let underlying: String
    /// The place of the underlying in the market.
    let series: Int
    /// One lot, in units of the underlying.
    public let lot: Double
    /// The first price in USD.
    public let price: Double
    /// The deviation of the logarithm of a day's return over the last 30 days.
    public let deviation: Double
    /// What a day trades, in USD, over the last 30 days.
    public let dailyVolume: Double
    /// Depth within one percent of the middle, the smaller side, in USD.
    public let depth: Double
  }

  /// The hourly bar in progress of each instrument.
  private var open: [Bar] = []
  private var lastBook: [Double] = []
  private var nextHour: Int64

  /// Takes a market as it is at its newest instant; nil if it has no perpetual with ten days of hourly bars.
  public init?(_ market: Market) {
    guard let latest = market.newestInstant() else { return nil }
    let hour: Int64 = 3_600
    start = (latest + hour - 1) / hour * hour
    var found: [Instrument] = []
    for listing in market.instruments where listing.kind == .perpetual {
      guard let place = market.underlyings.firstIndex(where: { $0.id == listing.underlying }),
        !found.contains(where: { $0.underlying == listing.underlying })
      else { continue }
      let bars = market.underlyings[place].upTo(start).hourly.suffix(720)
      guard bars.count >= 240, let last = bars.last else { continue }
      var (sum, volume) = (0.0, 0.0)
      for (a, b) in zip(bars, bars.dropFirst()) {
        let r = DeterministicMath.log(b.close / a.close)
        sum += r * r
      }
      for bar in bars { volume += bar.quoteVolume }
      let daily = volume / Double(bars.count) * 24
      let depth = market.underlyings[place].books.compactMap { venue in
        venue.books.last.flatMap(BookDepth.init)?.minimumDepthUSD(withinBps: 100)
      }.reduce(0, +)
      found.append(
        Instrument(
          id: listing.id, underlying: listing.underlying, series: place, lot: listing.lot.size,
          price: last.close,
          deviation: (sum / Double(bars.count - 1) * 24).squareRoot(), dailyVolume: max(daily, 1),
          depth: depth > 0 ? depth : daily / 100))
    }
    guard !found.isEmpty else { return nil }
    instruments = found
    self.market = market
    self.market.instruments.removeAll { listing in !found.contains { $0.id == listing.id } }
    nextHour = start + hour
    for instrument in found {
      open.append(Self.bar(at: start, instrument.price))
      lastBook.append(0)
    }
  }

  /// A made-up market of up to 64 underlyings, the same for the same seed on every machine.
  ///
  /// - Parameters:
  ///   - count: how many underlyings, 1 to 64.
  ///   - days: how long the engine has seen it, 12 to 400.
  public init(seed: UInt64, underlyings count: Int, days: Int = 40) {
    precondition((1...64).contains(count) && (12...400).contains(days))
    var random = SeededGenerator(seed: seed)
    let (hour, begin): (Int64, Int64) = (3_600, SyntheticMarket.start)
    let end = begin + Int64(days) * 86_400
    var listing = MarketListing(underlyings: [], instruments: [], assets: [])
    var series: [UnderlyingSeries] = []
    var prices: [Double] = (0..<count).map { 100_000 / Double(1 + $0 * 7) }
    let usual: [Double] = (0..<count).map { 0.004 + 0.0012 * Double($0 % 5) }
    var bars = [[Bar]](repeating: [], count: count)
    for step in 0..<days * 24 {
      let common = random.nearlyNormal()
      for u in 0..<count {
        let r = usual[u] * (0.8 * common + 0.6 * random.nearlyNormal())
        let next = prices[u] * DeterministicMath.exp(r)
        let volume = 4e7 / Double(1 + u) * (0.6 + 0.8 * random.uniform())
        bars[u].append(
          Bar(
            openTime: begin + Int64(step) * hour, open: prices[u], high: max(prices[u], next) * 1.001,
            low: min(prices[u], next) * 0.999, close: next, baseVolume: volume / next, quoteVolume: volume))
        prices[u] = next
      }
    }
    for u in 0..<count {
      let id = ["BTC", "ETH", "SOL"].indices.contains(u) ? ["BTC", "ETH", "SOL"][u] : "U\(u)"
      listing.underlyings.append(UnderlyingListing(id: id, bars: "\(id).csv"))
      // A lot is worth between one and ten USD.
      let lot =
        ["0.00001", "0.0001", "0.001", "0.01", "0.1", "1"].first { (Double($0) ?? 1) * prices[u] >= 1 } ?? "1"
      if let lot = Lot(lot) {
        listing.instruments.append(
          InstrumentListing(id: "\(id)-PERP", kind: .perpetual, underlying: id, lot: lot))
      }
      var one = UnderlyingSeries(id: id, bars: BarSeries(interval: hour, bars: bars[u]))
      let depth = 4e7 / Double(1 + u) * 24 / 100
      one.books = [
        VenueBooks(
          venue: "lab", weightPpm: 1_000_000,
          books: (0..<24).map { Self.book(at: end - Int64(23 - $0) * hour, prices[u], depth: depth) })
      ]
      one.prices = ["a", "b", "c"].map {
        PriceObservation(source: $0, timeMilliseconds: end * 1_000, price: prices[u])
      }
      series.append(one)
    }
    if let cent = Lot("0.01") {
      listing.assets = [AssetListing(id: "USDC", prices: "USDC.csv", isStable: true, lot: cent)]
    }
    let peg = PriceObservation(source: "a", timeMilliseconds: end * 1_000, price: 1)
    let market = Market(
      listing: listing, instruments: listing.instruments, underlyings: series, assetPrices: [[peg]])
    // Ten days of hourly bars and a perpetual for each are there.
    guard let lab = LabMarket(market) else { preconditionFailure("a made-up market has perpetuals") }
    self = lab
  }

  /// The snapshot that the engine publishes when the scenario begins.
  ///
  /// - Throws: ``StressError/engine(_:)``.
  public func firstSnapshot(_ engine: EngineConfiguration = .standard) throws(StressError) -> RiskSnapshot {
    do throws(PublicationError) {
      return try SnapshotPublisher(market: market, configuration: engine, tracing: .none)
        .publish(at: start, state: .initial, previous: .zero, beacon: .zero).snapshot
    } catch {
      throw .engine("\(error)")
    }
  }

  /// Ends a step: what has happened reaches the engine.
  ///
  /// - Parameters:
  ///   - time: the end of the step, in seconds since 1970.
  ///   - prices: the price of each instrument.
  ///   - seen: what the oracles say at this instant and when they saw it; nil while they are silent.
  ///   - depths: what each side offers within one percent, in USD.
  ///   - peg: the price of stable assets; nil while the oracles are silent.
  mutating func advance(
    to time: Int64, prices: [Double], seen: (time: Int64, prices: [Double])?, depths: [Double], peg: Double?,
    openInterest: [Double]
  ) {
    for (i, instrument) in instruments.enumerated() {
      let price = prices[i]
      open[i].high = max(open[i].high, price)
      open[i].low = min(open[i].low, price)
      open[i].close = price
      if let seen {
        for source in ["a", "b", "c"] {
          market.underlyings[instrument.series].prices.append(
            PriceObservation(source: source, timeMilliseconds: seen.time * 1_000, price: seen.prices[i]))
        }
      }
      // A book an hour, and one whenever depth has changed by a quarter.
      let isHour = time >= nextHour
      if isHour || (depths[i] - lastBook[i]).magnitude > 0.25 * lastBook[i] {
        lastBook[i] = depths[i]
        if market.underlyings[instrument.series].books.isEmpty {
          market.underlyings[instrument.series].books = [
            VenueBooks(venue: "lab", weightPpm: 1_000_000, books: [])
          ]
        }
        for venue in market.underlyings[instrument.series].books.indices {
          let share = depths[i] / Double(market.underlyings[instrument.series].books.count)
          market.underlyings[instrument.series].books[venue].books.append(
            Self.book(at: time, price, depth: share))
        }
      }
      guard isHour else { continue }
      let daily = instrument.dailyVolume / 24
      open[i].quoteVolume = daily
      open[i].baseVolume = daily / price
      market.underlyings[instrument.series].bars.bars.append(open[i])
      market.underlyings[instrument.series].openInterest.append(
        OpenInterestPrint(time: time, longUSD: openInterest[i], shortUSD: openInterest[i]))
      open[i] = Self.bar(at: nextHour, price)
    }
    if let peg {
      for (place, asset) in market.listing.assets.enumerated()
      where asset.isStable && place < market.assetPrices.count && !market.assetPrices[place].isEmpty {
        market.assetPrices[place].append(
          PriceObservation(source: "a", timeMilliseconds: time * 1_000, price: peg))
      }
    }
    while nextHour <= time { nextHour += 3_600 }
  }

  private static func bar(at time: Int64, _ price: Double) -> Bar {
    Bar(openTime: time, open: price, high: price, low: price, close: price, baseVolume: 0, quoteVolume: 0)
  }

  /// A book that offers `depth` USD on each side within one percent, evenly.
  private static func book(at time: Int64, _ price: Double, depth: Double) -> OrderBook {
    func side(_ sign: Double) -> [BookLevel] {
      (1...10).map {
        BookLevel(price: price * (1 + sign * 0.00095 * Double($0)), sizeUSD: max(depth / 10, 1e-6))
      }
    }
    return OrderBook(timeMilliseconds: time * 1_000, bids: side(-1), asks: side(1))
  }
}
