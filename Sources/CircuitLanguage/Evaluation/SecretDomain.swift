internal import ExactIntegers

/// What the interpreter computes with where values are secret: the values themselves, or intervals
/// that are certain to hold them.
protocol SecretDomain {
  associatedtype Number
  associatedtype Condition

  /// A public integer.
  func constant(_ value: Integer, at range: SourceRange) throws(Problem) -> Number
  /// The value of a cell.
  func read(_ cell: Int) -> Number

  func sum(_ a: Number, _ b: Number) -> Number
  func difference(_ a: Number, _ b: Number) -> Number
  func product(_ a: Number, _ b: Number) -> Number
  func negated(_ a: Number) -> Number
  func maximum(_ a: Number, _ b: Number) -> Number
  func minimum(_ a: Number, _ b: Number) -> Number
  /// ⌊a / b⌋ for b ≥ 1.
  func quotient(_ a: Number, _ b: Number) -> Number

  func holds(_ comparison: Comparison, _ a: Number, _ b: Number) -> Condition
  func constant(_ condition: Bool) -> Condition
  func both(_ a: Condition, _ b: Condition) -> Condition
  func either(_ a: Condition, _ b: Condition) -> Condition
  func not(_ a: Condition) -> Condition
  func select(_ condition: Condition, _ a: Number, _ b: Number) -> Number

  /// Refuses a result that the values could not hold.
  func checked(_ a: Number, at range: SourceRange) throws(Problem) -> Number
}

/// The values themselves, in fixed width, read from a block of secrets.
///
/// Branch-free: neither control flow nor memory access depends on a value. Sums and products are
/// exact because the same expressions have passed ``IntervalDomain``.
struct ValueDomain: SecretDomain {
  let cells: SecretCells

  func constant(_ value: Integer, at range: SourceRange) throws(Problem) -> Int256 {
    if let small = value.int64 { return Int256(small) }
    guard let number = Int256(exactly: value) else {
      throw IntervalDomain.tooLarge(IntegerInterval(value), at: range)
    }
    return number
  }

  func read(_ cell: Int) -> Int256 { cells[cell] }
  func sum(_ a: Int256, _ b: Int256) -> Int256 { a &+ b }
  func difference(_ a: Int256, _ b: Int256) -> Int256 { a &- b }
  func product(_ a: Int256, _ b: Int256) -> Int256 { a &* b }
  func negated(_ a: Int256) -> Int256 { -a }
  func maximum(_ a: Int256, _ b: Int256) -> Int256 { Int256.max(a, b) }
  func minimum(_ a: Int256, _ b: Int256) -> Int256 { Int256.min(a, b) }
  func quotient(_ a: Int256, _ b: Int256) -> Int256 { a.flooredQuotient(dividingBy: b) }

  func holds(_ comparison: Comparison, _ a: Int256, _ b: Int256) -> Bool {
    switch comparison {
    case .equal: a == b
    case .notEqual: !(a == b)
    case .less: a < b
    case .lessOrEqual: !(b < a)
    case .greater: b < a
    case .greaterOrEqual: !(a < b)
    }
  }

  func constant(_ condition: Bool) -> Bool { condition }
  // Through numbers, because `&&` and `||` would branch.
  func both(_ a: Bool, _ b: Bool) -> Bool { number(a) & number(b) != 0 }
  func either(_ a: Bool, _ b: Bool) -> Bool { number(a) | number(b) != 0 }
  func not(_ a: Bool) -> Bool { !a }
  func select(_ condition: Bool, _ a: Int256, _ b: Int256) -> Int256 {
    Int256.select(a, b, if: condition)
  }
  func checked(_ a: Int256, at range: SourceRange) throws(Problem) -> Int256 { a }

  private func number(_ condition: Bool) -> UInt8 { condition ? 1 : 0 }
}

/// Intervals that hold every value a cell can have, so that fixed width is known to be enough.
struct IntervalDomain: SecretDomain {
  /// Intermediate results stay within ±2²⁵⁴; ``Int256`` holds ±2²⁵⁵.
  static let limit = IntegerInterval(-Integer.powerOfTwo(254), Integer.powerOfTwo(254))

  let cells: IntervalCells

  func constant(_ value: Integer, at range: SourceRange) throws(Problem) -> IntegerInterval {
    try checked(IntegerInterval(value), at: range)
  }

  func read(_ cell: Int) -> IntegerInterval { cells.values[cell] }
  func sum(_ a: IntegerInterval, _ b: IntegerInterval) -> IntegerInterval { a + b }
  func difference(_ a: IntegerInterval, _ b: IntegerInterval) -> IntegerInterval { a - b }
  func product(_ a: IntegerInterval, _ b: IntegerInterval) -> IntegerInterval { a * b }
  func negated(_ a: IntegerInterval) -> IntegerInterval { -a }

  func maximum(_ a: IntegerInterval, _ b: IntegerInterval) -> IntegerInterval {
    IntegerInterval(max(a.lower, b.lower), max(a.upper, b.upper))
  }

  func minimum(_ a: IntegerInterval, _ b: IntegerInterval) -> IntegerInterval {
    IntegerInterval(min(a.lower, b.lower), min(a.upper, b.upper))
  }

  /// The divisor is a public constant.
  func quotient(_ a: IntegerInterval, _ b: IntegerInterval) -> IntegerInterval {
    IntegerInterval(a.lower.floorDivided(by: b.lower), a.upper.floorDivided(by: b.lower))
  }

  func holds(_ comparison: Comparison, _ a: IntegerInterval, _ b: IntegerInterval) {}
  func constant(_ condition: Bool) {}
  func both(_ a: Void, _ b: Void) {}
  func either(_ a: Void, _ b: Void) {}
  func not(_ a: Void) {}
  func select(_ condition: Void, _ a: IntegerInterval, _ b: IntegerInterval) -> IntegerInterval {
    a.union(b)
  }

  func checked(_ a: IntegerInterval, at range: SourceRange) throws(Problem) -> IntegerInterval {
    guard Self.limit.contains(a) else { throw Self.tooLarge(a, at: range) }
    return a
  }

  static func tooLarge(_ interval: IntegerInterval, at range: SourceRange) -> Problem {
    let magnitude = max(interval.lower.magnitude, interval.upper.magnitude)
    return Problem(
      .wraps, "this can reach 2^\(magnitude.bitWidth), more than the 2^254 that is computed with",
      at: range)
  }
}

/// The intervals of all cells; those of products become known as the pass goes on.
final class IntervalCells {
  var values: [IntegerInterval]

  init(_ values: [IntegerInterval]) { self.values = values }
}
