public import Admission
internal import CSQLite
internal import CanonicalBytes
internal import MarginRules
public import Solvency
internal import Synchronization

/// A ledger's log in one SQLite file.
///
///     entry(idx, bytes)       the log, append-only, by index
///     evidence(idx, bytes)    the document that each entry names
///     head(count, digest, signer, signature)   one row
///     checkpoint(part, idx, bytes)   the state at the last checkpoint, in pieces
///
/// Write-ahead log with `synchronous = FULL`: a commit returns when its pages are on the disk, so what was
/// acknowledged survives a kill and a loss of power, and what was not is not there at all. Entries are rows by
/// ascending number, never changed, so that appending is sequential.
///
/// The system's SQLite is called directly: the library has nine statements, and a package around them (GRDB
/// 7.10, measured) adds two minutes to a clean build for a third less throughput in groups of 256.
public final class SQLiteStore: LedgerStore {
  /// The version of the file's form. A file of version 1 has no table of checkpoints; it gets one when it is opened to
  /// be written.
  public static let version: Int64 = 2
  /// "SOLV": marks a database as a ledger.
  private static let applicationID: Int64 = 0x534F_4C56

  private struct Session: Sendable {
    let connection: Connection
    let insertEntry: Statement
    let insertEvidence: Statement
    let replaceHead: Statement
    let selectHead: Statement
    let selectItems: Statement
    let dropCheckpoint: Statement
    let insertCheckpoint: Statement
    let selectCheckpoint: Statement
  }

  private let session: Mutex<Session>

  /// The bytes of a checkpoint in one row at most.
  private static let pieceLimit = 1 << 24
  private static let checkpointTable =
    "CREATE TABLE checkpoint(part INTEGER PRIMARY KEY, idx INTEGER NOT NULL, bytes BLOB NOT NULL)"

  /// Opens the ledger in a file that is there.
  ///
  /// - Parameter isReadOnly: whether nothing will be appended.
  /// - Throws: ``StoreError/notFound``, ``StoreError/notALedger``, ``StoreError/unsupportedVersion(_:)``,
  ///   ``StoreError/corrupt``, ``StoreError/readOnly``.
  public convenience init(opening path: String, isReadOnly: Bool = false) throws(StoreError) {
    let connection = try Connection(
      path: path, flags: isReadOnly ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE)
    guard try connection.number("PRAGMA application_id") == Self.applicationID else {
      throw .notALedger
    }
    let version = try connection.number("PRAGMA user_version") ?? 0
    guard (1...Self.version).contains(version) else { throw .unsupportedVersion(version) }
    if !isReadOnly {
      try Self.configure(connection)
      if version == 1 {
        try connection.transaction { () throws(StoreError) in
          try connection.execute("PRAGMA user_version = \(Self.version); \(Self.checkpointTable)")
        }
      }
    } else if version == 1 {
      // In memory, of this connection alone: the file stays as it is.
      try connection.execute("CREATE TEMP TABLE checkpoint(part, idx, bytes)")
    }
    try self.init(connection)
  }

  /// Makes an empty ledger in a file that is not there yet.
  ///
  /// - Throws: ``StoreError/notALedger`` if the file has contents, ``StoreError/notFound`` if its folder is not
  ///   there or may not be written.
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
        CREATE TABLE entry(idx INTEGER PRIMARY KEY, bytes BLOB NOT NULL);
        CREATE TABLE evidence(idx INTEGER PRIMARY KEY, bytes BLOB NOT NULL);
        CREATE TABLE head(id INTEGER PRIMARY KEY CHECK (id = 0), count INTEGER NOT NULL,
          digest BLOB NOT NULL, signer BLOB NOT NULL, signature BLOB NOT NULL);
        \(Self.checkpointTable);
        """)
    }
    try Self.configure(connection)
    try self.init(connection)
  }

  private init(_ connection: Connection) throws(StoreError) {
    session = Mutex(
      Session(
        connection: connection,
        insertEntry: try connection.prepare("INSERT INTO entry(idx, bytes) VALUES (?, ?)"),
        insertEvidence: try connection.prepare("INSERT INTO evidence(idx, bytes) VALUES (?, ?)"),
        replaceHead: try connection.prepare(
          "INSERT OR REPLACE INTO head(id, count, digest, signer, signature) VALUES (0, ?, ?, ?, ?)"),
        selectHead: try connection.prepare("SELECT count, digest, signer, signature FROM head"),
        selectItems: try connection.prepare(
          """
          SELECT entry.bytes, evidence.bytes FROM entry LEFT JOIN evidence USING (idx)
          WHERE idx >= ? ORDER BY idx LIMIT ?
          """),
        dropCheckpoint: try connection.prepare("DELETE FROM checkpoint"),
        insertCheckpoint: try connection.prepare(
          "INSERT INTO checkpoint(part, idx, bytes) VALUES (?, ?, ?)"),
        selectCheckpoint: try connection.prepare("SELECT idx, bytes FROM checkpoint ORDER BY part")))
  }

  private static func configure(_ connection: Connection) throws(StoreError) {
    guard try connection.text("PRAGMA journal_mode = WAL") == "wal" else { throw .readOnly }
    try connection.execute("PRAGMA synchronous = FULL")
    // On macOS a plain fsync leaves the data in the drive's own memory.
    try connection.execute("PRAGMA fullfsync = ON")
  }

  /// The last signed head.
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

  /// Appends a batch in one transaction.
  public func append(_ batch: LogBatch) throws(StoreError) {
    try session.withLock { session throws(StoreError) in
      let (entries, evidence) = (session.insertEntry, session.insertEvidence)
      let (replaceHead, selectHead) = (session.replaceHead, session.selectHead)
      let (drop, insert) = (session.dropCheckpoint, session.insertCheckpoint)
      try session.connection.transaction { () throws(StoreError) in
        // Inside the transaction, so that a second process that has appended meanwhile is noticed.
        let expected = try Self.head(selectHead)?.unverified.count ?? 0
        guard batch.items.first?.entry.index == expected else {
          throw .wrongIndex(expected: expected)
        }
        for item in batch.items {
          let index = Int64(clamping: item.entry.index)
          try entries.bind(1, index)
          try entries.bind(2, item.entry.bytes)
          try entries.run()
          guard !item.evidence.isEmpty else { continue }
          try evidence.bind(1, index)
          try evidence.bind(2, item.evidence)
          try evidence.run()
        }
        try replaceHead.bind(1, Int64(clamping: batch.head.unverified.count))
        try replaceHead.bind(2, batch.head.unverified.digest.bytes)
        try replaceHead.bind(3, batch.head.signer.bytes)
        try replaceHead.bind(4, batch.head.signature.bytes)
        try replaceHead.run()
        if let checkpoint = batch.checkpoint {
          try Self.replace(drop, insert, with: checkpoint)
        }
      }
    }
  }

  private static func replace(
    _ drop: Statement, _ insert: Statement, with checkpoint: StoredCheckpoint
  ) throws(StoreError) {
    try drop.run()
    for (part, start) in stride(from: 0, to: checkpoint.state.count, by: pieceLimit).enumerated() {
      let end = min(start + pieceLimit, checkpoint.state.count)
      try insert.bind(1, Int64(part))
      try insert.bind(2, Int64(clamping: checkpoint.index))
      try insert.bind(3, Array(checkpoint.state[start..<end]))
      try insert.run()
    }
  }

  /// The last checkpoint that was appended.
  public func checkpoint() throws(StoreError) -> StoredCheckpoint? {
    try session.withLock { session throws(StoreError) in
      let statement = session.selectCheckpoint
      defer { statement.reset() }
      var index: UInt64?
      var state: [UInt8] = []
      while try statement.step() {
        guard let place = UInt64(exactly: statement.number(0)), index == nil || index == place else {
          throw .corrupt
        }
        index = place
        state += statement.blob(1)
      }
      return index.map { StoredCheckpoint(index: $0, state: state) }
    }
  }

  /// The entries from an index on.
  public func items(from index: UInt64, limit: Int) throws(StoreError) -> [LogBatch.Item] {
    try session.withLock { session throws(StoreError) in
      let statement = session.selectItems
      defer { statement.reset() }
      try statement.bind(1, Int64(clamping: index))
      try statement.bind(2, Int64(clamping: limit))
      var items: [LogBatch.Item] = []
      while try statement.step() {
        let entry: LogEntry
        do throws(LogFormatError) {
          entry = try LogEntry(decoding: statement.blob(0))
        } catch {
          throw .corrupt
        }
        items.append(LogBatch.Item(entry: entry, evidence: statement.blob(1)))
      }
      return items
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

  /// Lets the file grow to so many pages and no further: a disk that is full, for tests.
  package func limitPages(to count: Int) throws(StoreError) {
    try session.withLock { session throws(StoreError) in
      try session.connection.execute("PRAGMA max_page_count = \(count)")
    }
  }

  /// Runs any statement: what somebody with another tool could do to the file, for tests.
  package func tamper(_ statement: String) throws(StoreError) {
    try session.withLock { session throws(StoreError) in
      try session.connection.execute(statement)
    }
  }

  /// Number of pages of the file, for tests.
  package func pageCount() throws(StoreError) -> Int {
    try session.withLock { session throws(StoreError) in
      Int(try session.connection.number("PRAGMA page_count") ?? 0)
    }
  }
}
