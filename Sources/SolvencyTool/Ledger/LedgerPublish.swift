internal import Admission
internal import ArgumentParser
internal import CanonicalBytes
internal import CircuitLanguage
internal import CommandSupport
internal import MarginRules
internal import Solvency

/// `solvency ledger publish`
struct LedgerPublish: Verb {
  static let configuration = CommandConfiguration(
    commandName: "publish",
    abstract: "Put a signed risk snapshot in force. Accounts that are overdue are stated first.",
    discussion: """
      Warns of circuits of the charter that prove less under this snapshot than they seem to; with --strict-circuits such \
      a snapshot is not published.

        solvency ledger publish snapshot.json --signature snapshot.sig.json \\
          --ledger desk --key venue.key
      """)

  @OptionGroup var desk: DeskOptions

  @Argument(help: "The snapshot.", completion: .file(extensions: ["json"]))
  var snapshot: String

  @Option(
    help: "The venue's signature on it, as `solvency snapshot sign` wrote it.",
    completion: .file(extensions: ["json"]))
  var signature: String

  @Flag(
    help: """
      Refuse a snapshot under which a circuit requires nothing, requires it of empty lists, forgets a committed value, or \
      lets the empty book pass alone.
      """)
  var strictCircuits = false

  @OptionGroup var output: OutputOptions

  func perform() throws -> Report {
    let snapshot = try Documents.snapshot(snapshot)
    let endorsement = try Documents.signed(signature, as: SnapshotEndorsement.self)
    let admission = try desk.desk()
    let warnings = try warnings(admission.charter, under: snapshot)
    if strictCircuits,
      let first = warnings.first(where: { CircuitStandard.strict.refused.contains($0.warning.kind) })
    {
      throw ToolFailure(
        .refused, first.circuit,
        "under \(self.snapshot): \(first.warning); change the circuit, or publish without --strict-circuits")
    }
    let head = try ToolFailure.wrapping(self.snapshot) {
      try admission.publish(PublishedSnapshot(snapshot, endorsement: endorsement), at: desk.now)
    }
    let text = warnings.map { "\n  warning  \($0.circuit): \($0.warning)" }.joined()
    let data = warnings.map { circuit, warning -> JSONValue in
      [
        "circuit": .string(circuit), "kind": .string(warning.kind.rawValue), "line": .integer(warning.line),
        "message": .string(warning.message),
      ]
    }
    return .recorded(
      "epoch \(snapshot.epoch) is in force\(text)", head, besides: [JSONMember("warnings", .array(data))])
  }

  /// What is hardly meant in the circuits of a charter, by their names. One that does not compile under the
  /// snapshot decides nothing, and its proofs are refused with that reason.
  private func warnings(
    _ charter: Charter, under snapshot: RiskSnapshot
  ) throws(ToolFailure) -> [(circuit: String, warning: CircuitWarning)] {
    let registry = try Documents.registry(of: snapshot, at: self.snapshot)
    return charter.circuits.flatMap { listed in
      let rule = try? MarginRule(
        circuit: listed.circuit, snapshot: snapshot, kind: .initial, registry: registry)
      return (rule?.compiled.warnings ?? []).map { (listed.circuit.name, $0) }
    }
  }
}
