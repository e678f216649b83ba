/// Base 64 with padding (RFC 4648, section 4). One text for each byte string: what is decoded is what would be
/// encoded, so bits beside the last byte must be zero. Not in constant time: nothing secret is written so.
package enum Base64 {
  private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
  private static let padding = UInt8(ascii: "=")
  private static let values: [UInt8] = {
    var values = [UInt8](repeating: .max, count: 256)
    for (value, letter) in alphabet.enumerated() { values[Int(letter)] = UInt8(value) }
    return values
  }()

  /// Four letters for each three bytes.
  package static func encode(_ bytes: [UInt8]) -> [UInt8] {
    var text: [UInt8] = []
    text.reserveCapacity((bytes.count + 2) / 3 * 4)
    for start in stride(from: 0, to: bytes.count, by: 3) {
      let count = min(3, bytes.count - start)
      var word: UInt32 = 0
      for offset in 0..<3 { word = word << 8 | (offset < count ? UInt32(bytes[start + offset]) : 0) }
      for letter in 0..<4 {
        text.append(letter <= count ? alphabet[Int(word >> UInt32(18 - 6 * letter) & 63)] : padding)
      }
    }
    return text
  }

  /// The bytes that a text stands for; nil if it is not the one text of any.
  package static func decode(_ text: ArraySlice<UInt8>) -> [UInt8]? {
    guard text.count.isMultiple(of: 4) else { return nil }
    let padded = text.suffix(2).count { $0 == padding }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(text.count / 4 * 3)
    var (word, letters): (UInt32, Int) = (0, 0)
    for letter in text.dropLast(padded) {
      let value = values[Int(letter)]
      guard value != .max else { return nil }
      (word, letters) = (word << 6 | UInt32(value), letters + 1)
      if letters == 4 {
        for shift: UInt32 in [16, 8, 0] { bytes.append(UInt8(truncatingIfNeeded: word >> shift)) }
        (word, letters) = (0, 0)
      }
    }
    switch letters {
    case 0 where padded == 0: return bytes
    case 2 where padded == 2 && word & 0xF == 0: return bytes + [UInt8(word >> 4)]
    case 3 where padded == 1 && word & 0x3 == 0:
      return bytes + [UInt8(word >> 10), UInt8(truncatingIfNeeded: word >> 2)]
    default: return nil
    }
  }
}
