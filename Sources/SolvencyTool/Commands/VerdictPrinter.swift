internal import CanonicalBytes
internal import CommandSupport
internal import MarginRules
internal import Ristretto
internal import Solvency
internal import SolvencyVerifier

/// Prints verdicts as they come: a line each, or the elements of one JSON document.
struct VerdictPrinter {
  /// Proofs beyond this many are not compared with each other: memory stays bounded.
  private static let rememberedLimit = 1 << 17

  private let isJSON: Bool
  /// Whether the account's commitment was given, so that a verdict speaks of an account.
  private let isBound: Bool
  /// Whether the proof had to answer a nonce of the verifier's.
  private let isNonceGiven: Bool
  /// What was accepted in this run, to see what comes twice.
  private var remembered: Set<[UInt8]> = []
  private var repeated = 0
  private var accepted = 0
  /// Proofs that do not convince.
  private var rejected = 0
  /// What is no proof at all.
  private var malformed = 0

  /// - Parameters:
  ///   - isBound: whether commitments were compared with those of known accounts.
  ///   - isNonceGiven: whether proofs had to answer a nonce.
  init(isJSON: Bool, isBound: Bool, isNonceGiven: Bool) {
    self.isJSON = isJSON
    self.isBound = isBound
    self.isNonceGiven = isNonceGiven
  }

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
    var isRepeated = false
    switch verdict {
    case .accepted(let claim):
      accepted += 1
      isRepeated = isSeen(claim)
    case .rejected(let reason) where reason.isMalformed: malformed += 1
    case .rejected: rejected += 1
    }
    if isJSON {
      try Console.print(
        (isFirst ? "  " : ", ") + String(decoding: json(verdict, label, isRepeated).encoded(), as: UTF8.self))
    } else {
      let again = isRepeated ? "; the same proof came before in this run" : ""
      try Console.print(Console.singleLine("\(label.text): \(verdict.text(isBound: isBound))\(again)"))
    }
  }

  /// Whether the same statement of the same account was accepted before in this run.
  private mutating func isSeen(_ claim: ProofClaim) -> Bool {
    let key = claim.context.nonce.bytes + claim.commitments.flatMap(\.bytes)
    guard remembered.count < Self.rememberedLimit else { return remembered.contains(key) }
    let isNew = remembered.insert(key).inserted
    if !isNew { repeated += 1 }
    return !isNew
  }

  /// What was not checked, whatever the proofs say.
  private var unchecked: [String] {
    guard accepted > 0 else { return [] }
    var notes: [String] = []
    if !isBound {
      notes.append(
        "unbound: without --account nothing says whose book a commitment is, or that it is a whole book")
    }
    if !isNonceGiven {
      let again = repeated > 0 ? "; \(repeated) of these came before in this run" : ""
      notes.append(
        "replay: without --nonce a proof that was shown elsewhere before is accepted again\(again)")
    }
    return notes
  }

  /// Prints the summary, and for programs why nothing more was read.
  func end(after duration: Duration, _ failure: ToolFailure?) throws(ToolFailure) {
    let count = accepted + rejected + malformed
    let seconds = duration / .seconds(1)
    let rate = (Double(count) / max(seconds, 1e-9)).formatted(decimals: 0)
    guard isJSON else {
      return try Console.print(
        "\(count) read: \(accepted) accepted, \(rejected) rejected, \(malformed) malformed; "
          + "\(seconds.formatted(decimals: 2)) s, \(rate) per second"
          + unchecked.map { "\nnot checked: \($0)" }.joined())
    }
    let summary: JSONValue = [
      "count": .integer(count), "accepted": .integer(accepted), "rejected": .integer(rejected),
      "malformed": .integer(malformed), "repeated": .integer(repeated),
      "notChecked": .array(unchecked.map { .string($0) }), "seconds": .number(seconds.formatted(decimals: 6)),
    ]
    var rest = [JSONMember("summary", summary)]
    if case .object(let error)? = failure?.asJSON { rest += error }
    // The document goes on where the list of verdicts ends.
    let text = String(decoding: JSONValue.object(rest).encoded(), as: UTF8.self)
    try Console.print("], " + text.dropFirst())
  }

  private func json(_ verdict: ProofVerdict, _ label: ProofSource.Label, _ isRepeated: Bool) -> JSONValue {
    var members = [
      JSONMember("file", .string(label.file)),
      JSONMember("line", label.line.map { .integer($0) } ?? .null),
    ]
    switch verdict {
    case .accepted(let claim):
      let context = claim.context
      members += [
        JSONMember("verdict", "accepted"), JSONMember("isBound", .bool(isBound)),
        JSONMember("isRepeated", .bool(isRepeated)), JSONMember("circuit", .string(claim.circuitName)),
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
  ///
  /// - Parameter isBound: whether the commitment was compared with a known account's. If not, the name is the prover's
  ///   word and the verdict speaks of the commitment alone.
  func text(isBound: Bool) -> String {
    switch self {
    case .accepted(let claim):
      (isBound
        ? "accepted: \(claim.context.account) at sequence \(claim.context.sequence) meets "
        : "accepted: the unbound commitment \(claim.commitments.first?.hex.prefix(16) ?? ""), called "
          + "\(claim.context.account), meets ")
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
    case .windowTooLong(let seconds, let greatest):
      "the proof may be used for \(seconds) s, longer than the \(greatest) s that --greatest-window allows"
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
