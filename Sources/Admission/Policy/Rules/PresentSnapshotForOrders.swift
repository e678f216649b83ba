internal import Solvency

/// Orders are decided on the snapshot in force, within its own time: its margin rates are the dynamic
/// leverage that an account may take now (M22). The grace is for accounts that keep what they have.
public struct PresentSnapshotForOrders: AdmissionRule {
  /// The rule.
  public init() {}

  /// ``RefusalReason/snapshotNotCurrent``.
  public func objection(to review: borrowing Review) -> RefusalReason? {
    guard review.request.order != nil, let epoch = review.epoch else { return nil }
    let isPresent = epoch.epoch == review.currentEpoch?.epoch && review.now < epoch.validTo
    return isPresent ? nil : .snapshotNotCurrent
  }

  /// The name.
  public var declaration: String { "present-snapshot-for-orders" }
}
