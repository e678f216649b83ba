/// Natural numbers by schoolbook arithmetic on 32-bit digits: the oracle for fields and scalars, written to
/// be obviously right and sharing nothing with the code under test.
struct SlowNumber: Hashable, Comparable {
  /// Base 2³², least significant first, without leading zeros.
  private(set) var digits: [UInt32]

  init(_ value: UInt64) {
    self.init(digits: [UInt32(truncatingIfNeeded: value), UInt32(value >> 32)])
  }

  private init(digits: [UInt32]) {
    self.digits = digits
    while self.digits.last == 0 {
      self.digits.removeLast()
    }
  }

  init(littleEndian bytes: [UInt8]) {
    var digits = [UInt32](repeating: 0, count: bytes.count / 4 + 1)
    for (k, byte) in bytes.enumerated() {
      digits[k / 4] |= UInt32(byte) << (8 * (k % 4))
    }
    self.init(digits: digits)
  }

  /// 2²⁵⁵ − 19
  static let fieldPrime = powerOfTwo(255) - SlowNumber(19)
  /// 2²⁵² + 27742317777372353535851937790883648493
  static let groupOrder =
    powerOfTwo(252)
    + SlowNumber(0x14de_f9de_a2f7_9cd6) * powerOfTwo(64) + SlowNumber(0x5812_631a_5cf5_d3ed)

  /// (ℓ − 1)/2
  static let halfOfGroupOrder =
    powerOfTwo(251)
    + SlowNumber(0x0a6f_7cef_517b_ce6b) * powerOfTwo(64) + SlowNumber(0x2c09_318d_2e7a_e9f6)

  static func powerOfTwo(_ exponent: Int) -> SlowNumber {
    var digits = [UInt32](repeating: 0, count: exponent / 32 + 1)
    digits[exponent / 32] = 1 << (exponent % 32)
    return SlowNumber(digits: digits)
  }

  func bytes(_ count: Int) -> [UInt8] {
    (0..<count).map { k in
      k / 4 < digits.count ? UInt8(truncatingIfNeeded: digits[k / 4] >> (8 * (k % 4))) : 0
    }
  }

  private func digit(_ k: Int) -> UInt64 { k < digits.count ? UInt64(digits[k]) : 0 }

  static func < (a: SlowNumber, b: SlowNumber) -> Bool {
    if a.digits.count != b.digits.count { return a.digits.count < b.digits.count }
    for k in a.digits.indices.reversed() where a.digits[k] != b.digits[k] {
      return a.digits[k] < b.digits[k]
    }
    return false
  }

  static func + (a: SlowNumber, b: SlowNumber) -> SlowNumber {
    var carry: UInt64 = 0
    var digits: [UInt32] = []
    for k in 0...max(a.digits.count, b.digits.count) {
      let sum = a.digit(k) + b.digit(k) + carry
      digits.append(UInt32(truncatingIfNeeded: sum))
      carry = sum >> 32
    }
    return SlowNumber(digits: digits)
  }

  /// The difference of a number and one that is not greater.
  static func - (a: SlowNumber, b: SlowNumber) -> SlowNumber {
    var borrow: Int64 = 0
    var digits: [UInt32] = []
    for k in a.digits.indices {
      let difference = Int64(a.digit(k)) - Int64(b.digit(k)) - borrow
      digits.append(UInt32(truncatingIfNeeded: difference))
      borrow = difference < 0 ? 1 : 0
    }
    precondition(borrow == 0)
    return SlowNumber(digits: digits)
  }

  static func * (a: SlowNumber, b: SlowNumber) -> SlowNumber {
    var digits = [UInt32](repeating: 0, count: a.digits.count + b.digits.count + 1)
    for i in a.digits.indices {
      var carry: UInt64 = 0
      for j in 0..<b.digits.count + 1 {
        let sum = a.digit(i) * b.digit(j) + UInt64(digits[i + j]) + carry
        digits[i + j] = UInt32(truncatingIfNeeded: sum)
        carry = sum >> 32
      }
    }
    return SlowNumber(digits: digits)
  }

  static func % (a: SlowNumber, m: SlowNumber) -> SlowNumber {
    var rest = SlowNumber(0)
    for digit in a.digits.reversed() {
      for bit in (0..<32).reversed() {
        rest = rest + rest + SlowNumber(UInt64(digit >> bit & 1))
        if rest >= m { rest = rest - m }
      }
    }
    return rest
  }

  func power(_ exponent: SlowNumber, modulo m: SlowNumber) -> SlowNumber {
    var result = SlowNumber(1) % m
    for digit in exponent.digits.reversed() {
      for bit in (0..<32).reversed() {
        result = result * result % m
        if digit >> bit & 1 == 1 { result = result * self % m }
      }
    }
    return result
  }
}
