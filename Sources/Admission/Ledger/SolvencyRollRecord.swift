public import CanonicalBytes
internal import MarginRules
public import Solvency
public import TransparencyLog

/// What a roll of all accounts showed: the venue's own solvency, stated in the log that its admissions stand
/// in.
///
/// The entry's document is the roll's checkpoint, with the cosignatures that it had. So anyone who holds a
/// receipt of the entry has a root that the venue cannot exchange for another of the same number: one roll of
/// each number is in the log.
public struct SolvencyRollRecord: Hashable, Sendable {
  /// The most totals of one record.
  public static let totalLimit = 1 << 12
  /// The most bands of one record, the maintenance rule among them.
  public static let bandLimit = 16

  /// A total over all hidden books that the venue made public with a proof.
  public struct Total: Hashable, Sendable {
    /// The coordinate: "position/BTC-PERP".
    public var coordinate: String
    /// The least and the largest that it is, lots or quanta.
    public var range: ClosedRange<Int64>

    /// A total of these parts.
    public init(coordinate: String, range: ClosedRange<Int64>) {
      (self.coordinate, self.range) = (coordinate, range)
    }
  }

  /// The number of the roll.
  public var epoch: UInt64
  /// The instant at which the books were as they are listed.
  public var moment: Timestamp
  /// SHA-256 of the roll's header.
  public var header: Digest
  /// The number of entries of the roll, its header among them.
  public var size: UInt64
  /// The root over them.
  public var root: MerkleHash
  /// The number of accounts that are proved solvent, that have a bounded shortfall, and that were opened to
  /// the auditor.
  public var counts: [UInt64]
  /// The number of solvent accounts by band, the maintenance rule first; empty for a roll without bands.
  public var bands: [UInt64]
  /// What the bands prove, in the order of ``bands``: "health_band@health=120".
  public var bandNames: [String]
  /// Σ of the shortfalls, in quanta of value.
  public var shortfall: UInt128
  /// The insurance fund of the roll's header, in quanta of value.
  public var fund: Int64
  /// The totals that are public, by coordinate, ascending.
  public var totals: [Total]
  /// SHA-256 over the canonical bytes of the audit of the whole roll.
  public var audit: Digest
  /// SHA-256 of the roll's signed checkpoint.
  public var evidence: Digest

  /// A record of these parts.
  public init(
    epoch: UInt64, moment: Timestamp, header: Digest, size: UInt64, root: MerkleHash, counts: [UInt64],
    bands: [UInt64], bandNames: [String], shortfall: UInt128, fund: Int64, totals: [Total], audit: Digest,
    evidence: Digest
  ) {
    (self.epoch, self.moment, self.header, self.size, self.root) = (epoch, moment, header, size, root)
    (self.counts, self.bands, self.bandNames, self.shortfall) = (counts, bands, bandNames, shortfall)
    (self.fund, self.totals, self.audit, self.evidence) = (fund, totals, audit, evidence)
  }

  /// Whether its numbers can be those of one roll.
  var isPlausible: Bool {
    let (accounts, overflow) = counts.reduce((UInt64(0), false)) { sum, count in
      let (next, overflow) = sum.0.addingReportingOverflow(count)
      return (next, sum.1 || overflow)
    }
    guard !overflow, counts.count == 3, accounts < .max, size == accounts + 1 else { return false }
    let banded = bands.reduce(UInt128(0)) { $0 + UInt128($1) }
    return bands.count == bandNames.count && bands.count <= Self.bandLimit
      && (bands.isEmpty || banded == UInt128(counts[0])) && shortfall <= UInt128(max(fund, 0))
      && zip(totals, totals.dropFirst()).allSatisfy {
        $0.coordinate.utf8.lexicographicallyPrecedes($1.coordinate.utf8)
      }
  }

  /// Whether a checkpoint is that of the roll: its origin ends with the roll's number, and it has this size
  /// and root.
  func isOf(_ checkpoint: Checkpoint) -> Bool {
    checkpoint.head.size == size && checkpoint.head.root == root
      && checkpoint.origin.description.hasSuffix("/roll/\(epoch)")
  }
}

/// A roll that the log states, and where.
public struct PublishedRoll: Hashable, Sendable {
  /// The entry's index.
  public let index: UInt64
  /// What it states.
  public let record: SolvencyRollRecord
}

extension SolvencyRollRecord: RecordCoding {
  private static let nameLimit = 512

  func append(to writer: inout CanonicalWriter) {
    writer.append(epoch)
    writer.append(moment.seconds)
    writer.append(header)
    writer.append(size)
    writer.append(fixed: root.bytes)
    writer.append(UInt32(counts.count))
    for count in counts { writer.append(count) }
    writer.append(UInt32(bands.count))
    for count in bands { writer.append(count) }
    writer.append(UInt32(bandNames.count))
    for name in bandNames { writer.append(text: Array(name.utf8)) }
    writer.append(UInt64(truncatingIfNeeded: shortfall))
    writer.append(UInt64(truncatingIfNeeded: shortfall >> 64))
    writer.append(UInt64(bitPattern: fund))
    writer.append(UInt32(totals.count))
    for total in totals {
      writer.append(text: Array(total.coordinate.utf8))
      writer.append(UInt64(bitPattern: total.range.lowerBound))
      writer.append(UInt64(bitPattern: total.range.upperBound))
    }
    writer.append(audit)
    writer.append(evidence)
  }

  init(from reader: inout CanonicalReader) throws {
    func name(_ reader: inout CanonicalReader) throws -> String {
      guard let name = String(validating: try reader.text(limit: Self.nameLimit), as: UTF8.self) else {
        throw CanonicalBytesError.invalidField
      }
      return name
    }
    epoch = try reader.uint64()
    moment = try reader.time()
    header = try reader.digest()
    size = try reader.uint64()
    root = try reader.merkleHash()
    counts = try reader.list(limit: 3) { try $0.uint64() }
    guard counts.count == 3 else { throw CanonicalBytesError.invalidField }
    bands = try reader.list(limit: Self.bandLimit) { try $0.uint64() }
    bandNames = try reader.list(limit: Self.bandLimit) { try name(&$0) }
    let low = UInt128(try reader.uint64())
    shortfall = low | UInt128(try reader.uint64()) << 64
    fund = try reader.int64()
    totals = try reader.list(limit: Self.totalLimit) { reader in
      let coordinate = try name(&reader)
      let (lower, upper) = (try reader.int64(), try reader.int64())
      guard lower <= upper else { throw CanonicalBytesError.invalidField }
      return Total(coordinate: coordinate, range: lower...upper)
    }
    audit = try reader.digest()
    evidence = try reader.digest()
  }
}

extension LedgerState {
  /// Rolls ascend, so that of each number there is one.
  mutating func state(_ record: SolvencyRollRecord, at time: Timestamp) throws(LedgerError) {
    guard charter != nil else { throw .notChartered }
    if let last = solvencyRoll?.record {
      guard record.epoch > last.epoch, record.moment >= last.moment else {
        throw .rollNotLater(current: last.epoch)
      }
    }
    guard record.isPlausible, record.moment <= time else { throw .implausible }
    solvencyRoll = PublishedRoll(index: eventCount, record: record)
  }
}

extension Admission {
  /// States in the log what a roll of all accounts showed.
  ///
  /// The desk compares the record with the checkpoint, and neither with the roll: the caller has the audit of
  /// it.
  ///
  /// - Parameters:
  ///   - record: what is stated.
  ///   - checkpoint: the roll's checkpoint with the cosignatures that are to be kept.
  /// - Throws: ``DeskError``; then nothing has changed.
  @discardableResult
  public func state(
    _ record: SolvencyRollRecord, under checkpoint: SignedCheckpoint, at now: Timestamp
  ) throws(DeskError) -> SignedLogHead {
    let document = checkpoint.encoded()
    guard try Judge.isOf(document, record) else { throw .rollCheckpoint }
    return try commit(at: now) { transaction throws(DeskError) in
      try append(.solvencyRollPublished(record), document, to: &transaction)
    }
  }
}

extension Judge {
  /// Whether a document is the checkpoint of the roll that a record states.
  ///
  /// - Throws: ``DeskError/rollCheckpoint`` if it is not a checkpoint.
  static func isOf(_ document: [UInt8], _ record: SolvencyRollRecord) throws(DeskError) -> Bool {
    guard let checkpoint = try? SignedCheckpoint(decoding: document) else { throw .rollCheckpoint }
    return record.isOf(checkpoint.unverified) && Digest.sha256(of: document) == record.evidence
  }
}
