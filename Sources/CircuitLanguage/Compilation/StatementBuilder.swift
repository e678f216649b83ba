internal import CircuitProofs
internal import ExactIntegers

/// Turns an elaborated circuit into a statement.
///
/// Variables are the committed values with a range and the advice values, in the order of their
/// declarations and then of their indices; gates are the products, rows the requirements, each in that order.
struct StatementBuilder {
  /// Slacks stay below this.
  private static let slackLimit = Integer.powerOfTwo(250)

  private let elaboration: Elaboration
  private let variables: [Int?]
  private var builder: FormBuilder
  private(set) var draft: StatementDraft
  private(set) var problems = ProblemList()
  /// What every variable and gate output is certain to be in.
  private var intervals = VariableIntervals()
  /// Where variables, gates and rows come from.
  private var variableSources: [SourceRange] = []
  private var gateSources: [SourceRange] = []
  private var linkSources: [Int: SourceRange] = [:]
  private var linkedCells: Set<Int> = []

  init(_ elaboration: Elaboration, _ evaluator: PublicEvaluator, coordinateCount: Int) {
    self.elaboration = elaboration
    draft = StatementDraft(links: [[:]], coordinateCount: coordinateCount)
    variables = StatementBuilder.number(elaboration.cells)
    builder = FormBuilder(evaluator: evaluator, cells: elaboration.cells, variables: variables)
    addVariables()
    addGates()
    addRows()
    addLinks()
    if problems.isEmpty { judgeUse() }
  }

  /// Variables first, then the outputs of the gates.
  static func number(_ cells: [Cell]) -> [Int?] {
    let bounded = cells.filter { $0.hasVariable }.count
    var (variable, gate) = (0, bounded)
    return cells.map { cell in
      switch cell.role {
      case .committed, .advice:
        defer { variable += 1 }
        return variable
      case .product:
        defer { gate += 1 }
        return gate
      case .linked:
        return nil
      }
    }
  }

  private mutating func addVariables() {
    for (cell, variable) in zip(elaboration.cells, variables) where cell.hasVariable {
      let bound = cell.interval.upper - cell.interval.lower
      draft.variableBounds.append(bound)
      intervals.append(IntegerInterval(0, bound))
      variableSources.append(cell.range)
      guard case .committed(let coordinate) = cell.role, let variable else { continue }
      let value = AffineForm(
        terms: [AffineForm.Term(variable: variable, coefficient: 1)], constant: cell.interval.lower)
      draft.links[0][coordinate] = value
      linkSources[coordinate] = cell.range
    }
  }

  private mutating func addGates() {
    for case .product(_, let left, let right, let scope) in elaboration.steps {
      gateSources.append(builder.evaluator[left].range.union(builder.evaluator[right].range))
      let factors = collect { (builder) throws(Problem) in
        (try builder.form([(1, left)], scope), try builder.form([(1, right)], scope))
      }
      guard let (left, right) = factors else { continue }
      draft.gates.append(ProductGate(left: left, right: right))
      intervals.append(intervals.interval(of: left) * intervals.interval(of: right))
    }
  }

  private mutating func addRows() {
    for requirement in elaboration.requirements where !problems.isFull {
      let source = requirement.source
      let sign: Integer = source.relation == .atMost ? -1 : 1
      let form = collect { (builder) throws(Problem) in
        try builder.form([(sign, requirement.left), (-sign, requirement.right)], requirement.scope)
      }
      guard let form, draft.gates.count == gateSources.count else { continue }
      let reach = intervals.interval(of: form)
      let isEquality = source.relation == .equal
      guard isEquality ? reach.contains(0) : reach.upper >= 0 else {
        problems.append(
          Problem(
            .neverHolds, "no book meets \"\(requirement.name)\"", at: source.range,
            notes: ["note: its slack is at most \(reach.upper)"]))
        continue
      }
      let bound = isEquality ? 0 : min(requirement.statedBound ?? reach.upper, reach.upper)
      guard bound < Self.slackLimit else {
        problems.append(
          Problem(
            .wraps, "the slack of \"\(requirement.name)\" can reach 2^\(reach.upper.bitWidth)",
            at: source.range,
            notes: ["help: slacks are below 2^250; state a bound: `within 2^100`"]))
        continue
      }
      draft.rows.append(StatementRow(form: form, upperBound: bound))
    }
  }

  private mutating func addLinks() {
    for link in elaboration.links {
      let cell = elaboration.cells[link.cell]
      guard case .linked(let coordinate) = cell.role else { continue }
      guard linkedCells.insert(link.cell).inserted else {
        problems.append(Problem(.duplicateLink, "`\(cell.name)` has two links", at: link.range))
        continue
      }
      let form = collect { (builder) throws(Problem) in try builder.form([(1, link.form)], link.scope) }
      // A form that is 0 is left out: a coordinate without a link is proved to be 0.
      guard let form, !form.isZero else { continue }
      draft.links[0][coordinate] = form
      linkSources[coordinate] = link.range
    }
  }

  /// Elements in no constraint: the loops of a link or requirement may leave out what a family has.
  private mutating func judgeUse() {
    for (index, cell) in elaboration.cells.enumerated() {
      switch cell.role {
      case .linked where !linkedCells.contains(index):
        problems.append(
          Problem(
            .missingLink, "`\(cell.name)` has no range and no link, so nothing would bind it",
            at: cell.range))
      case .advice where !builder.mentions(index),
        .product where !builder.mentions(index):
        problems.append(
          Problem(
            .unused, "`\(cell.name)` is used in no requirement, link or product", at: cell.range))
      case .linked, .committed, .advice, .product:
        continue
      }
    }
  }

  private mutating func collect<Result>(
    _ body: (inout FormBuilder) throws(Problem) -> Result
  ) -> Result? {
    do {
      return try body(&builder)
    } catch {
      problems.append(error)
      return nil
    }
  }

  // MARK: The statement

  /// The statement, or at which line of the source it fails.
  func statement() throws(Problem) -> Statement {
    do {
      return try Statement(draft)
    } catch {
      throw problem(for: error)
    }
  }

  private func problem(for error: StatementError) -> Problem {
    let file = elaboration.cells.first?.range ?? SourceRange(lower: 0, upper: 0)
    switch error {
    case .wraps(let location, let lower, let upper):
      let magnitude = max(lower.magnitude, upper.magnitude)
      return Problem(
        .wraps, "\(describe(location)) can reach 2^\(magnitude.bitWidth) and would wrap",
        at: range(of: location),
        notes: ["note: the order of the group is a little above 2^252"])
    case .coefficientTooLarge(let location):
      return Problem(
        .wraps, "\(describe(location)) has a coefficient above half the group order",
        at: range(of: location))
    case .boundOutOfRange(let location):
      return Problem(
        .wraps, "\(describe(location)) has a bound of 2^250 or more", at: range(of: location))
    case .unknownVariable(_, let location):
      return Problem(.unknownName, "\(describe(location)) uses an unknown value", at: range(of: location))
    case .unknownCoordinate(let coordinate, _), .zeroLinkForm(_, let coordinate):
      return Problem(
        .invalidLink, "this links no coordinate of the account",
        at: linkSources[coordinate] ?? file)
    case .tooMany(let part, let limit):
      return Problem(.tooLarge, "this circuit has more than \(limit) \(name(of: part))", at: file)
    case .empty(let part):
      return Problem(.neverHolds, "this circuit has no \(name(of: part)), so it proves nothing", at: file)
    }
  }

  private func name(of part: StatementPart) -> String {
    switch part {
    case .variables: "values with a range"
    case .gates: "products"
    case .rows: "requirements"
    case .links: "commitments"
    case .coordinates: "coordinates"
    case .terms: "terms in all its forms together"
    case .normSlots: "digits"
    }
  }

  private func describe(_ location: FormLocation) -> String {
    switch location {
    case .variable: "this value"
    case .gateLeft, .gateRight: "a factor of this product"
    case .gateProduct: "this product"
    case .row(let row): "\"\(elaboration.requirements[row].name)\""
    case .link: "this link"
    }
  }

  private func range(of location: FormLocation) -> SourceRange {
    switch location {
    case .variable(let variable): variableSources[variable]
    case .gateLeft(let gate), .gateRight(let gate), .gateProduct(let gate): gateSources[gate]
    case .row(let row): elaboration.requirements[row].source.range
    case .link(_, let coordinate): linkSources[coordinate] ?? SourceRange(lower: 0, upper: 0)
    }
  }
}

extension Cell {
  /// Whether the value is a range-proved variable of the statement.
  var hasVariable: Bool {
    switch role {
    case .committed, .advice: true
    case .linked, .product: false
    }
  }
}
