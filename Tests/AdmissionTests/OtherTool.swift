import CSQLite

/// Another program at a ledger's file: a connection of its own, without any of the store's precautions.
enum OtherTool {
  struct Failure: Error, CustomStringConvertible {
    let description: String
  }

  /// Runs statements.
  static func run(_ statements: String, on path: String) throws {
    try open(path) { database in
      guard sqlite3_exec(database, statements, nil, nil, nil) == SQLITE_OK else {
        throw Failure(description: "\(statements): \(String(cString: sqlite3_errmsg(database)))")
      }
    }
  }

  /// The bytes of the ledger's pages, those that are in the write-ahead log only as well.
  static func byteCount(of path: String) throws -> UInt64 {
    try number("PRAGMA page_count", on: path) * number("PRAGMA page_size", on: path)
  }

  private static func number(_ query: String, on path: String) throws -> UInt64 {
    try open(path) { database in
      var statement: OpaquePointer?
      defer { sqlite3_finalize(statement) }
      guard sqlite3_prepare_v2(database, query, -1, &statement, nil) == SQLITE_OK,
        sqlite3_step(statement) == SQLITE_ROW
      else { throw Failure(description: "\(query): \(String(cString: sqlite3_errmsg(database)))") }
      return UInt64(sqlite3_column_int64(statement, 0))
    }
  }

  private static func open<Result>(_ path: String, _ body: (OpaquePointer?) throws -> Result) throws -> Result
  {
    var database: OpaquePointer?
    defer { sqlite3_close_v2(database) }
    guard sqlite3_open_v2(path, &database, SQLITE_OPEN_READWRITE, nil) == SQLITE_OK else {
      throw Failure(description: "\(path) cannot be opened")
    }
    sqlite3_busy_timeout(database, 10_000)
    return try body(database)
  }
}
