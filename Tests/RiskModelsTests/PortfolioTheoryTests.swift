import RiskModels
import TestSupport
import Testing

@Suite("Theory of portfolios")
struct PortfolioTheoryTests {
  private static func matrix(_ rows: [[Double]]) -> Matrix {
    var matrix = Matrix(rows: rows.count, columns: rows.count)
    for (i, row) in rows.enumerated() { for (j, value) in row.enumerated() { matrix[i, j] = value } }
    return matrix
  }

  @Test("two assets: the closed forms of least variance and greatest Sharpe ratio")
  func twoAssets() throws {
    let C = Self.matrix([[0.04, 0.006], [0.006, 0.09]])
    let least = try #require(PortfolioTheory.minimumVariance(C))
    // w = (σ₂² - σ₁₂)/(σ₁² + σ₂² - 2σ₁₂)
    #expect((least[0] - (0.09 - 0.006) / (0.13 - 0.012)).magnitude < 1e-9)
    let best = try #require(PortfolioTheory.maximumSharpe(C, expected: [0.06, 0.08]))
    // w ∝ C⁻¹·μ
    let (a, b) = (0.09 * 0.06 - 0.006 * 0.08, 0.04 * 0.08 - 0.006 * 0.06)
    #expect((best[0] - a / (a + b)).magnitude < 1e-5)
    let capped = try #require(PortfolioTheory.minimumVariance(C, cap: 0.6))
    #expect((capped[0] - 0.6).magnitude < 1e-12 && (capped[1] - 0.4).magnitude < 1e-12)
    #expect(PortfolioTheory.minimumVariance(C, cap: 0.4) == nil)
    #expect(PortfolioTheory.maximumSharpe(C, expected: [0, -1]) == nil)
  }

  @Test("no mixture drawn at random has less variance, or a greater ratio")
  func optima() throws {
    var random = SplitMix64(seed: 71)
    for _ in 0..<10 {
      let n = 5
      let A = (0..<n).map { _ in (0..<n).map { _ in Double.random(in: -1...1, using: &random) } }
      let C = Self.matrix(
        (0..<n).map { i in (0..<n).map { j in (0..<n).reduce(i == j ? 0.1 : 0) { $0 + A[i][$1] * A[j][$1] } }
        })
      let μ = (0..<n).map { _ in Double.random(in: 0.01...0.2, using: &random) }
      let least = try #require(PortfolioTheory.minimumVariance(C, cap: 0.5))
      let best = try #require(PortfolioTheory.maximumSharpe(C, expected: μ, cap: 0.5))
      func ratio(_ w: [Double]) -> Double {
        zip(w, μ).reduce(0) { $0 + $1.0 * $1.1 } / PortfolioTheory.quadratic(w, C).squareRoot()
      }
      for w in [least, best] {
        #expect((w.reduce(0, +) - 1).magnitude < 1e-9 && w.allSatisfy { $0 >= 0 && $0 <= 0.5 + 1e-12 })
      }
      for _ in 0..<300 {
        let raw = (0..<n).map { _ in Double.random(in: 0...1, using: &random) }
        let sum = raw.reduce(0, +)
        let w = raw.map { $0 / sum }
        guard w.allSatisfy({ $0 <= 0.5 }) else { continue }
        #expect(PortfolioTheory.quadratic(least, C) <= PortfolioTheory.quadratic(w, C) + 1e-12)
        #expect(ratio(best) >= ratio(w) - 1e-6)
      }
    }
  }

  @Test("Sharpe, diversification, efficiency, turnover, flows, peaks and redemption by hand")
  func measures() throws {
    // Mean 0.02, deviation 0.01 of three: 2·√12.
    let sharpe = try #require(PortfolioTheory.sharpe([0.01, 0.02, 0.03], periods: 12))
    #expect((sharpe - 2 * 12.0.squareRoot()).magnitude < 1e-9)
    #expect(PortfolioTheory.sharpe([0.01, 0.01], periods: 12) == nil)
    let ratio = try #require(
      PortfolioTheory.diversificationRatio([0.5, 0.5], covariance: Self.matrix([[0.04, 0], [0, 0.04]])))
    #expect((ratio - 2.0.squareRoot()).magnitude < 1e-12)
    #expect(CapitalUse.efficiency(notional: 100, requirement: 5) == 20)
    #expect(CapitalUse.efficiency(notional: 100, requirement: 0) == nil)
    #expect(CapitalUse.turnover(volume: 30, collateral: [10, 20]) == 2)
    #expect(CapitalUse.flowScore([1, -1, 1, -1, 5]) == 5)
    #expect(CapitalUse.flowScore([1, 2]) == nil)
    #expect(CapitalUse.peakLeverage([(notional: 10, equity: 5), (notional: 30, equity: 10)]) == 3)
    #expect(CapitalUse.peakLeverage([(notional: 10, equity: 0)]) == .infinity)
    #expect(PortfolioTheory.quadratic([1], Self.matrix([[3]])) == 3)
    #expect((CapitalUse.redemptionFloor(fee: 0.001, isRedeemable: true) - 0.999).magnitude < 1e-12)
    #expect(CapitalUse.redemptionFloor(fee: 0.001, isRedeemable: false) == 0)
  }
}
