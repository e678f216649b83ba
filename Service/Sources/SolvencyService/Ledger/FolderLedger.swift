public import Admission
internal import AdmissionStore
internal import CircuitLanguage
internal import Glibc
public import Solvency
internal import Synchronization
public import TransparencyLog
public import WriterElection

/// The ledger in a directory that `solvency ledger init` made: the charter's beginnings, and the log in one
/// SQLite file.
///
///     desk.json, circuits/*.circuit    found an empty ledger; the log's own charter counts from then on
///     ledger.sqlite                    the log
///     ledger.head, ledger.checkpoint   the last head and the last checkpoint of its tree: a log that ends before one
///                                      of them, an older copy that was put back, is refused (A65)
///
/// The command may be used on the directory meanwhile: its entries are taken in.
public final class FolderLedger: ServedLedger {
  /// Why a directory does not serve.
  public enum Failure: Error, Sendable {
    /// A file is missing, unreadable or not of its form.
    case file(String, String)
    /// The ledger does not open.
    case ledger(LedgerFailure)
    /// A key is not the one that the charter names, or not of the role.
    case key(String)
  }

  /// The keys of a writer: the venue's, which signs heads, and the log's, which signs checkpoints.
  public struct Keys: ~Copyable {
    /// The venue's key.
    public var venue: SigningKey
    /// The log's key and what the log's name begins with; nil to sign no checkpoints.
    public var log: LogKey?

    /// A log's key.
    public struct LogKey: ~Copyable {
      /// The key.
      public var key: SigningKey
      /// What the log's name begins with, such as `example.com`.
      public var name: String

      /// A key and a name.
      public init(_ key: consuming SigningKey, named name: String) {
        self.key = key
        self.name = name
      }
    }

    /// Keys of a writer.
    public init(venue: consuming SigningKey, log: consuming LogKey? = nil) {
      self.venue = venue
      self.log = log
    }

    /// What signs heads of the log, and checkpoints of its tree.
    ///
    /// - Parameters:
    ///   - venue: whose key the venue's has to be.
    ///   - keep: is given every checkpoint before the commit that led to it returns.
    /// - Throws: ``Failure/key(_:)``.
    public consuming func signers(
      of venue: VerificationKey, keeping keep: @escaping @Sendable (SignedCheckpoint) -> Void
    ) throws(Failure) -> (head: LogSigner, tree: CheckpointSigner?) {
      guard self.venue.verificationKey == venue else {
        throw .key("the venue's key is not the one that desk.json names")
      }
      do throws(SigningError) {
        let head = try LogSigner(self.venue)
        guard let log else { return (head, nil) }
        return (head, try CheckpointSigner(log.key, named: log.name, keeping: keep))
      } catch {
        throw .key("a key is of another role: \(error)")
      }
    }
  }

  /// Where the log of a directory is.
  public enum Storage: Sendable {
    /// In the directory's own file.
    case file
    /// On a server that other desks use as well: what appends, what reads on a connection of its own, and who
    /// of the desks writes.
    case shared(any LedgerStore, reader: any LedgerStore, election: any WriterElection)
  }

  private let ledger: Ledger
  private let store: any LedgerStore
  private let election: any WriterElection
  private let desk: Mutex<Admission>
  private let signed: SignedCheckpoints
  private let keptHead: KeptFile
  private let appended = RecentEntries(limit: 4_096)
  /// What this process does: a file has one writer at a time by SQLite's own lock, a server's log the one
  /// that is elected.
  public var duty: LedgerDuty {
    switch election.role {
    case .writer: .writer
    case .follower(let writer): .follower(writer: writer)
    case .unreachable: .unreachable
    }
  }
  /// The log on a second connection.
  public let reader: any LedgerStore

  /// The newest checkpoint that was signed, kept in a file as well.
  private final class SignedCheckpoints: Sendable {
    let file: KeptFile
    let newest: Mutex<SignedCheckpoint?>

    init(_ path: String) throws(Failure) {
      file = KeptFile(path)
      let bytes: [UInt8]?
      do throws(TileFolder.Failure) {
        bytes = try TileFolder.contents(of: path, limit: SignedNote.byteLimit)
      } catch {
        throw .file(path, "cannot be read")
      }
      guard let bytes else {
        newest = Mutex(nil)
        return
      }
      guard let checkpoint = try? SignedCheckpoint(decoding: bytes) else {
        throw .file(path, "is not a signed checkpoint; put it aside, or restore it")
      }
      newest = Mutex(checkpoint)
    }

    func keep(_ checkpoint: SignedCheckpoint) {
      newest.withLock { $0 = checkpoint }
      // An older file makes the check at the next start weaker and never wrong.
      file.keep { checkpoint.encoded() }
    }
  }

  /// Opens a directory.
  ///
  /// - Parameters:
  ///   - keys: nil to follow: proofs are verified and the ledger is read, and nothing is decided.
  ///   - storage: where the log is; the directory founds it, and keeps the last head and checkpoint, wherever
  ///     that is.
  /// - Throws: ``Failure``.
  public init(_ path: String, keys: consuming Keys?, storage: Storage = .file) throws(Failure) {
    let founding = try FoundingDirectory(path)
    let file = founding.file
    signed = try SignedCheckpoints(path + "/ledger.checkpoint")
    keptHead = KeptFile(path + "/ledger.head")
    let published = try Self.publishedHead(in: path, of: file.parties.venue)
    let storePath = path + "/ledger.sqlite"
    if let keys {
      let (signed, kept, appended) = (signed, keptHead, appended)
      let (signer, tree) = try keys.signers(of: file.parties.venue) { signed.keep($0) }
      (ledger, store) = try Self.opening { () throws(LedgerFailure) in
        let store = try HeadKeepingStore(
          Self.store(storage, storePath, for: .writing), keptIn: kept, recent: appended)
        return (try Ledger(store: store, signer: signer, tree: tree, notBehind: published), store)
      }
      if case .shared(_, _, let elected) = storage { election = elected } else { election = SoleWriter() }
    } else {
      (ledger, store) = try Self.opening { () throws(LedgerFailure) in
        let store = try Self.store(storage, storePath, for: .reading)
        return (try Ledger(reading: store, of: file.parties.venue, notBehind: published), store)
      }
      election = Spectator()
    }
    let (ledger, checkpoint) = (ledger, signed.newest.withLock { $0 })
    reader = try Self.opening { () throws(LedgerFailure) in
      if let checkpoint { try ledger.check(notBehind: checkpoint.unverified.head) }
      return try Self.store(storage, storePath, for: .reading)
    }
    let charter = try Self.opening { () throws(LedgerFailure) in try ledger.charter() }
    let binding: Charter
    if let charter { binding = charter } else { binding = try founding.charter() }
    desk = Mutex(try Self.opening { () throws(LedgerFailure) in try Admission(binding, ledger: ledger) })
  }

  /// The desk.
  public var admission: Admission { desk.withLock { $0 } }

  /// The newest checkpoint that was signed.
  public var checkpoint: SignedCheckpoint? { signed.newest.withLock { $0 } }

  /// The entries from an index on that this process has appended not long ago.
  public func recent(from index: UInt64, limit: Int) -> [LogBatch.Item] {
    appended.items(from: index, limit: limit)
  }

  /// Takes in what the command has appended, and another charter.
  ///
  /// - Throws: ``Admission/LedgerFailure``.
  public func catchUp() throws(LedgerFailure) {
    try ledger.refresh()
    let inForce = try ledger.withState { $0.charter?.record.charter }
    guard let inForce, inForce != admission.charterDigest, let charter = try ledger.charter() else { return }
    let renewed = try Admission(charter, ledger: ledger)
    desk.withLock { $0 = renewed }
  }

  /// Folds the log into its one file; lets another desk write.
  public func close() {
    try? ledger.close()
    keptHead.finish()
    signed.file.finish()
    election.standDown()
  }

  private static func opening<Value>(_ step: () throws(LedgerFailure) -> Value) throws(Failure) -> Value {
    do throws(LedgerFailure) {
      return try step()
    } catch {
      throw .ledger(error)
    }
  }

  private static func store(
    _ storage: Storage, _ path: String, for access: SQLiteStore.Access
  ) throws(LedgerFailure) -> any LedgerStore {
    if case .shared(let store, let reader, _) = storage { return access == .reading ? reader : store }
    do throws(StoreError) {
      return try SQLiteStore(opening: path, for: access)
    } catch {
      throw .store(error)
    }
  }

  static func contents(_ path: String, limit: Int) throws(Failure) -> [UInt8]? {
    do throws(TileFolder.Failure) {
      return try TileFolder.contents(of: path, limit: limit)
    } catch {
      throw .file(path, "cannot be read (\(String(cString: strerror(error.number))))")
    }
  }

  private static func publishedHead(in path: String, of venue: VerificationKey) throws(Failure) -> LogHead? {
    let name = path + "/ledger.head"
    guard let bytes = try contents(name, limit: SignedLogHead.fileByteLimit) else { return nil }
    do {
      return try SignedLogHead(decoding: bytes).content(verifiedBy: venue)
    } catch {
      throw .file(name, "is not a head that the venue has signed: \(error)")
    }
  }
}

/// A store that keeps the head of every batch in a file beside it, and the newest entries at hand.
struct HeadKeepingStore: LedgerStore {
  let store: any LedgerStore
  let kept: KeptFile
  let recent: RecentEntries

  init(_ store: any LedgerStore, keptIn kept: KeptFile, recent: RecentEntries) {
    self.store = store
    self.kept = kept
    self.recent = recent
  }

  func head() throws(StoreError) -> SignedLogHead? { try store.head() }
  func checkpoint() throws(StoreError) -> StoredCheckpoint? { try store.checkpoint() }
  func count() throws(StoreError) -> UInt64 { try store.count() }
  func acquire() throws(StoreError) -> UInt64 { try store.acquire() }
  func release() { store.release() }
  func fold() throws(StoreError) { try store.fold() }
  func items(from index: UInt64, limit: Int) throws(StoreError) -> [LogBatch.Item] {
    try store.items(from: index, limit: limit)
  }

  func append(_ batch: LogBatch) throws(StoreError) {
    try store.append(batch)
    recent.append(batch)
    keep(batch.head)
  }

  func replaceTail(with batch: LogBatch) throws(StoreError) {
    recent.removeAll()
    try store.replaceTail(with: batch)
    keep(batch.head)
  }

  // What it is about is durable already; an older file makes the check at the next start weaker and never
  // wrong.
  private func keep(_ head: SignedLogHead) { kept.keep { head.json.encoded(.indented) } }
}
