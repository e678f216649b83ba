internal import CanonicalBytes
public import Solvency
internal import Synchronization
internal import TransparencyLog

/// How a log gives up entries, or takes back what it has lost. Neither happens in silence.
extension Ledger {
  /// Undoes the entries from an index on: a clock or a document that was wrong. In their place is an entry
  /// that lists them.
  ///
  /// - Parameter witnessed: the greatest size of a checkpoint that was signed or cosigned over the log.
  /// - Returns: the signed head after that entry.
  /// - Throws: ``LedgerFailure/notUndone(from:_:)`` if somebody outside knows of one of them; nothing has
  ///   then happened.
  @discardableResult
  public func undo(
    from index: UInt64, witnessed: UInt64, at now: Timestamp
  ) throws(LedgerFailure) -> SignedLogHead {
    try contents.withLock { contents throws(LedgerFailure) in
      let count = try storing { () throws(StoreError) in try store.acquire() }
      var isHeld = true
      defer { if isHeld { store.release() } }
      try catchUp(&contents, to: count)
      guard index > 0, index < count else { throw .notUndone(from: index, .outside(count: count)) }
      guard witnessed <= index else { throw .notUndone(from: index, .witnessed(size: witnessed)) }
      let entries = try entries(from: index, until: count)
      if let decided = entries.first(where: \.event.isDecision) {
        throw .notUndone(from: index, .decided(index: decided.index))
      }
      var replay = try replay(until: index)
      // The time at which the ledger stood then, if the clock that is given now cannot be used either.
      let state = replay.takeState()
      let time = max(state.clock, min(now, state.timeLimit ?? now))
      let document = WithdrawnEntries(entries).encoded()
      let record = WithdrawalRecord(head: contents.head, cause: .undone, evidence: .sha256(of: document))
      var transaction = LedgerTransaction(state: state, head: replay.head, edge: replay.edge, time: time)
      try appending { () throws(LedgerError) in
        try transaction.append(.withdrawn(record), evidence: document)
      }
      let signed = try sign(transaction.head)
      contents.mustReload = true
      isHeld = false
      let batch = LogBatch(items: transaction.items, head: signed)
      try storing { () throws(StoreError) in try store.replaceTail(with: batch) }
      contents.checkpointed = 0
      try reload(&contents)
      return signed
    }
  }

  /// States that the entries up to a head were lost: the log ends before it, and nobody has them. The venue
  /// answers for what they decided.
  ///
  /// - Throws: ``LedgerFailure``; nothing has then happened.
  @discardableResult
  public func acceptLoss(upTo head: LogHead, at now: Timestamp) throws(LedgerFailure) -> SignedLogHead {
    let time = try withState { max($0.clock, min(now, $0.timeLimit ?? now)) }
    return try record(.withdrawn(WithdrawalRecord(head: head, cause: .lost, evidence: .zero)), at: time)
  }

  /// Appends entries that were lost and found again, up to a head that the venue has signed.
  ///
  /// - Parameter items: entries that follow the log's last, each after the one before. Documents that are
  ///   missing may be put back later.
  /// - Returns: the head.
  /// - Throws: ``LedgerFailure`` if an entry does not follow, cannot have happened, or the last is not the
  ///   one that the head names; nothing has then happened.
  @discardableResult
  public func takeBack(
    _ items: [LogBatch.Item], upTo signed: SignedLogHead
  ) throws(LedgerFailure) -> LogHead {
    try contents.withLock { contents throws(LedgerFailure) in
      let count = try storing { () throws(StoreError) in try store.acquire() }
      var isHeld = true
      defer { if isHeld { store.release() } }
      try catchUp(&contents, to: count)
      contents.mustReload = true
      var replay = LogReplay(resuming: contents.takeState(), at: contents.head, edge: contents.edge)
      for item in items {
        do throws(ReplayError) {
          try replay.apply(item.entry)
        } catch {
          throw .replay(error)
        }
      }
      if let fault = replay.head.fault(against: signed, by: venue) { throw .replay(.log(fault)) }
      isHeld = false
      try storing { () throws(StoreError) in try store.append(LogBatch(items: items, head: signed)) }
      contents.head = replay.head
      contents.edge = replay.edge
      contents.state = replay.takeState()
      contents.mustReload = false
      return contents.head
    }
  }

  /// Whether a head is of an entry that was undone: one that the entry in their place lists.
  func wasUndone(_ published: LogHead) throws(LedgerFailure) -> Bool {
    guard try withState({ !$0.withdrawals.isEmpty }) else { return false }
    // That entry stands where the first of them stood, which is no further back than that many can be undone.
    let reach = UInt64(WithdrawnEntries.countLimit)
    var index = published.count - min(published.count, reach)
    let end = min(published.count, head.count)
    while index < end {
      let (next, limit) = (index, Int(min(256, end - index)))
      let items = try storing { () throws(StoreError) in try store.items(from: next, limit: limit) }
      guard !items.isEmpty else { return false }
      for item in items {
        guard case .withdrawn(let record) = item.entry.event, record.cause == .undone, item.hasItsEvidence,
          let undone = try? WithdrawnEntries(decoding: item.evidence)
        else { continue }
        let before = LogHead(count: item.entry.index, digest: item.entry.previous)
        if undone.lead(from: before, to: record.head), undone.heads.contains(published) { return true }
      }
      index += UInt64(items.count)
    }
    return false
  }

  private func appending(_ step: () throws(LedgerError) -> Void) throws(LedgerFailure) {
    do throws(LedgerError) {
      try step()
    } catch {
      throw .event(error)
    }
  }

  private func entries(from index: UInt64, until count: UInt64) throws(LedgerFailure) -> [LogEntry] {
    let limit = WithdrawnEntries.countLimit
    guard count - index <= UInt64(limit) else { throw .notUndone(from: index, .tooMany(limit: limit)) }
    var entries: [LogEntry] = []
    while index + UInt64(entries.count) < count {
      let (next, left) = (index + UInt64(entries.count), Int(count - index) - entries.count)
      let items = try storing { () throws(StoreError) in try store.items(from: next, limit: left) }
      guard !items.isEmpty else { throw .replay(.log(.truncated(expected: count, actual: next))) }
      entries += items.map(\.entry)
    }
    return entries
  }

  /// What the entries before an index make, from the first one on.
  private func replay(until index: UInt64) throws(LedgerFailure) -> LogReplay {
    var replay = LogReplay()
    while replay.head.count < index {
      let (next, limit) = (replay.head.count, Int(min(1_024, index - replay.head.count)))
      let items = try storing { () throws(StoreError) in try store.items(from: next, limit: limit) }
      guard !items.isEmpty else { throw .replay(.log(.truncated(expected: index, actual: next))) }
      for item in items {
        do throws(ReplayError) {
          try replay.apply(item.entry)
        } catch {
          throw .replay(error)
        }
      }
    }
    return replay
  }
}
