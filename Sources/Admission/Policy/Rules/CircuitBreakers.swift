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
    guard snapshot.haltLevel < 3 else { return .halted }
    guard let instrument = review.instrument else { return .unknownInstrument }
    guard order.intent == .open else { return nil }
    guard snapshot.haltLevel == 0, !instrument.flags.closeOnly else { return .closeOnly }
    guard !instrument.flags.stale else { return .stalePrice }
    let isOpen =
      switch order.side {
      case .buy: instrument.flags.openLong
      case .sell: instrument.flags.openShort
      }
    return isOpen ? nil : .sideClosed
  }

  /// The name.
  public var declaration: String { "circuit-breakers" }
}
