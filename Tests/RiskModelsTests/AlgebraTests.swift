import RiskModels
import TestSupport
import Testing

@Suite("Order statistics and moments")
struct OrderStatisticsTests {
  private let sample = [4.0, 1, 3, 2, 10]

  @Test("quantiles between observations follow the named rule")
  func rules() {
    #expect(
      OrderStatistics.quantile(0.9, of: sample, rule: .linear).map { ($0 - 7.6).magnitude < 1e-12 } == true)
    #expect(OrderStatistics.quantile(0.9, of: sample, rule: .lower) == 4)
    #expect(OrderStatistics.quantile(0.9, of: sample, rule: .higher) == 10)
    for rule in QuantileRule.allCases {
      #expect(OrderStatistics.quantile(0, of: sample, rule: rule) == 1)
      #expect(OrderStatistics.quantile(0.5, of: sample, rule: rule) == 3)
      #expect(OrderStatistics.quantile(1, of: sample, rule: rule) == 10)
      #expect(OrderStatistics.quantile(0.3, of: [7], rule: rule) == 7)
    }
  }

  @Test("there is no quantile of nothing, of what is not a number, or outside zero to one")
  func refusals() {
    #expect(OrderStatistics.quantile(0.5, of: []) == nil)
    #expect(OrderStatistics.quantile(0.5, of: [1, .nan]) == nil)
    #expect(OrderStatistics.quantile(-0.1, of: sample) == nil)
    #expect(OrderStatistics.quantile(.nan, of: sample) == nil)
    #expect(OrderStatistics.median(of: []) == nil)
    #expect(OrderStatistics.median(of: [.nan]) == nil)
  }

  @Test("the median of an even number is the mean of the two in the middle")
  func median() {
    #expect(OrderStatistics.median(of: sample) == 3)
    #expect(OrderStatistics.median(of: [4, 1, 3, 2]) == 2.5)
  }

  @Test("the moments of 1, 2, 3, 4, 10")
  func moments() throws {
    let moments = try #require(Moments(of: sample))
    #expect(moments.mean == 4)
    #expect(moments.populationVariance == 10)
    #expect(moments.sampleVariance == 12.5)
    #expect((moments.skewness - 36 / (10 * 10.0.squareRoot())).magnitude < 1e-14)
    #expect((moments.excessKurtosis - (278.8 / 100 - 3)).magnitude < 1e-14)
    var running = RunningMoments()
    for x in sample { running.add(x) }
    #expect((running.mean - 4).magnitude < 1e-14)
    #expect(((running.sampleVariance ?? .nan) - 12.5).magnitude < 1e-13)
    #expect(Moments(of: []) == nil)
    #expect(Moments(of: [1, .infinity]) == nil)
    #expect(Moments(of: [3, 3, 3])?.skewness == 0)
  }
}

@Suite("Linear algebra")
struct AlgebraTests {
  @Test("least squares recovers exact coefficients, and their errors on a line by hand")
  func leastSquares() throws {
    let design = try #require(Matrix([[1, 0], [1, 1], [1, 2], [1, 3]]))
    // y = 1 + 2x + (0.1, −0.1, −0.1, 0.1): residuals orthogonal to the columns
    let fit = try #require(LeastSquares(design: design, response: [1.1, 2.9, 4.9, 7.1]))
    #expect((fit.coefficients[0] - 1).magnitude < 1e-14)
    #expect((fit.coefficients[1] - 2).magnitude < 1e-14)
    #expect((fit.residualSumOfSquares - 0.04).magnitude < 1e-14)
    // s² = 0.02; (XᵀX)⁻¹ has the diagonal 0.7, 0.2
    #expect((fit.standardErrors[0] - (0.02 * 0.7).squareRoot()).magnitude < 1e-14)
    #expect((fit.standardErrors[1] - (0.02 * 0.2).squareRoot()).magnitude < 1e-14)
  }

  @Test("least squares refuses columns that depend on each other, too few rows, and what is not finite")
  func leastSquaresRefusals() throws {
    let dependent = try #require(Matrix([[1, 2], [2, 4], [3, 6], [4, 8]]))
    #expect(LeastSquares(design: dependent, response: [1, 2, 3, 4]) == nil)
    let square = try #require(Matrix([[1, 2], [2, 5]]))
    #expect(LeastSquares(design: square, response: [1, 2]) == nil)
    let tall = try #require(Matrix([[1], [2], [3]]))
    #expect(LeastSquares(design: tall, response: [1, 2, .nan]) == nil)
    #expect(LeastSquares(design: tall, response: [1, 2]) == nil)
    #expect(LeastSquares(design: Matrix(rows: 3, columns: 1), response: [1, 2, 3]) == nil)
  }

  @Test("eigenvalues and eigenvectors put the matrix together again", arguments: [1, 2, 3, 8, 20])
  func eigen(_ n: Int) throws {
    var generator = SplitMix64(seed: UInt64(n))
    var matrix = Matrix(rows: n, columns: n)
    for i in 0..<n {
      for j in 0...i {
        let x = generator.normal()
        matrix[i, j] = x
        matrix[j, i] = x
      }
    }
    let eigen = try #require(SymmetricEigen(of: matrix))
    #expect(zip(eigen.values, eigen.values.dropFirst()).allSatisfy { $0 >= $1 })
    let again = eigen.reassembled { $0 }
    for (a, b) in zip(again.entries, matrix.entries) { #expect((a - b).magnitude < 1e-13) }
    let unit = eigen.vectors.transposed * eigen.vectors
    for (a, b) in zip(unit.entries, Matrix.identity(n).entries) { #expect((a - b).magnitude < 1e-13) }
  }

  @Test("the eigenvalues of (2 1; 1 2) are 3 and 1")
  func eigenByHand() throws {
    let matrix = try #require(Matrix([[2, 1], [1, 2]]))
    let values = try #require(SymmetricEigen(of: matrix)).values
    #expect((values[0] - 3).magnitude < 1e-15)
    #expect((values[1] - 1).magnitude < 1e-15)
    let skew = try #require(Matrix([[0, 1], [-1, 0]]))
    #expect(SymmetricEigen(of: skew) == nil)
    #expect(SymmetricEigen(of: Matrix(rows: 2, columns: 3)) == nil)
    #expect(Matrix([[1, 2], [3]]) == nil)
  }

  @Test("Cholesky's factor multiplies to the matrix, and there is none of an indefinite one")
  func cholesky() throws {
    let matrix = try #require(Matrix([[4, 2, 1], [2, 5, 3], [1, 3, 6]]))
    let L = try #require(matrix.choleskyFactor)
    for (a, b) in zip((L * L.transposed).entries, matrix.entries) { #expect((a - b).magnitude < 1e-15) }
    #expect(try #require(Matrix([[1, 2], [2, 1]])).choleskyFactor == nil)
  }
}
