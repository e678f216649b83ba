import MarketData
import RiskModels
import TestSupport
import Testing

@Suite("Value at risk and expected shortfall")
struct ValueAtRiskTests {
  /// The 650 returns up to 11 March 2020.
  private static func returns() throws -> [Double] {
    let all = try SharedData.dailyReturns()
    let end = try #require(all.firstIndex { $0.day == startOfDay("2020-03-12") / 86_400 })
    return all[..<end].suffix(650).map(\.value)
  }

  @Test(.enabled(if: SharedData.isPresent))
  func `G4: value at risk and expected shortfall of daily losses`() throws {
    let golden = try Golden.numbers("G4 VaR/ES 99% 1d on same sample (loss=-logret)")
    let losses = try Self.returns().map { -$0 }
    let moments = try #require(Moments(of: losses))
    let deviation = try #require(moments.sampleDeviation)
    #expect(agree(moments.mean, golden["mean"], within: 1e-10))
    #expect(agree(deviation, golden["sd"]))
    #expect(agree(moments.skewness, golden["skew"], within: 1e-10))
    #expect(agree(moments.excessKurtosis, golden["exkurt"]))
    #expect(
      agree(ValueAtRisk.normal(mean: moments.mean, deviation: deviation, level: 0.99), golden["normal"]))
    let expansion = try #require(
      CornishFisher(skewness: moments.skewness, excessKurtosis: moments.excessKurtosis))
    #expect(agree(expansion.quantile(0.99), golden["zcf"]))
    #expect(agree(ValueAtRisk.cornishFisher(losses, level: 0.99), golden["cornish_fisher"]))
    #expect(agree(ValueAtRisk.historical(losses, level: 0.99, rule: .linear), golden["hist_linear"]))
    #expect(agree(ValueAtRisk.historical(losses, level: 0.99, rule: .higher), golden["hist_higher"]))
    #expect(agree(ExpectedShortfall.historical(losses, level: 0.99), golden["ES"]))
  }

  @Test(.enabled(if: SharedData.isPresent))
  func `G4b: filtered historical simulation`() throws {
    let golden = try Golden.numbers("G4b FHS 99% VaR (drop first 30)")
    let returns = try Self.returns()
    #expect(
      agree(
        ValueAtRisk.filtered(returns: returns, level: 0.99, decay: 0.94, rule: .linear), golden["VaR_linear"])
    )
    #expect(
      agree(
        ValueAtRisk.filtered(returns: returns, level: 0.99, decay: 0.94, rule: .higher), golden["VaR_higher"])
    )
  }

  @Test(
    "the loss of 12 March 2020 was beyond every model, so a stress floor must stand beside them",
    .enabled(if: SharedData.isPresent))
  func stressFloor() throws {
    let returns = try Self.returns()
    let losses = returns.map { -$0 }
    let all = try SharedData.dailyReturns()
    let next = try #require(all.first { $0.day == startOfDay("2020-03-12") / 86_400 })
    for model in [
      ValueAtRisk.historical(losses, level: 0.99), ValueAtRisk.cornishFisher(losses, level: 0.99),
      ValueAtRisk.filtered(returns: returns, level: 0.99, decay: 0.94),
      ExpectedShortfall.historical(losses, level: 0.99),
    ] {
      #expect(try #require(model) < -next.value / 3)
    }
  }

  @Test("too few losses, levels outside zero to one, and values that are not numbers give nil")
  func edges() {
    let few = [Double](repeating: 0.01, count: ValueAtRisk.leastCount - 1)
    #expect(ValueAtRisk.historical(few, level: 0.99) == nil)
    #expect(ValueAtRisk.cornishFisher(few, level: 0.99) == nil)
    #expect(ValueAtRisk.filtered(returns: few, level: 0.99, decay: 0.94) == nil)
    let zeros = [Double](repeating: 0, count: 400)
    #expect(ValueAtRisk.filtered(returns: zeros, level: 0.99, decay: 0.94) == nil)
    #expect(ValueAtRisk.historical(zeros, level: 0.99) == 0)
    #expect(ValueAtRisk.historical(zeros + [.nan], level: 0.99) == nil)
    #expect(ValueAtRisk.filtered(returns: few + few + [.nan], level: 0.99, decay: 0.94) == nil)
    #expect(ValueAtRisk.normal(mean: 0, deviation: 1, level: 1) == nil)
    #expect(ValueAtRisk.normal(mean: 0, deviation: -1, level: 0.9) == nil)
    #expect(ExpectedShortfall.historical([1, 2, 3], level: 0.99) == nil)
    #expect(ExpectedShortfall.historical([], level: 0) == nil)
    #expect(ExpectedShortfall.historical([1, .nan], level: 0) == nil)
  }

  @Test("the expansion refuses shapes for which it is not a quantile")
  func domain() {
    #expect(
      CornishFisher(skewness: 0, excessKurtosis: 0)?.quantile(0.99) == NormalDistribution.quantile(0.99))
    #expect(CornishFisher(skewness: -2.5, excessKurtosis: 0) == nil)
    #expect(CornishFisher(skewness: 3, excessKurtosis: 1) == nil)
    #expect(CornishFisher(skewness: .nan, excessKurtosis: 1) == nil)
    #expect(CornishFisher(skewness: 0, excessKurtosis: 1)?.quantile(0.6) == nil)
    #expect(CornishFisher(skewness: 0, excessKurtosis: 1)?.quantile(0.99999999) == nil)
    // where it accepts, it rises
    for s in -20...20 {
      for k in 0...40 {
        guard let expansion = CornishFisher(skewness: Double(s) / 10, excessKurtosis: Double(k) / 5) else {
          continue
        }
        var last = -Double.infinity
        for i in 0...100 {
          let level = NormalDistribution.cumulative(1.0001 + 2.9998 * Double(i) / 100)
          let now = expansion.quantile(level) ?? .nan
          #expect(now >= last)
          last = now
        }
      }
    }
  }

  @Test("the shortfall by hand, with a whole and with a broken number of losses")
  func shortfall() {
    let losses = (1...10).map(Double.init)
    #expect(agree(ExpectedShortfall.historical(losses, level: 0.8), 9.5))
    #expect(agree(ExpectedShortfall.historical(losses, level: 0.75), (10 + 9 + 0.5 * 8) / 2.5))
    #expect(agree(ExpectedShortfall.historical(losses, level: 0), 5.5))
    #expect(agree(ExpectedShortfall.historical(losses, level: 0.9), 10))
    #expect(
      agree(ExpectedShortfall.normal(mean: 0, deviation: 1, level: 0.99), 2.665214220345806, within: 1e-12))
  }

  @Test("every threshold bounds the shortfall from above, and the value at risk attains it")
  func bound() throws {
    var generator = SplitMix64(seed: 140)
    let losses = generator.normals(777)
    for level in [0.9, 0.95, 0.99] {
      let shortfall = try #require(ExpectedShortfall.historical(losses, level: level))
      var least = Double.infinity
      for τ in losses {
        let bound = try #require(ExpectedShortfall.bound(losses, level: level, threshold: τ))
        #expect(bound >= shortfall - 1e-12)
        least = min(least, bound)
      }
      #expect(agree(least, shortfall))
      #expect(shortfall >= (try #require(ValueAtRisk.historical(losses, level: level))))
    }
  }

  @Test("a wilder last week raises the filtered value at risk, greater losses the historical one")
  func monotone() throws {
    var generator = SplitMix64(seed: 141)
    let calm = generator.normals(500).map { 0.01 * $0 }
    var wild = calm
    for i in 490..<500 { wild[i] *= 4 }
    let (a, b) = (
      ValueAtRisk.filtered(returns: calm, level: 0.99, decay: 0.94),
      ValueAtRisk.filtered(returns: wild, level: 0.99, decay: 0.94)
    )
    #expect(try #require(b) > 2 * (try #require(a)))
    let losses = calm.map { -$0 }
    let more = losses.map { $0 + 0.001 * generator.uniform() }
    #expect(
      try #require(ValueAtRisk.historical(more, level: 0.99))
        >= (try #require(ValueAtRisk.historical(losses, level: 0.99))))
  }
}

@Suite("Pareto tail")
struct ParetoTailTests {
  @Test
  func `G14: the tail of a sample of Student's t`() throws {
    let golden = try Golden.numbers("G14 POT VaR 99.99 (t4*.02, seed 5)", file: "margin/golden2.json")
    let vector = try EstimatorVectors.all.get().paretoTail
    #expect(agree(vector.threshold, golden["u"]))
    let losses =
      [Double](repeating: 0, count: vector.count - vector.excess.count)
      + vector.excess.map { vector.threshold + $0 }
    let tail = try #require(ParetoTail(losses: losses, threshold: vector.threshold))
    // the optimum to nine digits; the golden one stopped four digits short of it
    #expect(agree(tail.shape, vector.shape, within: 1e-6))
    #expect(agree(tail.scale, vector.scale, within: 1e-6))
    #expect(agree(tail.shape, golden["xi"], within: 3e-4))
    #expect(agree(tail.scale, golden["beta"], within: 1e-4))
    #expect(agree(tail.valueAtRisk(0.9999), golden["VaR"], within: 3e-4))
    // and the truth, which is known here
    #expect(agree(tail.valueAtRisk(0.9999), golden["true"], within: 0.03))
  }

  @Test("known tails are found", arguments: [(0.3, 150 as UInt64), (0.1, 151), (0, 152), (-0.2, 153)])
  func recovery(_ shape: Double, _ seed: UInt64) throws {
    var generator = SplitMix64(seed: seed)
    let losses = (0..<40_000).map { _ in
      let u = generator.uniform()
      return shape == 0
        ? -2 * DeterministicMath.log(u) : 2 / shape * (DeterministicMath.power(u, -shape) - 1)
    }
    let tail = try #require(ParetoTail(losses: losses, threshold: 0))
    #expect((tail.shape - shape).magnitude < 0.02)
    #expect(agree(tail.scale, 2, within: 0.03))
    let far = try #require(tail.valueAtRisk(0.999))
    #expect(agree(tail.survival(far), 0.001, within: 1e-9))
    let empirical = try #require(OrderStatistics.quantile(0.999, of: losses))
    #expect(agree(far, empirical, within: 0.1))
    #expect(try #require(tail.expectedShortfall(0.999)) > far)
  }

  @Test("the tail rises with the level, and speaks only beyond its threshold")
  func monotone() throws {
    var generator = SplitMix64(seed: 154)
    let losses = (0..<5_000).map { _ in DeterministicMath.power(generator.uniform(), -0.25) }
    let tail = try #require(ParetoTail(losses: losses, quantile: 0.95))
    #expect(tail.exceedances == 250)
    #expect(tail.valueAtRisk(0.9) == nil)
    #expect(tail.valueAtRisk(1) == nil)
    #expect(tail.survival(tail.threshold - 0.1) == nil)
    var last = tail.threshold
    for k in 1...40 {
      let level = 1 - 0.049 * DeterministicMath.exp(-0.3 * Double(k))
      let now = try #require(tail.valueAtRisk(level))
      #expect(now > last)
      last = now
    }
  }

  @Test("too few exceedances, endless losses and tails without a mean give none")
  func edges() {
    var generator = SplitMix64(seed: 155)
    let losses = generator.normals(300)
    #expect(ParetoTail(losses: losses, quantile: 0.95) == nil)
    #expect(ParetoTail(losses: losses + [.infinity], quantile: 0.5) == nil)
    #expect(ParetoTail(losses: [], quantile: 0.5) == nil)
    #expect(ParetoTail(losses: [Double](repeating: 1, count: 500), quantile: 0.9) == nil)
    let endless = (0..<5_000).map { _ in DeterministicMath.power(generator.uniform(), -1.5) }
    #expect(ParetoTail(losses: endless, quantile: 0.9) == nil)
  }
}
