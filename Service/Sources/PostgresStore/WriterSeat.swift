internal import Admission
internal import Dispatch
internal import Glibc
internal import Synchronization
public import WriterElection

/// Elects one of the desks on a database as the writer, and tells when it is another's turn.
///
///     let seat = WriterSeat(configuration, name: "https://desk-1.example:8443")
///     seat.start()
///     let store = try PostgresStore(configuration, seat: seat)
///
/// The writer holds an advisory lock of the server on a connection of its own, and counts up a number every
/// `beat`. A desk that finds the lock free takes it and begins a term: the number of the term is compared by
/// the store in every transaction, so that a former writer, wherever it was stopped, appends nothing more. A
/// desk that dies frees the lock with its connection. One that is stopped, or cut off, or whose server has
/// not noticed its end, stops counting; after `silence` another desk has the server end its connection. Desks
/// are told apart by their sessions; they log in as one role of the server, which may end its own sessions.
public final class WriterSeat: WriterElection {
  /// How often things happen, in milliseconds.
  public struct Timing: Sendable {
    /// How often the writer shows that it lives.
    public var beat: Int
    /// How often a follower looks whether the seat is free.
    public var look: Int
    /// How long a writer may be silent before its connection is ended.
    public var silence: Int

    /// Times that make another desk the writer within three seconds of whatever happens to the one before.
    public init(beat: Int = 400, look: Int = 200, silence: Int = 1_600) {
      (self.beat, self.look, self.silence) = (max(beat, 10), max(look, 10), max(silence, 4 * max(beat, 10)))
    }
  }

  private struct State {
    var role = WriterRole.unreachable
    var watchers: [UInt64: AsyncStream<WriterRole>.Continuation] = [:]
    var nextWatcher: UInt64 = 0
    var isStopped = false
    var isStarted = false
  }

  private let configuration: PostgresConfiguration
  private let name: String
  private let timing: Timing
  private let observer: @Sendable (PostgresEvent) -> Void
  private let state = Mutex(State())
  private let stopped = DispatchSemaphore(value: 0)
  private let ended = DispatchSemaphore(value: 0)

  /// A seat for which this desk has not asked yet.
  ///
  /// - Parameters:
  ///   - configuration: the same server and schema as the store's. Its times for statements are made shorter
  ///     here.
  ///   - name: where this desk is reached by clients of the others: a URL, at most 1,024 bytes.
  public init(
    _ configuration: PostgresConfiguration, name: String, timing: Timing = Timing(),
    observer: @escaping @Sendable (PostgresEvent) -> Void = { _ in }
  ) {
    var configuration = configuration
    // A statement here takes a millisecond; a server that needs longer is as good as gone.
    configuration.statementTimeout = min(configuration.statementTimeout, max(timing.silence, 1_000))
    configuration.lockTimeout = min(configuration.lockTimeout, 400)
    self.configuration = configuration
    self.name = String(decoding: name.utf8.prefix(1_024), as: UTF8.self)
    (self.timing, self.observer) = (timing, observer)
  }

  /// The role at this moment.
  public var role: WriterRole { state.withLock { $0.role } }

  /// The term in which this desk is the writer; nil if it is not.
  var term: UInt64? { if case .writer(let term) = role { term } else { nil } }

  /// The role, and each later one; ends when the desk has stood down.
  public func roles() -> AsyncStream<WriterRole> {
    AsyncStream { continuation in
      let number = state.withLock { state -> UInt64? in
        continuation.yield(state.role)
        guard !state.isStopped else { return nil }
        state.nextWatcher += 1
        state.watchers[state.nextWatcher] = continuation
        return state.nextWatcher
      }
      guard let number else { return continuation.finish() }
      continuation.onTermination = { [weak self] _ in
        self?.state.withLock { state in _ = state.watchers.removeValue(forKey: number) }
      }
    }
  }

  /// Begins to ask for the seat, on a thread of its own. A second call does nothing.
  public func start() {
    let isFirst = state.withLock { state in
      defer { state.isStarted = true }
      return !state.isStarted && !state.isStopped
    }
    guard isFirst else { return }
    DispatchQueue(label: "solvency.writer-seat").async { [self] in
      var sitting = Sitting(PostgresSession(configuration, name: "solvency seat", observer: observer))
      while !state.withLock({ $0.isStopped }) {
        let wait = turn(&sitting)
        _ = stopped.wait(timeout: .now() + .milliseconds(wait))
      }
      // The connection ends, and with it the lock.
      sitting.session.close()
      ended.signal()
    }
  }

  /// Frees the seat at once, and asks for it no more. Returns when the server was told, or after two seconds.
  public func standDown() {
    let standing = state.withLock {
      state -> (isStarted: Bool, watchers: [AsyncStream<WriterRole>.Continuation])? in
      guard !state.isStopped else { return nil }
      state.isStopped = true
      state.role = .follower(writer: nil)
      defer { state.watchers = [:] }
      return (state.isStarted, Array(state.watchers.values))
    }
    guard let standing else { return }
    for watcher in standing.watchers {
      watcher.yield(.follower(writer: nil))
      watcher.finish()
    }
    stopped.signal()
    if standing.isStarted { _ = ended.wait(timeout: .now() + .seconds(2)) }
  }

  private func become(_ role: WriterRole) {
    let watchers = state.withLock { state -> [AsyncStream<WriterRole>.Continuation] in
      // After standing down it is not a writer, whatever the server answers.
      guard state.role != role, !state.isStopped else { return [] }
      state.role = role
      return Array(state.watchers.values)
    }
    for watcher in watchers { watcher.yield(role) }
  }

  // MARK: The thread

  /// What the thread remembers.
  private struct Sitting: ~Copyable {
    var session: PostgresSession
    /// The term in which this desk is the writer.
    var term: Int64?
    /// What the writer showed last, and since when it shows that.
    var beat: (term: Int64, beat: Int64)?
    var since = ContinuousClock.now
    var wait = 50

    init(_ session: consuming PostgresSession) { self.session = session }
  }

  /// One look; returns how long to wait until the next, in milliseconds.
  private func turn(_ sitting: inout Sitting) -> Int {
    do throws(PostgresFault) {
      guard let connection = sitting.session.connection, !connection.isLost else {
        sitting.term = nil
        do throws(StoreError) {
          _ = try sitting.session.connect()
        } catch {
          become(.unreachable)
          sitting.wait = min(2 * sitting.wait, 800)
          return sitting.wait
        }
        sitting.wait = 50
        return 0
      }
      if let term = sitting.term {
        guard try connection.run(Self.showBeat, .integer(term)).changeCount == 1 else {
          // Somebody else has begun a term without this lock: the seat is not to be had by this connection.
          sitting.term = nil
          sitting.session.close()
          observer(.superseded(term: UInt64(clamping: term)))
          become(.follower(writer: nil))
          return timing.look
        }
        return timing.beat
      }
      return try look(&sitting, connection)
    } catch {
      sitting.session.report(error)
      let wasWriter = sitting.term != nil
      sitting.term = nil
      // A connection that cannot be relied on frees the seat if it has it.
      sitting.session.close()
      become(.unreachable)
      return wasWriter ? 0 : timing.look
    }
  }

  private func look(
    _ sitting: inout Sitting, _ connection: PostgresConnection
  ) throws(PostgresFault) -> Int {
    let locks = sitting.session.locks
    if try connection.run(Self.trySeat, .integer(locks.seat)).integer(0, 0) == 1 {
      guard let term = try beginTerm(connection, locks) else {
        // Somebody holds the pen and does not let go. The seat stays with this connection.
        _ = try connection.run(Self.leaveSeat, .integer(locks.seat))
        return timing.look
      }
      sitting.term = term
      observer(.elected(term: UInt64(clamping: term)))
      become(.writer(term: UInt64(clamping: term)))
      return timing.beat
    }
    let rows = try connection.run(Self.selectWriter)
    guard rows.count == 1 else { throw .malformed }
    let shown = (term: try rows.integer(0, 0), beat: try rows.integer(0, 1))
    let writer = rows.text(0, 2)
    become(.follower(writer: writer.isEmpty ? nil : writer))
    if let before = sitting.beat, before == shown {
      if ContinuousClock.now - sitting.since > .milliseconds(timing.silence) {
        try end(holdersOf: locks.seat, connection)
        sitting.since = .now
        return 10
      }
    } else {
      sitting.beat = shown
      sitting.since = .now
    }
    return timing.look
  }

  /// Begins a term with the pen in hand; nil if the pen is not to be had.
  private func beginTerm(
    _ connection: PostgresConnection, _ locks: PostgresSession.Locks
  ) throws(PostgresFault) -> Int64? {
    for _ in 0..<5 {
      do throws(PostgresFault) {
        try connection.execute("BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE")
        _ = try connection.run(Self.takePen, .integer(locks.pen))
        let rows = try connection.run(Self.beginTerm, .text(name))
        guard rows.count == 1 else { throw PostgresFault.malformed }
        let term = try rows.integer(0, 0)
        _ = try connection.run(Self.firstBeat, .integer(term))
        try connection.commit()
        return term
      } catch {
        connection.rollBack()
        guard case .refused(code: "55P03", _) = error else { throw error }
        // A desk that was stopped in the middle of a transaction. Nothing of it was acknowledged.
        try end(holdersOf: locks.pen, connection)
      }
    }
    return nil
  }

  /// Has the server end the sessions that hold a lock, and no others: the sessions are found before any is
  /// ended. As conditions of one query the server takes what it likes first, and ended everybody's sessions.
  private func end(holdersOf lock: Int64, _ connection: PostgresConnection) throws(PostgresFault) {
    let rows = try connection.run(Self.endHolders, .integer(lock >> 32), .integer(lock & 0xFFFF_FFFF))
    for row in 0..<rows.count {
      observer(.ended(backend: Int32(truncatingIfNeeded: try rows.integer(row, 0))))
    }
  }

  private static let trySeat = PostgresStatement("trySeat", "SELECT pg_try_advisory_lock($1)")
  private static let leaveSeat = PostgresStatement("leaveSeat", "SELECT pg_advisory_unlock($1)")
  private static let takePen = PostgresStatement("takePen", "SELECT pg_advisory_xact_lock($1)")
  private static let beginTerm = PostgresStatement(
    "beginTerm", "UPDATE writer SET term = term + 1, name = $1 WHERE id = 0 RETURNING term")
  private static let firstBeat = PostgresStatement(
    "firstBeat", "UPDATE pulse SET term = $1, beat = 0 WHERE id = 0")
  private static let showBeat = PostgresStatement(
    "showBeat",
    """
    UPDATE pulse SET beat = beat + 1 WHERE term = $1 AND EXISTS (SELECT FROM writer WHERE term = $1)
    """)
  private static let selectWriter = PostgresStatement(
    "selectWriter", "SELECT pulse.term, beat, writer.name FROM pulse, writer")
  private static let endHolders = PostgresStatement(
    "endHolders",
    """
    WITH holder AS MATERIALIZED (
      SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND granted AND objsubid = 1 AND pid <> pg_backend_pid()
        AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
        AND classid::bigint = $1 AND objid::bigint = $2)
    SELECT pid, pg_terminate_backend(pid) FROM holder
    """)
}

/// Waits.
func pause(milliseconds: Int) { usleep(UInt32(clamping: milliseconds) &* 1_000) }
