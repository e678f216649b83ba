/// Bytes as pairs of lower-case hexadecimal digits. One text for each byte string: upper case,
/// prefixes and spaces are refused.
package enum Base16 {
  private static let alphabet = Array("0123456789abcdef".utf8)

  /// Two digits for each byte.
  package static func encode(_ bytes: [UInt8]) -> String {
    var text: [UInt8] = []
    text.reserveCapacity(2 * bytes.count)
    for byte in bytes {
      text.append(alphabet[Int(byte >> 4)])
      text.append(alphabet[Int(byte & 15)])
    }
    return String(decoding: text, as: UTF8.self)
  }

  /// The `byteCount` bytes that the text stands for.
  package static func decode(_ text: String, byteCount: Int) -> [UInt8]? {
    let digits = Array(text.utf8)
    guard digits.count == 2 * byteCount else { return nil }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(byteCount)
    for offset in stride(from: 0, to: digits.count, by: 2) {
      guard let high = value(digits[offset]), let low = value(digits[offset + 1]) else { return nil }
      bytes.append(high << 4 | low)
    }
    return bytes
  }

  private static func value(_ digit: UInt8) -> UInt8? {
    switch digit {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
    default: nil
    }
  }
}
