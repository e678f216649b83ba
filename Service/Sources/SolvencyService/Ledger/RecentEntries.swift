internal import Admission
internal import Synchronization

/// The newest entries that this process has appended, so that what it tells of them is not read back from the
/// store.
///
/// Each is here once it is durable. Documents are left out but those of snapshots: of the others nobody is
/// told.
final class RecentEntries: Sendable {
  private let limit: Int
  private let items = Mutex<[LogBatch.Item]>([])

  init(limit: Int) { self.limit = limit }

  /// Adds what was appended.
  func append(_ batch: LogBatch) {
    let added = batch.items.map { item in
      if case .epochPublished = item.entry.event { return item }
      return LogBatch.Item(entry: item.entry, evidence: [])
    }
    items.withLock { items in
      // Another desk has appended in between: what is older is no part of this run.
      if items.last?.entry.index.advanced(by: 1) != added.first?.entry.index { items = [] }
      items += added
      if items.count > 2 * limit { items.removeFirst(items.count - limit) }
    }
  }

  /// Forgets all: the log has other entries in their place.
  func removeAll() { items.withLock { $0 = [] } }

  /// The entries from an index on, at most `limit` of them; none where the first is not here.
  func items(from index: UInt64, limit: Int) -> [LogBatch.Item] {
    items.withLock { items in
      guard let first = items.first?.entry.index, index >= first, index - first < items.count else {
        return []
      }
      return Array(items[Int(index - first)...].prefix(limit))
    }
  }
}
