internal import CircuitProofs
internal import ExactIntegers

/// Shows that whoever meets one statement meets another over the same variables, row by row: each row of the
/// other, so many times, is a row of the one, so many times, and something that the ranges of variables keep
/// from being negative.
///
/// What it shows is so; what it does not show may be so all the same. For files that differ in numbers it is
/// enough: a higher charge, a lower cap.
struct RowImplication {
  /// The most ratios that two rows are compared at: one at which they cancel each other is enough.
  private static let ratioLimit = 16

  private let draft: StatementDraft
  /// What each row says is not negative.
  private let rows: [AffineForm]
  private let known: Set<AffineForm>
  /// The places in ``rows`` whose form has the variable with a coefficient below zero.
  private let lowering: [Int: [Int]]

  /// - Parameter draft: the statement that is met.
  init(_ draft: StatementDraft) {
    self.draft = draft
    rows = Self.inequalities(of: draft)
    known = Set(rows)
    var lowering: [Int: [Int]] = [:]
    for (place, row) in rows.enumerated() {
      for term in row.terms where term.coefficient.isNegative {
        lowering[term.variable, default: []].append(place)
      }
    }
    self.lowering = lowering
  }

  /// Whether it is shown that the other statement is met as well.
  func shows(_ other: StatementDraft) -> Bool {
    guard draft.links == other.links, draft.coordinateCount == other.coordinateCount,
      draft.gates == other.gates, draft.variableBounds.count == other.variableBounds.count,
      zip(draft.variableBounds, other.variableBounds).allSatisfy({ $0 <= $1 })
    else { return false }
    return Self.inequalities(of: other).allSatisfy { known.contains($0) || follows($0) }
  }

  /// A row is between 0 and its bound, so that it is two of them.
  private static func inequalities(of draft: StatementDraft) -> [AffineForm] {
    draft.rows.flatMap { [$0.form, .constant($0.upperBound) - $0.form] }
  }

  private func follows(_ row: AffineForm) -> Bool {
    if isNeverNegative(row) { return true }
    // Whatever makes the row negative, the one that it follows from has to forbid.
    let places = row.terms.filter(\.coefficient.isNegative).map { lowering[$0.variable] ?? [] }
    let candidates = places.min { $0.count < $1.count } ?? Array(rows.indices)
    return candidates.contains { place in
      ratios(row, rows[place]).contains { (own, other) in
        isNeverNegative(row.scaled(by: own) - rows[place].scaled(by: other))
      }
    }
  }

  /// Where multiples of the two have a term in common, whose difference is least there.
  private func ratios(_ row: AffineForm, _ other: AffineForm) -> [(Integer, Integer)] {
    let coefficients = Dictionary(uniqueKeysWithValues: other.terms.map { ($0.variable, $0.coefficient) })
    let pairs =
      [(row.constant, other.constant)]
      + row.terms.compactMap { term in coefficients[term.variable].map { (term.coefficient, $0) } }
    var ratios: [(Integer, Integer)] = []
    for (a, b) in pairs where !a.isZero && !b.isZero && a.isNegative == b.isNegative {
      let (own, times) = (b.magnitude, a.magnitude)
      guard !ratios.contains(where: { $0.0 * times == $0.1 * own }) else { continue }
      ratios.append((own, times))
      if ratios.count == Self.ratioLimit { break }
    }
    return ratios
  }

  /// Whether a form is not negative wherever the variables are in their ranges. Nothing is said of products.
  private func isNeverNegative(_ form: AffineForm) -> Bool {
    var least = form.constant
    for term in form.terms {
      guard term.variable < draft.variableBounds.count else { return false }
      if term.coefficient.isNegative { least += term.coefficient * draft.variableBounds[term.variable] }
    }
    return !least.isNegative
  }
}
