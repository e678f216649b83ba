internal import ArgumentParser
internal import CanonicalBytes
internal import CircuitLanguage
internal import CircuitProofs
internal import CommandSupport
internal import MarginRules
internal import Solvency
internal import SolvencyProver
internal import SolvencyVerifier

/// `solvency leak-report`
struct LeakReportCommand: Verb {
  static let configuration = CommandConfiguration(
    commandName: "leak-report",
    abstract: "What the proofs of an account told about its book, at most.",
    discussion: """
      A proof tells that the book lies in the set that its rule admits under its snapshot: an intersection \
      of half-spaces with public coefficients. k different sets tell at most k bits; the same question \
      asked again tells nothing new, and an order makes a question of its own. With --snapshot the half-spaces of \
      each set are counted. Proofs alone do not say which orders they were about: a guard file does.

        solvency leak-report proofs.jsonl --snapshot Examples/snapshot.json
        solvency leak-report --guard account/guard.json

      With --simulate a venue that chooses its snapshots attacks random books of five positions of at most \
      1,000 lots, 54.8 bits each, in seven ways: it varies position limits, exit fees, scenario rows, zones, depth or \
      margins, those of whole groups among them, or has the trader ask for orders. Traders are without a guard, with the standard policy, with a strict one, and with the policy of \
      --guard. A guard costs an attacker time: where something has to be moved to ask, moves are small; orders need \
      no move, so that only the budget is in the way, and a book is gone after as many answers as it has bits. A \
      cleverer venue may learn more, at most one bit an answer.

        solvency leak-report --simulate --books 16
      """)

  @Argument(
    help: "Proof files, one proof each or JSON Lines.", completion: .file(extensions: ["json", "jsonl"]))
  var proofs: [String] = []

  @Option(
    name: .customLong("guard"), help: "A guard file; each account in it is reported.",
    completion: .file(extensions: ["json"]))
  var guardFile: String?

  @Option(help: "A snapshot of the proofs; repeat it for more.", completion: .file(extensions: ["json"]))
  var snapshot: [String] = []

  @Option(
    help:
      "A circuit of the proofs, by name or file; repeat it for more. All that come with the command by default.",
    completion: .list(BuiltInCircuits.sources.map(\.name)))
  var circuit: [String] = []

  @OptionGroup var simulation: LeakSimulationOptions
  @OptionGroup var output: OutputOptions

  func validate() throws {
    guard !proofs.isEmpty || guardFile != nil || simulation.simulate else {
      throw ValidationError("Give proofs, --guard or --simulate.")
    }
  }

  func perform() throws -> Report {
    let guarded = try guardFile.map { path throws(ToolFailure) in try Documents.snapshotGuard(path) }
    var records = try records(of: proofs)
    if let guarded, let guardFile {
      let asked = Self.records(of: guarded.questions)
      records += asked.isEmpty ? [LeakRecord(name: guardFile, questions: [])] : asked
    }
    let rules = try LeakRules(circuits: circuit, snapshots: snapshot)
    var texts = records.map { $0.text(rules) }
    var members = [JSONMember("records", .array(records.map { $0.json(rules) }))]
    if simulation.simulate {
      let rows = try simulation.run(besides: guarded?.policy)
      texts.append(LeakSimulationOptions.text(rows))
      members.append(JSONMember("simulation", .array(rows.map(\.json))))
    }
    return Report(text: texts.joined(separator: "\n\n"), data: .object(members))
  }

  /// The questions that proofs answer, by account in the order of the first proof of each.
  private func records(of paths: [String]) throws(ToolFailure) -> [LeakRecord] {
    guard !paths.isEmpty else { return [] }
    var source = try ProofSource(paths)
    var questions: [SnapshotGuard.Question] = []
    while let item = try source.next() {
      let context = try ToolFailure.wrapping(item.label.text) {
        try ProofEnvelope(decoding: item.bytes).context
      }
      questions.append(
        SnapshotGuard.Question(
          about: context.account, time: context.issued.seconds, circuit: context.circuit,
          snapshot: context.snapshot,
          kind: context.kind, sequence: context.sequence))
    }
    return Self.records(of: questions)
  }

  /// Questions by account, in the order of the first about each.
  private static func records(of questions: [SnapshotGuard.Question]) -> [LeakRecord] {
    var records: [LeakRecord] = []
    for question in questions {
      let name = question.account.description
      if let index = records.firstIndex(where: { $0.name == name }) {
        records[index].questions.append(question)
      } else {
        records.append(LeakRecord(name: name, questions: [question]))
      }
    }
    return records
  }
}

/// Rules by the digests that questions name them with, to count their half-spaces.
struct LeakRules {
  private let catalog = RuleCatalog()
  private var registries: [Digest: Digest] = [:]

  init(circuits: [String], snapshots: [String]) throws(ToolFailure) {
    for name in circuits.isEmpty ? BuiltInCircuits.sources.map(\.name) : circuits {
      catalog.register(try Documents.circuit(name))
    }
    for path in snapshots {
      let snapshot = try Documents.snapshot(path)
      registries[snapshot.digest] = try Documents.registry(of: snapshot, at: path).digest
      catalog.register(snapshot)
    }
  }

  /// The circuit's name and how many inequalities the rule has, as far as they are known.
  func describe(_ question: SnapshotGuard.Question) -> (circuit: String?, rows: Int?) {
    let circuit = catalog.circuit(question.circuit)?.name
    guard let registry = registries[question.snapshot] else { return (circuit, nil) }
    let key = MarginRule.Key(
      circuit: question.circuit, snapshot: question.snapshot, registry: registry, kind: question.kind)
    return (circuit, (try? catalog.rule(key))?.statement.draft.rows.count)
  }
}

/// The questions that were answered about one account.
struct LeakRecord {
  let name: String
  var questions: [SnapshotGuard.Question]

  /// One question of each kind, in the order they were first asked.
  private var sets: [SnapshotGuard.Question] {
    var seen: Set<[UInt8]> = []
    return questions.filter { question in
      let key =
        question.circuit.bytes + question.snapshot.bytes + Array(question.kind.rawValue.utf8)
        + (question.order?.bytes ?? [])
      return seen.insert(key).inserted
    }
  }

  func text(_ rules: LeakRules) -> String {
    let report = LeakReport(of: questions)
    var states = TextTable([">sequence", ">answers", ">sets", ">snapshots", ">orders", ">bits at most"])
    for state in report.states {
      states.add([
        "\(state.sequence)", "\(state.questions)", "\(state.sets)", "\(state.snapshots)", "\(state.orders)",
        "\(state.bits)",
      ])
    }
    var asked = TextTable(["first asked", "rule", "", "snapshot", "order", ">half-spaces", ">costs at most"])
    for question in sets {
      let (circuit, rows) = rules.describe(question)
      asked.add([
        Timestamp(seconds: question.time).text,
        circuit ?? "\(question.circuit)".prefix(16) + "…", question.kind.rawValue,
        "\(question.snapshot)".prefix(16) + "…", question.order.map { "\($0)".prefix(8) + "…" } ?? "none",
        rows.map { "\($0)" } ?? "unknown", "1 bit",
      ])
    }
    let title = "\(Console.singleLine(name)): answers \(questions.count), bits told at most \(report.bits)"
    return ([title] + states.lines + [""] + asked.lines).joined(separator: "\n")
  }

  func json(_ rules: LeakRules) -> JSONValue {
    let report = LeakReport(of: questions)
    return [
      "name": .string(name), "answers": .integer(questions.count), "bits": .integer(report.bits),
      "states": .array(
        report.states.map { state in
          [
            "sequence": .integer(state.sequence), "answers": .integer(state.questions),
            "sets": .integer(state.sets), "snapshots": .integer(state.snapshots),
            "bits": .integer(state.bits),
          ]
        }),
      "sets": .array(
        sets.map { question in
          let (circuit, rows) = rules.describe(question)
          return [
            "firstAsked": .integer(question.time), "circuit": .string("\(question.circuit)"),
            "circuitName": circuit.map { .string($0) } ?? .null, "kind": .string(question.kind.rawValue),
            "snapshot": .string("\(question.snapshot)"),
            "order": question.order.map { .string("\($0)") } ?? .null, "bitsAtMost": 1,
            "halfSpaces": rows.map { .integer($0) } ?? .null,
          ]
        }),
    ]
  }
}
