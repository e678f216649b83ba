extension Scalar {
  /// `x·y / 2²⁵⁶ mod ℓ`, one word of x at a time (Montgomery).
  ///
  /// Before each step t < 2ℓ; then t ← (t + xᵢ·y + m·ℓ) / 2⁶⁴ with m < 2⁶⁴ chosen to make the division exact,
  /// so t < (2ℓ + (2⁶⁴ − 1)·ℓ + (2⁶⁴ − 1)·ℓ) / 2⁶⁴ = 2ℓ again, and one subtraction of ℓ at the end suffices.
  ///
  /// - Parameters:
  ///   - x0, x1, x2, x3: any number < 2²⁵⁶.
  ///   - y: a number < ℓ, as its words.
  @inlinable
  @inline(__always)
  static func montgomeryProduct(
    _ x0: UInt64, _ x1: UInt64, _ x2: UInt64, _ x3: UInt64, _ y: Scalar
  ) -> Scalar {
    var t = MontgomeryAccumulator()
    t.step(x0, y)
    t.step(x1, y)
    t.step(x2, y)
    t.step(x3, y)
    return reducingOnce(t.t0, t.t1, t.t2, t.t3)
  }

  /// The product mod ℓ.
  @inline(never)
  public static func * (a: Scalar, b: Scalar) -> Scalar {
    montgomeryProduct(a.m0, a.m1, a.m2, a.m3, b)
  }

  /// Multiplies `a` by `b`.
  @inlinable
  @inline(__always)
  public static func *= (a: inout Scalar, b: Scalar) {
    a = a * b
  }

  /// `self·self`.
  @inlinable
  @inline(__always)
  public func squared() -> Scalar { self * self }

  /// `self` to the power `exponent`; 1 for exponent 0.
  ///
  /// - Parameter exponent: a public number ≥ 0 (precondition). Time depends on it, and on nothing else.
  public func power(_ exponent: Int) -> Scalar {
    precondition(exponent >= 0, "a negative power needs an inverse")
    var result = Scalar.one
    // The bits of the exponent from the highest one set, moved to the sign in turn.
    var bits = exponent &<< exponent.leadingZeroBitCount
    for _ in 0..<Int.bitWidth - exponent.leadingZeroBitCount {
      result = result.squared()
      if bits < 0 {
        result = result * self
      }
      bits &<<= 1
    }
    return result
  }
}

/// The running value of a Montgomery multiplication.
@frozen
@usableFromInline
struct MontgomeryAccumulator {
  @usableFromInline var t0: UInt64 = 0
  @usableFromInline var t1: UInt64 = 0
  @usableFromInline var t2: UInt64 = 0
  @usableFromInline var t3: UInt64 = 0

  @inlinable
  @inline(__always)
  init() {}

  @inlinable
  @inline(__always)
  static func wide(_ a: UInt64) -> UInt128 { UInt128(truncatingIfNeeded: a) }

  @inlinable
  @inline(__always)
  static func low(_ a: UInt128) -> UInt64 { UInt64(truncatingIfNeeded: a) }

  /// `t ← (t + x·y + m·ℓ) / 2⁶⁴` with `m = −(t + x·y)/ℓ mod 2⁶⁴`.
  ///
  /// A sum of a product of words and two words is at most (2⁶⁴ − 1)² + 2·(2⁶⁴ − 1) < 2¹²⁸.
  @inlinable
  @inline(__always)
  mutating func step(_ x: UInt64, _ y: Scalar) {
    typealias W = MontgomeryAccumulator
    // t + x·y, five words u4…u0
    let p0 = W.wide(x) &* W.wide(y.m0) &+ W.wide(t0)
    let p1 = W.wide(x) &* W.wide(y.m1) &+ W.wide(t1) &+ (p0 &>> 64)
    let p2 = W.wide(x) &* W.wide(y.m2) &+ W.wide(t2) &+ (p1 &>> 64)
    let p3 = W.wide(x) &* W.wide(y.m3) &+ W.wide(t3) &+ (p2 &>> 64)
    let u4 = W.low(p3 &>> 64)
    // −1/ℓ mod 2⁶⁴
    let m = W.low(p0) &* 0xd2b5_1da3_1254_7e1b
    // + m·ℓ, whose lowest word vanishes; ℓ has the words order0, order1, 0, 2⁶⁰
    let q0 = W.wide(m) &* W.wide(Scalar.order0) &+ W.wide(W.low(p0))
    let q1 = W.wide(m) &* W.wide(Scalar.order1) &+ W.wide(W.low(p1)) &+ (q0 &>> 64)
    let q2 = W.wide(W.low(p2)) &+ (q1 &>> 64)
    let q3 = W.wide(m) &<< 60 &+ W.wide(W.low(p3)) &+ (q2 &>> 64)
    t0 = W.low(q1)
    t1 = W.low(q2)
    t2 = W.low(q3)
    // < 2⁶⁴, since t < 2ℓ
    t3 = u4 &+ W.low(q3 &>> 64)
  }
}
