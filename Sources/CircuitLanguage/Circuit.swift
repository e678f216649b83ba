public import CanonicalBytes
internal import CircuitProofs
internal import ExactIntegers
internal import Ristretto

/// A margin rule as its author wrote it: parsed, names resolved, not yet given its parameters.
///
/// ```
/// circuit solvent version 1
/// parameters snapshot
///
/// committed debt in 0 ... limit, cash
/// advice surplus in 0 ... 2^62 - 1 := max(cash, 0)
/// link cash == surplus
/// require "debt is covered" : surplus - price * debt >= 0
/// ```
///
/// The language is total: loops run over finite public lists, nothing recurses, and the number of
/// steps is limited.
public struct Circuit: Sendable {
  /// What the digest begins with.
  static let digestDomain = "solvency/circuit/v1"

  /// The name that the file declares.
  public let name: String
  /// The version that the file declares.
  public let version: Int
  /// SHA-256 over `solvency/circuit/v1` and the exact bytes of the source.
  public let digest: Digest

  /// The exact bytes of the source.
  public var sourceBytes: [UInt8] { source.bytes }

  let source: SourceText
  let checked: CheckedTree
  let resolved: ResolvedCircuit

  /// Parses the bytes of a circuit file.
  ///
  /// - Parameters:
  ///   - bytes: any bytes; at most 1 MiB are accepted.
  ///   - file: the name that diagnostics begin with.
  /// - Throws: every mistake that shows without the parameters.
  public init(parsing bytes: [UInt8], named file: String) throws(CircuitError) {
    guard bytes.count <= SourceText.maximumByteCount else {
      var problems = ProblemList()
      problems.append(
        Problem(
          .tooLong, "a circuit has at most \(SourceText.maximumByteCount) bytes",
          at: SourceRange(lower: 0, upper: 0)))
      let start = SourceText(name: file, bytes: Array(bytes.prefix(SourceText.shownWidth)))
      throw problems.failure(in: start)
    }
    source = SourceText(name: file, bytes: bytes)
    checked = try Checker.check(source)
    resolved = ResolvedCircuit(checked)
    name = checked.tree.name.text
    version = checked.tree.version
    digest = SHA256.digest(of: Array(Self.digestDomain.utf8), bytes)
  }

  /// Parses the text of a circuit file.
  ///
  /// - Throws: ``CircuitError`` with every mistake that shows without parameters, each with its place.
  public init(parsing text: String, named file: String) throws(CircuitError) {
    try self.init(parsing: Array(text.utf8), named: file)
  }

  /// Checks that the circuit asks for no parameters but some, without any values for them.
  ///
  /// - Parameter known: the names at the root of the parameters that the circuit is meant for.
  /// - Throws: every other name that the circuit does not declare.
  public func checkParameterNames(_ known: Set<String>) throws(CircuitError) {
    let declared = checked.tree.declarations.compactMap(\.name) + checked.locals
    let all = known.union(declared.map(\.text))
    var problems = ProblemList()
    for name in checked.unresolved where !known.contains(name.text) {
      problems.append(
        Problem(
          .unknownName, "unknown name `\(name.text)`", at: name.range,
          notes: problems.isFull ? [] : Suggestion.helpOrList(for: name.text, among: all, "there are")))
    }
    if let error = problems.error(in: source) { throw error }
  }

  /// The circuit under public parameters: a statement, and the rules that make a witness for it.
  ///
  /// The same circuit, parameters and coordinates give the same statement, byte for byte, on every
  /// machine.
  ///
  /// - Parameters:
  ///   - parameters: a record; its fields are the names that the circuit does not declare.
  ///   - coordinates: the registry of the account. Coordinates that the circuit does not commit are
  ///     proved to be 0.
  /// - Throws: every mistake that shows with these parameters, with the magnitude of what would wrap.
  public func compiled(
    with parameters: ParameterValue, coordinates: CoordinateMap
  ) throws(CircuitError) -> CompiledCircuit {
    let (compiled, ruleIntervals) = try unjudged(with: parameters, coordinates: coordinates)
    let judge = AdviceJudge(compiled, ruleIntervals)
    if let error = judge.problems.error(in: source) { throw error }
    return compiled
  }

  /// The circuit under public parameters although nothing may bind its advice: for tests that cheat.
  package func compiledWithoutJudgement(
    with parameters: ParameterValue, coordinates: CoordinateMap
  ) throws(CircuitError) -> CompiledCircuit {
    try unjudged(with: parameters, coordinates: coordinates).compiled
  }

  private func unjudged(
    with parameters: ParameterValue, coordinates: CoordinateMap
  ) throws(CircuitError) -> (compiled: CompiledCircuit, ruleIntervals: [IntegerInterval]) {
    guard case .record(let root) = parameters else {
      throw error(
        Problem(.invalidParameters, "the parameters are a record", at: checked.tree.parameters.range))
    }
    if let error = Elaborator.problems(of: checked, with: root).error(in: source) { throw error }
    let program = Program(resolved, parameters: root)
    let meter = Meter(for: program)
    let elaborator = Elaborator(program, coordinates: coordinates, meter: meter)
    if let error = elaborator.problems.error(in: source) { throw error }
    let elaboration = elaborator.elaboration
    let evaluator = PublicEvaluator(program: elaborator.program, meter: meter)
    let pass = IntervalPass(elaboration, evaluator)
    if let error = pass.problems.error(in: source) { throw error }
    guard let tape = pass.tape else {
      throw error(Problem(.invalidParameters, "this circuit has no tape", at: checked.tree.name.range))
    }
    let builder = StatementBuilder(elaboration, evaluator, coordinateCount: coordinates.count)
    if let error = builder.problems.error(in: source) { throw error }
    let statement: Statement
    do {
      statement = try builder.statement()
    } catch {
      throw self.error(error)
    }
    let compiled = CompiledCircuit(
      circuit: self, coordinates: coordinates, statement: statement, program: elaborator.program,
      elaboration: elaboration, tape: tape)
    return (compiled, pass.ruleIntervals)
  }

  func error(_ problem: Problem) -> CircuitError {
    CircuitError(diagnostics: [source.diagnostic(for: problem)], omittedCount: 0)
  }
}
