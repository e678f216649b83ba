/// Headroom is granted under circuits without product gates only.
///
/// Rows and links of such a circuit are linear in the book and in the prover's advice, so the books it admits are
/// the shadow of a polytope, and convex: what ``Headroom`` rests on. A circuit with products may admit two books
/// and not the ones between.
public struct ConvexHeadroom: AdmissionRule {
  /// The rule.
  public init() {}

  /// ``RefusalReason/headroomNotAllowed``.
  public func objection(to review: borrowing Review) -> RefusalReason? {
    guard let order = review.request.order, let hasProducts = review.hasProducts else { return nil }
    // A single lot has nothing in between.
    return order.lots > 1 && hasProducts ? .headroomNotAllowed : nil
  }
}
