/// A sum of integer multiples of scalars, reduced once at the end.
///
///     2¹²⁸·ℓ + Σ ±n·s        n < 2⁶⁴, at most 2⁶⁰ of them
///
/// Scalars enter as the words of their Montgomery form, less than ℓ < 2²⁵³, so that the sum stays between 0
/// and 2¹²⁹·ℓ < 2³⁸². A multiple costs 4 products of words; a product of scalars costs 28. Time depends on
/// the number of multiples only.
struct MultipleSum {
  private var w0: UInt64 = 0
  private var w1: UInt64 = 0
  private var w2 = Scalar.order0
  private var w3 = Scalar.order1
  private var w4: UInt64 = 0
  private var w5 = Scalar.order3

  @inline(__always)
  init() {}

  /// Adds `n·s`.
  @inline(__always)
  mutating func add(_ n: UInt64, _ s: Scalar) { add(Self.product(n, s)) }

  /// Subtracts `n·s`.
  @inline(__always)
  mutating func subtract(_ n: UInt64, _ s: Scalar) { subtract(Self.product(n, s)) }

  /// Adds a sum of short multiples.
  mutating func add(_ sum: ShortMultipleSum) { add(sum.words) }

  /// Subtracts a sum of short multiples.
  mutating func subtract(_ sum: ShortMultipleSum) { subtract(sum.words) }

  /// Five words, least significant first.
  fileprivate typealias FiveWords = (UInt64, UInt64, UInt64, UInt64, UInt64)

  @inline(__always)
  private mutating func add(_ p: FiveWords) {
    var carry: UInt64 = 0
    w0 = Scalar.add(w0, p.0, &carry)
    w1 = Scalar.add(w1, p.1, &carry)
    w2 = Scalar.add(w2, p.2, &carry)
    w3 = Scalar.add(w3, p.3, &carry)
    w4 = Scalar.add(w4, p.4, &carry)
    w5 = w5 &+ carry
  }

  @inline(__always)
  private mutating func subtract(_ p: FiveWords) {
    var borrow: UInt64 = 0
    w0 = Scalar.subtract(w0, p.0, &borrow)
    w1 = Scalar.subtract(w1, p.1, &borrow)
    w2 = Scalar.subtract(w2, p.2, &borrow)
    w3 = Scalar.subtract(w3, p.3, &borrow)
    w4 = Scalar.subtract(w4, p.4, &borrow)
    w5 = w5 &- borrow
  }

  @inline(__always)
  private static func product(_ n: UInt64, _ s: Scalar) -> FiveWords {
    typealias W = MontgomeryAccumulator
    let p0 = W.wide(n) &* W.wide(s.m0)
    let p1 = W.wide(n) &* W.wide(s.m1) &+ (p0 &>> 64)
    let p2 = W.wide(n) &* W.wide(s.m2) &+ (p1 &>> 64)
    let p3 = W.wide(n) &* W.wide(s.m3) &+ (p2 &>> 64)
    return (W.low(p0), W.low(p1), W.low(p2), W.low(p3), W.low(p3 &>> 64))
  }

  /// The sum mod ℓ.
  var value: Scalar {
    // x mod ℓ = x·2²⁵⁶ / 2²⁵⁶, and 2²⁵⁶ is the Montgomery form of 1; 2²⁵⁶·x mod ℓ = x·2⁵¹² / 2²⁵⁶.
    Scalar.montgomeryProduct(w0, w1, w2, w3, .one)
      + Scalar.montgomeryProduct(w4, w5, 0, 0, Scalar.squareOfRadix)
  }
}

/// A sum of short multiples of scalars: Σ n·s, n < 2³², at most 2³¹ of them.
///
/// Each word of the scalars has a sum of its own, less than 2³¹·2³²·2⁶⁴ = 2¹²⁷, so that nothing is carried
/// from one to the next before the end.
struct ShortMultipleSum {
  private var s0: UInt128 = 0
  private var s1: UInt128 = 0
  private var s2: UInt128 = 0
  private var s3: UInt128 = 0

  @inline(__always)
  init() {}

  /// Adds `n·s`.
  @inline(__always)
  mutating func add(_ n: UInt64, _ s: Scalar) {
    typealias W = MontgomeryAccumulator
    s0 = s0 &+ W.wide(n) &* W.wide(s.m0)
    s1 = s1 &+ W.wide(n) &* W.wide(s.m1)
    s2 = s2 &+ W.wide(n) &* W.wide(s.m2)
    s3 = s3 &+ W.wide(n) &* W.wide(s.m3)
  }

  /// The sum.
  fileprivate var words: MultipleSum.FiveWords {
    typealias W = MontgomeryAccumulator
    let t1 = s1 &+ (s0 &>> 64)
    let t2 = s2 &+ (t1 &>> 64)
    let t3 = s3 &+ (t2 &>> 64)
    return (W.low(s0), W.low(t1), W.low(t2), W.low(t3), W.low(t3 &>> 64))
  }
}

/// A sum of products of scalars, reduced once at the end.
///
/// Products of Montgomery forms are less than ℓ² < 2⁵⁰⁶, so nine words hold 2⁷⁰ of them. Each costs 16
/// products of words, and 28 if it were reduced. Time depends on the number of products only.
struct ProductSum {
  private var words: InlineArray<9, UInt64> = .init(repeating: 0)

  @inline(__always)
  init() {}

  /// Adds `a·b`.
  @inline(__always)
  mutating func add(_ a: Scalar, _ b: Scalar) {
    var carry: UInt64 = 0
    carry = row(0, a.m0, b, carry)
    carry = row(1, a.m1, b, carry)
    carry = row(2, a.m2, b, carry)
    carry = row(3, a.m3, b, carry)
    words[8] = words[8] &+ carry
  }

  /// Adds `x·b` from word `start` on, and `carry` to the word after.
  ///
  /// A sum of a product of words and two words is at most (2⁶⁴ − 1)² + 2·(2⁶⁴ − 1) < 2¹²⁸.
  @inline(__always)
  private mutating func row(_ start: Int, _ x: UInt64, _ b: Scalar, _ carry: UInt64) -> UInt64 {
    typealias W = MontgomeryAccumulator
    let p0 = W.wide(x) &* W.wide(b.m0) &+ W.wide(words[start])
    let p1 = W.wide(x) &* W.wide(b.m1) &+ W.wide(words[start + 1]) &+ (p0 &>> 64)
    let p2 = W.wide(x) &* W.wide(b.m2) &+ W.wide(words[start + 2]) &+ (p1 &>> 64)
    let p3 = W.wide(x) &* W.wide(b.m3) &+ W.wide(words[start + 3]) &+ (p2 &>> 64)
    let p4 = W.wide(words[start + 4]) &+ W.wide(carry) &+ (p3 &>> 64)
    words[start] = W.low(p0)
    words[start + 1] = W.low(p1)
    words[start + 2] = W.low(p2)
    words[start + 3] = W.low(p3)
    words[start + 4] = W.low(p4)
    return W.low(p4 &>> 64)
  }

  /// The sum of the products mod ℓ.
  var value: Scalar {
    // Of low + 2²⁵⁶·middle + 2⁵¹²·top, divided by 2²⁵⁶: low·1 / 2²⁵⁶ + middle + 2²⁵⁶·top.
    Scalar.montgomeryProduct(
      words[0], words[1], words[2], words[3], Scalar(montgomery: 1, 0, 0, 0))
      + Scalar.montgomeryProduct(words[4], words[5], words[6], words[7], .one)
      + Scalar.montgomeryProduct(words[8], 0, 0, 0, Scalar.squareOfRadix)
  }
}
