extension JSONValue {
  /// How a value is laid out as text.
  public enum Layout: Hashable, Sendable {
    /// On one line without spaces.
    case compact
    /// One member to a line, indented by two spaces, with a newline at the end. Arrays and objects
    /// that contain no others stay on one line.
    case indented
  }

  /// The value as UTF-8 text. Members keep their order, so equal values give equal bytes, and reading
  /// the text gives the value back.
  public func encoded(_ layout: Layout = .compact) -> [UInt8] {
    var writer = JSONWriter(layout: layout)
    writer.write(self, depth: 0)
    if layout == .indented { writer.text.append(UInt8(ascii: "\n")) }
    return writer.text
  }
}

private struct JSONWriter {
  let layout: JSONValue.Layout
  var text: [UInt8] = []

  /// Recurses as deep as the value is nested: the reader and this project's tools stay below 64.
  mutating func write(_ value: JSONValue, depth: Int) {
    switch value {
    case .null: write("null")
    case .bool(let flag): write(flag ? "true" : "false")
    case .number(let literal): write(literal)
    case .string(let string): write(quoting: string)
    case .array(let elements):
      write("[")
      let isFlat = elements.allSatisfy(\.isLeaf)
      for (index, element) in elements.enumerated() {
        separate(index, isFlat: isFlat, depth: depth + 1)
        write(element, depth: depth + 1)
      }
      if !elements.isEmpty { breakLine(isFlat: isFlat, depth: depth) }
      write("]")
    case .object(let members):
      write("{")
      let isFlat = depth > 0 && members.allSatisfy(\.value.isLeaf)
      for (index, member) in members.enumerated() {
        separate(index, isFlat: isFlat, depth: depth + 1)
        write(quoting: member.key)
        write(layout == .compact ? ":" : ": ")
        write(member.value, depth: depth + 1)
      }
      if !members.isEmpty { breakLine(isFlat: isFlat, depth: depth) }
      write("}")
    }
  }

  private mutating func separate(_ index: Int, isFlat: Bool, depth: Int) {
    if index > 0 { write(isFlat && layout == .indented ? ", " : ",") }
    breakLine(isFlat: isFlat, depth: depth)
  }

  private mutating func breakLine(isFlat: Bool, depth: Int) {
    guard layout == .indented, !isFlat else { return }
    write("\n" + String(repeating: "  ", count: depth))
  }

  private mutating func write(_ string: String) {
    text.append(contentsOf: string.utf8)
  }

  private mutating func write(quoting string: String) {
    write("\"")
    // Names, numbers and digests are most of what is written, and need no escape.
    guard string.utf8.contains(where: Self.isEscaped) else {
      write(string)
      write("\"")
      return
    }
    // What stands between two escapes is appended at once.
    var rest = Array(string.utf8)[...]
    while let place = rest.firstIndex(where: Self.isEscaped) {
      text.append(contentsOf: rest[..<place])
      write(escaping: rest[place])
      rest = rest[(place + 1)...]
    }
    text.append(contentsOf: rest)
    write("\"")
  }

  private static func isEscaped(_ byte: UInt8) -> Bool {
    byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\")
  }

  private mutating func write(escaping byte: UInt8) {
    switch byte {
    case UInt8(ascii: "\""): write("\\\"")
    case UInt8(ascii: "\\"): write("\\\\")
    case UInt8(ascii: "\n"): write("\\n")
    case UInt8(ascii: "\r"): write("\\r")
    case UInt8(ascii: "\t"): write("\\t")
    default: write("\\u00" + (byte < 16 ? "0" : "") + String(byte, radix: 16))
    }
  }
}

extension JSONValue {
  /// Whether the value contains no others.
  fileprivate var isLeaf: Bool {
    switch self {
    case .null, .bool, .number, .string: true
    case .array(let elements): elements.isEmpty
    case .object(let members): members.isEmpty
    }
  }
}
