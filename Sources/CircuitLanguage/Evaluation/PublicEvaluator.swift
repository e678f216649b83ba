internal import ExactIntegers

/// Evaluates expressions that hold no secret value: loops, ranges, coefficients, conditions.
final class PublicEvaluator {
  /// Longest list that `..<` makes.
  private static let maximumRangeCount = 1 << 16

  /// Public numbers stay below 2^4096 in magnitude.
  private static let maximumBitWidth = 4096

  let meter: Meter
  private let circuit: ResolvedCircuit
  // Nothing here is read while it changes, and looking whether it is takes longer than most steps of a walk.
  @exclusivity(unchecked) private var nodes: [Node]
  private let children: [Node.ID]
  private let loops: [Loop]
  private let table: ParameterTable
  private let families: [Family]
  /// Integers of more than a word that are at hand beside those of the table.
  @exclusivity(unchecked) private var wides: [Integer] = []
  /// What `fill` reads of lists, as far as it was asked for.
  @exclusivity(unchecked) private var capacities: [Int: Capacities] = [:]

  init(program: Program, meter: Meter) {
    (circuit, nodes, table, families) = (program.circuit, program.nodes, program.table, program.families)
    (children, loops) = (circuit.children, circuit.loops)
    self.meter = meter
  }

  private init(_ other: PublicEvaluator, meter: Meter) {
    (circuit, nodes, table, families) = (other.circuit, other.nodes, other.table, other.families)
    (children, loops) = (circuit.children, circuit.loops)
    self.meter = meter
  }

  /// One over nodes in which constants are about to take the place of what gives them.
  init(folding circuit: ResolvedCircuit, _ table: ParameterTable) {
    (self.circuit, self.table, nodes, families) = (circuit, table, circuit.nodes, [])
    (children, loops) = (circuit.children, circuit.loops)
    meter = Meter(mostSteps: .max)
  }

  /// Puts a constant in the place of a node.
  func replace(_ node: Node.ID, by value: PublicValue?) {
    if let value { nodes[Int(node)].kind = .value(value) }
  }

  /// The constant that a node is, if it is one.
  func constant(_ node: Node.ID) -> PublicValue? {
    if case .value(let value) = self[node].kind { value } else { nil }
  }

  /// The nodes with their constants, and the table with those among them that need more than a word.
  var folded: ([Node], ParameterTable) {
    var table = table
    for wide in wides { _ = table.add(wide: wide) }
    return (nodes, table)
  }

  /// The same with all its steps before it.
  var restarted: PublicEvaluator { PublicEvaluator(self, meter: meter.restarted) }

  /// The node with a number.
  subscript(node: Node.ID) -> Node { nodes[Int(node)] }

  /// The node at a place of a ``NodeList``.
  func child(_ place: Int) -> Node { self[children[place]] }

  /// Where the list of the outermost of some loops is written.
  func range(ofList loops: LoopList) -> SourceRange { self[self.loops[Int(loops.first)].list].range }

  /// The terms of a chain.
  func terms(_ list: TermList) -> ArraySlice<Node.Term> { circuit.terms[list.places] }

  /// The name of a definition.
  func name(ofDefinition number: Int) -> String { circuit.definitions[number].name }

  /// What a definition stands for.
  func body(ofDefinition number: Int) -> Node { self[circuit.definitions[number].body] }

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
    case .local(let slot):
      return scope[slot]
    case .key:
      throw Problem(.wrongType, "a string stands only in brackets, as an id", at: node.range)
    case .definition(let definition, let arguments):
      let mark = mark
      let value = try value(body(ofDefinition: definition), try bind(arguments, scope))
      return released(value, to: mark)
    case .field(let base, let field):
      let base = self[base]
      return try self.field(field, of: try value(base, scope), at: base.range)
    case .element(let base, let index):
      return try element(of: self[base], self[index], scope)
    case .conditional(let condition, let first, let second):
      return try value(self[try self.condition(self[condition], scope) ? first : second], scope)
    case .range(let lower, let upper, let closed):
      let range = try range(self[lower], self[upper], closed: closed, scope, at: node.range)
      return .range(first: range.lowerBound, count: Int32(range.count))
    case .comparison, .conjunction, .disjunction, .not:
      return .condition(try condition(node, scope))
    case .count, .position, .extreme, .aggregate, .negation, .sum, .product, .quotient, .power:
      return value(of: try arithmetic(node, scope))
    case .parameter(let number):
      throw unknown(circuit.parameterNames[number], at: node.range)
    case .unknown(let number):
      throw unknown(circuit.unknownNames[number], at: node.range)
    case .root:
      throw Problem(.wrongType, "the parameters give no public value", at: node.range)
    case .misplaced(let builtin):
      throw Problem(.wrongType, "`\(builtin.rawValue)` gives no public value", at: node.range)
    case .fill:
      throw Problem(.wrongType, "`fill` gives no public value", at: node.range)
    case .cell(let family, _):
      throw unknown(families[family].name, at: node.range)
    }
  }

  private func unknown(_ name: String, at range: SourceRange) -> Problem {
    Problem(.unknownName, "unknown name `\(name)`", at: range)
  }

  // MARK: Integers

  /// The integer that a value is, if it is one.
  func integer(_ value: PublicValue) -> Integer? {
    switch value {
    case .word(let word): Integer(word)
    case .wide(let number) where number < table.wides.count: table.wides[number]
    case .wide(let number): wides[number - table.wides.count]
    case .condition, .list, .range, .record: nil
    }
  }

  private func value(of integer: Integer) -> PublicValue {
    if let word = integer.int { return .word(word) }
    wides.append(integer)
    return .wide(table.wides.count + wides.count - 1)
  }

  /// How many long integers are at hand. Those that come after a mark are let go with ``release(to:)``, so
  /// that a loop does not collect them.
  var mark: Int { wides.count }

  func release(to mark: Int) {
    if wides.count > mark { wides.removeSubrange(mark...) }
  }

  /// Lets go of what came after a mark, but for a value.
  private func released(_ value: PublicValue, to mark: Int) -> PublicValue {
    guard wides.count > mark else { return value }
    guard case .wide = value, let integer = integer(value) else {
      release(to: mark)
      return value
    }
    release(to: mark)
    return self.value(of: integer)
  }

  // MARK: Typed values

  func integer(_ node: Node, _ scope: Scope) throws(Problem) -> Integer {
    try integer(node, scope, at: node.range)
  }

  /// - Parameter range: what is said to be no integer.
  private func integer(_ node: Node, _ scope: Scope, at range: SourceRange) throws(Problem) -> Integer {
    switch node.kind {
    case .count, .position, .extreme, .aggregate, .negation, .sum, .product, .quotient, .power:
      try meter.step(at: node.range)
      return try arithmetic(node, scope)
    case .definition(let definition, let arguments):
      try meter.step(at: node.range)
      let mark = mark
      defer { release(to: mark) }
      return try integer(body(ofDefinition: definition), try bind(arguments, scope), at: range)
    case .conditional(let condition, let first, let second):
      try meter.step(at: node.range)
      return try integer(
        self[try self.condition(self[condition], scope) ? first : second], scope, at: range)
    default:
      let value = try value(node, scope)
      guard let integer = integer(value) else { throw wrongType("an integer", value, at: range) }
      return integer
    }
  }

  func condition(_ node: Node, _ scope: Scope) throws(Problem) -> Bool {
    switch node.kind {
    case .comparison(let comparison, let left, let right):
      do throws(Problem) {
        return comparison.holds(try integer(self[left], scope), try integer(self[right], scope))
      } catch {
        throw aboutElements(error, left, right, scope)
      }
    case .conjunction(let left, let right):
      // Both sides are evaluated, as they are over secret values.
      let (a, b) = (try condition(self[left], scope), try condition(self[right], scope))
      return a && b
    case .disjunction(let left, let right):
      let (a, b) = (try condition(self[left], scope), try condition(self[right], scope))
      return a || b
    case .not(let operand):
      return !(try condition(self[operand], scope))
    default:
      let value = try value(node, scope)
      guard case .condition(let holds) = value else {
        throw wrongType("a condition", value, at: node.range)
      }
      return holds
    }
  }

  /// A mistake in a comparison; where both sides are elements of lists, with how they are compared.
  private func aboutElements(_ error: Problem, _ left: Node.ID, _ right: Node.ID, _ scope: Scope) -> Problem {
    guard error.code == .wrongType,
      case .record? = try? value(self[left], scope), case .record? = try? value(self[right], scope)
    else { return error }
    var error = error
    error.message = "elements of lists are not compared"
    error.notes = [
      "help: compare their places, `index(a) == index(b)`; or name one with `let one = instruments[\"…\"]` and "
        + "declare or use `position[one]`"
    ]
    return error
  }

  private func count(_ node: Node, _ scope: Scope) throws(Problem) -> Int {
    let value = try value(node, scope)
    switch value {
    case .list(let list): return table.lists[list].count
    case .range(_, let count): return Int(count)
    case .word, .wide, .condition, .record: throw wrongType("a list", value, at: node.range)
    }
  }

  func key(_ node: Node, _ scope: Scope) throws(Problem) -> Key {
    if case .key(let key) = node.kind { return key }
    let value = try value(node, scope)
    guard let key = key(of: value) else {
      throw wrongType("an integer or an element of a list", value, at: node.range)
    }
    return key
  }

  /// What a value selects as an index: the id of a record, its position if it has none, an integer itself.
  func key(of value: PublicValue) -> Key? {
    switch value {
    case .word(let word): Key(number: word)
    case .record(let record): table.records[record].key
    case .wide, .condition, .list, .range: nil
    }
  }

  /// Runs through every combination of elements of the loops, the last loop fastest. One scope exists at a
  /// time.
  func forEachScope(
    _ list: LoopList, _ outer: Scope, _ body: (Scope) throws(Problem) -> Void
  ) throws(Problem) {
    guard list.count > 0 else { return try body(outer) }
    let loop = loops[Int(list.first)]
    let place = self[loop.list].range
    var inner = outer
    inner.append(.condition(false))
    func visit(_ element: PublicValue) throws(Problem) {
      try meter.step(at: place)
      inner.replaceLast(with: element)
      if let condition = loop.condition, !(try self.condition(self[condition], inner)) { return }
      if list.count == 1 { try body(inner) } else { try forEachScope(list.inner, inner, body) }
    }
    let value = try value(self[loop.list], outer)
    switch value {
    case .list(let list):
      for element in table.lists[list].places { try visit(table.elements[element]) }
    case .range(let first, let count):
      for number in first..<(first + Int(count)) { try visit(.word(number)) }
    case .word, .wide, .condition, .record:
      throw wrongType("a list", value, at: place)
    }
  }

  /// The scope of a definition's body: its arguments and nothing else.
  ///
  /// Long integers among them stay at hand until they are let go.
  func bind(_ arguments: NodeList, _ scope: Scope) throws(Problem) -> Scope {
    var bound = Scope()
    for argument in arguments.places { bound.append(try value(child(argument), scope)) }
    return bound
  }

  // MARK: Capacities

  /// What `fill` reads of a list.
  private final class Capacities {
    let values: [Integer]
    /// The sum of the capacities before each place.
    let before: [Integer]

    init(_ values: [Integer]) {
      self.values = values
      var (before, sum) = ([Integer](), Integer(0))
      before.reserveCapacity(values.count)
      for value in values {
        before.append(sum)
        sum = sum + value
      }
      self.before = before
    }
  }

  /// The capacities of a list, unless an element has none.
  private func capacities(of list: Int) -> Capacities? {
    if let known = capacities[list] { return known }
    guard let field = table.capacityField else { return nil }
    var values: [Integer] = []
    for place in table.lists[list].places {
      var value: PublicValue? = table.elements[place]
      if case .record(let record)? = value { value = table.fields[table.records[record].firstField + field] }
      guard let value, let integer = integer(value) else { return nil }
      values.append(integer)
    }
    let found = Capacities(values)
    capacities[list] = found
    return found
  }

  /// What falls to the place of a `fill`: the capacity there, and the sum of those before.
  func filled(
    _ list: Node, _ place: Node, _ scope: Scope
  ) throws(Problem) -> (before: Integer, capacity: Integer) {
    let value = try value(list, scope)
    switch value {
    case .list(let number):
      guard let capacities = capacities(of: number) else {
        throw Problem(
          .wrongType, "`fill` takes a list of integers or of records with an integer `cap`", at: list.range)
      }
      let position = try position(place, capacities.values.count, scope)
      return (capacities.before[position], capacities.values[position])
    case .range(let first, let length):
      let position = try position(place, Int(length), scope)
      // The sum of the first numbers of an ascending run.
      let (start, count) = (Integer(first), Integer(position))
      return (count * start + (count * (count - 1)).floorDivided(by: 2), Integer(first + position))
    case .word, .wide, .condition, .record:
      throw wrongType("a list", value, at: list.range)
    }
  }

  /// Where in a list `where` points: an element of the list, or a position.
  private func position(_ node: Node, _ count: Int, _ scope: Scope) throws(Problem) -> Int {
    let value = try value(node, scope)
    let position: Int? =
      switch value {
      case .word(let word): word
      case .record(let record): table.records[record].position
      case .wide, .condition, .list, .range: nil
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
    guard case .record(let number) = value else {
      throw wrongType("a record", value, at: range)
    }
    if let value = table.fields[table.records[number].firstField + Int(field.index)] { return value }
    throw missing(circuit.fieldUses[Int(field.use)], in: table.sources[number])
  }

  private func missing(_ name: Name, in source: ParameterRecord) -> Problem {
    Problem(
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
    guard case .list(let number) = value else { throw wrongType("a list", value, at: base.range) }
    let list = table.lists[number]
    let key = try key(index, scope)
    guard key.isID else {
      // No list has one, whatever the parameters are.
      guard 0 <= key.value else {
        throw Problem(
          .arithmetic, "places in a list count from 0, and this is \(key.value)", at: index.range)
      }
      guard key.value < list.count else {
        throw Problem(
          .unknownElement, "index \(key.value) is outside a list of \(list.count)", at: index.range)
      }
      return table.elements[list.first + key.value]
    }
    for place in list.places {
      if case .record(let record) = table.elements[place], table.records[record].key == key {
        return table.elements[place]
      }
    }
    throw missing(key, in: list, at: index.range)
  }

  private func missing(_ key: Key, in list: ParameterTable.List, at range: SourceRange) -> Problem {
    let ids = list.places.compactMap { place -> String? in
      guard case .record(let record) = table.elements[place] else { return nil }
      return table.sources[record].id
    }
    let name = table.ids[key.value]
    return Problem(
      .unknownElement, "no element of this list has the id \"\(name)\"", at: range,
      notes: Suggestion.help(for: name, among: ids))
  }

  /// The cell of an element of a family.
  func cell(
    _ number: Int, _ indices: NodeList, _ scope: Scope, at range: SourceRange
  ) throws(Problem) -> Int {
    let family = families[number]
    if indices.isEmpty {
      if let cell = family.onlyCell { return cell }
      throw missing([], in: family, at: range)
    }
    var place: Int? = Family.root
    for index in indices.places {
      let key = try key(child(index), scope)
      if let known = place { place = family.step(from: known, key) }
    }
    if let place { return place }
    var keys: [Key] = []
    for index in indices.places { keys.append(try key(child(index), scope)) }
    throw missing(keys, in: family, at: range)
  }

  private func missing(_ keys: [Key], in family: Family, at range: SourceRange) -> Problem {
    let name = writtenName(family.name, keys)
    let others =
      family.elements.count > Suggestion.maximumCount
      ? [] : family.elements.map { writtenName(family.name, $0.keys) }
    return Problem(
      .unknownElement, "there is no `\(name)`", at: range,
      notes: Suggestion.help(for: name, among: others))
  }

  /// What a key says to people: an id, or a number.
  func text(of key: Key) -> String { key.isID ? table.ids[key.value] : String(key.value) }

  /// `name[key, key]`.
  func elementName(_ family: String, _ keys: [Key]) -> String {
    keys.isEmpty ? family : "\(family)[\(keys.map { text(of: $0) }.joined(separator: ", "))]"
  }

  /// `name["id", 3]`, as a circuit has to say it.
  private func writtenName(_ family: String, _ keys: [Key]) -> String {
    guard !keys.isEmpty else { return family }
    return "\(family)[\(keys.map { $0.isID ? "\"\(text(of: $0))\"" : text(of: $0) }.joined(separator: ", "))]"
  }

  // MARK: Arithmetic

  /// The value of an expression that can only be an integer.
  private func arithmetic(_ node: Node, _ scope: Scope) throws(Problem) -> Integer {
    let result: Integer
    switch node.kind {
    case .count(let list):
      return Integer(try count(self[list], scope))
    case .position(let element):
      return Integer(try position(of: self[element], scope))
    case .extreme(let aggregate, let values):
      var fold = Fold(aggregate)
      for value in values.places { fold.add(try integer(child(value), scope)) }
      return try self.result(of: fold, at: node.range)
    case .aggregate(let aggregate, let loops, let body):
      var fold = Fold(aggregate)
      let body = self[body]
      try forEachScope(loops, scope) { (inner) throws(Problem) in fold.add(try integer(body, inner)) }
      return try self.result(of: fold, at: node.range)
    case .negation(let operand):
      result = -(try integer(self[operand], scope))
    case .sum(let terms):
      var sum = Integer(0)
      for term in circuit.terms[terms.places] {
        let value = try integer(self[term.value], scope)
        sum = term.isSubtracted ? sum - value : sum + value
      }
      result = sum
    case .product(let left, let right):
      result = try integer(self[left], scope) * (try integer(self[right], scope))
    case .quotient(let dividend, let divisor):
      result = try integer(self[dividend], scope).floorDivided(by: try self.divisor(self[divisor], scope))
    case .power(let base, let exponent):
      result = try power(try integer(self[base], scope), self[exponent], scope)
    default:
      throw Problem(.wrongType, "expected arithmetic", at: node.range)
    }
    return try limited(result, at: node.range)
  }

  /// Where an element of a list of records stands.
  private func position(of element: Node, _ scope: Scope) throws(Problem) -> Int {
    let value = try value(element, scope)
    guard case .record(let record) = value, let position = table.records[record].position else {
      throw wrongType("an element of a list of records", value, at: element.range)
    }
    return position
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
