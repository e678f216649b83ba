internal import CanonicalBytes
public import TransparencyLog

extension LogEntry {
  /// The most bytes of an entry that stands in the log's tree as it is: the most that a bundle of entries can
  /// hold.
  public static let leafByteLimit = Int(UInt16.max)
  private static let leafDomain: StaticString = "solvency/log-leaf/v1"

  /// What the log's Merkle tree has at this place: the entry's bytes, or, of one that is longer than
  /// ``leafByteLimit``,
  ///
  ///     "solvency/log-leaf/v1" ‖ index ‖ digest
  ///
  /// Both begin with a domain of their own, so neither is taken for the other.
  public var leaf: [UInt8] {
    guard bytes.count > Self.leafByteLimit else { return bytes }
    var writer = CanonicalWriter(domain: Self.leafDomain)
    writer.append(index)
    writer.append(digest)
    return writer.bytes
  }

  /// The leaf's hash in the tree.
  public var leafHash: MerkleHash { .leaf(leaf) }
}

extension LogEntry {
  /// The name of a ledger's log among all logs: a name of the venue's choice, and the digest of the ledger's
  /// first entry, which binds the name to this ledger and no other.
  ///
  ///     <name>/<digest, 64 hexadecimal digits>
  ///
  /// - Precondition: this is the first entry.
  public func origin(named name: String) -> ExactText {
    precondition(index == 0, "a log is named after its first entry")
    return ExactText("\(name)/\(digest)")
  }
}
