/// What would bind an advice value, by the shape of its rule: lines that can be pasted where there are such.
extension AdviceJudge {
  func idiom(for rule: Expression, of cell: Cell, _ free: Effect) -> [String] {
    if let operand = absolute(rule), free != .lowers { return absoluteValue(of: operand, cell) }
    let name = cell.name
    switch rule.kind {
    case .conditional:
      return Self.eitherOr
    case .builtin(.max, _) where free == .lowers, .builtin(.min, _) where free == .raises:
      return oneSided(rule, cell)
    case .aggregate(.max, _, _) where free == .lowers, .aggregate(.min, _, _) where free == .raises:
      return oneSided(rule, cell)
    case .builtin(.max, let arguments) where free == .raises:
      return rows(for: arguments, ">=", cell)
    case .aggregate(.max, _, let body) where free == .raises:
      return [
        "help: a row for every element of the list: `require \"…\" for … : \(name) >= \(text(of: body))`"
      ]
    case .builtin(.min, let arguments) where free == .lowers:
      return rows(for: arguments, "<=", cell)
    case .aggregate(.min, _, let body) where free == .lowers:
      return [
        "help: a row for every element of the list: `require \"…\" for … : \(name) <= \(text(of: body))`"
      ]
    case .builtin(.fill, let arguments):
      let amount = arguments.first.map { text(of: $0) } ?? "…"
      return ["help: the parts add up to the whole: `link \(amount) == sum(…)` over all of them"]
    case .quotient(let dividend, let divisor):
      let (a, b) = (text(of: dividend), text(of: divisor))
      return ["help: for ⌊a / b⌋ two rows: `\(b) * \(name) <= \(a)` and `\(a) <= \(b) * \(name) + \(b) - 1`"]
    default:
      let relation = free == .raises ? ">=" : free == .lowers ? "<=" : "=="
      return ["help: a row such as `require \"…\" : \(name) \(relation) \(text(of: rule))`, or a link"]
    }
  }

  /// No requirement takes the rule itself.
  private static let eitherOr = [
    "help: no requirement takes an `if`; a choice of 0 or 1 relaxes one of two rows, by as much as it can be short of:",
    "      `require \"a, or else\" : a - enough * (1 - choice) >= 0`, `require \"else b\" : most * (1 - choice) - b >= 0`",
    "      (`either-or` in the cookbook)",
  ]

  /// The declaration of a family of advice.
  private func declaration(_ cell: Cell) -> (head: FamilyHead, range: ValueRange)? {
    for case .advice(let head, let range, _) in tree.declarations where head.name.range == cell.range {
      return (head, range)
    }
    return nil
  }

  /// A row for each argument of a maximum or a minimum.
  private func rows(for arguments: [Expression], _ relation: String, _ cell: Cell) -> [String] {
    let introduction =
      "help: one row for each argument, or, with `language 2` in the header, `bound` for `advice`:"
    guard let (head, _) = declaration(cell), let parts = RepairText(source, head) else {
      return [introduction]
    }
    let name = head.name.text
    return [introduction]
      + arguments.prefix(4).enumerated().map { number, argument in
        "      `require \"\(name)\(parts.title), \(number + 1)\"\(parts.loops) : \(name)\(parts.keys) \(relation) "
          + "\(text(of: argument))`"
      }
  }

  /// Rows for |x|, or the same in one word.
  private func absoluteValue(of operand: Expression, _ cell: Cell) -> [String] {
    let x = text(of: operand)
    guard let (head, range) = declaration(cell), let parts = RepairText(source, head) else {
      return ["help: for an absolute value two rows: `\(cell.name) >= \(x)` and `\(cell.name) >= -\(x)`"]
    }
    let name = head.name.text
    if linkedName(in: operand) != nil { return absoluteOfLinked(operand, name + parts.keys, parts) }
    let bounds = source.text(in: range.lower.range.union(range.upper.range))
    return [
      "help: for an absolute value, with `language 2` in the header, write `bound` for `advice`:",
      "      `bound \(name)\(parts.indices) in \(bounds) := abs(\(x))`",
      "      or keep it and add two rows (`absolute-value` in the cookbook):",
      "      `require \"\(name)\(parts.title), up\"\(parts.loops) : \(name)\(parts.keys) >= \(x)`",
      "      `require \"\(name)\(parts.title), down\"\(parts.loops) : \(name)\(parts.keys) >= -\(grouped(operand))`",
    ]
  }

  /// Rows cannot speak of a value without a range; its link says what they can speak of.
  private func absoluteOfLinked(
    _ operand: Expression, _ value: String, _ parts: RepairText
  ) -> [String] {
    let x = text(of: operand)
    for case .link(let link) in tree.declarations where text(of: link.target) == x {
      let form = text(of: link.form)
      return [
        "help: `\(x)` is what its link says; two rows over that: "
          + "`require \"up\(parts.title)\"\(parts.loops) : \(value) >= \(form)`",
        "      and the same with `-(\(form))`; or add its two sides up in place of `\(value)` (`gross-exposure` in the cookbook)",
      ]
    }
    return [
      "help: add up the two sides of the link of `\(x)` in place of it (`gross-exposure` in the cookbook)"
    ]
  }

  /// Rows hold a maximum from below, and a minimum from above; where that is the side that nobody leaves, it has to be one
  /// of its arguments.
  private func oneSided(_ rule: Expression, _ cell: Cell) -> [String] {
    let isMaximum: Bool =
      switch rule.kind {
      case .builtin(.max, _), .aggregate(.max, _, _): true
      default: false
      }
    let (what, side, more) =
      isMaximum ? ("maximum", "from below", "more") : ("minimum", "from above", "less")
    let lines = [
      "help: rows, and `bound`, hold a \(what) \(side) only; where \(more) of it helps, it also has to be one of its arguments:"
    ]
    guard case .builtin(_, let arguments) = rule.kind, arguments.count == 2,
      let (head, _) = declaration(cell), let parts = RepairText(source, head),
      arguments.allSatisfy({ linkedName(in: $0) == nil && Self.isPlain($0) })
    else {
      return lines + ["      a `product` of what it lacks of each of them, and a requirement that it is 0"]
    }
    let (name, value) = (tree.freeName("both"), head.name.text + parts.keys)
    // What `abs` stands for is written nowhere.
    let factors =
      absolute(rule).map { "(\(value) - \(grouped($0))) * (\(value) + \(grouped($0)))" }
      ?? arguments.map { "(\(value) - \(grouped($0)))" }.joined(separator: " * ")
    return lines + [
      "      `product \(name)\(parts.indices) := \(factors)`",
      "      `require \"\(head.name.text) is one\(parts.title)\"\(parts.loops) : \(name)\(parts.keys) == 0`",
    ]
  }

  /// `x` of `max(x, -x)`, and of `abs(x)`.
  private func absolute(_ rule: Expression) -> Expression? {
    guard case .builtin(.max, let arguments) = rule.kind, arguments.count == 2 else { return nil }
    for (operand, other) in [(arguments[0], arguments[1]), (arguments[1], arguments[0])] {
      guard case .negation(let inner) = other.kind else { continue }
      if [text(of: operand), "(\(text(of: operand)))"].contains(text(of: inner)) { return operand }
    }
    return nil
  }

  /// Whether the rule is an absolute value.
  func isAbsolute(_ rule: Expression) -> Bool { absolute(rule) != nil }

  /// Whether an expression has no part that a constraint refuses over secret values.
  private static func isPlain(_ expression: Expression) -> Bool {
    switch expression.kind {
    case .builtin(.max, _), .builtin(.min, _), .builtin(.fill, _), .aggregate(.max, _, _),
      .aggregate(.min, _, _),
      .conditional, .quotient, .comparison:
      false
    default: expression.parts.allSatisfy(isPlain)
    }
  }

  /// An expression behind a minus.
  private func grouped(_ expression: Expression) -> String {
    switch expression.kind {
    case .sum, .negation, .conditional, .comparison, .conjunction, .disjunction, .not:
      return "(\(text(of: expression)))"
    default: return text(of: expression)
    }
  }
}
