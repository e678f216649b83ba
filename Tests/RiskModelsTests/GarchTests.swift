import Foundation
import MarketData
import RiskModels
import TestSupport
import Testing

@Suite("GARCH")
struct GarchTests {
  /// Returns of a known model, with the variance of the one after.
  private static func simulate(_ model: GarchModel, count: Int, seed: UInt64) -> (
    returns: [Double], next: Double
  ) {
    var generator = SplitMix64(seed: seed)
    var h = model.longRunVariance
    var returns: [Double] = []
    for _ in 0..<count {
      let r = model.mean + h.squareRoot() * generator.normal()
      returns.append(r)
      h = model.next(after: r, variance: h)
    }
    return (returns, h)
  }

  /// The log-likelihood written down without tricks.
  private static func logLikelihood(_ model: GarchModel, _ returns: [Double], residualsFrom mean: Double)
    -> Double
  {
    var (sum, weights) = (0.0, 0.0)
    for (i, r) in returns.prefix(75).enumerated() {
      sum += Foundation.pow(0.94, Double(i)) * (r - mean) * (r - mean)
      weights += Foundation.pow(0.94, Double(i))
    }
    var h = model.constant + model.persistence * sum / weights
    var total = 0.0
    for r in returns {
      let e = r - model.mean
      total -= 0.5 * (Foundation.log(2 * Double.pi * h) + e * e / h)
      h = model.constant + model.reaction * e * e + model.memory * h
    }
    return total
  }

  @Test(.enabled(if: SharedData.isPresent))
  func `G3: S&P 500 in percent, constant mean`() throws {
    let golden = try Golden.numbers("G3 arch GARCH(1,1) sp500 (arch docs sample)")
    let text = try MarketFileText.csv("equity/arch_sp500.csv.gz")
    let closes = text.dropFirst().compactMap { Double($0[5]) }
    let returns = zip(closes.dropFirst(), closes).map { 100 * ($0 / $1 - 1) }
    #expect(Double(returns.count) == golden["n"])
    let fit = try #require(GarchFit(returns, mean: .constant))
    #expect(agree(fit.model.mean, golden["mu"], within: 2e-4))
    #expect(agree(fit.model.constant, golden["omega"], within: 2e-3))
    #expect(agree(fit.model.reaction, golden["alpha[1]"], within: 1e-3))
    #expect(agree(fit.model.memory, golden["beta[1]"], within: 2e-4))
    // not below the other optimiser's, and above it by no more than its tolerance
    let loglik = try #require(golden["loglik"])
    #expect(fit.logLikelihood >= loglik - 1e-6)
    #expect(fit.logLikelihood <= loglik + 1e-3)
  }

  @Test(.enabled(if: SharedData.isPresent))
  func `G3b: BTC by days in percent, no mean`() throws {
    let golden = try Golden.numbers("G3b GARCH(1,1) zero-mean BTC daily to 2020-03-11 (percent)")
    let all = try SharedData.dailyReturns()
    let end = try #require(all.firstIndex { $0.day == startOfDay("2020-03-12") / 86_400 })
    let returns = all[..<end].suffix(650).map { 100 * $0.value }
    let fit = try #require(GarchFit(returns))
    #expect(agree(fit.model.constant, golden["omega"], within: 1e-3))
    #expect(agree(fit.model.reaction, golden["alpha[1]"], within: 1e-3))
    #expect(agree(fit.model.memory, golden["beta[1]"], within: 1e-3))
    #expect(agree(fit.nextVariance.squareRoot(), golden["fcst_sigma_pct"], within: 1e-4))
    let loglik = try #require(golden["loglik"])
    #expect(fit.logLikelihood >= loglik - 1e-6)
    #expect(fit.logLikelihood <= loglik + 1e-3)
    // the unit of the returns does not matter
    let scaled = try #require(GarchFit(returns.map { $0 / 100 }))
    #expect(agree(scaled.model.reaction, fit.model.reaction, within: 1e-6))
    #expect(agree(scaled.nextVariance, fit.nextVariance / 10_000, within: 1e-6))
  }

  @Test(
    "the likelihood is the one written down without tricks, and no neighbour's is greater",
    arguments: [30, 31, 32])
  func optimum(_ seed: UInt64) throws {
    let truth = try #require(GarchModel(mean: 0, constant: 2e-6, reaction: 0.1, memory: 0.85))
    let returns = Self.simulate(truth, count: 1_500, seed: seed).returns
    let fit = try #require(GarchFit(returns))
    #expect(agree(Self.logLikelihood(fit.model, returns, residualsFrom: 0), fit.logLikelihood, within: 1e-11))
    let m = fit.model
    for (a, b, c) in [
      (1.003, 1, 1), (0.997, 1, 1), (1, 1.003, 1), (1, 0.997, 1), (1, 1, 1.0005), (1, 1, 0.9995),
    ] {
      let other = try #require(
        GarchModel(constant: a * m.constant, reaction: b * m.reaction, memory: c * m.memory))
      #expect(Self.logLikelihood(other, returns, residualsFrom: 0) < fit.logLikelihood)
    }
  }

  @Test("the parameters of simulated returns are found", arguments: [40, 41, 42, 43])
  func recovery(_ seed: UInt64) throws {
    let truth = try #require(GarchModel(mean: 5e-4, constant: 4e-6, reaction: 0.12, memory: 0.84))
    let (returns, next) = Self.simulate(truth, count: 20_000, seed: seed)
    let fit = try #require(GarchFit(returns, mean: .constant))
    #expect(agree(fit.model.reaction, truth.reaction, within: 0.15))
    #expect(agree(fit.model.memory, truth.memory, within: 0.04))
    #expect(agree(fit.model.longRunVariance, truth.longRunVariance, within: 0.2))
    #expect((fit.model.mean - truth.mean).magnitude < 4e-4)
    #expect(agree(fit.nextVariance, next, within: 0.15))
  }

  @Test(
    "independent returns, too few, equal or endless ones never trap, and never give a number that is none")
  func edges() throws {
    var generator = SplitMix64(seed: 44)
    #expect(GarchFit(generator.normals(GarchFit.leastCount - 1)) == nil)
    #expect(GarchFit([Double](repeating: 0, count: 100)) == nil)
    #expect(GarchFit([Double](repeating: 0.3, count: 100)) == nil)
    #expect(GarchFit([Double](repeating: 0.3, count: 100), mean: .constant) == nil)
    #expect(GarchFit([Double](repeating: .nan, count: 100)) == nil)
    #expect(GarchFit((0..<100).map { _ in .infinity }) == nil)
    #expect(GarchModel(constant: 1, reaction: 0.5, memory: 0.5) == nil)
    #expect(GarchModel(constant: 0, reaction: 0.1, memory: 0.5) == nil)
    #expect(GarchModel(constant: 1, reaction: -0.1, memory: 0.5) == nil)
    for seed in 50..<70 as Range<UInt64> {
      var generator = SplitMix64(seed: seed)
      var returns = generator.normals(200)
      // one shock of a thousand deviations, or a variance that explodes
      if seed.isMultiple(of: 2) {
        returns[100] = 1_000
      } else {
        for i in returns.indices { returns[i] *= Double(i * i) }
      }
      if let fit = GarchFit(returns) {
        #expect(fit.logLikelihood.isFinite && fit.nextVariance.isFinite && fit.nextVariance > 0)
        #expect(fit.model.persistence < 1)
      }
    }
  }

  @Test("forecasts are what iterating the recursion gives")
  func forecasts() throws {
    let model = try #require(GarchModel(constant: 1e-5, reaction: 0.1, memory: 0.8))
    var h = 4e-4
    var total = 0.0
    for step in 1...50 {
      #expect(agree(model.variance(stepsAhead: step, next: 4e-4), h, within: 1e-12))
      total += h
      #expect(agree(model.totalVariance(steps: step, next: 4e-4), total, within: 1e-12))
      // in expectation r² = h
      h = model.constant + model.persistence * h
    }
    #expect(agree(model.variance(stepsAhead: 10_000, next: 1), model.longRunVariance, within: 1e-12))
    #expect(model.totalVariance(steps: 0, next: 1) == 0)
  }
}
