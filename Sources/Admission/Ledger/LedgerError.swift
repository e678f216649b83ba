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
  /// The ledger is of the form before ledgers had charters: upgrade it first.
  case notChartered
  /// The record is of the form before ledgers had charters.
  case outdatedRecord
  /// The charter has another version than this library keeps.
  case unsupportedCharter(version: UInt32)
  /// The charter names another venue's key, or another entry before it, than there is.
  case foreignCharter
  /// The venue's charter does not list the circuit.
  case circuitNotListed
  /// The event is after everything that the epoch in force speaks of, its grace included: the clock is wrong,
  /// or a snapshot has to be published first.
  case clockJumps(limit: Timestamp)
  /// The moment or number is out of a ledger's range: a time after the year 9999, which milliseconds
  /// given for seconds are as well, or an epoch out of its range.
  case implausible
  /// The account's case is open, or one of the cases is: nothing but its steps happens to it until it is
  /// settled.
  case inLiquidation
  /// The account may not be closed: it is not liquidatable.
  case notLiquidatable
  /// No rules of liquidations are in force.
  case noLiquidationRules
  /// The account has no open case, or no winners are called in it.
  case noCase
  /// What a step takes from some and gives to others is not the same.
  case notBalanced
  /// The fund would be left with less than nothing.
  case fundOverdrawn(FundPurse)
  /// Movements of funds are numbered without a gap.
  case wrongMovement(expected: UInt64)
  /// The log states a roll of this number, or of a later moment, already.
  case rollNotLater(current: UInt64)
  /// The ledger is full: 2³² − 1 accounts.
  case full
}
