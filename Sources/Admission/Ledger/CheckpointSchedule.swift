/// Where a ledger that is opened begins to apply its log.
public enum LedgerStart: Hashable, Sendable {
  /// At the last checkpoint. What is before it is vouched for by the signed head, which names the
  /// checkpoint's entry, and is not read.
  case checkpoint
  /// At the first entry. No stored state is looked at, and every checkpoint is compared with the state that
  /// the entries before it make.
  case beginning
}

/// How often a ledger writes a checkpoint by itself.
///
/// After n entries, where n is at least the interval and the number of accounts. So a checkpoint costs the
/// encoding of at most one account an entry, and opening a ledger costs the decoding of its accounts and at
/// most n entries.
public struct CheckpointSchedule: Hashable, Sendable {
  /// The least number of entries between checkpoints; nil for none at all.
  public var interval: UInt64?

  /// A checkpoint after 16,384 entries: half a second's replay.
  public static let standard = CheckpointSchedule(interval: 1 << 14)
  /// No checkpoint but those that are asked for.
  public static let never = CheckpointSchedule(interval: nil)

  /// A schedule with this interval.
  public init(interval: UInt64?) { self.interval = interval }

  /// Whether a checkpoint is due after this many entries since the last one.
  func isDue(after entryCount: UInt64, accountCount: Int) -> Bool {
    guard let interval else { return false }
    return entryCount >= max(interval, UInt64(accountCount))
  }
}
