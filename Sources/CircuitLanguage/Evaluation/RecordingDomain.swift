internal import ExactIntegers

/// A value while a tape is recorded: the interval that is certain to hold it, in fixed width, and its number.
struct RecordedNumber {
  let lower: Int256
  let upper: Int256
  /// A step of the recording, or −1 − k for constant k.
  let value: Int32
}

/// The steps of a tape so far, and the intervals of cells.
final class TapeRecorder {
  // No step of the recording is taken within another.
  @exclusivity(unchecked) private(set) var steps: [Tape.Step] = []
  /// The most steps that a tape may have.
  let limit: Int
  @exclusivity(unchecked) private(set) var constants: [Int256] = []
  /// The numbers of constants: of those in a word, and of longer ones.
  @exclusivity(unchecked) private var words = NumberedWords()
  @exclusivity(unchecked) private var numbers: [Int256: Int32] = [:]
  /// The interval of every cell; those of products become known as the recording goes on.
  @exclusivity(unchecked) private var intervals: [(lower: Int256, upper: Int256)]
  /// The step that read each cell, which happens once.
  @exclusivity(unchecked) private var reads: [Int32?]

  init(_ cells: [Cell], limit: Int) {
    self.limit = limit
    steps.reserveCapacity(1 << 10)
    // Bounds are below 2²⁵⁰ in magnitude, so nothing is truncated.
    intervals = cells.map { (Int256(truncating: $0.interval.lower), Int256(truncating: $0.interval.upper)) }
    reads = [Int32?](repeating: nil, count: cells.count)
  }

  /// Whether there are more steps than a tape may have.
  var isFull: Bool { steps.count > limit }

  func constant(_ value: Int256) -> Int32 {
    let number = -1 - Int32(constants.count)
    if let word = value.int64 {
      let known = words.number(of: word, ifNew: number)
      if known != number { return known }
    } else {
      if let known = numbers[value] { return known }
      numbers[value] = number
    }
    constants.append(value)
    return number
  }

  func record(_ operation: Tape.Operation, _ a: Int32, _ b: Int32 = 0, _ c: Int32 = 0) -> Int32 {
    steps.append(Tape.Step(operation: operation, target: 0, a: a, b: b, c: c))
    return Int32(steps.count - 1)
  }

  func read(_ cell: Int) -> RecordedNumber {
    let value = reads[cell] ?? record(.read, Int32(cell))
    reads[cell] = value
    return RecordedNumber(lower: intervals[cell].lower, upper: intervals[cell].upper, value: value)
  }

  /// A cell gets its value, which is within the cell's own interval or, of a product, in that of its factors.
  func assign(_ number: RecordedNumber, to cell: Int, isProduct: Bool) {
    steps.append(Tape.Step(operation: .assign, target: Int32(cell), a: number.value))
    if isProduct { intervals[cell] = (number.lower, number.upper) }
  }

  func output(_ number: RecordedNumber, as index: Int) {
    steps.append(Tape.Step(operation: .output, target: Int32(index), a: number.value))
  }
}

/// Records what the interpreter computes, and carries intervals along: with ``IntervalDomain`` in fixed
/// width, which speaks of what it refuses.
struct RecordingDomain: SecretDomain {
  /// ±2²⁵⁴, as in ``IntervalDomain/limit``.
  private static var most: Int256 { Int256(low: 0, 0, 0, high: 1 << 62) }
  private static var least: Int256 { Int256(low: 0, 0, 0, high: 3 << 62) }
  /// Half of the bits that a product has room for without a closer look.
  private static let safeBits = 254

  let recorder: TapeRecorder

  func constant(_ value: Integer, at range: SourceRange) throws(Problem) -> RecordedNumber {
    let number: Int256
    if let small = value.int64 {
      number = Int256(small)
    } else if let exact = Int256(exactly: value) {
      number = exact
    } else {
      throw Self.beyond(range)
    }
    return try checked(
      RecordedNumber(lower: number, upper: number, value: recorder.constant(number)), at: range)
  }

  func read(_ cell: Int) -> RecordedNumber { recorder.read(cell) }

  func sum(_ a: RecordedNumber, _ b: RecordedNumber) -> RecordedNumber {
    result(.sum, a, b, lower: a.lower &+ b.lower, upper: Self.upper(a.upper &+ b.upper, of: a.upper))
  }

  func difference(_ a: RecordedNumber, _ b: RecordedNumber) -> RecordedNumber {
    result(.difference, a, b, lower: a.lower &- b.upper, upper: Self.upper(a.upper &- b.lower, of: a.upper))
  }

  /// The upper end of a sum of numbers within ±2²⁵⁴, which may reach 2²⁵⁵ and is then said to be the largest
  /// number there is; the lower end fits.
  private static func upper(_ sum: Int256, of a: Int256) -> Int256 {
    !a.isNegative && sum == Int256.min ? Int256.max : sum
  }

  func product(_ a: RecordedNumber, _ b: RecordedNumber) -> RecordedNumber {
    let bits =
      max(a.lower.magnitudeBits, a.upper.magnitudeBits) + max(b.lower.magnitudeBits, b.upper.magnitudeBits)
    guard bits <= Self.safeBits else {
      let exact = Self.interval(a) * Self.interval(b)
      guard IntervalDomain.limit.contains(exact) else {
        return result(.product, a, b, lower: .min, upper: .max)
      }
      return result(
        .product, a, b, lower: Int256(truncating: exact.lower), upper: Int256(truncating: exact.upper))
    }
    let (p, q) = (a.lower &* b.lower, a.upper &* b.upper)
    guard !(a.value < 0), !(b.value < 0) else {
      // One factor is a constant.
      return result(.product, a, b, lower: min(p, q), upper: max(p, q))
    }
    let (s, t) = (a.lower &* b.upper, a.upper &* b.lower)
    return result(.product, a, b, lower: min(min(p, q), min(s, t)), upper: max(max(p, q), max(s, t)))
  }

  func negated(_ a: RecordedNumber) -> RecordedNumber {
    RecordedNumber(lower: -a.upper, upper: -a.lower, value: recorder.record(.negation, a.value))
  }

  func maximum(_ a: RecordedNumber, _ b: RecordedNumber) -> RecordedNumber {
    result(.maximum, a, b, lower: max(a.lower, b.lower), upper: max(a.upper, b.upper))
  }

  func minimum(_ a: RecordedNumber, _ b: RecordedNumber) -> RecordedNumber {
    result(.minimum, a, b, lower: min(a.lower, b.lower), upper: min(a.upper, b.upper))
  }

  /// The divisor is a public constant.
  func quotient(_ a: RecordedNumber, _ b: RecordedNumber) -> RecordedNumber {
    result(
      .quotient, a, b, lower: a.lower.flooredQuotient(dividingBy: b.lower),
      upper: a.upper.flooredQuotient(dividingBy: b.lower))
  }

  func holds(_ comparison: Comparison, _ a: RecordedNumber, _ b: RecordedNumber) -> Int32 {
    switch comparison {
    case .equal: recorder.record(.equal, a.value, b.value)
    case .notEqual: not(recorder.record(.equal, a.value, b.value))
    case .less: recorder.record(.less, a.value, b.value)
    case .lessOrEqual: not(recorder.record(.less, b.value, a.value))
    case .greater: recorder.record(.less, b.value, a.value)
    case .greaterOrEqual: not(recorder.record(.less, a.value, b.value))
    }
  }

  func constant(_ condition: Bool) -> Int32 { recorder.constant(Int256(condition ? 1 : 0)) }
  func both(_ a: Int32, _ b: Int32) -> Int32 { recorder.record(.both, a, b) }
  func either(_ a: Int32, _ b: Int32) -> Int32 { recorder.record(.either, a, b) }
  func not(_ a: Int32) -> Int32 { recorder.record(.not, a) }

  func select(_ condition: Int32, _ a: RecordedNumber, _ b: RecordedNumber) -> RecordedNumber {
    RecordedNumber(
      lower: min(a.lower, b.lower), upper: max(a.upper, b.upper),
      value: recorder.record(.select, a.value, b.value, condition))
  }

  func checked(_ a: RecordedNumber, at range: SourceRange) throws(Problem) -> RecordedNumber {
    guard !(a.lower < Self.least), !(Self.most < a.upper) else { throw Self.beyond(range) }
    guard !recorder.isFull else {
      throw Problem(
        .tooLarge, "this circuit computes with more than \(recorder.limit) steps with these parameters",
        at: range)
    }
    return a
  }

  private func result(
    _ operation: Tape.Operation, _ a: RecordedNumber, _ b: RecordedNumber, lower: Int256, upper: Int256
  ) -> RecordedNumber {
    RecordedNumber(lower: lower, upper: upper, value: recorder.record(operation, a.value, b.value))
  }

  private static func interval(_ a: RecordedNumber) -> IntegerInterval {
    IntegerInterval(a.lower.asInteger(), a.upper.asInteger())
  }

  /// That a result is too large; ``IntervalDomain`` says how large.
  private static func beyond(_ range: SourceRange) -> Problem {
    Problem(.wraps, "this is more than the 2^254 that is computed with", at: range)
  }
}

extension Int256 {
  /// The n with |v| < 2ⁿ, the least or one more. For public values.
  fileprivate var magnitudeBits: Int {
    let limbs = magnitude.limbs
    for index in limbs.indices.reversed() where limbs[index] != 0 {
      return 64 * (index + 1) - limbs[index].leadingZeroBitCount
    }
    return 0
  }
}
