internal import CircuitProofs
internal import ExactIntegers

/// Pairs of advice that stand with opposite signs in one link, and that a prover may raise together.
///
/// The link only sees their difference, so raising both makes the same book. Where it only costs, nobody does
/// it. Where the two together make a row easier (the other instruments in a row about concentration), the
/// rule that says that one of them is 0 has no effect, unless something states it (``SidePrevention``). An
/// equality whose only advice is a committed value with a range is a link as well.
struct BothSides {
  /// One coordinate with such a pair.
  struct Pair {
    /// Cell of the committed value.
    var cell: Int
    /// Variables that stand with opposite signs in its link.
    var (plus, minus): (Int, Int)
    /// How far each one rises so that the link stays as it is, in lowest terms.
    var (plusStep, minusStep): (Integer, Integer)
    /// A row that is easier with more of both.
    var row: Int
    /// Whether only a product makes it easier.
    var isThroughProduct: Bool
  }

  /// Sides of one link that are looked at, from the first on and from the last.
  private static let mostSides = 8

  /// One for each coordinate that has any, in the order of the coordinates' cells.
  let pairs: [Pair]

  init(_ compiled: CompiledCircuit, _ effects: RowEffects) {
    let links = Self.links(compiled, effects)
    guard !links.isEmpty else {
      pairs = []
      return
    }
    var rows = SideRows(compiled, effects, links: links)
    let prevention = SidePrevention(rows)
    pairs = links.compactMap { link in
      for plus in Self.ends(of: link.plus) {
        for minus in Self.ends(of: link.minus) {
          let divisor = Self.commonDivisor(plus.factor, minus.factor)
          let raise = SideRows.Raise(
            plus: plus.variable, minus: minus.variable, plusStep: minus.factor.floorDivided(by: divisor),
            minusStep: plus.factor.floorDivided(by: divisor))
          guard rows.mayHelp(raise), !prevention.prevents(raise), let found = rows.helped(by: raise) else {
            continue
          }
          return Pair(
            cell: link.cell, plus: raise.plus, minus: raise.minus, plusStep: raise.plusStep,
            minusStep: raise.minusStep, row: found.row, isThroughProduct: found.isThroughProduct)
        }
      }
      return nil
    }
  }

  /// What a committed value is made of.
  struct Link {
    var cell: Int
    /// The row that states it; nil for a link.
    var row: Int?
    var plus: [(variable: Int, factor: Integer)] = []
    var minus: [(variable: Int, factor: Integer)] = []
  }

  /// Links with advice on both sides, and equalities that say what a committed value with a range is made of.
  private static func links(_ compiled: CompiledCircuit, _ effects: RowEffects) -> [Link] {
    let cells = compiled.elaboration.cells
    let draft = compiled.statement.draft
    let (isEquality, count) = (compiled.elaboration.isEquality, compiled.statement.variableCount)
    var (isAdvice, committed) = ([Bool](repeating: false, count: count), [Int: Int]())
    for (index, variable) in StatementBuilder.number(cells).enumerated() {
      guard let variable, variable < count else { continue }
      switch cells[index].role {
      case .advice: isAdvice[variable] = true
      case .committed: committed[variable] = index
      case .linked, .product: break
      }
    }
    func link(_ cell: Int, _ row: Int?, _ form: AffineForm) -> Link? {
      var link = Link(cell: cell, row: row)
      for term in form.terms where term.variable < count && isAdvice[term.variable] {
        guard draft.variableBounds[term.variable] > 0 else { continue }
        let side = (term.variable, term.coefficient.magnitude)
        if term.coefficient > 0 { link.plus.append(side) } else { link.minus.append(side) }
      }
      return link.plus.isEmpty || link.minus.isEmpty ? nil : link
    }
    var links = cells.indices.compactMap { index -> Link? in
      guard case .linked(let coordinate) = cells[index].role, let form = draft.links[0][coordinate] else {
        return nil
      }
      return link(index, nil, form)
    }
    for (row, made) in draft.rows.enumerated() where isEquality[row] && !effects.alwaysHolds[row] {
      let own = made.form.terms.filter { committed[$0.variable] != nil }
      guard own.count == 1, let cell = committed[own[0].variable],
        made.form.terms.allSatisfy({ $0.variable < count }),
        let found = link(cell, row, made.form)
      else { continue }
      links.append(found)
    }
    return links
  }

  private static func ends(
    of sides: [(variable: Int, factor: Integer)]
  ) -> [(variable: Int, factor: Integer)] {
    sides.count <= 2 * mostSides ? sides : Array(sides.prefix(mostSides) + sides.suffix(mostSides))
  }

  private static func commonDivisor(_ a: Integer, _ b: Integer) -> Integer {
    var (a, b) = (a, b)
    while !b.isZero { (a, b) = (b, a - b * a.floorDivided(by: b)) }
    return a
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
      message: "both sides of `\(cell.name)`\(others) may be raised together, as its link allows: that "
        + (pair.isThroughProduct ? "may help, by a product in it, " : "helps ")
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
