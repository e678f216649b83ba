public import CanonicalBytes
internal import MarginRules
public import Solvency
public import TransparencyLog

/// The documents that a roll was made with, by digest.
public struct RollDigests: Hashable, Sendable {
  /// The risk snapshot.
  public let snapshot: Digest
  /// The registry: which coordinate is what.
  public let registry: Digest
  /// The circuit of the maintenance rule, which accounts of the class ``AccountClass/solvent`` are proved
  /// under.
  public let rule: Digest
  /// The circuit that accounts of the class ``AccountClass/bounded`` are proved under.
  public let bounded: Digest
  /// The circuit of the totals.
  public let totals: Digest
  /// The reserves, by ``Reserves/digest``.
  public let reserves: Digest
  /// The positions of the house, by ``HousePositions/digest``.
  public let house: Digest
  /// The circuits of the bands above the maintenance rule, which is band 0; at most ``RollHeader/bandLimit``.
  /// Each is the rule's file with other numbers chosen for its parameters.
  public let bands: [Digest]

  /// The digests of these documents.
  public init(
    snapshot: Digest, registry: Digest, rule: Digest, bounded: Digest, totals: Digest, reserves: Digest,
    house: Digest, bands: [Digest] = []
  ) {
    self.snapshot = snapshot
    self.registry = registry
    self.rule = rule
    self.bounded = bounded
    self.totals = totals
    self.reserves = reserves
    self.house = house
    self.bands = bands
  }
}

/// The first entry of a roll: whose accounts are listed, as of when, and under which documents.
///
/// All evidence of a roll is bound to the digest of its header, so that none of it serves in another roll.
public struct RollHeader: Hashable, Sendable {
  /// The most accounts of a roll: 2³².
  ///
  /// Coordinates are below 2⁶⁴ in magnitude, so that totals of all entries stay below 2⁹⁶ and never wrap
  /// modulo the order of the group, which is above 2²⁵².
  public static let accountLimit: UInt64 = 1 << 32
  /// The largest file that is read, in bytes.
  public static let fileByteLimit = 1 << 14
  /// The most bytes of ``log``.
  public static let logByteLimit = 256
  /// The most bands above the maintenance rule.
  public static let bandLimit = 15

  /// The name of the ledger's log: a URL without its scheme, such as "example.com/ledger".
  public let log: String
  /// The venue, and the ledger whose accounts are listed.
  public let ledger: Audience
  /// The number of the roll, from 0.
  public let epoch: UInt64
  /// The instant at which the books were as they are listed.
  public let moment: Timestamp
  /// The documents.
  public let documents: RollDigests
  /// The step of the grid on which bounded shortfalls lie, in quanta of value; at least 1.
  public let step: Int64
  /// The insurance fund in quanta of value: what is set aside for shortfalls, beside what accounts are owed.
  public let fund: Int64
  /// Number of accounts, padding among them; at most ``accountLimit``.
  public let accountCount: UInt64

  /// A header of these parts.
  ///
  /// - Throws: ``RollHeaderError``.
  public init(
    log: String, ledger: Audience, epoch: UInt64, moment: Timestamp, documents: RollDigests, step: Int64,
    fund: Int64, accountCount: UInt64
  ) throws(RollHeaderError) {
    guard log.utf8.count <= Self.logByteLimit - 30, NoteKey.isName(ExactText(log)) else {
      throw .malformedLog
    }
    guard SnapshotLimits.times.contains(Int64(clamping: moment.seconds)) else { throw .moment }
    guard step >= 1, SnapshotLimits.totals.contains(step) else { throw .step }
    guard SnapshotLimits.totals.contains(fund) else { throw .fund }
    guard accountCount <= Self.accountLimit else { throw .tooManyAccounts }
    guard documents.bands.count <= Self.bandLimit,
      Set(documents.bands + [documents.rule]).count == documents.bands.count + 1
    else { throw .bands }
    self.log = log
    self.ledger = ledger
    self.epoch = epoch
    self.moment = moment
    self.documents = documents
    self.step = step
    self.fund = fund
    self.accountCount = accountCount
  }

  /// The origin of the roll's checkpoint: `<log>/roll/<epoch>`.
  public var origin: ExactText { ExactText("\(log)/roll/\(epoch)") }

  /// Number of entries: the header and the accounts.
  public var entryCount: UInt64 { accountCount + 1 }

  /// The bytes that are the roll's entry 0: every field, after its domain. That of a roll without bands is
  /// `solvency/roll/header/v1`, and nothing is said of bands.
  public var entry: [UInt8] {
    let bands = documents.bands
    var writer = CanonicalWriter(
      domain: bands.isEmpty ? "solvency/roll/header/v1" : "solvency/roll/header/v2")
    writer.append(text: Array(log.utf8))
    writer.append(text: ledger.utf8)
    writer.append(epoch)
    writer.append(moment.seconds)
    for digest in documents.all { writer.append(digest) }
    writer.append(UInt64(bitPattern: step))
    writer.append(UInt64(bitPattern: fund))
    writer.append(accountCount)
    if !bands.isEmpty {
      writer.append(UInt32(bands.count))
      for band in bands { writer.append(band) }
    }
    return writer.bytes
  }

  /// SHA-256 of ``entry``: the name of the roll.
  public var digest: Digest { .sha256(of: entry) }

  /// The nonce of evidence about accounts: proofs that were made for anything else do not have it.
  public var evidenceNonce: Nonce { nonce(domain: "solvency/roll/evidence-nonce/v1") }

  /// The nonce of the proof of the totals.
  public var totalsNonce: Nonce { nonce(domain: "solvency/roll/totals-nonce/v1") }

  private func nonce(domain: StaticString) -> Nonce {
    var writer = CanonicalWriter(domain: domain)
    writer.append(digest)
    return Nonce(Digest.sha256(of: writer.bytes).value)
  }
}

extension RollDigests {
  /// The circuit that accounts of a band are proved under; nil if the roll does not have the band.
  func circuit(ofBand band: Int) -> Digest? {
    if band == 0 { return rule }
    return bands.indices.contains(band - 1) ? bands[band - 1] : nil
  }

  fileprivate var all: [Digest] { [snapshot, registry, rule, bounded, totals, reserves, house] }
}

/// Why values do not make the header of a roll.
public enum RollHeaderError: Error, Hashable, Sendable {
  /// The log's name has a space, a plus sign or a control character, is empty, or has more than 226 bytes.
  case malformedLog
  /// The moment is after the year 9999.
  case moment
  /// The step is less than 1, or 2⁶² or more.
  case step
  /// The fund is negative, or 2⁶² or more.
  case fund
  /// More than 2³² accounts.
  case tooManyAccounts
  /// More than ``RollHeader/bandLimit`` bands, one twice, or the rule itself, which is band 0, among them.
  case bands
}

extension RollHeaderError: CustomStringConvertible {
  /// What is wrong, in words.
  public var description: String {
    switch self {
    case .malformedLog:
      "the log's name is empty, has more than 226 bytes, or a space, a plus sign or a control character"
    case .moment: "the moment is after the year 9999"
    case .step: "the step is from 1 to 2^62 - 1"
    case .fund: "the fund is from 0 to 2^62 - 1"
    case .tooManyAccounts: "there are more than 2^32 accounts"
    case .bands:
      "there are more than \(RollHeader.bandLimit) bands, one is there twice, or one is the maintenance rule itself, "
        + "which is band 0"
    }
  }
}

extension RollHeader {
  private static let keys = [
    "log", "ledger", "epoch", "moment", "snapshot", "registry", "rule", "bounded", "totals", "reserves",
    "house",
    "step", "fund", "accounts",
  ]

  /// Reads a header's file, which holds the fields of ``entry`` as JSON.
  ///
  /// - Throws: ``FileError``.
  public init(decoding file: [UInt8]) throws(FileError) {
    try self.init(
      VersionedFile(file, maximumBytes: Self.fileByteLimit, keys: Self.keys, optional: ["bands"]))
  }

  /// Reads the JSON value of a header's file.
  ///
  /// - Throws: as ``init(decoding:)``.
  public init(_ node: JSONNode) throws(FileError) {
    try self.init(VersionedFile(node, keys: Self.keys, optional: ["bands"]))
  }

  private init(_ file: VersionedFile) throws(FileError) {
    func totals(_ key: String) throws(FileError) -> Int64 {
      try file.read(key) { node throws(DocumentError) in try node.integer(in: SnapshotLimits.totals) }
    }
    let log = try file.read("log") { node throws(DocumentError) in
      try node.string(maximumLength: Self.logByteLimit)
    }
    let rule = try file.digest("rule")
    let bands =
      try file.readIfPresent("bands") { node throws(DocumentError) -> [Digest] in
        let elements = try node.array(maximumCount: Self.bandLimit)
        var bands: [Digest] = []
        for element in elements { bands.append(try element.digest()) }
        // Of no bands nothing is said, so that a header has one file.
        guard !bands.isEmpty else {
          throw node.failure(.outOfRange("0 bands", lower: "1", upper: "\(Self.bandLimit)"))
        }
        for (place, band) in bands.enumerated() where band == rule || bands[..<place].contains(band) {
          throw elements[place].failure(
            .unknownWord(
              band.description, known: ["a band that is neither the rule nor listed before"]))
        }
        return bands
      } ?? []
    let documents = RollDigests(
      snapshot: try file.digest("snapshot"), registry: try file.digest("registry"),
      rule: rule,
      bounded: try file.digest("bounded"), totals: try file.digest("totals"),
      reserves: try file.digest("reserves"),
      house: try file.digest("house"), bands: bands)
    let (ledger, epoch) = (try file.audience("ledger"), try file.word("epoch"))
    let moment = try file.read("moment") { node throws(DocumentError) in
      try node.integer(in: SnapshotLimits.times)
    }
    let step = try file.read("step") { node throws(DocumentError) in
      try node.integer(in: 1...SnapshotLimits.totals.upperBound)
    }
    let fund = try totals("fund")
    let accounts = try file.read("accounts") { node throws(DocumentError) in
      try node.unsigned(in: 0...Self.accountLimit)
    }
    do throws(RollHeaderError) {
      try self.init(
        log: log, ledger: ledger, epoch: epoch, moment: Timestamp(seconds: UInt64(moment)),
        documents: documents,
        step: step, fund: fund, accountCount: accounts)
    } catch {
      // The ranges were read above; what is left is the name.
      throw .invalidName(path: "log", .notPrintable)
    }
  }

  /// The JSON value of the header's file.
  public var json: JSONValue {
    let bands = JSONMember("bands", .array(documents.bands.map { .hex($0.bytes) }))
    guard case .object(let members) = plainJSON, !documents.bands.isEmpty else { return plainJSON }
    return .object(members + [bands])
  }

  private var plainJSON: JSONValue {
    [
      "version": .integer(VersionedFile.version), "log": .string(log), "ledger": ledger.json,
      "epoch": .integer(epoch), "moment": .integer(moment.seconds),
      "snapshot": .hex(documents.snapshot.bytes),
      "registry": .hex(documents.registry.bytes), "rule": .hex(documents.rule.bytes),
      "bounded": .hex(documents.bounded.bytes), "totals": .hex(documents.totals.bytes),
      "reserves": .hex(documents.reserves.bytes), "house": .hex(documents.house.bytes),
      "step": .integer(step),
      "fund": .integer(fund), "accounts": .integer(accountCount),
    ]
  }
}
