public import CanonicalBytes
public import Solvency

/// Events that are about to be made durable together, and the state after them.
public struct LedgerTransaction {
  /// The state after the events so far.
  public private(set) var state: LedgerState
  /// The moment of the transaction, not before the last event.
  public let time: Timestamp
  /// The head after the events so far.
  public private(set) var head: LogHead
  private(set) var items: [LogBatch.Item] = []
  private(set) var isCancelled = false

  init(state: consuming LedgerState, head: LogHead, time: Timestamp) {
    self.state = state
    self.head = head
    self.time = time
  }

  /// Appends an event.
  ///
  /// - Parameters:
  ///   - evidence: the document that the event names as its evidence; empty if it names none.
  ///   - moment: when it happens, if that is before the moment of the transaction.
  /// - Returns: the event's entry.
  /// - Throws: ``LedgerError`` if it cannot happen; nothing is then appended.
  @discardableResult
  public mutating func append(
    _ event: LedgerEvent, evidence: [UInt8] = [], at moment: Timestamp? = nil
  ) throws(LedgerError) -> LogEntry {
    let time = moment ?? time
    if case .chartered(let record) = event, record.previous != head.digest { throw .foreignCharter }
    try state.apply(event, at: time)
    let entry = LogEntry(after: head, time: time, event: event)
    head = LogHead(entry)
    items.append(LogBatch.Item(entry: entry, evidence: evidence))
    return entry
  }

  /// The moment of the transaction, or the last one that the epoch in force speaks of.
  var momentInForce: Timestamp {
    guard let limit = state.timeLimit else { return time }
    return max(state.clock, min(time, limit))
  }

  /// Gives up the events so far: none of them happens.
  public mutating func cancel() { isCancelled = !items.isEmpty }

  mutating func takeState() -> LedgerState {
    let taken = state
    state = LedgerState()
    return taken
  }
}

/// What a durable step has led to.
public struct Commit<Result: Sendable>: Sendable {
  /// What its body returned.
  public let result: Result
  /// The signed head after its events; nil if there were none.
  public let head: SignedLogHead?
  /// When it was.
  public let time: Timestamp
}

/// Why a ledger cannot be opened, or a step was not taken.
public enum LedgerFailure: Error, Hashable, Sendable {
  /// The store does not do its part.
  case store(StoreError)
  /// The log in the store is not sound.
  case replay(ReplayError)
  /// The stored state of the checkpoint at this place is not to be trusted. The log itself may be sound: open
  /// the ledger from the beginning, and write a new checkpoint.
  case checkpoint(index: UInt64, CheckpointFault)
  /// The event cannot happen.
  case event(LedgerError)
  /// The document in the log is not the one that its entry names.
  case evidence(index: UInt64)
  /// The ledger is of the form before ledgers had charters: upgrade it.
  case notChartered
  /// The ledger is bound by another charter than the one it was opened with; its digest.
  case otherCharter(inForce: Digest)
  /// The log ends before a head that its venue has published: an older copy was put back, or entries were
  /// lost.
  case behind(published: LogHead, actual: UInt64)
  /// The log has another entry at the place of a head that its venue has published.
  case otherThanPublished(LogHead)
  /// The head of the log cannot be signed.
  case signing(SigningError)
}
