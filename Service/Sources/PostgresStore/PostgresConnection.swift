internal import CLibPQ
internal import Glibc

/// Why a connection did not do what it was asked.
enum PostgresFault: Error {
  /// The connection is gone, or could not be made: what libpq said, without the password.
  case lost(String)
  /// The server refused: SQLSTATE, and its sentence.
  case refused(code: String, sentence: String)
  /// The server answered with something else than the statement gives.
  case malformed
}

/// One connection, closed when it ends. Its owner sees to it that one thread uses it at a time.
///
/// Every call waits for the answer until a deadline of its own and not only until the server's: a server that
/// is there and says nothing is a lost connection.
@safe final class PostgresConnection: @unchecked Sendable {
  private let handle: OpaquePointer
  private var prepared: Set<PostgresStatement> = []
  private let milliseconds: Int
  private(set) var isLost = false

  /// Connects and makes the session safe: statements find only the catalogue's functions, time is limited,
  /// and a peer that is gone is noticed by the server as well.
  init(_ configuration: PostgresConfiguration, name: String) throws(PostgresFault) {
    // The server cancels what is late; this is for a server that does not.
    milliseconds = max(configuration.statementTimeout, configuration.lockTimeout) + 2_000
    guard
      let handle = unsafe solvency_pq_connect(
        configuration.connection, name, String(configuration.connectTimeout))
    else { throw .lost("no memory") }
    unsafe self.handle = handle
    guard unsafe PQstatus(handle) == CONNECTION_OK else { throw .lost(problem) }
    unsafe PQsetnonblocking(handle, 1)
    // Notices hold values of rows; nobody reads them.
    unsafe PQsetNoticeProcessor(handle, { _, _ in }, nil)
    _ = try run(
      Self.configure,
      .text(configuration.schema), .text("\(configuration.statementTimeout)ms"),
      .text("\(configuration.lockTimeout)ms"))
  }

  deinit { unsafe PQfinish(handle) }

  private static let configure = PostgresStatement(
    "configure",
    """
    SELECT set_config('search_path', quote_ident($1) || ', pg_temp', false), set_config('statement_timeout', $2, false),
      set_config('lock_timeout', $3, false), set_config('idle_in_transaction_session_timeout', '60s', false),
      set_config('tcp_keepalives_idle', '1', false), set_config('tcp_keepalives_interval', '1', false),
      set_config('tcp_keepalives_count', '3', false), set_config('tcp_user_timeout', '3000', false),
      set_config('client_connection_check_interval', '1s', false), set_config('bytea_output', 'hex', false)
    """)

  /// The server and its version, for logs.
  var server: String {
    let host = unsafe PQhost(handle).map { unsafe String(cString: $0) } ?? ""
    return "\(host) version \(version / 10_000).\(version % 10_000)"
  }

  /// The server's version, 150018 for 15.18.
  var version: Int32 { unsafe PQserverVersion(handle) }

  /// The process that serves this connection, as the one who answered said when it began.
  var backend: Int32 { unsafe PQbackendPID(handle) }

  /// What libpq says went wrong, on one line, without the password.
  private var problem: String {
    var text = unsafe String(cString: PQerrorMessage(handle))
    if let secret = unsafe PQpass(handle).map({ unsafe String(cString: $0) }), !secret.isEmpty {
      text = text.split(separator: secret, omittingEmptySubsequences: false).joined(separator: "…")
    }
    return text.split(whereSeparator: \.isNewline).joined(separator: " ")
  }

  /// Runs a text of several statements that give no rows.
  func execute(_ sql: StaticString) throws(PostgresFault) { try execute(text: sql.description) }

  /// Runs statements whose text holds a name that was checked.
  func execute(text: String) throws(PostgresFault) {
    guard unsafe PQsendQuery(handle, text) == 1 else { throw lose() }
    _ = try answer()
  }

  /// Ends a transaction, and sees to it that it was not undone instead: the server answers COMMIT in a
  /// transaction that has failed with success, and the word ROLLBACK.
  func commit() throws(PostgresFault) {
    guard unsafe PQsendQuery(handle, "COMMIT") == 1 else { throw lose() }
    guard try answer().tag == "COMMIT" else { throw .refused(code: "25P02", sentence: "was rolled back") }
  }

  /// Ends a transaction if there is one; nothing of it is there.
  func rollBack() {
    guard !isLost, unsafe PQtransactionStatus(handle) != PQTRANS_IDLE else { return }
    _ = try? execute("ROLLBACK")
  }

  /// Whether no transaction is open.
  var isIdle: Bool { unsafe PQtransactionStatus(handle) == PQTRANS_IDLE }

  /// Runs a statement, prepared at its first use.
  func run(
    _ statement: PostgresStatement, _ values: PostgresValue...
  ) throws(PostgresFault) -> PostgresRows {
    guard !isLost else { throw .lost("the connection is closed") }
    let name = statement.name.description
    if !prepared.contains(statement) {
      let types = values.map(\.type)
      guard
        unsafe PQsendPrepare(handle, name, statement.sql.description, Int32(types.count), types) == 1
      else { throw lose() }
      _ = try answer()
      prepared.insert(statement)
    }
    var buffer: [UInt8] = []
    var ends = [0]
    for value in values {
      value.encode(to: &buffer)
      ends.append(buffer.count)
    }
    // So that a value without bytes has an address, too: a null pointer would be NULL.
    buffer.append(0)
    guard let lengths = Self.lengths(between: ends) else {
      throw .refused(code: "54000", sentence: "more than 1 GiB in one statement")
    }
    let formats = [Int32](repeating: 1, count: values.count)
    let isSent = unsafe buffer.withUnsafeBytes { bytes in
      let pointers = unsafe ends.dropLast().map { end in
        unsafe bytes.baseAddress.map { unsafe ($0 + end).assumingMemoryBound(to: CChar.self) }
      }
      return unsafe PQsendQueryPrepared(handle, name, Int32(values.count), pointers, lengths, formats, 1) == 1
    }
    guard isSent else { throw lose() }
    return try answer()
  }

  private static func lengths(between ends: [Int]) -> [Int32]? {
    guard let last = ends.last, last < 1 << 30 else { return nil }
    return zip(ends, ends.dropFirst()).map { Int32($1 - $0) }
  }

  /// The server ends the session: it stops, has crashed, begins, or waited too long for this client.
  private static let endings: Set<String> = ["57P01", "57P02", "57P03", "57P05", "25P03", "25P04"]

  /// The last result of what was sent.
  private func answer() throws(PostgresFault) -> PostgresRows {
    var last: PostgresRows?
    var failure: PostgresFault?
    let deadline = ContinuousClock.now + .milliseconds(milliseconds)
    while true {
      try wait(until: deadline)
      guard let result = unsafe PQgetResult(handle) else { break }
      let rows = unsafe PostgresRows(result)
      if failure == nil { failure = rows.failure }
      last = rows
    }
    if case .refused(let code, let sentence) = failure, code.hasPrefix("08") || Self.endings.contains(code) {
      throw lose(sentence)
    }
    if unsafe PQstatus(handle) != CONNECTION_OK { throw lose() }
    if let failure { throw failure }
    guard let last else { throw .malformed }
    return last
  }

  /// Sends what waits to be sent, and waits until a result can be had without waiting.
  private func wait(until deadline: ContinuousClock.Instant) throws(PostgresFault) {
    while true {
      let unsent = unsafe PQflush(handle)
      guard unsent >= 0 else { throw lose() }
      if unsent == 0, unsafe PQisBusy(handle) == 0 { return }
      let left = (deadline - .now) / .milliseconds(1)
      guard left > 0 else { throw lose("no answer in \(milliseconds) ms") }
      var poller = pollfd(
        fd: unsafe PQsocket(handle), events: Int16(POLLIN) | (unsent == 1 ? Int16(POLLOUT) : 0), revents: 0)
      let ready = unsafe poll(&poller, 1, Int32(min(left.rounded(.up), 60_000)))
      guard ready >= 0 || errno == EINTR else { throw lose("poll failed: \(errno)") }
      if ready > 0, poller.revents & ~Int16(POLLOUT) != 0 {
        guard unsafe PQconsumeInput(handle) == 1 else { throw lose() }
      }
    }
  }

  private func lose(_ why: String? = nil) -> PostgresFault {
    isLost = true
    let said = problem
    return .lost(why ?? (said.isEmpty ? "the connection is closed" : said))
  }
}

/// The rows that a statement gave, in the server's binary form.
@safe final class PostgresRows {
  private let result: OpaquePointer

  fileprivate init(_ result: OpaquePointer) { unsafe self.result = result }

  deinit { unsafe PQclear(result) }

  /// Why there are none; nil if the statement succeeded.
  fileprivate var failure: PostgresFault? {
    switch unsafe PQresultStatus(result) {
    case PGRES_COMMAND_OK, PGRES_TUPLES_OK, PGRES_EMPTY_QUERY: return nil
    default:
      let code = unsafe solvency_pq_state(result).map { unsafe String(cString: $0) }
      let sentence = unsafe solvency_pq_sentence(result).map { unsafe String(cString: $0) }
      return .refused(code: code ?? "", sentence: sentence ?? "")
    }
  }

  /// The word with which the server confirmed.
  var tag: String { unsafe String(cString: PQcmdStatus(result)) }

  /// Number of rows that the statement wrote.
  var changeCount: Int { unsafe Int(String(cString: PQcmdTuples(result))) ?? 0 }

  /// Number of rows.
  var count: Int { Int(unsafe PQntuples(result)) }

  /// Whether a value is there.
  func isNull(_ row: Int, _ column: Int32) -> Bool { unsafe PQgetisnull(result, Int32(row), column) == 1 }

  /// The bytes of a value; empty for NULL.
  func bytes(_ row: Int, _ column: Int32) -> [UInt8] {
    guard row < count, let start = unsafe PQgetvalue(result, Int32(row), column) else { return [] }
    let length = Int(unsafe PQgetlength(result, Int32(row), column))
    return unsafe Array(UnsafeRawBufferPointer(start: start, count: length))
  }

  /// A value of 1, 2, 4 or 8 bytes as a number, with its sign.
  func integer(_ row: Int, _ column: Int32) throws(PostgresFault) -> Int64 {
    let bytes = bytes(row, column)
    guard [1, 2, 4, 8].contains(bytes.count) else { throw .malformed }
    let magnitude = bytes.reduce(into: UInt64(0)) { $0 = $0 << 8 | UInt64($1) }
    let unused = 64 - 8 * bytes.count
    return Int64(bitPattern: magnitude << unused) >> unused
  }

  /// A value as a text.
  func text(_ row: Int, _ column: Int32) -> String { String(decoding: bytes(row, column), as: UTF8.self) }
}
