public import CanonicalBytes
public import Solvency

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
}
