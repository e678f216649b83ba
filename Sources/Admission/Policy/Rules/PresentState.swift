internal import Ristretto
internal import Solvency

/// The proof is about the account's present commitment, or about what the order makes of it (A28, A29, A30).
///
/// A fill that arrives between proving and reviewing makes the state stale, always: the trader proves again
/// from the new one. Only the matching engine makes fills, so that nobody else can keep an account from
/// proving.
public struct PresentState: AdmissionRule {
  /// The rule.
  public init() {}

  /// ``RefusalReason/staleState``, ``RefusalReason/invalidOrder``,
  /// ``RefusalReason/unknownInstrument`` or ``RefusalReason/commitmentMismatch``.
  public func objection(to review: borrowing Review) -> RefusalReason? {
    guard let account = review.account else { return nil }
    let step: UInt64 = review.request.order == nil ? 0 : 1
    let (sequence, overflow) = account.sequence.addingReportingOverflow(step)
    guard !overflow, review.request.envelope.context.sequence == sequence else { return .staleState }
    if let order = review.request.order {
      guard order.deltas != nil else { return .invalidOrder }
      guard review.headroom != nil else { return .unknownInstrument }
    }
    guard let expected = review.expectedCommitment else { return .commitmentMismatch }
    return review.request.envelope.commitments.first == expected ? nil : .commitmentMismatch
  }

  /// The name.
  public var declaration: String { "present-state" }
}
