/// A linear program over bounded variables in exact integers, by the primal method; ``CoveringProgram`` is
/// the dual method for programs whose costs are not negative.
///
///     maximise c·v   where   0 ≤ vᵢ ≤ uᵢ   and   0 ≤ f_j(v) ≤ Y_j
///
/// The simplex method on a dictionary without fractions: every basic variable is kept as `D·x = b + Σ aᵢ·xᵢ`
/// over the variables outside the basis, with one common denominator D, so that each pivot divides exactly
/// (Edmonds; Bareiss). A variable that rests at its upper bound is replaced by what it lacks of it, so all
/// variables outside the basis are 0. Bland's rule takes over after some pivots, so it ends.
package struct LinearProgram {
  /// `Σ coefficient · variable + constant`, to be at least 0 and at most `upper` (`nil`: no limit).
  package struct Row {
    package var terms: [(variable: Int, coefficient: Integer)]
    package var constant: Integer
    package var upper: Integer?

    package init(terms: [(variable: Int, coefficient: Integer)], constant: Integer, upper: Integer?) {
      (self.terms, self.constant, self.upper) = (terms, constant, upper)
    }
  }

  /// A point: `values[i] / denominator`.
  package struct Point {
    package var values: [Integer]
    package var denominator: Integer
  }

  /// Pivots before the rule that cannot cycle takes over, and pivots at all, in one optimisation.
  private static let (greedyPivots, mostPivots) = (60, 400)

  private let variableCount: Int
  /// Upper bounds of the variables, then of the rows.
  private let uppers: [Integer?]
  /// Of every variable and row: whether it is replaced by what it lacks of its upper bound.
  private var isFlipped: [Bool]
  /// Which variable or row each dictionary line defines, and which each column stands for.
  private var basis: [Int]
  private var columns: [Int]
  /// `entries[line][column]`, the last column the constant.
  private var entries: [PivotRow]
  private var denominator: Integer = 1
  /// Pivots so far.
  package private(set) var pivotCount = 0
  /// Words of the dictionary's entries that pivots changed so far: what the program has cost, the same on
  /// every machine.
  package private(set) var work = 0

  /// The most that ``work`` may come to; no pivot begins beyond it.
  package var workLimit: Int

  /// Entries of the dictionary.
  package var size: Int { entries.count * (variableCount + 1) }

  /// The program, with a point that meets all its rows; nil if no point does, or none was found in the pivots
  /// allowed.
  package init?(uppers: [Integer], rows: [Row]) {
    var spent = 0
    self.init(uppers: uppers, rows: rows, workLimit: .max, spent: &spent)
  }

  /// The same within a limit of work.
  ///
  /// - Parameter spent: grows by what the search for the point has cost, whether it was found or not.
  package init?(uppers: [Integer], rows: [Row], workLimit: Int, spent: inout Int) {
    self.workLimit = workLimit
    variableCount = uppers.count
    self.uppers = uppers + rows.map(\.upper)
    isFlipped = [Bool](repeating: false, count: uppers.count + rows.count)
    basis = Array(uppers.count..<uppers.count + rows.count)
    columns = Array(0..<uppers.count)
    entries = rows.map { row in
      var line = [Integer](repeating: 0, count: uppers.count + 1)
      for term in row.terms { line[term.variable] += term.coefficient }
      line[uppers.count] = row.constant
      return PivotRow(line)
    }
    let isFeasible = becomeFeasible()
    spent += work
    guard isFeasible else { return nil }
  }

  /// The value of every variable at the present vertex.
  package var point: Point {
    var values = [Integer](repeating: 0, count: variableCount)
    for column in columns where column < variableCount && isFlipped[column] {
      values[column] = denominator * (uppers[column] ?? 0)
    }
    for (line, index) in basis.enumerated() where index < variableCount {
      let value = entries[line][variableCount]
      values[index] = isFlipped[index] ? denominator * (uppers[index] ?? 0) - value : value
    }
    return Point(values: values, denominator: denominator)
  }

  /// Goes to a vertex that maximises the form, or as far as the pivots allow.
  ///
  /// - Returns: whether it is a maximum.
  @discardableResult
  package mutating func maximise(_ objective: [(variable: Int, coefficient: Integer)]) -> Bool {
    entries.append(PivotRow(dictionaryLine(of: objective)))
    basis.append(-1)
    let line = entries.count - 1
    _ = climb(line, among: line) { _ in false }
    let isMaximum = entering(line, isGreedy: true) == nil
    entries.removeLast()
    basis.removeLast()
    return isMaximum
  }

  /// The objective over the columns, times D.
  private func dictionaryLine(of objective: [(variable: Int, coefficient: Integer)]) -> [Integer] {
    var line = [Integer](repeating: 0, count: variableCount + 1)
    var (place, isBasic) = (
      [Int](repeating: 0, count: variableCount), [Bool](repeating: false, count: variableCount)
    )
    for (index, column) in columns.enumerated() where column < variableCount { place[column] = index }
    for (index, variable) in basis.enumerated() where variable >= 0 && variable < variableCount {
      (place[variable], isBasic[variable]) = (index, true)
    }
    for term in objective {
      // x = u − x′ for a flipped variable.
      let factor = isFlipped[term.variable] ? -term.coefficient : term.coefficient
      if isFlipped[term.variable] {
        line[variableCount] += term.coefficient * denominator * (uppers[term.variable] ?? 0)
      }
      if isBasic[term.variable] {
        let other = entries[place[term.variable]]
        for column in line.indices where !other.isZero(column) { line[column] += factor * other[column] }
      } else {
        line[place[term.variable]] += factor * denominator
      }
    }
    return line
  }

  // MARK: Feasibility

  /// Brings the rows within their bounds one after the other; those that are stay so.
  private mutating func becomeFeasible() -> Bool {
    var done: [Bool] = basis.indices.map { isWithin($0) }
    while let line = done.firstIndex(of: false) {
      let index = basis[line]
      if entries[line][variableCount] > 0 { flip(line) }
      // Pivots change which line holds the row; it is found again by its index.
      var held = Set(done.indices.filter { done[$0] })
      guard raise(index, held: &held) else { return false }
      done = basis.indices.map { held.contains($0) || isWithin($0) }
    }
    return true
  }

  private func isWithin(_ line: Int) -> Bool {
    let value = entries[line][variableCount]
    if value < 0 { return false }
    guard let upper = uppers[basis[line]] else { return true }
    return value <= upper * denominator
  }

  /// Raises the row with an index to at least 0.
  private mutating func raise(_ index: Int, held: inout Set<Int>) -> Bool {
    guard let line = basis.firstIndex(of: index) else { return true }
    let lines = held
    return climb(line, among: entries.count, holding: lines) { value in value >= 0 }
  }

  // MARK: Pivots

  /// Raises the value of a line as far as the lines that are held allow, or until it is enough.
  ///
  /// - Returns: whether it was enough.
  private mutating func climb(
    _ line: Int, among count: Int, holding held: Set<Int>? = nil, until isEnough: (Integer) -> Bool
  ) -> Bool {
    for round in 0..<Self.mostPivots {
      if isEnough(entries[line][variableCount]) { return true }
      guard work < workLimit else { return false }
      guard let column = entering(line, isGreedy: round < Self.greedyPivots) else { return false }
      let limit = leaving(column, line, count, held)
      if let limit, let leaving = limit.line {
        if limit.isUpper { flip(leaving) }
        pivot(leaving, column)
      } else if uppers[columns[column]] != nil {
        flip(column: column)
      } else {
        return isEnough(entries[line][variableCount])
      }
      pivotCount += 1
      // A row that was to be raised and has become a column is at 0, and so at least 0.
      if let held, !held.contains(line), limit?.line == line { return true }
    }
    return isEnough(entries[line][variableCount])
  }

  /// A column along which the line grows.
  private func entering(_ line: Int, isGreedy: Bool) -> Int? {
    var best: Int?
    for column in 0..<variableCount where entries[line].isPositive(column) {
      guard uppers[columns[column]].map({ $0 > 0 }) ?? true else { continue }
      guard let found = best else {
        best = column
        continue
      }
      let isBetter =
        isGreedy ? entries[line].isLess(found, than: column) : columns[column] < columns[found]
      if isBetter { best = column }
    }
    return best
  }

  private struct Limit {
    /// `nil` if the entering variable meets its own upper bound first.
    var line: Int?
    var isUpper: Bool
    /// The step is `numerator / denominator`.
    var numerator: Integer
    package var denominator: Integer
  }

  /// What stops the entering variable first.
  private func leaving(_ column: Int, _ line: Int, _ count: Int, _ held: Set<Int>?) -> Limit? {
    var best: Limit? = uppers[columns[column]].map {
      Limit(line: nil, isUpper: false, numerator: $0, denominator: 1)
    }
    for candidate in 0..<count {
      if entries[candidate].isZero(column) { continue }
      let slope = entries[candidate][column]
      let value = entries[candidate][variableCount]
      let limit: Limit
      if let held, !held.contains(candidate) {
        // The row that is being raised stops where it is 0.
        guard candidate == line, slope > 0, value < 0 else { continue }
        limit = Limit(line: candidate, isUpper: false, numerator: -value, denominator: slope)
      } else if slope < 0 {
        limit = Limit(line: candidate, isUpper: false, numerator: value, denominator: -slope)
      } else if let upper = uppers[basis[candidate]] {
        limit = Limit(
          line: candidate, isUpper: true, numerator: upper * denominator - value, denominator: slope)
      } else {
        continue
      }
      guard let found = best else {
        best = limit
        continue
      }
      let (a, b) = (limit.numerator * found.denominator, found.numerator * limit.denominator)
      if a < b || (a == b && (found.line.map { basis[limit.line ?? 0] < basis[$0] } ?? false)) {
        best = limit
      }
    }
    return best
  }

  /// Replaces what a line defines by what it lacks of its upper bound: D·x′ = D·u − b − Σ aᵢ·xᵢ.
  private mutating func flip(_ line: Int) {
    let index = basis[line]
    entries[line].negate()
    entries[line][variableCount] += denominator * (uppers[index] ?? 0)
    isFlipped[index].toggle()
  }

  /// Replaces a variable outside the basis, which goes to its other bound.
  private mutating func flip(column: Int) {
    let index = columns[column]
    let upper = uppers[index] ?? 0
    for line in entries.indices where !entries[line].isZero(column) {
      entries[line][variableCount] += entries[line][column] * upper
      entries[line].negate(column)
    }
    isFlipped[index].toggle()
  }

  /// Exchanges what a line defines and what a column stands for.
  private mutating func pivot(_ line: Int, _ column: Int) {
    var exchange = Pivot(line: entries[line], column: column, denominator: denominator)
    for other in entries.indices where other != line { exchange.change(&entries[other]) }
    work += entries.count * (variableCount + 1) * (1 + denominator.bitWidth / 64)
    denominator = entries[line][column].magnitude
    entries[line] = exchange.exchanged()
    (basis[line], columns[column]) = (columns[column], basis[line])
  }
}
