public import CanonicalBytes
public import Solvency

/// All accounts at one moment, counted: what somebody who watches a ledger looks at first.
public struct AccountSurvey: Hashable, Sendable {
  /// Number of accounts in each status; those without accounts are left out.
  public var counts: [AccountStatus: Int] = [:]
  /// Number of accounts whose proof falls due within each of the spans that were asked for, and later than
  /// within the one before. Accounts that are stale already are in none.
  public var due: [Int]
  /// The accounts whose proofs fall due first, in that order, and when.
  public var soonest: [Call] = []

  /// A deadline that has not passed.
  public struct Call: Hashable, Sendable {
    /// Whose.
    public let account: AccountID
    /// By when the next proof is due.
    public let deadline: Timestamp
  }
}

extension LedgerState {
  /// Counts all accounts in one pass that makes nothing of each: a million take some ten milliseconds.
  ///
  /// - Parameters:
  ///   - now: a moment not before the last event; an earlier one is taken for that.
  ///   - spans: ascending, in seconds.
  ///   - limit: how many of the soonest deadlines to name.
  public func survey(at now: Timestamp, dueWithin spans: [UInt64], naming limit: Int) -> AccountSurvey {
    let moment = max(now, clock)
    var survey = AccountSurvey(due: [Int](repeating: 0, count: spans.count))
    var soonest: [(slot: Int, deadline: UInt64)] = []
    for (slot, record) in accounts.records.enumerated() {
      let status = status(of: record, at: moment)
      survey.counts[status, default: 0] += 1
      guard status != .stale, status != .liquidatable else { continue }
      let deadline = deadline(of: record)
      let left = deadline - min(deadline, moment.seconds)
      if let span = spans.firstIndex(where: { left <= $0 }) { survey.due[span] += 1 }
      guard limit > 0, soonest.count < limit || deadline < soonest[soonest.count - 1].deadline else {
        continue
      }
      let place = soonest.firstIndex { deadline < $0.deadline } ?? soonest.count
      soonest.insert((slot, deadline), at: place)
      if soonest.count > limit { soonest.removeLast() }
    }
    survey.soonest = soonest.map {
      AccountSurvey.Call(account: accounts.names[$0.slot], deadline: Timestamp(seconds: $0.deadline))
    }
    return survey
  }
}
