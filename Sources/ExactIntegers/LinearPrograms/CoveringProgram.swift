/// A linear program in exact integers:
///
///     minimise c·x  subject to  A·x ≥ b,  x ≥ 0,  with c ≥ 0
///
/// Costs are not negative, so that x = 0 is dual feasible and the dual simplex method begins there. Every
/// entry of the tableau is an integer over one common denominator, the determinant of the basis, so that
/// nothing is ever rounded. Leaving and entering variables are those of the smallest number (Bland's rule),
/// so that it ends.
///
/// - SeeAlso: Lemke 1954; Edmonds and Maurras 1997 for the integer tableau.
package struct CoveringProgram {
  /// A solution: the numerators of x over a common denominator.
  package struct Solution {
    package let numerators: [Integer]
    package let denominator: Integer

    /// ⌈x⌉ of a variable, at most 2⁶² - 1.
    package func ceiling(_ j: Int) -> Int64 {
      min(numerators[j].ceilingDivided(by: denominator).int64 ?? .max, (1 << 62) - 1)
    }
  }

  private let costs: [Int128]
  private var rows: [(coefficients: [(variable: Int, value: Int128)], bound: Int128)] = []

  /// A program without rows.
  package init(costs: [Int128]) { self.costs = costs }

  /// Σ value·x[variable] ≥ bound.
  package mutating func require(_ coefficients: [(variable: Int, value: Int128)], atLeast bound: Int128) {
    rows.append((coefficients, bound))
  }

  /// The optimum, or nil if no x meets all rows or `maximumSteps` pivots do not reach it.
  package func minimum(maximumSteps: Int = 4_000) -> Solution? {
    let (m, n) = (rows.count, costs.count)
    // Row i: basic = B[i] - Σ A[i][j]·nonbasic[j], over the denominator d. The last row is the objective.
    var A = rows.map { row -> [Integer] in
      var dense = [Integer](repeating: 0, count: n)
      // s = A·x - b, so basic = -b - Σ (-a)·x.
      for (variable, value) in row.coefficients { dense[variable] -= Integer(value) }
      return dense
    }
    var B = rows.map { Integer(-$0.bound) }
    A.append(costs.map { Integer(-$0) })
    B.append(0)
    var d: Integer = 1
    // Variables 0 ..< n are x, those from n on are slacks.
    var (nonbasic, basic) = (Array(0..<n), Array(n..<n + m))
    for _ in 0..<maximumSteps {
      var leaving: Int?
      for i in 0..<m where B[i] < 0 && (leaving.map { basic[i] < basic[$0] } ?? true) { leaving = i }
      guard let r = leaving else {
        var x = [Integer](repeating: 0, count: n)
        for i in 0..<m where basic[i] < n { x[basic[i]] = B[i] }
        return Solution(numerators: x, denominator: d)
      }
      var entering: Int?
      for j in 0..<n where A[r][j] < 0 {
        guard let s = entering else {
          entering = j
          continue
        }
        // Reduced costs over coefficients: both are ≤ 0, so a/b < c/d exactly when a·d < c·b.
        let (left, right) = (A[m][j] * A[r][s], A[m][s] * A[r][j])
        if left < right || (left == right && nonbasic[j] < nonbasic[s]) { entering = j }
      }
      guard let s = entering else { return nil }
      pivot(&A, &B, &d, r, s)
      (basic[r], nonbasic[s]) = (nonbasic[s], basic[r])
    }
    return nil
  }

  private func pivot(
    _ A: inout [[Integer]], _ B: inout [Integer], _ d: inout Integer, _ r: Int, _ s: Int
  ) {
    let p = A[r][s]
    for i in A.indices where i != r {
      let factor = A[i][s]
      // The divisions are exact: every entry is a minor of the first tableau.
      B[i] = (B[i] * p - factor * B[r]).floorDivided(by: d)
      for j in A[i].indices where j != s {
        guard A[i][j] != 0 || (factor != 0 && A[r][j] != 0) else { continue }
        A[i][j] = (A[i][j] * p - factor * A[r][j]).floorDivided(by: d)
      }
      A[i][s] = -factor
    }
    A[r][s] = d
    d = p
    if d < 0 {
      d = -d
      for i in A.indices {
        B[i] = -B[i]
        for j in A[i].indices { A[i][j] = -A[i][j] }
      }
    }
  }
}
