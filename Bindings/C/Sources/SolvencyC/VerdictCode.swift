internal import RangeProofs
internal import SolvencyHeader
internal import SolvencyVerifier

/// Numbers of verdicts. They are part of the interface: words are added at the end and never moved.
enum VerdictCode {
  static let allWords = [
    "accepted", "malformed", "unsupported-version", "unknown-suite", "unknown-circuit",
    "unknown-snapshot", "unknown-registry", "unusable-rule", "snapshot-expired",
    "snapshot-not-yet-valid", "not-yet-issued", "expired", "window-too-long", "wrong-audience",
    "wrong-nonce", "wrong-kind", "unknown-account", "stale-sequence", "commitment-mismatch",
    "wrong-commitment-count", "wrong-proof-length", "undecodable", "proof-invalid", "unknown-state",
    "unknown-receipt",
  ]

  /// The place of "proof-invalid".
  private static let proofInvalid: solvency_verdict = 22

  private static let numbers = Dictionary(
    uniqueKeysWithValues: allWords.enumerated().map { ($1, solvency_verdict($0)) })

  /// The number of a word; that of "proof-invalid" for a word this version of the interface does not have.
  private static func number(_ word: String) -> solvency_verdict {
    numbers[word] ?? proofInvalid
  }

  static func number(_ verdict: ProofVerdict) -> solvency_verdict {
    switch verdict {
    case .accepted: SOLVENCY_ACCEPTED
    case .rejected(let reason): number(reason.code)
    }
  }

  static func number(_ error: RangeVerificationError?) -> solvency_verdict {
    switch error {
    case nil: SOLVENCY_ACCEPTED
    case .unsupportedCount: number("wrong-commitment-count")
    case .wrongProofLength: number("wrong-proof-length")
    case .undecodable, .identity, .undecodableCommitment: number("undecodable")
    case .degenerateChallenge, .equationFails: number("proof-invalid")
    }
  }

  /// Accepted, or a proof that does not hold.
  static func number(holds: Bool) -> solvency_verdict { holds ? SOLVENCY_ACCEPTED : number("proof-invalid") }
}
