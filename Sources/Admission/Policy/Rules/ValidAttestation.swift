internal import Solvency

/// A custodian's attestation covers the account at this moment. Its signature and its venue were checked when
/// the account was opened, and stand in the log.
public struct ValidAttestation: AdmissionRule {
  /// The rule.
  public init() {}

  /// ``RefusalReason/attestationExpired``.
  public func objection(to review: borrowing Review) -> RefusalReason? {
    guard let account = review.account else { return nil }
    return review.now < account.attestedUntil ? nil : .attestationExpired
  }

  /// The name.
  public var declaration: String { "valid-attestation" }
}
