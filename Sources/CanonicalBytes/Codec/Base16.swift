/// Bytes as pairs of lower-case hexadecimal digits. One text for each byte string: upper case, prefixes and
/// spaces are refused.
package enum Base16 {
  /// Two digits for each byte.
  package static func encode(_ bytes: some Sequence<UInt8>) -> String { encode(Array(bytes)) }

  /// Two digits for each byte.
  package static func encode(_ bytes: [UInt8]) -> String {
    unsafe String(unsafeUninitializedCapacity: 2 * bytes.count) { text in
      for index in bytes.indices {
        unsafe text[2 * index] = digit(bytes[index] >> 4)
        unsafe text[2 * index + 1] = digit(bytes[index] & 15)
      }
      return 2 * bytes.count
    }
  }

  /// The bytes that the text stands for; nil if it has an odd number of digits, or anything that is not a
  /// digit.
  package static func decode(_ text: String) -> [UInt8]? {
    var text = text
    return text.withUTF8 { digits in
      guard digits.count.isMultiple(of: 2) else { return nil }
      var bytes: [UInt8] = []
      bytes.reserveCapacity(digits.count / 2)
      // A value outside 0…15 marks a byte that is not a digit.
      var high: UInt8 = 0
      for index in digits.indices {
        let value = unsafe values[Int(digits[index])]
        guard value < 16 else { return nil }
        if index.isMultiple(of: 2) { high = value << 4 } else { bytes.append(high | value) }
      }
      return bytes
    }
  }

  /// The `byteCount` bytes that the text stands for; nil if it stands for another number, or for none.
  package static func decode(_ text: String, byteCount: Int) -> [UInt8]? {
    guard text.utf8.count == 2 * byteCount else { return nil }
    return decode(text)
  }

  /// What a digit is worth; nil for any other byte.
  static func value(of digit: UInt8) -> UInt8? {
    switch digit {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
    default: nil
    }
  }

  private static func digit(_ value: UInt8) -> UInt8 {
    value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + (value - 10)
  }

  /// What each byte is worth as a digit; 255 where it is not one.
  private static let values: [UInt8] = (0...255).map { value(of: $0) ?? 255 }
}

extension [UInt8] {
  /// Two lower-case hexadecimal digits for each byte.
  package var hex: String { Base16.encode(self) }
}
