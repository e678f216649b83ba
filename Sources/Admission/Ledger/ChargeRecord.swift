internal import CanonicalBytes
public import Ristretto
public import Solvency

/// Cash that an account paid or was given without a trade: fees, funding, interest.
///
/// It moves the commitment as a fill does. Cash taken ends the standing, since nothing shows that the book
/// meets its rule with less; cash given does not, where the circuit is listed as convex, which says that more
/// cash never harms.
public struct ChargeRecord: Hashable, Sendable {
  /// The account.
  public var account: AccountID
  /// The state that the charge applies to.
  public var sequence: UInt64
  /// The commitment after it.
  public var commitment: EncodedPoint
  /// What it is for.
  public var charge: Charge
  /// The change of cash, less than zero where the account pays.
  public var cash: CoordinateChange
  /// The signed report.
  public var evidence: Digest

  /// A record of these parts.
  public init(
    account: AccountID, sequence: UInt64, commitment: EncodedPoint, charge: Charge, cash: CoordinateChange,
    evidence: Digest
  ) {
    self.account = account
    self.sequence = sequence
    self.commitment = commitment
    self.charge = charge
    self.cash = cash
    self.evidence = evidence
  }
}

extension ChargeRecord: RecordCoding {
  func append(to writer: inout CanonicalWriter) {
    writer.append(text: account.utf8)
    writer.append(sequence)
    writer.append(commitment)
    writer.append(charge.code)
    writer.append(cash.coordinate)
    writer.append(UInt64(bitPattern: cash.amount))
    writer.append(evidence)
  }

  init(from reader: inout CanonicalReader) throws {
    account = try reader.account()
    sequence = try reader.uint64()
    commitment = try reader.point()
    charge = try Charge(code: reader.byte())
    cash = CoordinateChange(coordinate: try reader.uint32(), amount: try reader.int64())
    evidence = try reader.digest()
  }
}

extension Charge {
  /// The number in entries, which stays the same between versions.
  fileprivate var code: UInt8 {
    switch self {
    case .trading: 1
    case .funding: 2
    case .interest: 3
    case .penalty: 4
    }
  }

  fileprivate init(code: UInt8) throws {
    guard let charge = Self.allCases.first(where: { $0.code == code }) else {
      throw CanonicalBytesError.invalidField
    }
    self = charge
  }
}

extension LedgerState {
  mutating func charge(_ record: ChargeRecord, at time: Timestamp) throws(LedgerError) {
    guard let charter else { throw .notChartered }
    guard currentEpoch != nil else { throw .noEpoch }
    let slot = try slot(of: record.account, in: record.sequence)
    guard liquidation.cases[slot] == nil else { throw .inLiquidation }
    guard record.cash.amount != 0 else { throw .implausible }
    try move(slot, to: record.commitment, by: [record.cash])
    let account = accounts.records[slot]
    let isConvex = charter.listing(of: charter.circuits[safe: Int(account.circuit)])?.isConvex ?? false
    if record.cash.amount > 0, account.proven != .nothing, isConvex {
      // The same line, all of it with so much more cash.
      accounts.records[slot].proven = account.proven.throughSegment
    } else {
      headrooms[slot] = nil
      void(slot, at: time)
    }
  }
}

extension [Digest] {
  /// The element, or one that names nothing.
  fileprivate subscript(safe index: Int) -> Digest { indices.contains(index) ? self[index] : .zero }
}
