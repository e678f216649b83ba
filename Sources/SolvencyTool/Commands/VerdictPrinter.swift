internal import CanonicalBytes
internal import CommandSupport
internal import MarginRules
internal import Ristretto
internal import Solvency
internal import SolvencyVerifier

/// Prints verdicts as they come: a line each, or the elements of one JSON document.
struct VerdictPrinter {
  private let isJSON: Bool
  private var accepted = 0
  /// Proofs that do not convince.
  private var rejected = 0
  /// What is no proof at all.
  private var malformed = 0

  init(isJSON: Bool) { self.isJSON = isJSON }

  /// The exit code, unless everything was accepted.
  var exitCode: ToolFailure.Kind? {
    rejected > 0 ? .refused : malformed > 0 ? .malformedInput : nil
  }

  func begin() throws(ToolFailure) {
    if isJSON { try Console.print("{\"verdicts\": [") }
  }

  mutating func print(
    _ verdict: ProofVerdict, of label: ProofSource.Label
  ) throws(ToolFailure) {
    let isFirst = accepted + rejected + malformed == 0
    switch verdict {
    case .accepted: accepted += 1
    case .rejected(let reason) where reason.isMalformed: malformed += 1
    case .rejected: rejected += 1
    }
    if isJSON {
      try Console.print(
        (isFirst ? "  " : ", ") + String(decoding: json(verdict, label).encoded(), as: UTF8.self))
    } else {
      try Console.print(Console.singleLine("\(label.text): \(verdict.text)"))
    }
  }

  func end(after duration: Duration) throws(ToolFailure) {
    let count = accepted + rejected + malformed
    let seconds = duration / .seconds(1)
    let rate = (Double(count) / max(seconds, 1e-9)).formatted(decimals: 0)
    guard isJSON else {
      return try Console.print(
        "\(count) read: \(accepted) accepted, \(rejected) rejected, \(malformed) malformed; "
          + "\(seconds.formatted(decimals: 2)) s, \(rate) per second")
    }
    let summary: JSONValue = [
      "count": .integer(count), "accepted": .integer(accepted), "rejected": .integer(rejected),
      "malformed": .integer(malformed), "seconds": .number(seconds.formatted(decimals: 6)),
    ]
    try Console.print("], \"summary\": " + String(decoding: summary.encoded(), as: UTF8.self) + "}")
  }

  private func json(_ verdict: ProofVerdict, _ label: ProofSource.Label) -> JSONValue {
    var members = [
      JSONMember("file", .string(label.file)),
      JSONMember("line", label.line.map { .integer($0) } ?? .null),
    ]
    switch verdict {
    case .accepted(let claim):
      let context = claim.context
      members += [
        JSONMember("verdict", "accepted"), JSONMember("circuit", .string(claim.circuitName)),
        JSONMember("kind", .string(context.kind.rawValue)),
        JSONMember("snapshot", .string(context.snapshot.description)),
        JSONMember("account", .string(context.account.description)),
        JSONMember("sequence", .integer(context.sequence)),
        JSONMember("commitments", .array(claim.commitments.map { .hex($0.bytes) })),
        JSONMember("audience", .string(context.audience.description)),
        JSONMember("nonce", .string(context.nonce.description)),
        JSONMember("issued", .integer(context.issued.seconds)),
        JSONMember("expires", .integer(context.expires.seconds)),
      ]
    case .rejected(let reason):
      members += [
        JSONMember("verdict", "rejected"), JSONMember("reason", .string(reason.code)),
        JSONMember("explanation", .string(reason.explanation)),
      ]
    }
    return .object(members)
  }
}

extension ProofVerdict {
  /// The verdict in one line.
  var text: String {
    switch self {
    case .accepted(let claim):
      "accepted: \(claim.context.account) at sequence \(claim.context.sequence) meets "
        + "\(claim.circuitName) (\(claim.context.kind.rawValue)) under snapshot "
        + "\(claim.context.snapshot.description.prefix(16)), for \(claim.context.audience), until "
        + claim.context.expires.text
    case .rejected(let reason):
      "rejected: \(reason.code): \(reason.explanation)"
    }
  }
}

extension RejectionReason {
  /// Whether what was read is no proof, rather than a proof that does not convince.
  var isMalformed: Bool {
    switch self {
    case .malformed, .unsupportedVersion: true
    default: false
    }
  }

  /// What the code means, in a sentence.
  var explanation: String {
    switch self {
    case .malformed(let error): error.description
    case .unsupportedVersion(let version):
      "version \(version) is not known here; this program reads version 1"
    case .unknownSuite: "the proof is over other generators"
    case .unknownCircuit: "no trusted circuit has this name and digest; add it with --circuit"
    case .unknownSnapshot: "no trusted snapshot has this digest; add it with --snapshot"
    case .unknownRegistry: "no trusted snapshot gives this list of coordinates"
    case .unusableRule: "the circuit does not compile under this snapshot"
    case .snapshotExpired: "the snapshot no longer applies"
    case .snapshotNotYetValid: "the snapshot does not apply yet"
    case .notYetIssued: "the proof may not be used yet"
    case .expired: "the proof may no longer be used"
    case .wrongAudience: "the proof is for somebody else"
    case .wrongNonce: "the proof answers another request"
    case .wrongKind: "the proof is of the other requirement"
    case .unknownAccount: "no such account is known"
    case .staleSequence(let current): "the account is at sequence \(current)"
    case .commitmentMismatch: "the commitment is not the account's"
    case .wrongCommitmentCount(let expected, let actual):
      "\(actual) commitments instead of \(expected)"
    case .wrongProofLength(let expected, let actual): "\(actual) bytes instead of \(expected)"
    case .undecodable: "a point or scalar is not canonical"
    case .proofInvalid: "the proof does not hold"
    }
  }
}
