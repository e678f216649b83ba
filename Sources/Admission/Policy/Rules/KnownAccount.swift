/// The account is open here (A26).
public struct KnownAccount: AdmissionRule {
  /// The rule.
  public init() {}

  /// ``RefusalReason/unknownAccount``.
  public func objection(to review: borrowing Review) -> RefusalReason? {
    review.account == nil ? .unknownAccount : nil
  }

  /// The name.
  public var declaration: String { "known-account" }
}
