public import CanonicalBytes
public import Solvency

/// A sealed opening was deposited for an account: a liquidation committee can open the book as it is now.
public struct EscrowRecord: Hashable, Sendable {
  /// The account.
  public var account: AccountID
  /// The state that the package opens: the account's present one.
  public var sequence: UInt64
  /// The package, by the digest that its custodian has signed.
  public var package: Digest
  /// The signed seal.
  public var evidence: Digest

  /// A record of these parts.
  public init(account: AccountID, sequence: UInt64, package: Digest, evidence: Digest) {
    self.account = account
    self.sequence = sequence
    self.package = package
    self.evidence = evidence
  }
}

/// What a ledger knows of an account's escrow.
public struct EscrowState: Hashable, Sendable {
  /// The last package, by the digest that its custodian has signed.
  public internal(set) var package: Digest
  /// The state that it opens.
  public internal(set) var sequence: UInt64
  /// Whether a hidden fill has moved the book since. Anyone who opens the package then has an older book and
  /// cannot bring it up to date, as they can over public fills and charges: a new package is due.
  public internal(set) var needsRenewal: Bool
}

extension EscrowRecord: RecordCoding {
  func append(to writer: inout CanonicalWriter) {
    writer.append(text: account.utf8)
    writer.append(sequence)
    writer.append(package)
    writer.append(evidence)
  }

  init(from reader: inout CanonicalReader) throws {
    account = try reader.account()
    sequence = try reader.uint64()
    package = try reader.digest()
    evidence = try reader.digest()
  }
}

extension LedgerState {
  mutating func deposit(_ record: EscrowRecord) throws(LedgerError) {
    guard charter != nil else { throw .notChartered }
    let slot = try slot(of: record.account, in: record.sequence)
    escrows[slot] = EscrowState(package: record.package, sequence: record.sequence, needsRenewal: false)
  }

  /// The accounts whose escrow package is of a book that hidden fills have left behind, in the order of
  /// opening.
  public var escrowsToRenew: [AccountID] {
    escrows.filter(\.value.needsRenewal).keys.sorted().map { accounts.names[$0] }
  }

  /// Number of accounts with an escrow package.
  public var escrowCount: Int { escrows.count }
}
