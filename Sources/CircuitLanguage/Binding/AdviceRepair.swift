/// What would bind an advice value, by the shape of its rule: lines that can be pasted where there are such.
struct AdviceRepair {
  private let judge: AdviceJudge
  private let reading: RuleReading

  init(_ judge: AdviceJudge) {
    self.judge = judge
    reading = RuleReading(judge.source, judge.tree, unranged: judge.unranged)
  }

  /// What to do about a value that nothing holds on one side, or on both.
  func idiom(for rule: Node.ID, of cell: Cell, _ free: Effect) -> [String] {
    guard let (head, range) = declaration(cell), let parts = RepairText(judge.source, head) else {
      return ["help: a row, or a link, over what the rule computes"]
    }
    let expression = judge.resolved.expression(of: rule)
    let rows = RuleRows(reading, head, range)
    let value = RuleRows.Value(
      name: head.name.text, code: head.name.text + parts.keys, loops: head.loops)
    if let operand = absolute(expression), free != .lowers {
      return absoluteValue(of: operand, value, parts, range, rows)
    }
    switch expression.kind {
    case .conditional:
      return choice(rule, value, cell, rows, free)
    case .product(let a, let b) where reading.isSecret(a) && reading.isSecret(b):
      return product(a, b, value, parts, rows)
    case .builtin(.max, _) where free != .raises, .aggregate(.max, _, _) where free != .raises:
      return oneSided(expression, "maximum", "from below", "more", value, rows, free)
    case .builtin(.min, _) where free != .lowers, .aggregate(.min, _, _) where free != .lowers:
      return oneSided(expression, "minimum", "from above", "less", value, rows, free)
    default:
      return self.rows(for: expression, value, parts, range, rows, free)
    }
  }

  /// The declaration of a family of advice.
  private func declaration(_ cell: Cell) -> (head: FamilyHead, range: ValueRange)? {
    for case .advice(let head, let range, _) in judge.tree.declarations where head.name.range == cell.range {
      return (head, range)
    }
    return nil
  }

  // MARK: Rows

  private func rows(
    for rule: Expression, _ value: RuleRows.Value, _ parts: RepairText, _ range: ValueRange,
    _ empty: RuleRows, _ free: Effect
  ) -> [String] {
    var rows = empty
    let isHeld = rows.hold(value, to: rule, free)
    // `bound` takes the same rows as these, so it is no help where there are none.
    let bound = isHeld && rows.isRowsOnly ? self.bound(rule, value, parts, range) : []
    guard isHeld else {
      return [
        "help: rows over what the rule computes; a `max`, a `//` or a product of secret values within it needs a",
        "      name of its own, an `advice` or a `product` with rows",
      ]
    }
    let what =
      switch rule.kind {
      case .builtin(.fill, _): "the parts add up to the whole"
      case .quotient: "the quotient, and that its remainder is less than the divisor"
      case .builtin(.max, _), .builtin(.min, _), .aggregate(.max, _, _), .aggregate(.min, _, _):
        "one row for each argument"
      default: "what the rule says"
      }
    return ["help: \(what):"] + pasted(rows.lines) + bound
  }

  /// The same in one word, for rules that it takes.
  private func bound(
    _ rule: Expression, _ value: RuleRows.Value, _ parts: RepairText, _ range: ValueRange
  ) -> [String] {
    switch rule.kind {
    case .builtin(.max, _), .builtin(.min, _), .aggregate(.max, _, _), .aggregate(.min, _, _): break
    default: return []
    }
    let line =
      "bound \(value.name)\(parts.indices) in \(reading.code(of: range.lower)) ... \(reading.code(of: range.upper))"
      + " := \(reading.code(of: rule))"
    guard RuleReading.isShort(line), hasOnlyRows(rule) else { return [] }
    return ["      or, with `language 2` in the header, in place of the declaration and without rows:"]
      + pasted([line])
  }

  /// Whether each part that is compared is one that a row takes as it is.
  private func hasOnlyRows(_ rule: Expression) -> Bool {
    switch rule.kind {
    case .builtin(.max, let arguments), .builtin(.min, let arguments): arguments.allSatisfy(hasOnlyRows)
    case .aggregate(.max, _, let body), .aggregate(.min, _, let body): hasOnlyRows(body)
    default: reading.isPlain(rule)
    }
  }

  private func pasted(_ lines: [String]) -> [String] { lines.map { "      `\($0)`" } }

  /// A product of secret values is no rule of advice at all.
  private func product(
    _ a: Expression, _ b: Expression, _ value: RuleRows.Value, _ parts: RepairText, _ empty: RuleRows
  ) -> [String] {
    var rows = empty
    guard let factors = rows.factors(a, b, value.loops) else {
      return [
        "help: a product of secret values is declared as a `product`, its factors with rows of their own"
      ]
    }
    let line = "product \(value.name)\(parts.indices) := \(factors)"
    return ["help: a product of secret values is proved where it is declared as one, in place of the advice:"]
      + pasted(rows.lines + [line])
  }

  // MARK: Absolute values

  /// Rows for |x|, or the same in one word.
  private func absoluteValue(
    of operand: Expression, _ value: RuleRows.Value, _ parts: RepairText, _ range: ValueRange,
    _ empty: RuleRows
  ) -> [String] {
    var rows = empty
    guard let x = rows.linear(operand, value.loops, .unknown),
      rows.add(", up", value, [], "\(value.code) >= \(x)"),
      rows.add(", down", value, [], "\(value.code) >= -\(RuleReading.grouped(x))")
    else {
      return [
        "help: for an absolute value two rows, that it is at least `x` and at least `-x`, with a name for what no row takes"
      ]
    }
    if reading.linkedForm(of: operand) != nil {
      return ["help: `\(reading.code(of: operand))` is what its link says; two rows over that:"]
        + pasted(rows.lines) + [
          "      or add its two sides up in place of `\(value.code)` (`gross-exposure` in the cookbook)"
        ]
    }
    guard reading.isPlain(operand) else {
      return ["help: for an absolute value two rows:"] + pasted(rows.lines)
    }
    let bounds = "\(reading.code(of: range.lower)) ... \(reading.code(of: range.upper))"
    return
      ["help: for an absolute value, with `language 2` in the header, write `bound` for `advice`:"]
      + pasted(["bound \(value.name)\(parts.indices) in \(bounds) := abs(\(x))"])
      + ["      or keep it and add two rows (`absolute-value` in the cookbook):"] + pasted(rows.lines)
  }

  /// `x` of `max(x, -x)`, of `abs(x)`, and of `if x >= 0 then x else -x` with any comparison of x and 0.
  private func absolute(_ rule: Expression) -> Expression? {
    if case .conditional(let condition, let first, let second) = rule.kind {
      return absoluteChoice(condition, first, second)
    }
    guard case .builtin(.max, let arguments) = rule.kind, arguments.count == 2 else { return nil }
    for (operand, other) in [(arguments[0], arguments[1]), (arguments[1], arguments[0])] {
      guard case .negation(let inner) = other.kind else { continue }
      let code = reading.code(of: operand)
      if [code, "(\(code))"].contains(reading.code(of: inner)) { return operand }
    }
    return nil
  }

  /// `x` of a choice between x and −x by the sign of x, the one that is not negative taken.
  private func absoluteChoice(
    _ condition: Expression, _ first: Expression, _ second: Expression
  ) -> Expression? {
    guard case .comparison(let comparison, let a, let b) = condition.kind else { return nil }
    func isZero(_ expression: Expression) -> Bool {
      if case .integer(let number) = expression.kind { number.isZero } else { false }
    }
    func isSame(_ some: Expression, _ other: Expression) -> Bool {
      func code(_ expression: Expression) -> String {
        let code = RuleReading.grouped(reading.code(of: expression))
        return code.hasPrefix("((") ? String(code.dropFirst().dropLast()) : code
      }
      return code(some) == code(other)
    }
    func isOpposite(_ some: Expression, _ other: Expression) -> Bool {
      guard case .negation(let inner) = some.kind else { return false }
      return isSame(inner, other)
    }
    guard isZero(a) != isZero(b) else { return nil }
    let (x, isOnLeft) = isZero(b) ? (a, true) : (b, false)
    let isFirstWherePositive: Bool
    switch comparison {
    case .greater, .greaterOrEqual: isFirstWherePositive = isOnLeft
    case .less, .lessOrEqual: isFirstWherePositive = !isOnLeft
    case .equal, .notEqual: return nil
    }
    let (positive, negative) = isFirstWherePositive ? (first, second) : (second, first)
    return isSame(x, positive) && isOpposite(negative, x) ? x : nil
  }

  /// Whether the rule is an absolute value.
  func isAbsolute(_ rule: Expression) -> Bool { absolute(rule) != nil }

  // MARK: One of its arguments

  /// Rows hold a maximum from below, and a minimum from above; where that is the side that nobody leaves, it
  /// has to be one of its arguments.
  private func oneSided(
    _ rule: Expression, _ what: String, _ side: String, _ more: String, _ value: RuleRows.Value,
    _ empty: RuleRows,
    _ free: Effect
  ) -> [String] {
    var rows = empty
    let introduction =
      "help: rows, and `bound`, hold a \(what) \(side) only; where \(more) of it helps, it also has to be one of its arguments:"
    guard rows.hold(value, to: rule, free) else {
      return [
        introduction, "      a `product` of what it lacks of each of them, and a requirement that it is 0",
      ]
    }
    return [introduction] + pasted(rows.lines)
  }

  // MARK: Choices

  /// No requirement takes the rule itself.
  private func choice(
    _ rule: Node.ID, _ value: RuleRows.Value, _ cell: Cell, _ empty: RuleRows, _ free: Effect
  ) -> [String] {
    let either =
      "      where it relaxes one of two rows, each of its values relaxes one and not the other (`either-or` in the cookbook)"
    let flags = FlagRepair(judge, reading)
    guard let rows = flags.rows(for: rule, value, of: cell.range, empty, free), !rows.isEmpty else {
      return [
        "help: no requirement takes an `if`; declare `advice flag in 0 ... 1 := if … then 1 else 0` for each comparison, hold it by",
        "      `x <= n + most * flag` where it may be left at 0 although x > n, by `x >= n + 1 - most * (1 - flag)` where it may be",
        "      left at 1 although x <= n, with `most` as much as that can be short of; values are multiplied by it in a `product`",
        either,
      ]
    }
    let wrong =
      free == .raises
      ? "0 where its condition holds" : free == .lowers ? "1 where its condition fails" : "0 or 1 at will"
    return [
      "help: no requirement takes an `if`, so that `\(value.code)` may be \(wrong); these rows forbid it:"
    ] + pasted(rows) + [either]
  }
}

extension FamilyHead {
  /// The loops of its indices.
  var loops: [Binder] {
    indices.compactMap { if case .each(let binder) = $0 { binder } else { nil } }
  }
}
