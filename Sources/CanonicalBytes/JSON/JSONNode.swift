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

  /// Whether this is an object with a member of this name.
  public func has(_ key: String) -> Bool {
    guard case .object(let members) = value else { return false }
    return members.contains { isSameKey($0.key, key) }
  }

  /// The members of an object that has these and no others.
  ///
  /// All names that are wrong are reported at once. A missing name that an unknown one is nearly is taken for
  /// misspelt, and stands only as what was meant.
  ///
  /// - Throws: ``DocumentProblem/wrongKind(expected:found:)`` for another kind of value,
  ///   ``DocumentProblem/unknownKey(_:suggestion:)``, ``DocumentProblem/missingKey(_:)``,
  ///   ``DocumentProblem/missingKeys(_:)`` or, for several unknown names or names of both sorts,
  ///   ``DocumentProblem/wrongKeys(_:)``.
  public func object(
    required: [String], optional: [String] = []
  ) throws(DocumentError) -> JSONObject {
    guard case .object(let members) = value else { throw wrongKind(.object) }
    let known = required + optional
    let unknown = members.filter { member in !known.contains { isSameKey($0, member.key) } }
    let missing = required.filter { !has($0) }
    guard unknown.isEmpty, missing.isEmpty else {
      throw failure(Self.problem(unknown: unknown.map(\.key), missing: missing, known: known))
    }
    return JSONObject(members: members, path: path)
  }

  /// What is wrong with an object that has names that are unknown, lacks some, or both.
  private static func problem(unknown: [String], missing: [String], known: [String]) -> DocumentProblem {
    let named = unknown.prefix(WrongKeys.mostNamed).map { key in
      WrongKeys.Unknown(
        key: key, suggestion: suggestion(for: key, among: missing) ?? suggestion(for: key, among: known))
    }
    let lacking = missing.filter { key in !named.contains { $0.suggestion == key } }
    if named.isEmpty { return lacking.count == 1 ? .missingKey(lacking[0]) : .missingKeys(lacking) }
    if unknown.count == 1, lacking.isEmpty {
      return .unknownKey(named[0].key, suggestion: named[0].suggestion)
    }
    return .wrongKeys(
      WrongKeys(unknown: named, moreUnknown: unknown.count - named.count, missing: lacking))
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
