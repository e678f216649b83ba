internal import MarginRules

/// Halts and flags of the snapshot in force (M46, M04).
///
/// | halt level | opening | reducing | standing |
/// |---|---|---|---|
/// | 0 | by the instrument's flags | yes | yes |
/// | 1, 2 | no | yes | yes |
/// | 3 | no | no | yes |
///
/// Proofs of standing are never halted: an account must be able to answer a call.
public struct CircuitBreakers: AdmissionRule {
  /// The rule.
  public init() {}

  /// ``RefusalReason/halted``, ``RefusalReason/closeOnly``, ``RefusalReason/stalePrice``,
  /// ``RefusalReason/sideClosed`` or ``RefusalReason/unknownInstrument``.
  public func objection(to review: borrowing Review) -> RefusalReason? {
    guard let order = review.request.order, let snapshot = review.snapshot else { return nil }
    guard let instrument = review.instrument else {
      return snapshot.haltLevel < 3 ? .unknownInstrument : .halted
    }
    let bar = snapshot.bar(
      on: instrument, isPurchase: order.side == .buy, isOpening: order.intent == .open)
    return switch bar {
    case .halted: .halted
    case .closeOnly: .closeOnly
    case .stalePrice: .stalePrice
    case .sideClosed: .sideClosed
    case nil: nil
    }
  }

  /// The name.
  public var declaration: String { "circuit-breakers" }
}
