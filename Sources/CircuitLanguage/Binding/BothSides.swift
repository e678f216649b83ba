internal import CircuitProofs
internal import ExactIntegers

/// Pairs of advice that stand with opposite signs in one link, and that a prover may raise together.
///
/// The link only sees their difference, so raising both makes the same book. Where it only costs, nobody does it. Where the
/// two together make a row easier (the other instruments in a row about concentration), the rule that says that one of
/// them is 0 has no effect, unless something states it: a product of the two that is 0, or a choice of 0 or 1 that lets only
/// one of them be more than 0.
struct BothSides {
  /// One coordinate with such a pair.
  struct Pair {
    /// Cell of the committed value.
    var cell: Int
    /// Variables with the factors 1 and -1 in its link.
    var (plus, minus): (Int, Int)
    /// A row that is easier with more of both.
    var row: Int
  }

  /// One for each coordinate that has any, in the order of the coordinates' cells.
  let pairs: [Pair]

  init(_ compiled: CompiledCircuit, _ effects: RowEffects) {
    let sides = Sides(compiled, effects)
    pairs = sides.links.compactMap { link in
      guard let found = sides.pair(of: link) else { return nil }
      return Pair(cell: link.cell, plus: found.plus, minus: found.minus, row: found.row)
    }
  }
}

/// The sides of all links, and where in the rows they stand.
private struct Sides {
  struct Link {
    var cell: Int
    var plus: [Int] = []
    var minus: [Int] = []
  }

  /// Pairs of one link that something prevents before the others are not looked at.
  private static let mostPrevented = 64

  private let draft: StatementDraft
  private let isEquality: [Bool]
  /// Links with advice on both sides.
  let links: [Link]
  /// Of each side, its coefficients in the rows that can fail.
  private var coefficients: [Int: [(row: Int, value: Integer)]] = [:]
  /// Of each side, these rows.
  private var rows: [Int: Set<Int>] = [:]
  /// Of each side, the products that it is a factor of, the left one or the right one.
  private var (left, right): ([Int: Set<Int>], [Int: Set<Int>]) = ([:], [:])
  /// Of each side, the choices of 0 or 1 that stand beside it in a row that it lowers, by their signs.
  private var (raising, lowering): ([Int: Set<Int>], [Int: Set<Int>]) = ([:], [:])

  init(_ compiled: CompiledCircuit, _ effects: RowEffects) {
    draft = compiled.statement.draft
    isEquality = compiled.elaboration.isEquality
    links = Self.links(compiled)
    let sides = Set(links.flatMap { $0.plus + $0.minus })
    guard !sides.isEmpty else { return }
    addRows(sides, effects.alwaysHolds)
    addProducts(sides, effects.alwaysHolds)
  }

  private static func links(_ compiled: CompiledCircuit) -> [Link] {
    let cells = compiled.elaboration.cells
    let draft = compiled.statement.draft
    var isAdvice = [Bool](repeating: false, count: compiled.statement.variableCount)
    for (cell, variable) in zip(cells, StatementBuilder.number(cells)) where cell.role == .advice {
      if let variable, variable < isAdvice.count { isAdvice[variable] = true }
    }
    return cells.indices.compactMap { index in
      guard case .linked(let coordinate) = cells[index].role, let form = draft.links[0][coordinate] else {
        return nil
      }
      var link = Link(cell: index)
      for term in form.terms where term.variable < isAdvice.count && isAdvice[term.variable] {
        guard draft.variableBounds[term.variable] > 0 else { continue }
        if term.coefficient == 1 { link.plus.append(term.variable) }
        if term.coefficient == -1 { link.minus.append(term.variable) }
      }
      return link.plus.isEmpty || link.minus.isEmpty ? nil : link
    }
  }

  private mutating func addRows(_ sides: Set<Int>, _ alwaysHolds: [Bool]) {
    for (index, row) in draft.rows.enumerated() where !alwaysHolds[index] {
      let choices = row.form.terms.filter {
        $0.variable < draft.variableBounds.count && draft.variableBounds[$0.variable] == 1
      }
      for term in row.form.terms where sides.contains(term.variable) {
        coefficients[term.variable, default: []].append((index, term.coefficient))
        rows[term.variable, default: []].insert(index)
        guard term.coefficient < 0, choices.count <= 4 else { continue }
        for choice in choices where choice.variable != term.variable {
          if choice.coefficient > 0 {
            raising[term.variable, default: []].insert(choice.variable)
          } else {
            lowering[term.variable, default: []].insert(choice.variable)
          }
        }
      }
    }
  }

  /// Products that rows which can fail are about.
  private mutating func addProducts(_ sides: Set<Int>, _ alwaysHolds: [Bool]) {
    let count = draft.variableBounds.count
    var isUsed = [Bool](repeating: false, count: draft.gates.count)
    for (index, row) in draft.rows.enumerated() where !alwaysHolds[index] {
      for term in row.form.terms where term.variable >= count { isUsed[term.variable - count] = true }
    }
    for (index, gate) in draft.gates.enumerated() where isUsed[index] {
      for term in gate.left.terms where sides.contains(term.variable) {
        left[term.variable, default: []].insert(index)
      }
      for term in gate.right.terms where sides.contains(term.variable) {
        right[term.variable, default: []].insert(index)
      }
    }
  }

  /// The first row that more of two sides makes easier, if nothing keeps them from it.
  func pair(of link: Link) -> (plus: Int, minus: Int, row: Int)? {
    let (ups, downs) = (best(link.plus), best(link.minus))
    var prevented = 0
    for row in Set(ups.keys).union(downs.keys).sorted() where !isEquality[row] {
      guard let up = ups[row] ?? unnamed(link.plus, in: row),
        let down = downs[row] ?? unnamed(link.minus, in: row), up.value + down.value > 0
      else { continue }
      guard isPrevented(up.side, down.side) else { return (up.side, down.side, row) }
      prevented += 1
      if prevented == Self.mostPrevented { break }
    }
    return nil
  }

  /// Of each row, the side with the largest coefficient in it.
  private func best(_ sides: [Int]) -> [Int: (side: Int, value: Integer)] {
    var best: [Int: (side: Int, value: Integer)] = [:]
    var counts: [Int: Int] = [:]
    for side in sides {
      for (row, value) in coefficients[side] ?? [] {
        counts[row, default: 0] += 1
        if let found = best[row], found.value >= value { continue }
        best[row] = (side, value)
      }
    }
    // A side that the row does not name changes nothing, which is more than a negative coefficient.
    for (row, found) in best where found.value < 0 && counts[row] != sides.count {
      best[row] = unnamed(sides, in: row)
    }
    return best
  }

  /// A side that a row does not name.
  private func unnamed(_ sides: [Int], in row: Int) -> (side: Int, value: Integer)? {
    sides.first { !(rows[$0] ?? []).contains(row) }.map { ($0, 0) }
  }

  /// Whether an equality, a product of the two, or a choice between them keeps both from being more than 0.
  private func isPrevented(_ plus: Int, _ minus: Int) -> Bool {
    if !(left[plus] ?? []).isDisjoint(with: right[minus] ?? []) { return true }
    if !(right[plus] ?? []).isDisjoint(with: left[minus] ?? []) { return true }
    if !(raising[plus] ?? []).isDisjoint(with: lowering[minus] ?? []) { return true }
    if !(lowering[plus] ?? []).isDisjoint(with: raising[minus] ?? []) { return true }
    var equalities: [Int: Integer] = [:]
    for (row, value) in (coefficients[plus] ?? []) + (coefficients[minus] ?? []) where isEquality[row] {
      equalities[row, default: 0] += value
    }
    return equalities.values.contains { !$0.isZero }
  }
}

extension CompiledCircuit {
  /// A warning for each family of committed values whose sides may be raised together.
  func sideWarnings(_ effects: RowEffects) -> [CircuitWarning] {
    var (found, order) = ([SourceRange: [BothSides.Pair]](), [SourceRange]())
    for pair in BothSides(self, effects).pairs {
      let range = elaboration.cells[pair.cell].range
      if found[range] == nil { order.append(range) }
      found[range, default: []].append(pair)
    }
    return order.compactMap { range in found[range].flatMap { warning($0) } }
  }

  private func warning(_ pairs: [BothSides.Pair]) -> CircuitWarning? {
    guard let pair = pairs.first else { return nil }
    let cell = elaboration.cells[pair.cell]
    let others = pairs.count > 1 ? " (and \(pairs.count - 1) more like it)" : ""
    let requirement = elaboration.requirements[pair.row]
    let place = elaboration.links.first { $0.cell == pair.cell }?.range ?? cell.range
    return CircuitWarning(
      kind: .bothSides,
      message: "both sides of `\(cell.name)`\(others) may be raised together, as its link allows: that helps "
        + "\"\(requirement.name)\" (line \(circuit.source.line(at: requirement.source.range.lower))); "
        + repair(pair),
      line: circuit.source.line(at: place.lower))
  }

  /// Lines that make one of two sides 0, where both have the indices of the committed value.
  private func repair(_ pair: BothSides.Pair) -> String {
    let heads = circuit.checked.tree.declarations.compactMap { declaration -> FamilyHead? in
      switch declaration {
      case .committed(let head, _), .advice(let head, _, _): head
      default: nil
      }
    }
    func head(at range: SourceRange) -> FamilyHead? { heads.first { $0.name.range == range } }
    let sides = zip(elaboration.cells, StatementBuilder.number(elaboration.cells)).filter { cell, variable in
      cell.role == .advice && (variable == pair.plus || variable == pair.minus)
    }
    let parts = sides.compactMap { head(at: $0.0.range) }
    guard parts.count == 2, let whole = head(at: elaboration.cells[pair.cell].range),
      let names = RepairText(circuit.source, whole), parts.allSatisfy({ $0.indices.count == names.count })
    else { return "add a product of the two sides that is 0 (\"one side only\" in the cookbook)" }
    let product = parts.map { $0.name.text + names.keys }.joined(separator: " * ")
    let free = circuit.checked.tree.freeName("both")
    return "add `product \(free)\(names.indices) := \(product)` and "
      + "`require \"one side\(names.title)\"\(names.loops) : \(free)\(names.keys) == 0`"
  }
}
