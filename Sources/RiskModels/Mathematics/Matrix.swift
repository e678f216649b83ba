/// A dense matrix, row by row.
public struct Matrix: Hashable, Sendable {
  /// The number of rows.
  public let rows: Int
  /// The number of columns.
  public let columns: Int
  /// The entries, row by row.
  public var entries: [Double]

  /// A matrix of one number throughout.
  public init(rows: Int, columns: Int, repeating value: Double = 0) {
    precondition(rows >= 0 && columns >= 0)
    self.rows = rows
    self.columns = columns
    entries = [Double](repeating: value, count: rows * columns)
  }

  /// A matrix of these rows, or nil when they differ in length.
  public init?(_ rows: [[Double]]) {
    let width = rows.first?.count ?? 0
    guard rows.allSatisfy({ $0.count == width }) else { return nil }
    self.rows = rows.count
    columns = width
    entries = rows.flatMap { $0 }
  }

  /// The unit matrix.
  public static func identity(_ size: Int) -> Matrix {
    var matrix = Matrix(rows: size, columns: size)
    for i in 0..<size { matrix[i, i] = 1 }
    return matrix
  }

  /// The entry in a row and column, both from zero.
  public subscript(row: Int, column: Int) -> Double {
    get { entries[row * columns + column] }
    set { entries[row * columns + column] = newValue }
  }

  /// The product, each entry summed from left to right.
  public static func * (a: Matrix, b: Matrix) -> Matrix {
    precondition(a.columns == b.rows)
    var product = Matrix(rows: a.rows, columns: b.columns)
    for i in 0..<a.rows {
      for j in 0..<b.columns {
        var sum = 0.0
        for k in 0..<a.columns { sum += a[i, k] * b[k, j] }
        product[i, j] = sum
      }
    }
    return product
  }

  /// The matrix with rows and columns exchanged.
  public var transposed: Matrix {
    var result = Matrix(rows: columns, columns: rows)
    for i in 0..<rows {
      for j in 0..<columns { result[j, i] = self[i, j] }
    }
    return result
  }

  /// The lower triangle L with L·Lᵀ = this, or nil unless this is square and positive definite. Only the
  /// lower triangle is read.
  public var choleskyFactor: Matrix? {
    guard rows == columns else { return nil }
    var L = Matrix(rows: rows, columns: rows)
    for j in 0..<rows {
      for i in j..<rows {
        var sum = self[i, j]
        for k in 0..<j { sum -= L[i, k] * L[j, k] }
        if i == j {
          guard sum > 0, sum.isFinite else { return nil }
          L[j, j] = sum.squareRoot()
        } else {
          L[i, j] = sum / L[j, j]
        }
      }
    }
    return L
  }

  /// The x with L·Lᵀ·x = b, for this the lower triangle L.
  func solveCholesky(_ b: [Double]) -> [Double] {
    var x = b
    for i in 0..<rows {
      for k in 0..<i { x[i] -= self[i, k] * x[k] }
      x[i] /= self[i, i]
    }
    for i in (0..<rows).reversed() {
      for k in (i + 1)..<max(rows, i + 1) { x[i] -= self[k, i] * x[k] }
      x[i] /= self[i, i]
    }
    return x
  }
}
