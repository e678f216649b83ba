public import Solvency

/// The venue's statement of who has missed a deadline: every account that has become stale or liquidatable
/// since the roll before.
///
/// A venue that leaves an account out, say one of its own, writes a roll that does not follow from the log:
/// the ledger refuses it, and so does everybody who replays the log (A47).
public struct StatusRoll: Hashable, Sendable {
  /// The present status of one account.
  public struct Line: Hashable, Sendable {
    /// The account.
    public let account: AccountID
    /// ``AccountStatus/stale`` or ``AccountStatus/liquidatable``.
    public let status: AccountStatus

    /// A line of these parts.
    public init(account: AccountID, status: AccountStatus) {
      self.account = account
      self.status = status
    }
  }

  /// Number of accounts that are open.
  public let accountCount: UInt64
  /// The changes, in the order in which the accounts were opened.
  public let lines: [Line]

  /// A roll of these parts.
  public init(accountCount: UInt64, lines: [Line]) {
    self.accountCount = accountCount
    self.lines = lines
  }
}
