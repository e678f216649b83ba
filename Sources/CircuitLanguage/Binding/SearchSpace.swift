internal import CircuitProofs
internal import ExactIntegers
internal import Ristretto

/// A compiled circuit as the search sees it: variables, rows, what a book is made of, and the plain rule.
struct SearchSpace {
  /// Committed cells that may hold something; all others are as in the empty book.
  struct Support: Hashable {
    var committed: [Int]
  }

  let compiled: CompiledCircuit
  /// Of every cell, its variable, or the output of its product.
  let variables: [Int?]
  /// Of every advice cell and its variable.
  let adviceCells: [(cell: Int, variable: Int)]
  /// Of every row, whether it can fail.
  let canFail: [Bool]
  let isEquality: [Bool]
  /// The values that the rules give for a book with nothing in it, or as little as is admitted.
  let emptyValues: [Integer]
  /// Sides of links that may be raised together, and help some row.
  let phantoms: [BothSides.Pair]
  /// What rules of advice divide by, the smallest few.
  let divisors: [Integer]
  /// Of each committed value with a range that inequalities hold from one side only, these rows; no product
  /// has it.
  let holding: [Int: (rows: [(row: Int, factor: Integer)], isNeeded: Bool)]
  private let sources: [Set<Int>]

  var statement: Statement { compiled.statement }
  var hasGates: Bool { statement.gateCount > 0 }
  private var cells: [Cell] { compiled.elaboration.cells }

  init(_ compiled: CompiledCircuit) {
    self.compiled = compiled
    let cells = compiled.elaboration.cells
    let variables = StatementBuilder.number(cells)
    self.variables = variables
    adviceCells = cells.indices.compactMap { cell in
      guard cells[cell].role == .advice, let variable = variables[cell] else { return nil }
      return (cell, variable)
    }
    isEquality = compiled.elaboration.isEquality
    let effects = RowEffects(compiled.statement, isEquality: isEquality)
    canFail = effects.alwaysHolds.map { !$0 }
    phantoms = BothSides(compiled, effects).pairs.filter { !$0.isThroughProduct }
    sources = Self.sources(compiled)
    holding = Self.holding(compiled, variables, canFail)
    var empty = [Integer](repeating: 0, count: compiled.statement.variableCount)
    let numbers = Self.ruled(
      compiled,
      cells.map { cell in
        cell.coordinate == nil ? nil : min(max(0, cell.interval.lower), cell.interval.upper)
      }, tracking: [])
    divisors = Array((numbers?.divisors ?? []).filter { $0 > 1 }.sorted().prefix(4))
    for (cell, variable) in variables.enumerated() where cells[cell].hasVariable {
      guard let variable else { continue }
      let interval = cells[cell].interval
      let value = numbers?.numbers[cell].value ?? interval.lower
      empty[variable] = min(max(value, interval.lower), interval.upper) - interval.lower
    }
    emptyValues = empty
  }

  // MARK: Supports

  /// Small sets of committed values: every one alone and every pair, each with the committed values that have
  /// no index (cash) and the first of each other family.
  func supports(limit: Int) -> (list: [Support], isCut: Bool) {
    var (single, families) = ([Int](), [SourceRange: [Int]]())
    let ignored = compiled.circuit.checked.tree.ignored
    for (index, cell) in cells.enumerated() where cell.coordinate != nil {
      if ignored.contains(String(cell.name.prefix { $0 != "[" })) { continue }
      if cell.name.contains("[") {
        families[cell.range, default: []].append(index)
      } else {
        single.append(index)
      }
    }
    let ordered = families.values.sorted { $0[0] < $1[0] }
    let firsts = ordered.map { $0[0] }
    let elements = ordered.flatMap { $0 }
    func support(_ chosen: [Int]) -> Support {
      // Of the families that are not chosen, the first element; it may pay for what is.
      let others = ordered.indices.filter { family in !chosen.contains { ordered[family].contains($0) } }
      return Support(committed: Array(Set(single + chosen + others.map { firsts[$0] })).sorted())
    }
    var (list, seen) = ([Support](), Set<Support>())
    func add(_ chosen: [Int]) {
      let made = support(chosen)
      if seen.insert(made).inserted { list.append(made) }
    }
    add([])
    for element in elements { add([element]) }
    // Neighbours first, then pairs at growing distance, so that a cut leaves no element without a pair.
    for distance in stride(from: 1, to: max(elements.count, 1), by: 1) where list.count <= limit {
      for index in elements.indices where index + distance < elements.count {
        add([elements[index], elements[index + distance]])
      }
    }
    return (Array(list.prefix(limit)), list.count > limit)
  }

  /// All committed values that the circuit is about; nil if there are no more than three, which the small
  /// sets have.
  var everything: Support? {
    let ignored = compiled.circuit.checked.tree.ignored
    let all = cells.indices.filter { index in
      cells[index].coordinate != nil && !ignored.contains(String(cells[index].name.prefix { $0 != "[" }))
    }
    return all.count > 3 ? Support(committed: all) : nil
  }

  /// - Parameter limit: most variables that may move.
  func slice(_ support: Support, limit: Int = .max) -> SearchSlice {
    SearchSlice(self, support, sources, limit: limit)
  }

  private static func holding(
    _ compiled: CompiledCircuit, _ variables: [Int?], _ canFail: [Bool]
  ) -> [Int: (rows: [(row: Int, factor: Integer)], isNeeded: Bool)] {
    let draft = compiled.statement.draft
    var rows: [Int: [(row: Int, factor: Integer)]] = [:]
    for (cell, variable) in zip(compiled.elaboration.cells, variables) {
      if case .committed = cell.role, let variable { rows[variable] = [] }
    }
    for (index, row) in draft.rows.enumerated() where canFail[index] {
      for term in row.form.terms where rows[term.variable] != nil {
        if compiled.elaboration.isEquality[index] {
          rows[term.variable] = nil
        } else {
          rows[term.variable]?.append((index, term.coefficient))
        }
      }
    }
    for gate in draft.gates {
      for term in gate.left.terms + gate.right.terms { rows[term.variable] = nil }
    }
    return rows.compactMapValues { rows in
      guard let first = rows.first,
        rows.allSatisfy({ $0.factor.isNegative == first.factor.isNegative })
      else { return nil }
      return (rows, !first.factor.isNegative)
    }
  }

  private static func sources(_ compiled: CompiledCircuit) -> [Set<Int>] {
    let cells = DependencyCells(compiled.elaboration.cells)
    let evaluator = PublicEvaluator(program: compiled.program, meter: Meter(for: compiled.program))
    let interpreter = Interpreter(evaluator: evaluator, domain: DependencyDomain(cells: cells))
    for step in compiled.elaboration.steps {
      switch step {
      case .advice(let cell, let rule, let scope):
        cells.sources[cell] = (try? interpreter.number(evaluator[rule], scope)) ?? []
      case .product(let cell, let left, let right, let scope):
        let both = [left, right].map { (try? interpreter.number(evaluator[$0], scope)) ?? [] }
        cells.sources[cell] = both[0].union(both[1])
      }
    }
    return cells.sources
  }

  // MARK: The rows

  /// Whether values meet every bound and row of the statement.
  func meetsRows(_ values: [Integer]) -> Bool {
    let witness = Witness(SecretBlock<Int256>(count: values.count) { Int256(truncating: values[$0]) })
    do {
      try statement.check(witness)
      return true
    } catch {
      return false
    }
  }

  /// The values of the outputs of all products too.
  func withGates(_ values: [Integer]) -> [Integer] {
    var all = values
    for gate in statement.draft.gates { all.append(Self.value(gate.left, all) * Self.value(gate.right, all)) }
    return all
  }

  static func value(_ form: AffineForm, _ values: [Integer]) -> Integer {
    form.terms.reduce(form.constant) { $0 + $1.coefficient * values[$1.variable] }
  }

  /// The book that the links make of values; nil if it is beyond what a book can hold.
  func book(of values: [Integer]) -> [Int64]? {
    let all = withGates(values)
    var book = [Int64](repeating: 0, count: compiled.coordinates.count)
    for (coordinate, form) in statement.draft.links[0] {
      guard let value = Self.value(form, all).int64, Elaborator.linkedInterval.contains(Integer(value)) else {
        return nil
      }
      book[coordinate] = value
    }
    return book
  }

  // MARK: The plain rule

  /// Why the rule, with advice computed as written, refuses a book; nil if it meets it.
  func objection(to book: [Int64]) -> DifferenceReport.Objection? {
    guard let evaluation = try? compiled.evaluate(book.span) else { return nil }
    switch evaluation.admission {
    case .notAdmitted(let name), .beyondBound(let name):
      return .notAdmitted(name: name)
    case .admitted:
      guard let failing = evaluation.requirements.first(where: { !$0.holds }) else { return nil }
      return .requirementFails(name: failing.name, value: failing.value.asInteger())
    }
  }

  /// What the rules give for a book, by cell.
  func ruledAdvice(for book: [Int64]) -> [Integer]? {
    Self.ruled(compiled, committedValues(of: book), tracking: [])?.numbers.map(\.value)
  }

  /// The values of an honest prover for a book, within their bounds; nil if the rules give none.
  func ruledValues(for book: [Int64]) -> [Integer]? {
    guard let numbers = ruledAdvice(for: book) else { return nil }
    var values = emptyValues
    for (cell, variable) in variables.enumerated() where cells[cell].hasVariable {
      guard let variable else { continue }
      let interval = cells[cell].interval
      values[variable] = min(max(numbers[cell], interval.lower), interval.upper) - interval.lower
    }
    return values
  }

  private func committedValues(of book: [Int64]) -> [Integer?] {
    cells.map { cell in cell.coordinate.map { Integer(book[$0]) } }
  }

  /// Runs the rules over committed values, with slopes along some of them.
  private static func ruled(
    _ compiled: CompiledCircuit, _ committed: [Integer?], tracking: Set<Int>
  ) -> SlopedCells? {
    let cells = SlopedCells(count: committed.count)
    for (index, value) in committed.enumerated() {
      guard let value else { continue }
      cells.numbers[index] = SlopedNumber(
        value: value, slope: tracking.contains(index) ? [index: SlopedNumber.unit] : [:])
    }
    let evaluator = PublicEvaluator(program: compiled.program, meter: Meter(for: compiled.program))
    let interpreter = Interpreter(evaluator: evaluator, domain: SlopeDomain(cells: cells))
    do {
      for step in compiled.elaboration.steps {
        switch step {
        case .advice(let cell, let rule, let scope):
          cells.numbers[cell] = try interpreter.number(evaluator[rule], scope)
        case .product(let cell, let left, let right, let scope):
          let (a, b) = (
            try interpreter.number(evaluator[left], scope), try interpreter.number(evaluator[right], scope)
          )
          cells.numbers[cell] = interpreter.domain.product(a, b)
        }
      }
    } catch {
      return nil
    }
    return cells
  }

  /// The slack of every requirement, advice by its rules, at the book of some values; nil if the rules give
  /// none.
  func slacks(at values: [Integer]) -> [Integer]? {
    guard let interpreter = ruledInterpreter(at: values, tracking: []) else { return nil }
    return compiled.elaboration.requirements.map { (try? interpreter.slack(of: $0))?.value ?? 0 }
  }

  /// How the slack of each of some requirements moves with each committed cell, at the book of some values.
  func slackSlopes(of row: Int, at values: [Integer], along tracked: Set<Int>) -> [Int: Integer] {
    guard let interpreter = ruledInterpreter(at: values, tracking: tracked),
      let slack = try? interpreter.slack(of: compiled.elaboration.requirements[row])
    else { return [:] }
    // An equality fails on both sides; it is followed to the side that it leans to.
    if isEquality[row], slack.value > 0 { return slack.slope.mapValues { -$0 } }
    return slack.slope
  }

  private func ruledInterpreter(
    at values: [Integer], tracking: Set<Int>
  ) -> Interpreter<SlopeDomain>? {
    guard let book = book(of: values),
      let cells = Self.ruled(compiled, committedValues(of: book), tracking: tracking)
    else { return nil }
    let evaluator = PublicEvaluator(program: compiled.program, meter: Meter(for: compiled.program))
    return Interpreter(evaluator: evaluator, domain: SlopeDomain(cells: cells))
  }
}
