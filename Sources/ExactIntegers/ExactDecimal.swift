/// Why a text is not a decimal number, or why a number has no such integer.
public enum ExactDecimalError: Error, Hashable, Sendable {
  /// The byte at this offset of the UTF-8 text, or its end, does not fit the form of a number.
  case malformed(offset: Int)
  /// The text is longer than `limit` bytes.
  case textTooLong(limit: Int)
  /// The number needs more than `limit` digits on one side of the point.
  case outOfRange(limit: Int)
  /// The number is not a whole multiple of 10 to this exponent.
  case inexact(exponent: Int)
}

/// A decimal number as it is written: exact, never a binary fraction.
///
/// The value is significand · 10^exponent. Prices and rates arrive as such numbers, and every step
/// from them to integer units is either exact or rounded in a named direction.
public struct ExactDecimal: Hashable, Sendable {
  /// The most digits before the point, and the most after it.
  public static let digitLimit = 1_000

  /// The longest text that is parsed, in bytes.
  public static let textLimit = 4 * digitLimit

  /// Not a multiple of 10, or zero, so that each value has one representation.
  let significand: Integer
  /// The power of ten; 0 for the value 0.
  let exponent: Int

  /// The value of a text in the number form of JSON: "12.5", "-0.001", "1e-6".
  ///
  /// The text has at least one digit before the point, no superfluous leading zero, no plus sign in
  /// front and no spaces. Texts of the same value are equal: "12.50" and "125e-1", and "-0" and "0".
  ///
  /// - Throws: ``ExactDecimalError/malformed(offset:)``, ``ExactDecimalError/textTooLong(limit:)``,
  ///   ``ExactDecimalError/outOfRange(limit:)``.
  public init(parsing text: String) throws(ExactDecimalError) {
    guard text.utf8.count <= Self.textLimit else { throw .textTooLong(limit: Self.textLimit) }
    var scanner = DecimalScanner(text)
    let negative = scanner.skip("-")
    var digits = try scanner.digits()
    guard digits.count == 1 || digits[0] != 0 else { throw .malformed(offset: negative ? 2 : 1) }
    var exponent = 0
    if scanner.skip(".") {
      let fraction = try scanner.digits()
      digits += fraction
      exponent -= fraction.count
    }
    if scanner.skip("e") || scanner.skip("E") {
      let below = scanner.skip("-")
      if !below { _ = scanner.skip("+") }
      // Beyond this magnitude no text of the permitted length comes back into range.
      let limit = 10 * Self.textLimit
      let written = try scanner.digits().reduce(0) { min($0 * 10 + Int($1), limit) }
      exponent += below ? -written : written
    }
    try scanner.expectEnd()
    try self.init(negative: negative, digits: digits, exponent: exponent)
  }

  private init(negative: Bool, digits: [UInt8], exponent: Int) throws(ExactDecimalError) {
    guard let first = digits.firstIndex(where: { $0 != 0 }),
      let last = digits.lastIndex(where: { $0 != 0 })
    else {
      significand = 0
      self.exponent = 0
      return
    }
    self.exponent = exponent + (digits.count - 1 - last)
    let before = last - first + 1 + self.exponent
    guard before <= Self.digitLimit, -self.exponent <= Self.digitLimit else {
      throw .outOfRange(limit: Self.digitLimit)
    }
    significand = Integer(Magnitude(decimalDigits: digits[first...last]), negative: negative)
  }

  /// Which integer stands for a number between two.
  public enum Rounding: Hashable, Sendable {
    /// The largest integer not above the number.
    case floor
    /// The smallest integer not below the number.
    case ceiling
  }

  /// The number in units of 10^exponent: "12.5" in units of 10⁻⁶ is 12500000.
  ///
  /// - Throws: ``ExactDecimalError/inexact(exponent:)`` when it is not a whole number of units, and
  ///   ``ExactDecimalError/outOfRange(limit:)`` for an exponent beyond ±``digitLimit``.
  public func integer(inUnitsOfTenTo exponent: Int) throws(ExactDecimalError) -> Integer {
    guard self.exponent >= exponent || significand.isZero else {
      throw .inexact(exponent: exponent)
    }
    return try integer(inUnitsOfTenTo: exponent, rounding: .floor)
  }

  /// The number in units of 10^exponent, rounded to a whole number of them.
  ///
  /// - Throws: ``ExactDecimalError/outOfRange(limit:)`` for an exponent beyond ±``digitLimit``.
  public func integer(
    inUnitsOfTenTo exponent: Int, rounding: Rounding
  ) throws(ExactDecimalError) -> Integer {
    guard exponent.magnitude <= Self.digitLimit else { throw .outOfRange(limit: Self.digitLimit) }
    guard self.exponent < exponent else {
      return significand * .powerOfTen(self.exponent - exponent)
    }
    let divisor = Integer.powerOfTen(exponent - self.exponent)
    return switch rounding {
    case .floor: significand.floorDivided(by: divisor)
    case .ceiling: significand.ceilingDivided(by: divisor)
    }
  }

  /// -1, 0 or 1: the sign of the number.
  public var signum: Int { significand.signum }
}

extension ExactDecimal: Comparable {
  /// Whether the first number is the smaller.
  public static func < (a: ExactDecimal, b: ExactDecimal) -> Bool {
    let common = min(a.exponent, b.exponent)
    return a.significand * .powerOfTen(a.exponent - common)
      < b.significand * .powerOfTen(b.exponent - common)
  }
}

extension ExactDecimal: CustomStringConvertible {
  /// The number without an exponent and without superfluous zeros: "12.5".
  public var description: String {
    guard exponent < 0 else { return (significand * .powerOfTen(exponent)).description }
    let digits = significand.magnitude.description
    let zeros = String(repeating: "0", count: max(0, 1 - exponent - digits.count))
    let padded = zeros + digits
    let sign = significand.isNegative ? "-" : ""
    return sign + padded.dropLast(-exponent) + "." + padded.suffix(-exponent)
  }
}

extension Integer {
  /// 10ⁿ, for n ≥ 0.
  static func powerOfTen(_ n: Int) -> Integer {
    Integer(Magnitude(decimalDigits: [1] + [UInt8](repeating: 0, count: n)), negative: false)
  }
}

/// Reads the parts of a number from the left.
private struct DecimalScanner {
  private let bytes: [UInt8]
  private var offset = 0

  init(_ text: String) {
    bytes = Array(text.utf8)
  }

  /// Steps over the character if it is next.
  mutating func skip(_ character: Unicode.Scalar) -> Bool {
    guard offset < bytes.count, bytes[offset] == UInt8(ascii: character) else { return false }
    offset += 1
    return true
  }

  /// The digits that come next, at least one.
  mutating func digits() throws(ExactDecimalError) -> [UInt8] {
    let run = bytes[offset...].prefix { decimalDigits.contains($0) }
    guard !run.isEmpty else { throw .malformed(offset: offset) }
    offset += run.count
    return run.map { $0 - UInt8(ascii: "0") }
  }

  func expectEnd() throws(ExactDecimalError) {
    guard offset == bytes.count else { throw .malformed(offset: offset) }
  }
}
