internal import Solvency

/// The nonce in the proof's transcript is that of this very order (A30).
public struct BoundNonce: AdmissionRule {
  /// The rule.
  public init() {}

  /// ``RefusalReason/wrongNonce``.
  public func objection(to review: borrowing Review) -> RefusalReason? {
    let bound = AdmissionRequest.nonce(for: review.request.order, salt: review.request.salt)
    return bound == review.request.envelope.context.nonce ? nil : .wrongNonce
  }

  /// The name.
  public var declaration: String { "bound-nonce" }
}
