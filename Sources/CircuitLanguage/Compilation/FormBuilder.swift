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
  /// Cells that some form mentions, if only with the coefficient 0.
  private(set) var mentioned: Set<Int> = []
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
  }

  /// `Σ factor · expression`.
  mutating func form(
    _ parts: [(factor: Integer, expression: Expression)], _ scope: Scope
  ) throws(Problem) -> AffineForm {
    terms = []
    constant = 0
    compactedCount = Self.leastCompactedCount
    for part in parts { try add(part.expression, times: part.factor, scope) }
    let form = AffineForm(terms: terms, constant: constant)
    termCount += form.terms.count
    if let place = parts.first?.expression.range { try limit(at: place) }
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
    _ expression: Expression, times factor: Integer, _ scope: Scope
  ) throws(Problem) {
    let program = evaluator.program
    if program.isOpen(expression) {
      constant += factor * (try evaluator.integer(expression, scope))
      return
    }
    try evaluator.meter.step(at: expression.range)
    switch expression.kind {
    case .name(let text):
      if let form = program.forms[text] { return try add(form.body, times: factor, Scope()) }
      try add(cell: try program.cell(of: text, [], at: expression.range), times: factor, expression)
    case .index(let base, let indices):
      guard case .name(let family) = base.kind else { break }
      let keys = try evaluator.keys(indices, scope)
      try add(cell: try program.cell(of: family, keys, at: expression.range), times: factor, expression)
    case .call(let callee, let arguments):
      let body = try evaluator.form(callee.text, at: callee.range).body
      try add(body, times: factor, try evaluator.bind(callee, arguments, scope))
    case .negation(let operand):
      try add(operand, times: -factor, scope)
    case .sum(let parts):
      for part in parts { try add(part.value, times: part.isSubtracted ? -factor : factor, scope) }
    case .product(let left, let right) where program.isOpen(left):
      try add(right, times: factor * (try evaluator.integer(left, scope)), scope)
    case .product(let left, let right) where program.isOpen(right):
      try add(left, times: factor * (try evaluator.integer(right, scope)), scope)
    case .aggregate(.sum, let binders, let body):
      try evaluator.forEachScope(binders, scope) { (inner) throws(Problem) in
        try add(body, times: factor, inner)
      }
    case .conditional(let condition, let first, let second) where program.isOpen(condition):
      try add(try evaluator.condition(condition, scope) ? first : second, times: factor, scope)
    default:
      throw Problem(.notAffine, "this is not a sum of values with public factors", at: expression.range)
    }
  }

  private mutating func add(cell: Int, times factor: Integer, _ use: Expression) throws(Problem) {
    guard let variable = variables[cell] else {
      throw Problem(.notBounded, "`\(cells[cell].name)` has no range", at: use.range)
    }
    mentioned.insert(cell)
    terms.append(AffineForm.Term(variable: variable, coefficient: factor))
    if terms.count >= compactedCount { try compact(at: use.range) }
    // A value is its lower bound and a variable that counts from 0.
    if cells[cell].role != .product { constant += factor * cells[cell].interval.lower }
  }
}
