public import CanonicalBytes
internal import MarginRules
public import Ristretto
public import Solvency

/// What the ledger knows of one account at its present moment.
public struct AccountState: Hashable, Sendable {
  /// The account.
  public let account: AccountID
  /// The registry of its commitment: the shortest that will do. It is one under every longer one as well.
  public let registry: Digest
  /// The commitment to its book.
  public let commitment: EncodedPoint
  /// How many fills the book has seen.
  public let sequence: UInt64
  /// From when on its attestation no longer holds.
  public let attestedUntil: Timestamp
  /// What the present commitment was shown to meet, under a snapshot that is still in grace; nil if nothing.
  public let standing: Standing?
  /// The epoch of the last proof of standing, or of the opening.
  public let epoch: Int64
  /// The request whose proof the standing rests on, or rested on last, by its digest; nil before the first.
  public let lastProof: Digest?
  /// By when the next proof is due.
  public let deadline: Timestamp
  /// How far it may trade without another proof.
  public let headroom: Headroom?
  /// Until when the headroom lasts.
  public let headroomUntil: Timestamp?
  /// The sealed opening that was deposited for it; nil if none was.
  public let escrow: EscrowState?
  /// Its case, while one is open; nil otherwise. Nothing else moves the account until it is settled.
  public let liquidation: LiquidationStatus?
  /// Where it stands.
  public let status: AccountStatus
}
