/// Where a text is no JSON, and what should stand there.
struct JSONFault: Error, Hashable {
  let offset: Int
  let expected: String
}

/// A place in a JSON text, from which values are read or passed over in one pass, without recursion and
/// without a tree: what a venue sends is large and flat, and only a few of its members matter.
///
/// `NaN` and `Infinity`, which Python writes, count as values; everything else is as RFC 8259 has it, except
/// that the insides of numbers and escapes are looked at only where they are read.
struct JSONCursor {
  /// The deepest that arrays and objects may stand in each other: as many as an integer has bits.
  static let depthLimit = 64

  let bytes: [UInt8]
  var offset: Int

  /// The byte ahead after spaces, nil at the end.
  mutating func peek() -> UInt8? {
    while offset < bytes.count {
      let byte = bytes[offset]
      guard byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 else { return byte }
      offset += 1
    }
    return nil
  }

  /// Passes one sign, if it is the next.
  mutating func take(_ sign: Unicode.Scalar) -> Bool {
    guard peek() == UInt8(ascii: sign) else { return false }
    offset += 1
    return true
  }

  /// Passes one sign that must be there.
  mutating func expect(_ sign: Unicode.Scalar, _ expected: String) throws(JSONFault) {
    guard take(sign) else { throw fault(expected) }
  }

  func fault(_ expected: String) -> JSONFault { JSONFault(offset: offset, expected: expected) }

  /// Whether a list goes on after a value: passes the comma, or the end.
  mutating func goesOn(until end: Unicode.Scalar) throws(JSONFault) -> Bool {
    if take(",") { return true }
    guard take(end) else { throw fault("',' or '\(end)'") }
    return false
  }

  /// The inside of a string.
  mutating func string() throws(JSONFault) -> Range<Int> {
    guard peek() == UInt8(ascii: "\"") else { throw fault("a key in quotation marks") }
    let start = offset + 1
    var i = start
    while i < bytes.count {
      let byte = bytes[i]
      if byte == UInt8(ascii: "\"") {
        offset = i + 1
        return start..<i
      }
      guard byte >= 0x20 else { break }
      i += byte == UInt8(ascii: "\\") ? 2 : 1
    }
    throw JSONFault(offset: min(i, bytes.count), expected: "a closing quotation mark")
  }

  /// The name of a member, and the colon after it.
  mutating func key() throws(JSONFault) -> Range<Int> {
    let key = try string()
    try expect(":", "':'")
    return key
  }

  /// A value that holds no others: the inside of a string, a number or a word; empty for null.
  mutating func scalar() throws(JSONFault) -> Range<Int> {
    guard let first = peek() else { throw fault("a value") }
    if first == UInt8(ascii: "\"") { return try string() }
    let start = offset
    while offset < bytes.count, Self.isToken(bytes[offset]) { offset += 1 }
    guard offset > start else { throw fault("a value") }
    guard first >= UInt8(ascii: "A") else { return start..<offset }
    switch bytes[start..<offset] {
    case _ where bytes[start..<offset].elementsEqual("null".utf8): return start..<start
    case _ where Self.words.contains(where: bytes[start..<offset].elementsEqual): return start..<offset
    default:
      offset = start
      throw fault("a value")
    }
  }

  private static let words = ["true", "false", "NaN", "Infinity"].map { Array($0.utf8) }

  private static func isToken(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "+"),
      UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"):
      true
    default: false
    }
  }

  /// Whether the value ahead is an array or an object.
  mutating func isContainer() -> Bool {
    let next = peek()
    return next == UInt8(ascii: "[") || next == UInt8(ascii: "{")
  }

  /// Passes a value of any kind.
  mutating func skip() throws(JSONFault) {
    // Bit d tells whether the container at depth d is an object.
    var (kinds, depth) = (UInt64(0), 0)
    while true {
      switch peek() {
      case UInt8(ascii: "{"), UInt8(ascii: "["):
        guard depth < Self.depthLimit else { throw fault("at most \(Self.depthLimit) levels") }
        let isObject = bytes[offset] == UInt8(ascii: "{")
        offset += 1
        if take(isObject ? "}" : "]") { break }
        kinds = kinds << 1 | (isObject ? 1 : 0)
        depth += 1
        if isObject { _ = try key() }
        continue
      default:
        _ = try scalar()
      }
      while true {
        guard depth > 0 else { return }
        let isObject = kinds & 1 == 1
        if try goesOn(until: isObject ? "}" : "]") {
          if isObject { _ = try key() }
          break
        }
        kinds >>= 1
        depth -= 1
      }
    }
  }
}
