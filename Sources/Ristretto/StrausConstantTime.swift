// Σ sᵢ·Pᵢ in time that depends only on the number of points and the public bound of the scalars (Straus).
//
// With hexadecimal digits sᵢ = Σⱼ nᵢⱼ·16ʲ, 0 ≤ j < W:
//
//   Σᵢ sᵢ·Pᵢ = Σⱼ 16ʲ·(Σᵢ (nᵢⱼ − 8)·Pᵢ + 8·Σᵢ Pᵢ)
//
// The digits nᵢⱼ − 8 lie in −8 … 7 without any carry, so the table of a point has 8 entries and a bound of b
// bits costs exactly ⌈b/4⌉ windows. The correction 8·Σ Pᵢ is the same in every window.
//
// Cost for n points: W·n additions, each with a scan of 8 entries; W·4 doublings and W additions for each
// block of 512 points; and for points that are not prepared, 8·n additions for the tables and the sum.

/// Straus's algorithm, in constant time.
enum StrausConstantTime {
  /// Points whose tables are used together, so that the tables stay in the cache.
  private static let blockCount = 512

  /// The number of bits of ℓ: every scalar has fewer, or as many.
  static let fullBits = 253

  /// Σ sᵢ·Pᵢ over points to be prepared for this call only.
  static func sum(_ scalars: borrowing Span<Scalar>, bits: Int, _ points: [Point]) -> Point {
    var total = Point.identity
    var start = 0
    while start < points.count {
      let count = min(blockCount, points.count - start)
      var table: [CachedPoint] = []
      table.reserveCapacity(8 * count)
      var sum = Point.identity
      for i in start..<start + count {
        let multiples = CachedPoint.multiples(of: points[i])
        table.append(contentsOf: multiples)
        sum = sum.adding(multiples[0]).extended
      }
      let digits = SecretDigits(scalars.extracting(start..<start + count), bits: bits)
      let block = windows(digits.windowCount, correction: sum) { window, accumulator in
        for i in 0..<count {
          let multiple = CachedPoint.select(digits[i, window], from: table, at: 8 &* i)
          accumulator = accumulator.adding(multiple).extended
        }
      }
      total += block
      start += count
    }
    return total
  }

  /// Σ sᵢ·Pᵢ over prepared points.
  static func sum(_ scalars: borrowing Span<Scalar>, bits: Int, _ points: PreparedPoints) -> Point {
    var total = Point.identity
    var start = 0
    while start < points.count {
      let count = min(blockCount, points.count - start)
      let first = 8 * (points.range.lowerBound + start)
      let sum = points.sum(start..<start + count)
      let digits = SecretDigits(scalars.extracting(start..<start + count), bits: bits)
      let block = windows(digits.windowCount, correction: sum) { window, accumulator in
        for i in 0..<count {
          let multiple = AffinePoint.select(
            digits[i, window], from: points.multiples, at: first &+ 8 &* i)
          accumulator = accumulator.adding(multiple).extended
        }
      }
      total += block
      start += count
    }
    return total
  }

  /// Σⱼ 16ʲ·(Wⱼ + 8·sum), where `addWindow(j, &accumulator)` adds Wⱼ.
  @inline(__always)
  private static func windows(
    _ count: Int, correction sum: Point, addWindow: (Int, inout Point) -> Void
  ) -> Point {
    let correction = CachedPoint(sum.doubled(times: 3))
    var accumulator = Point.identity
    for window in stride(from: count - 1, through: 0, by: -1) {
      accumulator = accumulator.doubled(times: 4)
      addWindow(window, &accumulator)
      accumulator = accumulator.adding(correction).extended
    }
    return accumulator
  }
}

/// The hexadecimal digits of secret scalars, less 8.
struct SecretDigits: ~Copyable {
  private let words: ScratchBuffer<UInt64>
  let windowCount: Int

  /// - Parameters:
  ///   - scalars: numbers < 2^bits; the caller answers for it.
  ///   - bits: 1 … 253.
  init(_ scalars: Span<Scalar>, bits: Int) {
    var words = ScratchBuffer(repeating: 0 as UInt64, count: 4 * scalars.count)
    for i in 0..<scalars.count {
      let w = scalars[i].words
      words[4 * i] = w.w0
      words[4 * i + 1] = w.w1
      words[4 * i + 2] = w.w2
      words[4 * i + 3] = w.w3
    }
    self.words = words
    windowCount = (bits + 3) / 4
  }

  /// Digit `window` of scalar `index`.
  subscript(index: Int, window: Int) -> SignedDigit {
    @inline(__always)
    get {
      let word = words[4 &* index &+ window &>> 4]
      return SignedDigit(offsetNibble: word &>> UInt64(truncatingIfNeeded: 4 &* (window & 15)) & 15)
    }
  }
}
