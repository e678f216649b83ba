internal import ExactIntegers

/// The rows that hold a value to its rule from one side, for rules that rows can state:
///
///     v = max(a, b, max(i in list : c))      v ≥ a, v ≥ b, v ≥ c for i in list
///     v = min(a, b, min(i in list : c))      v ≤ a, v ≤ b, v ≤ c for i in list
///
/// They hold v up to a maximum, and down to a minimum; that it is no further is for the requirements that it
/// stands in. Advice that nothing holds on that other side does not compile.
struct BoundRows {
  private(set) var rows: [Declaration.Requirement] = []

  private let head: FamilyHead
  private let range: SourceRange
  private let aggregate: Aggregate

  /// - Throws: for a rule that is neither a maximum nor a minimum.
  init(_ head: FamilyHead, _ rule: Expression, at range: SourceRange) throws(Problem) {
    guard let aggregate = Self.aggregate(of: rule) else {
      throw Problem(
        .syntax, "a `bound` value is a `max`, a `min` or an `abs`", at: rule.range,
        notes: ["help: for any other rule declare it `advice`, and state rows or a link that hold it"])
    }
    self.head = head
    self.range = range
    self.aggregate = aggregate
    try add(rule, [])
  }

  private static func aggregate(of rule: Expression) -> Aggregate? {
    switch rule.kind {
    case .builtin(.max, _), .aggregate(.max, _, _): .max
    case .builtin(.min, _), .aggregate(.min, _, _): .min
    default: nil
    }
  }

  /// Adds the rows of one part of the rule, within the loops around it.
  private mutating func add(_ part: Expression, _ binders: [Binder]) throws(Problem) {
    guard Self.aggregate(of: part) == aggregate else { return add(row: part, binders) }
    switch part.kind {
    case .builtin(_, let arguments):
      for argument in arguments { try add(argument, binders) }
    case .aggregate(_, let inner, let body):
      try add(body, binders + inner)
    default:
      add(row: part, binders)
    }
  }

  private mutating func add(row: Expression, _ inner: [Binder]) {
    var (outer, keys) = ([Binder](), [Expression]())
    for index in head.indices {
      switch index {
      case .each(let binder):
        outer.append(binder)
        keys.append(Expression(kind: .name(binder.name.text), range: binder.name.range, depth: 1))
      case .fixed(let key):
        keys.append(key)
      }
    }
    let place = head.name.range
    let name = Expression(kind: .name(head.name.text), range: place, depth: 1)
    let depth = 1 + (keys.map(\.depth).max() ?? 0)
    let value = keys.isEmpty ? name : Expression(kind: .index(name, keys), range: place, depth: depth)
    // `size {i} is bound, 2 {s}`
    var parts: [Title.Part] = [.text(head.name.text)]
    for binder in outer { parts += [.text(" "), .key(binder.name)] }
    parts.append(.text(" is bound, \(rows.count + 1)"))
    for binder in inner { parts += [.text(" "), .key(binder.name)] }
    rows.append(
      Declaration.Requirement(
        title: Title(parts: parts, range: place), binders: outer + inner, left: value,
        relation: aggregate == .max ? .atLeast : .atMost, right: row, within: nil, range: range))
  }
}
