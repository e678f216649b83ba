public import CanonicalBytes
public import Solvency
public import TransparencyLog

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
  /// The right edge after the events so far, and their leaves; nothing if the ledger does not keep the edge.
  private(set) var edge: RightEdge?
  private(set) var leaves: [MerkleHash] = []

  init(state: consuming LedgerState, head: LogHead, edge: RightEdge?, time: Timestamp) {
    self.state = state
    self.head = head
    self.edge = edge
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
    if edge != nil {
      let leaf = entry.leafHash
      edge?.append(leaf)
      leaves.append(leaf)
    }
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
  /// The log's checkpoint after its events; nil if the ledger signs none, or there were no events.
  public var checkpoint: SignedCheckpoint? { published?.checkpoint }
  /// The checkpoint, and the tree that its events are proved in.
  let published: (checkpoint: SignedCheckpoint, tree: GrownTree)?

  init(
    result: Result, head: SignedLogHead?, time: Timestamp,
    published: (checkpoint: SignedCheckpoint, tree: GrownTree)? = nil
  ) {
    self.result = result
    self.head = head
    self.time = time
    self.published = published
  }
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
  /// The log ends before a checkpoint of its tree that was signed: an older copy was put back, or entries
  /// were lost.
  case behindCheckpoint(size: UInt64, actual: UInt64)
  /// The log has other entries than a checkpoint of its tree that was signed.
  case otherThanCheckpoint(size: UInt64)
  /// The entries from this one on cannot be undone: somebody outside knows of them.
  case notUndone(from: UInt64, UndoObjection)
  /// The head of the log cannot be signed.
  case signing(SigningError)
}

/// Why entries are not undone.
public enum UndoObjection: Error, Hashable, Sendable {
  /// A checkpoint over this number of entries was signed or witnessed: a log without them would be another
  /// log.
  case witnessed(size: UInt64)
  /// The entry decided on a request or issued a challenge, and somebody has a receipt.
  case decided(index: UInt64)
  /// The log has no such entry, or the first one is to be undone.
  case outside(count: UInt64)
  /// More entries than are undone at once.
  case tooMany(limit: Int)
}
