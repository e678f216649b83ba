/// Why a text is not an integer. Offsets count bytes of UTF-8 from the start of the text.
public enum IntegerParsingError: Error, Hashable, Sendable {
  /// The text has no digit.
  case noDigits
  /// The byte at this offset is neither a digit nor a minus sign in front of all digits.
  case unexpectedByte(offset: Int)
  /// The zero at this offset is followed by more digits.
  case leadingZero(offset: Int)
  /// The text is "-0".
  case negativeZero
  /// The text has more than `limit` digits.
  case tooManyDigits(limit: Int)
}

extension Integer: CustomStringConvertible {
  /// The most digits that a parsed text may have. It bounds the work that a text from outside causes.
  public static let parsedDigitLimit = 10_000

  /// The value of a decimal text in its one canonical form: "0", "12", "-12".
  ///
  /// A plus sign, leading zeros, "-0", spaces and separators are refused, so that two different texts
  /// are never the same integer.
  ///
  /// - Throws: ``IntegerParsingError`` for the first byte that is refused.
  public init(parsing text: String) throws(IntegerParsingError) {
    let bytes = Array(text.utf8)
    let negative = bytes.first == UInt8(ascii: "-")
    let start = negative ? 1 : 0
    guard bytes.count > start else { throw .noDigits }
    guard bytes.count - start <= Self.parsedDigitLimit else {
      throw .tooManyDigits(limit: Self.parsedDigitLimit)
    }
    for offset in start..<bytes.count where !decimalDigits.contains(bytes[offset]) {
      throw .unexpectedByte(offset: offset)
    }
    if bytes[start] == UInt8(ascii: "0") {
      guard bytes.count == start + 1 else { throw .leadingZero(offset: start) }
      guard !negative else { throw .negativeZero }
    }
    // Less than 10¹⁸ is less than 2⁶³.
    if bytes.count - start <= 18 {
      let word = bytes[start...].reduce(0) { 10 * $0 + Int($1 - UInt8(ascii: "0")) }
      self.init(word: negative ? -word : word)
      return
    }
    let digits = bytes[start...].lazy.map { $0 - UInt8(ascii: "0") }
    self.init(Magnitude(decimalDigits: digits), negative: negative)
  }

  /// The canonical decimal text of the value.
  public var description: String {
    switch storage {
    case .word(let word): return word.description
    case .limbs(let magnitude, let negative):
      let digits = magnitude.decimalDigits.map { $0 + UInt8(ascii: "0") }
      return (negative ? "-" : "") + String(decoding: digits, as: UTF8.self)
    }
  }
}

/// The bytes of the ASCII digits.
let decimalDigits = UInt8(ascii: "0")...UInt8(ascii: "9")
