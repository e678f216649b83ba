/// Orders of more than one lot are granted under circuits that the venue lists as convex along coordinates
/// (A54), and to anyone who reduces: such an order needs no room between its ends, as it brings the proof of
/// where it leads.
public struct ConvexHeadroom: AdmissionRule {
  /// The rule.
  public init() {}

  /// ``RefusalReason/headroomNotAllowed``.
  public func objection(to review: borrowing Review) -> RefusalReason? {
    guard let order = review.request.order, review.isCircuitTrusted, order.intent == .open else { return nil }
    // A single lot has nothing in between.
    return order.lots > 1 && !review.isCircuitConvex ? .headroomNotAllowed : nil
  }

  /// The name.
  public var declaration: String { "convex-headroom" }
}
