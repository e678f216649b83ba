internal import CircuitProofs
internal import ExactIntegers

/// Whether a rule lets a book pass that has anything in it.
///
/// Books with one coordinate are tried on the plain rule first: a rule that is meant lets somebody pass who
/// has money. If none of them passes, linear programs over small sets of coordinates look for one, and one
/// over the whole statement for the reason why there is none: rows with products left out, the greatest and
/// the least value of every coordinate lie strictly between -1 and 1.
struct EmptyBookCheck {
  enum Answer {
    /// A book with something in it meets the rule.
    case met
    /// No book but the empty one does: a fact.
    case onlyEmpty
    /// None was found.
    case notFound
  }

  private static let limits = SearchLimits(supports: 40, programs: 400, variables: 160, work: 200_000_000)
  private static let cellLimit = 64
  private static let amounts: [Integer] = [40, 20, 0].flatMap { exponent in
    [Integer.powerOfTwo(exponent), -Integer.powerOfTwo(exponent)]
  }

  private let compiled: CompiledCircuit
  /// The committed cells that the circuit is about, those without an index first.
  private let cells: [Cell]

  init(_ compiled: CompiledCircuit) {
    self.compiled = compiled
    let committed = compiled.elaboration.cells.filter { $0.coordinate != nil && !compiled.isIgnored($0) }
    cells = committed.filter { !$0.name.contains("[") } + committed.filter { $0.name.contains("[") }
  }

  func answer() -> Answer {
    if meetsWithOneCoordinate { return .met }
    let space = SearchSpace(compiled)
    if isProvenEmpty(in: space) { return .onlyEmpty }
    var search = DifferenceSearch(compiled, Self.limits)
    return search.findsNonemptyBook() ? .met : .notFound
  }

  private var meetsWithOneCoordinate: Bool {
    var empty = [Int64](repeating: 0, count: compiled.coordinates.count)
    for cell in cells {
      guard let coordinate = cell.coordinate else { continue }
      empty[coordinate] = Self.clamp(0, to: cell.interval)
    }
    for cell in cells.prefix(Self.cellLimit) {
      guard let coordinate = cell.coordinate else { continue }
      var seen: Set<Int64> = [0]
      for amount in Self.amounts {
        var book = empty
        book[coordinate] = Self.clamp(amount, to: cell.interval)
        guard seen.insert(book[coordinate]).inserted else { continue }
        if let evaluation = try? compiled.evaluate(book.span), evaluation.isProvable { return true }
      }
    }
    return false
  }

  private static func clamp(_ value: Integer, to interval: IntegerInterval) -> Int64 {
    min(max(value, interval.lower), interval.upper).int64 ?? 0
  }

  /// Whether the rows leave every coordinate nothing but 0.
  private func isProvenEmpty(in space: SearchSpace) -> Bool {
    let draft = space.statement.draft
    let count = space.statement.variableCount
    guard count <= Self.limits.variables, cells.count <= Self.cellLimit else { return false }
    let rows = draft.rows.indices.compactMap { index -> LinearProgram.Row? in
      let form = draft.rows[index].form
      guard space.canFail[index], !form.terms.contains(where: { $0.variable >= count }) else { return nil }
      return LinearProgram.Row(
        terms: form.terms.map { ($0.variable, $0.coefficient) }, constant: form.constant,
        upper: space.isEquality[index] ? 0 : nil)
    }
    var spent = 0
    let made = LinearProgram(
      uppers: draft.variableBounds, rows: rows, workLimit: Self.limits.work, spent: &spent)
    guard var program = made else { return false }
    for cell in cells {
      guard let coordinate = cell.coordinate, let form = draft.links[0][coordinate] else { continue }
      guard !form.terms.contains(where: { $0.variable >= count }) else { return false }
      for sign in [1, -1] as [Integer] {
        guard program.maximise(form.terms.map { ($0.variable, sign * $0.coefficient) }) else { return false }
        let point = program.point
        let greatest = form.terms.reduce(sign * form.constant * point.denominator) {
          $0 + sign * $1.coefficient * point.values[$1.variable]
        }
        guard greatest < point.denominator else { return false }
      }
    }
    return true
  }
}
