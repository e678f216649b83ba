/// A value of a document and its path, read by asking for what it should be.
///
/// Every reading function throws a ``DocumentError`` that names the path when the value is something
/// else.
public struct JSONNode: Hashable, Sendable {
  /// The value.
  public let value: JSONValue
  /// Where in the document it stands.
  public let path: JSONPath

  /// A value at a path.
  public init(_ value: JSONValue, at path: JSONPath = .root) {
    self.value = value
    self.path = path
  }

  /// An error at this value.
  public func failure(_ problem: DocumentProblem) -> DocumentError {
    DocumentError(path: path, problem: problem)
  }

  /// This value, or nil if it is `null`.
  public var unlessNull: JSONNode? {
    value == .null ? nil : self
  }

  /// True or false.
  ///
  /// - Throws: ``DocumentProblem/wrongKind(expected:found:)`` for another kind of value.
  public func bool() throws(DocumentError) -> Bool {
    guard case .bool(let flag) = value else { throw wrongKind(.bool) }
    return flag
  }

  /// A text of at most `maximumLength` bytes of UTF-8.
  ///
  /// - Throws: ``DocumentProblem/wrongKind(expected:found:)`` for another kind of value,
  ///   ``DocumentProblem/tooLong(count:limit:)`` for a longer text.
  public func string(maximumLength: Int) throws(DocumentError) -> String {
    guard case .string(let text) = value else { throw wrongKind(.string) }
    guard text.utf8.count <= maximumLength else {
      throw failure(.tooLong(count: text.utf8.count, limit: maximumLength))
    }
    return text
  }

  /// One of the words that are the raw values of a type.
  ///
  /// - Throws: ``DocumentProblem/wrongKind(expected:found:)`` for another kind of value,
  ///   ``DocumentProblem/unknownWord(_:known:)`` for another text.
  public func word<Word>(
    _ type: Word.Type = Word.self
  ) throws(DocumentError) -> Word where Word: RawRepresentable<String> & CaseIterable {
    guard case .string(let text) = value else { throw wrongKind(.string) }
    guard let word = Word(rawValue: text) else {
      throw failure(.unknownWord(text, known: Word.allCases.map(\.rawValue)))
    }
    return word
  }

  /// The elements of an array of at most `maximumCount` elements.
  ///
  /// - Throws: ``DocumentProblem/wrongKind(expected:found:)`` for another kind of value,
  ///   ``DocumentProblem/tooLong(count:limit:)`` for more elements.
  public func array(maximumCount: Int) throws(DocumentError) -> [JSONNode] {
    guard case .array(let elements) = value else { throw wrongKind(.array) }
    guard elements.count <= maximumCount else {
      throw failure(.tooLong(count: elements.count, limit: maximumCount))
    }
    return elements.enumerated().map { JSONNode($1, at: path.appending($0)) }
  }

  /// The members of an object that has these and no others.
  ///
  /// - Throws: ``DocumentProblem/unknownKey(_:suggestion:)`` before
  ///   ``DocumentProblem/missingKey(_:)`` or ``DocumentProblem/missingKeys(_:)``, because a misspelt key is both.
  public func object(
    required: [String], optional: [String] = []
  ) throws(DocumentError) -> JSONObject {
    guard case .object(let members) = value else { throw wrongKind(.object) }
    let known = required + optional
    for member in members where !known.contains(where: { isSameKey($0, member.key) }) {
      throw failure(
        .unknownKey(member.key, suggestion: suggestion(for: member.key, among: known)))
    }
    let missing = required.filter { key in !members.contains { isSameKey($0.key, key) } }
    if missing.count > 1 { throw failure(.missingKeys(missing)) }
    if let key = missing.first { throw failure(.missingKey(key)) }
    return JSONObject(members: members, path: path)
  }

  /// The members of an object with names of any kind, at most `maximumCount`, in the order of the text.
  ///
  /// - Throws: ``DocumentProblem/wrongKind(expected:found:)`` for another kind of value,
  ///   ``DocumentProblem/tooLong(count:limit:)`` for more members.
  public func entries(maximumCount: Int) throws(DocumentError) -> [JSONEntry] {
    guard case .object(let members) = value else { throw wrongKind(.object) }
    guard members.count <= maximumCount else {
      throw failure(.tooLong(count: members.count, limit: maximumCount))
    }
    return members.map { JSONEntry(key: $0.key, node: JSONNode($0.value, at: path.appending($0.key))) }
  }

  func wrongKind(_ expected: JSONKind) -> DocumentError {
    failure(.wrongKind(expected: expected, found: value.kind))
  }
}

/// A named value of an object with names of any kind.
public struct JSONEntry: Hashable, Sendable {
  /// The name.
  public let key: String
  /// The value under that name.
  public let node: JSONNode
}

/// An object whose members have been checked against the names that its kind knows.
public struct JSONObject: Hashable, Sendable {
  private let members: [JSONMember]
  private let path: JSONPath

  init(members: [JSONMember], path: JSONPath) {
    self.members = members
    self.path = path
  }

  /// The value under a name.
  ///
  /// - Throws: ``DocumentProblem/missingKey(_:)`` if the object lacks it.
  public subscript(key: String) -> JSONNode {
    get throws(DocumentError) {
      guard let node = optional(key) else {
        throw DocumentError(path: path, problem: .missingKey(key))
      }
      return node
    }
  }

  /// The value under a name, or nil if the object lacks it. A `null` is a value.
  public func optional(_ key: String) -> JSONNode? {
    members.first { isSameKey($0.key, key) }
      .map { JSONNode($0.value, at: path.appending(key)) }
  }
}

/// Byte by byte: a name that only looks the same, or is so by Unicode's rules, is another name.
private func isSameKey(_ a: String, _ b: String) -> Bool {
  a.utf8.count == b.utf8.count && a.utf8.elementsEqual(b.utf8)
}
