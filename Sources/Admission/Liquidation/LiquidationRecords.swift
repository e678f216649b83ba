internal import CanonicalBytes
internal import MarginRules
public import Ristretto
public import Solvency

/// The rules of liquidations came into force.
public struct LiquidationRulesRecord: Hashable, Sendable {
  /// The rules, by the digest of their document.
  public var rules: Digest
  /// How many layers the insurance has.
  public var layers: UInt8

  /// A record of these parts.
  public init(rules: Digest, layers: UInt8) { (self.rules, self.layers) = (rules, layers) }
}

/// Money for losses was put aside with a custodian, or taken back.
public struct FundRecord: Hashable, Sendable {
  /// Which movement this is, from 0.
  public var number: UInt64
  /// Whose money it is.
  public var purse: FundPurse
  /// In quanta, less than zero for what is taken back.
  public var amount: Int64
  /// What the custodian signed.
  public var evidence: Digest

  /// A record of these parts.
  public init(number: UInt64, purse: FundPurse, amount: Int64, evidence: Digest) {
    (self.number, self.purse, self.amount, self.evidence) = (number, purse, amount, evidence)
  }
}

/// The case of a liquidatable account was opened on its book, and the first auctions began.
public struct CaseRecord: Hashable, Sendable {
  /// The account.
  public var account: AccountID
  /// Its present state, which the book is of.
  public var sequence: UInt64
  /// The snapshot that marks and requirements are of for all of the case.
  public var snapshot: Digest
  /// Where cash is among the coordinates.
  public var cash: UInt32
  /// The opened book.
  public var evidence: Digest

  /// A record of these parts.
  public init(account: AccountID, sequence: UInt64, snapshot: Digest, cash: UInt32, evidence: Digest) {
    (self.account, self.sequence, self.snapshot) = (account, sequence, snapshot)
    (self.cash, self.evidence) = (cash, evidence)
  }
}

/// A step of a case: what it moved between accounts and funds.
public struct CaseStepRecord: Hashable, Sendable {
  /// What was done.
  public enum Kind: UInt8, Hashable, Sendable, CaseIterable {
    /// The running auctions were cleared with the bids of the document.
    case cleared = 1
    /// Auctions of what is left began.
    case begun
    /// The backstop took what no auction had sold.
    case backstopped
    /// Positions were closed against winners; the document opens books of those who proved no band.
    case deleveraged
    /// Penalty and losses were booked, and the case was closed.
    case settled
  }

  /// What a step adds to an account.
  public struct Move: Hashable, Sendable {
    /// The account.
    public var account: AccountID
    /// The state that it moves.
    public var sequence: UInt64
    /// The commitment afterwards.
    public var commitment: EncodedPoint
    /// What is added, by coordinate, ascending.
    public var deltas: [CoordinateChange]

    /// A move of these parts.
    public init(account: AccountID, sequence: UInt64, commitment: EncodedPoint, deltas: [CoordinateChange]) {
      (self.account, self.sequence, self.commitment, self.deltas) = (account, sequence, commitment, deltas)
    }
  }

  /// What a step pays into a fund, less than zero where the fund pays.
  public struct Payment: Hashable, Sendable {
    /// Whose money it is.
    public var purse: FundPurse
    /// In quanta; not zero.
    public var amount: Int64

    /// A payment.
    public init(_ purse: FundPurse, _ amount: Int64) { (self.purse, self.amount) = (purse, amount) }
  }

  /// A debt that was paid back: the lots of a holding and of a debt that are no longer there.
  public struct Repayment: Hashable, Sendable {
    /// The coordinate of the asset's holdings.
    public var holding: UInt32
    /// The coordinate of its debts.
    public var debt: UInt32
    /// In lots; positive.
    public var lots: Int64

    /// A repayment.
    public init(holding: UInt32, debt: UInt32, lots: Int64) {
      (self.holding, self.debt, self.lots) = (holding, debt, lots)
    }
  }

  /// The account of the case.
  public var account: AccountID
  /// What was done.
  public var kind: Kind
  /// What it added to accounts, in the order of their names.
  public var moves: [Move]
  /// What it paid into funds, in the order of the purses.
  public var payments: [Payment]
  /// Which debts it paid back.
  public var repayments: [Repayment]
  /// Of the losses so far, those that the insurance has been asked for, in quanta; of a settlement alone.
  public var insured: Int64
  /// Number of accounts that were called to prove a band and proved none; of a deleveraging alone.
  public var silent: UInt32
  /// The document of the step; all zero without one.
  public var evidence: Digest

  /// A record of these parts.
  public init(
    account: AccountID, kind: Kind, moves: [Move] = [], payments: [Payment] = [],
    repayments: [Repayment] = [],
    insured: Int64 = 0, silent: UInt32 = 0, evidence: Digest = .zero
  ) {
    (self.account, self.kind, self.moves, self.payments) = (account, kind, moves, payments)
    (self.repayments, self.insured, self.silent, self.evidence) = (repayments, insured, silent, evidence)
  }
}

/// Accounts were called to prove the bands of their ranks, because nobody else takes a position of a case.
public struct DeleveragingCallRecord: Hashable, Sendable {
  /// The account of the case.
  public var account: AccountID
  /// The position's coordinate.
  public var coordinate: UInt32
  /// Whether those win who are long.
  public var isLong: Bool
  /// What a lot has gained since the reference, in quanta; not negative.
  public var gainPerLot: Int64
  /// The same in ppm of the reference, rounded down.
  public var gainPpm: Int64
  /// The snapshot that gains count from.
  public var reference: Digest
  /// From when on an answer is too late.
  public var deadline: UInt64

  /// A record of these parts.
  public init(
    account: AccountID, coordinate: UInt32, isLong: Bool, gainPerLot: Int64, gainPpm: Int64,
    reference: Digest,
    deadline: UInt64
  ) {
    (self.account, self.coordinate, self.isLong) = (account, coordinate, isLong)
    (self.gainPerLot, self.gainPpm) = (gainPerLot, gainPpm)
    (self.reference, self.deadline) = (reference, deadline)
  }
}

/// An account proved the band of its rank.
public struct DeleveragingBandRecord: Hashable, Sendable {
  /// The account.
  public var account: AccountID
  /// Its present state, which the proof is of.
  public var sequence: UInt64
  /// The account of the case that it was called for.
  public var liquidated: AccountID
  /// Its rank is at most this edge of the rules.
  public var rank: UInt8
  /// 0: it holds nothing on the winning side; k: 2ᵏ⁻¹ lots or more, and less than 2ᵏ.
  public var size: UInt8
  /// The proof.
  public var evidence: Digest

  /// A record of these parts.
  public init(
    account: AccountID, sequence: UInt64, liquidated: AccountID, rank: UInt8, size: UInt8, evidence: Digest
  ) {
    (self.account, self.sequence, self.liquidated) = (account, sequence, liquidated)
    (self.rank, self.size, self.evidence) = (rank, size, evidence)
  }
}

// What they are in entries.

extension LiquidationRulesRecord: RecordCoding {
  func append(to writer: inout CanonicalWriter) {
    writer.append(rules)
    writer.append(layers)
  }

  init(from reader: inout CanonicalReader) throws {
    rules = try reader.digest()
    layers = try reader.byte()
  }
}

extension FundRecord: RecordCoding {
  func append(to writer: inout CanonicalWriter) {
    writer.append(number)
    writer.append(purse.code)
    writer.append(UInt64(bitPattern: amount))
    writer.append(evidence)
  }

  init(from reader: inout CanonicalReader) throws {
    number = try reader.uint64()
    purse = try FundPurse(code: reader.byte())
    amount = try reader.int64()
    evidence = try reader.digest()
  }
}

extension CaseRecord: RecordCoding {
  func append(to writer: inout CanonicalWriter) {
    writer.append(text: account.utf8)
    writer.append(sequence)
    writer.append(snapshot)
    writer.append(cash)
    writer.append(evidence)
  }

  init(from reader: inout CanonicalReader) throws {
    account = try reader.account()
    sequence = try reader.uint64()
    snapshot = try reader.digest()
    cash = try reader.uint32()
    evidence = try reader.digest()
  }
}

extension CaseStepRecord: RecordCoding {
  /// The most accounts that one step moves, and the most coordinates of one.
  private static let moveLimit = 1 << 16
  private static let deltaLimit = 1 << 12

  func append(to writer: inout CanonicalWriter) {
    writer.append(text: account.utf8)
    writer.append(kind.rawValue)
    writer.append(UInt32(moves.count))
    for move in moves {
      writer.append(text: move.account.utf8)
      writer.append(move.sequence)
      writer.append(move.commitment)
      writer.append(UInt32(move.deltas.count))
      for delta in move.deltas {
        writer.append(delta.coordinate)
        writer.append(UInt64(bitPattern: delta.amount))
      }
    }
    writer.append(UInt32(payments.count))
    for payment in payments {
      writer.append(payment.purse.code)
      writer.append(UInt64(bitPattern: payment.amount))
    }
    writer.append(UInt32(repayments.count))
    for repayment in repayments {
      writer.append(repayment.holding)
      writer.append(repayment.debt)
      writer.append(UInt64(bitPattern: repayment.lots))
    }
    writer.append(UInt64(bitPattern: insured))
    writer.append(silent)
    writer.append(evidence)
  }

  init(from reader: inout CanonicalReader) throws {
    account = try reader.account()
    guard let kind = Kind(rawValue: try reader.byte()) else { throw CanonicalBytesError.invalidField }
    self.kind = kind
    moves = try reader.list(limit: Self.moveLimit) { reader in
      Move(
        account: try reader.account(), sequence: try reader.uint64(), commitment: try reader.point(),
        deltas: try reader.list(limit: Self.deltaLimit) { reader in
          CoordinateChange(coordinate: try reader.uint32(), amount: try reader.int64())
        })
    }
    payments = try reader.list(limit: 1 << 8) { reader in
      Payment(try FundPurse(code: reader.byte()), try reader.int64())
    }
    repayments = try reader.list(limit: Self.deltaLimit) { reader in
      Repayment(holding: try reader.uint32(), debt: try reader.uint32(), lots: try reader.int64())
    }
    insured = try reader.int64()
    silent = try reader.uint32()
    evidence = try reader.digest()
  }
}

extension DeleveragingCallRecord: RecordCoding {
  func append(to writer: inout CanonicalWriter) {
    writer.append(text: account.utf8)
    writer.append(coordinate)
    writer.append(isLong ? 1 : 0 as UInt8)
    writer.append(UInt64(bitPattern: gainPerLot))
    writer.append(UInt64(bitPattern: gainPpm))
    writer.append(reference)
    writer.append(deadline)
  }

  init(from reader: inout CanonicalReader) throws {
    account = try reader.account()
    coordinate = try reader.uint32()
    isLong = try reader.flag()
    gainPerLot = try reader.int64()
    gainPpm = try reader.int64()
    reference = try reader.digest()
    deadline = try reader.uint64()
  }
}

extension DeleveragingBandRecord: RecordCoding {
  func append(to writer: inout CanonicalWriter) {
    writer.append(text: account.utf8)
    writer.append(sequence)
    writer.append(text: liquidated.utf8)
    writer.append(rank)
    writer.append(size)
    writer.append(evidence)
  }

  init(from reader: inout CanonicalReader) throws {
    account = try reader.account()
    sequence = try reader.uint64()
    liquidated = try reader.account()
    rank = try reader.byte()
    size = try reader.byte()
    evidence = try reader.digest()
  }
}
