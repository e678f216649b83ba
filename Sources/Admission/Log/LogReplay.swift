internal import CanonicalBytes
internal import MarginRules
internal import Solvency
public import TransparencyLog

/// Rebuilds a ledger's state from the entries of its log, checking that each follows the one before.
public struct LogReplay: Sendable {
  /// What the entries so far made.
  public private(set) var state = LedgerState()
  /// The place that was reached.
  public private(set) var head = LogHead.empty
  /// The place of the last checkpoint; nil before the first.
  public private(set) var checkpoint: UInt64?
  /// The right edge of the tree over the entries so far; nil after a checkpoint of a form without one.
  public private(set) var edge: RightEdge? = RightEdge()

  /// Starts before the first entry.
  public init() {}

  /// Goes on from a state that the entries before a head made.
  init(resuming state: consuming LedgerState, at head: LogHead, edge: RightEdge?) {
    self.state = state
    self.head = head
    self.edge = edge
  }

  /// Starts after a checkpoint, with the state that was stored for it.
  ///
  /// - Parameter entry: the entry of the log at the checkpoint's place. The signed head vouches for it once
  ///   the entries after it have been applied.
  /// - Throws: ``CheckpointFault`` if the stored state is not the one that the entry names.
  init(from stored: StoredCheckpoint, named entry: LogEntry) throws(CheckpointFault) {
    guard entry.index == stored.index, case .checkpointed(let record) = entry.event else {
      throw .notInLog
    }
    guard Digest.sha256(of: stored.state) == record.state else { throw .otherState }
    edge = record.tree == nil ? nil : stored.edge
    if let tree = record.tree {
      guard let edge, edge.head == TreeHead(size: entry.index, root: tree) else { throw .otherState }
    }
    do throws(LogFormatError) {
      state = try LedgerState(decoding: stored.state)
    } catch {
      throw .malformed
    }
    guard state.eventCount == entry.index else { throw .malformed }
    do throws(LedgerError) {
      try state.applyUncompared(entry.event, at: entry.time)
    } catch {
      throw .malformed
    }
    head = LogHead(entry)
    edge?.append(entry.leafHash)
    checkpoint = entry.index
  }

  /// Applies the next entry.
  ///
  /// - Throws: ``ReplayError``; the replay then stands where it stood.
  public mutating func apply(_ entry: LogEntry) throws(ReplayError) {
    if case .checkpointed(let record) = entry.event, let tree = record.tree, let edge, edge.head.root != tree
    {
      throw .event(index: entry.index, .checkpointDiffers)
    }
    try step(entry) { state throws(LedgerError) in try state.apply(entry.event, at: entry.time) }
  }

  /// Applies the next entry; a checkpoint is taken to state what it should.
  mutating func applyUncompared(_ entry: LogEntry) throws(ReplayError) {
    try step(entry) { state throws(LedgerError) in
      try state.applyUncompared(entry.event, at: entry.time)
    }
  }

  private mutating func step(
    _ entry: LogEntry, _ apply: (inout LedgerState) throws(LedgerError) -> Void
  ) throws(ReplayError) {
    var next = head
    do throws(LogFault) {
      try next.advance(over: entry)
    } catch {
      throw .log(error)
    }
    if case .chartered(let record) = entry.event, record.previous != entry.previous {
      throw .event(index: entry.index, .foreignCharter)
    }
    do throws(LedgerError) {
      try apply(&state)
    } catch {
      throw .event(index: entry.index, error)
    }
    head = next
    edge?.append(entry.leafHash)
    if case .checkpointed = entry.event { checkpoint = entry.index }
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
