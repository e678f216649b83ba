internal import CanonicalBytes
internal import MarginRules
internal import Ristretto
internal import Solvency
package import SolvencyVerifier

/// Prints verdicts as they come: a line each, or the elements of one JSON document.
package struct VerdictPrinter {
  /// How verdicts are printed.
  package enum Form {
    /// A line of text each.
    case text
    /// One JSON document.
    case document
    /// One JSON object on a line each.
    case lines
  }

  /// Proofs beyond this many are not compared with each other: memory stays bounded.
  private static let rememberedLimit = 1 << 17

  private let form: Form
  private let onlyRejected: Bool
  /// Whether proofs had to answer a nonce of the verifier's.
  private let isNonceGiven: Bool
  /// What was accepted in this run, to see what comes twice: the first half of a digest of each.
  private var remembered: Set<UInt128> = []
  private var isFirst = true
  /// How it went so far.
  package private(set) var summary: VerificationSummary

  /// - Parameters:
  ///   - form: how verdicts are printed.
  ///   - onlyRejected: whether those of accepted proofs are counted only.
  ///   - isNonceGiven: whether proofs had to answer a nonce.
  ///   - terms: what was demanded.
  package init(_ form: Form, onlyRejected: Bool, isNonceGiven: Bool, terms: VerificationSummary.Terms) {
    self.form = form
    self.onlyRejected = onlyRejected
    self.isNonceGiven = isNonceGiven
    summary = VerificationSummary(under: terms)
  }

  package func begin() throws(ToolFailure) {
    if form == .document { try Console.print("{\"verdicts\": [") }
  }

  package mutating func print(
    _ verdict: ProofVerdict, of label: ProofSource.Label
  ) throws(ToolFailure) {
    var isRepeated = false
    if case .accepted(let claim) = verdict { isRepeated = isSeen(claim) }
    summary.record(verdict, isRepeated: isRepeated)
    guard !(onlyRejected && verdict.isAccepted) else { return }
    switch form {
    case .text:
      let again = isRepeated ? "; the same proof came before in this run" : ""
      let text = Self.text(of: label.otherKind, verdict) ?? verdict.text(isBound: summary.terms.isBound)
      try Console.print(Console.singleLine("\(label.text): \(text)\(again)"))
    case .document:
      try Console.print(
        (isFirst ? "  " : ", ")
          + String(decoding: json(verdict, label, isRepeated: isRepeated).encoded(), as: UTF8.self))
    case .lines:
      try Console.write(json(verdict, label, isRepeated: isRepeated).encoded() + [UInt8(ascii: "\n")])
    }
    isFirst = false
  }

  /// What is said of a file that is no proof and plainly something else.
  private static func text(of other: FileKind?, _ verdict: ProofVerdict) -> String? {
    guard let other, case .rejected(.malformed) = verdict else { return nil }
    return "rejected: malformed: is \(other.name); \(FileKind.proof.name) is wanted"
  }

  /// Whether the same statement of the same account was accepted before in this run.
  private mutating func isSeen(_ claim: ProofClaim) -> Bool {
    var hash = RunningSHA256()
    hash.update(claim.context.nonce.bytes)
    for commitment in claim.commitments { hash.update(commitment.bytes) }
    let key = hash.digest.bytes.prefix(16).reduce(0 as UInt128) { $0 << 8 | UInt128($1) }
    guard remembered.count < Self.rememberedLimit else { return remembered.contains(key) }
    return !remembered.insert(key).inserted
  }

  /// What was not checked, whatever the proofs say.
  private var unchecked: [String] {
    guard summary.accepted > 0 else { return [] }
    var notes: [String] = []
    if !summary.terms.isBound {
      notes.append(
        "unbound: without --account nothing says whose book a commitment is, or that it is a whole book")
    }
    if !isNonceGiven {
      let again = summary.repeated > 0 ? "; \(summary.repeated) of these came before in this run" : ""
      notes.append(
        "replay: without --nonce a proof that was shown elsewhere before is accepted again\(again)")
    }
    if remembered.count >= Self.rememberedLimit {
      notes.append(
        "repetition: only the first \(Self.rememberedLimit) accepted proofs were compared with each other")
    }
    if summary.terms.moment == .issued {
      notes.append(
        "time: that a proof was there when it was issued is its maker's word; --at received takes yours")
    }
    return notes
  }

  /// Prints the summary, and for programs why nothing more was read.
  ///
  /// - Returns: the summary of the run, its inputs included.
  package mutating func end(
    after duration: Duration, _ inputs: [VerificationSummary.Input], _ failure: ToolFailure?
  ) throws(ToolFailure) -> VerificationSummary {
    let seconds = duration / .seconds(1)
    for input in inputs { summary.record(input) }
    summary.milliseconds = UInt64(max(0, seconds) * 1000)
    if form == .text {
      let rate = (Double(summary.count) / max(seconds, 1e-9)).formatted(decimals: 0)
      try Console.print(
        "\(summary.counts); \(seconds.formatted(decimals: 2)) s, \(rate) per second"
          + unchecked.map { "\nnot checked: \($0)" }.joined())
      return summary
    }
    let data: JSONValue = [
      "count": .integer(summary.count), "accepted": .integer(summary.accepted),
      "rejected": .integer(summary.rejected), "malformed": .integer(summary.malformed),
      "repeated": .integer(summary.repeated), "notChecked": .array(unchecked.map { .string($0) }),
      "seconds": .number(seconds.formatted(decimals: 6)),
    ]
    var rest = [JSONMember("summary", data)]
    if case .object(let error)? = failure?.asJSON { rest += error }
    let text = String(decoding: JSONValue.object(rest).encoded(), as: UTF8.self)
    // The document goes on where the list of verdicts ends.
    try Console.print(form == .document ? "], " + text.dropFirst() : text)
    return summary
  }

  private func json(_ verdict: ProofVerdict, _ label: ProofSource.Label, isRepeated: Bool) -> JSONValue {
    var members = [
      JSONMember("file", .string(label.file)),
      JSONMember("line", label.line.map { .integer($0) } ?? .null),
    ]
    members += verdict.jsonMembers
    if verdict.isAccepted {
      members += [
        JSONMember("isBound", .bool(summary.terms.isBound)), JSONMember("isRepeated", .bool(isRepeated)),
      ]
    }
    return .object(members)
  }
}

extension VerificationSummary {
  /// How many of what.
  package var counts: String {
    "\(count) read: \(accepted) accepted, \(rejected) rejected, \(malformed) malformed"
  }

  /// The exit code, unless everything was accepted.
  package var exitCode: ToolFailure.Kind? {
    rejected > 0 ? .refused : malformed > 0 ? .malformedInput : nil
  }
}

extension ProofVerdict {
  /// The verdict in one line.
  ///
  /// - Parameter isBound: whether the commitment was compared with a known account's. If not, the name is the
  ///   prover's word and the verdict speaks of the commitment alone.
  package func text(isBound: Bool) -> String {
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
      "rejected: \(reason.code): \(reason.explanation)\(reason.advice)"
    }
  }
}

extension RejectionReason {
  /// Which option changes the verdict, if one does.
  fileprivate var advice: String {
    switch self {
    case .unknownCircuit: "; add it with --circuit"
    case .unknownSnapshot: "; add it with --snapshot or --snapshots"
    case .windowTooLong: "; --greatest-window accepts longer ones"
    default: ""
    }
  }
}
