internal import ExactIntegers

/// Σ coefficient · cell + constant.
struct CellForm: Hashable {
  var terms: [Int: Integer] = [:]
  var constant: Integer = 0

  func adding(_ other: CellForm, times factor: Integer) -> CellForm {
    CellForm(
      terms: terms.merging(other.terms.mapValues { factor * $0 }) { $0 + $1 }.filter { !$0.value.isZero },
      constant: constant + factor * other.constant)
  }

  func scaled(by factor: Integer) -> CellForm { CellForm().adding(self, times: factor) }
}

/// A part of a rule: where all `rows` are 0 or more, the rule gives ⌊form / divisor⌋.
struct RulePiece {
  var rows: [CellForm] = []
  var form: CellForm
  var divisor: Integer = 1

  /// The value, if it is the same wherever the piece holds.
  var constant: Integer? { form.terms.isEmpty ? form.constant.floorDivided(by: divisor) : nil }

  /// That it gives more than a cell: form ≥ divisor · (cell + 1).
  func exceeding(_ cell: Int) -> CellForm {
    form.adding(CellForm(terms: [cell: 1], constant: 1), times: -divisor)
  }

  /// That it gives less than a cell: form < divisor · cell.
  func below(_ cell: Int) -> CellForm {
    CellForm(terms: [cell: 1]).scaled(by: divisor).adding(form, times: -1).adding(
      CellForm(constant: 1), times: -1)
  }
}

/// What rules are made of over a few committed cells, as pieces that are affine: an `if`, a maximum or a
/// minimum has one on each side. Of many pieces the first are kept; each that is kept is right where its rows
/// hold. No piece at all: nothing is known.
struct PieceDomain: SecretDomain {
  typealias Number = [RulePiece]
  /// Alternatives; all rows of one of them hold.
  typealias Condition = (holds: [[CellForm]], fails: [[CellForm]])

  static let (mostPieces, mostRows) = (24, 24)

  let cells: PieceCells

  func constant(_ value: Integer, at range: SourceRange) -> [RulePiece] { [Self.constant(value)] }
  func read(_ cell: Int) -> [RulePiece] { cells.pieces[cell] }
  func sum(_ a: [RulePiece], _ b: [RulePiece]) -> [RulePiece] { combined(a, b, times: 1) }
  func difference(_ a: [RulePiece], _ b: [RulePiece]) -> [RulePiece] { combined(a, b, times: -1) }

  func product(_ a: [RulePiece], _ b: [RulePiece]) -> [RulePiece] {
    if a.count == 1, a[0].rows.isEmpty, let factor = a[0].constant { return scaled(b, by: factor) }
    if b.count == 1, b[0].rows.isEmpty, let factor = b[0].constant { return scaled(a, by: factor) }
    return []
  }

  func negated(_ a: [RulePiece]) -> [RulePiece] { scaled(a, by: -1) }
  func maximum(_ a: [RulePiece], _ b: [RulePiece]) -> [RulePiece] { extreme(a, b, sign: 1) }
  func minimum(_ a: [RulePiece], _ b: [RulePiece]) -> [RulePiece] { extreme(a, b, sign: -1) }

  func quotient(_ a: [RulePiece], _ b: [RulePiece]) -> [RulePiece] {
    guard let divisor = b.first?.constant else { return [] }
    return a.map { piece in
      if let value = piece.constant {
        return RulePiece(rows: piece.rows, form: CellForm(constant: value.floorDivided(by: divisor)))
      }
      // ⌊⌊a / b⌋ / c⌋ = ⌊a / (b·c)⌋
      return RulePiece(rows: piece.rows, form: piece.form, divisor: piece.divisor * divisor)
    }
  }

  func holds(_ comparison: Comparison, _ a: [RulePiece], _ b: [RulePiece]) -> Condition {
    let lacking = difference(a, b)
    func all(_ rows: (RulePiece) -> [CellForm]) -> [[CellForm]] {
      lacking.compactMap { Self.joined($0.rows, rows($0)) }
    }
    func atLeast(_ least: Integer) -> [[CellForm]] {
      all { [$0.form.adding(CellForm(constant: least), times: -$0.divisor)] }
    }
    func atMost(_ most: Integer) -> [[CellForm]] {
      all { [CellForm(constant: most * $0.divisor + $0.divisor - 1).adding($0.form, times: -1)] }
    }
    switch comparison {
    case .less: return (atMost(-1), atLeast(0))
    case .lessOrEqual: return (atMost(0), atLeast(1))
    case .greater: return (atLeast(1), atMost(0))
    case .greaterOrEqual: return (atLeast(0), atMost(-1))
    case .equal, .notEqual:
      let same = products(atLeast(0), atMost(0))
      let other = limited(atLeast(1) + atMost(-1))
      return comparison == .equal ? (same, other) : (other, same)
    }
  }

  func constant(_ condition: Bool) -> Condition { condition ? ([[]], []) : ([], [[]]) }
  func both(_ a: Condition, _ b: Condition) -> Condition {
    (products(a.holds, b.holds), limited(a.fails + b.fails))
  }
  func either(_ a: Condition, _ b: Condition) -> Condition {
    (limited(a.holds + b.holds), products(a.fails, b.fails))
  }
  func not(_ a: Condition) -> Condition { (a.fails, a.holds) }

  func select(_ condition: Condition, _ a: [RulePiece], _ b: [RulePiece]) -> [RulePiece] {
    guard cells.spend(condition.holds.count * a.count + condition.fails.count * b.count) else { return [] }
    var result: [RulePiece] = []
    for (alternatives, pieces) in [(condition.holds, a), (condition.fails, b)] {
      for rows in alternatives {
        for piece in pieces where result.count < Self.mostPieces {
          if let rows = Self.joined(rows, piece.rows) {
            result.append(RulePiece(rows: rows, form: piece.form, divisor: piece.divisor))
          }
        }
      }
    }
    return result
  }

  func checked(_ a: [RulePiece], at range: SourceRange) -> [RulePiece] { a }

  private static func constant(_ value: Integer) -> RulePiece { RulePiece(form: CellForm(constant: value)) }

  private func scaled(_ pieces: [RulePiece], by factor: Integer) -> [RulePiece] {
    pieces.map { RulePiece(rows: $0.rows, form: $0.form.scaled(by: factor), divisor: $0.divisor) }
  }

  /// a + factor · b; of two quotients about that, which is enough to look for books.
  private func combined(_ a: [RulePiece], _ b: [RulePiece], times factor: Integer) -> [RulePiece] {
    guard cells.spend(a.count * b.count) else { return [] }
    var result: [RulePiece] = []
    for left in a {
      for right in b where result.count < Self.mostPieces {
        guard let rows = Self.joined(left.rows, right.rows) else { continue }
        let isAlike = left.divisor == right.divisor
        let form =
          isAlike
          ? left.form.adding(right.form, times: factor)
          : left.form.scaled(by: right.divisor).adding(right.form, times: factor * left.divisor)
        result.append(
          RulePiece(
            rows: rows, form: form, divisor: isAlike ? left.divisor : left.divisor * right.divisor))
      }
    }
    return result
  }

  private func extreme(_ a: [RulePiece], _ b: [RulePiece], sign: Integer) -> [RulePiece] {
    guard cells.spend(2 * a.count * b.count) else { return [] }
    var result: [RulePiece] = []
    for left in a {
      for right in b {
        let lacking = combined([left], [right], times: -1)
        guard let lacking = lacking.first else { continue }
        // The first is taken where sign · (a − b) is 0 or more.
        let first = lacking.form.scaled(by: sign)
        for (piece, row) in [
          (left, first), (right, first.scaled(by: -1).adding(CellForm(constant: 1), times: -1)),
        ] where result.count < Self.mostPieces {
          if let rows = Self.joined(lacking.rows, [row]) {
            result.append(RulePiece(rows: rows, form: piece.form, divisor: piece.divisor))
          }
        }
      }
    }
    return result
  }

  private func products(_ a: [[CellForm]], _ b: [[CellForm]]) -> [[CellForm]] {
    guard cells.spend(a.count * b.count) else { return [] }
    return limited(a.flatMap { left in b.compactMap { Self.joined(left, $0) } })
  }

  private func limited(_ alternatives: [[CellForm]]) -> [[CellForm]] {
    Array(alternatives.prefix(Self.mostPieces))
  }

  /// Rows together, without those that always hold; nil if one never does, or they are too many.
  private static func joined(_ a: [CellForm], _ b: [CellForm]) -> [CellForm]? {
    var rows = a
    for row in b {
      if row.terms.isEmpty {
        if row.constant.isNegative { return nil }
      } else if !rows.contains(row) {
        rows.append(row)
      }
    }
    return rows.count <= mostRows ? rows : nil
  }
}

/// The pieces of all cells, and how much may still be computed.
final class PieceCells {
  var pieces: [[RulePiece]]
  private var left: Int
  private(set) var spent = 0

  init(_ pieces: [[RulePiece]], limit: Int) { (self.pieces, left) = (pieces, limit) }

  /// Whether this many pieces may still be made.
  func spend(_ count: Int) -> Bool {
    spent += count
    left -= count
    return left > 0
  }
}
