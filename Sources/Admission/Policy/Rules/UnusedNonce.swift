/// No proof of the account with this nonce was accepted before (A31). What others send does not count, so
/// that nobody can use up somebody else's.
public struct UnusedNonce: AdmissionRule {
  /// The rule.
  public init() {}

  /// ``RefusalReason/replayed``.
  public func objection(to review: borrowing Review) -> RefusalReason? {
    review.isNonceUsed ? .replayed : nil
  }

  /// The name.
  public var declaration: String { "unused-nonce" }
}
