extension Int256 {
  /// a + b modulo 2²⁵⁶.
  @inlinable @inline(__always)
  public static func &+ (a: Int256, b: Int256) -> Int256 {
    var t = UInt128(a.l0) &+ UInt128(b.l0)
    let l0 = UInt64(truncatingIfNeeded: t)
    t = (t &>> 64) &+ UInt128(a.l1) &+ UInt128(b.l1)
    let l1 = UInt64(truncatingIfNeeded: t)
    t = (t &>> 64) &+ UInt128(a.l2) &+ UInt128(b.l2)
    let l2 = UInt64(truncatingIfNeeded: t)
    let l3 = UInt64(truncatingIfNeeded: t &>> 64) &+ a.l3 &+ b.l3
    return Int256(low: l0, l1, l2, high: l3)
  }

  /// a - b modulo 2²⁵⁶.
  @inlinable @inline(__always)
  public static func &- (a: Int256, b: Int256) -> Int256 {
    subtract(a, b).difference
  }

  /// -a modulo 2²⁵⁶: exact but for -2²⁵⁵, which is its own negative.
  @inlinable @inline(__always)
  public static prefix func - (a: Int256) -> Int256 {
    .zero &- a
  }

  /// a · b modulo 2²⁵⁶.
  @inlinable @inline(__always)
  public static func &* (a: Int256, b: Int256) -> Int256 {
    // Column by column; what lies above 2²⁵⁶ is never computed. No sum below exceeds 128 bits:
    // (2⁶⁴ - 1)² + 2 (2⁶⁴ - 1) = 2¹²⁸ - 1.
    var t = UInt128(a.l0) &* UInt128(b.l0)
    let l0 = UInt64(truncatingIfNeeded: t)

    t = (t &>> 64) &+ UInt128(a.l0) &* UInt128(b.l1)
    var l1 = UInt64(truncatingIfNeeded: t)
    t = (t &>> 64) &+ UInt128(a.l0) &* UInt128(b.l2)
    var l2 = UInt64(truncatingIfNeeded: t)
    var l3 = UInt64(truncatingIfNeeded: t &>> 64) &+ a.l0 &* b.l3

    t = UInt128(l1) &+ UInt128(a.l1) &* UInt128(b.l0)
    l1 = UInt64(truncatingIfNeeded: t)
    t = (t &>> 64) &+ UInt128(l2) &+ UInt128(a.l1) &* UInt128(b.l1)
    l2 = UInt64(truncatingIfNeeded: t)
    l3 = l3 &+ UInt64(truncatingIfNeeded: t &>> 64) &+ a.l1 &* b.l2

    t = UInt128(l2) &+ UInt128(a.l2) &* UInt128(b.l0)
    l2 = UInt64(truncatingIfNeeded: t)
    l3 = l3 &+ UInt64(truncatingIfNeeded: t &>> 64) &+ a.l2 &* b.l1 &+ a.l3 &* b.l0
    return Int256(low: l0, l1, l2, high: l3)
  }

  /// Adds `b` to `a` modulo 2²⁵⁶.
  @inlinable @inline(__always)
  public static func &+= (a: inout Int256, b: Int256) { a = a &+ b }

  /// Subtracts `b` from `a` modulo 2²⁵⁶.
  @inlinable @inline(__always)
  public static func &-= (a: inout Int256, b: Int256) { a = a &- b }

  /// Multiplies `a` by `b` modulo 2²⁵⁶.
  @inlinable @inline(__always)
  public static func &*= (a: inout Int256, b: Int256) { a = a &* b }

  /// |a|: exact but for -2²⁵⁵, which stays as it is.
  @inlinable @inline(__always)
  public var magnitude: Int256 {
    // With the mask m = -1 for a negative value, (a xor m) - m = ~a + 1 = -a.
    let mask = Int256(low: signMask, signMask, signMask, high: signMask)
    return (self ^ mask) &- mask
  }

  /// ⌊a / divisor⌋.
  ///
  /// - Parameter divisor: greater than 0, which is the one thing that is branched on.
  /// - Complexity: 255 steps of shift and conditional subtraction, whatever the values.
  public func flooredQuotient(dividingBy divisor: Int256) -> Int256 {
    precondition(!divisor.isNegative && !divisor.isZero, "a divisor is not positive")
    // For negative a, ⌊a / d⌋ = ~⌊~a / d⌋, where ~a = -a - 1 ≥ 0.
    let mask = Int256(low: signMask, signMask, signMask, high: signMask)
    // Bits of the dividend leave at the top and bits of the quotient enter at the bottom.
    var bits = (self ^ mask) &<< 1
    var remainder = Int256.zero
    for _ in 0..<255 {
      // remainder < divisor < 2²⁵⁵, so the doubled remainder fits 256 bits without a sign.
      remainder = Int256(
        low: (remainder.l0 &<< 1) | (bits.l3 &>> 63), (remainder.l1 &<< 1) | (remainder.l0 &>> 63),
        (remainder.l2 &<< 1) | (remainder.l1 &>> 63),
        high: (remainder.l3 &<< 1) | (remainder.l2 &>> 63))
      let (difference, borrow) = Self.subtract(remainder, divisor)
      remainder = Self.select(remainder, difference, mask: 0 &- borrow)
      bits = bits &<< 1
      bits = Int256(low: bits.l0 | (1 &- borrow), bits.l1, bits.l2, high: bits.l3)
    }
    return bits ^ mask
  }

  /// The difference modulo 2²⁵⁶, and 1 when a < b as numbers without a sign.
  @inlinable @inline(__always)
  static func subtract(_ a: Int256, _ b: Int256) -> (difference: Int256, borrow: UInt64) {
    // The upper half of each 128-bit difference is 0, or all ones when it borrows.
    var t = UInt128(a.l0) &- UInt128(b.l0)
    let l0 = UInt64(truncatingIfNeeded: t)
    t = UInt128(a.l1) &- UInt128(b.l1) &- ((t &>> 64) & 1)
    let l1 = UInt64(truncatingIfNeeded: t)
    t = UInt128(a.l2) &- UInt128(b.l2) &- ((t &>> 64) & 1)
    let l2 = UInt64(truncatingIfNeeded: t)
    t = UInt128(a.l3) &- UInt128(b.l3) &- ((t &>> 64) & 1)
    let l3 = UInt64(truncatingIfNeeded: t)
    return (
      Int256(low: l0, l1, l2, high: l3), UInt64(truncatingIfNeeded: t &>> 64) & 1
    )
  }

  /// The bitwise exclusive or.
  @inlinable @inline(__always)
  static func ^ (a: Int256, b: Int256) -> Int256 {
    Int256(low: a.l0 ^ b.l0, a.l1 ^ b.l1, a.l2 ^ b.l2, high: a.l3 ^ b.l3)
  }
}

extension Int256 {
  /// a · 2ⁿ modulo 2²⁵⁶.
  ///
  /// - Parameters:
  ///   - a: the value.
  ///   - n: public, 0 to 255; time depends on it.
  @inlinable
  public static func &<< (a: Int256, n: Int) -> Int256 {
    precondition(0 <= n && n < 256, "a shift distance is not below 256")
    // Whole limbs first; then a shift by 0 to 63 in which what leaves a limb enters the next.
    let (z, s) = (UInt64(0), UInt64(n & 63))
    let x: Int256 =
      switch n >> 6 {
      case 0: a
      case 1: Int256(low: z, a.l0, a.l1, high: a.l2)
      case 2: Int256(low: z, z, a.l0, high: a.l1)
      default: Int256(low: z, z, z, high: a.l0)
      }
    return Int256(
      low: x.l0 &<< s, (x.l1 &<< s) | (x.l0 >> (64 - s)), (x.l2 &<< s) | (x.l1 >> (64 - s)),
      high: (x.l3 &<< s) | (x.l2 >> (64 - s)))
  }

  /// ⌊a / 2ⁿ⌋: the sign bit enters at the top.
  ///
  /// - Parameters:
  ///   - a: the value.
  ///   - n: public, 0 to 255; time depends on it.
  @inlinable
  public static func &>> (a: Int256, n: Int) -> Int256 {
    precondition(0 <= n && n < 256, "a shift distance is not below 256")
    let (z, s) = (a.signMask, UInt64(n & 63))
    let x: Int256 =
      switch n >> 6 {
      case 0: a
      case 1: Int256(low: a.l1, a.l2, a.l3, high: z)
      case 2: Int256(low: a.l2, a.l3, z, high: z)
      default: Int256(low: a.l3, z, z, high: z)
      }
    return Int256(
      low: (x.l0 &>> s) | (x.l1 << (64 - s)), (x.l1 &>> s) | (x.l2 << (64 - s)),
      (x.l2 &>> s) | (x.l3 << (64 - s)), high: (x.l3 &>> s) | (z << (64 - s)))
  }
}
