public import Ristretto
public import Solvency

/// What the verifier says of one proof.
public enum ProofVerdict: Hashable, Sendable {
  /// The account met the rule; these are the facts established.
  case accepted(ProofClaim)
  /// The proof establishes nothing.
  case rejected(RejectionReason)

  /// Whether the proof was accepted.
  public var isAccepted: Bool {
    if case .accepted = self { true } else { false }
  }
}

/// What an accepted proof establishes: the book behind the commitment meets the circuit under the
/// snapshot, and its holder said so in this context.
public struct ProofClaim: Hashable, Sendable {
  /// The name of the circuit.
  public let circuitName: String
  /// Documents, account, audience, nonce and window.
  public let context: ProofContext
  /// The commitments the proof speaks about. The first is the account's in the state
  /// `context.sequence`.
  public let commitments: [EncodedPoint]
}

/// Why a proof was rejected. Never says how far an account was off, nor which equation failed.
public enum RejectionReason: Error, Hashable, Sendable {
  /// The envelope is not of its form.
  case malformed(FileError)
  /// The envelope has another version than this verifier reads.
  case unsupportedVersion(Int64)
  /// The proof is over generators this verifier does not use.
  case unknownSuite
  /// No trusted circuit has this name and digest.
  case unknownCircuit
  /// No trusted snapshot has this digest.
  case unknownSnapshot
  /// No trusted registry has this digest.
  case unknownRegistry
  /// The circuit does not compile with this snapshot and registry.
  case unusableRule
  /// The snapshot is no longer valid.
  case snapshotExpired
  /// The snapshot is not valid yet.
  case snapshotNotYetValid
  /// The proof's window has not begun.
  case notYetIssued
  /// The proof's window is over.
  case expired
  /// The proof's window is longer than the verifier accepts.
  case windowTooLong(seconds: UInt64, greatest: UInt64)
  /// The proof is for somebody else.
  case wrongAudience
  /// The proof answers another request.
  case wrongNonce
  /// The proof is of the other kind of margin.
  case wrongKind
  /// No account of this name is known.
  case unknownAccount
  /// The account has moved on, or is not there yet.
  case staleSequence(current: UInt64)
  /// The account is known, and no state of it with this sequence number.
  case unknownState
  /// Nothing says when the proof was received, which is when it is to be judged.
  case unknownReceipt
  /// The commitment is not the account's.
  case commitmentMismatch
  /// The statement speaks of another number of commitments.
  case wrongCommitmentCount(expected: Int, actual: Int)
  /// The statement's proofs have another length.
  case wrongProofLength(expected: Int, actual: Int)
  /// A point or scalar is not canonical.
  case undecodable
  /// The proof does not hold.
  case proofInvalid

  /// A short name that stays the same between versions.
  public var code: String {
    switch self {
    case .malformed: "malformed"
    case .unsupportedVersion: "unsupported-version"
    case .unknownSuite: "unknown-suite"
    case .unknownCircuit: "unknown-circuit"
    case .unknownSnapshot: "unknown-snapshot"
    case .unknownRegistry: "unknown-registry"
    case .unusableRule: "unusable-rule"
    case .snapshotExpired: "snapshot-expired"
    case .snapshotNotYetValid: "snapshot-not-yet-valid"
    case .notYetIssued: "not-yet-issued"
    case .expired: "expired"
    case .windowTooLong: "window-too-long"
    case .wrongAudience: "wrong-audience"
    case .wrongNonce: "wrong-nonce"
    case .wrongKind: "wrong-kind"
    case .unknownAccount: "unknown-account"
    case .staleSequence: "stale-sequence"
    case .unknownState: "unknown-state"
    case .unknownReceipt: "unknown-receipt"
    case .commitmentMismatch: "commitment-mismatch"
    case .wrongCommitmentCount: "wrong-commitment-count"
    case .wrongProofLength: "wrong-proof-length"
    case .undecodable: "undecodable"
    case .proofInvalid: "proof-invalid"
    }
  }
}
