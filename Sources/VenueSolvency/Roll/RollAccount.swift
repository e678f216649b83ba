public import CanonicalBytes
public import Ristretto
public import Solvency

/// What an account on a roll is shown to be.
public enum AccountClass: UInt8, CaseIterable, Hashable, Sendable {
  /// The book meets the maintenance rule under the roll's snapshot.
  case solvent = 1
  /// equity + X ≥ 0, with a public X that counts to the venue's shortfall.
  case bounded = 2
  /// The book was opened to the auditor.
  case opened = 3

  /// The class in words and files.
  public var name: String { "\(self)" }
}

/// The name under which an account stands on a roll: without the salt it tells nothing of the account.
///
///     SHA-256("solvency/roll/name/v1" ‖ account ‖ salt)
public struct BlindedName: Hashable, Sendable, CustomStringConvertible {
  /// The hash.
  public let digest: Digest

  /// A name that came from outside.
  public init(_ digest: Digest) { self.digest = digest }

  /// The name of an account under a salt of 32 bytes, which the account's trader is given.
  public init(of account: AccountID, salt: Bytes32) {
    var writer = CanonicalWriter(domain: "solvency/roll/name/v1")
    writer.append(text: account.utf8)
    writer.append(fixed: salt.bytes)
    digest = .sha256(of: writer.bytes)
  }

  /// 64 hexadecimal digits.
  public var description: String { digest.description }

  /// The account that evidence names in its context: the hexadecimal digits.
  public var account: AccountID {
    get throws(NameError) { try AccountID(digest.description) }
  }
}

/// One account of a roll, an entry of its tree.
public struct RollAccount: Hashable, Sendable {
  /// Number of bytes of ``entry``.
  public static let entryByteCount = 4 + domainByteCount + 32 + 32 + 8 + 1 + 8 + 32
  private static let domain: StaticString = "solvency/roll/account/v1"
  private static let domainByteCount = 24

  /// Whose it is, for who has the salt.
  public let name: BlindedName
  /// V, the commitment to the book.
  public let commitment: EncodedPoint
  /// The state of the account, as its ledger counts it.
  public let sequence: UInt64
  /// What the evidence shows.
  public let accountClass: AccountClass
  /// X for a bounded account, the plain equity of an opened one, in quanta of value. For a solvent account
  /// the number of the band that its proof is of: 0 is the maintenance rule.
  public let amount: Int64
  /// SHA-256 of the bytes of the evidence.
  public let evidence: Digest

  /// An account of these parts.
  public init(
    name: BlindedName, commitment: EncodedPoint, sequence: UInt64, accountClass: AccountClass, amount: Int64,
    evidence: Digest
  ) {
    self.name = name
    self.commitment = commitment
    self.sequence = sequence
    self.accountClass = accountClass
    self.amount = amount
    self.evidence = evidence
  }

  /// The bytes of the entry: every field, after its domain. All entries have the same length.
  public var entry: [UInt8] {
    var writer = CanonicalWriter(domain: Self.domain)
    writer.reserve(Self.entryByteCount)
    writer.append(name.digest)
    writer.append(fixed: commitment.bytes)
    writer.append(sequence)
    writer.append(accountClass.rawValue)
    writer.append(UInt64(bitPattern: amount))
    writer.append(evidence)
    return writer.bytes
  }

  /// Reads an entry. The commitment is not decoded.
  ///
  /// - Throws: ``CanonicalBytesError``.
  public init(decoding entry: [UInt8]) throws(CanonicalBytesError) {
    var reader = try CanonicalReader(entry, domain: Self.domain)
    name = BlindedName(try reader.digest())
    guard let commitment = try? EncodedPoint(try reader.take(EncodedPoint.byteCount)) else {
      throw .truncated
    }
    self.commitment = commitment
    sequence = try reader.uint64()
    guard let accountClass = AccountClass(rawValue: try reader.byte()) else { throw .invalidField }
    self.accountClass = accountClass
    amount = Int64(bitPattern: try reader.uint64())
    evidence = try reader.digest()
    try reader.finish()
    guard accountClass != .solvent || (0...Int64(RollHeader.bandLimit)).contains(amount),
      accountClass != .bounded || amount >= 0
    else {
      throw .invalidField
    }
  }

  /// The number of the band that a solvent account's proof is of; nil for other classes.
  public var band: Int? { accountClass == .solvent ? Int(amount) : nil }

  /// What the account adds to the venue's shortfall, in quanta of value.
  public var shortfall: UInt128 {
    switch accountClass {
    case .solvent: 0
    case .bounded: UInt128(max(amount, 0))
    case .opened: amount < 0 ? UInt128(amount.magnitude) : 0
    }
  }
}
