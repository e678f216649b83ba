internal import MarginRules
internal import Solvency

/// Initial margin to open, maintenance margin to keep and to reduce (M32).
///
/// | asks for | proof of | and stands on | verdict |
/// |---|---|---|---|
/// | standing | initial margin | - | admitted |
/// | standing | maintenance margin | - | reduce-only |
/// | an order that opens | initial margin after it | the same: circuit, snapshot, registry, kind | admitted |
/// | an order that reduces | either margin after it, and that it reduces | whatever it may be | reduce-only |
///
/// An account that stands on the claim of its order may fill it in parts. One that reduces without standing
/// on it is unproven from the first part on, until the whole order has led to what was proved. An overdue
/// account proves its standing before it orders anything.
public struct MarginZone: AdmissionRule {
  /// The rule.
  public init() {}

  /// ``RefusalReason/wrongKind``, ``RefusalReason/accountOverdue``, ``RefusalReason/reductionNotProven`` or
  /// ``RefusalReason/standingNotProven``.
  public func objection(to review: borrowing Review) -> RefusalReason? {
    let context = review.request.envelope.context
    guard context.reduction == review.request.order?.reduction else { return .reductionNotProven }
    guard let order = review.request.order, let account = review.account else { return nil }
    guard order.intent == .reduce || context.kind == .initial else { return .wrongKind }
    switch account.status {
    case .stale, .liquidatable: return .accountOverdue
    case .current, .reduceOnly, .unproven: break
    }
    guard order.intent == .open else { return nil }
    return account.standing?.claim == review.claim ? nil : .standingNotProven
  }

  /// The name.
  public var declaration: String { "margin-zone" }
}
