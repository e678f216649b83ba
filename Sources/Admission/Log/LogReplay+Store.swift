public import Solvency

extension LogReplay {
  /// How many entries are read at once.
  private static let readLimit = 4096
  /// How often a head that is behind the entries is read again.
  private static let raceLimit = 100

  /// The state that the log in a store makes.
  ///
  /// - Parameters:
  ///   - start: at the last checkpoint, if the store has one, or at the first entry.
  ///   - venue: whose signature the head of the log must bear.
  /// - Throws: ``LedgerFailure`` if the store, the checkpoint, the log or an event is not sound.
  public init(
    of store: any LedgerStore, from start: LedgerStart, venue: VerificationKey
  ) throws(LedgerFailure) {
    switch start {
    case .beginning: self.init()
    case .checkpoint: self = try Self.atCheckpoint(of: store)
    }
    // The head vouches for every entry that led to it, and so for the checkpoint that was begun with.
    try catchUp(with: store, venue: venue) { _ in }
  }

  /// Applies the entries of a store that are not applied yet, and tells of each.
  mutating func catchUp(
    with store: any LedgerStore, venue: VerificationKey, _ body: (LogBatch.Item) -> Void
  ) throws(LedgerFailure) {
    var signed = try storing { () throws(StoreError) in try store.head() }
    for _ in 0..<Self.raceLimit {
      try readOn(in: store, body)
      guard head.count > signed?.unverified.count ?? 0 else { break }
      // Another process may have appended after the head was read: then there is a later one.
      let later = try storing { () throws(StoreError) in try store.head() }
      guard later != signed else { break }
      signed = later
    }
    if let fault = head.fault(against: signed, by: venue) { throw .replay(.log(fault)) }
  }

  private mutating func readOn(
    in store: any LedgerStore, _ body: (LogBatch.Item) -> Void
  ) throws(LedgerFailure) {
    while true {
      let next = head.count
      let items = try storing { () throws(StoreError) in
        try store.items(from: next, limit: Self.readLimit)
      }
      guard !items.isEmpty else { break }
      for item in items {
        do throws(ReplayError) {
          try apply(item.entry)
        } catch {
          throw .replay(error)
        }
        body(item)
      }
    }
  }

  private static func atCheckpoint(of store: any LedgerStore) throws(LedgerFailure) -> LogReplay {
    let stored = try storing { () throws(StoreError) in try store.checkpoint() }
    guard let stored else { return LogReplay() }
    let item = try storing { () throws(StoreError) in
      try store.items(from: stored.index, limit: 1).first
    }
    guard let item else { throw .checkpoint(index: stored.index, .notInLog) }
    do throws(CheckpointFault) {
      return try LogReplay(from: stored, named: item.entry)
    } catch {
      throw .checkpoint(index: stored.index, error)
    }
  }
}
