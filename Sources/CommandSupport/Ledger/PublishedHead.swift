package import Admission
package import AdmissionStore
internal import CanonicalBytes
internal import Foundation
package import Solvency

/// The last head of a ledger's log that left the desk, kept in a file outside the database.
///
/// Whoever puts an older copy of the database back, or loses the end of it, leaves a log that ends before
/// this head (A65). The file is written after each commit and not forced to the disk: after a loss of power
/// it may be some entries behind, and never ahead. A copy of it, kept elsewhere and given with --head, does
/// the same for whole directories.
package struct PublishedHead {
  /// The name of the file in a ledger directory.
  package static let name = "ledger.head"

  package let path: String

  /// The head in the file, checked against the venue's key; nil if there is no file.
  package func read(of venue: VerificationKey) throws(ToolFailure) -> LogHead? {
    guard FileManager.default.fileExists(atPath: path) else { return nil }
    let signed: SignedLogHead = try ToolFailure.wrapping(path) {
      try SignedLogHead(decoding: try InputFile.read(path, limit: SignedLogHead.fileByteLimit))
    }
    return try ToolFailure.wrapping(path) { try signed.content(verifiedBy: venue) }
  }

  /// Writes a head in place of the one before.
  ///
  /// What it is about is on the disk already. If this fails, the file is older than it could be, which makes
  /// the check weaker and never wrong.
  package func write(_ head: SignedLogHead) {
    let temporary = "\(path).\(ProcessInfo.processInfo.processIdentifier).tmp"
    let bytes = Data(head.json.encoded(.indented))
    guard FileManager.default.createFile(atPath: temporary, contents: bytes) else { return }
    if unsafe rename(temporary, path) != 0 { _ = unsafe unlink(temporary) }
  }
}

/// A store that keeps the head of every batch in a file beside it.
package struct HeadKeepingStore: LedgerStore {
  package let store: SQLiteStore
  package let published: PublishedHead

  package func head() throws(StoreError) -> SignedLogHead? { try store.head() }
  package func checkpoint() throws(StoreError) -> StoredCheckpoint? { try store.checkpoint() }
  package func count() throws(StoreError) -> UInt64 { try store.count() }
  package func acquire() throws(StoreError) -> UInt64 { try store.acquire() }
  package func release() { store.release() }

  package func items(from index: UInt64, limit: Int) throws(StoreError) -> [LogBatch.Item] {
    try store.items(from: index, limit: limit)
  }

  package func append(_ batch: LogBatch) throws(StoreError) {
    try store.append(batch)
    published.write(batch.head)
  }
}
