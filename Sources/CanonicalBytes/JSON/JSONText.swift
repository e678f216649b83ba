/// JSON text that is written as it goes, without a tree: for what answers thousands of times a second, and
/// for ``JSONValue/encoded(_:)``, which writes trees with it.
///
/// Who writes sees to braces, names and commas; texts and numbers are written as ``JSONValue`` has them.
public struct JSONText: Hashable, Sendable {
  /// What was written, in UTF-8.
  public private(set) var bytes: [UInt8] = []

  /// An empty text.
  ///
  /// - Parameter count: for how many bytes there will be room.
  public init(reserving count: Int = 0) { bytes.reserveCapacity(count) }

  /// Adds what stands in the text as it is: braces, commas, names with their quotation marks.
  public mutating func append(_ text: StaticString) {
    text.withUTF8Buffer { unsafe bytes.append(contentsOf: $0) }
  }

  /// Adds a text that was written before.
  public mutating func append(_ other: JSONText) { bytes.append(contentsOf: other.bytes) }

  /// Adds a value, on one line without spaces.
  public mutating func append(value: JSONValue) {
    var writer = JSONWriter(layout: .compact, text: self)
    bytes = []
    writer.write(value, depth: 0)
    self = writer.text
  }

  /// Adds an integer as ``JSONValue/integer(_:)-(BinaryInteger)`` writes it.
  public mutating func append(_ integer: UInt64) { append(integer, isNegative: false) }

  /// Adds an integer as ``JSONValue/integer(_:)-(BinaryInteger)`` writes it.
  public mutating func append(_ integer: Int64) { append(integer.magnitude, isNegative: integer < 0) }

  private mutating func append(_ magnitude: UInt64, isNegative: Bool) {
    // Beyond that many programs read a number as another.
    let isText = magnitude >= 1 << 53
    if isText { append("\"") }
    if isNegative { append("-") }
    append(literal: magnitude.description)
    if isText { append("\"") }
  }

  /// Adds a text in quotation marks.
  public mutating func append(quoting text: String) {
    append("\"")
    append(escaping: text.utf8.span)
    append("\"")
  }

  /// Adds a part of a text whose quotation marks are written by the caller.
  ///
  /// - Parameter utf8: valid UTF-8.
  public mutating func append(escaping utf8: [UInt8]) { append(escaping: utf8.span) }

  private mutating func append(escaping utf8: Span<UInt8>) {
    // What stands between two escapes is appended at once.
    var start = 0
    for place in 0..<utf8.count where Self.isEscaped(utf8[place]) {
      append(utf8.extracting(start..<place))
      append(escape: utf8[place])
      start = place + 1
    }
    append(utf8.extracting(start..<utf8.count))
  }

  private mutating func append(_ utf8: Span<UInt8>) {
    unsafe utf8.withUnsafeBufferPointer { unsafe bytes.append(contentsOf: $0) }
  }

  /// Adds the digits of a number, or spaces.
  mutating func append(literal: String) { append(literal.utf8.span) }

  private static func isEscaped(_ byte: UInt8) -> Bool {
    byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\")
  }

  private mutating func append(escape byte: UInt8) {
    switch byte {
    case UInt8(ascii: "\""): append("\\\"")
    case UInt8(ascii: "\\"): append("\\\\")
    case UInt8(ascii: "\n"): append("\\n")
    case UInt8(ascii: "\r"): append("\\r")
    case UInt8(ascii: "\t"): append("\\t")
    default: append(literal: "\\u00" + (byte < 16 ? "0" : "") + String(byte, radix: 16))
    }
  }
}
