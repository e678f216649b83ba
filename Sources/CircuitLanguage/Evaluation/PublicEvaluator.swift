internal import ExactIntegers

/// Evaluates expressions that hold no secret value: loops, ranges, coefficients, conditions.
struct PublicEvaluator {
  /// Longest list that `..<` makes.
  private static let maximumRangeCount = 1 << 16

  /// Public numbers stay below 2^4096 in magnitude.
  private static let maximumBitWidth = 4096

  let program: Program
  let meter: Meter

  func value(_ expression: Expression, _ scope: Scope) throws(Problem) -> PublicValue {
    try meter.step(at: expression.range)
    switch expression.kind {
    case .integer(let value):
      return .integer(value)
    case .string:
      throw Problem(.wrongType, "a string stands only in brackets, as an id", at: expression.range)
    case .name(let text):
      return try name(text, scope, at: expression.range)
    case .field(let base, let field):
      return try self.field(field, of: try value(base, scope), at: base.range)
    case .index(let base, let indices):
      return try element(of: base, indices[0], scope)
    case .call(let callee, let arguments):
      return try value(form(callee.text, at: callee.range).body, try bind(callee, arguments, scope))
    case .builtin(let builtin, let arguments):
      return try apply(builtin, arguments, scope, at: expression.range)
    case .aggregate(let aggregate, let binders, let body):
      var fold = Fold(aggregate)
      try forEachScope(binders, scope) { (inner) throws(Problem) in fold.add(try integer(body, inner)) }
      return .integer(try self.result(of: fold, at: expression.range))
    case .conditional(let condition, let first, let second):
      return try value(try self.condition(condition, scope) ? first : second, scope)
    case .range(let lower, let upper, let closed):
      return .range(try range(lower, upper, closed: closed, scope, at: expression.range))
    case .comparison, .conjunction, .disjunction, .not:
      return .condition(try condition(expression, scope))
    case .negation, .sum, .product, .quotient, .power:
      return .integer(try arithmetic(expression, scope))
    }
  }

  // MARK: Typed values

  func integer(_ expression: Expression, _ scope: Scope) throws(Problem) -> Integer {
    let value = try value(expression, scope)
    guard case .integer(let integer) = value else {
      throw wrongType("an integer", value, at: expression.range)
    }
    return integer
  }

  func condition(_ expression: Expression, _ scope: Scope) throws(Problem) -> Bool {
    switch expression.kind {
    case .comparison(let comparison, let left, let right):
      return comparison.holds(try integer(left, scope), try integer(right, scope))
    case .conjunction(let left, let right):
      // Both sides are evaluated, as they are over secret values.
      let (a, b) = (try condition(left, scope), try condition(right, scope))
      return a && b
    case .disjunction(let left, let right):
      let (a, b) = (try condition(left, scope), try condition(right, scope))
      return a || b
    case .not(let operand):
      return !(try condition(operand, scope))
    default:
      let value = try value(expression, scope)
      guard case .condition(let holds) = value else {
        throw wrongType("a condition", value, at: expression.range)
      }
      return holds
    }
  }

  /// The elements of a list, each with its position.
  func elements(_ expression: Expression, _ scope: Scope) throws(Problem) -> [PublicValue] {
    let value = try value(expression, scope)
    switch value {
    case .list(let elements):
      return elements.enumerated().map { PublicValue($0.element, position: $0.offset) }
    case .range(let range):
      return range.map { .integer(Integer($0)) }
    case .integer, .condition, .record:
      throw wrongType("a list", value, at: expression.range)
    }
  }

  private func count(_ expression: Expression, _ scope: Scope) throws(Problem) -> Int {
    let value = try value(expression, scope)
    switch value {
    case .list(let elements): return elements.count
    case .range(let range): return range.count
    case .integer, .condition, .record: throw wrongType("a list", value, at: expression.range)
    }
  }

  func key(_ expression: Expression, _ scope: Scope) throws(Problem) -> Key {
    if case .string(let text) = expression.kind { return .id(text) }
    let value = try value(expression, scope)
    guard let key = value.key else {
      throw wrongType("an integer or an element of a list", value, at: expression.range)
    }
    return key
  }

  func keys(_ expressions: [Expression], _ scope: Scope) throws(Problem) -> [Key] {
    var keys: [Key] = []
    for expression in expressions { keys.append(try key(expression, scope)) }
    return keys
  }

  /// Runs through every combination of elements of the loops, the last loop fastest. One scope exists at a
  /// time.
  func forEachScope(
    _ binders: [Binder], _ outer: Scope, _ body: (Scope) throws(Problem) -> Void
  ) throws(Problem) {
    try forEachScope(binders[...], outer, body)
  }

  private func forEachScope(
    _ binders: ArraySlice<Binder>, _ outer: Scope, _ body: (Scope) throws(Problem) -> Void
  ) throws(Problem) {
    guard let binder = binders.first else { return try body(outer) }
    for element in try elements(binder.list, outer) {
      try meter.step(at: binder.list.range)
      let inner = outer.adding(binder.name.text, element)
      if let condition = binder.condition, !(try self.condition(condition, inner)) { continue }
      try forEachScope(binders.dropFirst(), inner, body)
    }
  }

  func form(_ name: String, at range: SourceRange) throws(Problem) -> Declaration.Form {
    guard let form = program.forms[name] else {
      throw Problem(.unknownName, "unknown definition `\(name)`", at: range)
    }
    return form
  }

  /// The scope of a definition's body: its arguments and nothing else.
  func bind(_ callee: Name, _ arguments: [Expression], _ scope: Scope) throws(Problem) -> Scope {
    var inner = Scope()
    let parameters = try form(callee.text, at: callee.range).parameters
    for (parameter, argument) in zip(parameters, arguments) {
      inner = inner.adding(parameter.text, try value(argument, scope))
    }
    return inner
  }

  /// Where in a list `where` points: an element of the list, or a position.
  func position(_ expression: Expression, _ count: Int, _ scope: Scope) throws(Problem) -> Int {
    let value = try value(expression, scope)
    let position: Int? =
      switch value {
      case .integer(let value): value.int
      case .record(_, let position): position
      case .condition, .list, .range: nil
      }
    guard let position, (0..<count).contains(position) else {
      throw Problem(.unknownElement, "this is not a place in the list of \(count)", at: expression.range)
    }
    return position
  }

  // MARK: Names, fields and elements

  private func name(_ text: String, _ scope: Scope, at range: SourceRange) throws(Problem) -> PublicValue {
    if let value = scope[text] { return value }
    if let form = program.forms[text] { return try value(form.body, Scope()) }
    if text == program.checked.tree.parameters.text {
      return .record(program.parameters, position: nil)
    }
    if let value = program.parameters.fields[text] { return PublicValue(value) }
    throw Problem(.unknownName, "unknown name `\(text)`", at: range)
  }

  private func field(
    _ field: Name, of value: PublicValue, at range: SourceRange
  ) throws(Problem) -> PublicValue {
    guard case .record(let record, _) = value else {
      throw wrongType("a record", value, at: range)
    }
    if let value = record.fields[field.text] { return PublicValue(value) }
    throw Problem(
      .unknownField, "this record has no field `\(field.text)`", at: field.range,
      notes: Suggestion.help(for: field.text, among: record.fields.keys) + Self.listed(record))
  }

  /// The fields that there are.
  private static func listed(_ record: ParameterRecord) -> [String] {
    guard !record.fields.isEmpty else { return ["note: it has no fields"] }
    return ["note: it has \(record.fields.keys.sorted().prefix(24).joined(separator: ", "))"]
  }

  private func element(
    of base: Expression, _ index: Expression, _ scope: Scope
  ) throws(Problem) -> PublicValue {
    let list = try value(base, scope)
    guard case .list(let elements) = list else { throw wrongType("a list", list, at: base.range) }
    switch try key(index, scope) {
    case .number(let position):
      guard elements.indices.contains(position) else {
        throw Problem(
          .unknownElement, "index \(position) is outside a list of \(elements.count)", at: index.range)
      }
      return PublicValue(elements[position], position: position)
    case .id(let id):
      var ids: [String] = []
      for (position, element) in elements.enumerated() {
        guard case .record(let record) = element, let other = record.id else { continue }
        if other == id { return .record(record, position: position) }
        ids.append(other)
      }
      throw Problem(
        .unknownElement, "no element of this list has the id \"\(id)\"", at: index.range,
        notes: Suggestion.help(for: id, among: ids))
    }
  }

  // MARK: Arithmetic

  private func arithmetic(_ expression: Expression, _ scope: Scope) throws(Problem) -> Integer {
    let result: Integer
    switch expression.kind {
    case .negation(let operand):
      result = -(try integer(operand, scope))
    case .sum(let terms):
      var sum = Integer(0)
      for term in terms {
        let value = try integer(term.value, scope)
        sum = term.isSubtracted ? sum - value : sum + value
      }
      result = sum
    case .product(let left, let right):
      result = try integer(left, scope) * (try integer(right, scope))
    case .quotient(let dividend, let divisor):
      result = try integer(dividend, scope).floorDivided(by: try self.divisor(divisor, scope))
    case .power(let base, let exponent):
      result = try power(try integer(base, scope), exponent, scope)
    default:
      throw Problem(.wrongType, "expected arithmetic", at: expression.range)
    }
    return try limited(result, at: expression.range)
  }

  /// A divisor: public and at least 1.
  func divisor(_ expression: Expression, _ scope: Scope) throws(Problem) -> Integer {
    let value = try integer(expression, scope)
    guard value > 0 else {
      throw Problem(.arithmetic, "a divisor is at least 1, this one is \(value)", at: expression.range)
    }
    return value
  }

  private func power(_ base: Integer, _ exponent: Expression, _ scope: Scope) throws(Problem) -> Integer {
    let value = try integer(exponent, scope)
    guard let count = value.int, 0 <= count, count <= Self.maximumBitWidth else {
      throw Problem(
        .arithmetic, "an exponent is at least 0 and at most \(Self.maximumBitWidth)",
        at: exponent.range)
    }
    // By squares: base^count has at most the bits that are allowed, or one of the factors has more.
    var (result, square, rest) = (Integer(1), base, count)
    while rest > 0 {
      if rest & 1 == 1 { result = try limited(result * square, at: exponent.range) }
      rest >>= 1
      if rest > 0 { square = try limited(square * square, at: exponent.range) }
    }
    return result
  }

  private func limited(_ value: Integer, at range: SourceRange) throws(Problem) -> Integer {
    guard value.bitWidth <= Self.maximumBitWidth else {
      throw Problem(.arithmetic, "this number has more than \(Self.maximumBitWidth) bits", at: range)
    }
    return value
  }

  private func range(
    _ lower: Expression, _ upper: Expression, closed: Bool, _ scope: Scope, at range: SourceRange
  ) throws(Problem) -> Range<Int> {
    let start = try integer(lower, scope)
    let end = try integer(upper, scope) + (closed ? 1 : 0)
    guard start <= end, end - start <= Integer(Self.maximumRangeCount), let first = start.int,
      let last = end.int
    else {
      throw Problem(
        .tooLarge, "a list of integers ascends and has at most \(Self.maximumRangeCount) elements",
        at: range)
    }
    return first..<last
  }

  private func apply(
    _ builtin: Builtin, _ arguments: [Expression], _ scope: Scope, at range: SourceRange
  ) throws(Problem) -> PublicValue {
    switch builtin {
    case .count:
      return .integer(Integer(try count(arguments[0], scope)))
    case .index:
      let value = try value(arguments[0], scope)
      guard case .record(_, let position?) = value else {
        throw wrongType("an element of a list of records", value, at: arguments[0].range)
      }
      return .integer(Integer(position))
    case .max, .min:
      var fold = Fold(builtin == .max ? .max : .min)
      for argument in arguments { fold.add(try integer(argument, scope)) }
      return .integer(try result(of: fold, at: range))
    case .sum, .fill:
      throw Problem(.wrongType, "`\(builtin.rawValue)` gives no public value", at: range)
    }
  }

  /// A sum, maximum or minimum as its values come.
  private struct Fold {
    let aggregate: Aggregate
    var value: Integer?

    init(_ aggregate: Aggregate) {
      self.aggregate = aggregate
      value = aggregate == .sum ? 0 : nil
    }

    mutating func add(_ next: Integer) {
      guard let value else { return self.value = next }
      switch aggregate {
      case .sum: self.value = value + next
      case .max: self.value = max(value, next)
      case .min: self.value = min(value, next)
      }
    }
  }

  private func result(of fold: Fold, at range: SourceRange) throws(Problem) -> Integer {
    if let value = fold.value { return try limited(value, at: range) }
    throw Problem(.emptyList, "the `\(fold.aggregate.rawValue)` of an empty list", at: range)
  }

  private func wrongType(_ wanted: String, _ value: PublicValue, at range: SourceRange) -> Problem {
    Problem(.wrongType, "expected \(wanted), found \(value.typeName)", at: range)
  }
}

extension Comparison {
  func holds(_ a: Integer, _ b: Integer) -> Bool {
    switch self {
    case .equal: a == b
    case .notEqual: a != b
    case .less: a < b
    case .lessOrEqual: a <= b
    case .greater: a > b
    case .greaterOrEqual: a >= b
    }
  }
}
