internal import ExactIntegers

/// Evaluates expressions that hold no secret value: loops, ranges, coefficients, conditions.
struct PublicEvaluator {
  /// Longest list that `..<` makes.
  private static let maximumRangeCount = 1 << 16

  /// Public numbers stay below 2^4096 in magnitude.
  private static let maximumBitWidth = 4096

  /// The ids, by number.
  private let names: [String]
  private let families: [Family]
  let meter: Meter

  init(program: Program, meter: Meter) {
    (names, families, self.meter) = (program.names, program.families, meter)
  }

  /// One for what speaks of no family.
  init(names: [String], meter: Meter) {
    (self.names, families, self.meter) = (names, [], meter)
  }

  private init(_ other: PublicEvaluator, meter: Meter) {
    (names, families, self.meter) = (other.names, other.families, meter)
  }

  /// The same with all its steps before it.
  var restarted: PublicEvaluator { PublicEvaluator(self, meter: meter.restarted) }

  func value(_ node: Node, _ scope: Scope) throws(Problem) -> PublicValue {
    // What is at hand takes no step; loops do.
    switch node.kind {
    case .value(let value): return value
    case .local(let slot): return scope[slot]
    default: try meter.step(at: node.range)
    }
    switch node.kind {
    case .value(let value):
      return value
    case .key:
      throw Problem(.wrongType, "a string stands only in brackets, as an id", at: node.range)
    case .local(let slot):
      return scope[slot]
    case .definition(let definition, let arguments):
      return try value(definition.body, try bind(arguments, scope))
    case .field(let base, let field):
      return try self.field(field, of: try value(base, scope), at: base.range)
    case .element(let base, let index):
      return try element(of: base, index, scope)
    case .count(let list):
      return .integer(Integer(try count(list, scope)))
    case .position(let element):
      let value = try value(element, scope)
      guard case .record(let record) = value, let position = record.position else {
        throw wrongType("an element of a list of records", value, at: element.range)
      }
      return .integer(Integer(position))
    case .extreme(let aggregate, let values):
      var fold = Fold(aggregate)
      for value in values { fold.add(try integer(value, scope)) }
      return .integer(try result(of: fold, at: node.range))
    case .aggregate(let aggregate, let loops, let body):
      var fold = Fold(aggregate)
      try forEachScope(loops, scope) { (inner) throws(Problem) in fold.add(try integer(body, inner)) }
      return .integer(try result(of: fold, at: node.range))
    case .conditional(let condition, let first, let second):
      return try value(try self.condition(condition, scope) ? first : second, scope)
    case .range(let lower, let upper, let closed):
      return .range(try range(lower, upper, closed: closed, scope, at: node.range))
    case .comparison, .conjunction, .disjunction, .not:
      return .condition(try condition(node, scope))
    case .negation, .sum, .product, .quotient, .power:
      return .integer(try arithmetic(node, scope))
    case .unknown(let name):
      throw Problem(.unknownName, "unknown name `\(name)`", at: node.range)
    case .misplaced(let name):
      throw Problem(.wrongType, "`\(name)` gives no public value", at: node.range)
    case .fill:
      throw Problem(.wrongType, "`fill` gives no public value", at: node.range)
    case .cell(let family, _):
      throw Problem(.unknownName, "unknown name `\(families[family].name)`", at: node.range)
    }
  }

  // MARK: Typed values

  func integer(_ node: Node, _ scope: Scope) throws(Problem) -> Integer {
    let value = try value(node, scope)
    guard case .integer(let integer) = value else {
      throw wrongType("an integer", value, at: node.range)
    }
    return integer
  }

  func condition(_ node: Node, _ scope: Scope) throws(Problem) -> Bool {
    switch node.kind {
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
      let value = try value(node, scope)
      guard case .condition(let holds) = value else {
        throw wrongType("a condition", value, at: node.range)
      }
      return holds
    }
  }

  private func count(_ node: Node, _ scope: Scope) throws(Problem) -> Int {
    let value = try value(node, scope)
    switch value {
    case .list(let list): return list.elements.count
    case .range(let range): return range.count
    case .integer, .condition, .record: throw wrongType("a list", value, at: node.range)
    }
  }

  func key(_ node: Node, _ scope: Scope) throws(Problem) -> Key {
    if case .key(let key) = node.kind { return key }
    let value = try value(node, scope)
    guard let key = value.key else {
      throw wrongType("an integer or an element of a list", value, at: node.range)
    }
    return key
  }

  /// Runs through every combination of elements of the loops, the last loop fastest. One scope exists at a
  /// time.
  func forEachScope(
    _ loops: [Loop], _ outer: Scope, _ body: (Scope) throws(Problem) -> Void
  ) throws(Problem) {
    try forEachScope(loops[...], outer, body)
  }

  private func forEachScope(
    _ loops: ArraySlice<Loop>, _ outer: Scope, _ body: (Scope) throws(Problem) -> Void
  ) throws(Problem) {
    guard let loop = loops.first else { return try body(outer) }
    let rest = loops.dropFirst()
    var inner = outer
    inner.append(.condition(false))
    func visit(_ element: PublicValue) throws(Problem) {
      try meter.step(at: loop.list.range)
      inner.replaceLast(with: element)
      if let condition = loop.condition, !(try self.condition(condition, inner)) { return }
      if rest.isEmpty { try body(inner) } else { try forEachScope(rest, inner, body) }
    }
    let value = try value(loop.list, outer)
    switch value {
    case .list(let list): for element in list.elements { try visit(element) }
    case .range(let range): for number in range { try visit(.integer(Integer(number))) }
    case .integer, .condition, .record: throw wrongType("a list", value, at: loop.list.range)
    }
  }

  /// The scope of a definition's body: its arguments and nothing else.
  func bind(_ arguments: [Node], _ scope: Scope) throws(Problem) -> Scope {
    guard !arguments.isEmpty else { return Scope() }
    var values: [PublicValue] = []
    values.reserveCapacity(arguments.count)
    for argument in arguments { values.append(try value(argument, scope)) }
    return Scope(values)
  }

  /// What falls to the place of a `fill`: the capacity there, and the sum of those before.
  func filled(
    _ list: Node, _ place: Node, _ scope: Scope
  ) throws(Problem) -> (before: Integer, capacity: Integer) {
    let value = try value(list, scope)
    switch value {
    case .list(let elements):
      guard let capacities = elements.capacities else {
        throw Problem(
          .wrongType, "`fill` takes a list of integers or of records with an integer `cap`", at: list.range)
      }
      let position = try position(place, capacities.count, scope)
      return (elements.capacitiesBefore[position], capacities[position])
    case .range(let range):
      let position = try position(place, range.count, scope)
      // The sum of the first numbers of an ascending run.
      let (first, count) = (Integer(range.lowerBound), Integer(position))
      return (
        count * first + (count * (count - 1)).floorDivided(by: 2), Integer(range.lowerBound + position)
      )
    case .integer, .condition, .record:
      throw wrongType("a list", value, at: list.range)
    }
  }

  /// Where in a list `where` points: an element of the list, or a position.
  private func position(_ node: Node, _ count: Int, _ scope: Scope) throws(Problem) -> Int {
    let value = try value(node, scope)
    let position: Int? =
      switch value {
      case .integer(let value): value.int
      case .record(let record): record.position
      case .condition, .list, .range: nil
      }
    guard let position, (0..<count).contains(position) else {
      throw Problem(.unknownElement, "this is not a place in the list of \(count)", at: node.range)
    }
    return position
  }

  // MARK: Fields and elements

  private func field(
    _ field: Node.Field, of value: PublicValue, at range: SourceRange
  ) throws(Problem) -> PublicValue {
    guard case .record(let record) = value else {
      throw wrongType("a record", value, at: range)
    }
    if let value = record.fields[field.index] { return value }
    let (name, source) = (field.name, record.source)
    throw Problem(
      .unknownField, "this record has no field `\(name.text)`", at: name.range,
      notes: Suggestion.help(for: name.text, among: source.fields.keys) + Self.listed(source)
        + (name.text == "attributes"
          ? ["help: the snapshot declares none for this list; one of version 2 does, under `attributes`"]
          : []))
  }

  /// The fields that there are.
  private static func listed(_ record: ParameterRecord) -> [String] {
    guard !record.fields.isEmpty else { return ["note: it has no fields"] }
    return ["note: it has \(record.fields.keys.sorted().prefix(24).joined(separator: ", "))"]
  }

  private func element(of base: Node, _ index: Node, _ scope: Scope) throws(Problem) -> PublicValue {
    let value = try value(base, scope)
    guard case .list(let list) = value else { throw wrongType("a list", value, at: base.range) }
    let key = try key(index, scope)
    guard key.isID else {
      guard list.elements.indices.contains(key.value) else {
        throw Problem(
          .unknownElement, "index \(key.value) is outside a list of \(list.elements.count)", at: index.range)
      }
      return list.elements[key.value]
    }
    var ids: [String] = []
    for element in list.elements {
      guard case .record(let record) = element, let other = record.key, other.isID else { continue }
      if other == key { return element }
      if let id = record.source.id { ids.append(id) }
    }
    throw Problem(
      .unknownElement, "no element of this list has the id \"\(names[key.value])\"", at: index.range,
      notes: Suggestion.help(for: names[key.value], among: ids))
  }

  /// The cell of an element of a family.
  func cell(_ family: Int, _ indices: [Node], _ scope: Scope, at range: SourceRange) throws(Problem) -> Int {
    let family = families[family]
    if let cell = family.onlyCell, indices.isEmpty { return cell }
    var place: Int? = Family.root
    for index in indices {
      let key = try key(index, scope)
      place = place.flatMap { family.step(from: $0, key) }
    }
    if let place, !indices.isEmpty { return place }
    var keys: [Key] = []
    for index in indices { keys.append(try key(index, scope)) }
    let name = elementName(family.name, keys)
    let others =
      family.elements.count > Suggestion.maximumCount
      ? [] : family.elements.map { elementName(family.name, $0.keys) }
    throw Problem(
      .unknownElement, "there is no `\(name)`", at: range,
      notes: Suggestion.help(for: name, among: others))
  }

  /// What a key says to people: an id, or a number.
  func text(of key: Key) -> String { key.isID ? names[key.value] : String(key.value) }

  /// `name[key, key]`.
  func elementName(_ family: String, _ keys: [Key]) -> String {
    keys.isEmpty ? family : "\(family)[\(keys.map { text(of: $0) }.joined(separator: ", "))]"
  }

  // MARK: Arithmetic

  private func arithmetic(_ node: Node, _ scope: Scope) throws(Problem) -> Integer {
    let result: Integer
    switch node.kind {
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
      throw Problem(.wrongType, "expected arithmetic", at: node.range)
    }
    return try limited(result, at: node.range)
  }

  /// A divisor: public and at least 1.
  func divisor(_ node: Node, _ scope: Scope) throws(Problem) -> Integer {
    let value = try integer(node, scope)
    guard value > 0 else {
      throw Problem(.arithmetic, "a divisor is at least 1, this one is \(value)", at: node.range)
    }
    return value
  }

  private func power(_ base: Integer, _ exponent: Node, _ scope: Scope) throws(Problem) -> Integer {
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
    _ lower: Node, _ upper: Node, closed: Bool, _ scope: Scope, at range: SourceRange
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
