internal import ExactIntegers

/// Walks expressions and computes them in a ``SecretDomain``.
///
/// This is the plain side of the toolkit: it knows nothing of statements and proofs. Over intervals it finds
/// what could go wrong, and records the steps that a ``Tape`` runs over books; over values it is what tapes
/// are tested against.
struct Interpreter<Domain: SecretDomain> {
  typealias Number = Domain.Number

  let evaluator: PublicEvaluator
  let domain: Domain
  /// What definitions gave before, if that is kept.
  private let known: KnownValues<Number>?

  /// - Parameter keepingValues: whether a definition is computed once for the same arguments. Cells must then
  ///   not change between its uses.
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
      let mark = evaluator.mark
      defer { evaluator.release(to: mark) }
      return try number(definition, try evaluator.bind(arguments, scope))
    case .negation(let operand):
      return domain.negated(try number(evaluator[operand], scope))
    case .sum(let terms):
      return try sum(terms, scope)
    case .product(let left, let right):
      return domain.product(
        try number(evaluator[left], scope), try number(evaluator[right], scope))
    case .quotient(let dividend, let divisor):
      let divisor = evaluator[divisor]
      let positive = try evaluator.divisor(divisor, scope)
      return domain.quotient(
        try number(evaluator[dividend], scope), try domain.constant(positive, at: divisor.range))
    case .conditional(let condition, let first, let second):
      return try choice(evaluator[condition], evaluator[first], evaluator[second], scope)
    case .aggregate(let aggregate, let loops, let body):
      let body = evaluator[body]
      var combined: Number?
      try evaluator.forEachScope(loops, scope) { (inner) throws(Problem) in
        combined = try combine(aggregate, combined, try number(body, inner), at: node.range)
      }
      return try result(of: aggregate, combined, at: node.range)
    case .fill(let amount, let list, let place):
      return try fill(
        try number(evaluator[amount], scope), evaluator[list], evaluator[place], scope)
    case .extreme(let aggregate, let values):
      var combined: Number?
      for value in values.places {
        combined = try combine(
          aggregate, combined, try number(evaluator.child(value), scope), at: node.range)
      }
      return try result(of: aggregate, combined, at: node.range)
    default:
      throw Problem(.wrongType, "expected an integer", at: node.range)
    }
  }

  private func number(_ definition: Int, _ scope: Scope) throws(Problem) -> Number {
    let body = evaluator.body(ofDefinition: definition)
    guard let known else { return try number(body, scope) }
    if let place = KnownValues<Number>.place(scope) {
      if let number = known.value(definition, place) { return number }
      let number = try number(body, scope)
      known.keep(number, definition, place)
      return number
    }
    guard let use = DefinitionUse(definition, scope) else { return try number(body, scope) }
    if let number = known.values[use] { return number }
    let number = try number(body, scope)
    known.values[use] = number
    return number
  }

  private func sum(_ terms: TermList, _ scope: Scope) throws(Problem) -> Number {
    // A chain has at least two terms, and the first one has no sign of its own.
    let terms = evaluator.terms(terms)
    var sum = try number(evaluator[terms[terms.startIndex].value], scope)
    for term in terms.dropFirst() {
      let node = evaluator[term.value]
      let value = try number(node, scope)
      sum = term.isSubtracted ? domain.difference(sum, value) : domain.sum(sum, value)
      sum = try domain.checked(sum, at: node.range)
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
      return domain.holds(
        comparison, try number(evaluator[left], scope), try number(evaluator[right], scope))
    case .conjunction(let left, let right):
      return domain.both(
        try condition(evaluator[left], scope), try condition(evaluator[right], scope))
    case .disjunction(let left, let right):
      return domain.either(
        try condition(evaluator[left], scope), try condition(evaluator[right], scope))
    case .not(let operand):
      return domain.not(try condition(evaluator[operand], scope))
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
  /// Records with larger numbers are looked up: memory for all others follows the definitions.
  private static var placedRecords: Int { 1 << 9 }

  /// Of each definition without arguments, or of one record, where in `numbers` its value for the record is;
  /// −1 if it is not known.
  @exclusivity(unchecked) private var places: [[Int32]] = []
  @exclusivity(unchecked) private var numbers: [Number] = []

  /// The place of a definition's value that has no argument, or one record.
  static func place(_ scope: Scope) -> Int? {
    if scope.count == 0 { return 0 }
    guard scope.count == 1, case .record(let record) = scope[0], record < placedRecords else { return nil }
    return record
  }

  func value(_ definition: Int, _ place: Int) -> Number? {
    guard definition < places.count, place < places[definition].count, places[definition][place] >= 0 else {
      return nil
    }
    return numbers[Int(places[definition][place])]
  }

  func keep(_ number: Number, _ definition: Int, _ place: Int) {
    while places.count <= definition { places.append([]) }
    while places[definition].count <= place { places[definition].append(-1) }
    places[definition][place] = Int32(numbers.count)
    numbers.append(number)
  }

  @exclusivity(unchecked) var values: [DefinitionUse: Number] = [:]
}

/// A definition with at most two arguments that can be compared at once: small integers and records.
private struct DefinitionUse: Hashable {
  private let definition: Int32
  /// Of each argument, whether it is a record.
  private var isRecord: (Bool, Bool) = (false, false)
  /// Arguments: integers, or numbers of records. Absent is 0, as the number of arguments is the definition's.
  private var first = 0
  private var second = 0

  init?(_ definition: Int, _ scope: Scope) {
    guard scope.count <= 2 else { return nil }
    self.definition = Int32(definition)
    if scope.count > 0 {
      guard let argument = Self.argument(scope[0]) else { return nil }
      (first, isRecord.0) = argument
    }
    if scope.count > 1 {
      guard let argument = Self.argument(scope[1]) else { return nil }
      (second, isRecord.1) = argument
    }
  }

  private static func argument(_ value: PublicValue) -> (Int, isRecord: Bool)? {
    switch value {
    case .word(let word): (word, false)
    case .record(let record): (record, true)
    case .wide, .condition, .list, .range: nil
    }
  }

  static func == (a: DefinitionUse, b: DefinitionUse) -> Bool {
    a.definition == b.definition && a.isRecord == b.isRecord && a.first == b.first && a.second == b.second
  }

  func hash(into hasher: inout Hasher) {
    hasher.combine(first)
    hasher.combine(second)
    hasher.combine(definition)
  }
}
