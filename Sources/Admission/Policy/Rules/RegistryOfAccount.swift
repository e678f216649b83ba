/// The proof is over all the coordinates that the account's commitment has (A25): its registry, or one that
/// has grown from it, under which the further coordinates are proved to be zero.
public struct RegistryOfAccount: AdmissionRule {
  /// The rule.
  public init() {}

  /// ``RefusalReason/wrongRegistry``.
  public func objection(to review: borrowing Review) -> RefusalReason? {
    guard review.account != nil else { return nil }
    return review.registry == nil ? .wrongRegistry : nil
  }

  /// The name.
  public var declaration: String { "registry-of-account" }
}
