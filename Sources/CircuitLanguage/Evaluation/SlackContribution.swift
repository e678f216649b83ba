internal import CircuitProofs
public import ExactIntegers

/// What one value of a circuit adds to the slack of a requirement. Secret: it stays with the trader.
public struct SlackContribution: Hashable, Sendable {
  /// The definition of the circuit by way of which the requirement uses the value, the outermost; nil if it
  /// stands in the requirement itself.
  public let definition: String?
  /// What the value is: the coordinate that its link defines or that it is (`position/BTC-PERP`), the name of
  /// any other (`reserve[BTC]`), and `constant` for what is the same for all books.
  public let name: String
  /// Coefficient times value.
  public let value: Int256
  /// What the circuit multiplies the value by, in its own words: fields and names of parameters, such as
  /// `beta` and `contLong`, in the order in which they are met.
  public let factors: [String]
}

extension CompiledCircuit {
  /// The parts that the slack of a requirement is made of over a book: their sum is
  /// ``Evaluation/Requirement/value``. Values that belong to one coordinate are added up.
  ///
  /// - Parameters:
  ///   - index: the number of the requirement, from 0.
  ///   - committed: one value for every coordinate.
  /// - Returns: the parts in the order in which the requirement uses them; empty if there is no such
  ///   requirement.
  /// - Throws: ``WitnessError`` where the circuit does not admit the book.
  public func contributions(
    to index: Int, of committed: Span<Int64>
  ) throws(WitnessError) -> [SlackContribution] {
    guard elaboration.requirements.indices.contains(index) else { return [] }
    let requirement = elaboration.requirements[index]
    let cells = try book(committed).cells
    let evaluator = PublicEvaluator(program: program, meter: Meter(for: program))
    return try sound { () throws(Problem) in
      var walk = SlackWalk(evaluator, cells, circuit, names: valueNames)
      let isAtMost = requirement.source.relation == .atMost
      try walk.add(
        evaluator[requirement.left], times: Multiplier(isAtMost ? -1 : 1), requirement.scope, nil)
      try walk.add(
        evaluator[requirement.right], times: Multiplier(isAtMost ? 1 : -1), requirement.scope, nil)
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

/// A public factor, and the words of the circuit that it is made of.
private struct Multiplier {
  let value: Integer
  let words: [String]

  init(_ value: Integer, words: [String] = []) { (self.value, self.words) = (value, words) }

  static prefix func - (factor: Multiplier) -> Multiplier {
    Multiplier(-factor.value, words: factor.words)
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
  private let circuit: ResolvedCircuit
  /// Names of parameters, those that the circuit declares among them.
  private let parameters: Set<String>
  private let names: [String]
  private var places: [Key: Int] = [:]
  private var words: [Node.ID: [String]] = [:]
  private(set) var contributions: [SlackContribution] = []

  init(_ evaluator: PublicEvaluator, _ cells: SecretCells, _ circuit: Circuit, names: [String]) {
    (self.evaluator, self.cells, self.names) = (evaluator, cells, names)
    self.circuit = circuit.resolved
    parameters = Set(circuit.resolved.parameterNames + circuit.parameters.map(\.name))
  }

  /// Adds `factor · expression`, which stands in a definition.
  mutating func add(
    _ node: Node, times factor: Multiplier, _ scope: Scope, _ definition: String?
  ) throws(Problem) {
    if node.isOpen {
      let value = factor.value * (try evaluator.integer(node, scope))
      guard !value.isZero else { return }
      add(
        Int256(truncating: value), Key(definition: definition, name: "constant"),
        factor.words + words(of: node))
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
        evaluator[right], times: try product(factor, evaluator[left], scope), scope, definition)
    case .product(let left, let right) where evaluator[right].isOpen:
      try add(
        evaluator[left], times: try product(factor, evaluator[right], scope), scope, definition)
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

  private mutating func product(
    _ factor: Multiplier, _ node: Node, _ scope: Scope
  ) throws(Problem) -> Multiplier {
    Multiplier(factor.value * (try evaluator.integer(node, scope)), words: factor.words + words(of: node))
  }

  /// The fields and parameters that a public expression is written with.
  private mutating func words(of node: Node) -> [String] {
    if let known = words[node.id] { return known }
    let found = words(of: circuit.expression(of: node.id))
    words[node.id] = found
    return found
  }

  private func words(of expression: Expression) -> [String] {
    switch expression.kind {
    // Of `a.tranches[0].value` it is the last field that says what is counted.
    case .field(_, let field):
      return [field.text]
    case .name(let name):
      return parameters.contains(name) ? [name] : words(ofDefinition: name) ?? []
    case .call(let callee, let arguments):
      return (words(ofDefinition: callee.text) ?? []) + arguments.flatMap(words)
    // `i.factors[index(f)]` is a field of `i`, wherever in it.
    case .index(let base, _):
      return words(of: base)
    default:
      return expression.parts.flatMap(words)
    }
  }

  private func words(ofDefinition name: String) -> [String]? {
    circuit.definitions.first { $0.name == name }.map { words(of: circuit.expression(of: $0.body)) }
  }

  private mutating func add(cell: Int, times factor: Multiplier, _ definition: String?) {
    add(
      Int256(truncating: factor.value) &* cells[cell], Key(definition: definition, name: names[cell]),
      factor.words)
  }

  private mutating func add(_ value: Int256, _ key: Key, _ words: [String]) {
    let place = places[key]
    let before = place.map { contributions[$0] }
    var factors = before?.factors ?? []
    for word in words where !factors.contains(word) { factors.append(word) }
    let contribution = SlackContribution(
      definition: key.definition, name: key.name, value: (before?.value ?? .zero) &+ value,
      factors: factors)
    if let place {
      contributions[place] = contribution
    } else {
      places[key] = contributions.count
      contributions.append(contribution)
    }
  }
}
