import CanonicalBytes
import MarginRules
import MarketData
import RiskEngine
import TestSupport
import Testing

/// What was wrong with margins as margins, each fault on a made-up market of the same kind.
@Suite("Findings of the calibration")
struct CalibrationFindingsTests {
  /// The rates of one side of an instrument in the first bracket, as fractions of the mark.
  private func rates(_ snapshot: RiskSnapshot) throws -> (initial: Double, maintenance: Double) {
    let found = try #require(snapshot.instruments.first { $0.id == "BTC-PERP" })
    let value = Double(found.markCeil)
    return (Double(found.long[0].imPerLot) / value, Double(found.long[0].mmPerLot) / value)
  }

  private func replay(
    _ market: Market, _ times: StrideTo<Int64>, _ body: (Publication, Int64) throws -> Void
  ) throws {
    var replay = Replay(
      engine: try SnapshotPublisher(market: market, configuration: .standard, tracing: .none))
    for time in times { try body(try replay.step(to: time), time) }
  }

  @Test("C1 with options listed, a lone short perpetual pays no more than its leverage says")
  func linearUnderOptions() throws {
    var shape = RegimeMarket.Shape()
    shape.options = true
    let random = RegimeMarket(shape, seed: 1)
    let snapshot = try SnapshotPublisher(market: random.market, configuration: .standard, tracing: .none)
      .publish(at: random.end, state: .initial, previous: .zero, beacon: .zero).snapshot
    let perpetual = try #require(snapshot.instruments.first { $0.id == "BTC-PERP" })
    let worst = try #require(perpetual.pnlShort.min())
    let near = zip(snapshot.groups[0].scenarios, perpetual.pnlShort).filter { $0.0.weight == 1_000_000 }
    let nearest = try #require(near.map(\.1).min())
    let share = -Double(worst) / Double(perpetual.markCeil)
    #expect(worst >= nearest - 1, "scenarios ask \(share) of a lone short")
  }

  @Test("C2 the rate follows volatility although volume rises with it")
  func followsRisk() throws {
    let random = RegimeMarket(RegimeMarket.Shape(), seed: 2)
    var (found, realised) = ([Double](), [Double]())
    let bars = random.bars
    try replay(
      random.market, stride(from: random.end - 150 * 86_400, to: random.end - 86_400, by: 6 * 3_600)
    ) { publication, time in
      found.append(try rates(publication.snapshot).maintenance)
      let first = Int((time - RegimeMarket.start) / 3_600)
      realised.append((first..<first + 24).reduce(0) { $0 + pow2(bars[$1].close / bars[$1 - 1].close - 1) })
    }
    let correlation = rankCorrelation(found, realised)
    #expect(correlation > 0.4, "rank correlation with the next day's variance is \(correlation)")
  }

  @Test("C4 the same hours published every 300, 900 and 3,600 seconds ask for the same margin")
  func cadence() throws {
    var shape = RegimeMarket.Shape()
    (shape.days, shape.crash) = (60, (52 * 24 + 5, 0.12))
    let random = RegimeMarket(shape, seed: 4)
    var means: [Double] = []
    for step in [300, 900, 3_600] as [Int64] {
      var (sum, count) = (0.0, 0.0)
      try replay(
        random.market, stride(from: random.end - 9 * 86_400, to: random.end, by: Int(step))
      ) { publication, _ in
        sum += try rates(publication.snapshot).initial
        count += 1
      }
      means.append(sum / count)
    }
    #expect(
      (means.max() ?? 0) / (means.min() ?? 1) < 1.05, "mean initial rates are \(means)")
  }

  @Test("C5 one publication during a gap of books costs hours, not weeks")
  func gap() throws {
    var random = RegimeMarket(RegimeMarket.Shape(), seed: 5)
    let price = random.bars.last?.close ?? 1
    func book(_ time: Int64) -> OrderBook {
      func levels(_ side: Double) -> [BookLevel] {
        (1...20).map { BookLevel(price: price * (1 + side * Double($0) * 0.0009), sizeUSD: 1e7) }
      }
      return OrderBook(timeMilliseconds: time * 1_000, bids: levels(-1), asks: levels(1))
    }
    let gap = (random.end - 20 * 86_400)..<(random.end - 19 * 86_400)
    let times = stride(from: random.end - 40 * 86_400, to: random.end, by: 3_600)
    random.market.underlyings[0].books = [
      VenueBooks(
        venue: "a", weightPpm: 1_000_000, books: times.filter { !gap.contains($0) }.map { book($0) })
    ]
    var before = 0.0
    try replay(
      random.market, stride(from: gap.lowerBound - 86_400, to: gap.lowerBound, by: 3_600)
    ) { publication, _ in before = try rates(publication.snapshot).initial }
    var (worst, after) = (0.0, 0.0)
    try replay(
      random.market, stride(from: gap.upperBound - 3_600, to: gap.upperBound + 12 * 3_600, by: 3_600)
    ) { publication, _ in
      after = try rates(publication.snapshot).initial
      worst = max(worst, after)
    }
    #expect(after < 1.5 * before, "\(before) before the gap, at worst \(worst), \(after) half a day after")
  }

  @Test("C6 nothing opens while the market is extreme, and a market without history is in stress")
  func reopening() throws {
    var shape = RegimeMarket.Shape()
    (shape.days, shape.crash) = (120, (110 * 24, 0.18))
    let random = RegimeMarket(shape, seed: 6)
    var open: [String] = []
    try replay(
      random.market, stride(from: RegimeMarket.start + 109 * 86_400, to: random.end, by: 3_600)
    ) { publication, time in
      let perpetual = publication.snapshot.instruments[0]
      if publication.snapshot.regime == .extreme, perpetual.flags.openLong {
        open.append("\((time - RegimeMarket.start) / 3_600 - 110 * 24)")
      }
    }
    #expect(open.isEmpty, "open while extreme, hours after the crash: \(open.prefix(5)) of \(open.count)")
    let young = try SnapshotPublisher(market: random.market, configuration: .standard, tracing: .none)
      .publish(
        at: RegimeMarket.start + 5 * 86_400, state: .initial, previous: .zero, beacon: .zero)
    #expect(young.snapshot.regime == .stress)
  }

  @Test("nothing looks ahead: a market that ends at the instant gives the same bytes")
  func noFuture() throws {
    var shape = RegimeMarket.Shape()
    (shape.days, shape.crash) = (90, (80 * 24, 0.2))
    let random = RegimeMarket(shape, seed: 7)
    for day: Int64 in [20, 70, 79] {
      let time = RegimeMarket.start + day * 86_400
      var short = random.market
      short.underlyings[0].bars.bars.removeAll { $0.openTime + 3_600 > time }
      let (whole, part) = try (
        SnapshotPublisher(market: random.market, configuration: .standard, tracing: .none).publish(
          at: time, state: .initial, previous: .zero, beacon: .zero),
        SnapshotPublisher(market: short, configuration: .standard, tracing: .none).publish(
          at: time, state: .initial, previous: .zero, beacon: .zero)
      )
      #expect(whole.snapshot.canonicalBytes == part.snapshot.canonicalBytes)
      #expect(whole.state == part.state)
    }
  }

  private func pow2(_ x: Double) -> Double { x * x }

  /// Spearman's correlation of two samples without ties worth speaking of.
  private func rankCorrelation(_ a: [Double], _ b: [Double]) -> Double {
    func ranks(_ x: [Double]) -> [Double] {
      var ranks = [Double](repeating: 0, count: x.count)
      for (rank, index) in x.indices.sorted(by: { x[$0] < x[$1] }).enumerated() {
        ranks[index] = Double(rank)
      }
      return ranks
    }
    let (p, q) = (ranks(a), ranks(b))
    let mean = Double(a.count - 1) / 2
    let top = zip(p, q).reduce(0) { $0 + ($1.0 - mean) * ($1.1 - mean) }
    return top / p.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
  }
}
