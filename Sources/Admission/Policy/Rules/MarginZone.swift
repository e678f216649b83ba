internal import MarginRules
internal import Solvency

/// Initial margin to open, maintenance margin to keep and to reduce (M32).
///
/// | asks for | proof of | and its standing proven for | verdict |
/// |---|---|---|---|
/// | standing | initial margin | - | admitted |
/// | standing | maintenance margin | - | reduce-only |
/// | an order that opens | initial margin after it | initial margin, same snapshot | admitted |
/// | an order that reduces | either margin after it | the same margin or more, same snapshot | reduce-only |
///
/// An overdue account proves its standing before it orders anything.
public struct MarginZone: AdmissionRule {
  /// The rule.
  public init() {}

  /// ``RefusalReason/wrongKind``, ``RefusalReason/accountOverdue`` or
  /// ``RefusalReason/standingNotProven``.
  public func objection(to review: borrowing Review) -> RefusalReason? {
    guard let order = review.request.order, let account = review.account else { return nil }
    let kind = review.request.envelope.context.kind
    guard order.intent == .reduce || kind == .initial else { return .wrongKind }
    switch account.status {
    case .stale, .liquidatable: return .accountOverdue
    case .current, .reduceOnly: break
    }
    let covers = account.standing == .initial || account.standing == kind
    return covers && account.epoch == review.epoch?.epoch ? nil : .standingNotProven
  }
}
