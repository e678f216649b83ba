public import Admission
public import TransparencyLog

/// What a process does for a ledger.
public enum LedgerDuty: Hashable, Sendable {
  /// It decides and writes.
  case writer
  /// It reads what another process writes, and takes over when that one is gone, if it can. Where the writer
  /// is reached, if it is known.
  case follower(writer: String?)
  /// The ledger cannot be reached at the moment.
  case unreachable
}

/// The ledger that a server answers for: where it is decided, and where it is read.
///
/// A host for one file is ``FolderLedger``. One for a database server changes its duty while it runs: a
/// follower's desk has a store that lets nothing be appended (``Admission/StoreError/readOnly`` or
/// ``Admission/StoreError/busy``), and becomes the writer's once it may.
public protocol ServedLedger: Sendable {
  /// The desk: of a writer it decides, of a follower it reads. Another one when the ledger was bound by
  /// another charter.
  var admission: Admission { get }
  /// The log, read on a connection of its own, so that reading waits for no commit.
  var reader: any LedgerStore { get }
  /// What this process does for the ledger now.
  var duty: LedgerDuty { get }
  /// The newest checkpoint of the log's tree that was signed here; nil if none was.
  var checkpoint: SignedCheckpoint? { get }
  /// The entries from an index on that this process has appended not long ago and that are durable, at most
  /// `limit`, with no documents but those of snapshots; none where the first of them is not at hand.
  func recent(from index: UInt64, limit: Int) -> [LogBatch.Item]
  /// Takes in what others have appended: entries, and another charter if there is one.
  ///
  /// - Throws: ``Admission/LedgerFailure``.
  func catchUp() throws(LedgerFailure)
  /// Ends the use of the ledger: nothing is written any more.
  func close()
}

extension ServedLedger {
  /// None: all is read from the log.
  public func recent(from index: UInt64, limit: Int) -> [LogBatch.Item] { [] }
}
