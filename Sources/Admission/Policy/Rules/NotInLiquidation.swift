/// The account is not being closed.
///
/// From the opening of a case to its settlement the book belongs to the case: a proof or an order in between
/// would speak of a book that the next step changes.
public struct NotInLiquidation: AdmissionRule {
  /// The rule.
  public init() {}

  /// ``RefusalReason/inLiquidation``.
  public func objection(to review: borrowing Review) -> RefusalReason? {
    review.account?.liquidation == nil ? nil : .inLiquidation
  }

  /// The name.
  public var declaration: String { "not-in-liquidation" }
}
