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
    let book = try book(committed)
    return try sound { () throws(Problem) in
      var walk = SlackWalk(book, names: valueNames)
      let isAtMost = requirement.source.relation == .atMost
      try walk.add(requirement.source.left, times: isAtMost ? -1 : 1, requirement.scope, nil)
      try walk.add(requirement.source.right, times: isAtMost ? 1 : -1, requirement.scope, nil)
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

  private let book: Book
  private let names: [String]
  private var places: [Key: Int] = [:]
  private(set) var contributions: [SlackContribution] = []

  init(_ book: Book, names: [String]) {
    self.book = book
    self.names = names
  }

  /// Adds `factor · expression`, which stands in a definition.
  mutating func add(
    _ expression: Expression, times factor: Integer, _ scope: Scope, _ definition: String?
  ) throws(Problem) {
    let evaluator = book.interpreter.evaluator
    let program = evaluator.program
    if program.isOpen(expression) {
      let value = factor * (try evaluator.integer(expression, scope))
      if !value.isZero { add(Int256(truncating: value), Key(definition: definition, name: "constant")) }
      return
    }
    try evaluator.meter.step(at: expression.range)
    switch expression.kind {
    case .name(let text):
      if let form = program.forms[text] {
        return try add(form.body, times: factor, Scope(), definition ?? text)
      }
      try add(cell: program.cell(of: text, [], at: expression.range), times: factor, definition)
    case .index(let base, let indices):
      guard case .name(let family) = base.kind else { break }
      let keys = try evaluator.keys(indices, scope)
      try add(cell: program.cell(of: family, keys, at: expression.range), times: factor, definition)
    case .call(let callee, let arguments):
      let body = try evaluator.form(callee.text, at: callee.range).body
      try add(body, times: factor, try evaluator.bind(callee, arguments, scope), definition ?? callee.text)
    case .negation(let operand):
      try add(operand, times: -factor, scope, definition)
    case .sum(let parts):
      for part in parts {
        try add(part.value, times: part.isSubtracted ? -factor : factor, scope, definition)
      }
    case .product(let left, let right) where program.isOpen(left):
      try add(right, times: factor * (try evaluator.integer(left, scope)), scope, definition)
    case .product(let left, let right) where program.isOpen(right):
      try add(left, times: factor * (try evaluator.integer(right, scope)), scope, definition)
    case .aggregate(.sum, let binders, let body):
      try evaluator.forEachScope(binders, scope) { (inner) throws(Problem) in
        try add(body, times: factor, inner, definition)
      }
    case .conditional(let condition, let first, let second) where program.isOpen(condition):
      try add(
        try evaluator.condition(condition, scope) ? first : second, times: factor, scope, definition)
    default:
      throw Problem(.notAffine, "this is not a sum of values with public factors", at: expression.range)
    }
  }

  private mutating func add(cell: Int, times factor: Integer, _ definition: String?) {
    add(
      Int256(truncating: factor) &* book.cells[cell], Key(definition: definition, name: names[cell]))
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
