import Admission
import Foundation

/// Batches of entries that mean nothing, each after the one before.
struct Batches {
  let signer: LogSigner

  init() throws { signer = try LogSigner(.random(role: .venue)) }

  /// Entries after a head, signed. The ledger itself signs; so does this, with a ledger of its own kind.
  func batch(after head: LogHead, count: Int = 1, salt: UInt8 = 0, checkpoint: Bool = false) throws
    -> LogBatch
  {
    let key = SigningKey.random(role: .venue)
    var head = head
    var items: [LogBatch.Item] = []
    for number in 0..<count {
      let event = LedgerEvent.registryPublished(
        RegistryRecord(
          registry: .sha256(of: [salt, UInt8(truncatingIfNeeded: head.count)]), count: UInt32(number)))
      let entry = LogEntry(after: head, time: Timestamp(seconds: 1_770_000_000 + head.count), event: event)
      items.append(LogBatch.Item(entry: entry, evidence: [salt, 1, 2, 3]))
      head = LogHead(entry)
    }
    return LogBatch(items: items, head: try Signed(head, by: key))
  }
}
