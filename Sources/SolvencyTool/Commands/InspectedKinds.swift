internal import CanonicalBytes
internal import CommandSupport

/// Kinds that need no reader of their own.
extension InspectedFile {
  /// What members of a JSON file say that are shown, or of a secret one what it is.
  func known(_ kind: FileKind, _ node: JSONNode) -> Report {
    guard !kind.isSecret else { return secret(kind.description) }
    guard case .object(let members) = node.value else { return report(kind.description, []) }
    let rows = kind.shown.compactMap { name in
      members.first { $0.key == name }.map { (name, Self.text(of: $0.value)) }
    }
    return report(kind.description, rows)
  }

  /// The report on a text or on bytes.
  func notJSON(_ kind: FileKind) throws(ToolFailure) -> Report {
    guard !kind.isSecret else { return secret(kind.description) }
    switch kind {
    case .circuit: return try circuit()
    case .log: return report(kind.description, [("bytes", "\(bytes.count)")])
    case .checkpoint:
      let lines = String(decoding: bytes.prefix(FileKind.prefixLength), as: UTF8.self).split(
        separator: "\n", omittingEmptySubsequences: false)
      return report(kind.description, [("origin", String(lines[0])), ("size", String(lines[1]))])
    default: return report(kind.description, [])
    }
  }

  /// A word, number or digest as it stands; of a list or an object how many it has.
  private static func text(of value: JSONValue) -> String {
    switch value {
    case .string(let text), .number(let text): text
    case .array(let elements): "\(elements.count)"
    case .object(let members): "\(members.count)"
    case .bool(let flag): flag ? "true" : "false"
    case .null: "none"
    }
  }
}
