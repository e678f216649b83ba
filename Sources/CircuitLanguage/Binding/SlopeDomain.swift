internal import ExactIntegers

/// A value of a rule over one book, with its slope: how it changes with each committed value there.
///
/// A maximum has the slope of the branch that is taken. Slopes are in units of 2⁻³², so that quotients keep
/// theirs.
struct SlopedNumber {
  static let unit = Integer.powerOfTwo(32)

  var value: Integer
  /// By committed cell; absent is 0.
  var slope: [Int: Integer] = [:]

  func adding(_ other: SlopedNumber, times factor: Integer) -> SlopedNumber {
    SlopedNumber(
      value: value + factor * other.value,
      slope: slope.merging(other.slope.mapValues { factor * $0 }) { $0 + $1 })
  }

  func scaled(by factor: Integer) -> SlopedNumber {
    SlopedNumber(value: value * factor, slope: factor.isZero ? [:] : slope.mapValues { $0 * factor })
  }
}

/// Values and slopes of all cells, for a book that the search made up: nothing here is secret.
final class SlopedCells {
  var numbers: [SlopedNumber]
  /// What the sides of comparisons, maxima and minima differ by, in order, if that is kept; the first ones.
  var comparisons: [Integer]?
  private static let mostComparisons = 20_000

  func compare(_ a: SlopedNumber, _ b: SlopedNumber) {
    guard let count = comparisons?.count, count < Self.mostComparisons else { return }
    comparisons?.append(a.value - b.value)
  }

  /// What the rules divide by.
  var divisors: Set<Integer> = []

  init(count: Int) { numbers = [SlopedNumber](repeating: SlopedNumber(value: 0), count: count) }
}

/// Runs rules and requirements over a made-up book with slopes.
struct SlopeDomain: SecretDomain {
  let cells: SlopedCells

  func constant(_ value: Integer, at range: SourceRange) -> SlopedNumber { SlopedNumber(value: value) }
  func read(_ cell: Int) -> SlopedNumber { cells.numbers[cell] }
  func sum(_ a: SlopedNumber, _ b: SlopedNumber) -> SlopedNumber { a.adding(b, times: 1) }
  func difference(_ a: SlopedNumber, _ b: SlopedNumber) -> SlopedNumber { a.adding(b, times: -1) }

  /// (a·b)′ = a·b′ + b·a′
  func product(_ a: SlopedNumber, _ b: SlopedNumber) -> SlopedNumber {
    SlopedNumber(
      value: a.value * b.value,
      slope: a.scaled(by: b.value).slope.merging(b.scaled(by: a.value).slope) { $0 + $1 })
  }

  func negated(_ a: SlopedNumber) -> SlopedNumber { a.scaled(by: -1) }
  func maximum(_ a: SlopedNumber, _ b: SlopedNumber) -> SlopedNumber {
    cells.compare(a, b)
    return a.value < b.value ? b : a
  }
  func minimum(_ a: SlopedNumber, _ b: SlopedNumber) -> SlopedNumber {
    cells.compare(a, b)
    return b.value < a.value ? b : a
  }

  func quotient(_ a: SlopedNumber, _ b: SlopedNumber) -> SlopedNumber {
    cells.divisors.insert(b.value)
    return SlopedNumber(
      value: a.value.floorDivided(by: b.value), slope: a.slope.mapValues { $0.floorDivided(by: b.value) })
  }

  func holds(_ comparison: Comparison, _ a: SlopedNumber, _ b: SlopedNumber) -> Bool {
    cells.compare(a, b)
    return comparison.holds(a.value, b.value)
  }

  func constant(_ condition: Bool) -> Bool { condition }
  func both(_ a: Bool, _ b: Bool) -> Bool { a && b }
  func either(_ a: Bool, _ b: Bool) -> Bool { a || b }
  func not(_ a: Bool) -> Bool { !a }
  func select(_ condition: Bool, _ a: SlopedNumber, _ b: SlopedNumber) -> SlopedNumber { condition ? a : b }
  func checked(_ a: SlopedNumber, at range: SourceRange) -> SlopedNumber { a }
}

/// What the rules of advice read: the committed cells that each one depends on.
struct DependencyDomain: SecretDomain {
  let cells: DependencyCells

  func constant(_ value: Integer, at range: SourceRange) -> Set<Int> { [] }
  func read(_ cell: Int) -> Set<Int> { cells.sources[cell] }
  func sum(_ a: Set<Int>, _ b: Set<Int>) -> Set<Int> { a.union(b) }
  func difference(_ a: Set<Int>, _ b: Set<Int>) -> Set<Int> { a.union(b) }
  func product(_ a: Set<Int>, _ b: Set<Int>) -> Set<Int> { a.union(b) }
  func negated(_ a: Set<Int>) -> Set<Int> { a }
  func maximum(_ a: Set<Int>, _ b: Set<Int>) -> Set<Int> { a.union(b) }
  func minimum(_ a: Set<Int>, _ b: Set<Int>) -> Set<Int> { a.union(b) }
  func quotient(_ a: Set<Int>, _ b: Set<Int>) -> Set<Int> { a }
  func holds(_ comparison: Comparison, _ a: Set<Int>, _ b: Set<Int>) -> Set<Int> { a.union(b) }
  func constant(_ condition: Bool) -> Set<Int> { [] }
  func both(_ a: Set<Int>, _ b: Set<Int>) -> Set<Int> { a.union(b) }
  func either(_ a: Set<Int>, _ b: Set<Int>) -> Set<Int> { a.union(b) }
  func not(_ a: Set<Int>) -> Set<Int> { a }
  func select(_ condition: Set<Int>, _ a: Set<Int>, _ b: Set<Int>) -> Set<Int> { condition.union(a).union(b) }
  func checked(_ a: Set<Int>, at range: SourceRange) -> Set<Int> { a }
}

/// Of every cell, the committed cells behind it.
final class DependencyCells {
  var sources: [Set<Int>]

  init(_ cells: [Cell]) {
    sources = cells.enumerated().map { index, cell in cell.coordinate == nil ? [] : [index] }
  }
}
