internal import CircuitProofs
internal import ExactIntegers

/// What keeps two sides of a link from both being more than 0.
///
/// - A product of the two that rows force to 0. One that is bounded or charged only makes it dearer.
/// - Values of 0 or 1 of which each side needs one, where the two needs exclude each other: the same choice
///   on both sides, or two of which a row lets only one be taken. A side needs a choice if a row leaves it
///   nothing otherwise.
/// - An equality that raising both breaks, and in which no other advice can follow.
struct SidePrevention {
  /// A choice and the value that it must have.
  private struct Need: Hashable {
    var choice: Int
    var isOne: Bool
  }

  /// Rows of more choices than this are not asked what they leave a side.
  private static let mostChoices = 8

  private let rows: SideRows
  private let variableCount: Int
  /// Of each variable, the products forced to 0 that have it as a factor, the left one or the right one.
  private var (left, right): ([Int: Set<Int>], [Int: Set<Int>]) = ([:], [:])

  init(_ rows: SideRows) {
    self.rows = rows
    variableCount = rows.draft.variableBounds.count
    for index in rows.draft.rows.indices where !rows.alwaysHolds[index] {
      for term in rows.draft.rows[index].form.terms where isForced(term, in: index) {
        let gate = term.variable - variableCount
        let factors = rows.draft.gates[gate]
        for part in factors.left.terms where part.coefficient > 0 {
          left[part.variable, default: []].insert(gate)
        }
        for part in factors.right.terms where part.coefficient > 0 {
          right[part.variable, default: []].insert(gate)
        }
      }
    }
  }

  /// Whether a row leaves a product of two factors that are not negative nothing but 0.
  private func isForced(_ term: AffineForm.Term, in row: Int) -> Bool {
    guard term.variable >= variableCount, rows.intervals[term.variable].lower.isZero else { return false }
    let gate = rows.draft.gates[term.variable - variableCount]
    guard isNonnegative(gate.left), isNonnegative(gate.right) else { return false }
    if rows.reaches[row].upper.isZero { return term.coefficient < 0 }
    return rows.isEquality[row] && rows.reaches[row].lower.isZero && term.coefficient > 0
  }

  private func isNonnegative(_ form: AffineForm) -> Bool {
    !form.constant.isNegative
      && form.terms.allSatisfy { $0.coefficient > 0 && !rows.intervals[$0.variable].lower.isNegative }
  }

  func prevents(_ raise: SideRows.Raise) -> Bool {
    if !(left[raise.plus] ?? []).isDisjoint(with: right[raise.minus] ?? []) { return true }
    if !(right[raise.plus] ?? []).isDisjoint(with: left[raise.minus] ?? []) { return true }
    let isBroken = Set(rows.rows[raise.plus] + rows.rows[raise.minus]).contains { row in
      rows.isEquality[row] && !rows.gain(of: row, by: raise).isZero && !rows.hasFollower(row)
    }
    if isBroken { return true }
    let (some, others) = (needs(of: raise.plus), needs(of: raise.minus))
    return some.contains { need in others.contains { excludes(need, $0) } }
  }

  /// The choices without which a side can only be 0.
  private func needs(of side: Int) -> Set<Need> {
    var needs: Set<Need> = []
    for row in rows.rows[side] {
      let terms = rows.draft.rows[row].form.terms
      guard let own = terms.first(where: { $0.variable == side })?.coefficient, own < 0 else { continue }
      let choices = terms.filter { isChoice($0.variable) && $0.variable != side }
      guard choices.count <= Self.mostChoices else { continue }
      for choice in choices {
        // What the row leaves when the choice is against the side.
        let room = rows.reaches[row].upper - choice.coefficient.magnitude
        if room < own.magnitude { needs.insert(Need(choice: choice.variable, isOne: choice.coefficient > 0)) }
      }
    }
    return needs
  }

  private func isChoice(_ variable: Int) -> Bool {
    variable < variableCount && rows.draft.variableBounds[variable] == 1
  }

  private func excludes(_ a: Need, _ b: Need) -> Bool {
    if a.choice == b.choice { return a.isOne != b.isOne }
    return Set(rows.rows[a.choice]).intersection(rows.rows[b.choice]).contains { row in
      var (lower, upper) = (rows.reaches[row].lower, rows.reaches[row].upper)
      for term in rows.draft.rows[row].form.terms {
        for need in [a, b] where need.choice == term.variable {
          lower += (need.isOne ? term.coefficient : 0) - min(term.coefficient, 0)
          upper += (need.isOne ? term.coefficient : 0) - max(term.coefficient, 0)
        }
      }
      return upper.isNegative || (rows.isEquality[row] && lower > 0)
    }
  }
}
