internal import CircuitProofs
internal import ExactIntegers

/// The rows of a statement as they change when two sides of a link rise together.
///
/// A row that rises is not yet one that helps: it may only let other advice follow, as a relief that is at
/// most either side. So that advice is taken out first (Fourier and Motzkin): a row is joined with each one
/// that holds the advice from the other side, until only what is linked or committed is left. An equality
/// that names a sum is such a row in both directions.
struct SideRows {
  /// Two sides and how far each rises.
  struct Raise {
    var (plus, minus): (Int, Int)
    var (plusStep, minusStep): (Integer, Integer)
  }

  /// Σ coefficient · variable + constant ≥ 0, outputs of products among the variables.
  private struct Sum {
    var terms: [Int: Integer]
    var constant: Integer
  }

  /// Terms of joined rows for one raise, and for all; beyond it a row that rises is taken as one that helps.
  private static let (workPerRaise, workOfAll) = (4_000, 400_000)

  let draft: StatementDraft
  let isEquality: [Bool]
  let alwaysHolds: [Bool]
  /// What each variable, and then the output of each product, is certain to be in.
  let intervals: [IntegerInterval]
  /// What each row is certain to be in.
  let reaches: [IntegerInterval]
  /// Of each variable and output, the rows that can fail and that it stands in.
  let rows: [[Int]]
  /// Of each variable, the products that it is a factor of.
  private let gates: [[Int]]
  /// How much sums, without their constants, are at least wherever the rows hold.
  private let least: [[AffineForm.Term]: Integer]
  /// Of each variable, whether it is advice that follows the rows alone: no link or product has it.
  private let follows: [Bool]
  private let variableCount: Int
  private var work = Self.workOfAll

  init(_ compiled: CompiledCircuit, _ effects: RowEffects, links: [BothSides.Link]) {
    let draft = compiled.statement.draft
    let count = draft.variableBounds.count
    self.draft = draft
    variableCount = count
    isEquality = compiled.elaboration.isEquality
    alwaysHolds = effects.alwaysHolds
    reaches = compiled.statement.rowIntervals
    var known = VariableIntervals()
    var intervals = draft.variableBounds.map { IntegerInterval(0, $0) }
    intervals.forEach { known.append($0) }
    var gates = [[Int]](repeating: [], count: count)
    var follows = [Bool](repeating: false, count: count)
    let cells = compiled.elaboration.cells
    for (cell, variable) in zip(cells, StatementBuilder.number(cells)) where cell.role == .advice {
      if let variable { follows[variable] = true }
    }
    for (index, gate) in draft.gates.enumerated() {
      intervals.append(known.interval(of: gate.left) * known.interval(of: gate.right))
      known.append(intervals[count + index])
      for term in gate.left.terms + gate.right.terms where term.variable < count {
        follows[term.variable] = false
        if gates[term.variable].last != index { gates[term.variable].append(index) }
      }
    }
    for form in draft.links.flatMap(\.values) {
      for term in form.terms where term.variable < count { follows[term.variable] = false }
    }
    for side in links.flatMap({ $0.plus + $0.minus }) { follows[side.variable] = false }
    var rows = [[Int]](repeating: [], count: intervals.count)
    for (index, row) in draft.rows.enumerated() where !effects.alwaysHolds[index] {
      for term in row.form.terms { rows[term.variable].append(index) }
    }
    var least: [[AffineForm.Term]: Integer] = [:]
    for form in draft.rows.map(\.form) {
      least[form.terms] = max(least[form.terms] ?? -form.constant, -form.constant)
    }
    (self.rows, self.gates, self.follows, self.intervals) = (rows, gates, follows, intervals)
    self.least = least
  }

  /// Whether advice that only rows hold stands in a row.
  func hasFollower(_ row: Int) -> Bool {
    draft.rows[row].form.terms.contains { $0.variable < variableCount && follows[$0.variable] }
  }

  /// How much a row rises, products left out.
  func gain(of row: Int, by raise: Raise) -> Integer {
    draft.rows[row].form.terms.reduce(0) { $0 + change(of: $1, by: raise) }
  }

  /// Whether any row moves the way that helps.
  func mayHelp(_ raise: Raise) -> Bool {
    touched(by: raise).contains { row in
      let gain = gain(of: row, by: raise)
      return isEquality[row] ? !gain.isZero : gain > 0 || risesByProduct(draft.rows[row].form.terms, raise)
    }
  }

  /// The first row that a raise helps once what only follows is taken out.
  mutating func helped(by raise: Raise) -> (row: Int, isThroughProduct: Bool)? {
    var left = min(work, Self.workPerRaise)
    let before = left
    defer { work -= before - max(left, 0) }
    for row in touched(by: raise) {
      let gain = gain(of: row, by: raise)
      // An equality is followed to the side that the raise breaks.
      let sign: Integer = isEquality[row] && gain > 0 ? 1 : isEquality[row] ? -1 : 1
      let form = draft.rows[row].form
      if sign * gain > 0 {
        var sum = Sum(terms: [:], constant: sign * form.constant)
        for term in form.terms { sum.terms[term.variable, default: 0] += sign * term.coefficient }
        if helps(sum, raise, &left) { return (row, false) }
      }
      if !isEquality[row], risesByProduct(form.terms, raise) { return (row, true) }
    }
    return nil
  }

  /// The rows that a raise moves, inequalities that a reader knows first.
  private func touched(by raise: Raise) -> [Int] {
    var found = Set(rows[raise.plus] + rows[raise.minus])
    for gate in gates[raise.plus] + gates[raise.minus] { found.formUnion(rows[variableCount + gate]) }
    return found.sorted { (isEquality[$0] ? 1 : 0, $0) < (isEquality[$1] ? 1 : 0, $1) }
  }

  private func change(of term: AffineForm.Term, by raise: Raise) -> Integer {
    if term.variable == raise.plus { return term.coefficient * raise.plusStep }
    if term.variable == raise.minus { return term.coefficient * raise.minusStep }
    return 0
  }

  /// Whether some product may rise or fall so that a row rises: z = l·r moves by l′·r + r′·l.
  private func risesByProduct(_ terms: [AffineForm.Term], _ raise: Raise) -> Bool {
    terms.contains { term in
      guard term.variable >= variableCount else { return false }
      let gate = draft.gates[term.variable - variableCount]
      return [(gate.left, gate.right), (gate.right, gate.left)].contains { moved, other in
        let slope = moved.terms.reduce(0) { $0 + change(of: $1, by: raise) } * term.coefficient
        if slope.isZero { return false }
        let reach = interval(of: other)
        return slope > 0 ? reach.upper > 0 : reach.lower < 0
      }
    }
  }

  /// What a form can be where the rows hold: equity that has to be 0 or more has no square that rises as it
  /// falls.
  private func interval(of form: AffineForm) -> IntegerInterval {
    let reach = form.terms.reduce(IntegerInterval(form.constant)) {
      $0 + intervals[$1.variable].scaled(by: $1.coefficient)
    }
    guard let least = least[form.terms] else { return reach }
    return IntegerInterval(min(max(reach.lower, least + form.constant), reach.upper), reach.upper)
  }

  /// Whether a sum, which rises, still does when what only follows is taken out, and can fail.
  private func helps(_ sum: Sum, _ raise: Raise, _ work: inout Int) -> Bool {
    work -= sum.terms.count + 1
    if work <= 0 { return true }
    let gain =
      (sum.terms[raise.plus] ?? 0) * raise.plusStep + (sum.terms[raise.minus] ?? 0) * raise.minusStep
    guard gain > 0 else { return false }
    let least = sum.terms.reduce(sum.constant) { $0 + intervals[$1.key].scaled(by: $1.value).lower }
    guard least.isNegative else { return false }
    let candidates = sum.terms.keys.filter { $0 < variableCount && follows[$0] }
    guard let advice = candidates.min(by: { (rows[$0].count, $0) < (rows[$1].count, $1) }),
      let coefficient = sum.terms[advice]
    else { return true }
    // The advice at its own bound.
    var bounded = sum
    bounded.terms[advice] = nil
    bounded.constant += max(coefficient, 0) * intervals[advice].upper
    if helps(bounded, raise, &work) { return true }
    for row in rows[advice] {
      let form = draft.rows[row].form
      guard let own = form.terms.first(where: { $0.variable == advice })?.coefficient else { continue }
      let isOpposite = own.isNegative != coefficient.isNegative
      guard isOpposite || isEquality[row] else { continue }
      let (times, other) = (own.magnitude, isOpposite ? coefficient.magnitude : -coefficient.magnitude)
      var joined = Sum(
        terms: sum.terms.mapValues { $0 * times }, constant: sum.constant * times + form.constant * other)
      for term in form.terms { joined.terms[term.variable, default: 0] += term.coefficient * other }
      joined.terms = joined.terms.filter { !$0.value.isZero }
      if helps(joined, raise, &work) { return true }
    }
    return false
  }
}
