public import CanonicalBytes
public import Solvency

/// Something in a log that its venue has to answer for.
public enum AuditFinding: Hashable, Sendable {
  /// The log is not complete, unaltered and in order. Nothing after it is checked.
  case log(LogFault)
  /// The entry cannot have happened in the state before it: a roll leaves an account out, a state is not the
  /// account's, an epoch goes back. Nothing after it is checked.
  case event(index: UInt64, LedgerError)
  /// The document of the entry is missing, or is not the one that the entry names.
  case evidence(index: UInt64)
  /// The document of the entry would not have been taken.
  case document(index: UInt64, DeskError)
  /// The entry says something else than its document.
  case recordDiffers(index: UInt64)
  /// The request was admitted, and the policy or its proof says otherwise.
  case wronglyAdmitted(index: UInt64, [RefusalReason])
  /// The request was refused, and would have been admitted.
  case wronglyRefused(index: UInt64)
  /// The request was refused for other reasons than the policy has; these are the policy's.
  case otherReasons(index: UInt64, [RefusalReason])
  /// An epoch came into force and this account was overdue and not stated to be.
  case unstatedOverdue(index: UInt64, AccountID)
  /// The checkpoint states another state than the entries before it make.
  case checkpointDiffers(index: UInt64)
  /// The ledger is bound by other rules than those that the audit was given, or was founded by another venue.
  case otherCharter(index: UInt64)
  /// The clock of the entry is ahead of everything that the epoch in force speaks of, its grace included.
  case clockJumps(index: UInt64, limit: Timestamp)
  /// The venue states that the entries in this range were lost: it has to answer for what they decided.
  case entriesLost(from: UInt64, to: UInt64)
  /// The roll that the entry states lists fewer accounts than the ledger had open at the roll's instant.
  case rollTooSmall(index: UInt64, listed: UInt64, open: UInt64)
  /// What a step of a liquidation moves does not sum to zero, on the commitments themselves.
  case notBalanced(index: UInt64)
  /// A custodian has attested this account to the venue, and the log does not know it.
  case missingAccount(AccountID)
  /// This custodian has attested a part of this account to the venue, and the account was opened without it
  /// (A55).
  case missingPart(AccountID, VerificationKey)
  /// The venue has signed another log up to this many entries.
  case otherHead(count: UInt64)
}

/// What an audit has seen.
public struct AuditReport: Hashable, Sendable {
  /// What is wrong, in the order of the log; empty if the venue did as its policy says.
  public var findings: [AuditFinding] = []
  /// Number of entries replayed.
  public var entryCount = 0
  /// Number of admissions checked.
  public var admissionCount = 0
  /// Number of recorded refusals checked.
  public var refusalCount = 0
  /// Number of proofs verified again.
  public var proofCount = 0
  /// Number of checkpoints compared with the replayed state.
  public var checkpointCount = 0
  /// Number of entries from before the ledger had a charter: replayed, and not decided again.
  public var unchartedCount = 0
  /// Number of steps of liquidations taken again.
  public var liquidationStepCount = 0
  /// Number of proofs of bands verified again.
  public var bandCount = 0
  /// Number of rolls of all accounts that the log states, each compared with its checkpoint and in its number
  /// of accounts.
  public var rollCount = 0
  /// Number of cases that were settled.
  public var settledCaseCount = 0
  /// Number of entries that the venue has undone, and lists in the log.
  public var withdrawnCount = 0
  /// The identity of the ledger; nil if the log has no charter.
  public var identity: Digest?
  /// Number of accounts at the end.
  public var accountCount = 0

  /// Whether nothing is wrong.
  public var isClean: Bool { findings.isEmpty }
}
