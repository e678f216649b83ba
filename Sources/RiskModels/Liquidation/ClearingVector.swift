/// What each of several parties can pay when they owe one another (mechanism M59):
///
///     p_i = min(Σ_j L_ij, e_i + Σ_j p_j·L_ji/Σ_k L_jk)
///
/// - SeeAlso: Eisenberg and Noe, "Systemic risk in financial systems", Management Science 2001, section 2.
public struct ClearingVector: Hashable, Sendable {
  /// p, what each pays.
  public let payments: [Double]
  /// Who pays less than it owes.
  public let defaults: [Int]

  /// The greatest clearing vector, by the fictitious default algorithm: everybody pays in full, then those
  /// who cannot pay what they have, and so on until nobody else defaults.
  ///
  /// - Parameters:
  ///   - liabilities: L, row i what i owes to each; square, not negative, zero on the diagonal.
  ///   - equity: e, what each has besides; not negative.
  /// - Returns: nil when the arguments are not so, or the equations of those in default have no solution.
  /// - Complexity: at most n rounds of solving n equations.
  public init?(liabilities: [[Double]], equity: [Double]) {
    let n = equity.count
    guard liabilities.count == n, liabilities.allSatisfy({ $0.count == n }),
      liabilities.joined().allSatisfy({ $0.isFinite && $0 >= 0 }),
      equity.allSatisfy({ $0.isFinite && $0 >= 0 }), (0..<n).allSatisfy({ liabilities[$0][$0] == 0 })
    else { return nil }
    let owed = liabilities.map { $0.reduce(0, +) }
    var isInDefault = [Bool](repeating: false, count: n)
    var payments = owed
    for _ in 0...n {
      var worth = equity
      for j in 0..<n where owed[j] > 0 {
        let share: Double = payments[j] / owed[j]
        for i in 0..<n { worth[i] += share * liabilities[j][i] }
      }
      // A rounding error is not a default.
      let failing = (0..<n).filter { i in
        let least: Double = owed[i] * (1 - 1e-12)
        return worth[i] < least && !isInDefault[i]
      }
      if failing.isEmpty { break }
      for i in failing { isInDefault[i] = true }
      guard let solved = Self.solve(isInDefault, liabilities, owed, equity) else { return nil }
      payments = solved
    }
    self.payments = payments
    defaults = (0..<n).filter { isInDefault[$0] }
  }

  /// p_i = e_i + Σ_j p_j·Π_ji for those in default, p_i = what is owed for the others; by elimination with
  /// pivots.
  private static func solve(
    _ isInDefault: [Bool], _ L: [[Double]], _ owed: [Double], _ e: [Double]
  ) -> [Double]? {
    let n = e.count
    var rows = (0..<n).map { i -> [Double] in
      var row = [Double](repeating: 0, count: n + 1)
      row[i] = 1
      row[n] = isInDefault[i] ? e[i] : owed[i]
      guard isInDefault[i] else { return row }
      for j in 0..<n where owed[j] > 0 { row[j] -= L[j][i] / owed[j] }
      return row
    }
    for column in 0..<n {
      guard
        let pivot = (column..<n).max(by: {
          rows[$0][column].magnitude < rows[$1][column].magnitude
        }), rows[pivot][column].magnitude > 1e-12
      else { return nil }
      rows.swapAt(column, pivot)
      for row in 0..<n where row != column && rows[row][column] != 0 {
        let factor = rows[row][column] / rows[column][column]
        for k in column...n { rows[row][k] -= factor * rows[column][k] }
      }
    }
    return (0..<n).map { rows[$0][n] / rows[$0][$0] }
  }
}
