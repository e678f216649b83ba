public import CanonicalBytes
public import MarginRules

/// What a venue signs of a snapshot: that these are its numbers for that epoch.
public struct SnapshotEndorsement: Signable {
  /// A venue signs it.
  public static let signer = SignerRole.venue
  /// What it is called in files.
  public static let kind = "snapshot"

  /// The name of the venue, without a ledger: a snapshot is the venue's in all of them.
  public let venue: Audience
  /// The snapshot.
  public let snapshot: Digest
  /// Its number in the venue's chain.
  public let epoch: Int64

  /// The endorsement of a snapshot.
  public init(of snapshot: RiskSnapshot, by venue: Audience) {
    self.venue = venue.named
    self.snapshot = snapshot.digest
    epoch = snapshot.epoch
  }

  /// Whether it is this snapshot that is endorsed.
  public func endorses(_ snapshot: RiskSnapshot) -> Bool {
    self.snapshot == snapshot.digest && epoch == snapshot.epoch
  }

  /// Every field, after its domain.
  public var canonicalBytes: [UInt8] {
    var writer = CanonicalWriter(domain: "solvency/snapshot-endorsement/v1")
    writer.append(text: venue.utf8)
    writer.append(snapshot)
    writer.append(UInt64(bitPattern: epoch))
    return writer.bytes
  }

  /// The content as it stands in a file.
  public var json: JSONValue {
    [
      "version": .integer(VersionedFile.version), "venue": .string(venue.description),
      "snapshot": .hex(snapshot.bytes), "epoch": .integer(epoch),
    ]
  }

  /// Reads the content as it stands in a file.
  ///
  /// - Throws: ``FileError`` for a file that is not of this form, with the path of the value at fault.
  public init(_ node: JSONNode) throws(FileError) {
    let file = try VersionedFile(node, keys: ["venue", "snapshot", "epoch"])
    venue = try file.audience("venue")
    snapshot = try file.digest("snapshot")
    epoch = try file.read("epoch") { node throws(DocumentError) in
      try node.integer(in: 0...Int64.max)
    }
  }
}
