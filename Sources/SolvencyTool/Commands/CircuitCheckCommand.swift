internal import ArgumentParser
internal import CanonicalBytes
internal import CircuitLanguage
internal import CommandSupport
internal import MarginRules
internal import Solvency

/// `solvency circuit check`
struct CircuitCheckCommand: Verb {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Check a circuit file: mistakes, what binds its advice, and a search for a book that cheats.",
    discussion: """
      A proof proves the range of an advice value, not its rule: rows and links have to say what the rule \
      computes. The command refuses advice that may sit at a bound whatever the book is, tells of every other one \
      which rows and links hold it, and searches, by linear programs over the rows, for a book that a prover could \
      prove although the rule as written refuses it. If none is found it says what was searched; that proves nothing. \
      Without --snapshot all of it is done under the example that comes with the command.

      Exits 0 if nothing was found, 2 with a book that shows a difference, 65 for a circuit with mistakes; with \
      --strict-circuits it exits 2 as well where it warns that the circuit proves less than it seems to, or where \
      nothing could be searched, which the first line says. A circuit that names an element or an attribute which the \
      example has not is not searched: give its snapshot.

        solvency circuit check my-rule.circuit --snapshot Examples/snapshot.json
        solvency circuit check my-rule.circuit --strict-circuits
      """)

  @Argument(
    help: "The circuit: a file, or the name of one that comes with the command.",
    completion: .file(extensions: ["circuit"]))
  var file: String

  @Option(
    help: "The snapshot to check it under. By default an example that comes with the command.",
    completion: .file(extensions: ["json"]))
  var snapshot: String?

  @Option(help: "Which requirement: initial or maintenance.")
  var kind: MarginKind = .initial

  @Option(help: "How many sets of coordinates to search, each with all others empty.")
  var supports = SearchLimits.standard.supports

  @Flag(
    help: """
      Exit 2 for a circuit that requires nothing, requires it of empty lists, forgets a committed value, lets the empty \
      book pass alone, or lets both sides of a link be raised together where that helps.
      """)
  var strictCircuits = false

  @OptionGroup var output: OutputOptions

  func validate() throws {
    guard (0...1 << 16).contains(supports) else { throw ValidationError("--supports is 0 to 65536.") }
  }

  func perform() throws -> Report {
    let circuit = try Documents.circuit(file)
    try ToolFailure.wrapping(file) { try circuit.checkParameterNames(SnapshotParameters.names) }
    let place = snapshot ?? "the example snapshot"
    let market =
      try snapshot.map { path throws(ToolFailure) in try Documents.snapshot(path) } ?? Self.example()
    let registry = try Documents.registry(of: market, at: place)
    let rule: MarginRule
    do throws(MarginRuleError) {
      rule = try MarginRule(circuit: circuit, snapshot: market, kind: kind, registry: registry)
    } catch {
      guard snapshot == nil, Self.isAboutParameters(error) else {
        throw ToolFailure(error, of: file, under: place)
      }
      return unchecked(circuit, error)
    }
    var limits = SearchLimits.standard
    limits.supports = supports
    let search = rule.compiled.searchForDifference(limits: limits)
    return CircuitFindings(
      circuit: circuit, file: InputFile.name(file), place: place, rule: rule, search: search,
      notes: market.notes, isStrict: strictCircuits
    )
    .report
  }

  /// The snapshot that is looked at without another one.
  private static func example() throws(ToolFailure) -> RiskSnapshot {
    try ToolFailure.wrapping("the example snapshot") {
      try RiskSnapshot(json: Array(BuiltInSnapshot.text.utf8))
    }
  }

  /// Whether a circuit may be in order under another snapshot.
  private static func isAboutParameters(_ error: MarginRuleError) -> Bool {
    guard case .circuit(let mistakes) = error else { return false }
    let codes: Set<Diagnostic.Code> = [.unknownElement, .unknownCoordinate, .emptyList, .neverHolds]
    return mistakes.omittedCount == 0
      && mistakes.diagnostics.allSatisfy { codes.contains($0.code) || isAboutAttributes($0) }
  }

  /// Attributes are the snapshot's own: the example declares none.
  private static func isAboutAttributes(_ mistake: Diagnostic) -> Bool {
    mistake.code == .unknownField && mistake.message.contains("`attributes`")
  }

  /// What can be said of a circuit for another market than the example's.
  private func unchecked(_ circuit: Circuit, _ error: MarginRuleError) -> Report {
    var mistakes: [Diagnostic] = []
    if case .circuit(let found) = error { mistakes = found.diagnostics }
    let notSearched =
      "not searched: the circuit does not fit the example snapshot; give yours with --snapshot"
    let details = mistakes.flatMap { mistake in
      ["  line \(mistake.line), column \(mistake.column): \(mistake.message)"]
        + mistake.notes.map { "    \($0)" }
    }
    return Report(
      text: """
        \(InputFile.name(file)): \(notSearched)
          name      \(circuit.name) version \(circuit.version)
          digest    \(circuit.digest)
          checked   grammar, and names that do not depend on a snapshot
          unchecked elements, numbers, what binds advice, warnings, and any book; because of
        \(details.joined(separator: "\n"))
        """,
      data: [
        "name": .string(circuit.name), "version": .integer(circuit.version),
        "digest": .string(circuit.digest.description), "isSearched": .bool(false),
        "notSearched": .string(notSearched), "advice": .array([]),
        "parameters": CircuitFindings.parameters(of: circuit), "notes": .array([]), "warnings": .array([]),
        "search": .null, "difference": .null, "rangeFault": .null,
        "mistakes": .array(
          mistakes.map {
            [
              "line": .integer($0.line), "column": .integer($0.column), "message": .string($0.message),
              "notes": .array($0.notes.map { .string($0) }),
            ]
          }),
      ], isPositive: !strictCircuits)
  }
}
