import MarketData
import RiskModels
import TestSupport
import Testing

@Suite("Realised variance")
struct RealizedVarianceTests {
  private static func bar(_ o: Double, _ h: Double, _ l: Double, _ c: Double) -> Bar {
    Bar(openTime: 0, open: o, high: h, low: l, close: c, baseVolume: 1, quoteVolume: c)
  }

  @Test(
    .enabled(if: SharedData.isPresent),
    arguments: [
      ("G1 vol calm 2020-02-20", "2020-02-20", "2020-02-21"),
      ("G1 vol crash 2020-03-12", "2020-03-12", "2020-03-13"),
      ("G1 vol crash 2021-05-19", "2021-05-19", "2021-05-20"),
      ("G1 vol 2020-03 full month", "2020-03-01", "2020-04-01"),
    ])
  func `G1: the estimators on four windows of hourly bars`(_ entry: String, _ from: String, _ to: String)
    throws
  {
    let golden = try Golden.numbers(entry)
    let bars = try SharedData.hourly.get().bars
    let first = try #require(bars.firstIndex { $0.openTime >= startOfDay(from) })
    let window = bars[first...].prefix { $0.openTime < startOfDay(to) }
    let variance = try #require(RealizedVariance(of: window, previousClose: bars[first - 1].close))
    #expect(Double(variance.count) == golden["n"])
    #expect(agree(variance.sumOfSquares, golden["rv_sum"]))
    let names: [(VarianceEstimator, String)] = [
      (.closeToClose, "cc_ann"), (.parkinson, "parkinson_ann"), (.garmanKlass, "garman_klass_ann"),
      (.rogersSatchell, "rogers_satchell_ann"), (.yangZhang, "yang_zhang_ann"),
    ]
    for (estimator, name) in names {
      let volatility = variance.annualVolatility(estimator, barsPerYear: Year.bars(of: 3600))
      #expect(agree(volatility, golden[name]), "\(estimator)")
    }
  }

  @Test("bars that never moved have no variance, by any estimator", arguments: VarianceEstimator.allCases)
  func still(_ estimator: VarianceEstimator) throws {
    let still = Self.bar(100, 100, 100, 100)
    let variance = try #require(RealizedVariance(of: [still, still, still]))
    #expect(variance.perBar(estimator) == 0)
    #expect(variance.jumpShare == 0)
  }

  @Test("fewer than two usable bars have no variance, and bars that contradict themselves are not used")
  func tooFew() throws {
    let good = Self.bar(100, 102, 99, 101)
    #expect(RealizedVariance(of: []) == nil)
    #expect(RealizedVariance(of: [good]) == nil)
    let bad = [
      Self.bar(100, 99, 98, 98.5), Self.bar(100, 103, 101, 102), Self.bar(0, 1, 0, 1),
      Self.bar(.nan, 1, 1, 1),
      Self.bar(1, .infinity, 1, 1),
    ]
    #expect(RealizedVariance(of: bad + [good]) == nil)
    let variance = try #require(RealizedVariance(of: [good] + bad + [good]))
    #expect(variance.count == 2)
    #expect(variance.rejected == bad.count)
    #expect(VarianceEstimator.allCases.allSatisfy { variance.perBar($0).isFinite })
  }

  @Test("one estimator by hand: Parkinson of bars with high = e·low is 1/(4·ln 2)")
  func byHand() throws {
    let bar = Self.bar(1, DeterministicMath.exp(1), 1, DeterministicMath.exp(1))
    let variance = try #require(RealizedVariance(of: [bar, bar]))
    #expect(agree(variance.perBar(.parkinson), 1 / (4 * 0.6931471805599453)))
    // ½ − (2·ln 2 − 1)
    #expect(agree(variance.perBar(.garmanKlass), 1.5 - 2 * 0.6931471805599453))
    #expect(variance.perBar(.rogersSatchell).magnitude < 1e-15)
  }

  @Test(
    "wider bars never have less variance",
    arguments: [VarianceEstimator.parkinson, .garmanKlass, .rogersSatchell])
  func widening(_ estimator: VarianceEstimator) throws {
    var generator = SplitMix64(seed: 20)
    var last = 0.0
    let bodies = (0..<50).map { _ in (100 + generator.normal(), 100 + generator.normal()) }
    for k in 0...20 {
      let bars = bodies.map {
        Self.bar($0.0, max($0.0, $0.1) + 0.2 * Double(k), min($0.0, $0.1) - 0.2 * Double(k), $0.1)
      }
      let now = try #require(RealizedVariance(of: bars)).perBar(estimator)
      #expect(now >= last)
      last = now
    }
  }

  @Test("every estimator recovers the variance of a random walk, and the bipower one in spite of jumps")
  func recovery() throws {
    var generator = SplitMix64(seed: 21)
    let steps = 400
    let variance = 1e-4
    let step = (variance / Double(steps)).squareRoot()
    var price = 0.0
    func walk(jumpEvery: Int?) -> [Bar] {
      (0..<1_500).map { i in
        if let jumpEvery, i.isMultiple(of: jumpEvery) { price += 0.1 }
        let open = price
        var (high, low) = (price, price)
        for _ in 0..<steps {
          price += step * generator.normal()
          high = max(high, price)
          low = min(low, price)
        }
        return Self.bar(
          DeterministicMath.exp(open), DeterministicMath.exp(high), DeterministicMath.exp(low),
          DeterministicMath.exp(price))
      }
    }
    let smooth = try #require(RealizedVariance(of: walk(jumpEvery: nil)))
    for estimator in VarianceEstimator.allCases {
      // ranges seen at 400 steps a bar miss some 7 % of the variance
      #expect(agree(smooth.perBar(estimator), variance, within: 0.13), "\(estimator)")
    }
    #expect(smooth.jumpShare < 0.1)
    let jumpy = try #require(RealizedVariance(of: walk(jumpEvery: 50)))
    #expect(jumpy.perBar(.closeToClose) > 2.5 * variance)
    #expect(jumpy.perBar(.bipower) < 1.6 * variance)
    #expect(jumpy.jumpShare > 0.4)
  }
}
