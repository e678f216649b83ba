internal import CanonicalBytes
internal import MarginRules
internal import Ristretto
internal import Solvency
internal import TransparencyLog

extension LedgerEvent {
  private static let domain: StaticString = "solvency/event/v1"
  /// The most parts, changes and reasons of one record.
  private static let listLimit = 1 << 12
  /// The most lines of a roll.
  private static let lineLimit = 1 << 22

  private enum Tag: UInt8 {
    case epochPublished = 1
    case accountOpened, attestationRenewed, filled, challengeIssued, proofAccepted, refused, ticked, rolled
    case registryPublished, checkpointed, chartered, proofAcceptedOnBasis
    case charged, escrowed, withdrawn, checkpointedOnTree
    case liquidationRulesAdopted, fundMoved, liquidationOpened, liquidationStepped, winnersCalled, bandProven
    case solvencyRollPublished
  }

  /// The event's one encoding: domain ‖ kind ‖ the fields of the record in their order. Numbers are
  /// little-endian; names and lists carry their length in four bytes; what may be missing is preceded by a
  /// byte 0 or 1.
  public func encoded() -> [UInt8] {
    var writer = CanonicalWriter(domain: Self.domain)
    switch self {
    case .registryPublished(let record):
      writer.append(Tag.registryPublished.rawValue)
      writer.append(record.registry)
      writer.append(record.count)
    case .epochPublished(let record):
      writer.append(Tag.epochPublished.rawValue)
      writer.append(record)
    case .accountOpened(let record):
      writer.append(Tag.accountOpened.rawValue)
      writer.append(text: record.account.utf8)
      writer.append(record.registry)
      writer.append(record.commitment)
      writer.append(record.sequence)
      writer.append(record.parts)
      writer.append(record.attestedUntil.seconds)
      writer.append(record.evidence)
    case .attestationRenewed(let record):
      writer.append(Tag.attestationRenewed.rawValue)
      writer.append(text: record.account.utf8)
      writer.append(record.sequence)
      writer.append(record.parts)
      writer.append(record.attestedUntil.seconds)
      writer.append(record.evidence)
    case .filled(let record):
      writer.append(Tag.filled.rawValue)
      writer.append(record)
    case .challengeIssued(let record):
      writer.append(Tag.challengeIssued.rawValue)
      writer.append(text: record.account.utf8)
      writer.append(record.nonce)
      writer.append(record.expires.seconds)
    case .proofAccepted(let record):
      writer.append((record.basis == nil ? Tag.proofAccepted : .proofAcceptedOnBasis).rawValue)
      writer.append(record)
    case .chartered(let record):
      writer.append(Tag.chartered.rawValue)
      writer.append(record)
    case .refused(let record):
      writer.append(Tag.refused.rawValue)
      writer.append(text: record.account.utf8)
      writer.append(UInt32(record.reasons.count))
      for reason in record.reasons { writer.append(reason.rawValue) }
      writer.append(record.evidence)
    case .ticked:
      writer.append(Tag.ticked.rawValue)
    case .rolled(let roll):
      writer.append(Tag.rolled.rawValue)
      writer.append(roll.accountCount)
      writer.append(UInt32(roll.lines.count))
      for line in roll.lines {
        writer.append(text: line.account.utf8)
        writer.append(line.status == .liquidatable ? 1 : 0 as UInt8)
      }
    case .checkpointed(let record):
      writer.append((record.tree == nil ? Tag.checkpointed : .checkpointedOnTree).rawValue)
      writer.append(record.state)
      if let tree = record.tree { writer.append(fixed: tree.bytes) }
    case .charged(let record): Self.append(record, .charged, to: &writer)
    case .escrowed(let record): Self.append(record, .escrowed, to: &writer)
    case .withdrawn(let record): Self.append(record, .withdrawn, to: &writer)
    case .liquidationRulesAdopted(let record):
      Self.append(record, .liquidationRulesAdopted, to: &writer)
    case .fundMoved(let record): Self.append(record, .fundMoved, to: &writer)
    case .liquidationOpened(let record): Self.append(record, .liquidationOpened, to: &writer)
    case .liquidationStepped(let record): Self.append(record, .liquidationStepped, to: &writer)
    case .winnersCalled(let record): Self.append(record, .winnersCalled, to: &writer)
    case .bandProven(let record): Self.append(record, .bandProven, to: &writer)
    case .solvencyRollPublished(let record): Self.append(record, .solvencyRollPublished, to: &writer)
    }
    return writer.bytes
  }

  private static func append(_ record: some RecordCoding, _ tag: Tag, to writer: inout CanonicalWriter) {
    writer.append(tag.rawValue)
    record.append(to: &writer)
  }

  /// The event that `bytes` encode. Accepts exactly what ``encoded()`` returns.
  ///
  /// - Throws: ``LogFormatError/malformedEvent``.
  public init(decoding bytes: [UInt8]) throws(LogFormatError) {
    do {
      var reader = try CanonicalReader(bytes, domain: Self.domain)
      self = try Self.read(&reader)
      try reader.finish()
    } catch {
      throw .malformedEvent
    }
  }

  private static func read(_ reader: inout CanonicalReader) throws -> LedgerEvent {
    guard let tag = Tag(rawValue: try reader.byte()) else { throw CanonicalBytesError.invalidField }
    switch tag {
    case .registryPublished:
      return .registryPublished(
        RegistryRecord(registry: try reader.digest(), count: try reader.uint32()))
    case .epochPublished:
      return .epochPublished(try reader.epochRecord())
    case .accountOpened:
      return .accountOpened(
        OpeningRecord(
          account: try reader.account(), registry: try reader.digest(),
          commitment: try reader.point(), sequence: try reader.uint64(),
          parts: try reader.points(limit: listLimit), attestedUntil: try reader.time(),
          evidence: try reader.digest()))
    case .attestationRenewed:
      return .attestationRenewed(
        RenewalRecord(
          account: try reader.account(), sequence: try reader.uint64(),
          parts: try reader.points(limit: listLimit), attestedUntil: try reader.time(),
          evidence: try reader.digest()))
    case .filled:
      return .filled(try reader.fillRecord(limit: listLimit))
    case .challengeIssued:
      return .challengeIssued(
        ChallengeRecord(
          account: try reader.account(), nonce: try reader.nonce(), expires: try reader.time()))
    case .proofAccepted:
      return .proofAccepted(try reader.proofRecord(hasBasis: false))
    case .proofAcceptedOnBasis:
      return .proofAccepted(try reader.proofRecord(hasBasis: true))
    case .chartered:
      return .chartered(try reader.charterRecord())
    case .refused:
      let account = try reader.account()
      let reasons = try reader.list(limit: listLimit) { reader in
        try RefusalReason(checked: try reader.byte())
      }
      return .refused(
        RefusalRecord(account: account, reasons: reasons, evidence: try reader.digest()))
    case .ticked:
      return .ticked
    case .rolled:
      let count = try reader.uint64()
      let lines = try reader.list(limit: lineLimit) { reader in
        StatusRoll.Line(
          account: try reader.account(), status: try reader.flag() ? .liquidatable : .stale)
      }
      return .rolled(StatusRoll(accountCount: count, lines: lines))
    case .checkpointed:
      return .checkpointed(CheckpointRecord(state: try reader.digest()))
    case .checkpointedOnTree:
      return .checkpointed(CheckpointRecord(state: try reader.digest(), tree: try reader.merkleHash()))
    case .charged: return .charged(try ChargeRecord(from: &reader))
    case .escrowed: return .escrowed(try EscrowRecord(from: &reader))
    case .withdrawn: return .withdrawn(try WithdrawalRecord(from: &reader))
    case .liquidationRulesAdopted:
      return .liquidationRulesAdopted(try LiquidationRulesRecord(from: &reader))
    case .fundMoved: return .fundMoved(try FundRecord(from: &reader))
    case .liquidationOpened: return .liquidationOpened(try CaseRecord(from: &reader))
    case .liquidationStepped: return .liquidationStepped(try CaseStepRecord(from: &reader))
    case .winnersCalled: return .winnersCalled(try DeleveragingCallRecord(from: &reader))
    case .bandProven: return .bandProven(try DeleveragingBandRecord(from: &reader))
    case .solvencyRollPublished: return .solvencyRollPublished(try SolvencyRollRecord(from: &reader))
    }
  }
}

/// A record of the log: its fields as they stand in an entry, after the tag of its kind. A new kind of event
/// needs a case and a tag here, a line in ``LedgerState/apply(_:at:)``, in ``LogBatch/Item/evidenceDigest``
/// and in ``Audit``.
protocol RecordCoding {
  /// Appends the fields in their order.
  func append(to writer: inout CanonicalWriter)
  /// Reads what ``append(to:)`` has appended, and nothing else.
  init(from reader: inout CanonicalReader) throws
}

extension RefusalReason {
  fileprivate init(checked byte: UInt8) throws {
    guard let reason = RefusalReason(rawValue: byte) else { throw CanonicalBytesError.invalidField }
    self = reason
  }
}

extension CanonicalWriter {
  mutating func append(_ record: EpochRecord) {
    append(UInt64(bitPattern: record.epoch))
    append(record.snapshot)
    append(record.previous)
    append(record.validFrom.seconds)
    append(record.validTo.seconds)
    append(UInt64(bitPattern: record.graceEpochs))
    append(record.callInterval)
    append(record.fillInterval)
    append(record.callGrace)
  }

  fileprivate mutating func append(_ record: FillRecord) {
    append(text: record.account.utf8)
    append(record.sequence)
    append(record.commitment)
    append(UInt32(record.deltas.count))
    for delta in record.deltas {
      append(delta.coordinate)
      append(UInt64(bitPattern: delta.amount))
    }
    append(record.evidence)
  }

  fileprivate mutating func append(_ record: ProofRecord) {
    append(text: record.account.utf8)
    append(record.sequence)
    append(UInt64(bitPattern: record.epoch))
    append(record.kind == .maintenance ? 1 : 0 as UInt8)
    append(record.nonce)
    append(record.challenge == nil ? 0 : 1 as UInt8)
    if let challenge = record.challenge { append(challenge) }
    append(record.expires.seconds)
    append(record.until.seconds)
    append(record.headroom == nil ? 0 : 1 as UInt8)
    if let headroom = record.headroom { append(headroom) }
    append(record.isReduceOnly ? 1 : 0 as UInt8)
    if let basis = record.basis {
      append(basis.circuit)
      append(basis.registry)
      append(basis.commitment)
      append(basis.isReduction ? 1 : 0 as UInt8)
    }
    append(record.evidence)
  }

  mutating func append(_ record: CharterRecord) {
    append(record.version)
    append(record.previous)
    append(fixed: record.venue.bytes)
    append(record.charter)
    append(record.policy)
    append(record.parties)
    append(UInt32(record.circuits.count))
    for listing in record.circuits {
      append(listing.circuit)
      append(listing.isConvex ? 1 : 0 as UInt8)
    }
    append(record.snapshotGrace)
  }

  mutating func append(_ headroom: Headroom) {
    append(headroom.coordinate)
    append(headroom.side.rawValue)
    append(headroom.lots)
    append(headroom.cashCoordinate)
    append(UInt64(bitPattern: headroom.cashPerLot))
  }

  fileprivate mutating func append(_ points: [EncodedPoint]) {
    append(UInt32(points.count))
    for point in points { append(point) }
  }

  mutating func append(_ point: EncodedPoint) {
    append(fixed: point.bytes)
  }

  mutating func append(_ nonce: Nonce) {
    append(fixed: nonce.bytes)
  }
}

extension CanonicalReader {
  mutating func epochRecord() throws -> EpochRecord {
    EpochRecord(
      epoch: try int64(), snapshot: try digest(), previous: try digest(), validFrom: try time(),
      validTo: try time(), graceEpochs: try int64(), callInterval: try uint64(),
      fillInterval: try uint64(), callGrace: try uint64())
  }

  fileprivate mutating func fillRecord(limit: Int) throws -> FillRecord {
    FillRecord(
      account: try account(), sequence: try uint64(), commitment: try point(),
      deltas: try list(limit: limit) { reader in
        CoordinateChange(coordinate: try reader.uint32(), amount: try reader.int64())
      }, evidence: try digest())
  }

  fileprivate mutating func proofRecord(hasBasis: Bool) throws -> ProofRecord {
    ProofRecord(
      account: try account(), sequence: try uint64(), epoch: try int64(),
      kind: try flag() ? .maintenance : .initial, nonce: try nonce(),
      challenge: try flag() ? try nonce() : nil, expires: try time(), until: try time(),
      headroom: try flag() ? try headroom() : nil, isReduceOnly: try flag(),
      basis: hasBasis ? try basis() : nil, evidence: try digest())
  }

  private mutating func basis() throws -> ProofRecord.Basis {
    ProofRecord.Basis(
      circuit: try digest(), registry: try digest(), commitment: try point(), isReduction: try flag())
  }

  mutating func charterRecord() throws -> CharterRecord {
    CharterRecord(
      version: try uint32(), previous: try digest(),
      venue: try VerificationKey(try take(VerificationKey.byteCount)), charter: try digest(),
      policy: try digest(), parties: try digest(),
      circuits: try list(limit: CharterRecord.circuitLimit) { reader in
        CharterRecord.Listing(circuit: try reader.digest(), isConvex: try reader.flag())
      }, snapshotGrace: try uint64())
  }

  mutating func headroom() throws -> Headroom {
    let coordinate = try uint32()
    return Headroom(
      coordinate: coordinate, side: try side(), lots: try uint64(),
      cashCoordinate: try uint32(), cashPerLot: try int64())
  }

  mutating func side() throws -> Headroom.Side {
    guard let side = Headroom.Side(rawValue: try byte()) else {
      throw CanonicalBytesError.invalidField
    }
    return side
  }

  fileprivate mutating func points(limit: Int) throws -> [EncodedPoint] {
    try list(limit: limit) { reader in try reader.point() }
  }

  /// Four bytes of length, then that many elements. Nothing is reserved before an element is read.
  mutating func list<Element>(
    limit: Int, _ element: (inout CanonicalReader) throws -> Element
  ) throws -> [Element] {
    let count = Int(try uint32())
    guard count <= limit else { throw CanonicalBytesError.fieldTooLong(limit: limit) }
    var elements: [Element] = []
    for _ in 0..<count { elements.append(try element(&self)) }
    return elements
  }

  mutating func account() throws -> AccountID {
    try AccountID(utf8: try text(limit: AccountID.byteLimit))
  }

  mutating func point() throws -> EncodedPoint {
    try EncodedPoint(try take(EncodedPoint.byteCount))
  }

  mutating func nonce() throws -> Nonce {
    guard let nonce = Nonce(try take(Nonce.byteCount)) else { throw CanonicalBytesError.truncated }
    return nonce
  }

  mutating func merkleHash() throws -> MerkleHash {
    guard let hash = MerkleHash(try take(MerkleHash.byteCount)) else { throw CanonicalBytesError.truncated }
    return hash
  }

  mutating func time() throws -> Timestamp { Timestamp(seconds: try uint64()) }

  mutating func int64() throws -> Int64 { Int64(bitPattern: try uint64()) }

  /// A byte 0 or 1.
  mutating func flag() throws -> Bool {
    switch try byte() {
    case 0: return false
    case 1: return true
    default: throw CanonicalBytesError.invalidField
    }
  }
}
