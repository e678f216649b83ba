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
    if layout == .indented { writer.text.append("\n") }
    return writer.text.bytes
  }
}

/// Writes trees.
struct JSONWriter {
  let layout: JSONValue.Layout
  var text = JSONText()

  /// Recurses as deep as the value is nested: the reader and this project's tools stay below 64.
  mutating func write(_ value: JSONValue, depth: Int) {
    switch value {
    case .null: text.append("null")
    case .bool(let flag): text.append(flag ? "true" : "false" as StaticString)
    case .number(let literal): text.append(literal: literal)
    case .string(let string): text.append(quoting: string)
    case .array(let elements):
      text.append("[")
      let isFlat = elements.allSatisfy(\.isLeaf)
      for (index, element) in elements.enumerated() {
        separate(index, isFlat: isFlat, depth: depth + 1)
        write(element, depth: depth + 1)
      }
      if !elements.isEmpty { breakLine(isFlat: isFlat, depth: depth) }
      text.append("]")
    case .object(let members):
      text.append("{")
      let isFlat = depth > 0 && members.allSatisfy(\.value.isLeaf)
      for (index, member) in members.enumerated() {
        separate(index, isFlat: isFlat, depth: depth + 1)
        text.append(quoting: member.key)
        text.append(layout == .compact ? ":" : ": " as StaticString)
        write(member.value, depth: depth + 1)
      }
      if !members.isEmpty { breakLine(isFlat: isFlat, depth: depth) }
      text.append("}")
    }
  }

  private mutating func separate(_ index: Int, isFlat: Bool, depth: Int) {
    if index > 0 { text.append(isFlat && layout == .indented ? ", " : "," as StaticString) }
    breakLine(isFlat: isFlat, depth: depth)
  }

  private mutating func breakLine(isFlat: Bool, depth: Int) {
    guard layout == .indented, !isFlat else { return }
    text.append("\n")
    text.append(literal: String(repeating: "  ", count: depth))
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
