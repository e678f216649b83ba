import CanonicalBytes
import MarginRules
import MarketData
import RiskEngine
import TestSupport
import Testing

@Suite("Droughts of liquidity, foretold from the books")
struct DroughtForecastTests {
  /// A market with an hourly book for a number of hours, each as deep as the function of hours before the end
  /// says.
  private func market(
    hours: Int64 = 60, spread: Double = 0.0009, _ depth: (Int64) -> Double
  ) -> (market: Market, end: Int64) {
    var shape = RandomMarket.Shape()
    (shape.bars, shape.funding, shape.openInterest) = (1_600, 300, 60)
    let random = RandomMarket(shape, seed: 12)
    var market = random.market
    let price = market.underlyings[0].bars.bars.last?.close ?? 1
    market.underlyings[0].books = [
      VenueBooks(
        venue: "a", weightPpm: 1_000_000,
        books: (0..<hours).reversed().map { ago in
          func levels(_ side: Double) -> [BookLevel] {
            (1...10).map {
              BookLevel(price: price * (1 + side * Double($0) * spread), sizeUSD: depth(ago) / 10)
            }
          }
          return OrderBook(
            timeMilliseconds: (random.end - ago * 3_600) * 1_000, bids: levels(-1), asks: levels(1))
        })
    ]
    return (market, random.end)
  }

  private func publish(
    _ market: (market: Market, end: Int64), sensitivity: Int64 = 1_000_000,
    strategy: MarginStrategy = .predictive, _ change: (inout EngineConfiguration) throws -> Void = { _ in }
  ) throws -> Publication {
    var configuration = EngineConfiguration.standard
    try configuration.set(
      .strategy, to: Int64(try #require(MarginStrategy.allCases.firstIndex(of: strategy))))
    try configuration.set(.droughtSensitivity, to: sensitivity)
    try change(&configuration)
    let publication = try SnapshotPublisher(
      market: market.market, configuration: configuration, tracing: .full
    ).publish(at: market.end, state: .initial, previous: .zero, beacon: .zero)
    let record = PublicationRecord(of: publication, configuration: configuration, state: .initial)
    #expect(record.reexecute(market.market, published: publication.snapshot) == .identical)
    return publication
  }

  @Test("books that run dry make a drought likelier, and what dried long ago does not")
  func features() throws {
    func probability(_ depth: (Int64) -> Double) throws -> Int64 {
      try #require(try publish(market(depth)).terms.underlyings[0].drought)
    }
    let steady = try probability { _ in 2e7 }
    let hour = try probability { $0 < 1 ? 8e6 : 2e7 }
    let day = try probability { $0 < 20 ? 8e6 : 2e7 }
    func long(_ depth: (Int64) -> Double) throws -> Int64 {
      try #require(try publish(market(hours: 1_000, depth)).terms.underlyings[0].drought)
    }
    let (whole, past) = (try long { _ in 2e7 }, try long { $0 < 750 ? 2e7 : 1.5e7 })
    #expect(steady > 0 && steady < 100_000)
    #expect(hour > 2 * steady && day > steady && day < hour)
    #expect(past == whole)
    // An empty book is a fault of the feed and says nothing of depth; no infinity comes of it.
    #expect(try probability { $0 < 1 ? 0 : 2e7 } < hour)
  }

  @Test("an hour of the week that was dry before is likelier to be dry again")
  func hourOfWeek() throws {
    // The last 49 hours are the window of depth; six weeks before it the hour that now begins was dry.
    let plain = try publish(market(hours: 1_100) { _ in 2e7 })
    let dry = try publish(market(hours: 1_100) { $0 > 100 && $0 % 168 == 167 ? 1e6 : 2e7 })
    #expect((dry.terms.underlyings[0].drought ?? 0) > (plain.terms.underlyings[0].drought ?? 0))
  }

  @Test("the probability raises the forecast volatility by 1 + k·p, of the predictive strategy only")
  func effect() throws {
    let drying = market { $0 < 1 ? 8e6 : 2e7 }
    func volatility(_ publication: Publication) throws -> Double {
      let steps = try #require(publication.trace?.steps(.underlying("BTC")))
      return try #require(steps.last { $0.name == "conditional volatility" }?.value.magnitude)
    }
    let (without, with) = (try publish(drying, sensitivity: 0), try publish(drying))
    let factor = Double(with.terms.underlyings[0].droughtFactor) / 1e6
    let probability = Double(with.terms.underlyings[0].drought ?? 0) / 1e6
    #expect(factor > 1.05 && abs(factor - 1 - probability) < 2e-6)
    #expect(without.terms.underlyings[0].droughtFactor == 1_000_000)
    // The forecast is above what was measured here, so the ratio is the factor itself.
    #expect(abs(try volatility(with) / volatility(without) - factor) < 1e-5)
    #expect(with.snapshot.instruments[0].long[0].mmPerLot > without.snapshot.instruments[0].long[0].mmPerLot)
    let (calm, dry) = (
      try publish(drying, sensitivity: 0, strategy: .buffer), try publish(drying, strategy: .buffer)
    )
    // The buffer strategy asks for the same and lets positions grow less far, as the forecast says.
    for (a, b) in zip(calm.snapshot.instruments, dry.snapshot.instruments) {
      #expect(a.long == b.long && a.short == b.short && a.pnlLong == b.pnlLong)
      #expect((b.maxLongLots ?? 0) < (a.maxLongLots ?? 0))
    }
    let (whole, cut) = (calm.terms.underlyings[0], dry.terms.underlyings[0])
    #expect(whole.positionShare == 1_000_000)
    #expect(abs(cut.positionShare - 1_000_000_000_000 / cut.droughtFactor) <= 1)
    let capped = try publish(drying, sensitivity: 10_000_000) { try $0.set(.droughtCap, to: 1_200_000) }
    #expect(capped.terms.underlyings[0].droughtFactor == 1_200_000)
    let steps = try #require(with.trace?.steps(.instrument("BTC-PERP")))
    #expect(
      steps.contains { $0.name == "drought probability" }
        && steps.contains { $0.name == "depth change in an hour" })
  }

  @Test("without order books nothing is foretold")
  func noBooks() throws {
    var bare = market { _ in 2e7 }
    bare.market.underlyings[0].books = []
    let notice = try publish(bare).terms.underlyings[0]
    #expect(notice.drought == nil && notice.droughtFactor == 1_000_000)
  }
}

@Suite("Forecasts that know the volatility index")
struct IndexForecastTests {
  private static let day: Int64 = 86_400

  /// A market with a chain every day, whose level changes from day to day.
  private func market(days: Int) -> (market: Market, end: Int64) {
    var shape = RandomMarket.Shape()
    (shape.bars, shape.options) = (24 * days, 6)
    let random = RandomMarket(shape, seed: 21)
    var market = random.market
    guard let last = market.underlyings[0].chains.last else { return (market, random.end) }
    market.underlyings[0].chains = (0..<Int64(days)).reversed().map { ago in
      var chain = last
      chain.time -= ago * Self.day
      for i in chain.quotes.indices {
        chain.quotes[i].expiry -= ago * Self.day
        chain.quotes[i].mark = nil
        chain.quotes[i].markVolatility = chain.quotes[i].markVolatility.map {
          $0 * (1 + 0.1 * Double((ago * 7) % 5))
        }
      }
      return chain
    }
    // Of what has options and its own prices perpetuals and the dollar are enough.
    market.listing.assets.removeLast()
    market.instruments = market.listing.instruments
    return (market, random.end)
  }

  private func configuration(_ strategy: Int64 = 2) throws -> EngineConfiguration {
    var configuration = EngineConfiguration.standard
    try configuration.set(.strategy, to: strategy)
    try configuration.set(.refit, to: 3_600)
    return configuration
  }

  @Test("an index of every day is remembered, and once there are thirty the forecast uses it")
  func regressor() throws {
    let (market, end) = market(days: 80)
    let configuration = try configuration()
    let engine = try SnapshotPublisher(market: market, configuration: configuration, tracing: .full)
    var (state, publication) = (EngineState.initial, Publication?.none)
    var firstUse: Int?
    for step in 0..<45 {
      // Twice a day: the second time adds nothing.
      for half in [Self.day / 2, 0] {
        let time = end - Int64(44 - step) * Self.day - half
        let before = state
        let next = try engine.publish(at: time, state: state, previous: .zero, beacon: .zero)
        (state, publication) = (next.state, next)
        if step == 44, half == 0 {
          let record = PublicationRecord(of: next, configuration: configuration, state: before)
          #expect(record.reexecute(market, published: next.snapshot) == .identical)
          #expect(try EngineState(json: state.canonicalBytes) == state)
          var other = record
          other.state.underlyings["BTC"]?.index = IndexHistory()
          #expect(other.reexecute(market, published: next.snapshot) != .identical)
        }
      }
      if firstUse == nil, state.underlyings["BTC"]?.fit?.impliedAutoregression.isEmpty == false {
        firstUse = step
      }
    }
    let remembered = try #require(state.underlyings["BTC"]?.index)
    #expect(remembered.entries.count >= 44 && remembered.entries.count <= 46)
    #expect(Set(remembered.entries.map { $0.time / Self.day }).count == remembered.entries.count)
    #expect(state.underlyings["BTC"]?.fit?.impliedAutoregression.count == 9)
    #expect(try #require(firstUse) >= 29)
    let last = try #require(publication)
    let notice = last.terms.underlyings[0]
    #expect((notice.index ?? 0) > 400_000)
    #expect((notice.forecastUpper ?? 0) >= (notice.forecast ?? .max))
    let step = try #require(
      last.trace?.steps(.underlying("BTC"))?.first { $0.name == "expected volatility" })
    #expect(step.formula.contains("b₅"))

    // Without a fresh chain the forecast is that of returns alone, as it is for a market without options.
    var bare = market
    bare.underlyings[0].chains = []
    let without = try SnapshotPublisher(market: bare, configuration: configuration, tracing: .none).publish(
      at: end, state: state, previous: .zero, beacon: .zero)
    let never = try SnapshotPublisher(market: bare, configuration: configuration, tracing: .none).publish(
      at: end, state: .initial, previous: .zero, beacon: .zero)
    #expect(without.terms.underlyings[0].index == nil)
    #expect(without.terms.underlyings[0].forecast == never.terms.underlyings[0].forecast)
    #expect(without.terms.underlyings[0].forecast != notice.forecast)
  }

  @Test("models of many underlyings are fitted in different epochs, each as often as it should be")
  func phases() throws {
    var shape = RandomMarket.Shape()
    (shape.bars, shape.underlyings) = (400, 4)
    let random = RandomMarket(shape, seed: 23)
    var configuration = EngineConfiguration.standard
    try configuration.set(.refit, to: 28_800)
    let engine = try SnapshotPublisher(market: random.market, configuration: configuration, tracing: .none)
    var state = EngineState.initial
    var fitted: [String: [Int64]] = [:]
    for epoch in 1...32 as ClosedRange<Int64> {
      let time = random.end + epoch * 3_600
      state = try engine.publish(at: time, state: state, previous: .zero, beacon: .zero).state
      for (id, underlying) in state.underlyings where underlying.fit?.time == time {
        fitted[id, default: []].append(epoch)
      }
    }
    #expect(fitted["BTC"] == [1, 8, 16, 24, 32])
    #expect(fitted["ETH"] == [1, 6, 14, 22, 30] && fitted["SOL"] == [1, 4, 12, 20, 28])
    #expect(fitted["FTT"] == [1, 2, 10, 18, 26])
  }

  @Test("what is remembered does not grow with history")
  func memory() throws {
    var shape = RandomMarket.Shape()
    shape.bars = 24 * 460
    var history = RandomMarket(shape, seed: 22).market
    history.listing.assets.removeLast()
    var sizes: [Int] = []
    for days in [200, 440] {
      var replay = Replay(
        engine: try SnapshotPublisher(market: history, configuration: .standard, tracing: .none))
      for day in 1...Int64(days) { try replay.step(to: RandomMarket.start + day * Self.day) }
      sizes.append(replay.state.canonicalBytes.count)
    }
    // Numbers of other lengths, no more rows.
    #expect(abs(sizes[0] - sizes[1]) < 160)

    let (market, end) = market(days: 420)
    var configuration = EngineConfiguration.standard
    try configuration.set(.refit, to: 31_536_000)
    var replay = Replay(
      engine: try SnapshotPublisher(market: market, configuration: configuration, tracing: .none))
    for day in 0..<Int64(418) { try replay.step(to: end - (417 - day) * Self.day) }
    #expect(replay.state.underlyings["BTC"]?.index.entries.count == IndexHistory.mostDays)
  }
}
