import RiskModels
import Testing

/// Against statsmodels, arch, pandas and scipy: `Scripts/oracles/forecast.py` prints these numbers.
@Suite("Forecasts against other libraries")
struct ForecastOracleTests {
  private static let perDay = 24

  /// Returns and variances of 430 days, of exact operations.
  private static func series() -> (returns: [Double], variances: [Double]) {
    var (state, level) = (UInt64(20_260_228), 0.0)
    var (returns, variances) = ([Double](), [Double]())
    func uniform() -> Double {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Double(state >> 11) / 9_007_199_254_740_992
    }
    for _ in 0..<perDay * 430 {
      level = 0.995 * level + 0.2 * (uniform() - 0.5)
      let scale = 0.003 * (1.0 + level * level)
      let first = uniform()
      let second = uniform()
      let r = scale * (first + second + uniform() - 1.5) * 2.0
      returns.append(r)
      variances.append(r * r * (0.6 + 0.8 * uniform()) + 0.25 * scale * scale)
    }
    return (returns, variances)
  }

  private static func isNear(_ a: Double, _ b: Double, _ tolerance: Double = 1e-9) -> Bool {
    abs(a - b) <= tolerance * max(abs(a), abs(b))
  }

  @Test(
    "the autoregression in logarithms is that of statsmodels: coefficients, deviation, smear, forecast and band"
  )
  func autoregression() throws {
    let (returns, variances) = Self.series()
    let windows = VarianceWindows(barsPerDay: Self.perDay)
    let fit = try #require(
      LogarithmicAutoregression.fit(returns: returns[...], variances: variances[...], windows))
    let coefficients = [
      -1.154_552_497_21, 0.797_283_086_725, 0.050_856_246_714_5, 0.002_645_626_578_52, 0.061_023_314_522_7,
    ]
    #expect(fit.coefficients.count == coefficients.count)
    for (ours, theirs) in zip(fit.coefficients, coefficients) {
      #expect(Self.isNear(ours, theirs, 1e-8), "\(ours) and \(theirs)")
    }
    #expect(Self.isNear(fit.deviation, 0.421_035_242_854))
    #expect(Self.isNear(fit.smear, 1.096_336_606_41))
    let levels = try #require(VarianceLevels(returns: returns[...], variances: variances[...], windows))
    let forecast = try #require(fit.forecast(levels))
    #expect(Self.isNear(forecast.mean, 0.000_290_563_586_755), "\(forecast.mean)")
    #expect(Self.isNear(forecast.upper, 0.000_604_899_354_399), "\(forecast.upper)")
  }

  @Test("the exponential average is that of arch and pandas, and QLIKE of yesterday for today that of numpy")
  func averages() throws {
    let (returns, variances) = Self.series()
    let kept = 395 * Self.perDay
    #expect(
      Self.isNear(
        try #require(ExponentialVariance.of(Array(returns.suffix(kept)), decay: 0.94)), 9.692_407_805_84e-6))
    let days = Array(variances.suffix(kept)).chunked(into: Self.perDay).map { $0.reduce(0, +) }
    let losses = zip(days.dropFirst(), days).compactMap { QuasiLikelihood.loss(realized: $0, forecast: $1) }
    #expect(losses.count == 394)
    #expect(Self.isNear(losses.reduce(0, +) / Double(losses.count), 0.098_207_708_981_6))
  }

  @Test("Kupiec's and Christoffersen's statistics and probabilities are those of scipy")
  func coverage() throws {
    let returns = Array(Self.series().returns.suffix(395 * Self.perDay))
    var variance = returns[0] * returns[0]
    let exceeded = returns.map { r in
      defer { variance = 0.94 * variance + 0.06 * r * r }
      return r < -2.4 * variance.squareRoot()
    }
    let test = try #require(Backtest(exceeded: exceeded, level: 0.99))
    #expect(test.exceedances == 94 && test.count == 9_480)
    #expect(Self.isNear(test.coverage.statistic, 0.006_838_316_232_92, 1e-7))
    #expect(Self.isNear(test.coverage.pValue, 0.934_094_766_428, 1e-8))
    #expect(Self.isNear(test.independence.statistic, 1.883_036_279_96, 1e-8))
    #expect(Self.isNear(test.independence.pValue, 0.169_989_455_643, 1e-8))
    #expect(Self.isNear(test.conditionalCoverage.pValue, 0.388_703_942_614, 1e-8))
  }
}

extension Array {
  /// Slices of so many elements, the last perhaps shorter.
  fileprivate func chunked(into size: Int) -> [ArraySlice<Element>] {
    stride(from: 0, to: count, by: size).map { self[$0..<Swift.min($0 + size, count)] }
  }
}
