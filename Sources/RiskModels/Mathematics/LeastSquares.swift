/// The coefficients b that minimise Σ(y − x·b)².
///
/// By Householder's QR decomposition of the design, which keeps twice the digits of the normal equations.
public struct LeastSquares: Hashable, Sendable {
  /// The coefficients, one for each column of the design.
  public let coefficients: [Double]
  /// The sum of squared residuals.
  public let residualSumOfSquares: Double
  /// The number of observations less the number of coefficients.
  public let degreesOfFreedom: Int
  /// The square root of the diagonal of s²·(XᵀX)⁻¹.
  public let standardErrors: [Double]

  /// s² = Σ residual²/(n − k).
  public var residualVariance: Double { residualSumOfSquares / Double(degreesOfFreedom) }

  /// Fits a response to the columns of a design. A constant term needs a column of ones.
  ///
  /// Nil unless there are more rows than columns, every number is finite, and no column is a combination of
  /// the others to 10⁻¹¹ of its length.
  public init?(design: Matrix, response: [Double]) {
    let (n, k) = (design.rows, design.columns)
    guard k > 0, n > k, response.count == n else { return nil }
    // columns one after the other, the response last
    var a = [[Double]](repeating: [], count: k + 1)
    for j in 0..<k { a[j] = (0..<n).map { design[$0, j] } }
    a[k] = response
    guard a.allSatisfy({ $0.allSatisfy(\.isFinite) }) else { return nil }
    var R = Matrix(rows: k, columns: k)
    for j in 0..<k {
      guard Self.reflect(&a, column: j, &R) else { return nil }
    }
    var b = [Double](repeating: 0, count: k)
    for i in (0..<k).reversed() {
      var sum = a[k][i]
      for j in (i + 1)..<max(k, i + 1) { sum -= R[i, j] * b[j] }
      b[i] = sum / R[i, i]
    }
    var rss = 0.0
    for i in k..<n { rss += a[k][i] * a[k][i] }
    guard b.allSatisfy(\.isFinite), rss.isFinite else { return nil }
    coefficients = b
    residualSumOfSquares = rss
    degreesOfFreedom = n - k
    let s2 = rss / Double(n - k)
    standardErrors = Self.inverseDiagonal(R).map { (s2 * $0).squareRoot() }
  }

  /// Reflects column j so that only its first j + 1 entries are not zero, and the later columns with it.
  /// False when nothing is left of the column but rounding.
  private static func reflect(_ a: inout [[Double]], column j: Int, _ R: inout Matrix) -> Bool {
    let n = a[j].count
    let k = a.count - 1
    var whole = 0.0
    for x in a[j] { whole += x * x }
    var below = 0.0
    for i in j..<n { below += a[j][i] * a[j][i] }
    guard below > 1e-22 * whole else { return false }
    let norm = below.squareRoot()
    let α = a[j][j] > 0 ? -norm : norm
    // v = x − α·e₁, H = 1 − 2·v·vᵀ/(vᵀv), and vᵀv = 2·(‖x‖² − α·x₁)
    let v0 = a[j][j] - α
    let half = below - α * a[j][j]
    for c in (j + 1)..<(k + 1) {
      var dot = v0 * a[c][j]
      for i in (j + 1)..<n { dot += a[j][i] * a[c][i] }
      let factor = dot / half
      a[c][j] -= factor * v0
      for i in (j + 1)..<n { a[c][i] -= factor * a[j][i] }
    }
    for i in 0..<j { R[i, j] = a[j][i] }
    R[j, j] = α
    return true
  }

  /// The diagonal of (RᵀR)⁻¹ for an upper triangle R: the squared lengths of the rows of R⁻¹.
  private static func inverseDiagonal(_ R: Matrix) -> [Double] {
    let k = R.rows
    var sums = [Double](repeating: 0, count: k)
    for column in 0..<k {
      var x = [Double](repeating: 0, count: k)
      for i in (0...column).reversed() {
        var sum = i == column ? 1.0 : 0
        for j in (i + 1)..<max(column + 1, i + 1) { sum -= R[i, j] * x[j] }
        x[i] = sum / R[i, i]
      }
      for i in 0...column { sums[i] += x[i] * x[i] }
    }
    return sums
  }
}
