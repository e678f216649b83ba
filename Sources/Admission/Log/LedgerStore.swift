public import Solvency
public import TransparencyLog

/// What goes into a store at once: entries, with the evidence of each, and the head after them.
public struct LogBatch: Hashable, Sendable {
  /// An entry and the document that it names as its evidence, if it names one.
  public struct Item: Hashable, Sendable {
    /// The entry.
    public let entry: LogEntry
    /// The bytes of its evidence; empty if it has none.
    public let evidence: [UInt8]

    /// An item of these parts.
    public init(entry: LogEntry, evidence: [UInt8]) {
      self.entry = entry
      self.evidence = evidence
    }
  }

  /// The entries in order.
  public let items: [Item]
  /// The signed head after the last of them.
  public let head: SignedLogHead
  /// The state that the last entry names, if that is a checkpoint.
  public let checkpoint: StoredCheckpoint?

  /// A batch of these parts.
  public init(items: [Item], head: SignedLogHead, checkpoint: StoredCheckpoint? = nil) {
    self.items = items
    self.head = head
    self.checkpoint = checkpoint
  }
}

extension LogBatch {
  /// Whether the batch goes on where a log ends: by its index, and by the digest of the last entry, which
  /// another desk may have replaced.
  ///
  /// - Throws: ``StoreError/wrongIndex(expected:)``.
  public func checkFollows(_ head: LogHead) throws(StoreError) {
    guard let first = items.first?.entry, first.index == head.count, first.previous == head.digest else {
      throw .wrongIndex(expected: head.count)
    }
  }
}

/// The state of a ledger at a checkpoint of its log, as a store keeps it. By itself it is worth nothing: the
/// entry at its place names its digest, and the signed head names that entry.
public struct StoredCheckpoint: Hashable, Sendable {
  /// The index of the entry.
  public let index: UInt64
  /// ``LedgerState/encoded()`` before that entry.
  public let state: [UInt8]
  /// The right edge of the log's tree before that entry; nil in checkpoints of version 0.1.0.
  public let edge: RightEdge?

  /// A checkpoint of these parts.
  public init(index: UInt64, state: [UInt8], edge: RightEdge? = nil) {
    self.index = index
    self.state = state
    self.edge = edge
  }
}

/// Why the stored state of a checkpoint is not used.
public enum CheckpointFault: Error, Hashable, Sendable {
  /// The log has no checkpoint at this place.
  case notInLog
  /// The state is not the one that the log names.
  case otherState
  /// The state is of another version, or damaged.
  case malformed
}

/// Where a ledger keeps its log.
///
/// ``append(_:)`` returns when the batch is durable, the whole of it; if it throws, none of it is there,
/// unless it throws ``StoreError/undecided``. A store is used by one ledger at a time, which serialises its
/// calls. Several stores, of several desks, may be of one log: each decides between ``acquire()`` and
/// ``append(_:)``.
public protocol LedgerStore: Sendable {
  /// The last signed head; nil for an empty log.
  func head() throws(StoreError) -> SignedLogHead?

  /// The last checkpoint that was appended; nil if there is none. A store that keeps none has its whole log
  /// replayed when it is opened.
  func checkpoint() throws(StoreError) -> StoredCheckpoint?

  /// Number of entries that are in the store now, those of others included.
  func count() throws(StoreError) -> UInt64

  /// Waits until nobody else may append, and keeps it so until ``append(_:)`` or ``release()``: what is
  /// decided in between is decided on the log as it is. A store that only one ledger uses need not do
  /// anything.
  ///
  /// - Returns: the number of entries.
  func acquire() throws(StoreError) -> UInt64

  /// Gives up what ``acquire()`` has kept.
  func release()

  /// Appends a batch. Its first entry has the index at which the log ends, and names the last one; another is
  /// refused as ``StoreError/wrongIndex(expected:)``. A checkpoint in it takes the place of the one before.
  func append(_ batch: LogBatch) throws(StoreError)

  /// Appends a batch in the place of the entries from the index of its first one on, which are dropped with
  /// their evidence, and with the checkpoint if it is of one of them. All or nothing.
  func replaceTail(with batch: LogBatch) throws(StoreError)

  /// The entries from an index on, at most `limit` of them, each with its evidence. Fewer where they are
  /// large, and none only where there are none.
  func items(from index: UInt64, limit: Int) throws(StoreError) -> [LogBatch.Item]

  /// Makes the store whole in its one place, so that a copy of its file is a copy of the log; what was
  /// appended is durable before, too. Nothing need be done by a store that has no other place.
  func fold() throws(StoreError)
}

extension LedgerStore {
  /// None.
  ///
  /// - Throws: never.
  public func checkpoint() throws(StoreError) -> StoredCheckpoint? { nil }

  /// What the head says.
  ///
  /// - Throws: ``StoreError`` when the head cannot be read.
  public func count() throws(StoreError) -> UInt64 { try head()?.unverified.count ?? 0 }

  /// Nothing is kept.
  ///
  /// - Throws: ``StoreError`` when the head cannot be read.
  public func acquire() throws(StoreError) -> UInt64 { try count() }

  /// Nothing was kept.
  public func release() {}

  /// Nothing is anywhere else.
  ///
  /// - Throws: never.
  public func fold() throws(StoreError) {}

  /// Not possible in a store that does not say otherwise.
  ///
  /// - Throws: ``StoreError/readOnly``.
  public func replaceTail(with batch: LogBatch) throws(StoreError) { throw .readOnly }
}

/// Why a store does not do what it was asked.
public enum StoreError: Error, Hashable, Sendable {
  /// There is no ledger at the path.
  case notFound
  /// The file is not a ledger.
  case notALedger
  /// The ledger has another version than this library reads.
  case unsupportedVersion(Int64)
  /// The file is damaged.
  case corrupt
  /// The file has tables, triggers or other things that no ledger has, or not those that it has: the first by
  /// name.
  case alteredSchema(String)
  /// A row was not written though no error was reported.
  case notWritten
  /// The disk, or the quota, is full. Nothing was written.
  case full
  /// The file or its folder may not be written.
  case readOnly
  /// Another process is using the ledger.
  case busy
  /// The entries do not follow the ones that are there.
  case wrongIndex(expected: UInt64)
  /// The system failed otherwise; SQLite's code.
  case system(Int32)
  /// The server that keeps the ledger cannot be reached. Nothing was written.
  case unreachable
  /// The connection broke while a batch was made durable, and the server could not be asked again in time.
  /// Whether the batch is there is seen when the ledger is next read: it is there whole, or not at all.
  case undecided
  /// Another desk is the writer, or has become it. Nothing was written.
  case notWriter
  /// The server acknowledges what a loss of power would undo: the setting by name. Nothing was written.
  case notDurable(setting: String)
  /// The server that keeps the ledger is older than this library needs, or something stands before it that
  /// gives a connection another session each time.
  case unsuitableServer(String)
  /// The server refused otherwise; its SQLSTATE.
  case server(code: String)
}
