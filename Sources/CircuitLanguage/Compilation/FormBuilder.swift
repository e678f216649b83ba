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
  /// Of every cell, what its variable counts from.
  private let origins: [Integer]
  /// Of each cell, whether some form mentions it, if only with the coefficient 0.
  private var mentions: [Bool]
  /// Of every variable, its coefficient in the form that is being made.
  private var coefficients: [Integer]
  /// The variables that the form mentions, in the order in which it does.
  private var mentioned: [Int] = []
  private var isMentioned: [Bool]
  private var constant: Integer = 0
  /// Terms as they are written, since those of the same variable were counted as one.
  private var writtenCount = 0
  /// Terms of all forms so far.
  private var termCount = 0
  /// At how many written terms those of the same variable are counted as one: the limit is for the form, not
  /// for the sum that is written.
  private var compactedCount = FormBuilder.leastCompactedCount

  private static let leastCompactedCount = 1 << 12

  init(evaluator: PublicEvaluator, cells: [Cell], variables: [Int?]) {
    self.evaluator = evaluator
    self.cells = cells
    self.variables = variables
    origins = cells.map { $0.role == .product ? 0 : $0.interval.lower }
    mentions = [Bool](repeating: false, count: cells.count)
    coefficients = [Integer](repeating: 0, count: cells.count)
    isMentioned = mentions
  }

  func mentions(_ cell: Int) -> Bool { mentions[cell] }

  /// `Σ factor · expression`.
  mutating func form(
    _ parts: [(factor: Integer, node: Node.ID)], _ scope: Scope
  ) throws(Problem) -> AffineForm {
    constant = 0
    (writtenCount, compactedCount) = (0, Self.leastCompactedCount)
    defer { forget() }
    for part in parts { try add(evaluator[part.node], times: part.factor, scope) }
    let form = AffineForm(terms: terms(), constant: constant)
    termCount += form.terms.count
    if let part = parts.first { try limit(at: evaluator[part.node].range) }
    return form
  }

  /// The terms of the form, by ascending variable, without those whose coefficient is 0.
  private mutating func terms() -> [AffineForm.Term] {
    mentioned.sort()
    var terms: [AffineForm.Term] = []
    terms.reserveCapacity(mentioned.count)
    for variable in mentioned where !coefficients[variable].isZero {
      terms.append(AffineForm.Term(variable: variable, coefficient: coefficients[variable]))
    }
    return terms
  }

  private mutating func forget() {
    for variable in mentioned { (coefficients[variable], isMentioned[variable]) = (0, false) }
    mentioned.removeAll(keepingCapacity: true)
  }

  private mutating func compact(at range: SourceRange) throws(Problem) {
    writtenCount = mentioned.count { !coefficients[$0].isZero }
    compactedCount = max(Self.leastCompactedCount, 2 * writtenCount)
    try limit(at: range)
  }

  /// The limit of a statement, where its forms are made.
  private func limit(at range: SourceRange) throws(Problem) {
    guard termCount + writtenCount <= StatementLimits.terms + Self.leastCompactedCount else {
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
      let mark = evaluator.mark
      defer { evaluator.release(to: mark) }
      try add(
        evaluator.body(ofDefinition: definition), times: factor, try evaluator.bind(arguments, scope))
    case .negation(let operand):
      try add(evaluator[operand], times: -factor, scope)
    case .sum(let parts):
      for part in evaluator.terms(parts) {
        try add(evaluator[part.value], times: part.isSubtracted ? -factor : factor, scope)
      }
    case .product(let left, let right):
      let (left, right) = (evaluator[left], evaluator[right])
      guard left.isOpen || right.isOpen else { throw notAffine(node) }
      let (open, other) = left.isOpen ? (left, right) : (right, left)
      try add(other, times: factor * (try evaluator.integer(open, scope)), scope)
    case .aggregate(.sum, let loops, let body):
      let body = evaluator[body]
      try evaluator.forEachScope(loops, scope) { (inner) throws(Problem) in
        try add(body, times: factor, inner)
      }
    case .conditional(let condition, let first, let second) where evaluator[condition].isOpen:
      let chosen = try evaluator.condition(evaluator[condition], scope) ? first : second
      try add(evaluator[chosen], times: factor, scope)
    default:
      throw notAffine(node)
    }
  }

  private func notAffine(_ node: Node) -> Problem {
    Problem(.notAffine, "this is not a sum of values with public factors", at: node.range)
  }

  private mutating func add(cell: Int, times factor: Integer, _ use: Node) throws(Problem) {
    guard let variable = variables[cell] else {
      throw Problem(.notBounded, "`\(cells[cell].name)` has no range", at: use.range)
    }
    mentions[cell] = true
    if !isMentioned[variable] {
      isMentioned[variable] = true
      mentioned.append(variable)
    }
    coefficients[variable] += factor
    writtenCount += 1
    if writtenCount >= compactedCount { try compact(at: use.range) }
    // A value is its lower bound and a variable that counts from 0.
    if !origins[cell].isZero { constant += factor * origins[cell] }
  }
}
