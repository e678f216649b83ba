import MarketData
import RiskModels
import TestSupport
import Testing

@Suite("Delta and gamma")
struct DeltaGammaTests {
  @Test("full revaluation differs by no more than the bound", arguments: OptionKind.allCases)
  func bound(_ kind: OptionKind) throws {
    var generator = SplitMix64(seed: 130)
    for _ in 0..<5_000 {
      let (T, σ) = (0.01 + generator.uniform(), 0.1 + 1.5 * generator.uniform())
      let K = 100 * DeterministicMath.exp(generator.uniform() - 0.5)
      let option = try #require(Black76(forward: 100, strike: K, years: T, volatility: σ, kind: kind))
      let dS = 60 * (generator.uniform() - 0.5)
      let moved = try #require(Black76(forward: 100 + dS, strike: K, years: T, volatility: σ, kind: kind))
      let error = moved.price - option.price - DeltaGamma.profit(option.greeks, priceChange: dS)
      let bound = try #require(DeltaGamma.errorBound(option, priceChange: dS))
      #expect(error.magnitude <= bound * (1 + 1e-9) + 1e-11)
    }
  }

  @Test("there is no bound where the forward would not stay positive, or the price has a kink")
  func noBound() throws {
    let option = try #require(Black76(forward: 100, strike: 100, years: 0.5, volatility: 0.8, kind: .call))
    #expect(DeltaGamma.errorBound(option, priceChange: -100) == nil)
    #expect(DeltaGamma.errorBound(option, priceChange: 0) == 0)
    let expired = try #require(Black76(forward: 100, strike: 105, years: 0, volatility: 0.8, kind: .call))
    #expect(DeltaGamma.errorBound(expired, priceChange: 10) == nil)
    #expect(DeltaGamma.errorBound(expired, priceChange: 4) == 0)
  }

  @Test("without gamma the value at risk is the normal one, of several assets too")
  func linear() throws {
    let covariance = try #require(Matrix([[4, 1], [1, 9]]))
    let value = DeltaGamma.valueAtRisk(
      delta: [2, -1], gamma: Matrix(rows: 2, columns: 2), covariance: covariance, level: 0.99)
    // δᵀΣδ = 16 − 4 + 9
    #expect(agree(value, 2.3263478740408408 * 21.0.squareRoot()))
    #expect(
      DeltaGamma.valueAtRisk(
        delta: [0, 0], gamma: Matrix(rows: 2, columns: 2), covariance: covariance, level: 0.99) == 0)
    #expect(
      DeltaGamma.valueAtRisk(
        delta: [1], gamma: Matrix(rows: 2, columns: 2), covariance: covariance, level: 0.99) == nil)
  }

  @Test("short gamma costs more than none, long gamma less, and simulation agrees")
  func quadratic() throws {
    let covariance = try #require(Matrix([[1, 0.5], [0.5, 1]]))
    let delta = [1.0, 0.5]
    var generator = SplitMix64(seed: 131)
    let L = try #require(covariance.choleskyFactor)
    let draws = (0..<200_000).map { _ in
      let (x, y) = (generator.normal(), generator.normal())
      return (L[0, 0] * x, L[1, 0] * x + L[1, 1] * y)
    }
    var values: [Double] = []
    for g in [-0.15, 0, 0.15] {
      let gamma = try #require(Matrix([[g, 0.3 * g], [0.3 * g, 0.5 * g]]))
      let value = try #require(
        DeltaGamma.valueAtRisk(delta: delta, gamma: gamma, covariance: covariance, level: 0.99))
      let losses = draws.map { x, y in
        -(delta[0] * x + delta[1] * y + 0.5 * g * (x * x + 0.6 * x * y + 0.5 * y * y))
      }
      #expect(agree(OrderStatistics.quantile(0.99, of: losses), value, within: 0.03))
      values.append(value)
    }
    #expect(values[0] > values[1] && values[1] > values[2])
  }
}
