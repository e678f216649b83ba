/// No proof with this nonce was accepted before (A31).
public struct UnusedNonce: AdmissionRule {
  /// The rule.
  public init() {}

  /// ``RefusalReason/replayed``.
  public func objection(to review: borrowing Review) -> RefusalReason? {
    review.isNonceUsed ? .replayed : nil
  }
}
