internal import Admission

/// The connection of a store, made again when it breaks, and what is held on it.
///
/// Two advisory locks of the server order everything, by numbers that are made of the schema's:
///
///     seat   a session's: its owner is the writer, elected for a term (``WriterSeat``)
///     pen    a transaction's: anyone who reads the head to append to it holds it until the transaction ends
///
/// The term changes only with the pen in hand, and each append compares it with the pen in hand, so that no
/// transaction of a former writer commits after a later one's term has begun.
struct PostgresSession: ~Copyable {
  let configuration: PostgresConfiguration
  let name: String
  let observer: @Sendable (PostgresEvent) -> Void
  private(set) var connection: PostgresConnection?
  /// The locks of this schema.
  private(set) var locks = Locks(schema: 0)
  /// Whether the pen is held between two calls.
  var isHeld = false

  /// The numbers of the two locks.
  struct Locks {
    let seat: Int64
    let pen: Int64

    /// "SOLV", then the schema's number and one bit.
    init(schema: Int64) {
      seat = 0x534F_4C56 << 32 | (schema << 1 & 0xFFFF_FFFF)
      pen = seat | 1
    }
  }

  init(
    _ configuration: PostgresConfiguration, name: String,
    observer: @escaping @Sendable (PostgresEvent) -> Void
  ) {
    (self.configuration, self.name, self.observer) = (configuration, name, observer)
  }

  /// Connects once, checks what was connected to, and keeps the connection.
  mutating func connect(creating isCreating: Bool = false) throws(StoreError) -> PostgresConnection {
    close()
    let fresh: PostgresConnection
    do throws(PostgresFault) {
      fresh = try PostgresConnection(configuration, name: name)
      if isCreating { try PostgresSchema.create(fresh, configuration.schema) }
    } catch {
      report(error)
      throw StoreError(error)
    }
    try Self.checkServer(fresh)
    try PostgresSchema.check(fresh, configuration.schema)
    let schema = try storing { () throws(PostgresFault) in
      try PostgresSchema.identity(fresh, configuration.schema)
    }
    guard let schema else { throw .notFound }
    locks = Locks(schema: schema)
    observer(.connected(server: fresh.server))
    connection = fresh
    return fresh
  }

  /// Gives up the connection, and what was held on it.
  mutating func close() {
    connection = nil
    isHeld = false
  }

  /// The connection that stands, or a new one. It is tried again, with waits that double from 50 ms to 800
  /// ms, until the deadline.
  mutating func connected(until deadline: ContinuousClock.Instant) throws(StoreError) -> PostgresConnection {
    if let connection, !connection.isLost { return connection }
    var wait = 50
    while true {
      do throws(StoreError) {
        return try connect()
      } catch {
        guard error == .unreachable, ContinuousClock.now + .milliseconds(wait) < deadline else { throw error }
      }
      pause(milliseconds: wait)
      wait = min(2 * wait, 800)
    }
  }

  /// The moment until which a call tries.
  var deadline: ContinuousClock.Instant { .now + .milliseconds(configuration.patience) }

  /// Tells of a fault.
  func report(_ fault: PostgresFault) {
    switch fault {
    case .lost(let text): observer(.lost(text))
    // This module's own codes: the caller is told by its error.
    case .refused(let code, _) where code.hasPrefix("SOLV"): break
    case .refused(let code, let sentence): observer(.refused(code: code, sentence: sentence))
    case .malformed: observer(.refused(code: "", sentence: "an answer has another form than it should"))
    }
  }

  // MARK: What was connected to

  private static let settings = PostgresStatement(
    "settings",
    """
    SELECT current_setting('synchronous_commit'), current_setting('fsync'), pg_is_in_recovery(), pg_backend_pid()
    """)

  /// What is acknowledged is on the server's disk, the server takes changes, and the session is this client's
  /// own.
  private static func checkServer(_ connection: PostgresConnection) throws(StoreError) {
    guard connection.version >= 140_000 else {
      throw .unsuitableServer("version \(connection.version / 10_000); this library needs 14 or later")
    }
    let (commit, sync, isReplica, backend) = try storing { () throws(PostgresFault) in
      let rows = try connection.run(settings)
      return (rows.text(0, 0), rows.text(0, 1), try rows.integer(0, 2), try rows.integer(0, 3))
    }
    guard sync == "on" else { throw .notDurable(setting: "fsync = \(sync)") }
    guard commit == "on" || commit == "remote_apply" else {
      throw .notDurable(setting: "synchronous_commit = \(commit)")
    }
    guard isReplica == 0 else { throw .readOnly }
    guard backend == Int64(connection.backend) else {
      throw .unsuitableServer("a pool of connections stands before it; connect directly")
    }
    // What the server's files say may change while the session lasts; what the session says does not.
    _ = try storing { () throws(PostgresFault) in
      try connection.execute(
        commit == "on" ? "SET synchronous_commit = on" : "SET synchronous_commit = remote_apply")
    }
  }
}
