import ExactIntegers
import MarketData
import RiskEngine
import TestSupport
import Testing

@Suite("Aggregated price")
struct AggregatedPriceTests {
  private let now: Int64 = 1_700_000_000_000
  private let rules = PriceRules(maximumAge: 60_000, agreement: 0.05, quorum: 2)

  private func observations(_ prices: [Double], age: Int64 = 1_000) -> [PriceObservation] {
    prices.enumerated().map {
      PriceObservation(source: "s\($0.offset)", timeMilliseconds: now - age, price: $0.element)
    }
  }

  private func price(_ observations: [PriceObservation]) throws -> AggregatedPrice {
    try #require(AggregatedPrice.aggregate(observations, at: now, rules: rules).price)
  }

  @Test("the median of three, with the scaled median deviation as confidence")
  func three() throws {
    let price = try price(observations([100, 102, 101]))
    #expect(price.low == 101 && price.high == 101)
    #expect(price.confidence == 1.4826 * 1 / 101)
    #expect(price.lower == 101 * (1 - 1.4826 / 101) && price.upper == 101 * (1 + 1.4826 / 101))
    #expect(price.agreeing == 3 && price.live == 3)
  }

  @Test("of an even number, what is held takes the lower median and what is owed the upper")
  func four() throws {
    let price = try price(observations([104, 100, 103, 101]))
    #expect(price.low == 101 && price.high == 103)
  }

  @Test("the widest confidence of a source that agrees counts, that of one that does not never")
  func confidence() throws {
    var sources = observations([100, 100, 100, 200])
    sources[1].confidence = 0.02
    sources[3].confidence = 0.5
    #expect(try price(sources).confidence == 0.02)
  }

  @Test("only the last price of each source counts, and none from the future")
  func latest() throws {
    var sources = observations([50, 50, 50], age: 5_000) + observations([100, 100, 100], age: 1_000)
    sources += observations([1, 1, 1], age: -1)
    #expect(try price(sources).low == 100)
  }

  @Test("too few fresh sources that agree are stale, and no older price takes their place")
  func stale() {
    func status(_ observations: [PriceObservation]) -> PriceStatus {
      AggregatedPrice.aggregate(observations, at: now, rules: rules)
    }
    #expect(status([]) == .stale(agreeing: 0, live: 0))
    #expect(status(observations([100])) == .stale(agreeing: 1, live: 1))
    #expect(status(observations([100, 100], age: 60_001)) == .stale(agreeing: 0, live: 0))
    #expect(status(observations([100, 100], age: 60_000)).price?.low == 100)
    // Two that contradict each other: neither is within 5 % of both medians.
    let apart = PriceRules(maximumAge: 60_000, agreement: 0.05, quorum: 3)
    #expect(
      AggregatedPrice.aggregate(observations([100, 200, 300]), at: now, rules: apart)
        == .stale(agreeing: 1, live: 3))
  }

  @Test("a source may have a limit of age of its own, shorter or longer")
  func ages() {
    var own = rules
    own.maximumAgeBySource = ["s0": 10_000, "s1": 200_000]
    let old = observations([1, 100, 100, 100], age: 50_000)
    #expect(AggregatedPrice.aggregate(old, at: now, rules: own).price?.live == 3)
    let older = observations([100, 100, 100], age: 100_000)
    #expect(AggregatedPrice.aggregate(older, at: now, rules: own) == .stale(agreeing: 1, live: 1))
  }

  @Test(
    "with at most (n - 1)/2 liars of n, the price lies between the least and greatest honest price",
    arguments: [0.0, 0.01, 0.05, 1])
  func liars(_ agreement: Double) {
    var random = SplitMix64(seed: 5)
    var fresh = 0
    for round in 0..<20_000 {
      let count = Int.random(in: 1...12, using: &random)
      let liars = Int.random(in: 0...(count - 1) / 2, using: &random)
      let spread = [0.001, 0.02, 0.5][round % 3]
      let honest = (liars..<count).map { _ in Double.random(in: 100...100 * (1 + spread), using: &random) }
      // Liars stand together on an edge of what is honest, or anywhere.
      let edge = Bool.random(using: &random) ? (honest.min() ?? 0) * 0.999 : (honest.max() ?? 0) * 1.001
      let lies = (0..<liars).map { _ in
        round % 2 == 0 ? edge : [1e-300, 1e300, 50, 150].randomElement(using: &random) ?? 1
      }
      let sources = observations((honest + lies).shuffled(using: &random))
      let rules = PriceRules(maximumAge: 60_000, agreement: agreement, quorum: 1)
      guard let price = AggregatedPrice.aggregate(sources, at: now, rules: rules).price else { continue }
      fresh += 1
      let bounds = (honest.min() ?? 0)...(honest.max() ?? 0)
      #expect(bounds.contains(price.low) && bounds.contains(price.high))
      #expect(price.low <= price.high && price.lower <= price.low && price.upper >= price.high)
    }
    #expect(fresh > 15_000)
  }

  @Test("medians over time follow the sources, begin at the window, and no liar drags them")
  func medians() {
    var spoken: [PriceObservation] = []
    for second in Int64(0)..<300 {
      let source = ["a", "b", "c", "d", "liar"][Int(second % 5)]
      let price = source == "liar" ? 1_000.0 : second < 150 ? 100 : 101
      spoken.append(
        PriceObservation(source: source, timeMilliseconds: now + 1_000 * second, price: price))
    }
    let end = now + 300_000
    let path = AggregatedPrice.medians(of: spoken, from: now + 100_000, to: end, rules: rules)
    #expect(path.first == TimedPrice(timeMilliseconds: now + 100_000, price: 100))
    #expect(path.count == 200 && Set(path.map(\.price)) == [100, 101])
    let average = TimeWeightedAverage.average(
      of: path, from: now + 100_000, to: end, maximumGap: 10_000)
    #expect(average.map { (100.7...100.8).contains($0) } == true)
    // Before anybody spoke there is nothing.
    #expect(AggregatedPrice.medians(of: spoken, from: now - 9, to: now, rules: rules).isEmpty)
  }

  @Test("the order of the sources changes nothing")
  func order() {
    var random = SplitMix64(seed: 6)
    for _ in 0..<500 {
      let sources = observations((0..<7).map { _ in Double.random(in: 90...110, using: &random) })
      let shuffled = sources.shuffled(using: &random)
      #expect(
        AggregatedPrice.aggregate(sources, at: now, rules: rules)
          == AggregatedPrice.aggregate(shuffled, at: now, rules: rules))
    }
  }
}

@Suite("Exact quanta")
struct ExactQuantaTests {
  @Test("values are rounded against the account, and only where they must be")
  func rounding() throws {
    let lot = try #require(Lot("0.001"))
    func both(_ price: Double) -> [Int64?] {
      [.down, .up].map { ExactQuanta.value(ofPrice: price, lot: lot, rounding: $0) }
    }
    #expect(both(60_000) == [60_000_000, 60_000_000])
    #expect(both(0.0625) == [62, 63])
    // The nearest binary fraction to 0.1 lies above it, that of 0.3 below.
    #expect(both(0.1) == [100, 101])
    #expect(both(0.3) == [299, 300])
    #expect(both(-0.0625) == [-63, -62])
    #expect(both(0) == [0, 0])
    #expect(both(.leastNonzeroMagnitude) == [0, 1])
    #expect(both(.nan) == [nil, nil] && both(.infinity) == [nil, nil])
  }

  @Test("the largest coefficient of a snapshot fits, and one more does not")
  func bounds() throws {
    let lot = try #require(Lot("0.000001"))
    let largest = Double((Int64(1) << 50) - 1)
    #expect(ExactQuanta.value(ofPrice: largest, lot: lot, rounding: .up) == (1 << 50) - 1)
    #expect(ExactQuanta.value(ofPrice: largest + 1, lot: lot, rounding: .down) == nil)
    #expect(ExactQuanta.value(ofPrice: .greatestFiniteMagnitude, lot: lot, rounding: .down) == nil)
  }

  @Test("down and up enclose the exact value within one quantum")
  func enclosure() throws {
    var random = SplitMix64(seed: 7)
    for text in ["0.001", "1", "0.00000003", "1000"] {
      let lot = try #require(Lot(text))
      for _ in 0..<2_000 {
        let price =
          Double.random(in: 0...1, using: &random) * [1e-6, 1, 1e4][Int.random(in: 0...2, using: &random)]
        let down = try #require(ExactQuanta.value(ofPrice: price, lot: lot, rounding: .down))
        let up = try #require(ExactQuanta.value(ofPrice: price, lot: lot, rounding: .up))
        #expect(up - down == 0 || up - down == 1)
        // In integers: price = m·2⁻¹⁰⁷⁴⁺ᵏ, compared after multiplying the quotient out.
        let (m, e) = (Integer(Int64(price.significand * 0x1p52)), 52 - Int(price.exponent))
        let exact = m * Integer(lot.units)
        let unit = Integer(1_000_000) * .powerOfTwo(e)
        #expect(Integer(down) * unit <= exact && exact <= Integer(up) * unit)
        #expect(up == down || (exact < Integer(down + 1) * unit && Integer(up - 1) * unit < exact))
      }
    }
  }

  @Test(
    "lots are exact decimals", arguments: ["0", "-1", "0.0000000000001", "1e7", "x", "", "NaN", "1000001"])
  func lots(_ text: String) {
    #expect(Lot(text) == nil)
    #expect(Lot("0.001")?.units == 1_000_000_000)
    #expect(Lot("0.001")?.size == 0.001)
    #expect(Lot("0.1")?.size == 0.1)
  }
}

@Suite("Mark price")
struct MarkPriceTests {
  private func average(_ prices: [(Int64, Double)], from: Int64 = 0, to: Int64, gap: Int64 = 60_000)
    -> Double?
  {
    TimeWeightedAverage.average(
      of: prices.map { TimedPrice(timeMilliseconds: $0.0, price: $0.1) }, from: from, to: to, maximumGap: gap)
  }

  @Test("100 for a minute and 110 for half a minute are 103.333 on average")
  func handExample() throws {
    let result = try #require(average([(0, 100), (60_000, 110)], to: 90_000))
    #expect(result == 9_300_000.0 / 90_000.0)
    #expect(abs(result - 103.333_333) < 1e-6)
  }

  @Test(
    "intervals are open on the right: a price at the end counts for nothing, one before the start from the start"
  )
  func edges() {
    #expect(average([(0, 100), (30_000, 200)], to: 30_000) == 100)
    #expect(average([(0, 100), (30_000, 200)], from: 20_000, to: 40_000) == 150)
    #expect(average([(0, 100), (10_000, 200)], from: 10_000, to: 40_000) == 200)
  }

  @Test("a gap that is too long, at the start, within or at the end, leaves the average undefined")
  func gaps() {
    #expect(average([], to: 10) == nil)
    #expect(average([(1, 100)], to: 10) == nil)
    #expect(average([(0, 100)], to: 60_000) == 100)
    #expect(average([(0, 100)], to: 60_001) == nil)
    #expect(average([(0, 100), (60_001, 100)], to: 61_000) == nil)
    #expect(average([(-50_000, 100)], to: 10_000) == 100)
    #expect(average([(-50_001, 100)], to: 10_000) == nil)
  }

  @Test("the premium average moves by 1 - 1/e of the way in one time constant, in any steps")
  func premium() {
    var once = PremiumAverage(timeConstant: 1_000)
    once.add(0, at: 0)
    once.add(10, at: 1_000)
    #expect(abs(once.value - 10 * (1 - 0.367_879_441_171_442_33)) < 1e-13)
    var often = PremiumAverage(timeConstant: 1_000)
    often.add(0, at: 0)
    for t in 1...1_000 { often.add(10, at: Int64(t)) }
    #expect(abs(often.value - once.value) < 1e-12)
    let before = often
    often.add(1_000, at: 1_000)
    often.add(.nan, at: 5_000)
    #expect(often == before)
  }

  @Test("the mark is the median of three, so one of them alone cannot move it past the others")
  func median() {
    var premium = PremiumAverage(timeConstant: 1)
    premium.add(2, at: 0)
    #expect(MarkPrice.mark(index: 100, premium: premium, mid: 101, last: 500) == 102)
    #expect(MarkPrice.mark(index: 100, premium: premium, mid: 1, last: 101) == 101)
    #expect(MarkPrice.mark(index: 100, premium: premium, mid: nil, last: 101) == 100)
    #expect(MarkPrice.mark(index: 100, premium: premium, mid: 101, last: nil) == 100)
  }
}

@Suite("Gap margin and manipulation")
struct GapAndGuardTests {
  @Test("80 % a year over 12 seconds at 99 % is 0.001148")
  func closedForm() {
    let rate = GapMargin.rate(quantile: 2.326, volatility: 0.8, delay: 12)
    #expect(abs(rate - 0.001148) < 5e-7)
    #expect(GapMargin.rate(quantile: 2.326, volatility: 0.8, delay: 48) == 2 * rate)
    #expect(GapMargin.rate(quantile: 2.326, volatility: 0.8, delay: 0) == 0)
  }

  @Test("congestion grows with gas above its median, up to the cap, and is the cap when unknown")
  func congestion() {
    func factor(_ gas: Double, _ median: Double) -> Double {
      GapMargin.congestion(gasPrice: gas, median: median, sensitivity: 0.5, cap: 4)
    }
    #expect(factor(10, 20) == 1 && factor(20, 20) == 1)
    #expect(factor(60, 20) == 2)
    #expect(factor(2_000, 20) == 4)
    #expect(factor(10, 0) == 4 && factor(.nan, 20) == 4)
  }

  @Test("the delay adds age, blocks and the congested queue; an unknown age is the ceiling")
  func delay() {
    let delay = ReactionDelay(blockTime: 12, confirmations: 2, queueDelay: 6, ceiling: 100)
    #expect(delay.total(oracleAge: 5, congestion: 2) == 41)
    #expect(delay.total(oracleAge: 5, congestion: 50) == 100)
    #expect(delay.total(oracleAge: nil, congestion: 1) == 100)
    #expect(delay.total(oracleAge: .nan, congestion: 1) == 100)
    #expect(ReactionDelay.quantile99((1...100).map(Double.init)) == 99)
    #expect(ReactionDelay.quantile99((1...101).map(Double.init)) == 100)
    #expect(ReactionDelay.quantile99([7]) == 7)
    #expect(ReactionDelay.quantile99([]) == nil)
  }

  @Test("a capped price relaxes slowly and tightens at once, on both sides")
  func caps() {
    #expect(ManipulationGuards.held(150, previous: 100, cap: 0.1) == 100 * 1.1)
    #expect(ManipulationGuards.held(50, previous: 100, cap: 0.1) == 50)
    #expect(ManipulationGuards.owed(50, previous: 100, cap: 0.1) == 100 / 1.1)
    #expect(ManipulationGuards.owed(150, previous: 100, cap: 0.1) == 150)
    #expect(ManipulationGuards.held(150, previous: nil, cap: 0.1) == 150)
    #expect(ManipulationGuards.owed(50, previous: nil, cap: 0.1) == 50)
  }

  @Test("a mark diverges beyond a tenth of its average, and when it is not a number")
  func divergence() {
    #expect(!ManipulationGuards.diverges(mark: 109.9, average: 100))
    #expect(ManipulationGuards.diverges(mark: 110.1, average: 100))
    #expect(ManipulationGuards.diverges(mark: 89.9, average: 100))
    #expect(ManipulationGuards.diverges(mark: .nan, average: 100))
    #expect(ManipulationGuards.diverges(mark: 100, average: 0))
  }

  private func book(bids: [(Double, Double)], asks: [(Double, Double)]) -> OrderBook {
    OrderBook(
      timeMilliseconds: 0, bids: bids.map { BookLevel(price: $0.0, sizeUSD: $0.1) },
      asks: asks.map { BookLevel(price: $0.0, sizeUSD: $0.1) })
  }

  @Test("moving the mid costs the cheaper side of the book; a broken book costs nothing to move")
  func cost() {
    let sound = book(bids: [(99, 10), (95, 20), (80, 1_000)], asks: [(101, 40), (104, 50), (120, 1_000)])
    #expect(ManipulationGuards.cost(of: sound, move: 0.05) == 30)
    #expect(ManipulationGuards.cost(of: sound, move: 0.2) == 1_030)
    #expect(ManipulationGuards.cost(of: sound, move: 0.001) == 0)
    #expect(ManipulationGuards.cost(of: book(bids: [(101, 9)], asks: [(100, 9)]), move: 0.1) == 0)
    #expect(ManipulationGuards.cost(of: book(bids: [], asks: [(100, 9)]), move: 0.1) == 0)
  }

  @Test("the cost must exceed what can be extracted, with venues counted by their weight")
  func extraction() {
    let sound = book(bids: [(99, 1_000)], asks: [(101, 1_000)])
    func isTooCostly(weight: Int64, openInterest: Double) -> Bool {
      let venue = VenueBooks(venue: "v", weightPpm: weight, books: [sound])
      var series = UnderlyingSeries(id: "X", bars: BarSeries(interval: 60, bars: []))
      series.books = [venue]
      return ManipulationGuards.isTooCostly(
        books: series.upTo(1).books, openInterestUSD: openInterest, move: 0.05, factor: 2)
    }
    // 1000 · weight against 2 · OI · 0.05.
    #expect(isTooCostly(weight: 1_000_000, openInterest: 9_999))
    #expect(!isTooCostly(weight: 1_000_000, openInterest: 10_001))
    #expect(!isTooCostly(weight: 500_000, openInterest: 5_001))
  }
}

@Suite("Prices of a synthetic market")
struct SyntheticPricesTests {
  @Test(
    "at every hour the price is that of the honest sources; the liar never counts, nor the silent one for long"
  )
  func aggregation() throws {
    let synthetic = SyntheticMarket(seed: 4, scenario: .crash, days: 6)
    let market = try synthetic.market()
    let rules = PriceRules(maximumAge: 3_600_000, agreement: 0.02, quorum: 4)
    var fresh = 0
    for hour in Int64(0)..<47 {
      let view = market.upTo(synthetic.end - 3_600 * hour)
      for underlying in view.underlyings {
        let status = AggregatedPrice.aggregate(underlying.prices, at: view.time * 1_000, rules: rules)
        let price = try #require(status.price)
        let close = try #require(underlying.bars.last?.close)
        #expect(abs(price.low / close - 1) < 0.002 && abs(price.high / close - 1) < 0.002)
        #expect(price.confidence >= 0.0005 && price.confidence < 0.003)
        #expect(price.live == (hour < 3 ? 5 : 6) && price.agreeing == price.live - 1)
        fresh += 1
      }
    }
    #expect(fresh == 3 * 47)
    // Nobody spoke before the last two days.
    let early = market.upTo(synthetic.end - 3 * 86_400)
    #expect(
      AggregatedPrice.aggregate(early.underlyings[0].prices, at: early.time * 1_000, rules: rules)
        == .stale(agreeing: 0, live: 0))
  }
}
