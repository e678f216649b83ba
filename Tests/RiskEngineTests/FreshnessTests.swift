import CanonicalBytes
import MarginRules
import MarketData
import RiskEngine
import TestSupport
import Testing

@Suite("Ages of series")
struct FreshnessTests {
  private static let day: Int64 = 86_400

  /// A market with everything, of which the last rows of a series may be taken away.
  private func market(_ change: (inout UnderlyingSeries, Int64) -> Void = { _, _ in }) -> (Market, Int64) {
    var shape = RandomMarket.Shape()
    (shape.bars, shape.funding, shape.openInterest, shape.depth) = (400, 300, 60, 3e7)
    (shape.options, shape.lastFunding) = (3, 0.002)
    let random = RandomMarket(shape, seed: 7)
    var market = random.market
    market.listing.underlyings[0].openInterest = "o.csv"
    market.listing.underlyings[0].prices = "p.csv"
    // Prices of their own, so that bars alone can be late.
    market.underlyings[0].prices = market.underlyings[0].bars.bars.map {
      PriceObservation(source: "s", timeMilliseconds: ($0.openTime + 3_600) * 1_000, price: $0.close)
    }
    change(&market.underlyings[0], random.end)
    return (market, random.end)
  }

  private func publish(
    _ market: Market, at time: Int64, after state: EngineState = .initial, tracing: Tracing = .full
  ) throws -> Publication {
    try SnapshotPublisher(market: market, configuration: .standard, tracing: tracing).publish(
      at: time, state: state, previous: .zero, beacon: .zero)
  }

  private func step(_ publication: Publication, _ name: String) -> TraceStep? {
    publication.trace?.steps(.underlying("BTC"))?.first { $0.name == name }
  }

  @Test("everything that is fresh counts, and nothing is an exception")
  func fresh() throws {
    let (market, end) = market()
    let publication = try publish(market, at: end)
    #expect(publication.terms.exceptions.isEmpty)
    #expect(publication.snapshot.instruments.allSatisfy { !$0.flags.closeOnly })
    for name in ["fast volatility", "funding score", "imbalance score", "open interest", "measured depth"] {
      #expect(step(publication, name)?.value.magnitude != nil, "\(name)")
    }
  }

  @Test(
    "a series counts at its greatest age, and a second later it does not and is an exception",
    arguments: [
      (Parameter.barMaximumAge, 3_600 as Int64, "BTC/bars", "fast volatility"),
      (.fundingMaximumAge, 0, "BTC/funding", "funding score"),
      (.openInterestMaximumAge, 0, "BTC/open-interest", "open interest"),
    ])
  func ages(_ parameter: Parameter, _ more: Int64, _ series: String, _ number: String) throws {
    let limit = EngineConfiguration.standard[parameter] + more
    for late: Int64 in [0, 1] {
      // Prices go on, the series ends.
      var (market, end) = market { series, end in
        for time in stride(from: end, through: end + limit + 1, by: 1_800) {
          series.prices.append(
            PriceObservation(
              source: "s", timeMilliseconds: time * 1_000, price: series.bars.bars.last?.close ?? 1))
        }
        if parameter != .barMaximumAge {
          let last = series.bars.bars[series.bars.bars.count - 1]
          for hour in 1...(limit / 3_600 + 1) {
            var bar = last
            bar.openTime += hour * 3_600
            series.bars.bars.append(bar)
          }
        }
      }
      // What backs positions has no prices that late.
      market.listing.assets = []
      let publication = try publish(market, at: end + limit + late)
      let isNamed = publication.terms.exceptions.contains(PublicationException(id: series, reason: .stale))
      #expect(isNamed == (late == 1), "\(series) \(late)")
      #expect((step(publication, number)?.value.magnitude == nil) == (late == 1), "\(series) \(late)")
    }
  }

  @Test("without bars positions may only be closed, the fixed volatility holds and the regime is not calm")
  func withoutBars() throws {
    let (market, end) = market { series, end in
      series.bars.bars.removeAll { $0.openTime >= end - 30 * 3_600 }
    }
    let publication = try publish(market, at: end)
    #expect(publication.terms.exceptions.contains(PublicationException(id: "BTC/bars", reason: .stale)))
    let future = try #require(publication.snapshot.instruments.first { $0.id == "BTC-PERP" })
    #expect(future.flags == InstrumentFlags(openLong: false, openShort: false, closeOnly: true, stale: false))
    #expect([.stress, .extreme].contains(publication.snapshot.regime))
    let fixed = Double(EngineConfiguration.standard[.staticVolatility]) / 1e6
    #expect(step(publication, "measured volatility")?.value.magnitude ?? 0 >= fixed)
    #expect(step(publication, "daily volume")?.value == .missing)
  }

  @Test("margin does not relax while bars, funding or open interest do not count")
  func holds() throws {
    var (whole, end) = market()
    whole.listing.assets = []
    let before = try publish(whole, at: end - 26 * 3_600)
    let changes: [(inout UnderlyingSeries, Int64) -> Void] = [
      { series, end in series.bars.bars.removeAll { $0.openTime >= end - 10 * 3_600 } },
      { series, end in series.funding.removeAll { $0.time >= end - 2 * Self.day } },
      { series, end in series.openInterest.removeAll { $0.time >= end - 25 * 3_600 } },
    ]
    for change in changes {
      var (market, _) = market(change)
      market.listing.assets = []
      let after = try publish(market, at: end, after: before.state)
      for (old, new) in zip(before.snapshot.instruments, after.snapshot.instruments)
      where old.id == "BTC-PERP" {
        // In shares of the value, which moved.
        for (a, b) in [(old.long[0], new.long[0]), (old.short[0], new.short[0])] {
          #expect(
            Double(b.mmPerLot) / Double(new.markCeil) >= Double(a.mmPerLot) / Double(old.markCeil) * 0.9999)
          #expect(
            Double(b.imPerLot) / Double(new.markCeil) >= Double(a.imPerLot) / Double(old.markCeil) * 0.9999)
        }
      }
    }
  }

  @Test(
    "what was published while books were silent is remembered, and no depth grows while a series is stale")
  func remembered() throws {
    var (whole, end) = market()
    whole.listing.assets = []
    // Silent: no book is as old as that.
    let silent = try publish(whole, at: end - 26 * 3_600)
    let state = try #require(silent.state.instruments["BTC-PERP"])
    let first = try #require(silent.snapshot.instruments.first { $0.id == "BTC-PERP" })
    #expect(first.flags.closeOnly)
    let rate = try #require(state.long.initial.current)
    // ⌈mark · rate⌉
    #expect((first.markCeil * rate + 999_999) / 1_000_000 == first.long[0].imPerLot)
    let before = try publish(whole, at: end - 3_600, after: silent.state)
    var deeper = whole
    for venue in deeper.underlyings[0].books.indices {
      let count = deeper.underlyings[0].books[venue].books.count
      for side in [\OrderBook.bids, \.asks] {
        for level in deeper.underlyings[0].books[venue].books[count - 1][keyPath: side].indices {
          deeper.underlyings[0].books[venue].books[count - 1][keyPath: side][level].sizeUSD *= 100
        }
      }
    }
    deeper.underlyings[0].funding.removeAll { $0.time >= end - 2 * Self.day }
    let after = try publish(deeper, at: end, after: before.state)
    #expect(after.terms.exceptions.contains(PublicationException(id: "BTC/funding", reason: .stale)))
    func depth(_ publication: Publication) throws -> Int64 {
      try #require(publication.state.underlyings["BTC"]?.depth.current)
    }
    #expect(try depth(after) <= depth(before))
  }

  @Test("a bar whose price moved and that says no volume is not a market without trade")
  func missingVolume() throws {
    func rate(_ change: (inout [Bar]) -> Void) throws -> (depth: Double, initial: Double) {
      let (market, end) = market { series, _ in
        series.books = []
        series.bars = series.bars.aggregated(to: 86_400) ?? series.bars
        change(&series.bars.bars)
        series.prices = [
          PriceObservation(
            source: "s", timeMilliseconds: ((series.bars.bars.last?.openTime ?? 0) + 86_400) * 1_000,
            price: series.bars.bars.last?.close ?? 1)
        ]
      }
      var bare = market
      (bare.listing.assets, bare.underlyings[0].funding, bare.underlyings[0].openInterest) = ([], [], [])
      bare.listing.underlyings[0].openInterest = nil
      let last = bare.underlyings[0].bars.bars.last?.openTime ?? end
      let found = try publish(bare, at: last + 86_400)
      let future = try #require(found.snapshot.instruments.first { $0.id == "BTC-PERP" })
      return (
        try #require(step(found, "depth")?.value.magnitude),
        Double(future.long[0].imPerLot) / Double(future.markCeil)
      )
    }
    func silence(_ bar: inout Bar) { (bar.baseVolume, bar.quoteVolume) = (0, 0) }
    let whole = try rate { _ in }
    let one = try rate { silence(&$0[$0.count - 1]) }
    #expect(one.depth > 0.3 * whole.depth && one.initial < 1.5 * whole.initial, "\(one) \(whole)")
    // Where no bar says a volume nothing is known of depth, which is not the same.
    let none = try rate { for index in $0.indices { silence(&$0[index]) } }
    #expect(none.initial >= 1)
  }

  @Test(
    "books that are all crossed, one-sided or gone are silence rather than a depth of zero, and give no ratio"
  )
  func badBooks() throws {
    let changes: [(inout OrderBook) -> Void] = [
      { book in swap(&book.bids, &book.asks) }, { $0.bids = [] }, { $0.asks = [] },
      { ($0.bids, $0.asks) = ([], []) },
    ]
    for change in changes {
      // The last one only: the one before it counts.
      let (one, end) = market { series, _ in
        for venue in series.books.indices { change(&series.books[venue].books[4]) }
      }
      let kept = try publish(one, at: end)
      #expect(step(kept, "measured depth")?.value.magnitude ?? 0 > 0)
      #expect(kept.snapshot.instruments.allSatisfy { !$0.flags.closeOnly })
      let (all, _) = market { series, _ in
        for venue in series.books.indices {
          for index in series.books[venue].books.indices { change(&series.books[venue].books[index]) }
        }
      }
      let silent = try publish(all, at: end)
      #expect(step(silent, "measured depth")?.value == .missing)
      let allClose = silent.snapshot.instruments.allSatisfy { $0.flags.closeOnly }
      #expect(allClose)
    }
  }

  @Test("no number of any trace is infinite or none, whatever the market")
  func finite() throws {
    for seed: UInt64 in 0..<120 {
      let random = RandomMarket(seed: seed)
      guard let publication = try? random.first(tracing: .full) else { continue }
      for section in publication.trace?.sections ?? [] {
        for step in section.steps {
          if case .number(let value) = step.value { #expect(value.isFinite, "\(step.name), seed \(seed)") }
          #expect(!"\(step.value)".contains("nan"), "\(step.name): \(step.value)")
        }
      }
    }
  }

  // MARK: Sampling

  @Test("how often bars are sampled makes no margin: 5, 15 and 60 minutes give the same within a few percent")
  func sampling() throws {
    var random = SplitMix64(seed: 12)
    // 60 days of five minutes with a fall of a quarter within an hour ten days before the end.
    var (price, bars) = (60_000.0, [Bar]())
    let start = RandomMarket.start
    for step in 0..<(60 * 288) {
      let open = price
      price *= 1 + Double.random(in: -0.0025...0.0025, using: &random)
      if (50 * 288..<(50 * 288 + 12)).contains(step) { price *= 0.9763 }
      bars.append(
        Bar(
          openTime: start + Int64(step) * 300, open: open, high: max(open, price) * 1.0005,
          low: min(open, price) * 0.9995, close: price, baseVolume: 5_000_000 / price, quoteVolume: 5_000_000)
      )
    }
    let short = BarSeries(interval: 300, bars: bars)
    let end = start + 60 * Self.day
    var rates: [[Double]] = []
    for interval: Int64 in [300, 900, 3_600] {
      var listing = MarketListing(
        underlyings: [UnderlyingListing(id: "BTC", bars: "b.csv")], instruments: [], assets: [])
      let lot = try #require(Lot("0.001"))
      listing.instruments = [
        InstrumentListing(id: "BTC-PERP", kind: .perpetual, underlying: "BTC", lot: lot)
      ]
      let series = UnderlyingSeries(id: "BTC", bars: try #require(short.aggregated(to: interval)))
      let publication = try publish(Market(listing: listing, underlyings: [series]), at: end)
      let future = try #require(publication.snapshot.instruments.first)
      rates.append(
        [future.long[0].mmPerLot, future.long[0].imPerLot, future.short[0].mmPerLot].map {
          Double($0) / Double(future.markCeil)
        }
          + ["fast volatility", "slow volatility", "measured volatility", "daily volume"].map {
            step(publication, $0)?.value.magnitude ?? .nan
          })
    }
    for other in rates.dropLast() {
      for (a, b) in zip(other, rates[2]) { #expect(abs(a / b - 1) < 0.02, "\(a) \(b)") }
    }
  }

  @Test("payments every hour, every four and every eight hours at one rate are not crowding")
  func fundingSampling() throws {
    for hours: Int64 in [1, 2, 4, 8] {
      let (market, end) = market { series, end in
        series.funding = (0...(100 * 24 / hours)).map { step in
          FundingPrint(
            time: end - (100 * 24 / hours - step) * hours * 3_600, ratePerEightHours: 0.0001,
            interval: hours * 3_600)
        }
      }
      let publication = try publish(market, at: end)
      #expect(abs(try #require(step(publication, "funding score")?.value.magnitude)) < 1e-9, "\(hours)")
    }
  }

  // MARK: Lots

  @Test("a lot worth fewer than a thousand quanta is refused with the lot that would do")
  func lots() throws {
    var (market, end) = market()
    // 60,000 USD · 10⁻⁸ = 600 quanta.
    let small = try #require(Lot("0.00000001"))
    let price = try #require(market.underlyings[0].prices.last?.price)
    market.instruments[0].lot = small
    func error(_ market: Market) -> PublicationError? {
      do {
        _ = try publish(market, at: end)
        return nil
      } catch { return error as? PublicationError }
    }
    let found = error(market)
    guard case .lotTooSmall(let id, let lot, let quanta, let enough)? = found else {
      Issue.record("\(String(describing: found)) at \(price)")
      return
    }
    #expect(id == "BTC-PERP" && lot == "0.00000001" && quanta < 1_000)
    let larger = try #require(enough.flatMap { Lot($0) })
    #expect(larger.size * price * 1e6 >= 1_000 && larger.size * price * 1e5 < 1_000)
    market.instruments[0].lot = larger
    #expect(error(market) == nil)
    market.listing.assets[1].lot = small
    #expect(error(market)?.description.contains("BTC: a lot of 0.00000001") == true)
  }

  @Test("a lot that was listed stays when its price falls, may only be closed, and is an exception")
  func fallenLot() throws {
    var (market, end) = market()
    market.instruments[0].lot = try #require(Lot("0.0000001"))
    let first = try publish(market, at: end - 3_600)
    #expect(!first.terms.exceptions.contains { $0.reason == .lotTooSmall })
    let price = market.underlyings[0].prices.last?.price ?? 0
    market.underlyings[0].prices.append(
      PriceObservation(source: "s", timeMilliseconds: end * 1_000 + 500, price: price / 100))
    let second = try publish(market, at: end + 1, after: first.state)
    #expect(second.terms.exceptions.contains(PublicationException(id: "BTC-PERP", reason: .lotTooSmall)))
    let future = try #require(second.snapshot.instruments.first { $0.id == "BTC-PERP" })
    #expect(future.flags.closeOnly)
  }

  // MARK: Records

  @Test("the report stands in the record, reads back, and does not hinder computing again")
  func report() throws {
    let (market, end) = market { series, end in
      series.bars.bars.removeAll { $0.openTime >= end - 30 * 3_600 }
    }
    let publication = try publish(market, at: end)
    let report = MarketReport(market, at: end, configuration: .standard)
    #expect(report.has(.severe))
    #expect(report.findings.first?.finding.code == "stale" && report.findings.first?.series == "BTC/bars")
    let record = PublicationRecord(
      of: publication, configuration: .standard, state: .initial, quality: report)
    let read = try PublicationRecord(json: record.json.encoded())
    #expect(read == record)
    #expect(read.reexecute(market, published: publication.snapshot) == .identical)
    var forged = record
    forged.terms.exceptions.removeAll { $0.id == "BTC/bars" }
    #expect(forged.reexecute(market, published: publication.snapshot) == .termsDiffer("exceptions"))
  }
}
