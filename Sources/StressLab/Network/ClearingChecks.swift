/// What Eisenberg and Noe's theorem promises of clearing payments, checked on payments that somebody has
/// found: each pays no more than it owes, and either all it owes or all it has, and creditors of one are paid
/// in proportion.
public struct ClearingChecks: Hashable, Sendable {
  /// 0 ≤ p ≤ L̄.
  public let isLimited: Bool
  /// p_i = L̄_i, or p_i = e_i + Σ_j p_j·Π_ji.
  public let isAbsolute: Bool
  /// The greatest ∣p_i - min(L̄_i, e_i + Σ_j p_j·Π_ji)∣ over the greatest debt.
  public let residual: Double
  /// Whether the theorem says that no other payments clear: everybody owns something, or is owed by a chain
  /// that begins with somebody who does.
  public let isUnique: Bool

  /// Whether the payments clear.
  public var isClearing: Bool { isLimited && isAbsolute }

  /// Checks payments; nil for lists of different lengths.
  public init?(_ payments: [Double], liabilities L: [[Double]], equity e: [Double]) {
    let n = e.count
    guard payments.count == n, L.count == n, L.allSatisfy({ $0.count == n }) else { return nil }
    let owed = L.map { $0.reduce(0, +) }
    let scale = max(owed.max() ?? 0, 1e-300)
    var worst = 0.0
    var limited = true
    for i in 0..<n {
      var worth = e[i]
      for j in 0..<n where owed[j] > 0 { worth += payments[j] * L[j][i] / owed[j] }
      worst = max(worst, (payments[i] - min(owed[i], worth)).magnitude / scale)
      if payments[i] < -1e-12 * scale || payments[i] > owed[i] + 1e-12 * scale { limited = false }
    }
    isLimited = limited
    residual = worst
    isAbsolute = worst < 1e-9
    // Every member's risk orbit, those it owes and those they owe, has a surplus if one of them owns
    // something.
    var reaches = (0..<n).map { e[$0] > 0 }
    for _ in 0..<n {
      for i in 0..<n where !reaches[i] && (0..<n).contains(where: { L[i][$0] > 0 && reaches[$0] }) {
        reaches[i] = true
      }
    }
    isUnique = reaches.allSatisfy { $0 }
  }
}
