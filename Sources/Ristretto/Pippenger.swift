// Σ sᵢ·Pᵢ for public scalars and many points (Pippenger, with signed digits).
//
// Scalars are cut into windows of c bits, recoded to digits −2^(c−1) … 2^(c−1). In each window the points fall
// into 2^(c−1) buckets by the magnitude of their digit, added or subtracted by its sign; then
//
//   Σₖ k·Bₖ = Σₖ (Bₖ + Bₖ₊₁ + … + B_last)
//
// is a running sum of running sums.
//
// Cost for n points: W·(n·7M + 2^(c−1)·17M) + 252 doublings with W = ⌈252/c⌉, M a multiplication in the field.

/// Pippenger's algorithm, in variable time.
enum Pippenger {
  /// The window that makes the cost formula smallest.
  static func windowBits(count n: Int) -> Int {
    (3...14).min { cost(n, $0) < cost(n, $1) } ?? 8
  }

  private static func cost(_ n: Int, _ c: Int) -> Int {
    windowCount(c) * (7 * n + 17 << (c - 1))
  }

  private static func windowCount(_ c: Int) -> Int { (Scalar.balancedBits + c - 1) / c }

  static func sum(
    _ scalars: borrowing Span<Scalar>, _ points: [AffinePoint], windowBits c: Int
  ) -> Point {
    let n = points.count
    let windowCount = windowCount(c)
    let bucketCount = 1 << (c - 1)
    // Digit w of scalar i at w·n + i.
    var digits = [Int16](repeating: 0, count: windowCount * n)
    for i in 0..<n {
      scalars[i].balancedDigitsVariableTime(windowBits: c) { window, digit in
        digits[window &* n &+ i] = digit
      }
    }

    var buckets = [Point](repeating: .identity, count: bucketCount)
    var result = Point.identity
    for window in stride(from: windowCount - 1, through: 0, by: -1) {
      var doubling = ProjectivePoint(result)
      for _ in 1..<c {
        doubling = doubling.doubled().projective
      }
      result = doubling.doubled().extended
      for k in buckets.indices {
        buckets[k] = .identity
      }
      for i in 0..<n {
        let digit = Int(digits[window &* n &+ i])
        if digit > 0 {
          buckets[digit &- 1] = buckets[digit &- 1].adding(points[i]).extended
        } else if digit < 0 {
          buckets[~digit] = buckets[~digit].subtracting(points[i]).extended
        }
      }
      var running = Point.identity
      var sum = Point.identity
      for k in buckets.indices.reversed() {
        running += buckets[k]
        sum += running
      }
      result += sum
    }
    return result
  }
}

extension Scalar {
  /// The number of bits of a scalar after negating those above ℓ/2: below 2²⁵¹ + 2¹²⁴.
  static let balancedBits = 252

  /// Signed digits in base 2^windowBits: self = Σ digits[w]·2^(windowBits·w) mod ℓ, with
  /// |digit| ≤ 2^(windowBits − 1). Time depends on the value.
  ///
  /// The number or its negative is at most ℓ/2 < 2²⁵¹ + 2¹²⁴, so the highest of ⌈252/windowBits⌉ windows never
  /// carries: either bit 251 is not set, or the bits below it down to 2¹²⁴ are not.
  @inline(__always)
  func balancedDigitsVariableTime(windowBits: Int, store: (Int, Int16) -> Void) {
    let positive = words
    let isUpperHalf = positive.w3 >= 0x0800_0000_0000_0000 && !isAtMostHalf(positive)
    let w = isUpperHalf ? (-self).words : positive
    let mask: UInt64 = 1 &<< UInt64(windowBits) &- 1
    let half: Int64 = 1 &<< Int64(windowBits - 1)
    var carry: UInt64 = 0
    var window = 0
    var place = 0
    while place < Self.balancedBits {
      var digit = Int64(truncatingIfNeeded: w.bits(from: place) & mask &+ carry)
      carry = 0
      if digit > half {
        digit &-= half &* 2
        carry = 1
      }
      store(window, Int16(truncatingIfNeeded: isUpperHalf ? 0 &- digit : digit))
      window &+= 1
      place &+= windowBits
    }
  }

  /// Whether a number whose top word is at least 2⁵⁹ is at most (ℓ − 1)/2.
  @inline(__always)
  private func isAtMostHalf(_ w: Words) -> Bool {
    guard w.w3 == 0x0800_0000_0000_0000, w.w2 == 0 else { return false }
    return w.w1 < 0x0a6f_7cef_517b_ce6b
      || (w.w1 == 0x0a6f_7cef_517b_ce6b && w.w0 <= 0x2c09_318d_2e7a_e9f6)
  }
}
