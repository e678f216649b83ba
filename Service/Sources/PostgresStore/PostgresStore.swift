public import Admission
internal import CanonicalBytes
internal import Solvency
internal import Synchronization
internal import TransparencyLog

/// A ledger's log in a schema of a PostgreSQL database, for one desk or several.
///
///     let store = try PostgresStore(configuration, seat: seat)
///     let ledger = try Ledger(store: store, signer: LogSigner(key))
///
/// A commit returns when the server has it on its disk (`synchronous_commit` and `fsync` are checked when a
/// connection is made, and `fsync` in each transaction), so what was acknowledged survives a kill of the
/// desk, of the server, and a loss of power. Desks that share a log decide one after the other: between
/// `acquire()` and `append(_:)` a desk holds a lock of the server, reads what others have appended meanwhile,
/// and decides on that.
///
/// With a ``WriterSeat`` only the elected writer appends, and each transaction compares its term with the
/// server's: a writer that was stopped and goes on after another took over appends nothing. Without a seat
/// any desk appends in its turn, as long as no writer is elected.
///
/// A broken connection is made again within the configuration's patience. If it broke before the server
/// answered a commit, the batch is looked for: what is there is acknowledged, what is not is appended again
/// if the log still ends where it began.
public final class PostgresStore: LedgerStore {
  let session: Mutex<PostgresSession>
  let seat: WriterSeat?
  /// Entries and documents that are sent or read at once, at most: rows, and bytes of documents.
  static let rowLimit = 128
  static let byteLimit = 1 << 25
  /// The bytes of a checkpoint in one row at most.
  static let pieceLimit = 1 << 24
  /// The number of the row of a checkpoint that holds the right edge of the log's tree; its pieces have 0 and
  /// more.
  static let edgePart: Int64 = -1

  /// Opens the ledger that a schema holds.
  ///
  /// - Parameters:
  ///   - isCreating: whether the tables are made where there are none.
  ///   - seat: what elects this desk as the writer; nil for desks that write in turn.
  ///   - observer: is told of connections and faults, for logs; it is called on the thread that uses the
  ///     store.
  /// - Throws: `StoreError.notFound` without tables, `.notALedger` where the schema holds something else,
  ///   `.unsupportedVersion`, `.alteredSchema`, `.notDurable`, `.unsuitableServer`, `.readOnly`,
  ///   `.unreachable`.
  public init(
    _ configuration: PostgresConfiguration, creating isCreating: Bool = false, seat: WriterSeat? = nil,
    observer: @escaping @Sendable (PostgresEvent) -> Void = { _ in }
  ) throws(StoreError) {
    var session = PostgresSession(configuration, name: "solvency store", observer: observer)
    _ = try session.connect(creating: isCreating)
    self.session = Mutex(consume session)
    self.seat = seat
  }

  /// The last signed head.
  ///
  /// - Throws: `StoreError`.
  public func head() throws(StoreError) -> SignedLogHead? {
    let row = try read { connection throws(PostgresFault) in
      let rows = try connection.run(Self.selectHead)
      return rows.count == 0
        ? nil : (try rows.integer(0, 0), rows.bytes(0, 1), rows.bytes(0, 2), rows.bytes(0, 3))
    }
    guard let row else { return nil }
    guard let count = UInt64(exactly: row.0), let digest = Digest(row.1),
      let signer = try? VerificationKey(row.2), let signature = Signature(row.3)
    else { throw .corrupt }
    return Signed(LogHead(count: count, digest: digest), signer: signer, signature: signature)
  }

  /// Number of entries that are in the log now.
  ///
  /// - Throws: `StoreError`.
  public func count() throws(StoreError) -> UInt64 {
    let count = try read { connection throws(PostgresFault) in
      let rows = try connection.run(Self.selectHead)
      return rows.count == 0 ? 0 : try rows.integer(0, 0)
    }
    guard let count = UInt64(exactly: count) else { throw .corrupt }
    return count
  }

  /// The last checkpoint that was appended.
  ///
  /// - Throws: `StoreError`.
  public func checkpoint() throws(StoreError) -> StoredCheckpoint? {
    var (index, state, edge): (UInt64?, [UInt8], RightEdge?) = (nil, [], nil)
    var part = Self.edgePart
    while true {
      let next = part
      let row = try read { connection throws(PostgresFault) in
        let rows = try connection.run(Self.selectPiece, .integer(next))
        return rows.count == 0 ? nil : (try rows.integer(0, 0), try rows.integer(0, 1), rows.bytes(0, 2))
      }
      guard let (found, place, bytes) = row else { break }
      // A piece of another checkpoint: a writer has put a later one in its place meanwhile.
      guard let place = UInt64(exactly: place) else { throw .corrupt }
      if index != nil, index != place {
        (index, state, edge, part) = (nil, [], nil, Self.edgePart)
        continue
      }
      index = place
      // An edge that is damaged is missed by anyone who compares it with the entry that names its root.
      if found == Self.edgePart { edge = RightEdge(decoding: bytes) } else { state += bytes }
      part = found + 1
    }
    return index.map { StoredCheckpoint(index: $0, state: state, edge: edge) }
  }

  /// The entries from an index on.
  ///
  /// - Throws: `StoreError`.
  public func items(from index: UInt64, limit: Int) throws(StoreError) -> [LogBatch.Item] {
    var items: [LogBatch.Item] = []
    while items.count < limit {
      let start = Int64(clamping: index + UInt64(items.count))
      let rowLimit = Int64(min(Self.rowLimit, limit - items.count))
      let rows = try read { connection throws(PostgresFault) in
        try connection.run(Self.selectItems, .integer(start), .integer(rowLimit))
      }
      for row in 0..<rows.count {
        do throws(LogFormatError) {
          items.append(
            LogBatch.Item(entry: try LogEntry(decoding: rows.bytes(row, 0)), evidence: rows.bytes(row, 1)))
        } catch {
          throw .corrupt
        }
      }
      if rows.count < Self.rowLimit { break }
    }
    return items
  }

  /// Runs a step that reads, once more if the connection breaks meanwhile.
  private func read<Value>(
    _ step: (PostgresConnection) throws(PostgresFault) -> Value
  ) throws(StoreError) -> Value {
    try session.withLock { session throws(StoreError) in
      let deadline = session.deadline
      while true {
        let connection = try session.connected(until: deadline)
        do throws(PostgresFault) {
          return try step(connection)
        } catch {
          session.report(error)
          guard connection.isLost, ContinuousClock.now < deadline else { throw StoreError(error) }
          session.close()
        }
      }
    }
  }
}
