internal import Admission
internal import CSQLite

/// One connection to a database file, closed when it ends. Its owner sees to it that one thread uses it at a
/// time.
@safe final class Connection: @unchecked Sendable {
  private let handle: OpaquePointer

  /// Opens a database file.
  ///
  /// - Parameter flags: `SQLITE_OPEN_…`.
  init(path: String, flags: Int32) throws(StoreError) {
    var handle: OpaquePointer?
    let code = unsafe sqlite3_open_v2(path, &handle, flags | SQLITE_OPEN_NOMUTEX, nil)
    guard code == SQLITE_OK, let opened = unsafe handle else {
      let error = unsafe StoreError(code, on: handle)
      unsafe sqlite3_close_v2(handle)
      throw error
    }
    unsafe self.handle = opened
    unsafe sqlite3_extended_result_codes(opened, 1)
    // Anyone who waits for the lock asks again at random moments a millisecond or two apart, so that of
    // several writers each gets it now and then; SQLite's own waits grow to a tenth of a second, and let one
    // of them starve the rest.
    unsafe sqlite3_busy_handler(
      opened,
      { _, attempt in
        guard attempt < Connection.attemptLimit else { return 0 }
        sqlite3_sleep(Int32.random(in: 1...3))
        return 1
      }, nil)
    let hardened = unsafe solvency_harden(opened)
    guard hardened == SQLITE_OK else { throw unsafe StoreError(hardened, on: opened) }
    try execute("PRAGMA cell_size_check = ON")
  }

  /// How often a lock is waited for: about half a minute.
  private static let attemptLimit: Int32 = 15_000

  /// Number of rows that the last statement has changed.
  var changeCount: Int32 { unsafe sqlite3_changes(handle) }

  deinit { unsafe sqlite3_close_v2(handle) }

  /// Runs statements without parameters and results.
  func execute(_ sql: String) throws(StoreError) {
    let code = unsafe sqlite3_exec(handle, sql, nil, nil, nil)
    guard code == SQLITE_OK else { throw unsafe StoreError(code, on: handle) }
  }

  /// Lets what is committed, or moved into the file, survive a loss of power.
  func makeDurable() throws(StoreError) {
    try execute("PRAGMA synchronous = FULL")
    // On macOS a plain fsync leaves the data in the drive's own memory.
    try execute("PRAGMA fullfsync = ON")
  }

  /// Prepares a statement, for as long as the connection is open.
  func prepare(_ sql: String) throws(StoreError) -> Statement {
    var statement: OpaquePointer?
    let code = unsafe sqlite3_prepare_v3(
      handle, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &statement, nil)
    guard code == SQLITE_OK, let prepared = unsafe statement else {
      throw unsafe StoreError(code, on: handle)
    }
    return unsafe Statement(prepared, of: self)
  }

  /// The first column of the first row, as a number; nil without rows.
  func number(_ sql: String) throws(StoreError) -> Int64? {
    let statement = try prepare(sql)
    defer { statement.reset() }
    return try statement.step() ? statement.number(0) : nil
  }

  /// The first column of the first row, as a text.
  func text(_ sql: String) throws(StoreError) -> String? {
    let statement = try prepare(sql)
    defer { statement.reset() }
    return try statement.step() ? String(decoding: statement.blob(0), as: UTF8.self) : nil
  }

  /// Begins a transaction with the lock for writing.
  func begin() throws(StoreError) { try execute("BEGIN IMMEDIATE") }

  /// Ends a transaction: nothing of it is there. After some failures SQLite has done so by itself; then this
  /// does nothing.
  func rollBack() { try? execute("ROLLBACK") }

  /// Runs a step and ends the transaction that was begun. If the step or the commit fails, nothing of it is
  /// there.
  func commit(_ step: () throws(StoreError) -> Void) throws(StoreError) {
    do throws(StoreError) {
      try step()
      try execute("COMMIT")
    } catch {
      rollBack()
      throw error
    }
  }

  /// Runs a step inside a transaction of its own.
  func transaction(_ step: () throws(StoreError) -> Void) throws(StoreError) {
    try begin()
    try commit(step)
  }
}

/// A prepared statement, for the thread that uses its connection.
@safe final class Statement: @unchecked Sendable {
  private let handle: OpaquePointer
  /// Statements end before their connection.
  private let connection: Connection

  init(_ handle: OpaquePointer, of connection: Connection) {
    unsafe self.handle = handle
    self.connection = connection
  }

  deinit { unsafe sqlite3_finalize(handle) }

  /// Sets a parameter, counted from 1.
  func bind(_ index: Int32, _ value: Int64) throws(StoreError) {
    let code = unsafe sqlite3_bind_int64(handle, index, value)
    guard code == SQLITE_OK else { throw error(code) }
  }

  /// Sets a parameter, counted from 1.
  func bind(_ index: Int32, _ bytes: [UInt8]) throws(StoreError) {
    guard let count = Int32(exactly: bytes.count) else { throw .full }
    // A null pointer would bind NULL instead of no bytes.
    let code =
      bytes.isEmpty
      ? unsafe sqlite3_bind_zeroblob(handle, index, 0)
      : unsafe solvency_bind_blob(handle, index, bytes, count)
    guard code == SQLITE_OK else { throw error(code) }
  }

  /// Sets a parameter, counted from 1.
  func bind(_ index: Int32, text: String) throws(StoreError) {
    let code = unsafe solvency_bind_text(handle, index, text)
    guard code == SQLITE_OK else { throw error(code) }
  }

  private func error(_ code: Int32) -> StoreError {
    unsafe StoreError(code, on: sqlite3_db_handle(handle))
  }

  /// Moves to the next row; false at the end.
  func step() throws(StoreError) -> Bool {
    let code = unsafe sqlite3_step(handle)
    switch code {
    case SQLITE_ROW: return true
    case SQLITE_DONE: return false
    default:
      // Asked before the reset, which may say something else.
      let error = error(code)
      unsafe sqlite3_reset(handle)
      throw error
    }
  }

  /// Runs a statement without results, ready for the next run.
  func run() throws(StoreError) {
    _ = try step()
    reset()
  }

  /// Runs a statement that writes one row, and sees to it that it did.
  func runOnce() throws(StoreError) {
    try run()
    guard connection.changeCount == 1 else { throw .notWritten }
  }

  /// Makes the statement ready for another run.
  func reset() { unsafe sqlite3_reset(handle) }

  /// A column of the present row, counted from 0.
  func number(_ column: Int32) -> Int64 { unsafe sqlite3_column_int64(handle, column) }

  /// A column of the present row, counted from 0; empty if it is not text.
  func text(_ column: Int32) -> String { String(decoding: blob(column), as: UTF8.self) }

  /// A column of the present row, counted from 0.
  func blob(_ column: Int32) -> [UInt8] {
    let count = Int(unsafe sqlite3_column_bytes(handle, column))
    guard count > 0, let start = unsafe sqlite3_column_blob(handle, column) else { return [] }
    return unsafe Array(UnsafeRawBufferPointer(start: start, count: count))
  }
}

extension StoreError {
  /// What a result code of SQLite means, and what the system said to it.
  fileprivate init(_ code: Int32, on database: OpaquePointer?) {
    // The low byte is the kind; the rest says which call it was.
    switch code & 0xFF {
    case SQLITE_FULL: self = .full
    case SQLITE_READONLY, SQLITE_PERM, SQLITE_AUTH: self = .readOnly
    case SQLITE_BUSY, SQLITE_LOCKED: self = .busy
    case SQLITE_CORRUPT: self = .corrupt
    case SQLITE_NOTADB: self = .notALedger
    case SQLITE_CANTOPEN, SQLITE_IOERR:
      switch unsafe solvency_system_cause(database) {
      case SOLVENCY_NO_SPACE: self = .full
      case SOLVENCY_NOT_WRITABLE: self = .readOnly
      default: self = code & 0xFF == SQLITE_CANTOPEN ? .notFound : .system(code)
      }
    default: self = .system(code)
    }
  }
}
