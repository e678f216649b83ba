internal import CanonicalBytes

/// An object of a venue's own JSON, of which only some members matter. Numbers may stand in strings.
struct LooseObject {
  /// The most members of such an object.
  static let memberLimit = 256

  private let node: JSONNode
  private let members: [String: JSONNode]

  init(_ node: JSONNode) throws(DocumentError) {
    self.node = node
    members = Dictionary(
      try node.entries(maximumCount: Self.memberLimit).map { ($0.key, $0.node) },
      uniquingKeysWith: { first, _ in first })
  }

  /// The member of the first of these names that there is and that is not null.
  func optional(_ keys: String...) -> JSONNode? {
    keys.lazy.compactMap { members[$0]?.unlessNull }.first
  }

  /// The member of a name.
  func member(_ key: String) throws(DocumentError) -> JSONNode {
    guard let member = members[key] else { throw node.failure(.missingKey(key)) }
    return member
  }

  /// The text of a member.
  func text(_ key: String) throws(DocumentError) -> String {
    try member(key).string(maximumLength: 256)
  }

  /// The number of a member.
  func number(_ key: String) throws(DocumentError) -> Double {
    try member(key).decimalNumber()
  }

  /// The number of the first of these members that there is and that is not null.
  func optionalNumber(_ keys: String...) throws(DocumentError) -> Double? {
    for key in keys {
      if let member = members[key]?.unlessNull { return try member.decimalNumber() }
    }
    return nil
  }
}

extension JSONNode {
  /// A finite number, written as one or as a string of one.
  func decimalNumber() throws(DocumentError) -> Double {
    guard case .string(let text) = value else { return try number() }
    guard text.utf8.count <= 64, let number = parseDecimal(Array(text.utf8)[...]) else {
      throw failure(.wrongKind(expected: .number, found: .string))
    }
    return number
  }
}
