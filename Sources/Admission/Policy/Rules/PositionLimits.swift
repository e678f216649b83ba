internal import MarginRules

/// An order is no larger than the largest position of the snapshot, turned from one side to the other. The
/// limit on the position itself, which nobody sees, is part of the proof.
public struct PositionLimits: AdmissionRule {
  /// The rule.
  public init() {}

  /// ``RefusalReason/positionLimit``.
  public func objection(to review: borrowing Review) -> RefusalReason? {
    guard let order = review.request.order, let instrument = review.instrument else { return nil }
    let limit = SnapshotLimits.amounts.upperBound
    let long = (instrument.maxLongLots ?? limit).magnitude
    let short = (instrument.maxShortLots ?? limit).magnitude
    return order.lots <= long + short ? nil : .positionLimit
  }

  /// The name.
  public var declaration: String { "position-limits" }
}
