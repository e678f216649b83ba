/// The nature of every kind of expression. Mistakes are reported on the way and the walk goes on.
extension Checker {
  mutating func nature(of expression: Expression) -> Nature {
    switch expression.kind {
    case .integer, .string:
      return .open
    case .name(let text):
      return natureOfName(text, at: expression.range)
    case .field(let base, _):
      requireOpen(base, "what a field is taken of")
      return .open
    case .index(let base, let indices):
      return natureOfIndex(base, indices, at: expression.range)
    case .call(let name, let arguments):
      return natureOfCall(name, arguments, at: expression.range)
    case .builtin(let builtin, let arguments):
      return natureOfBuiltin(builtin, arguments, at: expression.range)
    case .aggregate(let aggregate, let binders, let body):
      let outer = scope.count
      for binder in binders { bind(binder) }
      let nature = nature(of: body)
      leaveScope(to: outer)
      if aggregate == .sum || nature.isOpen { return nature }
      return .computed(.extreme(aggregate.rawValue, at: expression.range))
    case .negation(let operand):
      return nature(of: operand)
    case .sum(let terms):
      var result = Nature.open
      for term in terms { result = result.joined(nature(of: term.value)) }
      return result
    case .product(let left, let right):
      let (a, b) = (nature(of: left), nature(of: right))
      return a.isOpen || b.isOpen ? a.joined(b) : .computed(.product(at: expression.range))
    case .quotient(let left, let right):
      requireOpen(right, "a divisor")
      return nature(of: left).isOpen
        ? .open
        : .computed(
          .operation(
            "a division", at: expression.range,
            help:
              "multiply the other side by it: `a // b >= c` is `a >= b * c`, `a // b <= c` is `a <= b * c + b - 1`"
          ))
    case .power(let base, let exponent):
      requireOpen(base, "a power")
      requireOpen(exponent, "an exponent")
      return .open
    case .comparison(_, let left, let right), .conjunction(let left, let right),
      .disjunction(let left, let right):
      let both = nature(of: left).joined(nature(of: right))
      return both.isOpen ? .open : .computed(.operation("a comparison", at: expression.range))
    case .not(let operand):
      return nature(of: operand)
    case .conditional(let condition, let first, let second):
      let condition = nature(of: condition)
      let choice = nature(of: first).joined(nature(of: second))
      return condition.isOpen
        ? choice
        : .computed(
          .operation(
            "a choice", at: expression.range,
            help: "an `advice` value of 0 or 1 that relaxes one of two rows (`either-or` in the cookbook)"))
    case .range(let lower, let upper, closed: _):
      requireOpen(lower, "the bound of a list")
      requireOpen(upper, "the bound of a list")
      return .open
    }
  }

  private mutating func natureOfName(_ text: String, at range: SourceRange) -> Nature {
    if scope.contains(text) { return .open }
    guard let symbol = symbols[text] else {
      resolveParameter(text, at: range)
      return .open
    }
    return use(of: symbol, count: 0, isCall: false, at: range)
  }

  private mutating func natureOfIndex(
    _ base: Expression, _ indices: [Expression], at range: SourceRange
  ) -> Nature {
    for index in indices { requireOpen(index, "an index") }
    if case .name(let text) = base.kind, !scope.contains(text) {
      if let symbol = symbols[text], symbol.isFamily {
        return use(of: symbol, count: indices.count, isCall: false, at: range)
      }
      if indices.count > 1, symbols[text] == nil, !isBroken(text) {
        let families = symbols.filter { $1.isFamily }.keys
        report(
          Problem(
            .unknownName, "unknown family `\(text)`", at: base.range,
            notes: Suggestion.help(for: text, among: families)))
        return .open
      }
    }
    requireOpen(base, "a list")
    if indices.count != 1 {
      report(Problem(.wrongCount, "a list takes one index, not \(indices.count)", at: range))
    }
    return .open
  }

  private mutating func natureOfCall(
    _ name: Name, _ arguments: [Expression], at range: SourceRange
  ) -> Nature {
    // In language 2 the parser knows it, and its argument may be secret.
    if name.text == "abs", arguments.count == 1, symbols[name.text] == nil, !isBroken(name.text) {
      _ = nature(of: arguments[0])
      report(
        Problem(.unknownName, "`abs` is of language 2", at: name.range, notes: [Parser.newerHelp]))
      return .open
    }
    for argument in arguments { requireOpen(argument, "an argument") }
    if let symbol = symbols[name.text] {
      return use(of: symbol, count: arguments.count, isCall: true, at: range)
    }
    if isBroken(name.text) { return .open }
    let forms = symbols.filter { !$1.isFamily }.keys
    let known = forms + Builtin.allCases.map(\.rawValue)
    report(
      Problem(
        .unknownName, "unknown definition `\(name.text)`", at: name.range,
        notes: Suggestion.help(for: name.text, among: known)))
    return .open
  }

  /// A family element or a definition, used with `count` indices or arguments.
  private mutating func use(
    of symbol: Symbol, count: Int, isCall: Bool, at range: SourceRange
  ) -> Nature {
    let name = symbol.name.text
    reached.insert(name)
    reached.formUnion(symbol.reaches)
    reachedDepth = max(reachedDepth, symbol.depth)
    if symbol.isFamily, isCall {
      report(
        Problem(
          .wrongCount, "`\(name)` is a family: its indices stand in brackets", at: range,
          notes: ["help: write `\(name)[…]`"]))
    } else if symbol.arity != count {
      let what = symbol.isFamily ? "index" : "argument"
      let plural = symbol.isFamily ? "indices" : "arguments"
      let wanted = symbol.arity == 1 ? "1 \(what)" : "\(symbol.arity) \(plural)"
      report(Problem(.wrongCount, "`\(name)` takes \(wanted), not \(count)", at: range))
    }
    switch symbol.kind {
    case .committed(hasRange: true), .advice, .product: return .affine
    case .committed(hasRange: false): return .unbounded(.noRange(name, at: range))
    case .form(let nature):
      let line = source.line(at: symbol.name.range.lower)
      return nature.withCause { cause in
        var cause = cause
        cause.range = range
        cause.notes.insert("note: in the definition of `\(name)` on line \(line)", at: 0)
        return cause
      }
    }
  }

  private mutating func natureOfBuiltin(
    _ builtin: Builtin, _ arguments: [Expression], at range: SourceRange
  ) -> Nature {
    switch builtin {
    case .count, .index:
      for argument in arguments { requireOpen(argument, "what `\(builtin.rawValue)` is applied to") }
      expect(
        arguments.count == 1, "`\(builtin.rawValue)` takes 1 argument, not \(arguments.count)", at: range)
      return .open
    case .sum:
      expect(false, "`sum` runs over a list: sum(i in list : value)", at: range)
      return .open
    case .max, .min:
      expect(arguments.count > 1, "`\(builtin.rawValue)` takes 2 or more values, or a list", at: range)
      var nature = Nature.open
      for argument in arguments { nature = nature.joined(self.nature(of: argument)) }
      // `abs` has no node of its own.
      let word = source.text(in: range).hasPrefix("abs") ? "abs" : builtin.rawValue
      return nature.isOpen ? .open : .computed(.extreme(word, at: range))
    case .fill:
      expect(arguments.count == 3, "`fill` takes 3 arguments: an amount, a list, and where in it", at: range)
      for argument in arguments.dropFirst() { requireOpen(argument, "the list of a `fill`") }
      if let amount = arguments.first { _ = nature(of: amount) }
      return .computed(.operation("`fill`", at: range))
    }
  }

  private mutating func expect(_ isRight: Bool, _ message: String, at range: SourceRange) {
    if !isRight { report(Problem(.wrongCount, message, at: range)) }
  }
}

extension Checker.Symbol {
  var isFamily: Bool {
    if case .form = kind { false } else { true }
  }
}
