internal import ExactIntegers

/// What language 2 adds: `bound`, `ignore`, `parameter`, and requirements with more than two sides.
extension Parser {
  /// `bound v[…] in lo ... hi := max(a, b)`: an advice value, and the rows that hold it to its rule.
  mutating func bound(from start: SourceRange) throws(Problem) {
    let (head, range) = try rangedHead()
    try expect(.becomes, "and the maximum, minimum or absolute value that `\(head.name.text)` is")
    let rule = try expression()
    declarations.append(.advice(head, range, rule: rule))
    for row in try BoundRows(head, rule, at: start.union(rule.range)).rows {
      declarations.append(.requirement(row))
    }
  }

  /// `parameter limit in 1 ... 20 := 10`: a number that the user of the circuit may choose within a range.
  /// What is chosen replaces the number in the file, and so is in the digest.
  mutating func parameter() throws(Problem) {
    let name = try introducedName("of a parameter")
    try expect(.in, "and the range of `\(name.text)`")
    let (lower, _) = try signedInteger()
    try expect(.closedRange, "between the bounds")
    let (upper, last) = try signedInteger()
    try expect(.becomes, "and the value of `\(name.text)`")
    let (value, range) = try signedInteger()
    guard lower <= upper else {
      throw Problem(.invalidRange, "nothing is in the range \(lower) ... \(upper)", at: last)
    }
    guard lower <= value, value <= upper else {
      throw Problem(
        .invalidRange, "`\(name.text)` is in \(lower) ... \(upper), and \(value) is not", at: range)
    }
    parameterDeclarations.append(
      ParameterDeclaration(name: name, lower: lower, upper: upper, value: value, valueRange: range))
    let body = Expression(kind: .integer(value), range: range, depth: 1)
    declarations.append(.form(.init(name: name, parameters: [], body: body)))
  }

  private mutating func signedInteger() throws(Problem) -> (value: Integer, range: SourceRange) {
    let minus = accept(.minus)
    guard case .integer(let value) = token.kind else {
      throw Problem(
        .syntax, "expected an integer, found \(token.description)", at: token.range,
        notes: ["help: range and value of a parameter are written as numbers"])
    }
    let range = minus?.union(token.range) ?? token.range
    advance()
    return (minus == nil ? value : -value, range)
  }

  /// Coordinates that the rule is not about: committed within ±(2⁶² − 1), whatever they are.
  mutating func ignore() throws(Problem) {
    repeat {
      let head = try familyHead()
      guard token.kind != .keyword(.in) else {
        throw Problem(
          .syntax, "what is ignored has no range of its own", at: token.range,
          notes: ["help: `committed` proves a range"])
      }
      let bound = Integer.powerOfTwo(62) - 1
      let place = head.name.range
      let range = ValueRange(
        lower: Expression(kind: .integer(-bound), range: place, depth: 1),
        upper: Expression(kind: .integer(bound), range: place, depth: 1))
      ignored.insert(head.name.text)
      declarations.append(.committed(head, range))
    } while accept(.comma) != nil
  }

  /// `a <= b <= c` is two rows, `a <= b` and `b <= c`; longer chains more.
  mutating func chainedRequirement(
    _ title: Title, _ binders: [Binder], _ first: Expression, _ relation: Relation, _ second: Expression,
    from start: SourceRange
  ) throws(Problem) {
    guard language >= 2 else {
      throw Problem(
        .syntax, "a requirement has two sides", at: token.range,
        notes: ["help: write two requirements, or `language 2` in the header, which chains them"])
    }
    var sides = [first, second]
    while case .symbol(let symbol) = token.kind, let next = Relation(rawValue: symbol.rawValue) {
      guard next == relation, relation != .equal else {
        throw Problem(
          .syntax, "a chain runs one way: all `<=` or all `>=`", at: token.range,
          notes: ["help: write two requirements"])
      }
      advance()
      sides.append(try chain())
    }
    if let keyword = accept(.within) {
      throw Problem(
        .syntax, "the slacks of a chain have no bound of their own", at: keyword,
        notes: ["help: write one requirement for each"])
    }
    for (number, pair) in zip(sides, sides.dropFirst()).enumerated() {
      let parts = title.parts + [.text(", part \(number + 1)")]
      declarations.append(
        .requirement(
          .init(
            title: Title(parts: parts, range: title.range), binders: binders, left: pair.0,
            relation: relation, right: pair.1, within: nil,
            range: start.union(pair.1.range))))
    }
  }
}
