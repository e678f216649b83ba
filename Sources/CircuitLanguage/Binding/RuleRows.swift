/// The lines that hold a value to its rule, each ready to be pasted: rows, and names of their own for what no
/// row takes within them: maxima, quotients and products of secret values.
struct RuleRows {
  /// Rules of more parts have their rows written by `bound`.
  private static let mostLines = 16
  /// Definitions of definitions are many times their source where they are written out.
  private static let mostSteps = 1_000

  private(set) var lines: [String] = []
  /// Whether rows alone are enough.
  private(set) var isRowsOnly = true

  private var steps = 0
  private let reading: RuleReading
  /// The name of the advice, and its range as it is written.
  private let name: String
  private let bounds: ValueRange
  private let (range, lower): (String, String)
  private var names: Set<String>
  private var titles: Set<String>

  init(_ reading: RuleReading, _ head: FamilyHead, _ range: ValueRange) {
    self.reading = reading
    name = head.name.text
    bounds = range
    lower = reading.code(of: range.lower)
    self.range = "\(lower) ... \(reading.code(of: range.upper))"
    names = Set(reading.tree.declarations.compactMap(\.name?.text) + [reading.tree.parameters.text])
    titles = []
    for case .requirement(let requirement) in reading.tree.declarations {
      titles.insert(reading.source.text(in: requirement.title.range))
    }
  }

  /// A value that is held, as a row writes it, and the loops around it.
  struct Value {
    let name: String
    let code: String
    let loops: [Binder]
  }

  /// Adds what holds a value to a rule, against the side that nothing else holds.
  ///
  /// - Returns: whether these lines say all of it.
  mutating func hold(_ value: Value, to rule: Expression, _ free: Effect) -> Bool {
    if reading.isPlain(rule) { return holdPlainly(value, to: rule, free) }
    if let body = reading.body(of: rule) { return hold(value, to: body, free) }
    switch rule.kind {
    case .builtin(.max, _), .aggregate(.max, _, _): return hold(value, toMaximum: rule, free)
    case .builtin(.min, _), .aggregate(.min, _, _): return hold(value, toMinimum: rule, free)
    case .builtin(.fill, let arguments): return hold(value, toPart: arguments)
    case .quotient(let dividend, let divisor): return hold(value, to: dividend, by: divisor, free)
    case .builtin, .conditional, .comparison: return false
    default: return holdPlainly(value, to: rule, free)
    }
  }

  private mutating func holdPlainly(_ value: Value, to rule: Expression, _ free: Effect) -> Bool {
    guard let code = linear(rule, value.loops, free) else { return false }
    let relation = free == .raises ? ">=" : free == .lowers ? "<=" : "=="
    return add("", value, [], "\(value.code) \(relation) \(code)")
  }

  private mutating func hold(_ value: Value, toMaximum rule: Expression, _ free: Effect) -> Bool {
    let parts = parts(of: rule, .max, [])
    if free.contains(.raises), !rows(value, parts, ">=", .raises) { return false }
    return !free.contains(.lowers) || one(of: parts, value)
  }

  private mutating func hold(_ value: Value, toMinimum rule: Expression, _ free: Effect) -> Bool {
    let parts = parts(of: rule, .min, [])
    if free.contains(.lowers), !rows(value, parts, "<=", .lowers) { return false }
    return !free.contains(.raises) || one(of: parts, value)
  }

  private typealias Part = (value: Expression, loops: [Binder])

  /// What is compared, a maximum within a maximum as its own parts.
  private func parts(of rule: Expression, _ aggregate: Aggregate, _ loops: [Binder]) -> [Part] {
    switch (rule.kind, aggregate) {
    case (.builtin(.max, let arguments), .max), (.builtin(.min, let arguments), .min):
      arguments.flatMap { parts(of: $0, aggregate, loops) }
    case (.aggregate(aggregate, let inner, let body), _):
      parts(of: body, aggregate, loops + inner)
    default: [(rule, loops)]
    }
  }

  /// A row for each part; the one that the range of the advice says already is left out.
  private mutating func rows(_ value: Value, _ parts: [Part], _ relation: String, _ free: Effect) -> Bool {
    var number = 0
    for part in parts {
      if relation == ">=", parts.count > 1, reading.code(of: part.value) == lower {
        continue
      }
      number += 1
      guard let code = linear(part.value, value.loops + part.loops, free),
        add(", \(number)", value, part.loops, "\(value.code) \(relation) \(code)")
      else { return false }
    }
    return true
  }

  /// That a value is one of two parts: what it lacks of each, multiplied, is 0.
  private mutating func one(of parts: [Part], _ value: Value) -> Bool {
    guard parts.count == 2, parts.allSatisfy(\.loops.isEmpty) else { return false }
    var factors: [String] = []
    for part in parts {
      guard let code = linear(part.value, value.loops, .unknown) else { return false }
      factors.append("(" + difference(value.code, code) + ")")
    }
    let product = freshName("both")
    let keys = RuleReading.brackets(value.loops.map(\.name.text))
    guard declare("product", product, value.loops, ":= \(factors.joined(separator: " * "))") else {
      return false
    }
    return add(" is one", value, [], "\(product)\(keys) == 0")
  }

  private func difference(_ a: String, _ b: String) -> String {
    let negated = String(b.dropFirst())
    let isNegation = b.hasPrefix("-") && RuleReading.grouped(negated) == negated
    return isNegation ? "\(a) + \(negated)" : "\(a) - \(RuleReading.grouped(b))"
  }

  /// The parts that an amount is divided into add up to it.
  private mutating func hold(_ value: Value, toPart arguments: [Expression]) -> Bool {
    guard arguments.count == 3, case .name(let key) = arguments[2].kind,
      let place = value.loops.lastIndex(where: { $0.name.text == key })
    else { return false }
    var outer = value.loops
    let part = outer.remove(at: place)
    guard let amount = linear(arguments[0], outer, .unknown) else { return false }
    let whole = Value(name: value.name, code: value.code, loops: outer)
    return add(" in all", whole, [], "\(amount) == sum(\(reading.code(of: part)) : \(value.code))")
  }

  /// v = ⌊a / b⌋ is b·v ≤ a and a ≤ b·v + b − 1.
  private mutating func hold(
    _ value: Value, to dividend: Expression, by divisor: Expression, _ free: Effect
  ) -> Bool {
    let isPlain = reading.isPlain(dividend)
    let by = RuleReading.grouped(reading.code(of: divisor))
    if isPlain || free.contains(.lowers) {
      guard let code = linear(dividend, value.loops, isPlain ? .lowers : free),
        add(", down", value, [], "\(by) * \(value.code) <= \(code)")
      else { return false }
    }
    if isPlain || free.contains(.raises) {
      guard let code = linear(dividend, value.loops, isPlain ? .raises : free),
        add(", up", value, [], "\(code) <= \(by) * \(value.code) + \(by) - 1")
      else { return false }
    }
    return true
  }

  // MARK: What no row takes

  /// An expression as a row takes it; nil if there are no lines that say what is in it.
  mutating func linear(_ expression: Expression, _ loops: [Binder], _ free: Effect) -> String? {
    if case .negation(let operand) = expression.kind, reading.isUnwritten(expression) {
      return linear(operand, loops, free.negated).map { "-" + RuleReading.grouped($0) }
    }
    if let form = reading.linkedForm(of: expression) { return linear(form, loops, free) }
    if let body = reading.body(of: expression), !reading.isPlain(expression) {
      return linear(body, loops, free)
    }
    var places: [(range: SourceRange, text: String)] = []
    guard RuleReading.isShort(expression), replace(in: expression, loops, free, &places) else { return nil }
    let code = reading.code(of: expression, replacing: places)
    return RuleReading.isShort(code) ? code : nil
  }

  private mutating func replace(
    in expression: Expression, _ loops: [Binder], _ free: Effect,
    _ places: inout [(range: SourceRange, text: String)]
  ) -> Bool {
    steps += 1
    guard steps <= Self.mostSteps else { return false }
    if reading.isPlain(expression) { return true }
    if let meant = reading.linkedForm(of: expression) ?? reading.body(of: expression) {
      guard let code = linear(meant, loops, free) else { return false }
      places.append((expression.range, "(\(code))"))
      return true
    }
    switch expression.kind {
    case .negation(let operand) where !reading.isUnwritten(expression):
      return replace(in: operand, loops, free.negated, &places)
    case .sum(let terms):
      for term in terms {
        guard replace(in: term.value, loops, term.isSubtracted ? free.negated : free, &places) else {
          return false
        }
      }
      return true
    case .product(let a, let b) where !(reading.isSecret(a) && reading.isSecret(b)):
      return replace(in: a, loops, free, &places) && replace(in: b, loops, free, &places)
    case .aggregate(.sum, let inner, let body):
      return replace(in: body, loops + inner, free, &places)
    case .product, .quotient, .builtin(.max, _), .builtin(.min, _), .builtin(.fill, _), .aggregate:
      guard let code = named(expression, loops, free) else { return false }
      places.append((expression.range, code))
      return true
    default:
      return false
    }
  }

  /// A value of its own for a part of a rule, with what holds it.
  private mutating func named(_ part: Expression, _ around: [Binder], _ free: Effect) -> String? {
    if let known = reading.value(ruledBy: part, around, besides: name) { return known }
    isRowsOnly = false
    // Its range is that of the advice, which may speak of loops as well.
    let loops = reading.loops(around, for: [part, bounds.lower, bounds.upper])
    let word = freshName("\(name)_part")
    let value = Value(
      name: word, code: word + RuleReading.brackets(loops.map(\.name.text)), loops: loops)
    if case .product(let a, let b) = part.kind {
      guard let factors = factors(a, b, loops), declare("product", word, loops, ":= \(factors)") else {
        return nil
      }
      return value.code
    }
    guard declare("advice", word, loops, "in \(range) := \(reading.code(of: part))"),
      hold(value, to: part, free)
    else { return nil }
    return value.code
  }

  /// `left * right`, as a `product` takes them.
  mutating func factors(_ a: Expression, _ b: Expression, _ loops: [Binder]) -> String? {
    guard let left = linear(a, loops, .unknown), let right = linear(b, loops, .unknown) else { return nil }
    return "\(RuleReading.grouped(left)) * \(RuleReading.grouped(right))"
  }

  // MARK: Lines

  private mutating func freshName(_ word: String) -> String {
    var (name, number) = (word, 1)
    while !names.insert(name).inserted {
      number += 1
      name = "\(word)\(number)"
    }
    return name
  }

  private mutating func declare(_ word: String, _ name: String, _ loops: [Binder], _ rest: String) -> Bool {
    add("\(word) \(name)\(RuleReading.brackets(loops.map { reading.code(of: $0) })) \(rest)")
  }

  /// A row with a title that no other one has.
  mutating func add(_ what: String, _ value: Value, _ inner: [Binder], _ row: String) -> Bool {
    let loops = value.loops + inner
    guard Set(loops.map(\.name.text)).count == loops.count else { return false }
    func keys(_ loops: [Binder]) -> String { loops.map { " {\($0.name.text)}" }.joined() }
    var title = "\"\(value.name)\(keys(value.loops))\(what)\(keys(inner))\""
    while !titles.insert(title).inserted { title = String(title.dropLast()) + ", as ruled\"" }
    let over = loops.isEmpty ? "" : " for " + loops.map { reading.code(of: $0) }.joined(separator: ", ")
    return add("require \(title)\(over) : \(row)")
  }

  private mutating func add(_ line: String) -> Bool {
    guard RuleReading.isShort(line), lines.count < Self.mostLines else { return false }
    lines.append(line)
    return true
  }
}
