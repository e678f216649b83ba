internal import CanonicalBytes

/// The members of an object whose kind may have more than this program knows.
package struct JSONMembers {
  private let node: JSONNode
  private let entries: [JSONEntry]

  init(_ node: JSONNode) throws(DocumentError) {
    self.node = node
    entries = try node.entries(maximumCount: 1 << 10)
  }

  /// The names in the order of the text.
  var keys: [String] { entries.map(\.key) }

  /// The value under a name, if there is one.
  func optional(_ key: String) -> JSONNode? { entries.first { $0.key == key }?.node }

  /// The value under a name.
  func required(_ key: String) throws(DocumentError) -> JSONNode {
    guard let value = optional(key) else { throw node.failure(.missingKey(key)) }
    return value
  }
}
