internal import Solvency

/// The proof was made for this venue and this ledger of it, over the generators used here (A31, A36, A59).
public struct AddressedHere: AdmissionRule {
  /// The rule.
  public init() {}

  /// ``RefusalReason/wrongAudience`` or ``RefusalReason/unknownSuite``.
  public func objection(to review: borrowing Review) -> RefusalReason? {
    guard review.request.envelope.suite == ProofEnvelope.suite else { return .unknownSuite }
    return review.request.envelope.context.audience == review.venue ? nil : .wrongAudience
  }

  /// The name.
  public var declaration: String { "addressed-here" }
}
