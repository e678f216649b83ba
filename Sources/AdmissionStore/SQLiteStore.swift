public import Admission
internal import CSQLite
internal import CanonicalBytes
internal import MarginRules
public import Solvency
internal import Synchronization
internal import TransparencyLog

/// A ledger's log in one SQLite file.
///
///     entry(idx, bytes)       the log, append-only, by index
///     evidence(idx, bytes)    the document that each entry names
///     head(count, digest, signer, signature)   one row
///     checkpoint(part, idx, bytes)   the state at the last checkpoint, in pieces
///
/// Write-ahead log with `synchronous = FULL`: a commit returns when its pages are on the disk, so what was
/// acknowledged survives a kill and a loss of power, and what was not is not there at all. Entries are rows
/// by ascending number, never changed, so that appending is sequential.
///
/// The system's SQLite is called directly: the library has nine statements, and a package around them (GRDB
/// 7.10, measured) adds two minutes to a clean build for a third less throughput in groups of 256.
public final class SQLiteStore: LedgerStore {
  /// The version of the file's form.
  ///
  /// | version | what |
  /// |---|---|
  /// | 1 | no table of checkpoints; it gets one when it is opened to be written |
  /// | 2 | no charter in its log |
  /// | 3 | a charter in its log: older libraries refuse the file by this number |
  public static let version: Int64 = 3
  /// The version of a file without a charter.
  private static let unchartedVersion: Int64 = 2
  /// "SOLV": marks a database as a ledger.
  private static let applicationID: Int64 = 0x534F_4C56

  /// What a ledger is opened for.
  public enum Access: Hashable, Sendable {
    /// Nothing is appended; the file stays as it is.
    case reading
    /// Reading and appending.
    case writing
  }

  private struct Session: Sendable {
    let connection: Connection
    /// Whether the lock for writing is held between two calls.
    var isHeld = false
    let insertEntry: Statement
    let insertEvidence: Statement
    let replaceHead: Statement
    let selectHead: Statement
    let selectCount: Statement
    let replaceEvidence: Statement
    let selectItems: Statement
    let dropEntries: Statement
    let dropEvidence: Statement
    let dropCheckpoint: Statement
    let dropCheckpointFrom: Statement
    let insertCheckpoint: Statement
    let selectCheckpoint: Statement
  }

  private let session: Mutex<Session>
  private let background: BackgroundFold

  /// The bytes of a checkpoint in one row at most.
  private static let pieceLimit = 1 << 24
  /// After as many bytes of entries and documents no more are read at once.
  private static let readByteLimit = 1 << 24
  /// The number of the row of a checkpoint that holds the right edge of the log's tree; its pieces have 0 and
  /// more.
  private static let edgePart: Int64 = -1
  /// What the file has, by name, in SQLite's own words: nothing else, and nothing otherwise.
  private static let tables: [(name: String, sql: String)] = [
    ("checkpoint", checkpointTable),
    ("entry", "CREATE TABLE entry(idx INTEGER PRIMARY KEY, bytes BLOB NOT NULL)"),
    ("evidence", "CREATE TABLE evidence(idx INTEGER PRIMARY KEY, bytes BLOB NOT NULL)"),
    (
      "head",
      """
      CREATE TABLE head(id INTEGER PRIMARY KEY CHECK (id = 0), count INTEGER NOT NULL,
        digest BLOB NOT NULL, signer BLOB NOT NULL, signature BLOB NOT NULL)
      """
    ),
  ]

  private static let checkpointTable =
    "CREATE TABLE checkpoint(part INTEGER PRIMARY KEY, idx INTEGER NOT NULL, bytes BLOB NOT NULL)"

  /// Opens the ledger in a file that is there.
  ///
  /// - Parameter access: whether entries will be appended.
  /// - Throws: ``StoreError/notFound``, ``StoreError/notALedger``, ``StoreError/unsupportedVersion(_:)``,
  ///   ``StoreError/corrupt``, ``StoreError/readOnly``.
  public convenience init(opening path: String, for access: Access = .writing) throws(StoreError) {
    let connection = try Connection(
      path: path, flags: access == .reading ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE)
    guard try connection.number("PRAGMA application_id") == Self.applicationID else {
      throw .notALedger
    }
    let version = try connection.number("PRAGMA user_version") ?? 0
    guard (1...Self.version).contains(version) else { throw .unsupportedVersion(version) }
    try Self.checkSchema(connection, hasCheckpoints: version > 1)
    if access == .writing {
      try Self.configure(connection)
      if version == 1 {
        try connection.transaction { () throws(StoreError) in
          try connection.execute(
            "PRAGMA user_version = \(Self.unchartedVersion); \(Self.checkpointTable)")
        }
      }
    } else if version == 1 {
      // In memory, of this connection alone: the file stays as it is.
      try connection.execute("CREATE TEMP TABLE checkpoint(part, idx, bytes)")
    }
    try self.init(connection, path)
  }

  /// Makes an empty ledger in a file that is not there yet.
  ///
  /// - Throws: ``StoreError/notALedger`` if the file has contents, ``StoreError/notFound`` if its folder is
  ///   not there or may not be written.
  public convenience init(creating path: String) throws(StoreError) {
    let connection = try Connection(path: path, flags: SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE)
    guard try connection.number("SELECT count(*) FROM sqlite_schema") == 0,
      try connection.number("PRAGMA application_id") == 0
    else { throw .notALedger }
    try connection.transaction { () throws(StoreError) in
      try connection.execute(
        """
        PRAGMA application_id = \(Self.applicationID);
        PRAGMA user_version = \(Self.version);
        \(Self.tables.map(\.sql).joined(separator: ";\n"));
        """)
    }
    try Self.configure(connection)
    try self.init(connection, path)
  }

  /// Compares what the file has with what a ledger has.
  ///
  /// A trigger could swallow an entry, a view stand in for a table: a file with anything of the kind is
  /// refused, although none of it would take effect (A57).
  private static func checkSchema(_ connection: Connection, hasCheckpoints: Bool) throws(StoreError) {
    let statement = try connection.prepare("SELECT type, name, sql FROM sqlite_schema ORDER BY name")
    defer { statement.reset() }
    var expected = tables.filter { hasCheckpoints || $0.name != "checkpoint" }[...]
    while try statement.step() {
      let (type, name, sql) = (statement.text(0), statement.text(1), statement.text(2))
      guard let table = expected.popFirst(), type == "table", name == table.name, sql == table.sql else {
        throw .alteredSchema("\(type) \(name)")
      }
    }
    if let missing = expected.first { throw .alteredSchema("table \(missing.name)") }
  }

  private init(_ connection: Connection, _ path: String) throws(StoreError) {
    background = BackgroundFold(path: path)
    session = Mutex(
      Session(
        connection: connection,
        insertEntry: try connection.prepare("INSERT INTO entry(idx, bytes) VALUES (?, ?)"),
        insertEvidence: try connection.prepare("INSERT INTO evidence(idx, bytes) VALUES (?, ?)"),
        replaceHead: try connection.prepare(
          "INSERT OR REPLACE INTO head(id, count, digest, signer, signature) VALUES (0, ?, ?, ?, ?)"),
        selectHead: try connection.prepare("SELECT count, digest, signer, signature FROM head"),
        selectCount: try connection.prepare("SELECT count FROM head"),
        replaceEvidence: try connection.prepare(
          "INSERT OR REPLACE INTO evidence(idx, bytes) VALUES (?, ?)"),
        selectItems: try connection.prepare(
          """
          SELECT entry.bytes, evidence.bytes FROM entry LEFT JOIN evidence USING (idx)
          WHERE idx >= ? ORDER BY idx LIMIT ?
          """),
        dropEntries: try connection.prepare("DELETE FROM entry WHERE idx >= ?"),
        dropEvidence: try connection.prepare("DELETE FROM evidence WHERE idx >= ?"),
        dropCheckpoint: try connection.prepare("DELETE FROM checkpoint"),
        dropCheckpointFrom: try connection.prepare("DELETE FROM checkpoint WHERE idx >= ?"),
        insertCheckpoint: try connection.prepare(
          "INSERT INTO checkpoint(part, idx, bytes) VALUES (?, ?, ?)"),
        selectCheckpoint: try connection.prepare("SELECT idx, bytes, part FROM checkpoint ORDER BY part")))
  }

  private static func configure(_ connection: Connection) throws(StoreError) {
    guard try connection.text("PRAGMA journal_mode = WAL") == "wal" else { throw .readOnly }
    try connection.makeDurable()
    try connection.execute("PRAGMA wal_autocheckpoint = \(BackgroundFold.logPages)")
  }

  /// The last signed head.
  ///
  /// - Throws: `StoreError`.
  public func head() throws(StoreError) -> SignedLogHead? {
    try session.withLock { session throws(StoreError) in try Self.head(session.selectHead) }
  }

  private static func head(_ statement: Statement) throws(StoreError) -> SignedLogHead? {
    defer { statement.reset() }
    guard try statement.step() else { return nil }
    guard let count = UInt64(exactly: statement.number(0)), let digest = Digest(statement.blob(1)),
      let signer = try? VerificationKey(statement.blob(2)),
      let signature = Signature(statement.blob(3))
    else { throw .corrupt }
    return Signed(LogHead(count: count, digest: digest), signer: signer, signature: signature)
  }

  private static func count(_ statement: Statement) throws(StoreError) -> UInt64 {
    defer { statement.reset() }
    guard try statement.step() else { return 0 }
    guard let count = UInt64(exactly: statement.number(0)) else { throw .corrupt }
    return count
  }

  /// Moves the write-ahead log into the file and empties it.
  ///
  /// - Throws: `StoreError.busy` while another connection reads or writes, and what the system reports.
  public func fold() throws(StoreError) {
    try session.withLock { session throws(StoreError) in
      background.finish()
      // The first column says whether somebody stood in the way.
      guard try session.connection.number("PRAGMA wal_checkpoint(TRUNCATE)") == 0 else { throw .busy }
    }
  }

  /// Number of entries that are in the file now.
  ///
  /// - Throws: `StoreError.corrupt`, `StoreError.busy` and what the system reports.
  public func count() throws(StoreError) -> UInt64 {
    try session.withLock { session throws(StoreError) in try Self.count(session.selectCount) }
  }

  /// Takes the file's lock for writing; another process that has it is waited for.
  ///
  /// - Throws: `StoreError.busy` when the lock is not had in time.
  public func acquire() throws(StoreError) -> UInt64 {
    try session.withLock { session throws(StoreError) in
      if !session.isHeld { try session.connection.begin() }
      session.isHeld = true
      do throws(StoreError) {
        return try Self.count(session.selectCount)
      } catch {
        session.connection.rollBack()
        session.isHeld = false
        throw error
      }
    }
  }

  /// Gives the lock back; nothing was written.
  public func release() {
    session.withLock { session in
      guard session.isHeld else { return }
      session.connection.rollBack()
      session.isHeld = false
    }
  }

  /// Appends a batch in one transaction.
  ///
  /// - Throws: `StoreError`.
  public func append(_ batch: LogBatch) throws(StoreError) {
    try session.withLock { session throws(StoreError) in
      let (connection, selectHead) = (session.connection, session.selectHead)
      if !session.isHeld { try connection.begin() }
      session.isHeld = false
      let statements = session
      try connection.commit { () throws(StoreError) in
        // Inside the transaction, so that a second process that has appended meanwhile is noticed.
        let head = try Self.head(selectHead)?.unverified ?? .empty
        try batch.checkFollows(head)
        // A document beyond the log is nobody's.
        try statements.dropEvidence.bind(1, Int64(clamping: head.count))
        try statements.dropEvidence.run()
        try Self.insert(batch, statements)
      }
    }
    background.note(
      batch.items.reduce(batch.checkpoint?.state.count ?? 0) {
        $0 + $1.entry.bytes.count + $1.evidence.count
      })
  }

  /// Drops the entries from the batch's first index on and appends it, in one transaction.
  ///
  /// - Throws: `StoreError`.
  public func replaceTail(with batch: LogBatch) throws(StoreError) {
    try session.withLock { session throws(StoreError) in
      let (connection, selectCount) = (session.connection, session.selectCount)
      if !session.isHeld { try connection.begin() }
      session.isHeld = false
      let statements = session
      try connection.commit { () throws(StoreError) in
        let count = try Self.count(selectCount)
        guard let first = batch.items.first?.entry.index, first < count else {
          throw .wrongIndex(expected: count)
        }
        for drop in [statements.dropEntries, statements.dropEvidence, statements.dropCheckpointFrom] {
          try drop.bind(1, Int64(clamping: first))
          try drop.run()
        }
        try Self.insert(batch, statements)
      }
    }
  }

  private static func insert(_ batch: LogBatch, _ session: Session) throws(StoreError) {
    let (entries, evidence) = (session.insertEntry, session.insertEvidence)
    for item in batch.items {
      let index = Int64(clamping: item.entry.index)
      try entries.bind(1, index)
      try entries.bind(2, item.entry.bytes)
      try entries.runOnce()
      if case .chartered = item.entry.event {
        try session.connection.execute("PRAGMA user_version = \(Self.version)")
      }
      guard !item.evidence.isEmpty else { continue }
      try evidence.bind(1, index)
      try evidence.bind(2, item.evidence)
      try evidence.runOnce()
    }
    let replaceHead = session.replaceHead
    try replaceHead.bind(1, Int64(clamping: batch.head.unverified.count))
    try replaceHead.bind(2, batch.head.unverified.digest.bytes)
    try replaceHead.bind(3, batch.head.signer.bytes)
    try replaceHead.bind(4, batch.head.signature.bytes)
    try replaceHead.runOnce()
    if let checkpoint = batch.checkpoint {
      try Self.replace(session.dropCheckpoint, session.insertCheckpoint, with: checkpoint)
    }
  }

  private static func replace(
    _ drop: Statement, _ insert: Statement, with checkpoint: StoredCheckpoint
  ) throws(StoreError) {
    try drop.run()
    if let edge = checkpoint.edge {
      try insert.bind(1, Self.edgePart)
      try insert.bind(2, Int64(clamping: checkpoint.index))
      try insert.bind(3, edge.encoded())
      try insert.runOnce()
    }
    for (part, start) in stride(from: 0, to: checkpoint.state.count, by: pieceLimit).enumerated() {
      let end = min(start + pieceLimit, checkpoint.state.count)
      try insert.bind(1, Int64(part))
      try insert.bind(2, Int64(clamping: checkpoint.index))
      try insert.bind(3, Array(checkpoint.state[start..<end]))
      try insert.runOnce()
    }
  }

  /// The last checkpoint that was appended.
  ///
  /// - Throws: `StoreError`.
  public func checkpoint() throws(StoreError) -> StoredCheckpoint? {
    try session.withLock { session throws(StoreError) in
      let statement = session.selectCheckpoint
      defer { statement.reset() }
      var index: UInt64?
      var state: [UInt8] = []
      var edge: RightEdge?
      while try statement.step() {
        guard let place = UInt64(exactly: statement.number(0)), index == nil || index == place else {
          throw .corrupt
        }
        index = place
        if statement.number(2) == Self.edgePart {
          // One that is damaged is missed by anyone who compares it with the entry that names its root.
          edge = RightEdge(decoding: statement.blob(1))
        } else {
          state += statement.blob(1)
        }
      }
      return index.map { StoredCheckpoint(index: $0, state: state, edge: edge) }
    }
  }

  /// The entries from an index on: no more of them once there are 16 MiB with their documents.
  ///
  /// - Throws: `StoreError`.
  public func items(from index: UInt64, limit: Int) throws(StoreError) -> [LogBatch.Item] {
    try session.withLock { session throws(StoreError) in
      let statement = session.selectItems
      defer { statement.reset() }
      try statement.bind(1, Int64(clamping: index))
      try statement.bind(2, Int64(clamping: limit))
      var items: [LogBatch.Item] = []
      var byteCount = 0
      while byteCount < Self.readByteLimit, try statement.step() {
        let entry: LogEntry
        do throws(LogFormatError) {
          entry = try LogEntry(decoding: statement.blob(0))
        } catch {
          throw .corrupt
        }
        let item = LogBatch.Item(entry: entry, evidence: statement.blob(1))
        byteCount += entry.bytes.count + item.evidence.count
        items.append(item)
      }
      return items
    }
  }

  /// Puts documents in the place of those that are missing or damaged, all or none. The caller has compared
  /// each with the entry that names it.
  ///
  /// - Throws: `StoreError`; then none is replaced.
  public func replaceEvidence(_ documents: [(index: UInt64, bytes: [UInt8])]) throws(StoreError) {
    try session.withLock { session throws(StoreError) in
      let replace = session.replaceEvidence
      try session.connection.transaction { () throws(StoreError) in
        for document in documents {
          try replace.bind(1, Int64(clamping: document.index))
          try replace.bind(2, document.bytes)
          try replace.runOnce()
        }
      }
    }
  }

  /// Writes a copy of the ledger as it is now to a file that is not there yet, while others go on writing.
  ///
  /// - Throws: `StoreError`, among them `StoreError.full`.
  public func backUp(to path: String) throws(StoreError) {
    try session.withLock { session throws(StoreError) in
      let statement = try session.connection.prepare("VACUUM INTO ?")
      try statement.bind(1, text: path)
      try statement.run()
    }
  }

  /// Reads every page of the file.
  ///
  /// - Throws: ``StoreError/corrupt`` if one is damaged.
  public func checkIntegrity() throws(StoreError) {
    try session.withLock { session throws(StoreError) in
      guard try session.connection.text("PRAGMA integrity_check(1)") == "ok" else { throw .corrupt }
    }
  }

  /// Lets the file grow to this size and no further, as if the disk were full then: a batch beyond it is
  /// refused whole with ``StoreError/full``, and goes in when the limit is raised. It holds for this store,
  /// as long as it is open.
  ///
  /// - Parameter byteCount: rounded down to whole pages of 4,096 bytes, not below what the file has already;
  ///   nil for no limit but SQLite's own.
  /// - Throws: `StoreError`.
  public func limitSize(to byteCount: UInt64?) throws(StoreError) {
    try session.withLock { session throws(StoreError) in
      let pageSize = UInt64(clamping: try session.connection.number("PRAGMA page_size") ?? 4_096)
      let pages = byteCount.map { min($0 / max(pageSize, 1), Self.pageLimit) } ?? Self.pageLimit
      try session.connection.execute("PRAGMA max_page_count = \(max(pages, 1))")
    }
  }

  /// The most pages that SQLite gives a file.
  private static let pageLimit: UInt64 = 4_294_967_294
}
