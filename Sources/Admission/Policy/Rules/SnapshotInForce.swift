internal import CanonicalBytes
internal import MarginRules
internal import Solvency

/// The snapshot was published here and is within its time and its grace (A32, A33).
public struct SnapshotInForce: AdmissionRule {
  /// The rule.
  public init() {}

  /// ``RefusalReason/unknownSnapshot``, ``RefusalReason/staleSnapshot`` or
  /// ``RefusalReason/snapshotNotYetValid``.
  public func objection(to review: borrowing Review) -> RefusalReason? {
    guard review.snapshot != nil else { return .unknownSnapshot }
    guard let epoch = review.epoch else { return .staleSnapshot }
    guard epoch.validFrom <= review.now.advanced(by: review.clockSkew) else {
      return .snapshotNotYetValid
    }
    return review.now < epoch.validTo.advanced(by: review.snapshotGrace) ? nil : .staleSnapshot
  }

  /// The name.
  public var declaration: String { "snapshot-in-force" }
}
