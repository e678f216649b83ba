package import MarketData

/// A market whose volatility comes in cycles of weeks, whose volume rises with volatility, and which may
/// crash: the shape that real markets have and that decides whether margin follows risk.
package struct RegimeMarket {
  package static let start: Int64 = 1_700_000_000 / 86_400 * 86_400

  /// How it is shaped.
  package struct Shape {
    package var days = 240
    package var interval: Int64 = 3_600
    /// Annual volatility of quiet and of turbulent weeks.
    package var quiet = 0.35
    package var turbulent = 1.2
    /// USD a day at a volatility of 0.7; volume is proportional to volatility.
    package var volume = 4e8
    /// The bar, counted from the first, of a fall by so much within it, and the share of the next eight bars
    /// that falls again.
    package var crash: (bar: Int, fall: Double)?
    /// Whether options are listed.
    package var options = false
    package var price = 40_000.0

    package init() {}
  }

  package var market: Market
  package let end: Int64
  package let bars: [Bar]

  package init(_ shape: Shape, seed: UInt64) {
    var random = SplitMix64(seed: seed)
    let perDay = Int(86_400 / shape.interval)
    var (price, bars) = (shape.price, [Bar]())
    var turbulent = false
    for step in 0..<shape.days * perDay {
      // Weeks change their mind with probability one half.
      if step.isMultiple(of: 7 * perDay) { turbulent = Double.random(in: 0...1, using: &random) < 0.4 }
      let day = step / perDay
      let wave = 1 + 0.25 * Double((day * 7) % 5 - 2) / 2
      let annual = (turbulent ? shape.turbulent : shape.quiet) * wave
      // The sum of three uniform numbers has deviation one.
      let deviation = annual * (Double(shape.interval) / 31_536_000).squareRoot()
      let noise = (0..<3).reduce(0.0) { sum, _ in sum + Double.random(in: -1...1, using: &random) }
      let open = price
      price *= max(0.5, 1 + deviation * noise)
      if let crash = shape.crash, step == crash.bar { price *= 1 - crash.fall }
      let reach = deviation * Double.random(in: 0...0.6, using: &random)
      let volume = shape.volume * annual / 0.7 / Double(perDay)
      bars.append(
        Bar(
          openTime: Self.start + Int64(step) * shape.interval, open: open,
          high: max(open, price) * (1 + reach), low: min(open, price) * (1 - reach), close: price,
          baseVolume: volume / price, quoteVolume: volume))
    }
    end = Self.start + Int64(shape.days) * 86_400
    self.bars = bars
    var listing = MarketListing(
      underlyings: [UnderlyingListing(id: "BTC", bars: "BTC.csv")], instruments: [],
      assets: [AssetListing(id: "USDC", isStable: true, lot: Self.lot("0.01"))])
    listing.assets.append(AssetListing(id: "BTC", underlying: "BTC", lot: Self.lot("0.0001")))
    listing.instruments = [
      InstrumentListing(id: "BTC-PERP", kind: .perpetual, underlying: "BTC", lot: Self.lot("0.001"))
    ]
    var series = UnderlyingSeries(
      id: "BTC", bars: BarSeries(interval: shape.interval, bars: bars))
    if shape.options {
      let chain = Self.chain(price, end)
      series.chains = [chain]
      for (index, quote) in chain.quotes.enumerated() {
        listing.instruments.append(
          InstrumentListing(
            id: "BTC-\(index)-\(quote.kind == .call ? "C" : "P")", kind: quote.kind == .call ? .call : .put,
            underlying: "BTC", lot: Self.lot("0.01"), expiry: quote.expiry, strike: quote.strike))
      }
    }
    market = Market(
      listing: listing, instruments: listing.instruments, underlyings: [series], assetPrices: [[], []])
  }

  private static func lot(_ text: String) -> Lot {
    guard let lot = Lot(text) else { preconditionFailure("\(text) is not a lot") }
    return lot
  }

  /// Calls and puts of 7, 30 and 180 days from -40 to +60 %.
  private static func chain(_ price: Double, _ end: Int64) -> OptionChain {
    var quotes: [OptionQuote] = []
    for days: Int64 in [7, 30, 180] {
      for step in -4...6 {
        for kind in [OptionKind.call, .put] {
          var quote = OptionQuote(
            expiry: end + days * 86_400, strike: price * (1 + 0.1 * Double(step)), kind: kind, forward: price)
          quote.markVolatility = 0.6 + 0.002 * Double(step * step)
          quotes.append(quote)
        }
      }
    }
    return OptionChain(time: end, quotes: quotes)
  }
}
