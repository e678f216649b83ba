internal import Solvency

/// Rebuilds a ledger's state from the entries of its log, checking that each follows the one before.
public struct LogReplay: Sendable {
  /// What the entries so far made.
  public private(set) var state = LedgerState()
  /// The place that was reached.
  public private(set) var head = LogHead.empty

  /// Starts before the first entry.
  public init() {}

  /// Applies the next entry.
  ///
  /// - Throws: ``ReplayError``; the replay then stands where it stood.
  public mutating func apply(_ entry: LogEntry) throws(ReplayError) {
    var next = head
    do throws(LogFault) {
      try next.advance(over: entry)
    } catch {
      throw .log(error)
    }
    do throws(LedgerError) {
      try state.apply(entry.event, at: entry.time)
    } catch {
      throw .event(index: entry.index, error)
    }
    head = next
  }

  /// Gives up the state without a copy.
  mutating func takeState() -> LedgerState {
    let taken = state
    state = LedgerState()
    return taken
  }
}

/// Why a log cannot be replayed.
public enum ReplayError: Error, Hashable, Sendable {
  /// The log itself is not sound.
  case log(LogFault)
  /// The event at this place cannot have happened.
  case event(index: UInt64, LedgerError)
}
