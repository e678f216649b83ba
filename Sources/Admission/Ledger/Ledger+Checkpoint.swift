internal import CanonicalBytes
public import Solvency
internal import Synchronization
public import TransparencyLog

extension Ledger {
  /// Writes a checkpoint now: an entry that names the state, and the state itself, in one durable step.
  ///
  /// - Returns: the signed head after the entry.
  /// - Throws: ``LedgerFailure``; then the ledger is as it was.
  @discardableResult
  public func checkpoint(at now: Timestamp) throws(LedgerFailure) -> SignedLogHead {
    try contents.withLock { contents throws(LedgerFailure) in
      if contents.mustReload { try reload(&contents) }
      // The first entry of a log is its charter.
      guard contents.head.count > 0 else { throw .event(.noEpoch) }
      return try checkpoint(&contents, at: now)
    }
  }

  func checkpoint(
    _ contents: inout Contents, at now: Timestamp
  ) throws(LedgerFailure) -> SignedLogHead {
    let count = try storing { () throws(StoreError) in try store.acquire() }
    var isHeld = true
    defer { if isHeld { store.release() } }
    try catchUp(&contents, to: count)
    try completeEdge(&contents)
    // A checkpoint moves no clock: it states what was.
    let time = max(contents.state.clock, min(now, contents.state.timeLimit ?? now))
    contents.checkpointed = contents.head.count
    let stored = StoredCheckpoint(
      index: contents.head.count, state: contents.state.encoded(), edge: contents.edge)
    let record = CheckpointRecord(state: .sha256(of: stored.state), tree: contents.edge?.head.root)
    let entry = LogEntry(after: contents.head, time: time, event: .checkpointed(record))
    let signature = try sign(LogHead(entry))
    contents.mustReload = true
    isHeld = false
    do throws(StoreError) {
      let item = LogBatch.Item(entry: entry, evidence: [])
      try store.append(LogBatch(items: [item], head: signature, checkpoint: stored))
    } catch {
      throw .store(error)
    }
    do throws(LedgerError) {
      try contents.state.applyUncompared(entry.event, at: time)
    } catch {
      throw .event(error)
    }
    contents.head = LogHead(entry)
    contents.edge?.append(entry.leafHash)
    contents.mustReload = false
    _ = signTree(&contents)
    return signature
  }

  /// Makes sure that the right edge is known, from every entry if the last checkpoint is of a form without
  /// it.
  func completeEdge(_ contents: inout Contents) throws(LedgerFailure) {
    guard contents.edge == nil else { return }
    contents.edge = try edge(at: contents.head.count)
  }

  /// The right edge over the first entries of the log, from the last checkpoint on where that is before.
  private func edge(at size: UInt64) throws(LedgerFailure) -> RightEdge {
    var edge = RightEdge()
    let stored = try storing { () throws(StoreError) in try store.checkpoint() }
    if let kept = stored?.edge, kept.size <= size { edge = kept }
    while edge.size < size {
      let (next, limit) = (edge.size, Int(min(4_096, size - edge.size)))
      let items = try storing { () throws(StoreError) in try store.items(from: next, limit: limit) }
      guard !items.isEmpty else { throw .replay(.log(.truncated(expected: size, actual: next))) }
      for item in items { edge.append(item.entry.leafHash) }
    }
    return edge
  }

  /// The head of the log's tree after as many entries.
  ///
  /// - Throws: ``LedgerFailure`` when the log has fewer, or the store fails.
  public func treeHead(at size: UInt64) throws(LedgerFailure) -> TreeHead { try edge(at: size).head }

  /// Compares the log with a checkpoint of its tree that was signed before (A65).
  ///
  /// - Throws: ``LedgerFailure/behindCheckpoint(size:actual:)`` if the log ends before it,
  ///   ``LedgerFailure/otherThanCheckpoint(size:)`` if it has other entries.
  public func check(notBehind published: TreeHead) throws(LedgerFailure) {
    let count = head.count
    guard published.size <= count else { throw .behindCheckpoint(size: published.size, actual: count) }
    guard try treeHead(at: published.size) == published else {
      throw .otherThanCheckpoint(size: published.size)
    }
  }
}
