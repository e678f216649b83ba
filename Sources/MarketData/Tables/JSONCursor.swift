internal import CanonicalBytes

/// Where a text is not JSON, and what should stand there.
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
  @inline(__always)
  mutating func peek() -> UInt8? {
    while offset < bytes.count {
      let byte = bytes[offset]
      guard byte <= 0x20, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 else { return byte }
      offset += 1
    }
    return nil
  }

  /// Passes one sign, if it is the next.
  @inline(__always)
  mutating func take(_ sign: Unicode.Scalar) -> Bool {
    guard peek() == UInt8(ascii: sign) else { return false }
    offset += 1
    return true
  }

  /// Passes one sign that must be there.
  mutating func expect(_ sign: Unicode.Scalar, _ expected: String) throws(JSONFault) {
    guard take(sign) else { throw fault(expected) }
  }

  /// Whether two names are written alike.
  func isSame(_ a: Range<Int>, _ b: Range<Int>) -> Bool {
    guard a.count == b.count else { return false }
    return unsafe bytes.withUnsafeBytes { text in
      unsafe text[a].elementsEqual(text[b])
    }
  }

  /// The fault of a name that stands twice in its object.
  func twice(_ key: Range<Int>) -> JSONFault {
    let name = String(decoding: bytes[key.prefix(64)], as: UTF8.self)
    return JSONFault(
      offset: key.lowerBound, expected: "another member: \(quoted(name)) stands twice in its object")
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
    let end = endOfString(from: start)
    guard end < bytes.count, bytes[end] == UInt8(ascii: "\"") else {
      throw JSONFault(offset: min(end, bytes.count), expected: "a closing quotation mark")
    }
    offset = end + 1
    return start..<end
  }

  /// Where a string ends, or a byte stands that none may have; the end of the text, or one beyond, if neither
  /// is there.
  private func endOfString(from start: Int) -> Int {
    unsafe bytes.withUnsafeBytes { text in unsafe Self.endOfString(in: text, from: start) }
  }

  /// The same, eight bytes at a time.
  ///
  /// A byte of `word` is zero where `(word - 0x01…) & ~word & 0x80…` has a bit, of which the lowest is exact;
  /// so are the bytes equal to another after an exclusive or, and those below 32 with `0x20…` in place of
  /// `0x01…`.
  fileprivate static func endOfString(in text: UnsafeRawBufferPointer, from start: Int) -> Int {
    let (ones, high) = (UInt64(0x0101_0101_0101_0101), UInt64(0x8080_8080_8080_8080))
    let count = text.count
    var i = start
    while i < count {
      if i + 8 <= count {
        let word = UInt64(littleEndian: unsafe text.loadUnaligned(fromByteOffset: i, as: UInt64.self))
        let (quotes, strokes) = (word ^ (ones * 0x22), word ^ (ones * 0x5C))
        let marks =
          (((quotes &- ones) & ~quotes) | ((strokes &- ones) & ~strokes) | ((word &- ones * 0x20) & ~word))
          & high
        guard marks != 0 else {
          i += 8
          continue
        }
        i += marks.trailingZeroBitCount >> 3
      }
      let byte = unsafe text[i]
      if byte == UInt8(ascii: "\"") || byte < 0x20 { return i }
      i += byte == UInt8(ascii: "\\") ? 2 : 1
    }
    return i
  }

  /// How many of the next eight bytes come before a quotation mark or a byte from `[` on, as brackets are;
  /// none near the end of the text.
  @inline(__always)
  fileprivate static func plainBytes(in text: UnsafeRawBufferPointer, from start: Int) -> Int {
    guard start + 8 <= text.count else { return 0 }
    let (ones, high) = (UInt64(0x0101_0101_0101_0101), UInt64(0x8080_8080_8080_8080))
    let word = UInt64(littleEndian: unsafe text.loadUnaligned(fromByteOffset: start, as: UInt64.self))
    let quotes = word ^ (ones * 0x22)
    let marks =
      (((quotes &- ones) & ~quotes) | word | ((word & ~high) &+ ones * (0x80 - UInt64(UInt8(ascii: "[")))))
      & high
    return marks == 0 ? 8 : marks.trailingZeroBitCount >> 3
  }

  /// Passes a name that is written as another, and the colon after it; false if the next name is another one.
  mutating func take(key other: Range<Int>) throws(JSONFault) -> Bool {
    guard peek() == UInt8(ascii: "\"") else { return false }
    let (start, count) = (offset + 1, other.count)
    guard start + count < bytes.count, bytes[start + count] == UInt8(ascii: "\""),
      isSame(start..<start + count, other)
    else { return false }
    offset = start + count + 1
    try expect(":", "':'")
    return true
  }

  /// Where a number or a word ends.
  @inline(__always)
  private func endOfToken(from start: Int) -> Int {
    let text = bytes.span
    var i = start
    while i < text.count, Self.isToken(text[i]) { i += 1 }
    return i
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
    offset = endOfToken(from: start)
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

  @inline(__always)
  private static func isToken(_ byte: UInt8) -> Bool {
    // Digits are most of what there is.
    byte &- UInt8(ascii: "0") < 10 || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "-")
      || (byte | 0x20) &- UInt8(ascii: "a") < 26 || byte == UInt8(ascii: "+")
  }

  /// Passes a value of any kind, of an array or object only to where its brackets close: what is in it is
  /// read, or passed by ``skip()``, later.
  mutating func skipOver() throws(JSONFault) {
    guard isContainer() else {
      _ = try scalar()
      return
    }
    try skipBrackets()
  }

  /// Passes the array or object at `offset`, or the rest of it if `offset` is inside.
  ///
  /// - Parameter depth: how many brackets are open already.
  mutating func skipBrackets(depth open: Int = 0) throws(JSONFault) {
    var brackets = OpenBrackets(depth: open)
    guard try pass(&brackets) else {
      offset = bytes.count
      throw fault("the end of an array or object")
    }
  }

  /// Passes what is at hand of arrays and objects that are open. Returns whether all of them are closed; if
  /// not, the place is where to go on with more.
  mutating func pass(_ brackets: inout OpenBrackets) throws(JSONFault) -> Bool {
    var found = brackets
    let (end, fault) = unsafe bytes.withUnsafeBytes { text in unsafe found.pass(in: text, from: offset) }
    if let fault { throw fault }
    brackets = found
    offset = end
    return brackets.depth == 0
  }

  // MARK: Rows of plain values

  /// Passes an array of numbers and strings, and writes where they are; false, and the place as before, for
  /// any other value, of which the reader of single values says what it is.
  ///
  /// - Parameter targets: where in `fields` to write each; as many as the array must have.
  mutating func takePlain(_ fields: inout [Range<Int>], _ targets: [Int]) -> Bool {
    let start = offset
    let end = unsafe bytes.withUnsafeBytes { text in
      unsafe fields.withUnsafeMutableBufferPointer { fields in
        unsafe Self.plain(in: text, from: start, fields, targets)
      }
    }
    guard let end else { return false }
    offset = end
    return true
  }

  /// Passes a number or a string; nil, and the place as before, for any other value.
  mutating func takePlainValue() -> Range<Int>? {
    let start = offset
    let found = unsafe bytes.withUnsafeBytes { text in unsafe Self.plainValue(in: text, from: start) }
    guard let (field, end) = found else { return nil }
    offset = end
    return field
  }

  /// Passes numbers of an array that stand without spaces, eight bytes at a time, from the comma before one
  /// to the comma after another. Returns how many; none, and the place as before, where anything else stands.
  mutating func passNumbers() -> Int {
    let start = offset
    let (count, end) = unsafe bytes.withUnsafeBytes { text in unsafe Self.numbers(in: text, from: start) }
    offset = end
    return count
  }

  /// Numbers between commas, and the last of those commas.
  private static func numbers(in text: UnsafeRawBufferPointer, from start: Int) -> (count: Int, end: Int) {
    let (ones, high) = (UInt64(0x0101_0101_0101_0101), UInt64(0x8080_8080_8080_8080))
    guard start < text.count, unsafe text[start] == UInt8(ascii: ",") else { return (0, start) }
    var (i, count, last) = (start + 1, 0, start)
    // Whether the byte before is a comma, in the lowest byte.
    var before = UInt64(0x80)
    while i + 8 <= text.count {
      let word = UInt64(littleEndian: unsafe text.loadUnaligned(fromByteOffset: i, as: UInt64.self))
      // Bytes from ',' to '9', of which '/' is none of a number: bit 7 is that of those that are not, for all
      // bytes below
      // 128. No byte of a sum has a carry into the next.
      let plain = word & ~high
      let outside =
        word | (plain &+ ones * (0x7F - 0x39)) | ~(plain &+ ones * (0x80 - 0x2C))
        | zeros(plain ^ (ones * 0x2F))
      let commas = zeros(plain ^ (ones * 0x2C))
      // Between two commas stands a number.
      guard (outside | (commas & (commas << 8 | before))) & high == 0 else { break }
      if commas != 0 {
        count += commas.nonzeroBitCount
        last = i + 7 - commas.leadingZeroBitCount >> 3
      }
      before = commas >> 56
      i += 8
    }
    return (count, last)
  }

  /// Bit 7 of each byte that is zero, of bytes below 128.
  @inline(__always)
  private static func zeros(_ word: UInt64) -> UInt64 {
    let high = UInt64(0x8080_8080_8080_8080)
    return ~(word &+ (high - 0x0101_0101_0101_0101)) & high
  }

  /// Passes a number or a string at each of some places, and the comma after it; false, and the places as
  /// before, where anything else stands.
  ///
  /// - Parameters:
  ///   - places: where the values begin; after it, where the next begin.
  ///   - targets: where in `fields` to write each; as many as places.
  func takePlain(
    at places: inout [Int], _ fields: inout [Range<Int>], _ targets: [Int], _ next: inout [Int]
  ) -> Bool {
    let isPlain = unsafe bytes.withUnsafeBytes { text in
      for index in places.indices {
        guard let (field, end) = unsafe Self.plainValue(in: text, from: places[index]) else { return false }
        let comma = unsafe Self.afterSpaces(in: text, from: end)
        guard comma < text.count, unsafe text[comma] == UInt8(ascii: ",") else { return false }
        fields[targets[index]] = field
        next[index] = comma + 1
      }
      return true
    }
    if isPlain { swap(&places, &next) }
    return isPlain
  }

  private static func plain(
    in text: UnsafeRawBufferPointer, from start: Int, _ fields: UnsafeMutableBufferPointer<Range<Int>>,
    _ targets: [Int]
  ) -> Int? {
    let count = text.count
    var (i, last) = (start, UInt8(ascii: "["))
    for target in targets {
      guard i < count, unsafe text[i] == last, target < fields.count else { return nil }
      guard let (field, end) = unsafe plainValue(in: text, from: i + 1) else { return nil }
      unsafe fields[target] = field
      i = unsafe afterSpaces(in: text, from: end)
      last = UInt8(ascii: ",")
    }
    guard i < count, unsafe text[i] == UInt8(ascii: "]") else { return nil }
    return i + 1
  }

  @inline(__always)
  private static func afterSpaces(in text: UnsafeRawBufferPointer, from start: Int) -> Int {
    var i = start
    while i < text.count {
      let byte = unsafe text[i]
      guard byte <= 0x20, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 else { return i }
      i += 1
    }
    return i
  }

  /// A number that begins with a digit or a minus, or a string, after spaces, and where it ends.
  @inline(__always)
  private static func plainValue(
    in text: UnsafeRawBufferPointer, from start: Int
  ) -> (field: Range<Int>, end: Int)? {
    let count = text.count
    let first = unsafe afterSpaces(in: text, from: start)
    guard first < count else { return nil }
    if unsafe text[first] == UInt8(ascii: "\"") {
      let end = unsafe endOfString(in: text, from: first + 1)
      guard end < count, unsafe text[end] == UInt8(ascii: "\"") else { return nil }
      return (first + 1..<end, end + 1)
    }
    var i = first
    while i < count {
      let byte = unsafe text[i]
      guard byte &- UInt8(ascii: "0") < 10 || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "-") else {
        // An exponent, a word, an array or an object.
        guard !isToken(byte), i > first else { return nil }
        return (first..<i, i)
      }
      i += 1
    }
    return nil
  }

  /// Passes a member whose name is written as another, and its value if that is a number or a string; nil,
  /// and the place as before, for any other.
  @inline(__always)
  mutating func takePlainMember(_ other: Range<Int>) -> Range<Int>? {
    let start = offset
    let found = unsafe bytes.withUnsafeBytes { text in
      unsafe Self.plainMember(in: text, from: start, other)
    }
    guard let (field, end) = found else { return nil }
    offset = end
    return field
  }

  private static func plainMember(
    in text: UnsafeRawBufferPointer, from start: Int, _ other: Range<Int>
  ) -> (field: Range<Int>, end: Int)? {
    let key = unsafe afterSpaces(in: text, from: start)
    let end = key + 1 + other.count
    guard end + 1 < text.count, unsafe text[key] == UInt8(ascii: "\""), unsafe text[end] == UInt8(ascii: "\"")
    else { return nil }
    var i = 0
    while i < other.count {
      guard unsafe text[key + 1 + i] == text[other.lowerBound + i] else { return nil }
      i += 1
    }
    let colon = unsafe afterSpaces(in: text, from: end + 1)
    guard colon < text.count, unsafe text[colon] == UInt8(ascii: ":") else { return nil }
    return unsafe plainValue(in: text, from: colon + 1)
  }

  /// Whether the value ahead is an array or an object.
  @inline(__always)
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

/// The arrays and objects that are open at a place of a text, which is passed over without looking at their
/// values.
struct OpenBrackets {
  /// How many are open.
  private(set) var depth: Int
  /// Bit d tells whether the one at depth d, from the innermost, is an object.
  private var kinds: UInt64 = 0

  /// - Parameter depth: how many arrays are open.
  init(depth: Int) { self.depth = depth }

  /// Passes text up to where the last bracket closes that is open or opens first, or to its end, or to a
  /// string that does not end in it. Returns where that is, or the fault of a bracket that closes another
  /// kind.
  fileprivate mutating func pass(
    in text: UnsafeRawBufferPointer, from start: Int
  ) -> (end: Int, fault: JSONFault?) {
    let count = text.count
    var (i, depth, kinds) = (start, depth, kinds)
    defer { (self.depth, self.kinds) = (depth, kinds) }
    while i < count {
      let plain = unsafe JSONCursor.plainBytes(in: text, from: i)
      if plain > 0 {
        i += plain
        continue
      }
      let byte = unsafe text[i]
      i += 1
      if byte == UInt8(ascii: "\"") {
        let end = unsafe JSONCursor.endOfString(in: text, from: i)
        guard end < count else { return (i - 1, nil) }
        i = end + 1
      } else if byte >= UInt8(ascii: "[") {
        // '[' and '{' are 0x5B and 0x7B, ']' and '}' 0x5D and 0x7D.
        if byte | 0x20 == UInt8(ascii: "{") {
          guard depth < JSONCursor.depthLimit else {
            return (i, JSONFault(offset: i - 1, expected: "at most \(JSONCursor.depthLimit) levels"))
          }
          depth += 1
          kinds = kinds << 1 | UInt64(byte >> 5 & 1)
        } else if byte | 0x20 == UInt8(ascii: "}") {
          guard kinds & 1 == UInt64(byte >> 5 & 1) else {
            return (i, JSONFault(offset: i - 1, expected: kinds & 1 == 1 ? "'}'" : "']'"))
          }
          depth -= 1
          kinds >>= 1
          guard depth > 0 else { return (i, nil) }
        }
      }
    }
    return (count, nil)
  }
}
