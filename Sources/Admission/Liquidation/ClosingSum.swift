internal import CanonicalBytes
internal import MarginRules
internal import ProofCore
internal import Ristretto
internal import Solvency

/// The check of a step on commitments alone, without any of the amounts that are said to have moved between
/// accounts (mechanism M63):
///
///     Σ (V′ - V) + Σ payments·H_cash + Σ_repaid lots·(H_holding + H_debt) = 0
///
/// Blindings do not move, so that they cancel; what is left over is a commitment to what the step has made or
/// lost.
package enum ClosingSum {
  /// Whether commitments sum to what they summed to.
  ///
  /// - Parameters:
  ///   - before: the movers' commitments before the step, in the order of the record's moves.
  ///   - cash: the coordinate of cash.
  package static func isZero(_ record: CaseStepRecord, before: [EncodedPoint], cash: UInt32) -> Bool {
    guard before.count == record.moves.count else { return false }
    var (held, moved) = (Point.identity, Point.identity)
    for (old, move) in zip(before, record.moves) {
      guard let V = try? old.decoded(), let after = try? move.commitment.decoded() else { return false }
      held = held + V
      moved = moved + after
    }
    var expected = VectorCommitment(held)
    func add(_ amount: Int64, _ coordinate: UInt32) -> Bool {
      guard let next = try? expected.updated(adding: amount, at: Int(coordinate), generators: .standard)
      else {
        return false
      }
      expected = next
      return true
    }
    for payment in record.payments {
      guard payment.amount != .min, add(-payment.amount, cash) else { return false }
    }
    for repayment in record.repayments {
      guard repayment.lots > 0, add(-repayment.lots, repayment.holding), add(-repayment.lots, repayment.debt)
      else { return false }
    }
    return expected.encoded == moved.encoded()
  }
}
