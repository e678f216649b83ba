import MarketData
import RiskModels
import TestSupport
import Testing

@Suite("Volatility regime")
struct RegimeDetectorTests {
  /// A detector of hours that has seen forty quiet days of returns ±1 %.
  private static func settled() -> RegimeDetector {
    var detector = RegimeDetector(RegimeThresholds(returnsPerDay: 24))
    for i in 0..<960 { detector.update(i.isMultiple(of: 2) ? 0.01 : -0.01) }
    return detector
  }

  @Test(
    "the greatest ratio of each crash day is the one of M08", .enabled(if: SharedData.isPresent),
    arguments: [
      ("2020-02-20", 1.67), ("2020-03-12", 4.22), ("2021-05-19", 2.18), ("2022-05-12", 2.22),
      ("2022-06-13", 1.54),
      ("2022-11-09", 2.45), ("2023-03-11", 1.62),
    ])
  func crashes(_ date: String, _ greatest: Double) throws {
    let bars = try SharedData.twoHourly.get().bars
    var detector = RegimeDetector(RegimeThresholds(returnsPerDay: 12))
    let returns = try #require(LogarithmicReturns.ofCloses(bars))
    var most = 0.0
    var worst = VolatilityRegime.calm
    for (bar, r) in zip(bars.dropFirst(), returns) {
      let regime = detector.update(r)
      if bar.openTime / 86_400 == startOfDay(date) / 86_400 {
        most = max(most, detector.ratio ?? 0)
        worst = max(worst, regime)
      }
    }
    #expect((most - greatest).magnitude < 0.006)
    #expect(worst >= .stress)
    if greatest > 1.9 { #expect(worst == .extreme) }
  }

  @Test(
    "the crash of March 2020 is called extreme within its first violent hour, and the regime seldom turns",
    .enabled(if: SharedData.isPresent))
  func replay() throws {
    let bars = try SharedData.hourly.get().bars
    var detector = RegimeDetector(RegimeThresholds(returnsPerDay: 24))
    let returns = try #require(LogarithmicReturns.ofCloses(bars))
    var turns = 0
    var firstExtreme: Int64?
    var last = detector.regime
    for (bar, r) in zip(bars.dropFirst(), returns) {
      let regime = detector.update(r)
      if regime != last { turns += 1 }
      last = regime
      if regime == .extreme, firstExtreme == nil, bar.openTime >= startOfDay("2020-03-12") {
        firstExtreme = bar.openTime
      }
    }
    // the fall of 12 March began at 10:00
    #expect(try #require(firstExtreme) <= startOfDay("2020-03-12") + 10 * 3600)
    // fewer than one in fifty hours
    #expect(turns < bars.count / 50)
  }

  @Test("before it has seen thirty days it says stress")
  func warmUp() {
    var detector = RegimeDetector(RegimeThresholds(returnsPerDay: 24))
    for i in 0..<720 { #expect(detector.update(i > 600 ? 0.2 : 0.001) == .stress) }
    #expect(detector.update(0.2) == .extreme)
  }

  @Test("a single return beyond six deviations is extreme at once, and normal comes back only with patience")
  func hysteresis() {
    var detector = Self.settled()
    #expect(detector.regime == .normal)
    #expect(detector.update(-0.0599) < .extreme)
    #expect(Self.settled().regime == .normal)
    detector = Self.settled()
    #expect(detector.update(-0.0601) == .extreme)
    for _ in 1..<detector.thresholds.patience { #expect(detector.update(0.01) == .extreme) }
    var hours = 0
    while detector.regime != .normal, hours < 1_000 {
      detector.update(0.01)
      hours += 1
    }
    #expect(detector.regime == .normal)
  }

  @Test("a regime is left for the calmest only when every return of the wait allowed it")
  func noFlapping() {
    var detector = Self.settled()
    var generator = SplitMix64(seed: 60)
    var last = detector.regime
    var since = 0
    for _ in 0..<20_000 {
      // volatility that doubles and halves every few days
      let level = generator.next() % 3 == 0 ? 0.02 : 0.008
      let regime = detector.update(level * generator.normal())
      since += 1
      if regime < last { #expect(since >= detector.thresholds.patience) }
      if regime != last { since = 0 }
      last = regime
    }
  }

  @Test("a market that never moves shows nothing and stays in stress, and the first move after it is extreme")
  func still() {
    var detector = RegimeDetector(RegimeThresholds(returnsPerDay: 24))
    for _ in 0..<1_000 { #expect(detector.update(0) == .stress) }
    #expect(detector.ratio == nil)
    #expect(detector.update(.nan) == .stress)
    #expect(detector.update(0.001) == .extreme)
  }

  @Test("a recorded state resumes where it stopped")
  func resume() {
    var generator = SplitMix64(seed: 61)
    var one = Self.settled()
    for _ in 0..<500 { one.update(0.03 * generator.normal()) }
    var two = one
    for _ in 0..<500 {
      let r = 0.03 * generator.normal()
      one.update(r)
      two.update(r)
      #expect(one == two)
    }
  }
}
