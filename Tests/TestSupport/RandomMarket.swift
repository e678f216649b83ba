internal import Foundation
package import MarketData

/// Markets of every sort, made up in memory: quiet and wild, deep and empty, with and without books, options,
/// funding, open interest and prices by source.
package struct RandomMarket {
  /// The first instant.
  package static let start: Int64 = 1_767_225_600
  package static let hour: Int64 = 3_600

  /// How a market is shaped.
  package struct Shape {
    package var bars = 200
    package var underlyings = 1
    /// Deviation of one bar.
    package var deviation = 0.006
    /// USD within the band; nil for a market without books.
    package var depth: Double?
    package var funding = 0
    /// The last funding payment where there are any.
    package var lastFunding = 0.0001
    package var openInterest = 0
    /// Share of longs in the last open interest.
    package var longShare = 0.5
    /// Strikes of options.
    package var options = 0
    package var price = 60_000.0
    /// How much a bar trades in USD.
    package var volume = 5e7

    /// A quiet market of one underlying.
    package init() {}
  }

  package let market: Market
  /// The instant at which the last bar ends.
  package let end: Int64

  package init(_ shape: Shape, seed: UInt64) {
    var random = SplitMix64(seed: seed)
    let end = Self.start + Int64(shape.bars) * Self.hour
    self.end = end
    var listing = MarketListing(underlyings: [], instruments: [], assets: [])
    var (series, options) = ([UnderlyingSeries](), [InstrumentListing]())
    for index in 0..<shape.underlyings {
      let id = ["BTC", "ETH", "SOL", "FTT"][index]
      listing.underlyings.append(UnderlyingListing(id: id, bars: "\(id).csv"))
      let one = Self.series(id, shape, &random)
      let lot = Self.lot(for: one.bars.bars.last?.close ?? shape.price, least: 0.001)
      listing.instruments.append(
        InstrumentListing(id: "\(id)-PERP", kind: .perpetual, underlying: id, lot: lot))
      listing.instruments.append(
        InstrumentListing(
          id: "\(id)-SEP", kind: .future, underlying: id, lot: lot, expiry: end + 90 * 86_400))
      series.append(one)
      for chain in one.chains.suffix(1) {
        for quote in chain.quotes {
          options.append(
            InstrumentListing(
              id: "\(id)-\(options.count / 2)-\(quote.kind == .call ? "C" : "P")",
              kind: quote.kind == .call ? .call : .put, underlying: id, lot: Self.lot("0.1"),
              expiry: quote.expiry, strike: quote.strike))
        }
      }
    }
    let price = series.first?.bars.bars.last?.close ?? shape.price
    var coin = AssetListing(id: "BTC", underlying: "BTC", lot: Self.lot(for: price, least: 0.0001))
    coin.maxBorrow = 1_000_000
    listing.assets = [
      AssetListing(id: "USDC", isStable: true, lot: Self.lot("0.01")), coin,
      AssetListing(id: "UST", prices: "ust.csv", isStable: true, lot: Self.lot("0.01")),
    ]
    let peg = (0..<40).map { step in
      PriceObservation(
        source: "a", timeMilliseconds: (end - Int64(40 - step) * 600) * 1_000,
        price: Double.random(in: 0.9...1.01, using: &random))
    }
    market = Market(
      listing: listing, instruments: listing.instruments + options, underlyings: series,
      assetPrices: [[], [], peg])
  }

  /// A market of any shape.
  package init(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    var shape = Shape()
    shape.bars = Int.random(in: 2...120, using: &random)
    shape.underlyings = Int.random(in: 1...2, using: &random)
    shape.deviation = [0, 0.0005, 0.01, 0.08, 0.4][Int.random(in: 0...4, using: &random)]
    shape.depth = [nil, 0, 50, 1e5, 3e7, 1e12][Int.random(in: 0...5, using: &random)]
    shape.funding = [0, 5, 300][Int.random(in: 0...2, using: &random)]
    shape.lastFunding = Double.random(in: -0.01...0.01, using: &random)
    shape.openInterest = [0, 1, 60][Int.random(in: 0...2, using: &random)]
    shape.longShare = Double.random(in: 0...1, using: &random)
    shape.options = [0, 0, 3][Int.random(in: 0...2, using: &random)]
    shape.price = [0.0001, 1, 70_000, 3e7][Int.random(in: 0...3, using: &random)]
    shape.volume = [0, 10, 1e9][Int.random(in: 0...2, using: &random)]
    self.init(shape, seed: random.next())
  }

  /// The amount of a text that is known to be one.
  private static func lot(_ text: String) -> Lot {
    guard let lot = Lot(text) else { preconditionFailure("\(text) is not a lot") }
    return lot
  }

  /// A lot that is worth ten thousand quanta or more.
  private static func lot(for price: Double, least: Double) -> Lot {
    let sizes = ["0.0001", "0.001", "0.01", "0.1", "1", "10", "100", "1000", "10000", "100000", "1000000"]
    return lot(sizes.first { (Double($0) ?? 0) >= least && price * (Double($0) ?? 0) >= 0.01 } ?? "1000000")
  }

  private static func series(
    _ id: String, _ shape: Shape, _ random: inout SplitMix64
  ) -> UnderlyingSeries {
    var (price, bars) = (shape.price, [Bar]())
    for step in 0..<shape.bars {
      let open = price
      // A return within ±0.9, in steps of a sum of three uniform numbers.
      let noise = (0..<3).reduce(0.0) { sum, _ in sum + Double.random(in: -1...1, using: &random) }
      // Below this no lot is worth enough to be listed.
      price = max(1e-7, price * max(0.1, 1 + shape.deviation * noise))
      let (low, high) = (min(open, price) * 0.999, max(open, price) * 1.001)
      bars.append(
        Bar(
          openTime: start + Int64(step) * hour, open: open, high: high, low: low, close: price,
          baseVolume: shape.volume / price, quoteVolume: shape.volume))
    }
    let end = start + Int64(shape.bars) * hour
    var series = UnderlyingSeries(id: id, bars: BarSeries(interval: hour, bars: bars))
    series.funding = (0..<shape.funding).map { step in
      let age = Int64(shape.funding - 1 - step)
      return FundingPrint(
        time: end - age * 8 * hour,
        ratePerEightHours: age == 0
          ? shape.lastFunding : Double.random(in: -0.0001...0.0003, using: &random))
    }
    series.openInterest = (0..<shape.openInterest).map { step in
      let age = Int64(shape.openInterest - 1 - step)
      let share = age == 0 ? shape.longShare : Double.random(in: 0.45...0.55, using: &random)
      return OpenInterestPrint(time: end - age * hour, longUSD: 1e8 * share, shortUSD: 1e8 * (1 - share))
    }
    if let depth = shape.depth {
      series.books = [
        VenueBooks(venue: "a", weightPpm: 1_000_000, books: books(depth, price, end, &random)),
        VenueBooks(venue: "b", weightPpm: 500_000, books: books(depth / 2, price, end, &random)),
      ]
    }
    if shape.options > 0 {
      series.chains = [chain(price, end, strikes: shape.options, &random)]
    }
    return series
  }

  private static func books(
    _ depth: Double, _ price: Double, _ end: Int64, _ random: inout SplitMix64
  ) -> [OrderBook] {
    guard depth > 0 else { return [] }
    return (0..<5).map { step in
      let size = depth / 10 * Double.random(in: 0.8...1.2, using: &random)
      func levels(_ side: Double) -> [BookLevel] {
        (1...20).map { BookLevel(price: price * (1 + side * Double($0) * 0.0009), sizeUSD: size) }
      }
      return OrderBook(
        timeMilliseconds: (end - Int64(4 - step) * hour) * 1_000, bids: levels(-1), asks: levels(1))
    }
  }

  private static func chain(
    _ price: Double, _ end: Int64, strikes: Int, _ random: inout SplitMix64
  ) -> OptionChain {
    var quotes: [OptionQuote] = []
    for days: Int64 in [7, 30] {
      for step in -strikes...strikes {
        for kind in [OptionKind.call, .put] {
          var quote = OptionQuote(
            expiry: end + days * 86_400, strike: price * (1 + 0.4 * Double(step) / Double(strikes)),
            kind: kind,
            forward: price)
          // From 0.51 to 0.87 however many strikes there are, so that none is out of range.
          let x = 3 * Double(step) / Double(strikes)
          let volatility = 0.6 + 0.02 * x * x - 0.03 * x
          quote.markVolatility = volatility
          if Bool.random(using: &random) {
            quote.mark = value(of: quote, volatility: volatility, years: Double(days) / 365)
          }
          quotes.append(quote)
        }
      }
    }
    return OptionChain(time: end, quotes: quotes)
  }

  /// What an option is worth by Black's formula.
  private static func value(of quote: OptionQuote, volatility: Double, years: Double) -> Double {
    let deviation = volatility * years.squareRoot()
    let near = log(quote.forward / quote.strike) / deviation + deviation / 2
    func normal(_ x: Double) -> Double { erfc(-x / 2.0.squareRoot()) / 2 }
    let call = quote.forward * normal(near) - quote.strike * normal(near - deviation)
    return max(1e-9 * quote.forward, quote.kind == .call ? call : call - quote.forward + quote.strike)
  }
}
