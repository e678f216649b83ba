/// The eigenvalues and eigenvectors of a symmetric matrix: A = V·diag(λ)·Vᵀ.
///
/// By cyclic Jacobi rotations, in a fixed order and a fixed number of sweeps at most, so the result is the
/// same everywhere.
///
/// - SeeAlso: Golub, Van Loan, "Matrix Computations", 4th edition, section 8.5.
public struct SymmetricEigen: Hashable, Sendable {
  /// The eigenvalues, the greatest first.
  public let values: [Double]
  /// The eigenvectors, one a column, in the order of the values.
  public let vectors: Matrix

  /// The decomposition, or nil unless the matrix is square, symmetric to 10⁻⁹ relative, and finite.
  public init?(of matrix: Matrix) {
    let n = matrix.rows
    guard n == matrix.columns, matrix.entries.allSatisfy(\.isFinite) else { return nil }
    let scale = matrix.entries.map(\.magnitude).max() ?? 0
    for i in 0..<n {
      for j in 0..<i where (matrix[i, j] - matrix[j, i]).magnitude > 1e-9 * scale { return nil }
    }
    var A = matrix
    var V = Matrix.identity(n)
    for _ in 0..<64 {
      var offDiagonal = 0.0
      for i in 0..<n {
        for j in 0..<i { offDiagonal = max(offDiagonal, A[i, j].magnitude) }
      }
      guard offDiagonal > 0x1p-53 * scale else { break }
      for p in 0..<n {
        for q in (p + 1)..<max(n, p + 1) { Self.rotate(&A, &V, p, q) }
      }
    }
    let diagonal = (0..<n).map { A[$0, $0] }
    let order = (0..<n).sorted { (diagonal[$0], $1) > (diagonal[$1], $0) }
    values = order.map { diagonal[$0] }
    var sorted = Matrix(rows: n, columns: n)
    for (column, source) in order.enumerated() {
      for row in 0..<n { sorted[row, column] = V[row, source] }
    }
    vectors = sorted
  }

  /// V·diag(f(λ))·Vᵀ.
  public func reassembled(_ f: (Double) -> Double) -> Matrix {
    let n = values.count
    var result = Matrix(rows: n, columns: n)
    let mapped = values.map(f)
    for i in 0..<n {
      for j in 0...i {
        var sum = 0.0
        for k in 0..<n { sum += mapped[k] * vectors[i, k] * vectors[j, k] }
        result[i, j] = sum
        result[j, i] = sum
      }
    }
    return result
  }

  /// Rotates the plane of axes p and q so that A[p, q] becomes zero.
  private static func rotate(_ A: inout Matrix, _ V: inout Matrix, _ p: Int, _ q: Int) {
    let apq = A[p, q]
    guard apq != 0 else { return }
    let θ = (A[q, q] - A[p, p]) / (2 * apq)
    let t = (θ >= 0 ? 1.0 : -1.0) / (θ.magnitude + (θ * θ + 1).squareRoot())
    let c = 1 / (t * t + 1).squareRoot()
    let s = t * c
    let n = A.rows
    for k in 0..<n {
      let (x, y) = (A[k, p], A[k, q])
      A[k, p] = c * x - s * y
      A[k, q] = s * x + c * y
    }
    for k in 0..<n {
      let (x, y) = (A[p, k], A[q, k])
      A[p, k] = c * x - s * y
      A[q, k] = s * x + c * y
    }
    A[p, q] = 0
    A[q, p] = 0
    for k in 0..<n {
      let (x, y) = (V[k, p], V[k, q])
      V[k, p] = c * x - s * y
      V[k, q] = s * x + c * y
    }
  }
}
