internal import ExactIntegers

/// Rows that hold a choice of 0 or 1 to the condition of its rule.
///
/// With l − r at most u, `l > r` cannot be while v is 0 in l ≤ r + u·v; other comparisons are as this one.
/// That v is 1 only where the condition holds is the same of its opposite and 1 − v.
struct FlagRepair {
  let judge: AdviceJudge
  let reading: RuleReading
  private let interpreter: Interpreter<IntervalDomain>

  init(_ judge: AdviceJudge, _ reading: RuleReading) {
    (self.judge, self.reading) = (judge, reading)
    let evaluator = PublicEvaluator(program: judge.program, meter: Meter(for: judge.program))
    let cells = IntervalCells(judge.elaboration.cells.map(\.interval))
    interpreter = Interpreter(evaluator: evaluator, domain: IntervalDomain(cells: cells))
    for case .product(let cell, let left, let right, let scope) in judge.elaboration.steps {
      guard let a = try? interpreter.number(evaluator[left], scope),
        let b = try? interpreter.number(evaluator[right], scope)
      else { continue }
      cells.values[cell] = a * b
    }
    // A value without a range is within what its link can be.
    for link in judge.elaboration.links {
      guard let form = try? interpreter.number(evaluator[link.form], link.scope) else { continue }
      cells.values[link.cell] = form
    }
  }

  /// The rows; nil for a rule that is no such choice, or that needs choices of its own.
  func rows(
    for rule: Node.ID, _ value: RuleRows.Value, of family: SourceRange, _ rows: RuleRows, _ free: Effect
  )
    -> [String]?
  {
    guard case .conditional(let condition, let first, let second) = judge.resolved.nodes[Int(rule)].kind,
      case .integer(let a) = judge.resolved.expression(of: first).kind,
      case .integer(let b) = judge.resolved.expression(of: second).kind,
      (a == 1 && b == 0) || (a == 0 && b == 1)
    else { return nil }
    var writer = Writer(repair: self, rows: rows, value: value, family: family)
    var isWhole = true
    if free.contains(.raises) {
      writer.side = ", up"
      isWhole = writer.add(condition, isNegated: a == 0, choice: value.code)
    }
    if free.contains(.lowers) {
      writer.side = ", down"
      isWhole = isWhole && writer.add(condition, isNegated: a == 1, choice: "(1 - \(value.code))")
    }
    return isWhole ? writer.rows.lines : nil
  }

  /// The least and the largest that one side of a comparison exceeds the other by, over all elements of the
  /// family.
  fileprivate func reach(_ left: Node.ID, _ right: Node.ID, _ family: SourceRange) -> IntegerInterval? {
    var reach: IntegerInterval?
    for case .advice(let cell, _, let scope) in judge.elaboration.steps
    where judge.elaboration.cells[cell].range == family {
      guard let a = try? interpreter.number(interpreter.evaluator[left], scope),
        let b = try? interpreter.number(interpreter.evaluator[right], scope)
      else { return nil }
      reach = reach.map { $0.union(a - b) } ?? (a - b)
    }
    return reach
  }
}

private struct Writer {
  let repair: FlagRepair
  var rows: RuleRows
  let value: RuleRows.Value
  let family: SourceRange
  var side = ""
  private var count = 0

  init(repair: FlagRepair, rows: RuleRows, value: RuleRows.Value, family: SourceRange) {
    (self.repair, self.rows, self.value, self.family) = (repair, rows, value, family)
  }

  /// That a choice is 1 where a condition holds.
  ///
  /// - Returns: false where both of two conditions make it 1, which needs a choice for each.
  mutating func add(_ condition: Node.ID, isNegated: Bool, choice: String) -> Bool {
    switch repair.judge.resolved.nodes[Int(condition)].kind {
    case .not(let operand): return add(operand, isNegated: !isNegated, choice: choice)
    case .disjunction(let a, let b) where !isNegated, .conjunction(let a, let b) where isNegated:
      return add(a, isNegated: isNegated, choice: choice) && add(b, isNegated: isNegated, choice: choice)
    case .comparison(let comparison, let a, let b):
      switch (comparison, isNegated) {
      case (.greater, false), (.lessOrEqual, true): return above(a, b, by: 1, choice)
      case (.greaterOrEqual, false), (.less, true): return above(a, b, by: 0, choice)
      case (.less, false), (.greaterOrEqual, true): return below(a, b, by: 1, choice)
      case (.lessOrEqual, false), (.greater, true): return below(a, b, by: 0, choice)
      case (.notEqual, false), (.equal, true):
        return above(a, b, by: 1, choice) && below(a, b, by: 1, choice)
      case (.equal, false), (.notEqual, true): return false
      }
    default: return false
    }
  }

  /// A choice where a − b ≥ by.
  private mutating func above(_ a: Node.ID, _ b: Node.ID, by: Int, _ choice: String) -> Bool {
    guard let reach = repair.reach(a, b, family) else { return false }
    return row(a, "<=", b, less: 1 - by, "+", reach.upper - Integer(by) + 1, choice)
  }

  /// A choice where b − a ≥ by.
  private mutating func below(_ a: Node.ID, _ b: Node.ID, by: Int, _ choice: String) -> Bool {
    guard let reach = repair.reach(a, b, family) else { return false }
    return row(a, ">=", b, less: by - 1, "-", -reach.lower - Integer(by) + 1, choice)
  }

  /// `a <= b - less + most * choice`, which holds for whatever values if there is nothing to choose.
  private mutating func row(
    _ a: Node.ID, _ relation: String, _ b: Node.ID, less: Int, _ sign: String, _ most: Integer,
    _ choice: String
  ) -> Bool {
    guard most > 0 else { return true }
    let (left, right) = (repair.judge.resolved.expression(of: a), repair.judge.resolved.expression(of: b))
    guard let x = rows.linear(left, value.loops, .unknown),
      var n = rows.linear(right, value.loops, .unknown)
    else { return false }
    if case .integer(let number) = right.kind {
      let limit = number - Integer(less)
      n = limit == 0 ? "" : "\(limit)"
    } else if less != 0 {
      n += less > 0 ? " - \(less)" : " + \(-less)"
    }
    let room = "\(most) * \(choice)"
    let limit = n.isEmpty ? (sign == "-" ? "-\(room)" : room) : "\(n) \(sign) \(room)"
    count += 1
    let number = count > 1 ? " \(count)" : ""
    return rows.add("\(side)\(number)", value, [], "\(x) \(relation) \(limit)")
  }
}
