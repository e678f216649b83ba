/// One exchange of a line and a column, as it changes the other lines: every entry e becomes (s·e − g·p) / D,
/// where p is the entry of the exchanged line in the same column and g the entry of the same line in the
/// exchanged column; s and D are positive, and the division leaves no rest.
///
/// Nothing is divided. With D = d·2ᵗ and d odd, modulo 2^(64·w), where the quotient has room, a division by d
/// is a product (Jebelean, An algorithm for exact division).
struct Pivot {
  private let line: PivotRow
  private let column: Int
  private let scale: Integer
  private let denominator: Integer
  /// t, and d with d⁻¹ modulo 2⁶⁴.
  private let shift: Int
  private let odd: Integer
  private let inverse: UInt64
  /// Whether the entry at the exchanged place is negative.
  private let isNegative: Bool
  private var operands = Operands()

  /// What is the same for all lines whose quotients have the same width.
  private struct Operands {
    var width = 0
    /// The exchanged line, modulo 2^(64·working).
    var line: [UInt64] = []
    /// s, and as many words of zeros as are worked with.
    var scale: [UInt64] = []
    var zeros: [UInt64] = []
    /// d.
    var odd: [UInt64] = []

    init() {}

    init(_ pivot: Pivot, _ width: Int, _ working: Int) {
      self.width = width
      line = pivot.line.extended(to: working)
      scale = pivot.scale.words(atMost: working)
      odd = pivot.odd.words(atMost: width)
      zeros = [UInt64](repeating: 0, count: working)
    }
  }

  /// - Parameters:
  ///   - line: the line that is exchanged, as it was.
  ///   - denominator: D.
  init(line: PivotRow, column: Int, denominator: Integer) {
    (self.line, self.column, self.denominator) = (line, column, denominator)
    isNegative = line.isNegative(column)
    scale = line[column].magnitude
    let words = denominator.limbs.limbs
    let zeros = words.firstIndex { $0 != 0 } ?? 0
    shift = UInt.bitWidth * zeros + words[zeros].trailingZeroBitCount
    odd = denominator.floorDivided(by: .powerOfTwo(shift))
    let low = UInt64(odd.limbs.limbs[0])
    // Each step of Newton's doubles the bits that are right, three at first.
    var x = low
    for _ in 0..<5 { x = x &* (2 &- low &* x) }
    inverse = x
  }

  /// The line after the exchange.
  func exchanged() -> PivotRow {
    // p·x_e = −b + D·x_r − Σ aᵢ·xᵢ
    var new = line
    if !isNegative { new.negate() }
    new[column] = isNegative ? -denominator : denominator
    return new
  }

  /// Another line after the exchange.
  mutating func change(_ other: inout PivotRow) {
    let entry = other[column]
    if entry.isZero, scale == denominator { return }
    other = quotients(other, entry)
    other[column] = isNegative ? -entry : entry
  }

  /// (s·e ∓ g·p) / D in every column.
  private mutating func quotients(_ other: PivotRow, _ entry: Integer) -> PivotRow {
    // |s·e ∓ g·p| < 2^most, and D ≥ 2^(its bits − 1).
    let most = max(scale.bitWidth + other.bits, entry.bitWidth + line.bits) + 1
    let bits = max(most - denominator.bitWidth + 1, 1)
    let width = bits / 64 + 1
    let working = width + (shift + 63) / 64
    if operands.width != width { operands = Operands(self, width, working) }
    let e = other.width == working ? other.words : other.extended(to: working)
    // s·e ∓ g·p: the second is added if just one of g and the entry at the exchanged place is negative.
    let isAdded = entry.isNegative != isNegative
    let magnitude = entry.magnitude
    var g = operands.zeros
    for (word, limb) in magnitude.limbs.limbs.prefix(working).enumerated() { g[word] = UInt64(limb) }
    let length = min(magnitude.limbs.limbs.count, working)
    if working == 1 { return words(e, isAdded ? 0 &- g[0] : g[0]) }
    var result = [UInt64](repeating: 0, count: other.count * width)
    var (sum, reach) = (operands.zeros, operands.zeros)
    for column in 0..<other.count {
      let place = column * working
      for word in 0..<working { sum[word] = 0 }
      Self.add(operands.scale, operands.scale.count, times: e, at: place, to: &sum)
      if isAdded {
        Self.add(g, length, times: operands.line, at: place, to: &sum)
      } else {
        Self.subtract(g, length, times: operands.line, at: place, from: &sum)
      }
      shiftRight(&sum)
      divide(&sum, by: operands.odd, width: width)
      let sign: UInt64 = sum[width - 1] >> 63 != 0 ? .max : 0
      for word in 0..<width {
        result[column * width + word] = sum[word]
        reach[word] |= sum[word] ^ sign
      }
    }
    return PivotRow(words: result, width: width, reach: reach)
  }

  /// The same where everything is in one word, and D is odd: (s·e − g·p)·d⁻¹.
  private func words(_ e: [UInt64], _ g: UInt64) -> PivotRow {
    let (s, p) = (operands.scale[0], operands.line)
    var result = [UInt64](repeating: 0, count: e.count)
    var reach: UInt64 = 0
    for column in e.indices {
      let quotient = (s &* e[column] &- g &* p[column]) &* inverse
      result[column] = quotient
      reach |= quotient ^ (quotient >> 63 != 0 ? .max : 0)
    }
    return PivotRow(words: result, width: 1, reach: [reach])
  }

  /// sum += a·b modulo its width.
  @inline(__always)
  private static func add(
    _ a: [UInt64], _ length: Int, times b: [UInt64], at place: Int, to sum: inout [UInt64]
  ) {
    let width = sum.count
    for i in 0..<length {
      var carry: UInt64 = 0
      for j in 0..<(width - i) {
        // a·b + sum + carry < 2¹²⁸
        let t = UInt128(a[i]) &* UInt128(b[place + j]) &+ UInt128(sum[i + j]) &+ UInt128(carry)
        sum[i + j] = UInt64(truncatingIfNeeded: t)
        carry = UInt64(truncatingIfNeeded: t >> 64)
      }
    }
  }

  /// sum −= a·b modulo its width.
  @inline(__always)
  private static func subtract(
    _ a: [UInt64], _ length: Int, times b: [UInt64], at place: Int, from sum: inout [UInt64]
  ) {
    let width = sum.count
    for i in 0..<length {
      var borrow: UInt64 = 0
      for j in 0..<(width - i) {
        let t = UInt128(a[i]) &* UInt128(b[place + j]) &+ UInt128(borrow)
        let (difference, isBelow) = sum[i + j].subtractingReportingOverflow(UInt64(truncatingIfNeeded: t))
        sum[i + j] = difference
        borrow = UInt64(truncatingIfNeeded: t >> 64) &+ (isBelow ? 1 : 0)
      }
    }
  }

  /// sum / 2ᵗ, which leaves no rest; the upper words become what they may.
  @inline(__always)
  private func shiftRight(_ sum: inout [UInt64]) {
    guard shift > 0 else { return }
    let (whole, rest) = (shift / 64, UInt64(shift % 64))
    for word in 0..<(sum.count - whole) {
      let low = sum[word + whole] >> rest
      let next = word + whole + 1
      sum[word] = rest > 0 && next < sum.count ? low | sum[next] << (64 - rest) : low
    }
  }

  /// sum / d modulo 2^(64·width), one word after the other from the lowest: each is what makes the rest
  /// divisible by 2⁶⁴.
  @inline(__always)
  private func divide(_ sum: inout [UInt64], by d: [UInt64], width: Int) {
    if d.count == 1, d[0] == 1 { return }
    for i in 0..<width {
      let quotient = sum[i] &* inverse
      var borrow: UInt64 = 0
      for j in 0..<min(d.count, width - i) {
        let t = UInt128(quotient) &* UInt128(d[j]) &+ UInt128(borrow)
        let (difference, isBelow) = sum[i + j].subtractingReportingOverflow(UInt64(truncatingIfNeeded: t))
        sum[i + j] = difference
        borrow = UInt64(truncatingIfNeeded: t >> 64) &+ (isBelow ? 1 : 0)
      }
      var next = i + d.count
      while borrow > 0, next < width {
        let (difference, isBelow) = sum[next].subtractingReportingOverflow(borrow)
        sum[next] = difference
        borrow = isBelow ? 1 : 0
        next += 1
      }
      sum[i] = quotient
    }
  }
}

extension PivotRow {
  /// Entries whose magnitudes, or those less 1 of negative ones, have no bits but those of `reach`. As wide
  /// as they need be.
  init(words: [UInt64], width: Int, reach: [UInt64]) {
    var bits = 1
    for word in (0..<width).reversed() where reach[word] != 0 {
      bits = 64 * word + 64 - reach[word].leadingZeroBitCount + 1
      break
    }
    let least = bits / 64 + 1
    let wide = PivotRow(words: words, width: width, bits: min(bits, 64 * width - 1))
    self = least < width ? PivotRow(words: wide.extended(to: least), width: least, bits: bits) : wide
  }
}

extension Integer {
  /// The words of a number that is not negative, the lowest first, at most this number of them.
  fileprivate func words(atMost count: Int) -> [UInt64] { limbs.limbs.prefix(count).map { UInt64($0) } }
}
