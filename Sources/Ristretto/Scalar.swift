// Public, because the functions below are inlined into other modules.
public import CConstantTime

/// A number mod ℓ = 2²⁵² + 27742317777372353535851937790883648493, the order of the group.
///
/// Held in Montgomery form a·2²⁵⁶ mod ℓ, fully reduced, as four 64-bit words. Every operation takes the same
/// time for all values, unless it says otherwise.
@frozen
public struct Scalar: Sendable, BitwiseCopyable {
  /// The words of a·2²⁵⁶ mod ℓ, least significant first; the number is < ℓ.
  @usableFromInline
  let m0, m1, m2, m3: UInt64

  @inlinable
  @inline(__always)
  init(montgomery m0: UInt64, _ m1: UInt64, _ m2: UInt64, _ m3: UInt64) {
    self.m0 = m0
    self.m1 = m1
    self.m2 = m2
    self.m3 = m3
  }

  /// The number 0.
  @inlinable
  @inline(__always)
  public static var zero: Scalar { Scalar(montgomery: 0, 0, 0, 0) }

  /// The number 1.
  @inlinable
  @inline(__always)
  public static var one: Scalar {
    Scalar(
      montgomery: 0xd6ec_3174_8d98_951d, 0xc6ef_5bf4_737d_cf70, 0xffff_ffff_ffff_fffe,
      0x0fff_ffff_ffff_ffff)
  }

  /// Whether the number is 0.
  @inlinable
  @inline(__always)
  public var isZero: Bool { (m0 | m1 | m2 | m3) == 0 }
}

extension Scalar: Hashable {
  /// Whether two numbers are the same mod ℓ.
  @inlinable
  @inline(__always)
  public static func == (a: Scalar, b: Scalar) -> Bool {
    ((a.m0 ^ b.m0) | (a.m1 ^ b.m1) | (a.m2 ^ b.m2) | (a.m3 ^ b.m3)) == 0
  }

  /// Feeds the number to a hasher. For public numbers: time may depend on the value.
  public func hash(into hasher: inout Hasher) {
    hasher.combine(m0)
    hasher.combine(m1)
    hasher.combine(m2)
    hasher.combine(m3)
  }
}

// MARK: - Sums

extension Scalar {
  // ℓ = 2¹⁹²·order3 + 2⁶⁴·order1 + order0
  @inlinable
  @inline(__always)
  static var order0: UInt64 { 0x5812_631a_5cf5_d3ed }
  @inlinable
  @inline(__always)
  static var order1: UInt64 { 0x14de_f9de_a2f7_9cd6 }
  @inlinable
  @inline(__always)
  static var order3: UInt64 { 0x1000_0000_0000_0000 }

  /// `a + b + carry` and the carry out, 0 or 1.
  @inlinable
  @inline(__always)
  static func add(_ a: UInt64, _ b: UInt64, _ carry: inout UInt64) -> UInt64 {
    let sum =
      UInt128(truncatingIfNeeded: a) &+ UInt128(truncatingIfNeeded: b)
      &+ UInt128(truncatingIfNeeded: carry)
    carry = UInt64(truncatingIfNeeded: sum &>> 64)
    return UInt64(truncatingIfNeeded: sum)
  }

  /// `a − b − borrow` and the borrow out, 0 or 1.
  @inlinable
  @inline(__always)
  static func subtract(_ a: UInt64, _ b: UInt64, _ borrow: inout UInt64) -> UInt64 {
    let difference =
      UInt128(truncatingIfNeeded: a) &- UInt128(truncatingIfNeeded: b)
      &- UInt128(truncatingIfNeeded: borrow)
    borrow = UInt64(truncatingIfNeeded: difference &>> 64) & 1
    return UInt64(truncatingIfNeeded: difference)
  }

  /// The words of a number < 2ℓ, less ℓ if that is not negative: the number mod ℓ.
  @inlinable
  @inline(__always)
  static func reducingOnce(
    _ t0: UInt64, _ t1: UInt64, _ t2: UInt64, _ t3: UInt64
  ) -> Scalar {
    var borrow: UInt64 = 0
    let s0 = subtract(t0, order0, &borrow)
    let s1 = subtract(t1, order1, &borrow)
    let s2 = subtract(t2, 0, &borrow)
    let s3 = subtract(t3, order3, &borrow)
    // Add ℓ back if the difference was negative. See `Mask` for `opaque_word`.
    let mask = opaque_word(0 &- borrow)
    var carry: UInt64 = 0
    return Scalar(
      montgomery: add(s0, order0 & mask, &carry), add(s1, order1 & mask, &carry),
      add(s2, 0, &carry), add(s3, order3 & mask, &carry))
  }

  /// The sum mod ℓ.
  @inlinable
  @inline(__always)
  public static func + (a: Scalar, b: Scalar) -> Scalar {
    var carry: UInt64 = 0
    // a + b < 2ℓ < 2²⁵⁴
    let t0 = add(a.m0, b.m0, &carry)
    let t1 = add(a.m1, b.m1, &carry)
    let t2 = add(a.m2, b.m2, &carry)
    let t3 = add(a.m3, b.m3, &carry)
    return reducingOnce(t0, t1, t2, t3)
  }

  /// The difference mod ℓ.
  @inlinable
  @inline(__always)
  public static func - (a: Scalar, b: Scalar) -> Scalar {
    var borrow: UInt64 = 0
    let t0 = subtract(a.m0, b.m0, &borrow)
    let t1 = subtract(a.m1, b.m1, &borrow)
    let t2 = subtract(a.m2, b.m2, &borrow)
    let t3 = subtract(a.m3, b.m3, &borrow)
    let mask = opaque_word(0 &- borrow)
    var carry: UInt64 = 0
    return Scalar(
      montgomery: add(t0, order0 & mask, &carry), add(t1, order1 & mask, &carry),
      add(t2, 0, &carry), add(t3, order3 & mask, &carry))
  }

  /// The negative mod ℓ.
  @inlinable
  @inline(__always)
  public static prefix func - (a: Scalar) -> Scalar { zero - a }

  /// Adds `b` to `a`.
  @inlinable
  @inline(__always)
  public static func += (a: inout Scalar, b: Scalar) {
    a = a + b
  }

  /// Subtracts `b` from `a`.
  @inlinable
  @inline(__always)
  public static func -= (a: inout Scalar, b: Scalar) {
    a = a - b
  }
}
