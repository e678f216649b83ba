internal import CircuitProofs
internal import ExactIntegers

/// In which direction a row, or the output of a product, can move when a value grows.
struct Effect: OptionSet, Hashable {
  let rawValue: UInt8

  static let raises = Effect(rawValue: 1)
  static let lowers = Effect(rawValue: 2)
  static let unknown: Effect = [.raises, .lowers]

  /// The sign of a coefficient.
  init(sign: Int) { self = sign > 0 ? .raises : sign < 0 ? .lowers : [] }

  init(rawValue: UInt8) { self.rawValue = rawValue }

  /// The effect times what an interval can be.
  func times(_ interval: IntegerInterval) -> Effect {
    var result: Effect = []
    if interval.upper > 0 { result.formUnion(self) }
    if interval.lower < 0 { result.formUnion(negated) }
    return result
  }

  var negated: Effect {
    var result: Effect = []
    if contains(.raises) { result.insert(.lowers) }
    if contains(.lowers) { result.insert(.raises) }
    return result
  }
}

/// How every row and link of a statement moves with every variable, through products as well.
///
/// For z = l·r the derivative by v is l′·r + r′·l; the signs of l and r come from their intervals. An effect
/// in both directions may be one that never happens: signs are certain only where they are single.
struct RowEffects {
  /// More than this many signs of products are not kept; every effect of those left out is unknown.
  private static let mostGateEffects = 1 << 20

  /// Of each variable, what the rows that can fail hold it against: `raises` if one of them fails when the
  /// value is too small, `lowers` if one fails when it is too large.
  private(set) var held: [Effect]
  /// Of each row, whether it holds for whatever values: it binds nothing.
  let alwaysHolds: [Bool]

  private let variableCount: Int
  private let draft: StatementDraft
  private let isEquality: [Bool]
  private var gates: [[Int: Effect]] = []

  /// - Parameter isEquality: of each row, whether it is one.
  init(_ statement: Statement, isEquality: [Bool]) {
    draft = statement.draft
    self.isEquality = isEquality
    variableCount = draft.variableBounds.count
    held = [Effect](repeating: [], count: variableCount)
    alwaysHolds = zip(statement.rowIntervals, isEquality).map { reach, isEquality in
      isEquality ? reach == IntegerInterval(0) : !reach.lower.isNegative
    }
    addGates()
    for row in draft.rows.indices where !alwaysHolds[row] {
      forEachEffect(ofRow: row) { held[$0].formUnion($1) }
    }
    for link in draft.links {
      for form in link.values { forEachEffect(in: form) { variable, _ in held[variable] = .unknown } }
    }
  }

  private mutating func addGates() {
    var intervals = draft.variableBounds.map { IntegerInterval(0, $0) }
    func interval(of form: AffineForm) -> IntegerInterval {
      form.terms.reduce(IntegerInterval(form.constant)) {
        $0 + intervals[$1.variable].scaled(by: $1.coefficient)
      }
    }
    var kept = 0
    for gate in draft.gates {
      let (left, right) = (interval(of: gate.left), interval(of: gate.right))
      intervals.append(left * right)
      var effects: [Int: Effect] = [:]
      forEachEffect(in: gate.left) { effects[$0, default: []].formUnion($1.times(right)) }
      forEachEffect(in: gate.right) { effects[$0, default: []].formUnion($1.times(left)) }
      kept += effects.count
      gates.append(kept > Self.mostGateEffects ? effects.mapValues { _ in .unknown } : effects)
    }
  }

  /// Every variable of a row, perhaps several times, with its effect on whether the row holds.
  func forEachEffect(ofRow row: Int, _ body: (Int, Effect) -> Void) {
    forEachEffect(in: draft.rows[row].form) { body($0, isEquality[row] ? .unknown : $1) }
  }

  /// Every variable of a form, perhaps several times, with its effect on the form.
  func forEachEffect(in form: AffineForm, _ body: (Int, Effect) -> Void) {
    for term in form.terms {
      let sign = Effect(sign: term.coefficient.signum)
      if term.variable < variableCount {
        body(term.variable, sign)
      } else {
        for (variable, effect) in gates[term.variable - variableCount] {
          body(variable, sign == .raises ? effect : effect.negated)
        }
      }
    }
  }
}
