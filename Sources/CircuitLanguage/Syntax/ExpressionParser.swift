/// Expressions, loosest binding first:
///
///     expression  = "if" expression "then" expression "else" expression | disjunction
///     disjunction = conjunction { "or" conjunction }
///     conjunction = inversion { "and" inversion }
///     inversion   = "not" inversion | comparison
///     comparison  = chain [ ( "==" | "!=" | "<" | "<=" | ">" | ">=" ) chain ]
///                 | chain ( "<" | "<=" ) chain { ( "<" | "<=" ) chain }          (language 2; also ">", ">=")
///     chain       = factors { ( "+" | "-" ) factors }
///     factors     = signed { ( "*" | "//" ) signed }
///     signed      = "-" signed | power
///     power       = postfix [ "^" postfix ]
///     postfix     = primary { "." name | "[" expression { "," expression } "]" }
///     primary     = number | string | "(" expression ")" | name [ "(" arguments ")" ]
///     arguments   = binders ":" expression | expression { "," expression }
///     binders     = binder { "," binder }
///     binder      = name "in" list [ "where" disjunction ]
///     list        = chain [ ( "..." | "..<" ) chain ]
extension Parser {
  mutating func expression() throws(Problem) -> Expression {
    guard let start = accept(.if) else { return try disjunction() }
    try enter()
    defer { leave() }
    let condition = try expression()
    try expect(.then, "after the condition")
    let first = try expression()
    try expect(.else, "after the first choice")
    let second = try expression()
    return try node(
      .conditional(condition, then: first, else: second), from: start,
      over: [condition, first, second])
  }

  mutating func disjunction() throws(Problem) -> Expression {
    var left = try conjunction()
    while accept(.or) != nil {
      let right = try conjunction()
      left = try node(.disjunction(left, right), over: [left, right])
    }
    return left
  }

  private mutating func conjunction() throws(Problem) -> Expression {
    var left = try inversion()
    while accept(.and) != nil {
      let right = try inversion()
      left = try node(.conjunction(left, right), over: [left, right])
    }
    return left
  }

  private mutating func inversion() throws(Problem) -> Expression {
    guard let start = accept(.not) else { return try comparison() }
    try enter()
    defer { leave() }
    let operand = try inversion()
    return try node(.not(operand), from: start, over: [operand])
  }

  private mutating func comparison() throws(Problem) -> Expression {
    let left = try chain()
    guard case .symbol(let symbol) = token.kind, let operation = Comparison(rawValue: symbol.rawValue)
    else { return left }
    advance()
    let right = try chain()
    var result = try node(.comparison(operation, left, right), over: [left, right])
    // `a <= b < c` is `a <= b and b < c`.
    var last = right
    while language >= 2, case .symbol(let symbol) = token.kind,
      let next = Comparison(rawValue: symbol.rawValue)
    {
      guard let direction = operation.direction, direction == next.direction else {
        throw Problem(
          .syntax, "a chain of comparisons runs one way", at: token.range,
          notes: ["help: join two with `and`"])
      }
      advance()
      let other = try chain()
      let link = try node(.comparison(next, last, other), over: [last, other])
      result = try node(.conjunction(result, link), over: [result, link])
      last = other
    }
    return result
  }

  /// Every way back into an expression leads through here or through a prefix, and is counted.
  mutating func chain() throws(Problem) -> Expression {
    try enter()
    defer { leave() }
    let first = try factors()
    var terms = [Expression.Term(isSubtracted: false, value: first)]
    while token.kind == .symbol(.plus) || token.kind == .symbol(.minus) {
      let isSubtracted = token.kind == .symbol(.minus)
      advance()
      terms.append(Expression.Term(isSubtracted: isSubtracted, value: try factors()))
    }
    return terms.count == 1 ? first : try node(.sum(terms), over: terms.map(\.value))
  }

  private mutating func factors() throws(Problem) -> Expression {
    var left = try signed()
    while true {
      if accept(.times) != nil {
        let right = try signed()
        left = try node(.product(left, right), over: [left, right])
      } else if accept(.quotient) != nil {
        let right = try signed()
        left = try node(.quotient(left, right), over: [left, right])
      } else {
        return left
      }
    }
  }

  private mutating func signed() throws(Problem) -> Expression {
    guard let start = accept(.minus) else { return try power() }
    try enter()
    defer { leave() }
    let operand = try signed()
    return try node(.negation(operand), from: start, over: [operand])
  }

  private mutating func power() throws(Problem) -> Expression {
    let base = try postfix()
    guard accept(.power) != nil else { return base }
    let exponent = try postfix()
    return try node(.power(base, exponent), over: [base, exponent])
  }

  private mutating func postfix() throws(Problem) -> Expression {
    var base = try primary()
    while true {
      if accept(.period) != nil {
        let field = try fieldName()
        guard field.text != "attributes" || language >= 2 else {
          throw Problem(
            .syntax, "`attributes` are of language 2", at: field.range, notes: [Self.newerHelp])
        }
        base = try node(.field(base, field), over: [base], to: field.range)
      } else if accept(.openBracket) != nil {
        let indices = try list { (parser) throws(Problem) in try parser.expression() }
        let end = try expect(.closeBracket, "after the index")
        base = try node(.index(base, indices), over: [base] + indices, to: end)
      } else {
        return base
      }
    }
  }

  private mutating func primary() throws(Problem) -> Expression {
    let start = token
    switch start.kind {
    case .integer(let value):
      advance()
      return try node(.integer(value), from: start.range, over: [])
    case .string(let text):
      advance()
      return try node(.string(text), from: start.range, over: [])
    case .symbol(.openParenthesis):
      advance()
      let inner = try expression()
      let end = try expect(.closeParenthesis, "to close the parenthesis")
      return Expression(kind: inner.kind, range: start.range.union(end), depth: inner.depth)
    case .identifier(let text):
      advance()
      guard accept(.openParenthesis) != nil else {
        return try node(.name(text), from: start.range, over: [])
      }
      return try call(Name(text: text, range: start.range))
    case .keyword(.if):
      throw Problem(
        .syntax, "expected a value, found `if`", at: start.range,
        notes: [
          "help: no requirement takes an `if`: a choice of 0 or 1 relaxes one of two rows (`either-or` in the cookbook);",
          "      within a rule it stands in parentheses",
        ])
    default:
      throw Problem(.syntax, "expected a value, found \(start.description)", at: start.range)
    }
  }

  /// The rest of `name(…`.
  private mutating func call(_ callee: Name) throws(Problem) -> Expression {
    if case .identifier = token.kind, tokens[position + 1].kind == .keyword(.in) {
      guard let aggregate = Aggregate(rawValue: callee.text) else {
        throw Problem(
          .syntax, "`\(callee.text)` does not run over a list", at: callee.range,
          notes: ["help: `sum`, `max` and `min` do"])
      }
      let binders = try binders()
      try expect(.colon, "after the list")
      let body = try expression()
      let end = try expect(.closeParenthesis, "to close the \(callee.text)")
      let parts = binders.flatMap { [$0.list] + ($0.condition.map { [$0] } ?? []) } + [body]
      return try node(.aggregate(aggregate, binders, body), from: callee.range, over: parts, to: end)
    }
    var arguments: [Expression] = []
    if token.kind != .symbol(.closeParenthesis) {
      arguments = try list { (parser) throws(Problem) in try parser.expression() }
    }
    let end = try expect(.closeParenthesis, "after the arguments of `\(callee.text)`")
    if language >= 2, callee.text == "abs", arguments.count == 1 {
      // |x| = max(x, −x)
      let negated = try node(.negation(arguments[0]), from: callee.range, over: arguments)
      return try node(.builtin(.max, [arguments[0], negated]), from: callee.range, over: [negated], to: end)
    }
    let kind: Expression.Kind =
      Builtin(rawValue: callee.text).map { .builtin($0, arguments) } ?? .call(callee, arguments)
    return try node(kind, from: callee.range, over: arguments, to: end)
  }

  mutating func binders() throws(Problem) -> [Binder] {
    try list { (parser) throws(Problem) in try parser.binder() }
  }

  mutating func binder() throws(Problem) -> Binder {
    let name = try newName("of a loop")
    try expect(.in, "after `\(name.text)`")
    var list = try chain()
    for (symbol, closed) in [(Symbol.closedRange, true), (.halfOpenRange, false)] {
      guard accept(symbol) != nil else { continue }
      let upper = try chain()
      list = try node(.range(list, upper, closed: closed), over: [list, upper])
      break
    }
    let condition = accept(.where) == nil ? nil : try disjunction()
    return Binder(name: name, list: list, condition: condition)
  }

  /// Joins parts into a node and refuses what is nested too deeply for the walkers.
  private func node(
    _ kind: Expression.Kind, from start: SourceRange? = nil, over parts: [Expression],
    to end: SourceRange? = nil
  ) throws(Problem) -> Expression {
    var range = start ?? parts.first?.range ?? token.range
    if let last = parts.last { range = range.union(last.range) }
    if let end { range = range.union(end) }
    let depth = 1 + (parts.map(\.depth).max() ?? 0)
    guard depth <= Self.maximumNesting else { throw Self.tooDeep(at: range) }
    return Expression(kind: kind, range: range, depth: depth)
  }
}

extension Comparison {
  /// Whether it ascends or descends; nil if neither.
  fileprivate var direction: Bool? {
    switch self {
    case .less, .lessOrEqual: true
    case .greater, .greaterOrEqual: false
    case .equal, .notEqual: nil
    }
  }
}
