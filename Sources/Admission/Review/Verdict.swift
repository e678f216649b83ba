public import CanonicalBytes
public import Solvency
public import TransparencyLog

/// What the venue decides about a request. An admission is durable in the ledger before anybody hears of it.
public enum Verdict: Hashable, Sendable {
  /// The account meets initial margin: now, or after the order.
  case admitted(Receipt)
  /// The account meets maintenance margin and may only reduce.
  case reduceOnly(Receipt)
  /// Nothing has changed, for these reasons, ascending and at least one.
  case refused([RefusalReason])

  /// The receipt of an admission, reduce-only or not.
  public var receipt: Receipt? {
    switch self {
    case .admitted(let receipt), .reduceOnly(let receipt): receipt
    case .refused: nil
    }
  }
}

/// What an admission holds for, until when and up to what, and where the log says so.
public struct Receipt: Hashable, Sendable {
  /// The account.
  public let account: AccountID
  /// The state of the account that the decision is about.
  public let sequence: UInt64
  /// The epoch whose snapshot decided.
  public let epoch: Int64
  /// When it was decided: the time of the log's entry.
  public let decided: Timestamp
  /// From when on the decision no longer holds.
  public let until: Timestamp
  /// How far the account may trade without another proof; nil for a proof of standing.
  public let headroom: Headroom?
  /// The decision's entry in the log.
  public let entry: UInt64
  /// The log's head after it, signed: with it the trader can show that the entry was there.
  public let head: SignedLogHead
  /// That the entry stands in the log's tree, under a checkpoint that the log has signed; it holds the entry
  /// itself. Nil if the ledger signs no checkpoints.
  public let proof: LogProof?
}

extension Receipt {
  /// The receipt of an admission that is in the log, once more.
  ///
  /// - Parameters:
  ///   - entry: the decision's entry.
  ///   - head: a signed head of the log at or after it.
  ///   - proof: that the entry stands in the log's tree.
  init(_ record: ProofRecord, in entry: LogEntry, under head: SignedLogHead, proof: LogProof?) {
    self.init(
      account: record.account, sequence: record.sequence, epoch: record.epoch, decided: entry.time,
      until: record.until, headroom: record.headroom, entry: entry.index, head: head, proof: proof)
  }
}

extension Verdict {
  /// The verdict that an entry of the log records, once more; nil if it records none.
  ///
  /// - Parameters:
  ///   - head: a signed head of the log at or after the entry.
  ///   - proof: that the entry stands in the log's tree.
  public init?(recordedBy entry: LogEntry, under head: SignedLogHead, proof: LogProof? = nil) {
    switch entry.event {
    case .proofAccepted(let record):
      let receipt = Receipt(record, in: entry, under: head, proof: proof)
      self = record.isReduceOnly ? .reduceOnly(receipt) : .admitted(receipt)
    case .refused(let record): self = .refused(record.reasons)
    default: return nil
    }
  }
}
