/// What is wrong with a document, and where.
public struct DocumentError: Error, Hashable, Sendable {
  /// The path of the value at fault, such as `instruments[3].long[1].imPerLot`; empty for the
  /// document as a whole.
  public let path: String
  /// What is wrong there.
  public let problem: DocumentProblem
  /// Where in the text, when the text itself is at fault.
  public let position: TextPosition?

  /// A problem at a path.
  public init(path: JSONPath, problem: DocumentProblem, position: TextPosition? = nil) {
    self.path = path.description
    self.problem = problem
    self.position = position
  }
}

/// A place in a text. Both numbers count from 1; a column is one byte of UTF-8.
public struct TextPosition: Hashable, Sendable {
  /// The number of the line.
  public let line: Int
  /// The number of the byte in that line.
  public let column: Int

  /// The place of a byte in a text.
  init(of offset: Int, in bytes: [UInt8]) {
    let newline = UInt8(ascii: "\n")
    let before = bytes[..<min(offset, bytes.count)]
    line = 1 + before.count { $0 == newline }
    column = 1 + before.count - (before.lastIndex(of: newline).map { $0 + 1 } ?? 0)
  }
}

/// What can be wrong with a document or a value in it.
public enum DocumentProblem: Hashable, Sendable {
  /// The document has more bytes than its kind may have.
  case tooLarge(bytes: Int, limit: Int)
  /// The bytes are not UTF-8.
  case notUTF8
  /// The text is not JSON.
  case syntax(SyntaxProblem)
  /// Arrays and objects stand in each other more than `limit` deep.
  case nestedTooDeep(limit: Int)
  /// An object names a member twice.
  case duplicateKey(String)
  /// An object has a member that its kind does not know.
  case unknownKey(String, suggestion: String?)
  /// The document is of another version than is read here; its value as it is written.
  case unsupportedVersion(String, known: ClosedRange<Int64>)
  /// An object lacks a member.
  case missingKey(String)
  /// An object lacks several members, all of which are named.
  case missingKeys([String])
  /// An object has members that its kind does not know, several or while it lacks others.
  case wrongKeys(WrongKeys)
  /// The value is of another kind.
  case wrongKind(expected: JSONKind, found: JSONKind)
  /// The number is written with a point or exponent, or the string is not a canonical decimal integer.
  case notAnInteger(String)
  /// The text or number is no instant.
  case notAnInstant(String, InstantFault)
  /// The number is not a multiple of 10 to this exponent.
  case notAMultiple(String, ofTenTo: Int)
  /// The number lies outside its range, ends included.
  case outOfRange(String, lower: String, upper: String)
  /// An array, object or text has more elements, members or bytes than `limit`.
  case tooLong(count: Int, limit: Int)
  /// The string has characters that are not lower-case hexadecimal digits, or an odd number of them.
  case notHexadecimal
  /// The string stands for another number of bytes.
  case wrongByteCount(expected: Int, actual: Int)
  /// The string is not canonical base64 with padding.
  case notBase64
  /// The string is not one of the words that are known here.
  case unknownWord(String, known: [String])
}

/// The names of an object that are wrong, all of them at once.
public struct WrongKeys: Hashable, Sendable {
  /// A name that the kind does not know.
  public struct Unknown: Hashable, Sendable {
    /// The name as it is written.
    public let key: String
    /// The known name that it most likely means.
    public let suggestion: String?
  }

  /// The first ``mostNamed`` names that the kind does not know, in the order of the text.
  public let unknown: [Unknown]
  /// How many more it does not know.
  public let moreUnknown: Int
  /// The names that the object lacks, without those that an unknown one means.
  public let missing: [String]

  /// The most unknown names that are named: an object of another kind may have thousands.
  public static let mostNamed = 16
}

/// What can be wrong with a text that should be JSON.
public enum SyntaxProblem: Hashable, Sendable {
  /// Something else should stand here; `found` is nil at the end of the text.
  case unexpected(found: UInt8?, expected: Expectation)
  /// A string has no closing quotation mark.
  case unterminatedString
  /// A control character stands in a string; it must be escaped.
  case controlCharacter(UInt8)
  /// A string has an unknown escape, or half of a surrogate pair.
  case invalidEscape
  /// The text begins with a byte order mark.
  case byteOrderMark

  /// What may stand at a place of a JSON text.
  public enum Expectation: String, Hashable, Sendable {
    /// The start of a value.
    case value = "a value"
    /// A name of a member.
    case key = "a key in quotation marks"
    /// The sign between name and value.
    case colon = "':'"
    /// More of an array, or its end.
    case commaOrBracket = "',' or ']'"
    /// More of an object, or its end.
    case commaOrBrace = "',' or '}'"
    /// A digit of a number.
    case digit = "a digit"
    /// Nothing more.
    case end = "the end of the document"
  }
}

extension DocumentError: CustomStringConvertible {
  /// One line: where, what is wrong, and what to do about it.
  public var description: String {
    var place: [String] = []
    if let position { place.append("line \(position.line), column \(position.column)") }
    if !path.isEmpty { place.append(path) }
    return (place.isEmpty ? "the document" : place.joined(separator: ", at ")) + ": \(problem)"
  }
}

extension DocumentProblem: CustomStringConvertible {
  /// What is wrong and what to do about it.
  public var description: String {
    switch self {
    case .tooLarge(let bytes, let limit):
      "has \(bytes) bytes; at most \(limit) are read"
    case .notUTF8:
      "is not UTF-8 text; save it as UTF-8"
    case .syntax(let problem):
      problem.description
    case .nestedTooDeep(let limit):
      "is nested more than \(limit) deep; flatten it"
    case .duplicateKey(let key):
      "names \(quoted(key)) twice; keep one"
    case .unknownKey(let key, let suggestion):
      "has the unknown key \(quoted(key)); "
        + (suggestion.map { "did you mean \(quoted($0))?" } ?? "remove it")
    case .unsupportedVersion(let text, let known):
      "\(text) is not supported; this reads version "
        + (known.lowerBound == known.upperBound
          ? "\(known.lowerBound)" : "\(known.lowerBound) to \(known.upperBound)")
    case .missingKey(let key):
      "lacks the key \(quoted(key)); add it"
    case .missingKeys(let keys):
      "lacks the keys \(keys.map(quoted).joined(separator: ", ")); add them"
    case .wrongKeys(let keys):
      keys.description
    case .wrongKind(let expected, let found):
      "is \(found.rawValue); write \(expected.rawValue)"
    case .notAnInteger(let text):
      "\(quoted(text)) is not an integer; write decimal digits only, without point, exponent or "
        + "leading zeros"
    case .notAnInstant(let text, let fault):
      "\(quoted(text)) \(fault)"
    case .notAMultiple(let text, let exponent):
      "\(quoted(text)) is not a multiple of 1e\(exponent); round it"
    case .outOfRange(let text, let lower, let upper):
      "\(quoted(text)) is out of range; write \(lower) to \(upper)"
    case .tooLong(let count, let limit):
      "is \(count) long; at most \(limit) are allowed"
    case .notHexadecimal:
      "is not hexadecimal; write pairs of the digits 0-9 and a-f"
    case .wrongByteCount(let expected, let actual):
      "stands for \(actual) bytes; write \(expected)"
    case .notBase64:
      "is not base64; use the standard alphabet with padding and nothing else"
    case .unknownWord(let word, let known):
      "\(quoted(word)) is not known here; write \(known.map(quoted).joined(separator: " or "))"
    }
  }
}

extension WrongKeys: CustomStringConvertible {
  /// What is wrong and what to do about it.
  public var description: String {
    var names = unknown.map { name in
      quoted(name.key) + (name.suggestion.map { " (did you mean \(quoted($0))?)" } ?? "")
    }
    if moreUnknown > 0 { names.append("\(moreUnknown) more") }
    return "has the unknown key\(names.count == 1 ? "" : "s") \(names.joined(separator: ", "))"
      + (missing.isEmpty
        ? "; correct or remove them"
        : " and lacks \(missing.map(quoted).joined(separator: ", ")); correct or remove what is unknown and add "
          + "what is missing")
  }
}

extension SyntaxProblem: CustomStringConvertible {
  /// What is wrong and what to do about it.
  public var description: String {
    switch self {
    case .unexpected(nil, let expected):
      "the text ends where \(expected.rawValue) should be"
    case .unexpected(.some(let byte), let expected):
      "expected \(expected.rawValue), found \(quoted(String(Unicode.Scalar(byte))))"
    case .unterminatedString:
      "the string has no closing quotation mark"
    case .controlCharacter(let byte):
      "control character \(byte) in a string; escape it"
    case .invalidEscape:
      "the string has an invalid escape; the escapes are \\\" \\\\ \\/ \\b \\f \\n \\r \\t \\uXXXX"
    case .byteOrderMark:
      "the text begins with a byte order mark; save it as UTF-8 without one"
    }
  }
}

extension DocumentError {
  /// The version of the document, if what is wrong is that it is another one than is read.
  package var unsupportedVersion: Int64? {
    guard case .unsupportedVersion(let text, _) = problem else { return nil }
    return Int64(text)
  }
}
