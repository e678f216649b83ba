/// Why a text is not bytes in hexadecimal.
public enum HexError: Error, Hashable, Sendable {
  /// The number of digits is odd.
  case oddLength
  /// The character at this offset is not one of 0-9 and a-f.
  case unexpectedByte(offset: Int)
}

/// Bytes as lower-case hexadecimal digits.
public enum Hex {
  /// Two digits for each byte.
  public static func encode(_ bytes: some Sequence<UInt8>) -> String {
    var digits: [UInt8] = []
    for byte in bytes {
      digits.append(alphabet[Int(byte >> 4)])
      digits.append(alphabet[Int(byte & 15)])
    }
    return String(decoding: digits, as: UTF8.self)
  }

  /// The bytes of a text of lower-case digits, without prefix or spaces.
  public static func decode(_ text: String) throws(HexError) -> [UInt8] {
    let digits = Array(text.utf8)
    guard digits.count.isMultiple(of: 2) else { throw .oddLength }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(digits.count / 2)
    for offset in stride(from: 0, to: digits.count, by: 2) {
      bytes.append(try value(of: digits, at: offset) << 4 | value(of: digits, at: offset + 1))
    }
    return bytes
  }

  private static let alphabet = Array("0123456789abcdef".utf8)

  private static func value(of digits: [UInt8], at offset: Int) throws(HexError) -> UInt8 {
    switch digits[offset] {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): digits[offset] - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): digits[offset] - UInt8(ascii: "a") + 10
    default: throw .unexpectedByte(offset: offset)
    }
  }
}
