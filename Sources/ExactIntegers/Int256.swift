// Public, because the functions below are inlined into other modules.
public import CConstantTime

/// A signed integer of 256 bits in two's complement, for secret values.
///
/// Arithmetic is modulo 2²⁵⁶: a result is exact whenever the true result lies in
/// [-2²⁵⁵, 2²⁵⁵ - 1], whatever the intermediate values of a sum of products did.
///
/// There is no heap and no table, and time does not depend on values: no operation here branches on a
/// value, or indexes by one, except where its documentation says so. Copies are not wiped; long-lived
/// secrets stay in memory that is.
@frozen public struct Int256: Sendable, BitwiseCopyable {
  /// The value is l0 + 2⁶⁴ l1 + 2¹²⁸ l2 + 2¹⁹² l3 modulo 2²⁵⁶.
  @usableFromInline let l0, l1, l2, l3: UInt64

  /// The value l0 + 2⁶⁴ l1 + 2¹²⁸ l2 + 2¹⁹² l3, read as two's complement.
  @inlinable @inline(__always)
  public init(low l0: UInt64, _ l1: UInt64, _ l2: UInt64, high l3: UInt64) {
    self.l0 = l0
    self.l1 = l1
    self.l2 = l2
    self.l3 = l3
  }

  /// The four limbs, the least significant first.
  @inlinable @inline(__always)
  public var limbs: InlineArray<4, UInt64> { [l0, l1, l2, l3] }

  /// 0.
  @inlinable @inline(__always)
  public static var zero: Int256 { Int256(low: 0, 0, 0, high: 0) }

  /// 2²⁵⁵ - 1, the largest value.
  @inlinable @inline(__always)
  public static var max: Int256 { Int256(low: .max, .max, .max, high: .max >> 1) }

  /// -2²⁵⁵, the smallest value.
  @inlinable @inline(__always)
  public static var min: Int256 { Int256(low: 0, 0, 0, high: 1 << 63) }

  /// The same value, sign extended.
  @inlinable @inline(__always)
  public init(_ value: Int64) {
    let sign = UInt64(bitPattern: value &>> 63)
    self.init(low: UInt64(bitPattern: value), sign, sign, high: sign)
  }

  /// The same value, sign extended.
  @inlinable @inline(__always)
  public init(_ value: Int) {
    self.init(Int64(value))
  }

  /// The same value, never negative.
  @inlinable @inline(__always)
  public init(_ value: UInt64) {
    self.init(low: value, 0, 0, high: 0)
  }

  /// Whether the value is below zero.
  @inlinable @inline(__always)
  public var isNegative: Bool { l3 &>> 63 != 0 }

  /// Whether the value is zero.
  @inlinable @inline(__always)
  public var isZero: Bool { l0 | l1 | l2 | l3 == 0 }

  /// All ones for a negative value, otherwise zero.
  @inlinable @inline(__always)
  var signMask: UInt64 { UInt64(bitPattern: Int64(bitPattern: l3) &>> 63) }

  /// The value when it is between -2⁶³ and 2⁶³ - 1. Reveals by timing no more than whether it is.
  @inlinable
  public var int64: Int64? {
    let value = Int64(bitPattern: l0)
    return Int256(value) == self ? value : nil
  }

  /// The value when it is between 0 and 2⁶⁴ - 1. Reveals by timing no more than whether it is.
  @inlinable
  public var uint64: UInt64? {
    l1 | l2 | l3 == 0 ? l0 : nil
  }
}

extension Int256: ExpressibleByIntegerLiteral {
  /// The value of a literal of at most 64 bits.
  @inlinable @inline(__always)
  public init(integerLiteral value: Int64) {
    self.init(value)
  }
}

extension Int256: Hashable, Comparable {
  /// Whether the values are equal.
  @inlinable @inline(__always)
  public static func == (a: Int256, b: Int256) -> Bool {
    (a.l0 ^ b.l0) | (a.l1 ^ b.l1) | (a.l2 ^ b.l2) | (a.l3 ^ b.l3) == 0
  }

  /// Whether the first value is the smaller.
  @inlinable @inline(__always)
  public static func < (a: Int256, b: Int256) -> Bool {
    lessMask(a, b) != 0
  }

  /// Feeds the limbs to the hasher.
  @inlinable
  public func hash(into hasher: inout Hasher) {
    hasher.combine(l0)
    hasher.combine(l1)
    hasher.combine(l2)
    hasher.combine(l3)
  }

  /// All ones when a < b, otherwise zero.
  @inlinable @inline(__always)
  static func lessMask(_ a: Int256, _ b: Int256) -> UInt64 {
    // The order of two's complement is the unsigned order after the sign bits are flipped.
    let flip: UInt64 = 1 << 63
    let x = Int256(low: a.l0, a.l1, a.l2, high: a.l3 ^ flip)
    let y = Int256(low: b.l0, b.l1, b.l2, high: b.l3 ^ flip)
    return opaque_word(0 &- subtract(x, y).borrow)
  }
}

extension Int256 {
  /// `a` when the condition holds, otherwise `b`. Both are read and the choice is a mask of which the
  /// optimiser does not know that it came from a comparison.
  @inlinable @inline(__always)
  public static func select(_ a: Int256, _ b: Int256, if condition: Bool) -> Int256 {
    select(a, b, mask: opaque_word(0 &- UInt64(condition ? 1 : 0)))
  }

  /// `a` when the mask is all ones, `b` when it is zero.
  @inlinable @inline(__always)
  static func select(_ a: Int256, _ b: Int256, mask: UInt64) -> Int256 {
    Int256(
      low: b.l0 ^ ((a.l0 ^ b.l0) & mask), b.l1 ^ ((a.l1 ^ b.l1) & mask),
      b.l2 ^ ((a.l2 ^ b.l2) & mask), high: b.l3 ^ ((a.l3 ^ b.l3) & mask))
  }

  /// The smaller of the two.
  @inlinable @inline(__always)
  public static func min(_ a: Int256, _ b: Int256) -> Int256 {
    select(a, b, mask: lessMask(a, b))
  }

  /// The larger of the two.
  @inlinable @inline(__always)
  public static func max(_ a: Int256, _ b: Int256) -> Int256 {
    select(b, a, mask: lessMask(a, b))
  }
}
