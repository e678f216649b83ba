internal import CircuitProofs
internal import ExactIntegers

/// Turns constraint expressions into affine forms over the variables of a statement.
///
/// It walks the tree on its own and shares nothing with the ``Interpreter`` but public values, so that
/// the one can be tested against the other.
struct FormBuilder {
  let evaluator: PublicEvaluator
  let cells: [Cell]
  /// For every cell with a variable, its index in the statement.
  let variables: [Int?]
  /// Of each cell, whether some form mentions it, if only with the coefficient 0.
  private var mentions: [Bool]
  private var terms: [AffineForm.Term] = []
  private var constant: Integer = 0
  /// Terms of all forms so far.
  private var termCount = 0
  /// At how many terms those of the same variable are added up: memory follows the form, not the sum that is
  /// written.
  private var compactedCount = FormBuilder.leastCompactedCount

  private static let leastCompactedCount = 1 << 12

  init(evaluator: PublicEvaluator, cells: [Cell], variables: [Int?]) {
    self.evaluator = evaluator
    self.cells = cells
    self.variables = variables
    mentions = [Bool](repeating: false, count: cells.count)
  }

  func mentions(_ cell: Int) -> Bool { mentions[cell] }

  /// `Σ factor · expression`.
  mutating func form(
    _ parts: [(factor: Integer, node: Node)], _ scope: Scope
  ) throws(Problem) -> AffineForm {
    terms = []
    constant = 0
    compactedCount = Self.leastCompactedCount
    for part in parts { try add(part.node, times: part.factor, scope) }
    let form = AffineForm(terms: terms, constant: constant)
    termCount += form.terms.count
    if let place = parts.first?.node.range { try limit(at: place) }
    return form
  }

  private mutating func compact(at range: SourceRange) throws(Problem) {
    terms = AffineForm(terms: terms).terms
    compactedCount = max(Self.leastCompactedCount, 2 * terms.count)
    try limit(at: range)
  }

  /// The limit of a statement, where its forms are made.
  private func limit(at range: SourceRange) throws(Problem) {
    guard termCount + terms.count <= StatementLimits.terms + Self.leastCompactedCount else {
      throw Problem(
        .tooLarge, "this circuit has more than \(StatementLimits.terms) terms in all its forms together",
        at: range)
    }
  }

  private mutating func add(
    _ node: Node, times factor: Integer, _ scope: Scope
  ) throws(Problem) {
    if node.isOpen {
      constant = constant + factor * (try evaluator.integer(node, scope))
      return
    }
    try evaluator.meter.step(at: node.range)
    switch node.kind {
    case .cell(let family, let indices):
      try add(cell: try evaluator.cell(family, indices, scope, at: node.range), times: factor, node)
    case .definition(let definition, let arguments):
      try add(definition.body, times: factor, try evaluator.bind(arguments, scope))
    case .negation(let operand):
      try add(operand, times: -factor, scope)
    case .sum(let parts):
      for part in parts { try add(part.value, times: part.isSubtracted ? -factor : factor, scope) }
    case .product(let left, let right) where left.isOpen:
      try add(right, times: factor * (try evaluator.integer(left, scope)), scope)
    case .product(let left, let right) where right.isOpen:
      try add(left, times: factor * (try evaluator.integer(right, scope)), scope)
    case .aggregate(.sum, let loops, let body):
      try evaluator.forEachScope(loops, scope) { (inner) throws(Problem) in
        try add(body, times: factor, inner)
      }
    case .conditional(let condition, let first, let second) where condition.isOpen:
      try add(try evaluator.condition(condition, scope) ? first : second, times: factor, scope)
    default:
      throw Problem(.notAffine, "this is not a sum of values with public factors", at: node.range)
    }
  }

  private mutating func add(cell: Int, times factor: Integer, _ use: Node) throws(Problem) {
    guard let variable = variables[cell] else {
      throw Problem(.notBounded, "`\(cells[cell].name)` has no range", at: use.range)
    }
    mentions[cell] = true
    terms.append(AffineForm.Term(variable: variable, coefficient: factor))
    if terms.count >= compactedCount { try compact(at: use.range) }
    // A value is its lower bound and a variable that counts from 0.
    if cells[cell].role != .product, !cells[cell].interval.lower.isZero {
      constant = constant + factor * cells[cell].interval.lower
    }
  }
}
