package import Admission
package import AdmissionStore
internal import CanonicalBytes
internal import Foundation
package import Solvency
package import TransparencyLog

/// The last head of a ledger's log that left the desk, kept in a file outside the database.
///
/// Anyone who puts an older copy of the database back, or loses the end of it, leaves a log that ends before
/// this head (A65). The file is written after each commit and not forced to the disk: after a loss of power
/// it may be some entries behind, and never ahead. A copy of it, kept elsewhere and given with --head, does
/// the same for whole directories.
package struct PublishedHead {
  /// The name of the file in a ledger directory.
  package static let name = "ledger.head"

  package let path: String

  /// The head in the file, checked against the venue's key; nil if there is no file.
  package func read(of venue: VerificationKey) throws(ToolFailure) -> LogHead? {
    guard InputFile.isTaken(path) else { return nil }
    let signed: SignedLogHead = try ToolFailure.wrapping(path) {
      try SignedLogHead(decoding: try InputFile.read(path, limit: SignedLogHead.fileByteLimit))
    }
    return try ToolFailure.wrapping(path) { try signed.content(verifiedBy: venue) }
  }

  /// Writes a head in place of the one before.
  ///
  /// What it is about is on the disk already. If this fails, the file is older than it could be, which makes
  /// the check weaker and never wrong.
  package func write(_ head: SignedLogHead) { KeptFile.replace(path, with: head.json.encoded(.indented)) }

  /// The head in the file with its signature, which `read(of:)` has checked; nil if there is no file.
  package func signed() throws(ToolFailure) -> SignedLogHead? {
    guard InputFile.isTaken(path) else { return nil }
    return try ToolFailure.wrapping(path) {
      try SignedLogHead(decoding: try InputFile.read(path, limit: SignedLogHead.fileByteLimit))
    }
  }
}

/// The last checkpoint of a log's tree that was signed, kept in a file outside the database as well.
package struct KeptCheckpoint: Sendable {
  /// The name of the file in a ledger directory.
  package static let name = "ledger.checkpoint"

  package let path: String

  /// The checkpoint in the file; nil if there is no file. Anyone who can write there can have the ledger
  /// refused, and nothing else: its signature is not needed to compare.
  package func read() throws(ToolFailure) -> SignedCheckpoint? {
    guard InputFile.isTaken(path) else { return nil }
    let bytes = try InputFile.read(path, limit: SignedNote.byteLimit)
    return try ToolFailure.wrapping(path) { try SignedCheckpoint(decoding: bytes) }
  }

  /// The checkpoint over entries that were lost, if the venue has given some up.
  package func lost() throws(ToolFailure) -> SignedCheckpoint? {
    try KeptCheckpoint(path: "\(path).lost").read()
  }

  /// Puts the checkpoint aside if it is over more entries than the log has.
  ///
  /// - Returns: the checkpoint, if it was.
  package func giveUp(beyond count: UInt64) throws(ToolFailure) -> SignedCheckpoint? {
    guard let checkpoint = try read(), checkpoint.unverified.head.size > count else { return nil }
    guard OutputFile.isReplaceable("\(path).lost"), unsafe rename(path, "\(path).lost") == 0 else {
      throw ToolFailure(.inputOutput, path, "cannot be moved; check the folder and its permissions")
    }
    return checkpoint
  }

  /// Writes a checkpoint in place of the one before.
  package func write(_ checkpoint: SignedCheckpoint) { KeptFile.replace(path, with: checkpoint.encoded()) }
}

/// A small file that is replaced after every commit and not forced to the disk.
private enum KeptFile {
  static func replace(_ path: String, with bytes: [UInt8]) {
    let temporary = "\(path).\(UInt64.random(in: 0 ... .max)).tmp"
    guard FileManager.default.createFile(atPath: temporary, contents: Data(bytes)) else { return }
    guard OutputFile.isReplaceable(path), unsafe rename(temporary, path) == 0 else {
      _ = unsafe unlink(temporary)
      return
    }
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
  package func fold() throws(StoreError) { try store.fold() }

  package func items(from index: UInt64, limit: Int) throws(StoreError) -> [LogBatch.Item] {
    try store.items(from: index, limit: limit)
  }

  package func append(_ batch: LogBatch) throws(StoreError) {
    try store.append(batch)
    published.write(batch.head)
  }

  package func replaceTail(with batch: LogBatch) throws(StoreError) {
    try store.replaceTail(with: batch)
    published.write(batch.head)
  }
}
