internal import ArgumentParser
internal import CanonicalBytes
internal import CircuitProofs
internal import CommandSupport
internal import MarginRules
internal import Ristretto
internal import Solvency
internal import SolvencyProver
internal import SolvencyVerifier

/// `solvency inspect`
struct InspectCommand: Verb {
  static let configuration = CommandConfiguration(
    commandName: "inspect",
    abstract: "Say what a file is and what it says. Nothing of it is verified.",
    discussion: """
      Every file of Documentation/Formats.md, what is signed among them. Of what is secret, such as books, openings, keys \
      and guards, it says only what it is. With --json also \
      the raw parts of a proof in hexadecimal: suite, context, commitments, proof.

        solvency inspect proof.json
        solvency inspect Examples/snapshot.json
      """)

  @Argument(help: "The file.", completion: .file())
  var file: String

  @OptionGroup var output: OutputOptions

  func perform() throws -> Report {
    let bytes = try InputFile.read(file, limit: SnapshotLimits.documentBytes)
    return try InspectedFile(path: file, bytes: bytes).report()
  }
}

/// A file of a kind that its members tell.
struct InspectedFile {
  let path: String
  let bytes: [UInt8]

  /// The longest signed content that is shown.
  private static let shownLimit = 4096
  /// The versions that files of any kind have.
  private static let versions: ClosedRange<Int64> = 1...3

  func report() throws(ToolFailure) -> Report {
    guard let kind = FileKind.recognised(bytes) else {
      throw ToolFailure(
        .malformedInput, InputFile.name(path),
        "is neither JSON nor the text of a circuit; is it the right file?")
    }
    guard kind.isJSON else { return try notJSON(kind) }
    let node = try ToolFailure.wrapping(path) {
      try JSONDocument.parse(bytes, maximumBytes: SnapshotLimits.documentBytes)
    }
    let keys = try ToolFailure.wrapping(path) { try node.entries(maximumCount: 1 << 16).map(\.key) }
    switch kind {
    case .request: return try request(node)
    case .group: return try group()
    case .proof: return try proof()
    case .snapshot: return try snapshot()
    case .account: return try account()
    case .fill: return try fill()
    case .signed: return try signed(node)
    case .summary: return try summary()
    default: break
    }
    _ = try ToolFailure.wrapping(path) { try node.version(in: Self.versions) }
    guard kind != .unknownJSON else {
      let names = keys.sorted().prefix(12).joined(separator: ", ")
      throw ToolFailure(
        .malformedInput, InputFile.name(path),
        "is \(kind.name), with the keys \(names); is it complete?")
    }
    return known(kind, node)
  }

  // MARK: Kinds

  func report(_ what: String, _ rows: [(String, String)]) -> Report {
    let width = (rows.map(\.0.count).max() ?? 0) + 2
    let lines = rows.map { name, value in
      "  \(name)\(String(repeating: " ", count: width - name.count))\(Console.singleLine(value))"
    }
    return Report(
      text: (["\(InputFile.name(path)): \(what)"] + lines).joined(separator: "\n"),
      data: .object(
        [JSONMember("file", .string(path)), JSONMember("what", .string(what))]
          + rows.map { JSONMember($0.0, .string($0.1)) }))
  }

  /// Of what is secret nothing is shown.
  func secret(_ what: String) -> Report {
    report("\(what); it is secret, and nothing of it is shown", [("bytes", "\(bytes.count)")])
  }

  func circuit() throws(ToolFailure) -> Report {
    let circuit = try Documents.circuit(path)
    let parameters = circuit.parameters.map { "\($0.name) = \($0.value) of \($0.lower) ... \($0.upper)" }
    return report(
      FileKind.circuit.description,
      [
        ("name", circuit.name), ("version", "\(circuit.version)"), ("digest", circuit.digest.description),
        ("parameters", parameters.isEmpty ? "none" : parameters.joined(separator: ", ")),
      ])
  }

  private func snapshot() throws(ToolFailure) -> Report {
    let snapshot = try Documents.snapshot(path)
    func time(_ seconds: Int64) -> String { Timestamp(seconds: seconds.magnitude).text }
    return report(
      FileKind.snapshot.description,
      [
        ("digest", snapshot.digest.description), ("epoch", "\(snapshot.epoch)"),
        ("asOf", time(snapshot.asOf)),
        ("validFrom", time(snapshot.validFrom)), ("validTo", time(snapshot.validTo)),
        ("regime", snapshot.regime.rawValue), ("haltLevel", "\(snapshot.haltLevel)"),
        ("instruments", "\(snapshot.instruments.count)"), ("collateral", "\(snapshot.collateral.count)"),
        (
          "groups",
          snapshot.groups.map { "\($0.id) (\($0.scenarios.count) scenarios)" }.joined(separator: ", ")
        ),
      ])
  }

  private func account() throws(ToolFailure) -> Report {
    let account = try Documents.account(path)
    return report(
      FileKind.account.description,
      [
        ("account", account.account.description), ("sequence", "\(account.sequence)"),
        ("registry", account.registry.description), ("commitment", account.commitment.encoded.hex),
      ])
  }

  private func fill() throws(ToolFailure) -> Report {
    let fill = try Documents.fill(path)
    return report(
      FileKind.fill.description,
      [("account", fill.account.description), ("sequence", "\(fill.sequence)")]
        + fill.deltas.prefix(32).map { ($0.coordinate, "\($0.amount)") })
  }

  private func summary() throws(ToolFailure) -> Report {
    let summary = try Documents.summary(path)
    return report(
      FileKind.summary.description,
      [
        ("result", summary.counts), ("inputs", "\(summary.inputs.count)"),
        ("snapshots", "\(summary.snapshots.count)"),
      ])
  }

  private func signed(_ node: JSONNode) throws(ToolFailure) -> Report {
    let (kind, signer, content) = try ToolFailure.wrapping(path) {
      let members = try node.object(version: 1, required: ["kind", "content", "signer", "signature"])
      return (
        try members["kind"].string(maximumLength: 64), try members["signer"].string(maximumLength: 64),
        try members["content"].value
      )
    }
    let text = String(decoding: content.encoded().prefix(Self.shownLimit), as: UTF8.self)
    return report(
      "a signed \(Console.singleLine(kind)); the signature is not checked",
      [("signer", signer), ("content", text)])
  }

  private func request(_ node: JSONNode) throws(ToolFailure) -> Report {
    let proof = try ToolFailure.wrapping(path) {
      try ProofEnvelope(try node.object(version: 1, required: ["salt", "order", "proof"])["proof"])
    }
    return report(
      FileKind.request.description,
      [
        ("account", proof.context.account.description), ("sequence", "\(proof.context.sequence)"),
        ("audience", proof.context.audience.description), ("circuit", proof.circuitName),
        ("expires", proof.context.expires.text),
      ])
  }

  private func group() throws(ToolFailure) -> Report {
    let envelope = try ToolFailure.wrapping(path) { try GroupEnvelope(decoding: bytes) }
    let context = envelope.context
    return report(
      FileKind.group.description,
      [
        ("accounts", "\(context.members.count)"), ("circuit", envelope.circuitName),
        ("digest", context.circuit.description), ("snapshot", context.snapshot.description),
        ("registry", context.registry.description), ("audience", context.audience.description),
        ("window", "\(context.issued.text) until \(context.expires.text)"),
        ("proof", "\(envelope.proof.bytes.count) bytes over suite \(envelope.suite)"),
      ] + context.members.prefix(64).map { ("account", "\($0.account), sequence \($0.sequence)") })
  }

  private func proof() throws(ToolFailure) -> Report {
    let envelope = try Documents.envelope(path)
    let context = envelope.context
    let text = """
      \(InputFile.name(path)): \(FileKind.proof.description), it says
        circuit      \(Console.singleLine(envelope.circuitName)), \(context.kind.rawValue) margin
        digest       \(context.circuit)
        snapshot     \(context.snapshot)
        registry     \(context.registry)
        account      \(context.account), sequence \(context.sequence)
        audience     \(context.audience)
        nonce        \(context.nonce)
        window       \(context.issued.text) until \(context.expires.text)
        commitments  \(envelope.commitments.map(\.hex).joined(separator: ", "))
        proof        \(envelope.proof.bytes.count) bytes over suite \
      \(Console.singleLine(envelope.suite))
      """
    return Report(
      text: text,
      data: [
        "suite": .string(envelope.suite),
        "context": .hex(context.encoded()),
        "commitments": .array(envelope.commitments.map { .hex($0.bytes) }),
        "proof": .hex(envelope.proof.bytes),
        "circuit": .string(envelope.circuitName),
        "circuitDigest": .string(context.circuit.description),
        "snapshot": .string(context.snapshot.description),
        "registry": .string(context.registry.description),
        "kind": .string(context.kind.rawValue),
        "account": .string(context.account.description),
        "sequence": .integer(context.sequence),
        "audience": .string(context.audience.description),
        "nonce": .string(context.nonce.description),
        "issued": .integer(context.issued.seconds),
        "expires": .integer(context.expires.seconds),
      ])
  }
}
