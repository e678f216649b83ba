/// A kind of file, told by how it begins or which members it has.
package struct FileKind: Hashable, Sendable, CustomStringConvertible {
  /// What it is, with its article: "a risk snapshot".
  package let name: String
  /// What else is said of it, as it follows the name: "; `solvency roll show` says more".
  private let remark: String
  /// Members of the JSON that files of the kind have, and no kind before it in ``all`` has all of; empty for
  /// other files.
  let keys: Set<String>
  /// Members that no other kind has, where all may be missing.
  private let any: Set<String>
  /// Members that are shown: words, numbers and digests; of lists how many there are.
  package let shown: [String]
  /// Whether it tells of a book, or opens one: then nothing is shown.
  package let isSecret: Bool

  init(
    _ name: String, _ remark: String = "", keys: Set<String> = [], any: Set<String> = [],
    shown: [String] = [], isSecret: Bool = false
  ) {
    self.name = name
    self.remark = remark
    self.keys = keys
    self.any = any
    self.shown = shown
    self.isSecret = isSecret
  }

  /// The name and what else is said of it.
  package var description: String { name + remark }

  /// Whether files of the kind are JSON.
  package var isJSON: Bool { !keys.isEmpty || !any.isEmpty || self == .unknownJSON }

  private func fits(_ members: Set<String>) -> Bool {
    any.isEmpty ? !keys.isEmpty && keys.isSubset(of: members) : !any.isDisjoint(with: members)
  }

  // MARK: Recognising

  /// As many bytes of a file as are enough to tell its kind.
  package static let prefixLength = 1 << 16

  /// The kind of the file that begins with these bytes, or nil. Nothing of it is checked.
  package static func recognised(_ bytes: some Collection<UInt8>) -> FileKind? {
    let start = Array(bytes.prefix(prefixLength))
    guard let first = start.first(where: { $0 > 0x20 }) else { return nil }
    guard first == UInt8(ascii: "{") || first == UInt8(ascii: "[") else { return notJSON(start) }
    let members = JSONOutline.members(of: bytes)
    return all.first { $0.fits(members) } ?? .unknownJSON
  }

  /// The kind that bytes plainly are, rather than one of those that are wanted; nil if that cannot be said.
  ///
  /// A file that is nearly of a kind that is wanted is left to its reader, who says more.
  static func other(_ bytes: some Collection<UInt8>, than wanted: [FileKind]) -> FileKind? {
    guard !wanted.isEmpty, let found = recognised(bytes), !wanted.contains(found) else { return nil }
    guard found.isJSON else { return found }
    let members = JSONOutline.members(of: bytes)
    // What is cut off may lack just those members that tell it from others.
    if bytes.count < prefixLength, !JSONOutline.isWhole(bytes), wanted.contains(where: \.isJSON) {
      return nil
    }
    let isNearlyWanted = wanted.contains {
      $0.fits(members) || found == .unknownJSON && $0.isJSON
        || $0.keys.intersection(members).count >= found.keys.count
          && !$0.keys.intersection(members).isSubset(of: found.keys)
    }
    return isNearlyWanted ? nil : found
  }

  /// Refuses bytes that are plainly of another kind than those that are wanted.
  ///
  /// Asked where a file could not be read as what it should be, or before a passphrase is asked for.
  package static func check(
    _ bytes: some Collection<UInt8>, at path: String, is wanted: [FileKind]
  ) throws(ToolFailure) {
    guard let found = other(bytes, than: wanted) else { return }
    throw ToolFailure(
      .malformedInput, InputFile.name(path),
      "is \(found.name); \(wanted.map(\.name).joined(separator: " or ")) is wanted")
  }

  /// The first line of ``droughtObservations``.
  package static let droughtHeader = "time,depthHour,depthDay,spread,volatility,funding,interest,hour,drought"

  /// The kind of a file that is text or binary.
  private static func notJSON(_ start: [UInt8]) -> FileKind? {
    func begins(with text: String) -> Bool { start.starts(with: text.utf8) }
    if begins(with: "solvency opening") { return .opening }
    if begins(with: "solvency signkey") { return .signingKey }
    if begins(with: "solvency escrkey") { return .escrowKey }
    if begins(with: "SQLite format 3") { return .database }
    if begins(with: "old ") { return .witnessRequest }
    if begins(with: "c2sp.org/tlog-proof@v1\n") { return .receipt }
    let lines = String(decoding: start, as: UTF8.self).split(
      separator: "\n", omittingEmptySubsequences: false)
    if lines.contains(where: { $0.hasPrefix("circuit ") }) { return .circuit }
    if String(decoding: start.prefix(64), as: UTF8.self).contains("solvency/log/v1") { return .log }
    if begins(with: droughtHeader + "\n") { return .droughtObservations }
    if begins(with: "<!DOCTYPE html>") { return .page }
    if lines.contains(where: { $0.hasPrefix("quorum ") }) { return .trustPolicy }
    if lines.count <= 2, lines[0].split(separator: "+").count == 3, !lines[0].contains(" ") {
      return .noteKey
    }
    if lines.count >= 4, lines.contains(where: { $0.hasPrefix("\u{2014} ") }) { return .checkpoint }
    return nil
  }
}

/// The names of the members of a JSON object, without reading what is in them.
private enum JSONOutline {
  /// Whether the first object or array of a text ends in it.
  static func isWhole(_ bytes: some Collection<UInt8>) -> Bool { read(bytes).isWhole }

  /// The names in the first object of a text, which may be cut off or not JSON at all.
  static func members(of bytes: some Collection<UInt8>) -> Set<String> { read(bytes).members }

  private static func read(_ bytes: some Collection<UInt8>) -> (members: Set<String>, isWhole: Bool) {
    var members: Set<String> = []
    var depth = 0
    /// The text since a quotation mark; nil outside of texts.
    var text: [UInt8]?
    var last: [UInt8] = []
    var isEscaped = false
    for byte in bytes {
      if let open = text {
        if !isEscaped, byte == UInt8(ascii: "\"") {
          (last, text) = (open, nil)
        } else if depth == 1, open.count < 64 {
          text?.append(byte)
        }
        isEscaped = !isEscaped && byte == UInt8(ascii: "\\")
        continue
      }
      switch byte {
      case UInt8(ascii: "\""): text = []
      case UInt8(ascii: ":") where depth == 1: members.insert(String(decoding: last, as: UTF8.self))
      case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
      case UInt8(ascii: "}"), UInt8(ascii: "]"):
        depth -= 1
        if depth <= 0 { return (members, true) }
      default: break
      }
    }
    return (members, false)
  }
}
