internal import CircuitProofs
internal import ExactIntegers

/// What holds an advice value, since its rule is not proved: the rows and links that it stands in.
///
/// A row holds a value *up* if it can fail when the value is too small, and *down* if it can fail when it is
/// too large. A link or an equality holds it both ways. A value that nothing holds up may sit at its lower
/// bound whatever the book is, one that nothing holds down at its upper bound; its rule is then without
/// effect, and the circuit does not compile.
public struct AdviceUse: Hashable, Sendable {
  /// The element, such as `reserve[BTC]`.
  public let name: String
  /// Line of its declaration.
  public let line: Int
  /// Coordinates whose links it is a part of.
  public let links: [String]
  /// Requirements that can fail when it is too small: they bind it from below.
  public let heldUpBy: [String]
  /// Requirements that can fail when it is too large: they bind it from above.
  public let heldDownBy: [String]
}

extension CompiledCircuit {
  /// Every advice value with what holds it, in the order of the declarations.
  public var adviceUses: [AdviceUse] {
    let effects = RowEffects(statement, isEquality: elaboration.isEquality)
    let variables = StatementBuilder.number(elaboration.cells)
    var (up, down) = (
      [[Int]](repeating: [], count: statement.variableCount),
      [[Int]](repeating: [], count: statement.variableCount)
    )
    for row in elaboration.requirements.indices where !effects.alwaysHolds[row] {
      effects.forEachEffect(ofRow: row) { variable, effect in
        if effect.contains(.raises), up[variable].last != row { up[variable].append(row) }
        if effect.contains(.lowers), down[variable].last != row { down[variable].append(row) }
      }
    }
    var links = [[String]](repeating: [], count: statement.variableCount)
    for (coordinate, form) in statement.draft.links[0].sorted(by: { $0.key < $1.key }) {
      effects.forEachEffect(in: form) { variable, _ in
        let name = coordinates.names[coordinate]
        if links[variable].last != name { links[variable].append(name) }
      }
    }
    func names(_ rows: [Int]) -> [String] { rows.map { elaboration.requirements[$0].name } }
    return zip(elaboration.cells, variables).compactMap { cell, variable in
      guard cell.role == .advice, let variable else { return nil }
      return AdviceUse(
        name: cell.name, line: circuit.source.line(at: cell.range.lower), links: links[variable],
        heldUpBy: names(up[variable]), heldDownBy: names(down[variable]))
    }
  }
}

extension Elaboration {
  /// Of each requirement, whether it is an equality.
  var isEquality: [Bool] { requirements.map { $0.source.relation == .equal } }
}

/// Finds advice that nothing binds.
struct AdviceJudge {
  let source: SourceText
  let tree: SyntaxTree
  let resolved: ResolvedCircuit
  let elaboration: Elaboration
  let statement: Statement
  /// Of every cell, what its rule can give at all.
  let ruleIntervals: [IntegerInterval]
  /// Families of committed values without a range.
  let unranged: Set<String>
  let program: Program

  init(_ compiled: CompiledCircuit, _ ruleIntervals: [IntegerInterval]) {
    let circuit = compiled.circuit
    source = circuit.source
    resolved = circuit.resolved
    elaboration = compiled.elaboration
    statement = compiled.statement
    program = compiled.program
    self.ruleIntervals = ruleIntervals
    var unranged: Set<String> = []
    for case .committed(let head, nil) in circuit.checked.tree.declarations {
      unranged.insert(head.name.text)
    }
    self.unranged = unranged
    tree = circuit.checked.tree
  }

  /// A problem for each family of advice with a value that may sit at a bound whatever the book is.
  var problems: ProblemList {
    let effects = RowEffects(statement, isEquality: elaboration.isEquality)
    var problems = ProblemList()
    var families: [SourceRange: Int] = [:]
    var first: [SourceRange: (cell: Int, rule: Node.ID, missing: Effect)] = [:]
    let variables = StatementBuilder.number(elaboration.cells)
    var order: [SourceRange] = []
    for case .advice(let index, let rule, _) in elaboration.steps {
      guard let variable = variables[index] else { continue }
      let cell = elaboration.cells[index]
      let held = effects.held[variable]
      guard held != .unknown else { continue }
      let free = Effect.unknown.subtracting(held)
      // A rule that can only give the bound at which the value may sit loses nothing.
      let given = ruleIntervals[index]
      if free == .raises, given == IntegerInterval(cell.interval.lower) { continue }
      if free == .lowers, given == IntegerInterval(cell.interval.upper) { continue }
      if cell.interval.lower == cell.interval.upper { continue }
      if first[cell.range] == nil {
        first[cell.range] = (index, rule, free)
        order.append(cell.range)
      }
      families[cell.range, default: 0] += 1
    }
    if order.isEmpty { return problems }
    let repair = AdviceRepair(self)
    for range in order {
      guard let (cell, rule, free) = first[range] else { continue }
      // What would repair it is found out for those that are shown; there may be as many as families.
      let isShown = problems.problems.count < CircuitError.maximumCount
      problems.append(
        problem(cell, rule, free, others: (families[range] ?? 1) - 1, effects, isShown ? repair : nil))
    }
    return problems
  }

  private func problem(
    _ index: Int, _ rule: Node.ID, _ free: Effect, others: Int, _ effects: RowEffects, _ repair: AdviceRepair?
  ) -> Problem {
    let cell = elaboration.cells[index]
    let more = others > 0 ? " (and \(others) more like it)" : ""
    let message: String
    if free == .unknown {
      message =
        "advice `\(cell.name)`\(more) is bound by nothing: every requirement that it stands in always holds"
    } else {
      let (bound, way) =
        free == .raises
        ? ("its lower bound \(cell.interval.lower)", "up")
        : ("its upper bound \(cell.interval.upper)", "down")
      message =
        "a prover may leave advice `\(cell.name)`\(more) at \(bound), whatever the book is: nothing holds it \(way)"
    }
    guard let repair else { return Problem(.unboundAdvice, message, at: cell.range) }
    var notes = free == .unknown ? [] : profiting(from: free, index, effects)
    notes += idle(index, effects)
    notes.append("note: its range is proved, its rule is not; state as rows or a link what the rule computes")
    notes += repair.idiom(for: rule, of: cell, free)
    let expression = resolved.expression(of: rule)
    if let name = linkedName(in: expression), !repair.isAbsolute(expression) {
      notes.append("note: `\(name)` has no range: rows speak of the values that its link is made of")
    }
    return Problem(.unboundAdvice, message, at: cell.range, notes: notes)
  }

  /// The rows that it stands in and that hold for whatever values: what they lack is often the mistake.
  private func idle(_ index: Int, _ effects: RowEffects) -> [String] {
    guard let variable = StatementBuilder.number(elaboration.cells)[index] else { return [] }
    var (names, lines) = ([String](), Set<Int>())
    for row in elaboration.requirements.indices where effects.alwaysHolds[row] {
      var isIn = false
      effects.forEachEffect(ofRow: row) { other, effect in
        if other == variable, !effect.isEmpty { isIn = true }
      }
      let requirement = elaboration.requirements[row]
      let line = source.line(at: requirement.source.range.lower)
      if isIn, lines.insert(line).inserted { names.append("\"\(requirement.name)\" (line \(line))") }
    }
    guard let first = names.first else { return [] }
    let others = names.count > 1 ? " and \(names.count - 1) more hold" : " holds"
    return [
      "note: \(first)\(others) for whatever values, and so \(names.count > 1 ? "bind" : "binds") nothing"
    ]
  }

  /// The rows that a value at the bound makes easier, the first of them by name.
  private func profiting(from free: Effect, _ index: Int, _ effects: RowEffects) -> [String] {
    guard let variable = StatementBuilder.number(elaboration.cells)[index] else { return [] }
    var rows: [Int] = []
    for row in elaboration.requirements.indices where !effects.alwaysHolds[row] {
      effects.forEachEffect(ofRow: row) { other, effect in
        if other == variable, !effect.isEmpty, rows.last != row { rows.append(row) }
      }
    }
    guard let row = rows.first else { return [] }
    let requirement = elaboration.requirements[row]
    let line = source.line(at: requirement.source.range.lower)
    let others = rows.count > 1 ? " and \(rows.count - 1) more" : ""
    let (way, other) = free == .raises ? ("smaller", "larger") : ("larger", "smaller")
    return [
      "note: a \(way) value helps \"\(requirement.name)\" (line \(line))\(others), and no requirement, link or "
        + "product needs a \(other) one"
    ]
  }

  /// Rows cannot speak of a committed value without a range; only its link can.
  func linkedName(in expression: Expression) -> String? {
    if case .name(let name) = expression.kind, unranged.contains(name) { return name }
    for part in expression.parts {
      if let name = linkedName(in: part) { return name }
    }
    return nil
  }
}
