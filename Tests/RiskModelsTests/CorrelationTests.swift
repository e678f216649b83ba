import RiskModels
import TestSupport
import Testing

@Suite("Correlation")
struct CorrelationTests {
  /// Returns of assets with one common factor of weight √ρ.
  private static func sample(_ rows: Int, _ columns: Int, correlation ρ: Double, seed: UInt64) -> Matrix {
    var generator = SplitMix64(seed: seed)
    var matrix = Matrix(rows: rows, columns: columns)
    for i in 0..<rows {
      let common = generator.normal()
      for j in 0..<columns {
        matrix[i, j] = 0.01 * (ρ.squareRoot() * common + (1 - ρ).squareRoot() * generator.normal())
      }
    }
    return matrix
  }

  @Test("covariance and shrinkage of a small sample by hand")
  func byHand() throws {
    let sample = try #require(Matrix([[1, 2], [3, 1], [2, 6]]))
    let S = try #require(Correlation.sampleCovariance(sample, over: .countLessOne))
    #expect(S.entries == [1, -0.5, -0.5, 7])
    // S over n = (2/3, −1/3; −1/3, 14/3), μ = 8/3, ‖S − μI‖² = 2·(2² + 1/9) = 74/9
    let shrunk = try #require(Correlation.ledoitWolf(sample))
    // xₜ = (−1, −1), (1, −2), (0, 3) of squares 2, 5, 9: (110/3 − 202/9)/3 over that
    let δ = (110.0 / 3 - 202.0 / 9) / 3 / (74.0 / 9)
    #expect(agree(shrunk.shrinkage, δ))
    #expect(agree(shrunk.covariance[0, 0], (1 - δ) * 2 / 3 + δ * 8 / 3))
    #expect(agree(shrunk.covariance[0, 1], -(1 - δ) / 3))
  }

  @Test("more observations shrink less, and a known correlation is recovered")
  func recovery() throws {
    let few = try #require(Correlation.ledoitWolf(Self.sample(20, 10, correlation: 0.6, seed: 90)))
    let many = try #require(Correlation.ledoitWolf(Self.sample(5_000, 10, correlation: 0.6, seed: 91)))
    #expect(few.shrinkage > many.shrinkage)
    #expect(many.shrinkage < 0.01)
    let R = try #require(Correlation.correlation(of: many.covariance))
    let diagnostics = try #require(CorrelationDiagnostics(R))
    #expect(agree(diagnostics.averagePair, 0.6, within: 0.05))
    // λ₁ = 1 + (n − 1)·ρ
    #expect(agree(diagnostics.topEigenvalueShare, (1 + 9 * 0.6) / 10, within: 0.05))
  }

  @Test("a shrunk covariance is positive definite even with fewer observations than assets")
  func definite() throws {
    let shrunk = try #require(Correlation.ledoitWolf(Self.sample(5, 12, correlation: 0.3, seed: 92)))
    #expect(shrunk.covariance.choleskyFactor != nil)
  }

  @Test("the exponentially weighted covariance has the exponentially weighted variances on its diagonal")
  func exponential() throws {
    let sample = Self.sample(300, 3, correlation: 0.5, seed: 93)
    let C = try #require(Correlation.exponentialCovariance(sample, decay: 0.97))
    for j in 0..<3 {
      let column = (0..<300).map { sample[$0, j] }
      #expect(agree(C[j, j], ExponentialVariance.of(column, decay: 0.97)))
    }
    #expect(C[0, 1] == C[1, 0])
    #expect(C.choleskyFactor != nil)
    #expect(Correlation.exponentialCovariance(Matrix(rows: 0, columns: 3), decay: 0.97) == nil)
  }

  @Test("stress moves every correlation towards one and keeps the matrix sound", arguments: [0, 0.3, 0.8, 1])
  func stress(_ q: Double) throws {
    let S = try #require(Correlation.ledoitWolf(Self.sample(200, 6, correlation: 0.2, seed: 94))).covariance
    let R = try #require(Correlation.correlation(of: S))
    let stressed = Correlation.stressed(R, weight: q)
    for (a, b) in zip(stressed.entries, R.entries) { #expect(a >= b) }
    let values = try #require(SymmetricEigen(of: stressed)).values
    #expect((values.last ?? -1) > -1e-12)
    #expect(
      agree(CorrelationDiagnostics(Correlation.stressed(R, weight: 1))?.topEigenvalueShare, 1, within: 1e-12))
  }

  @Test("a matrix that is not a correlation becomes one, and one that is stays as it is")
  func repair() throws {
    let broken = try #require(Matrix([[1, 0.9, -0.9], [0.9, 1, 0.9], [-0.9, 0.9, 1]]))
    #expect((try #require(SymmetricEigen(of: broken)).values.last ?? 0) < 0)
    let repaired = try #require(Correlation.repaired(broken))
    #expect((try #require(SymmetricEigen(of: repaired)).values.last ?? -1) > 0)
    for i in 0..<3 { #expect(agree(repaired[i, i], 1)) }
    let sound = try #require(Matrix([[1, 0.5], [0.5, 1]]))
    #expect(Correlation.repaired(sound) == sound)
    let skew = try #require(Matrix([[1, 0.5], [-0.5, 1]]))
    #expect(Correlation.repaired(skew) == nil)
  }

  @Test("with few observations correlations are shrunk to their mean")
  func meanShrinkage() throws {
    let R = try #require(Matrix([[1, 0.9, 0.3], [0.9, 1, 0.6], [0.3, 0.6, 1]]))
    #expect(Correlation.shrunkToMean(R, observations: 6) == R)
    let flat = Correlation.shrunkToMean(R, observations: 0)
    #expect(agree(flat[0, 1], 0.6) && agree(flat[0, 2], 0.6))
    #expect(agree(Correlation.shrunkToMean(R, observations: 3)[0, 1], 0.75))
  }

  @Test("an asset that never moves has correlation zero, and one asset alone has no diagnostics")
  func edges() throws {
    let covariance = try #require(Matrix([[1, 0], [0, 0]]))
    #expect(Correlation.correlation(of: covariance) == Matrix.identity(2))
    #expect(CorrelationDiagnostics(Matrix.identity(1)) == nil)
    #expect(Correlation.ledoitWolf(Matrix(rows: 1, columns: 2)) == nil)
    #expect(Correlation.ledoitWolf(Matrix(rows: 5, columns: 2))?.shrinkage == 0)
    #expect(Correlation.ledoitWolf(Matrix(rows: 5, columns: 2, repeating: .nan)) == nil)
  }
}
