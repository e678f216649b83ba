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
  /// Of every variable, whether it is a factor of a product.
  let isFactor: [Bool]
  /// Rows that can fail and hold a product.
  private let productRows: [Int]
  /// What one run of the rules costs, in the units of a linear program's work.
  let evaluationCost: Int

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
    var isFactor = [Bool](repeating: false, count: compiled.statement.variableCount)
    for gate in compiled.statement.draft.gates {
      for term in gate.left.terms + gate.right.terms where term.variable < isFactor.count {
        isFactor[term.variable] = true
      }
    }
    self.isFactor = isFactor
    productRows = compiled.statement.draft.rows.indices.filter { row in
      !effects.alwaysHolds[row]
        && compiled.statement.draft.rows[row].form.terms.contains { $0.variable >= isFactor.count }
    }
    let termCount = compiled.statement.draft.rows.reduce(0) { $0 + $1.form.terms.count }
    (sliceCost, gateCost) = (4 * termCount, 16 * (compiled.statement.gateCount + productRows.count))
    evaluationCost = compiled.tape.stepCount * Self.costOfStep
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

  /// The work of a step of the rules.
  private static let costOfStep = 8

  /// The work of looking at all rows once, and at all products and the rows that hold them.
  let (sliceCost, gateCost): (Int, Int)

  /// A cell over the variables of the statement.
  func form(of cell: Int) -> AffineForm? {
    if let coordinate = cells[cell].coordinate { return statement.draft.links[0][coordinate] }
    guard let variable = variables[cell] else { return nil }
    return AffineForm(
      terms: [AffineForm.Term(variable: variable, coefficient: 1)], constant: cells[cell].interval.lower)
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
    let (draft, isEquality) = (compiled.statement.draft, compiled.elaboration.isEquality)
    var rows: [Int: [(row: Int, factor: Integer)]] = [:]
    for (cell, variable) in zip(compiled.elaboration.cells, variables) {
      if case .committed = cell.role, let variable { rows[variable] = [] }
    }
    for (index, row) in draft.rows.enumerated() where canFail[index] {
      for term in row.form.terms where rows[term.variable] != nil {
        if isEquality[index] {
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

  // MARK: Pieces of rules

  /// Steps of the rules, and pieces, that are looked at for one set.
  private static let (pieceSteps, mostPieces) = (100_000, 20_000)

  /// What the rules are made of over the committed values of a set, all others as in the empty book; and what
  /// it cost.
  func pieces(over support: Support) -> (pieces: [[RulePiece]], work: Int) {
    let chosen = Set(support.committed)
    let start = cells.indices.map { cell -> [RulePiece] in
      guard cells[cell].coordinate != nil else { return [] }
      let interval = cells[cell].interval
      let form =
        chosen.contains(cell)
        ? CellForm(terms: [cell: 1]) : CellForm(constant: min(max(0, interval.lower), interval.upper))
      return [RulePiece(form: form)]
    }
    let found = PieceCells(start, limit: Self.mostPieces)
    let evaluator = PublicEvaluator(program: compiled.program, meter: Meter(mostSteps: Self.pieceSteps))
    let interpreter = Interpreter(evaluator: evaluator, domain: PieceDomain(cells: found))
    for case .advice(let cell, let rule, let scope) in compiled.elaboration.steps {
      // Beyond the steps the rest stays unknown.
      guard let pieces = try? interpreter.number(evaluator[rule], scope) else { break }
      found.pieces[cell] = pieces
    }
    return (found.pieces, found.spent * 64 + evaluationCost)
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

  /// Rows with products that values do not meet.
  func failingProductRows(_ values: [Integer]) -> [Int] {
    let all = withGates(values)
    return productRows.filter { !meets($0, withGates: all) }
  }

  private func meets(_ row: Int, withGates all: [Integer]) -> Bool {
    let value = Self.value(statement.draft.rows[row].form, all)
    return isEquality[row] ? value.isZero : !value.isNegative
  }

  /// Whether values meet some rows.
  func meets(_ rows: [Int], _ values: [Integer]) -> Bool {
    let all = withGates(values)
    return rows.allSatisfy { meets($0, withGates: all) }
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

  /// What the rule, with advice computed as written, says of a book.
  enum Verdict {
    case met
    case refused(DifferenceReport.Objection)
    /// It meets every requirement, and a rule gives a value that its range has no room for.
    case leavesRange(name: String)
  }

  /// What the rule, with advice computed as written, says of a book.
  func verdict(on book: [Int64]) -> Verdict {
    guard let evaluation = try? compiled.evaluate(book.span) else { return .met }
    switch evaluation.admission {
    case .beyondBound(let name):
      return failure(at: book).map { .refused($0) } ?? .leavesRange(name: name)
    case .notAdmitted(let name):
      return .refused(.notAdmitted(name: name))
    case .admitted:
      guard let failing = evaluation.requirements.first(where: { !$0.holds }) else { return .met }
      return .refused(.requirementFails(name: failing.name, value: failing.value.asInteger()))
    }
  }

  /// A requirement that fails at a book whose advice leaves its range, with what the rules give all the same.
  private func failure(at book: [Int64]) -> DifferenceReport.Objection? {
    guard let cells = Self.ruled(compiled, committedValues(of: book), tracking: []) else { return nil }
    let evaluator = PublicEvaluator(program: compiled.program, meter: Meter(for: compiled.program))
    let interpreter = Interpreter(evaluator: evaluator, domain: SlopeDomain(cells: cells))
    for (row, requirement) in compiled.elaboration.requirements.enumerated() {
      guard let slack = (try? interpreter.slack(of: requirement))?.value else { return nil }
      if isEquality[row] ? !slack.isZero : slack.isNegative {
        return .requirementFails(name: requirement.name, value: slack)
      }
    }
    return nil
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
    _ compiled: CompiledCircuit, _ committed: [Integer?], tracking: Set<Int>, comparing: Bool = false
  ) -> SlopedCells? {
    let cells = SlopedCells(count: committed.count)
    if comparing { cells.comparisons = [] }
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

  /// Where between two values the plain rule changes: the parts of the way at which one side of a comparison,
  /// a maximum or a minimum meets the other, as numerator and denominator, the first ones.
  func breakpoints(
    from values: [Integer], to next: [Integer], limit: Int
  ) -> [(numerator: Integer, denominator: Integer)] {
    guard let first = comparisons(at: values), let second = comparisons(at: next),
      first.count == second.count
    else { return [] }
    var found: [(numerator: Integer, denominator: Integer)] = []
    for (a, b) in zip(first, second) where a.isNegative != b.isNegative || a.isZero != b.isZero {
      let (numerator, denominator) = (a.magnitude, (a - b).magnitude)
      guard !numerator.isZero, numerator < denominator,
        !found.contains(where: { $0.numerator * denominator == numerator * $0.denominator })
      else { continue }
      found.append((numerator, denominator))
      if found.count >= limit { break }
    }
    return found.sorted { $0.numerator * $1.denominator < $1.numerator * $0.denominator }
  }

  /// What the sides of all comparisons of the plain rule differ by.
  private func comparisons(at values: [Integer]) -> [Integer]? {
    guard let book = book(of: values) else { return nil }
    let cells = Self.ruled(compiled, committedValues(of: book), tracking: [], comparing: true)
    guard let cells else { return nil }
    let evaluator = PublicEvaluator(program: compiled.program, meter: Meter(for: compiled.program))
    let interpreter = Interpreter(evaluator: evaluator, domain: SlopeDomain(cells: cells))
    for requirement in compiled.elaboration.requirements { _ = try? interpreter.slack(of: requirement) }
    return cells.comparisons
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
