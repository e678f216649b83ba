internal import CircuitProofs
public import ExactIntegers

/// What one value of a circuit adds to the slack of a requirement. Secret: it stays with the trader.
public struct SlackContribution: Hashable, Sendable {
  /// The definition of the circuit by way of which the requirement uses the value, the outermost; nil if it stands in
  /// the requirement itself.
  public let definition: String?
  /// What the value is: the coordinate that its link defines or that it is (`position/BTC-PERP`), the name of any other
  /// (`reserve[BTC]`), and `constant` for what is the same for all books.
  public let name: String
  /// Coefficient times value.
  public let value: Int256
}

extension CompiledCircuit {
  /// The parts that the slack of a requirement is made of over a book: their sum is
  /// ``Evaluation/Requirement/value``. Values that belong to one coordinate are added up.
  ///
  /// - Parameters:
  ///   - index: the number of the requirement, from 0.
  ///   - committed: one value for every coordinate.
  /// - Returns: the parts in the order in which the requirement uses them; empty if there is no such requirement.
  /// - Throws: ``WitnessError`` where the circuit does not admit the book.
  public func contributions(
    to index: Int, of committed: Span<Int64>
  ) throws(WitnessError) -> [SlackContribution] {
    guard elaboration.requirements.indices.contains(index) else { return [] }
    let requirement = elaboration.requirements[index]
    let cells = try book(committed).cells
    let evaluator = PublicEvaluator(program: program, meter: Meter(for: program))
    return try sound { () throws(Problem) in
      var walk = SlackWalk(evaluator, cells, names: valueNames)
      let isAtMost = requirement.source.relation == .atMost
      try walk.add(evaluator[requirement.left], times: isAtMost ? -1 : 1, requirement.scope, nil)
      try walk.add(evaluator[requirement.right], times: isAtMost ? 1 : -1, requirement.scope, nil)
      return walk.contributions
    }
  }

  /// For every cell what it is called to people: by its coordinate where it has one.
  private var valueNames: [String] {
    var names = elaboration.cells.map(\.name)
    for (index, cell) in elaboration.cells.enumerated() {
      if let coordinate = cell.coordinate { names[index] = coordinates.names[coordinate] }
    }
    // An advice value that stands in the link of one coordinate alone is a part of that coordinate.
    let variables = StatementBuilder.number(elaboration.cells)
    var owners: [Int: Int?] = [:]
    for (coordinate, form) in statement.draft.links[0] {
      for term in form.terms {
        owners[term.variable] = .some(owners[term.variable] == nil ? coordinate : nil)
      }
    }
    for (index, variable) in variables.enumerated() where elaboration.cells[index].role == .advice {
      guard let variable, case .some(.some(let coordinate)) = owners[variable] else { continue }
      names[index] = coordinates.names[coordinate]
    }
    return names
  }
}

/// Adds up a requirement by the values that it uses.
private struct SlackWalk {
  private struct Key: Hashable {
    let definition: String?
    let name: String
  }

  private let evaluator: PublicEvaluator
  private let cells: SecretCells
  private let names: [String]
  private var places: [Key: Int] = [:]
  private(set) var contributions: [SlackContribution] = []

  init(_ evaluator: PublicEvaluator, _ cells: SecretCells, names: [String]) {
    (self.evaluator, self.cells) = (evaluator, cells)
    self.names = names
  }

  /// Adds `factor · expression`, which stands in a definition.
  mutating func add(
    _ node: Node, times factor: Integer, _ scope: Scope, _ definition: String?
  ) throws(Problem) {
    if node.isOpen {
      let value = factor * (try evaluator.integer(node, scope))
      if !value.isZero { add(Int256(truncating: value), Key(definition: definition, name: "constant")) }
      return
    }
    try evaluator.meter.step(at: node.range)
    switch node.kind {
    case .cell(let family, let indices):
      try add(cell: evaluator.cell(family, indices, scope, at: node.range), times: factor, definition)
    case .definition(let callee, let arguments):
      let mark = evaluator.mark
      defer { evaluator.release(to: mark) }
      try add(
        evaluator.body(ofDefinition: callee), times: factor, try evaluator.bind(arguments, scope),
        definition ?? evaluator.name(ofDefinition: callee))
    case .negation(let operand):
      try add(evaluator[operand], times: -factor, scope, definition)
    case .sum(let parts):
      for part in evaluator.terms(parts) {
        try add(evaluator[part.value], times: part.isSubtracted ? -factor : factor, scope, definition)
      }
    case .product(let left, let right) where evaluator[left].isOpen:
      try add(
        evaluator[right], times: factor * (try evaluator.integer(evaluator[left], scope)), scope, definition)
    case .product(let left, let right) where evaluator[right].isOpen:
      try add(
        evaluator[left], times: factor * (try evaluator.integer(evaluator[right], scope)), scope, definition)
    case .aggregate(.sum, let loops, let body):
      try evaluator.forEachScope(loops, scope) { (inner) throws(Problem) in
        try add(evaluator[body], times: factor, inner, definition)
      }
    case .conditional(let condition, let first, let second) where evaluator[condition].isOpen:
      let chosen = try evaluator.condition(evaluator[condition], scope) ? first : second
      try add(evaluator[chosen], times: factor, scope, definition)
    default:
      throw Problem(.notAffine, "this is not a sum of values with public factors", at: node.range)
    }
  }

  private mutating func add(cell: Int, times factor: Integer, _ definition: String?) {
    add(
      Int256(truncating: factor) &* cells[cell], Key(definition: definition, name: names[cell]))
  }

  private mutating func add(_ value: Int256, _ key: Key) {
    if let place = places[key] {
      contributions[place] = SlackContribution(
        definition: key.definition, name: key.name, value: contributions[place].value &+ value)
    } else {
      places[key] = contributions.count
      contributions.append(SlackContribution(definition: key.definition, name: key.name, value: value))
    }
  }
}
