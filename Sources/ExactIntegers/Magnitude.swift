internal import CGMP

/// A natural number: limbs of one word each, the least significant first, without zero limbs at the
/// top. Zero has no limbs.
///
/// The arithmetic is GMP's `mpn` layer, which works on memory its caller owns. The limbs therefore
/// live in Swift arrays, and there is nothing to free and nothing shared.
struct Magnitude: Hashable, Sendable, Comparable {
  let limbs: [UInt]

  /// The number with these limbs; zero limbs at the top are dropped.
  init(_ limbs: [UInt]) {
    guard limbs.last == 0 else {
      self.limbs = limbs
      return
    }
    let count = limbs.lastIndex { $0 != 0 }.map { $0 + 1 } ?? 0
    self.limbs = Array(limbs.prefix(count))
  }

  init(_ word: UInt) {
    limbs = word == 0 ? [] : [word]
  }

  static func powerOfTwo(_ n: Int) -> Magnitude {
    var limbs = [UInt](repeating: 0, count: n / UInt.bitWidth + 1)
    limbs[n / UInt.bitWidth] = 1 << UInt(n % UInt.bitWidth)
    return Magnitude(limbs)
  }

  var isZero: Bool { limbs.isEmpty }

  var bitWidth: Int {
    guard let top = limbs.last else { return 0 }
    return limbs.count * UInt.bitWidth - top.leadingZeroBitCount
  }

  /// The number, or its negative, when it is between `Int.min` and `Int.max`.
  func word(negative: Bool) -> Int? {
    guard limbs.count <= 1 else { return nil }
    let limb = limbs.first ?? 0
    if negative {
      return limb <= Int.min.magnitude ? Int(bitPattern: 0 &- limb) : nil
    }
    return Int(exactly: limb)
  }

  static func < (x: Magnitude, y: Magnitude) -> Bool {
    guard x.limbs.count == y.limbs.count else { return x.limbs.count < y.limbs.count }
    guard !x.isZero else { return false }
    return unsafe __gmpn_cmp(x.limbs, y.limbs, x.limbs.count) < 0
  }

  static func + (x: Magnitude, y: Magnitude) -> Magnitude {
    // GMP wants the longer operand first and neither empty.
    let (long, short) = x.limbs.count >= y.limbs.count ? (x.limbs, y.limbs) : (y.limbs, x.limbs)
    guard !short.isEmpty else { return Magnitude(long) }
    var sum = [UInt](repeating: 0, count: long.count + 1)
    sum[long.count] = unsafe __gmpn_add(&sum, long, long.count, short, short.count)
    return Magnitude(sum)
  }

  /// x - y, for x ≥ y.
  static func - (x: Magnitude, y: Magnitude) -> Magnitude {
    precondition(x >= y, "a difference of natural numbers is negative")
    guard !y.isZero else { return x }
    var difference = [UInt](repeating: 0, count: x.limbs.count)
    // x ≥ y leaves no borrow.
    _ = unsafe __gmpn_sub(&difference, x.limbs, x.limbs.count, y.limbs, y.limbs.count)
    return Magnitude(difference)
  }

  static func * (x: Magnitude, y: Magnitude) -> Magnitude {
    let (long, short) = x.limbs.count >= y.limbs.count ? (x.limbs, y.limbs) : (y.limbs, x.limbs)
    guard !short.isEmpty else { return Magnitude(0) }
    var product = [UInt](repeating: 0, count: long.count + short.count)
    // The limb returned is the top one, already in place.
    _ = unsafe __gmpn_mul(&product, long, long.count, short, short.count)
    return Magnitude(product)
  }

  /// x = quotient · divisor + remainder, 0 ≤ remainder < divisor.
  func quotientAndRemainder(dividingBy divisor: Magnitude) -> (Magnitude, Magnitude) {
    precondition(!divisor.isZero, "a division by zero")
    guard self >= divisor else { return (Magnitude(0), self) }
    var remainder = [UInt](repeating: 0, count: divisor.limbs.count)
    var quotient = [UInt](repeating: 0, count: limbs.count - divisor.limbs.count + 1)
    unsafe __gmpn_tdiv_qr(
      &quotient, &remainder, 0, limbs, limbs.count, divisor.limbs, divisor.limbs.count)
    return (Magnitude(quotient), Magnitude(remainder))
  }

  /// The decimal digits, most significant first, each 0 to 9, without leading zeros; none for zero.
  var decimalDigits: [UInt8] {
    guard !isZero else { return [] }
    var scratch = limbs  // GMP overwrites its input.
    // A limb of 64 bits holds less than 20 digits; GMP asks for one byte more.
    var digits = [UInt8](repeating: 0, count: limbs.count * 20 + 1)
    let count = unsafe __gmpn_get_str(&digits, 10, &scratch, limbs.count)
    return Array(digits.prefix(Int(count)).drop { $0 == 0 })
  }

  /// The number with these decimal digits, most significant first, each 0 to 9.
  init(decimalDigits digits: some Sequence<UInt8>) {
    let digits = Array(digits.drop { $0 == 0 })
    guard !digits.isEmpty else {
      self.init(0)
      return
    }
    // A limb holds at least 19 digits; GMP asks for one limb more than the result.
    var limbs = [UInt](repeating: 0, count: digits.count / 19 + 2)
    let count = unsafe __gmpn_set_str(&limbs, digits, digits.count, 10)
    self.init(Array(limbs.prefix(Int(count))))
  }
}
