public import CanonicalBytes
internal import MarginRules
public import Solvency

/// What binds a ledger: whose it is, and by which policy, parties and circuits it decides. Its first entry,
/// and every entry that changes one of them.
///
/// The record names the documents by digest, and ``charter`` the document that holds them all (``Charter``),
/// which is the entry's evidence. So anyone who has the log has the rules it was kept by, and none that it
/// does not name (A56).
public struct CharterRecord: Hashable, Sendable {
  /// The version of charters, and of the rules of standing, that this library keeps.
  public static let version: UInt32 = 2
  /// The most circuits of a ledger.
  public static let circuitLimit = 1 << 10

  /// The version of the rules of standing.
  public var version: UInt32
  /// The digest of the entry before, all zero for the first of a log.
  public var previous: Digest
  /// The venue's key, which signs the log.
  public var venue: VerificationKey
  /// ``Charter/encoded()`` by its SHA-256.
  public var charter: Digest
  /// ``Charter/policyDigest``.
  public var policy: Digest
  /// ``Charter/partiesDigest``.
  public var parties: Digest
  /// The circuits that the venue decides on, ascending by digest.
  public var circuits: [Listing]
  /// How long after its time a snapshot is in grace, in seconds.
  public var snapshotGrace: UInt64

  /// A circuit of a ledger.
  public struct Listing: Hashable, Sendable {
    /// The circuit.
    public var circuit: Digest
    /// Whether the venue lists it as convex along coordinates: the charter says why.
    public var isConvex: Bool

    /// A listing of these parts.
    public init(circuit: Digest, isConvex: Bool) {
      self.circuit = circuit
      self.isConvex = isConvex
    }
  }

  /// A record of these parts.
  public init(
    version: UInt32 = Self.version, previous: Digest, venue: VerificationKey, charter: Digest, policy: Digest,
    parties: Digest, circuits: [Listing], snapshotGrace: UInt64
  ) {
    self.version = version
    self.previous = previous
    self.venue = venue
    self.charter = charter
    self.policy = policy
    self.parties = parties
    self.circuits = circuits
    self.snapshotGrace = snapshotGrace
  }
}

/// The charter that is in force.
public struct CharterInForce: Hashable, Sendable {
  /// The identity of the ledger: the digest of the entry that founded or upgraded it.
  public internal(set) var identity: Digest
  /// What the last entry about it says.
  public internal(set) var record: CharterRecord
  /// All circuits that were ever listed; standings name them by place.
  var circuits: [Digest]
  /// Where the charter's document is in the log.
  var index: UInt64

  /// How a circuit is listed; nil if it is not.
  public func listing(of circuit: Digest) -> CharterRecord.Listing? {
    record.circuits.first { $0.circuit == circuit }
  }

  func place(of circuit: Digest) -> UInt16? {
    guard listing(of: circuit) != nil else { return nil }
    return circuits.firstIndex(of: circuit).flatMap { UInt16(exactly: $0) }
  }
}

extension LedgerState {
  /// Founds an empty ledger, upgrades one of the form before, or changes the charter in force.
  ///
  /// Anyone who stands on a circuit that is no longer listed, or between two ends under one that is no longer
  /// listed as convex, stands on nothing.
  mutating func adopt(_ record: CharterRecord, at time: Timestamp) throws(LedgerError) {
    guard record.version == CharterRecord.version else { throw .unsupportedCharter(version: record.version) }
    let digests = record.circuits.map(\.circuit.bytes)
    guard record.circuits.count <= CharterRecord.circuitLimit,
      zip(digests, digests.dropFirst()).allSatisfy({ $0.lexicographicallyPrecedes($1) }),
      record.snapshotGrace <= UInt64(SnapshotLimits.times.upperBound)
    else { throw .implausible }
    var circuits = charter?.circuits ?? []
    for listing in record.circuits where !circuits.contains(listing.circuit) {
      circuits.append(listing.circuit)
    }
    guard circuits.count <= Int(UInt16.max) else { throw .full }
    if let charter, charter.record.venue != record.venue { throw .foreignCharter }
    guard eventCount > 0 || record.previous == .zero else { throw .foreignCharter }
    let identity =
      charter?.identity
      ?? LogEntry(
        after: LogHead(count: eventCount, digest: record.previous), time: time, event: .chartered(record)
      ).digest
    let isUpgrade = charter == nil
    charter = CharterInForce(identity: identity, record: record, circuits: circuits, index: eventCount)
    for slot in accounts.records.indices {
      let account = accounts.records[slot]
      guard account.proven != .nothing else { continue }
      let listing = isUpgrade ? nil : charter?.listing(of: circuits[Int(account.circuit)])
      if let listing, listing.isConvex || !account.proven.isSegment { continue }
      void(slot, at: time)
    }
    headrooms = headrooms.filter { _, active in
      !isUpgrade && charter?.listing(of: circuits[Int(active.claim.circuit)])?.isConvex == true
    }
  }

  /// Nothing is known of an account's commitment from here on, and it has until soon to prove it.
  mutating func void(_ slot: Int, at time: Timestamp) {
    accounts.records[slot].proven = .nothing
    guard let epoch = currentEpoch else { return }
    let soon = time.advanced(by: epoch.fillInterval).seconds
    accounts.records[slot].deadline = min(accounts.records[slot].deadline, soon)
  }
}
