/// What a JSON string with escapes means (RFC 8259, section 7).
struct JSONEscapes {
  private let bytes: ArraySlice<UInt8>
  private var offset: Int

  /// - Parameter bytes: valid UTF-8 between two quotation marks.
  init(_ bytes: ArraySlice<UInt8>) {
    self.bytes = bytes
    offset = bytes.startIndex
  }

  /// The text, or nil if an escape is unknown, is cut off, or is half of a surrogate pair.
  mutating func text() -> String? {
    var plain: [UInt8] = []
    plain.reserveCapacity(bytes.count)
    while let byte = next() {
      if byte != UInt8(ascii: "\\") {
        plain.append(byte)
      } else if let scalar = escaped() {
        plain.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
      } else {
        return nil
      }
    }
    return String(decoding: plain, as: UTF8.self)
  }

  /// The character that an escape stands for, after its backslash.
  private mutating func escaped() -> Unicode.Scalar? {
    switch next() {
    case UInt8(ascii: "\""): "\""
    case UInt8(ascii: "\\"): "\\"
    case UInt8(ascii: "/"): "/"
    case UInt8(ascii: "b"): "\u{8}"
    case UInt8(ascii: "f"): "\u{C}"
    case UInt8(ascii: "n"): "\n"
    case UInt8(ascii: "r"): "\r"
    case UInt8(ascii: "t"): "\t"
    case UInt8(ascii: "u"): scalar()
    default: nil
    }
  }

  /// The scalar of four hexadecimal digits, or of twice four as a surrogate pair in UTF-16.
  private mutating func scalar() -> Unicode.Scalar? {
    guard let first = unit() else { return nil }
    guard UTF16.isLeadSurrogate(first) else { return Unicode.Scalar(first) }
    guard next() == UInt8(ascii: "\\"), next() == UInt8(ascii: "u"), let second = unit(),
      UTF16.isTrailSurrogate(second)
    else { return nil }
    return Unicode.Scalar(0x10000 + (UInt32(first & 0x3FF) << 10 | UInt32(second & 0x3FF)))
  }

  /// Four hexadecimal digits, of either case.
  private mutating func unit() -> UInt16? {
    var unit: UInt16 = 0
    for _ in 0..<4 {
      guard let digit = next(), let value = Character(Unicode.Scalar(digit)).hexDigitValue else { return nil }
      unit = unit << 4 | UInt16(value)
    }
    return unit
  }

  private mutating func next() -> UInt8? {
    guard offset < bytes.endIndex else { return nil }
    defer { offset += 1 }
    return bytes[offset]
  }
}
