internal import ExactIntegers

/// Walks expressions as they are written and computes them in a ``SecretDomain``.
///
/// This is the plain side of the toolkit: it knows nothing of statements and proofs. The rules of
/// advice are run by it, and the requirements are checked by it before anything is proved.
struct Interpreter<Domain: SecretDomain> {
  typealias Number = Domain.Number

  let evaluator: PublicEvaluator
  let domain: Domain

  private var program: Program { evaluator.program }

  /// The value of an expression that may hold secret values.
  func number(_ expression: Expression, _ scope: Scope) throws(Problem) -> Number {
    if program.isOpen(expression) {
      return try domain.constant(try evaluator.integer(expression, scope), at: expression.range)
    }
    try evaluator.meter.step(at: expression.range)
    return try domain.checked(try secretNumber(expression, scope), at: expression.range)
  }

  private func secretNumber(_ expression: Expression, _ scope: Scope) throws(Problem) -> Number {
    switch expression.kind {
    case .name(let text):
      if let form = program.forms[text] { return try number(form.body, Scope()) }
      return domain.read(try program.cell(of: text, [], at: expression.range))
    case .index(let base, let indices):
      guard case .name(let family) = base.kind else { break }
      let keys = try evaluator.keys(indices, scope)
      return domain.read(try program.cell(of: family, keys, at: expression.range))
    case .call(let callee, let arguments):
      let body = try evaluator.form(callee.text, at: callee.range).body
      return try number(body, try evaluator.bind(callee, arguments, scope))
    case .negation(let operand):
      return domain.negated(try number(operand, scope))
    case .sum(let terms):
      return try sum(terms, scope)
    case .product(let left, let right):
      return domain.product(try number(left, scope), try number(right, scope))
    case .quotient(let dividend, let divisor):
      let positive = try evaluator.divisor(divisor, scope)
      return domain.quotient(
        try number(dividend, scope), try domain.constant(positive, at: divisor.range))
    case .conditional(let condition, let first, let second):
      return try choice(condition, first, second, scope)
    case .aggregate(let aggregate, let binders, let body):
      var combined: Number?
      try evaluator.forEachScope(binders, scope) { (inner) throws(Problem) in
        combined = try combine(aggregate, combined, try number(body, inner), at: expression.range)
      }
      return try result(of: aggregate, combined, at: expression.range)
    case .builtin(.fill, let arguments):
      return try fill(try number(arguments[0], scope), arguments[1], arguments[2], scope)
    case .builtin(let builtin, let arguments):
      guard let aggregate = Aggregate(rawValue: builtin.rawValue) else { break }
      var combined: Number?
      for argument in arguments {
        combined = try combine(aggregate, combined, try number(argument, scope), at: expression.range)
      }
      return try result(of: aggregate, combined, at: expression.range)
    default:
      break
    }
    throw Problem(.wrongType, "expected an integer", at: expression.range)
  }

  private func sum(_ terms: [Expression.Term], _ scope: Scope) throws(Problem) -> Number {
    // A chain has at least two terms, and the first one has no sign of its own.
    var sum = try number(terms[0].value, scope)
    for term in terms.dropFirst() {
      let value = try number(term.value, scope)
      sum = term.isSubtracted ? domain.difference(sum, value) : domain.sum(sum, value)
      sum = try domain.checked(sum, at: term.value.range)
    }
    return sum
  }

  /// What a sum, maximum or minimum becomes with one more value.
  private func combine(
    _ aggregate: Aggregate, _ combined: Number?, _ value: Number, at range: SourceRange
  ) throws(Problem) -> Number {
    guard let combined else { return value }
    switch aggregate {
    case .sum: return try domain.checked(domain.sum(combined, value), at: range)
    case .max: return domain.maximum(combined, value)
    case .min: return domain.minimum(combined, value)
    }
  }

  private func result(
    of aggregate: Aggregate, _ combined: Number?, at range: SourceRange
  ) throws(Problem) -> Number {
    if let combined { return combined }
    if aggregate == .sum { return try domain.constant(0, at: range) }
    throw Problem(.emptyList, "the `\(aggregate.rawValue)` of an empty list", at: range)
  }

  /// Both choices are computed, whatever the condition: a secret one must not show in the time.
  private func choice(
    _ condition: Expression, _ first: Expression, _ second: Expression, _ scope: Scope
  ) throws(Problem) -> Number {
    if program.isOpen(condition) {
      return try number(try evaluator.condition(condition, scope) ? first : second, scope)
    }
    let chosen = try self.condition(condition, scope)
    return domain.select(chosen, try number(first, scope), try number(second, scope))
  }

  private func condition(_ expression: Expression, _ scope: Scope) throws(Problem) -> Domain.Condition {
    if program.isOpen(expression) {
      return domain.constant(try evaluator.condition(expression, scope))
    }
    switch expression.kind {
    case .comparison(let comparison, let left, let right):
      return domain.holds(comparison, try number(left, scope), try number(right, scope))
    case .conjunction(let left, let right):
      return domain.both(try condition(left, scope), try condition(right, scope))
    case .disjunction(let left, let right):
      return domain.either(try condition(left, scope), try condition(right, scope))
    case .not(let operand):
      return domain.not(try condition(operand, scope))
    default:
      throw Problem(.wrongType, "expected a condition, found an integer", at: expression.range)
    }
  }

  /// What falls to place k when an amount fills a list in order:
  /// `fill(n, list, k) = min(max(n - cap₀ - … - cap_{k-1}, 0), cap_k)`.
  private func fill(
    _ amount: Number, _ list: Expression, _ place: Expression, _ scope: Scope
  ) throws(Problem) -> Number {
    let capacities = try self.capacities(list, scope)
    let position = try evaluator.position(place, capacities.count, scope)
    let before = capacities[..<position].reduce(0, +)
    let rest = domain.difference(amount, try domain.constant(before, at: list.range))
    let zero = try domain.constant(0, at: list.range)
    let capacity = try domain.constant(capacities[position], at: list.range)
    return domain.minimum(domain.maximum(try domain.checked(rest, at: list.range), zero), capacity)
  }

  /// A list of integers, or of records with a field `cap`.
  private func capacities(_ list: Expression, _ scope: Scope) throws(Problem) -> [Integer] {
    var capacities: [Integer] = []
    for element in try evaluator.elements(list, scope) {
      if case .integer(let value) = element {
        capacities.append(value)
      } else if case .record(let record, _) = element, case .integer(let value)? = record.fields["cap"] {
        capacities.append(value)
      } else {
        throw Problem(
          .wrongType, "`fill` takes a list of integers or of records with an integer `cap`",
          at: list.range)
      }
    }
    return capacities
  }
}
