import MarketData
import RiskModels
import TestSupport
import Testing

@Suite("Autoregression of variance in logarithms")
struct LogarithmicAutoregressionTests {
  /// Returns and variances that numpy can make as well.
  private static func sequence(_ count: Int) -> (returns: [Double], variances: [Double]) {
    var (returns, variances) = ([Double](), [Double]())
    for i in 0..<count {
      let residue = (i * i * 7_919 + i * 104_729) % 1_000_003
      let uniform = Double(residue) / 1_000_003 - 0.5
      let r: Double = uniform * 0.02 * (1 + 0.5 * Double((i / 240) % 3))
      returns.append(r)
      variances.append(r * r + 1e-6 * Double(1 + i % 5))
    }
    return (returns, variances)
  }

  @Test("coefficients, deviation, smear and forecast are those of numpy")
  func oracle() throws {
    let (returns, variances) = Self.sequence(24 * 120)
    let windows = VarianceWindows(barsPerDay: 24)
    let fit = try #require(
      LogarithmicAutoregression.fit(returns: returns[...], variances: variances[...], windows))
    let truth = [
      -17.50701221132306, 0.7463064412736015, -0.113815714486536, -2.442773845284863, -0.24979601316901667,
      0.4037244473986768, 1.0703623696597726, -7.5348851681389295,
    ]
    #expect(fit.recorded.count == truth.count)
    for (ours, theirs) in zip(fit.recorded, truth) { #expect(agree(ours, theirs, within: 1e-8)) }
    let levels = try #require(VarianceLevels(returns: returns[...], variances: variances[...], windows))
    let forecast = try #require(fit.forecast(levels))
    #expect(agree(forecast.mean, 0.003030166970788648, within: 1e-8))
    #expect(agree(forecast.upper, 0.006245778815685664, within: 1e-8))
    let read = try #require(LogarithmicFit(recorded: fit.recorded, usesImplied: false))
    #expect(read == fit && read.forecast(levels) == forecast)
    #expect(LogarithmicFit(recorded: [1, 2], usesImplied: false) == nil)
    #expect(LogarithmicFit(recorded: [Double](repeating: .nan, count: 8), usesImplied: false) == nil)
  }

  @Test("with too little history there is no fit, and without a month there are no levels")
  func short() {
    let (returns, variances) = Self.sequence(24 * 59)
    let windows = VarianceWindows(barsPerDay: 24)
    #expect(
      LogarithmicAutoregression.fit(returns: returns[...], variances: variances[...], windows) == nil)
    #expect(
      VarianceLevels(returns: returns.prefix(24 * 29), variances: variances.prefix(24 * 29), windows) == nil)
    #expect(LogarithmicAutoregression.fit(returns: [], variances: [], windows) == nil)
  }

  @Test("a market that stands still is forecast, and one observation of the implied variance is left out")
  func edges() throws {
    let windows = VarianceWindows(barsPerDay: 24)
    let still = [Double](repeating: 0, count: 24 * 120)
    // All levels are equal, so they are combinations of each other.
    #expect(LogarithmicAutoregression.fit(returns: still[...], variances: still[...], windows) == nil)
    let (returns, variances) = Self.sequence(24 * 120)
    let fit = try #require(
      LogarithmicAutoregression.fit(returns: returns[...], variances: variances[...], windows) { back in
        back == 48 ? nil : 1e-4 * Double(1 + back % 7)
      })
    #expect(fit.usesImplied && fit.usesJumps && fit.recorded.count == 9)
    let levels = try #require(VarianceLevels(returns: returns[...], variances: variances[...], windows))
    #expect(fit.forecast(levels) == nil && fit.forecast(levels, implied: 1e-4) != nil)
  }

  @Test("bars taken in one by one are the same as all at once, and other bars start afresh")
  func moves() {
    var random = SplitMix64(seed: 5)
    var price = 100.0
    let bars = (0..<400).map { step in
      let open = price
      price *= 1 + 0.01 * (Double.random(in: -1...1, using: &random))
      return Bar(
        openTime: Int64(step) * 3_600, open: open, high: max(open, price) * 1.002,
        low: min(open, price) * 0.997, close: price, baseVolume: 1, quoteVolume: price)
    }
    var grown = BarMoves()
    for end in [0, 1, 50, 51, 400] { grown.update(bars[..<end]) }
    #expect(grown == BarMoves(bars[...]))
    #expect(grown.returns[0] == 0 && grown.variances.allSatisfy { $0 >= 0 })
    grown.update(bars[100..<200])
    #expect(grown == BarMoves(bars[100..<200]))
    let sum = grown.returns.dropFirst().reduce(0, +)
    #expect(abs(sum - DeterministicMath.log(bars[199].close / bars[100].close)) < 1e-12)
  }

  @Test("the loss of a forecast is zero only where it is right")
  func loss() {
    #expect(QuasiLikelihood.loss(realized: 2, forecast: 2) == 0)
    #expect((QuasiLikelihood.loss(realized: 2, forecast: 1) ?? 0) > 0)
    #expect((QuasiLikelihood.loss(realized: 1, forecast: 2) ?? 0) > 0)
    #expect(QuasiLikelihood.loss(realized: 0, forecast: 2) == nil)
    #expect(QuasiLikelihood.loss(realized: 2, forecast: -1) == nil)
  }
}
