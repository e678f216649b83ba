package import CanonicalBytes

/// Goes through a line of JSON in the one form that this project writes it in, without a tree: members in
/// their order, no spaces, ASCII without escapes, numbers of at most 15 digits.
///
/// Each method goes past what it reads and returns it, or returns nil (`skip`: false) where something else
/// stands. Of other forms nothing is said: who finds one starts again with the reader of all texts.
package struct JSONLineCursor {
  private let bytes: [UInt8]
  private var place = 0

  /// The most bytes of a text.
  private static let textLimit = 128
  /// The most digits of a number: below 2⁵³, so that it is never written as a text.
  private static let digitLimit = 15

  /// At the first byte of a line.
  package init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// Whether nothing is left.
  package var isAtEnd: Bool { place == bytes.count }

  /// Goes past a text that stands here; stays where it is if another does.
  package mutating func skip(_ text: [UInt8]) -> Bool {
    guard text.count <= bytes.count - place else { return false }
    for index in text.indices where bytes[place + index] != text[index] { return false }
    place += text.count
    return true
  }

  /// Printable ASCII, at least one character, up to a quotation mark, which is not gone past.
  package mutating func text() -> [UInt8]? {
    let start = place
    while place < bytes.count, place - start <= Self.textLimit {
      switch bytes[place] {
      case UInt8(ascii: "\""): return place > start ? Array(bytes[start..<place]) : nil
      case UInt8(ascii: "\\"), ..<0x20, 0x7F...: return nil
      default: place += 1
      }
    }
    return nil
  }

  /// A whole number of at most 15 digits, without leading zeros.
  package mutating func number() -> UInt64? {
    let start = place
    var value: UInt64 = 0
    while place < bytes.count, place - start < Self.digitLimit,
      (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[place])
    {
      value = 10 * value + UInt64(bytes[place] - UInt8(ascii: "0"))
      place += 1
    }
    guard place > start, bytes[start] != UInt8(ascii: "0") || place == start + 1 else { return nil }
    return value
  }

  /// A number, or one below zero.
  package mutating func signedNumber() -> Int64? {
    guard place < bytes.count, bytes[place] == UInt8(ascii: "-") else { return number().map { Int64($0) } }
    place += 1
    guard let magnitude = number(), magnitude > 0 else { return nil }
    return -Int64(magnitude)
  }

  /// 32 bytes as 64 lower-case hexadecimal digits.
  package mutating func bytes32() -> Bytes32? {
    guard let found = Bytes32(hexadecimal: bytes.span, from: place) else { return nil }
    place += 2 * Bytes32.byteCount
    return found
  }

  /// Base 64 up to a quotation mark, which is not gone past.
  package mutating func base64() -> [UInt8]? {
    let start = place
    while place < bytes.count, bytes[place] != UInt8(ascii: "\"") { place += 1 }
    return Base64.decode(bytes[start..<place])
  }
}
