/// The lines of a text, one after the other, each of which ends.
struct Lines {
  /// What was not read yet.
  private(set) var rest: ArraySlice<UInt8>

  init(_ bytes: [UInt8]) { rest = bytes[...] }

  /// The next line without its end; nil if none ends.
  mutating func next() -> ArraySlice<UInt8>? {
    guard let end = rest.firstIndex(of: 0x0A) else { return nil }
    defer { rest = rest[(end + 1)...] }
    return rest[..<end]
  }

  /// Hashes in base 64, a line each, up to an empty line.
  mutating func hashes() throws(LogProofError) -> [MerkleHash] {
    var hashes: [MerkleHash] = []
    while let line = next() {
      if line.isEmpty { return hashes }
      guard hashes.count < pathLimit, let hash = MerkleHash(base64: line) else { throw .malformedPath }
      hashes.append(hash)
    }
    throw .malformedPath
  }
}

extension ArraySlice<UInt8> {
  /// What follows a beginning; nil if it does not begin so.
  func dropping(prefix: StaticString) -> ArraySlice? {
    let prefix = Array(prefix.description.utf8)
    return starts(with: prefix) ? dropFirst(prefix.count) : nil
  }
}
