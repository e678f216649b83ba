public import CanonicalBytes
public import Solvency

/// Why an event cannot happen to a ledger in its present state. The state is as it was.
public enum LedgerError: Error, Hashable, Sendable {
  /// The event is older than the one before it.
  case timeRunsBackwards(clock: Timestamp, event: Timestamp)
  /// The snapshot's number is not above that of the present one.
  case epochNotLater(current: Int64)
  /// The snapshot does not name the present one as the one before it.
  case brokenSnapshotChain
  /// The registry was not published here.
  case unknownRegistry
  /// The registry was published before, or is no longer than the one before.
  case registryNotLonger
  /// No snapshot is in force yet.
  case noEpoch
  /// The epoch is not one whose proofs are still accepted.
  case epochNotAccepted(Int64)
  /// The account is open already.
  case accountExists
  /// No such account is open.
  case unknownAccount
  /// The attestation is over already.
  case attestationExpired
  /// Another account has pledged the same commitment.
  case alreadyPledged
  /// A record without a custodian's part.
  case noParts
  /// The event is for another state of the account.
  case wrongSequence(current: UInt64)
  /// The nonce was used or given out before.
  case nonceUsed
  /// The challenge was not given to this account, or is used up, or is too old.
  case unknownChallenge
  /// The moments of the event are not in order.
  case invalidWindow
  /// An order for nothing, or for an account whose standing is not proven.
  case invalidHeadroom
  /// The roll leaves this account out.
  case rollOmits(AccountID)
  /// The roll says of this account what is not so.
  case rollInvents(AccountID)
  /// The roll counts the accounts wrongly.
  case rollMiscounts(actual: UInt64)
  /// The checkpoint states another state than the events before it make.
  case checkpointDiffers
  /// The ledger is full: 2³² − 1 accounts.
  case full
}
