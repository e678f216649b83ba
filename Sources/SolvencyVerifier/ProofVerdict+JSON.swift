public import CanonicalBytes
internal import Ristretto
internal import Solvency

extension ProofVerdict {
  /// The verdict as data. Accepted, it says what was established:
  ///
  ///     {"verdict": "accepted", "circuit": "portfolio_margin", "circuitDigest": …, "kind": "initial",
  ///      "snapshot": …, "registry": …, "account": …, "sequence": 0, "commitments": […],
  ///      "audience": …, "nonce": …, "issued": 1770326978, "expires": 1770330578}
  ///
  /// Rejected, why: `{"verdict": "rejected", "reason": "expired", "explanation": …}`.
  public var json: JSONValue { .object(jsonMembers) }

  /// The members of ``json``, for a caller that adds its own.
  public var jsonMembers: [JSONMember] {
    switch self {
    case .accepted(let claim):
      let context = claim.context
      return [
        JSONMember("verdict", "accepted"), JSONMember("circuit", .string(claim.circuitName)),
        JSONMember("circuitDigest", .hex(context.circuit.bytes)),
        JSONMember("kind", .string(context.kind.rawValue)),
        JSONMember("snapshot", .hex(context.snapshot.bytes)),
        JSONMember("registry", .hex(context.registry.bytes)),
        JSONMember("account", .string(context.account.description)),
        JSONMember("sequence", .integer(context.sequence)),
        JSONMember("commitments", .array(claim.commitments.map { .hex($0.bytes) })),
        JSONMember("audience", .string(context.audience.description)),
        JSONMember("nonce", .hex(context.nonce.bytes)),
        JSONMember("issued", .integer(context.issued.seconds)),
        JSONMember("expires", .integer(context.expires.seconds)),
      ]
    case .rejected(let reason):
      return [
        JSONMember("verdict", "rejected"), JSONMember("reason", .string(reason.code)),
        JSONMember("explanation", .string(reason.explanation)),
      ]
    }
  }
}

extension RejectionReason {
  /// Whether what was read is not a proof, rather than a proof that does not convince.
  public var isMalformed: Bool {
    switch self {
    case .malformed, .unsupportedVersion: true
    default: false
    }
  }

  /// What the code means, in a sentence.
  public var explanation: String {
    switch self {
    case .malformed(let error): error.description
    case .unsupportedVersion(let version):
      "version \(version) is not known here; this program reads version 1"
    case .unknownSuite: "the proof is over other generators"
    case .unknownCircuit: "no trusted circuit has this name and digest"
    case .unknownSnapshot: "no trusted snapshot has this digest"
    case .unknownRegistry: "no trusted snapshot gives this list of coordinates"
    case .unusableRule:
      "the circuit does not compile under this snapshot, or is refused for what it lets pass"
    case .snapshotExpired: "the snapshot no longer applies"
    case .snapshotNotYetValid: "the snapshot does not apply yet"
    case .notYetIssued: "the proof may not be used yet"
    case .expired: "the proof may no longer be used"
    case .windowTooLong(let seconds, let greatest):
      "the proof may be used for \(seconds) s, longer than the \(greatest) s that are accepted"
    case .wrongAudience: "the proof is for somebody else"
    case .wrongNonce: "the proof answers another request"
    case .wrongKind: "the proof is of the other requirement"
    case .unknownAccount: "no such account is known"
    case .staleSequence(let current): "the account is at sequence \(current)"
    case .unknownState: "no known state of the account has this sequence number"
    case .unknownReceipt: "nothing says when the proof was received; its line lacks the key \"receivedAt\""
    case .commitmentMismatch: "the commitment is not the account's"
    case .wrongCommitmentCount(let expected, let actual):
      "\(actual) commitments instead of \(expected)"
    case .wrongProofLength(let expected, let actual): "\(actual) bytes instead of \(expected)"
    case .undecodable: "a point or scalar is not canonical"
    case .proofInvalid: "the proof does not hold"
    }
  }
}
