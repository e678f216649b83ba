import MarketData
import RiskEngine
import RiskModels
import TestSupport
import Testing

@Suite("Series that contradict each other")
struct AgreementTests {
  /// A market with bars, prices, a book and a chain of one price, and what a change makes of them.
  private func market(
    _ change: (inout UnderlyingSeries, Double, Int64) -> Void = { _, _, _ in }
  ) -> (Market, Int64) {
    var shape = RandomMarket.Shape()
    (shape.bars, shape.depth) = (200, 3e7)
    let random = RandomMarket(shape, seed: 11)
    var market = random.market
    let (end, bars) = (random.end, market.underlyings[0].bars.bars)
    let price = bars.last?.close ?? 1
    market.underlyings[0].prices = bars.map {
      PriceObservation(source: "s", timeMilliseconds: ($0.openTime + 3_600) * 1_000, price: $0.close)
    }
    market.underlyings[0].books = [
      VenueBooks(
        venue: "alpha", weightPpm: 1_000_000,
        books: [
          OrderBook(
            timeMilliseconds: end * 1_000, bids: [BookLevel(price: price * 0.999, sizeUSD: 1e7)],
            asks: [BookLevel(price: price * 1.001, sizeUSD: 1e7)])
        ])
    ]
    market.underlyings[0].chains = [chain(price, at: end)]
    change(&market.underlyings[0], price, end)
    return (market, end)
  }

  private func chain(
    _ price: Double, at time: Int64, volatility: Double = 1, mark: Double = 1, flipped: Bool = false
  ) -> OptionChain {
    let quotes = (0..<10).flatMap { i -> [OptionQuote] in
      OptionKind.allCases.map { kind in
        let strike = price * (0.8 + 0.04 * Double(i))
        let expiry = time + 30 * 86_400
        let value =
          Black76(
            forward: price, strike: strike, years: 30 / 365, volatility: 0.6, kind: kind)?.price ?? 0
        let written: OptionKind = flipped ? (kind == .call ? .put : .call) : kind
        var quote = OptionQuote(expiry: expiry, strike: strike, kind: written, forward: price)
        (quote.mark, quote.markVolatility) = (value * mark, 0.6 * volatility)
        return quote
      }
    }
    return OptionChain(
      time: time,
      quotes: quotes.sorted { ($0.strike, $0.kind == .call ? 0 : 1) < ($1.strike, $1.kind == .call ? 0 : 1) })
  }

  private func findings(_ market: Market, at time: Int64) -> [String] {
    MarketReport(market, at: time, configuration: .standard).findings
      .filter { ["contradiction", "deviation"].contains($0.finding.code) }
      .map { "\($0.series) \($0.finding.code)" }
  }

  private func scale(_ series: inout UnderlyingSeries, by factor: Double) {
    for i in series.bars.bars.indices {
      series.bars.bars[i].open *= factor
      series.bars.bars[i].high *= factor
      series.bars.bars[i].low *= factor
      series.bars.bars[i].close *= factor
    }
  }

  @Test(
    "a book with more than a day's volume near its middle is noted, and a chain without a strike near its forward is none"
  )
  func sizes() {
    let (deep, end) = market { series, price, _ in
      series.books[0].books[0].bids = [BookLevel(price: price * 0.999, sizeUSD: 1e13)]
    }
    #expect(findings(deep, at: end) == ["BTC/books/alpha deviation"])
    let (scaled, _) = market { series, _, _ in
      for i in series.chains[0].quotes.indices { series.chains[0].quotes[i].strike /= 1_000 }
    }
    #expect(findings(scaled, at: end) == ["BTC/chain contradiction"])
  }

  @Test("series of one price agree, and nothing is an exception")
  func agreeing() throws {
    let (market, end) = market()
    #expect(findings(market, at: end).isEmpty)
    let publication = try SnapshotPublisher(market: market, configuration: .standard).publish(
      at: end, state: .initial, previous: .zero, beacon: .zero)
    #expect(!publication.terms.exceptions.contains { $0.reason == .contradictory })
  }

  @Test(
    "bars in cents, of another coin or of the inverse price do not count: closing only, and an exception",
    arguments: [100, 0.035, 1.3, 0.76])
  func bars(_ factor: Double) throws {
    let (market, end) = market { series, _, _ in scale(&series, by: factor) }
    #expect(findings(market, at: end) == ["BTC/bars contradiction"])
    let publication = try SnapshotPublisher(market: market, configuration: .standard).publish(
      at: end, state: .initial, previous: .zero, beacon: .zero)
    #expect(
      publication.terms.exceptions.contains(PublicationException(id: "BTC/bars", reason: .contradictory)))
    #expect(publication.snapshot.instruments.filter { $0.id == "BTC-PERP" }.allSatisfy { $0.flags.closeOnly })
  }

  @Test("eight percent at the same moment is worth a word, one is not; no word closes anything")
  func deviations() throws {
    for (factor, expected) in [(0.92, ["BTC/bars deviation"]), (1.01, [])] {
      let (market, end) = market { series, _, _ in scale(&series, by: factor) }
      #expect(findings(market, at: end) == expected)
      let publication = try SnapshotPublisher(market: market, configuration: .standard).publish(
        at: end, state: .initial, previous: .zero, beacon: .zero)
      #expect(!publication.terms.exceptions.contains { $0.reason == .contradictory })
    }
  }

  @Test("a fall within the hour is no contradiction: bars are as old as the hour")
  func crash() throws {
    let (market, end) = market { series, price, end in
      series.prices.removeAll { $0.timeMilliseconds > (end - 7_200) * 1_000 }
      series.prices.append(
        PriceObservation(source: "s", timeMilliseconds: (end + 3_000) * 1_000, price: price * 0.6))
      series.books[0].books[0].timeMilliseconds = (end + 3_000) * 1_000
      series.books[0].books[0].bids[0].price *= 0.6
      series.books[0].books[0].asks[0].price *= 0.6
      series.chains = []
    }
    #expect(findings(market, at: end + 3_000).isEmpty)
  }

  @Test("a book of another coin is not counted, and the others go on")
  func books() throws {
    let (market, end) = market { series, _, _ in
      series.books[0].books[0].bids[0].price *= 0.035
      series.books[0].books[0].asks[0].price *= 0.035
    }
    #expect(findings(market, at: end) == ["BTC/books/alpha contradiction"])
    let publication = try SnapshotPublisher(market: market, configuration: .standard).publish(
      at: end, state: .initial, previous: .zero, beacon: .zero)
    #expect(
      publication.terms.exceptions.contains(
        PublicationException(id: "BTC/books/alpha", reason: .contradictory)))
  }

  @Test("where all others agree it is the price that is wrong")
  func prices() throws {
    let (market, end) = market { series, _, _ in
      for i in series.prices.indices { series.prices[i].price *= 100 }
    }
    #expect(findings(market, at: end) == ["BTC/prices contradiction"])
    let publication = try SnapshotPublisher(market: market, configuration: .standard).publish(
      at: end, state: .initial, previous: .zero, beacon: .zero)
    #expect(publication.snapshot.instruments.filter { $0.id == "BTC-PERP" }.allSatisfy { $0.flags.closeOnly })
  }

  @Test(
    "volatilities that count percent, prices in coins, and calls that are puts contradict a chain",
    arguments: [(0.01, false, false), (100, false, false), (1, true, false), (1, false, true)])
  func chains(_ volatility: Double, _ inCoins: Bool, _ flipped: Bool) throws {
    let (market, end) = market { series, price, end in
      series.chains = [
        chain(price, at: end, volatility: volatility, mark: inCoins ? 1 / price : 1, flipped: flipped)
      ]
    }
    #expect(findings(market, at: end) == ["BTC/chain contradiction"])
  }

  @Test(
    "volatilities without prices that are ten times what the underlying moves, or a tenth, contradict a chain",
    arguments: [(10, true), (0.1, true), (1, false), (2, false), (0.5, false)])
  func volatilities(_ factor: Double, _ isContradiction: Bool) {
    let (market, end) = market { series, price, end in
      // The price moves by 60 % a year.
      let step = 0.6 / (365.0 * 24).squareRoot()
      for i in series.bars.bars.indices {
        let (open, close) = (price, price * (i % 2 == 0 ? 1 + step : 1))
        series.bars.bars[i].open = open
        series.bars.bars[i].high = max(open, close)
        series.bars.bars[i].low = min(open, close)
        series.bars.bars[i].close = close
      }
      for i in series.prices.indices { series.prices[i].price = series.bars.bars[i].close }
      series.chains = [chain(price, at: end, volatility: factor)]
      for i in series.chains[0].quotes.indices { series.chains[0].quotes[i].mark = nil }
    }
    #expect(findings(market, at: end) == (isContradiction ? ["BTC/chain contradiction"] : []))
  }

  @Test("open interest of hundreds of days' volume, or of seconds, is noted")
  func openInterest() {
    for (factor, isNoted) in [(1.0, false), (1_000, true), (1e-5, true), (20, false)] {
      let (market, end) = market { series, _, end in
        let day = series.bars.bars.suffix(24).reduce(0.0) { $0 + $1.baseVolume * $1.close }
        series.openInterest = [OpenInterestPrint(time: end, longUSD: day * factor, shortUSD: day * factor)]
      }
      #expect(findings(market, at: end).contains("BTC/open-interest deviation") == isNoted, "\(factor)")
    }
  }

  @Test("bars that are stamped hours off, or with their end, are noted where prices say another time")
  func times() {
    for (hours, isNoted) in [(0, false), (1, true), (-5, true), (-8, true)] {
      let (market, end) = market { series, _, _ in
        // What sources said at the end of each bar, by bars that say it hours later.
        let bars = series.bars.bars
        series.prices = bars.indices.compactMap { i in
          guard bars.indices.contains(i + hours) else { return nil }
          return PriceObservation(
            source: "s", timeMilliseconds: (bars[i].openTime + 3_600) * 1_000, price: bars[i + hours].close)
        }
        series.books = []
        series.chains = []
      }
      #expect(findings(market, at: end).contains("BTC/bars deviation") == isNoted, "\(hours)")
    }
  }

  @Test("a chain whose prices are old and wide, and fit no better with any mistake undone, is read as it is")
  func wide() throws {
    var random = SplitMix64(seed: 5)
    let (market, end) = market { series, _, _ in
      for i in series.chains[0].quotes.indices {
        series.chains[0].quotes[i].mark? *= .random(in: 0.2...3, using: &random)
      }
    }
    #expect(findings(market, at: end).isEmpty)
  }
}
