// Σ sᵢ·Pᵢ for public scalars and many points (Pippenger, with signed digits).
//
// Scalars are cut into W = ⌈252/c⌉ windows of c bits and recoded to digits |d| ≤ 2^(c−1). In each window the
// points fall into 2^(c−1) buckets by the magnitude of their digit, added or subtracted by its sign; then
//
//   Σₖ k·Bₖ = Σₖ (Bₖ + Bₖ₊₁ + … + B_last)
//
// is a running sum of running sums.
//
// Cost for n points, with M a multiplication in the field: W·(7M·n + 12M·2^(c−1)) and 252 doublings. A bucket
// costs 18M in the running sums, less the 6M that its first point does not need.

/// Pippenger's algorithm, in variable time.
package enum Pippenger {
  /// The window that makes the cost formula smallest.
  package static func windowBits(count n: Int) -> Int {
    func cost(_ c: Int) -> Int { windowCount(c) * (7 * n + 12 << (c - 1)) }
    return (3...15).min { cost($0) < cost($1) } ?? 8
  }

  private static func windowCount(_ c: Int) -> Int { (Scalar.balancedBits + c - 1) / c }

  /// Σ sᵢ·Pᵢ.
  ///
  /// - Parameters:
  ///   - points: as many points as scalars, at most 2³².
  ///   - c: the window, 2 … 15 bits.
  package static func sum(
    _ scalars: borrowing Span<Scalar>, _ points: [Point], windowBits c: Int
  ) -> Point {
    sum(scalars, Point.normalized(points).map { AffinePoint(normalized: $0) }, windowBits: c)
  }

  /// Σ sᵢ·Pᵢ.
  ///
  /// - Parameters:
  ///   - points: as many points as scalars, at most 2³².
  ///   - c: the window, 2 … 15 bits.
  static func sum(
    _ scalars: borrowing Span<Scalar>, _ points: [AffinePoint], windowBits c: Int
  ) -> Point {
    let windowCount = windowCount(c)
    var points = points
    let offsets = balance(scalars, &points, windowBits: c, windowCount: windowCount)
    var window = PippengerWindow(pointCount: points.count, bits: c)
    var result = Point.identity
    for index in stride(from: windowCount - 1, through: 0, by: -1) {
      let isTop = index == windowCount - 1
      if !isTop {
        result = result.doubled(times: c)
      }
      result += window.sum(offsets, place: index * c, offset: isTop ? 0 : 1 << (c - 1), points)
    }
    return result
  }

  /// Negates the points whose scalar is above ℓ/2, and gives for each the number
  /// |s| + Σ 2^(c−1)·2^(c·w) over all windows w but the top one.
  ///
  /// The bits of this number in window w, less 2^(c−1) below the top, are digits of |s| that need no carries.
  /// Since |s| < 2²⁵¹ + 2¹²⁴, the top digit is at most 2^(c−1) as well.
  private static func balance(
    _ scalars: borrowing Span<Scalar>, _ points: inout [AffinePoint], windowBits c: Int,
    windowCount: Int
  ) -> [Words] {
    var offset = Words(0, 0, 0, 0)
    for window in 0..<windowCount - 1 {
      offset = offset.adding(Words(powerOfTwo: c * window + c - 1))
    }
    var result: [Words] = []
    result.reserveCapacity(points.count)
    for i in points.indices {
      let words = scalars[i].words
      if words.isAboveHalfOrder {
        result.append((-scalars[i]).words.adding(offset))
        points[i] = points[i].negated
      } else {
        result.append(words.adding(offset))
      }
    }
    return result
  }
}

/// The working memory for one window after another.
private struct PippengerWindow {
  private let bits: Int
  /// Bucket k − 1 holds the points with digit ±k; those not filled hold anything.
  private var buckets: [Point]
  private var isFilled: [Bool]
  /// A point to add: its index, and its bucket in the low 16 bits. Additions from the front, subtractions
  /// from the back, so that no branch depends on a sign.
  private var entries: [UInt64]

  init(pointCount: Int, bits: Int) {
    self.bits = bits
    buckets = [Point](repeating: .identity, count: 1 << (bits - 1))
    isFilled = [Bool](repeating: false, count: 1 << (bits - 1))
    entries = [UInt64](repeating: 0, count: pointCount + 1)
  }

  /// Σᵢ dᵢ·Pᵢ, where dᵢ is the bits of `numbers[i]` from `place` up, less `offset`.
  mutating func sum(
    _ numbers: [Words], place: Int, offset: Int, _ points: [AffinePoint]
  ) -> Point {
    let (front, back) = sortBySign(numbers, place: place, offset: offset)
    for k in isFilled.indices {
      isFilled[k] = false
    }
    for entry in entries[..<front] {
      let bucket = Int(truncatingIfNeeded: entry & 0xffff)
      let point = points[Int(truncatingIfNeeded: entry &>> 16)]
      if isFilled[bucket] {
        buckets[bucket] = buckets[bucket].adding(point).extended
      } else {
        buckets[bucket] = Point(point)
        isFilled[bucket] = true
      }
    }
    for entry in entries[back...] {
      let bucket = Int(truncatingIfNeeded: entry & 0xffff)
      let point = points[Int(truncatingIfNeeded: entry &>> 16)]
      if isFilled[bucket] {
        buckets[bucket] = buckets[bucket].subtracting(point).extended
      } else {
        buckets[bucket] = -Point(point)
        isFilled[bucket] = true
      }
    }
    var running = Point.identity
    var sum = Point.identity
    for k in buckets.indices.reversed() {
      if isFilled[k] {
        running += buckets[k]
      }
      sum += running
    }
    return sum
  }

  /// Puts the points with positive digits before `front`, those with negative digits from `back`.
  private mutating func sortBySign(
    _ numbers: [Words], place: Int, offset: Int
  ) -> (front: Int, back: Int) {
    let mask: UInt64 = 1 &<< UInt64(bits) &- 1
    var front = 0
    var back = entries.count - 1
    for i in numbers.indices {
      let digit = Int(truncatingIfNeeded: numbers[i].bits(from: place) & mask) &- offset
      let sign = digit &>> 63
      let magnitude = (digit ^ sign) &- sign
      let entry = UInt64(truncatingIfNeeded: i &<< 16 | ((magnitude &- 1) & 0xffff))
      // The entry is written at both ends, and the end it belongs to moves past it. The ends never meet:
      // there is one place more than there are points.
      entries[front] = entry
      entries[back] = entry
      back &+= sign
      front &+= (0 &- digit) &>> 63 & 1
    }
    return (front, back + 1)
  }
}

extension Words {
  /// 2^exponent, for an exponent in 0 ..< 256.
  init(powerOfTwo exponent: Int) {
    func word(_ index: Int) -> UInt64 { exponent >> 6 == index ? 1 << UInt64(exponent & 63) : 0 }
    self.init(word(0), word(1), word(2), word(3))
  }

  /// The sum, which is < 2²⁵⁶.
  @inline(__always)
  func adding(_ other: Words) -> Words {
    var carry: UInt64 = 0
    return Words(
      Scalar.add(w0, other.w0, &carry), Scalar.add(w1, other.w1, &carry),
      Scalar.add(w2, other.w2, &carry), Scalar.add(w3, other.w3, &carry))
  }

  /// Whether the number is more than (ℓ − 1)/2.
  @inline(__always)
  var isAboveHalfOrder: Bool {
    var borrow: UInt64 = 0
    _ = Scalar.subtract(0x2c09_318d_2e7a_e9f6, w0, &borrow)
    _ = Scalar.subtract(0x0a6f_7cef_517b_ce6b, w1, &borrow)
    _ = Scalar.subtract(0, w2, &borrow)
    _ = Scalar.subtract(0x0800_0000_0000_0000, w3, &borrow)
    return borrow == 1
  }
}

extension Scalar {
  /// The number of bits of a scalar or its negative, whichever is less: at most (ℓ − 1)/2 < 2²⁵¹ + 2¹²⁴.
  static let balancedBits = 252
}
