internal import ExactIntegers

/// Walks expressions and computes them in a ``SecretDomain``.
///
/// This is the plain side of the toolkit: it knows nothing of statements and proofs. Over intervals it finds what
/// could go wrong, and records the steps that a ``Tape`` runs over books; over values it is what tapes are tested
/// against.
struct Interpreter<Domain: SecretDomain> {
  typealias Number = Domain.Number

  let evaluator: PublicEvaluator
  let domain: Domain
  /// What definitions gave before, if that is kept.
  private let known: KnownValues<Number>?

  /// - Parameter keepingValues: whether a definition is computed once for the same arguments. Cells must then not
  ///   change between its uses.
  init(evaluator: PublicEvaluator, domain: Domain, keepingValues: Bool = false) {
    (self.evaluator, self.domain) = (evaluator, domain)
    known = keepingValues ? KnownValues() : nil
  }

  /// The value of an expression that may hold secret values.
  func number(_ node: Node, _ scope: Scope) throws(Problem) -> Number {
    if node.isOpen {
      return try domain.constant(try evaluator.integer(node, scope), at: node.range)
    }
    try evaluator.meter.step(at: node.range)
    return try domain.checked(try secretNumber(node, scope), at: node.range)
  }

  private func secretNumber(_ node: Node, _ scope: Scope) throws(Problem) -> Number {
    switch node.kind {
    case .cell(let family, let indices):
      return domain.read(try evaluator.cell(family, indices, scope, at: node.range))
    case .definition(let definition, let arguments):
      return try number(definition, try evaluator.bind(arguments, scope))
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
    case .aggregate(let aggregate, let loops, let body):
      var combined: Number?
      try evaluator.forEachScope(loops, scope) { (inner) throws(Problem) in
        combined = try combine(aggregate, combined, try number(body, inner), at: node.range)
      }
      return try result(of: aggregate, combined, at: node.range)
    case .fill(let amount, let list, let place):
      return try fill(try number(amount, scope), list, place, scope)
    case .extreme(let aggregate, let values):
      var combined: Number?
      for value in values {
        combined = try combine(aggregate, combined, try number(value, scope), at: node.range)
      }
      return try result(of: aggregate, combined, at: node.range)
    default:
      throw Problem(.wrongType, "expected an integer", at: node.range)
    }
  }

  private func number(_ definition: Definition, _ scope: Scope) throws(Problem) -> Number {
    guard let known, let use = DefinitionUse(definition, scope) else {
      return try number(definition.body, scope)
    }
    if let number = known.values[use] { return number }
    let number = try number(definition.body, scope)
    known.values[use] = number
    return number
  }

  private func sum(_ terms: [Node.Term], _ scope: Scope) throws(Problem) -> Number {
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
    _ condition: Node, _ first: Node, _ second: Node, _ scope: Scope
  ) throws(Problem) -> Number {
    if condition.isOpen {
      return try number(try evaluator.condition(condition, scope) ? first : second, scope)
    }
    let chosen = try self.condition(condition, scope)
    return domain.select(chosen, try number(first, scope), try number(second, scope))
  }

  private func condition(_ node: Node, _ scope: Scope) throws(Problem) -> Domain.Condition {
    if node.isOpen {
      return domain.constant(try evaluator.condition(node, scope))
    }
    switch node.kind {
    case .comparison(let comparison, let left, let right):
      return domain.holds(comparison, try number(left, scope), try number(right, scope))
    case .conjunction(let left, let right):
      return domain.both(try condition(left, scope), try condition(right, scope))
    case .disjunction(let left, let right):
      return domain.either(try condition(left, scope), try condition(right, scope))
    case .not(let operand):
      return domain.not(try condition(operand, scope))
    default:
      throw Problem(.wrongType, "expected a condition, found an integer", at: node.range)
    }
  }

  /// What falls to place k when an amount fills a list in order:
  /// `fill(n, list, k) = min(max(n - cap₀ - … - cap_{k-1}, 0), cap_k)`.
  private func fill(
    _ amount: Number, _ list: Node, _ place: Node, _ scope: Scope
  ) throws(Problem) -> Number {
    let (before, capacity) = try evaluator.filled(list, place, scope)
    let rest = domain.difference(amount, try domain.constant(before, at: list.range))
    let zero = try domain.constant(0, at: list.range)
    return domain.minimum(
      domain.maximum(try domain.checked(rest, at: list.range), zero),
      try domain.constant(capacity, at: list.range))
  }
}

/// Values of definitions.
private final class KnownValues<Number> {
  var values: [DefinitionUse: Number] = [:]
}

/// A definition with at most two arguments that can be compared at once: small integers and records.
private struct DefinitionUse: Hashable {
  private enum Argument: Hashable {
    case number(Int)
    case record(ObjectIdentifier)

    init?(_ value: PublicValue) {
      switch value {
      case .integer(let value):
        guard let number = value.int else { return nil }
        self = .number(number)
      case .record(let record): self = .record(ObjectIdentifier(record))
      case .condition, .list, .range: return nil
      }
    }
  }

  private let definition: Int
  private let first: Argument?
  private let second: Argument?

  init?(_ definition: Definition, _ scope: Scope) {
    guard scope.count <= 2 else { return nil }
    self.definition = definition.index
    var arguments: [Argument?] = [nil, nil]
    for slot in 0..<scope.count {
      guard let argument = Argument(scope[slot]) else { return nil }
      arguments[slot] = argument
    }
    (first, second) = (arguments[0], arguments[1])
  }
}
