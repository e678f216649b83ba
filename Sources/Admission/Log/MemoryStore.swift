internal import Synchronization

/// A store that lasts as long as its process: for tests, simulations and replays.
public final class MemoryStore: LedgerStore {
  private struct Contents {
    var items: [LogBatch.Item] = []
    var head: SignedLogHead?
    var checkpoint: StoredCheckpoint?
  }

  private let contents = Mutex(Contents())

  /// An empty store.
  public init() {}

  /// The last signed head.
  public func head() -> SignedLogHead? { contents.withLock { $0.head } }

  /// The last checkpoint.
  public func checkpoint() -> StoredCheckpoint? { contents.withLock { $0.checkpoint } }

  /// Appends a batch.
  ///
  /// - Throws: ``StoreError/wrongIndex(expected:)`` unless the batch follows the last entry.
  public func append(_ batch: LogBatch) throws(StoreError) {
    try contents.withLock { contents throws(StoreError) in
      try batch.checkFollows(contents.items.last.map { LogHead($0.entry) } ?? .empty)
      contents.items += batch.items
      contents.head = batch.head
      if let checkpoint = batch.checkpoint { contents.checkpoint = checkpoint }
    }
  }

  /// Drops the entries from the batch's first index on, and appends it.
  ///
  /// - Throws: ``StoreError/wrongIndex(expected:)`` unless the batch begins inside the log.
  public func replaceTail(with batch: LogBatch) throws(StoreError) {
    try contents.withLock { contents throws(StoreError) in
      let count = UInt64(contents.items.count)
      guard let first = batch.items.first?.entry.index, first < count else {
        throw .wrongIndex(expected: count)
      }
      contents.items.removeLast(Int(count - first))
      if let checkpoint = contents.checkpoint, checkpoint.index >= first { contents.checkpoint = nil }
      contents.items += batch.items
      contents.head = batch.head
    }
  }

  /// The entries from an index on.
  public func items(from index: UInt64, limit: Int) -> [LogBatch.Item] {
    contents.withLock { contents in
      guard index < UInt64(contents.items.count) else { return [] }
      return Array(contents.items[Int(index)...].prefix(limit))
    }
  }
}
