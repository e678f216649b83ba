extension Integer {
  /// a + b.
  public static func + (a: Integer, b: Integer) -> Integer {
    if case .word(let x) = a.storage, case .word(let y) = b.storage {
      let (sum, overflow) = x.addingReportingOverflow(y)
      if !overflow { return Integer(word: sum) }
    }
    if let x = a.short, let y = b.short { return (x &+ y).asInteger() }
    return sum(a.limbs, negative: a.isNegative, b.limbs, negative: b.isNegative)
  }

  /// a - b.
  public static func - (a: Integer, b: Integer) -> Integer {
    if case .word(let x) = a.storage, case .word(let y) = b.storage {
      let (difference, overflow) = x.subtractingReportingOverflow(y)
      if !overflow { return Integer(word: difference) }
    }
    if let x = a.short, let y = b.short { return (x &- y).asInteger() }
    return sum(a.limbs, negative: a.isNegative, b.limbs, negative: !b.isNegative)
  }

  /// a · b.
  public static func * (a: Integer, b: Integer) -> Integer {
    if case .word(let x) = a.storage, case .word(let y) = b.storage {
      let (product, overflow) = x.multipliedReportingOverflow(by: y)
      if !overflow { return Integer(word: product) }
    }
    if a.bitWidth + b.bitWidth < Int256.productBits {
      return (Int256(truncating: a) &* Int256(truncating: b)).asInteger()
    }
    return Integer(a.limbs * b.limbs, negative: a.isNegative != b.isNegative)
  }

  /// -a.
  public static prefix func - (a: Integer) -> Integer {
    if case .word(let x) = a.storage, x != Int.min { return Integer(word: -x) }
    return Integer(a.limbs, negative: !a.isNegative)
  }

  /// Adds `b` to `a`.
  public static func += (a: inout Integer, b: Integer) { a = a + b }

  /// Subtracts `b` from `a`.
  public static func -= (a: inout Integer, b: Integer) { a = a - b }

  /// Multiplies `a` by `b`.
  public static func *= (a: inout Integer, b: Integer) { a = a * b }

  /// ⌊a / divisor⌋.
  ///
  /// - Parameter divisor: greater than 0.
  public func floorDivided(by divisor: Integer) -> Integer {
    flooredQuotientAndRemainder(dividingBy: divisor).quotient
  }

  /// ⌈a / divisor⌉.
  ///
  /// - Parameter divisor: greater than 0.
  public func ceilingDivided(by divisor: Integer) -> Integer {
    -(-self).floorDivided(by: divisor)
  }

  /// The remainder a - divisor · ⌊a / divisor⌋, from 0 up to but not including `divisor`.
  ///
  /// - Parameter divisor: greater than 0.
  public func modulo(_ divisor: Integer) -> Integer {
    flooredQuotientAndRemainder(dividingBy: divisor).remainder
  }

  private func flooredQuotientAndRemainder(
    dividingBy divisor: Integer
  ) -> (quotient: Integer, remainder: Integer) {
    precondition(divisor.signum > 0, "a divisor is not positive")
    if case .word(let x) = storage, case .word(let d) = divisor.storage {
      let (quotient, remainder) = x.quotientAndRemainder(dividingBy: d)
      return remainder < 0
        ? (Integer(word: quotient - 1), Integer(word: remainder + d))
        : (Integer(word: quotient), Integer(word: remainder))
    }
    let (q, r) = limbs.quotientAndRemainder(dividingBy: divisor.limbs)
    guard isNegative else { return (Integer(q, negative: false), Integer(r, negative: false)) }
    // -(q·d + r) = (-q)·d when r = 0, and otherwise (-q - 1)·d + (d - r).
    if r.isZero { return (Integer(q, negative: true), 0) }
    return (
      Integer(q + Magnitude(1), negative: true), Integer(divisor.limbs - r, negative: false)
    )
  }

  /// The sum of two numbers given by sign and magnitude.
  private static func sum(
    _ x: Magnitude, negative xIsNegative: Bool, _ y: Magnitude, negative yIsNegative: Bool
  ) -> Integer {
    if xIsNegative == yIsNegative { return Integer(x + y, negative: xIsNegative) }
    return x >= y
      ? Integer(x - y, negative: xIsNegative) : Integer(y - x, negative: yIsNegative)
  }
}

extension Integer {
  /// The value in fixed width, if it is below 2¹⁹² in magnitude: sums and differences of such values fit as
  /// well.
  fileprivate var short: Int256? {
    switch storage {
    case .word(let word): Int256(word)
    case .limbs(let magnitude, _): magnitude.limbs.count <= 3 ? Int256(truncating: self) : nil
    }
  }
}

extension Int256 {
  /// A product of factors of fewer bits together is below 2²⁵⁵ in magnitude.
  fileprivate static let productBits = 255
}
