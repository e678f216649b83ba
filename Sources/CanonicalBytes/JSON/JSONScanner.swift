/// Reads a JSON text (RFC 8259) into a tree, in one pass and without recursion.
///
/// Foundation's decoder does not do: it keeps neither the digits of numbers nor the order of members, drops
/// one of two members of the same name, and names no line; and it would be the largest part of the library
/// for C.
struct JSONScanner {
  /// The deepest that arrays and objects may stand in each other.
  static let depthLimit = 64

  private let bytes: [UInt8]
  private var offset = 0
  /// The arrays and objects that have begun and not ended, outermost first.
  private var open: [Container] = []

  private struct Container {
    let isObject: Bool
    var elements: [JSONValue] = []
    var members: [JSONMember] = []
    /// The names so far, and the one whose value comes next, empty while a name is being read.
    var keys: Set<String> = []
    var key = ""

    var value: JSONValue { isObject ? .object(members) : .array(elements) }
  }

  /// - Parameter bytes: valid UTF-8.
  init(_ bytes: [UInt8]) {
    self.bytes = bytes
  }

  /// The value that is the whole text.
  mutating func document() throws(DocumentError) -> JSONValue {
    guard !bytes.starts(with: [0xEF, 0xBB, 0xBF]) else { throw failure(.byteOrderMark) }
    while true {
      guard let first = try value() else { continue }
      if let document = try close(around: first) {
        skipSpaces()
        guard offset == bytes.count else { throw unexpected(.end) }
        return document
      }
    }
  }

  /// A value that contains no others, or nil after the start of one that does.
  private mutating func value() throws(DocumentError) -> JSONValue? {
    skipSpaces()
    switch next {
    case UInt8(ascii: "{"):
      try begin(Container(isObject: true))
      if skip("}") { return end() }
      try key()
      return nil
    case UInt8(ascii: "["):
      try begin(Container(isObject: false))
      return skip("]") ? end() : nil
    case UInt8(ascii: "\""):
      return .string(try string())
    case .some(UInt8(ascii: "0")...UInt8(ascii: "9")), UInt8(ascii: "-"):
      return .number(try number())
    default:
      if skip(word: "true") { return .bool(true) }
      if skip(word: "false") { return .bool(false) }
      if skip(word: "null") { return .null }
      throw unexpected(.value)
    }
  }

  /// Puts a value where it belongs and closes what ends after it. Returns the outermost value when
  /// that is closed, otherwise nil with the next value ahead.
  private mutating func close(around first: JSONValue) throws(DocumentError) -> JSONValue? {
    var value = first
    while let last = open.indices.last {
      let isObject = open[last].isObject
      if isObject {
        open[last].members.append(JSONMember(open[last].key, value))
      } else {
        open[last].elements.append(value)
      }
      skipSpaces()
      if skip(",") {
        if isObject { try key() }
        return nil
      }
      guard skip(isObject ? "}" : "]") else {
        throw unexpected(isObject ? .commaOrBrace : .commaOrBracket)
      }
      value = end()
    }
    return value
  }

  private mutating func begin(_ container: Container) throws(DocumentError) {
    guard open.count < Self.depthLimit else {
      throw failure(.nestedTooDeep(limit: Self.depthLimit))
    }
    offset += 1
    open.append(container)
    skipSpaces()
  }

  /// The innermost value, which is complete.
  private mutating func end() -> JSONValue {
    open.popLast()?.value ?? .null
  }

  /// The name of the next member, and the colon after it.
  private mutating func key() throws(DocumentError) {
    let last = open.count - 1
    open[last].key = ""
    skipSpaces()
    let start = offset
    guard next == UInt8(ascii: "\"") else { throw unexpected(.key) }
    let key = try string()
    guard open[last].keys.insert(key).inserted else { throw failure(.duplicateKey(key), at: start) }
    open[last].key = key
    skipSpaces()
    guard skip(":") else { throw unexpected(.colon) }
  }

  // MARK: Tokens

  private mutating func string() throws(DocumentError) -> String {
    let start = offset
    var hasEscapes = false
    offset += 1
    while let byte = next {
      switch byte {
      case UInt8(ascii: "\""):
        offset += 1
        let content = bytes[(start + 1)..<(offset - 1)]
        guard hasEscapes else { return String(decoding: content, as: UTF8.self) }
        var escapes = JSONEscapes(content)
        guard let text = escapes.text() else { throw failure(.invalidEscape, at: start) }
        return text
      case UInt8(ascii: "\\"):
        hasEscapes = true
        offset += 2
      case ..<0x20:
        throw failure(.controlCharacter(byte))
      default:
        offset += 1
      }
    }
    throw failure(.unterminatedString, at: start)
  }

  /// `-? (0 | 1-9 digits) (. digits)? ([eE] [+-]? digits)?`
  private mutating func number() throws(DocumentError) -> String {
    let start = offset
    skip("-")
    if !skip("0") { try digits() }
    if skip(".") { try digits() }
    if skip("e") || skip("E") {
      if !skip("-") { skip("+") }
      try digits()
    }
    return String(decoding: bytes[start..<offset], as: UTF8.self)
  }

  private mutating func digits() throws(DocumentError) {
    let run = bytes[offset...].prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    guard !run.isEmpty else { throw unexpected(.digit) }
    offset = run.endIndex
  }

  // MARK: Bytes

  /// The byte ahead, nil at the end.
  private var next: UInt8? { offset < bytes.count ? bytes[offset] : nil }

  private mutating func skipSpaces() {
    while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 {
      offset += 1
    }
  }

  @discardableResult
  private mutating func skip(_ character: Unicode.Scalar) -> Bool {
    guard next == UInt8(ascii: character) else { return false }
    offset += 1
    return true
  }

  private mutating func skip(word: StaticString) -> Bool {
    let wanted = word.description.utf8
    guard bytes[offset...].starts(with: wanted) else { return false }
    offset += wanted.count
    return true
  }

  // MARK: Errors

  private func unexpected(_ expected: SyntaxProblem.Expectation) -> DocumentError {
    failure(.unexpected(found: next, expected: expected))
  }

  private func failure(_ problem: SyntaxProblem, at offset: Int? = nil) -> DocumentError {
    failure(.syntax(problem), at: offset)
  }

  private func failure(_ problem: DocumentProblem, at offset: Int? = nil) -> DocumentError {
    DocumentError(
      path: path, problem: problem, position: TextPosition(of: offset ?? self.offset, in: bytes))
  }

  /// The path of the value that is being read.
  private var path: JSONPath {
    open.reduce(JSONPath.root) { path, container in
      guard container.isObject else { return path.appending(container.elements.count) }
      return container.key.isEmpty ? path : path.appending(container.key)
    }
  }
}
