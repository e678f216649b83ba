internal import Admission
internal import CanonicalBytes
internal import Solvency
internal import TransparencyLog

/// The end of the log in hand: how it is taken, what is compared, and what is written there.
extension PostgresStore {
  /// The end of the log as the one who holds the pen sees it, and the term in force.
  struct Held {
    let count: UInt64
    let digest: [UInt8]
    let term: Int64
  }

  /// Codes of this module's own, beside the server's.
  static let supersededCode = "SOLV2"
  static let wrongIndexCode = "SOLV3"
  static let unsyncedCode = "SOLV4"
  static let alteredCode = "SOLV5"
  static let unreachableCode = "SOLV6"

  static func error(_ fault: PostgresFault) -> StoreError {
    guard case .refused(let code, let sentence) = fault else { return StoreError(fault) }
    return switch code {
    case supersededCode: .notWriter
    case wrongIndexCode: .wrongIndex(expected: UInt64(sentence) ?? 0)
    case unsyncedCode: .notDurable(setting: "fsync = off")
    case alteredCode: .alteredSchema(sentence)
    case unreachableCode: .unreachable
    case "23505", "23514": .corrupt
    default: StoreError(fault)
    }
  }

  /// Goes on after a connection broke; throws where it did not break, or the time is over.
  func giveUpOrRetry(
    _ session: inout PostgresSession, _ fault: PostgresFault, until deadline: ContinuousClock.Instant
  ) throws(StoreError) {
    let isLost = session.connection?.isLost ?? false
    guard isLost, ContinuousClock.now < deadline else {
      session.connection?.rollBack()
      session.isHeld = false
      throw Self.error(fault)
    }
    session.close()
  }

  func mayWrite(_ held: Held) -> Bool {
    guard let seat else { return true }
    return seat.term == UInt64(exactly: held.term)
  }

  /// Begins a transaction with the pen, unless one is held, and reads the end of the log.
  func take(
    _ session: inout PostgresSession, until deadline: ContinuousClock.Instant, isInDoubt: Bool = false
  ) throws(PostgresFault) -> Held {
    if let seat, seat.term == nil, !isInDoubt {
      throw .refused(code: Self.supersededCode, sentence: "this desk is not the writer")
    }
    let connection: PostgresConnection
    do throws(StoreError) {
      connection = try session.connected(until: deadline)
    } catch {
      throw Self.fault(error)
    }
    if !session.isHeld {
      // A statement's rows are as they were when it began: the head is read by one that begins with the pen
      // in hand.
      try connection.execute(
        """
        BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE;
        LOCK TABLE entry, evidence, head, checkpoint, writer IN ROW EXCLUSIVE MODE
        """)
      if seat == nil, !isInDoubt {
        let rows = try connection.run(Self.tryTurn, .integer(session.locks.seat))
        guard try rows.integer(0, 0) == 1 else {
          throw .refused(code: Self.supersededCode, sentence: "a writer is elected")
        }
      }
      _ = try connection.run(Self.takePen, .integer(session.locks.pen))
      session.isHeld = true
    }
    let rows = try connection.run(Self.selectEnd)
    guard rows.count == 1, let count = UInt64(exactly: try rows.integer(0, 0)) else { throw .malformed }
    let held = Held(count: count, digest: rows.bytes(0, 1), term: try rows.integer(0, 2))
    guard isInDoubt || mayWrite(held) else {
      throw .refused(code: Self.supersededCode, sentence: "term \(held.term) is another's")
    }
    guard rows.text(0, 3) == "on" else { throw .refused(code: Self.unsyncedCode, sentence: "fsync is off") }
    if try rows.integer(0, 4) != 0 {
      // It may have had one and have it no more; only the whole comparison tells.
      do throws(StoreError) {
        try PostgresSchema.check(connection, session.configuration.schema)
      } catch {
        throw Self.fault(error)
      }
    }
    return held
  }

  static func fault(_ error: StoreError) -> PostgresFault {
    switch error {
    case .alteredSchema(let line): .refused(code: alteredCode, sentence: line)
    case .unreachable: .refused(code: unreachableCode, sentence: "the server cannot be reached")
    case .notDurable: .refused(code: unsyncedCode, sentence: "the server does not write to its disk")
    case .readOnly: .refused(code: "25006", sentence: "the server takes no changes")
    default: .malformed
    }
  }

  static func insert(
    _ batch: LogBatch, replacing isReplacing: Bool, over held: Held, on connection: PostgresConnection
  ) throws(PostgresFault) {
    guard let first = batch.items.first?.entry else { throw .malformed }
    let refusal = PostgresFault.refused(code: wrongIndexCode, sentence: "\(held.count)")
    if isReplacing {
      guard first.index < held.count else { throw refusal }
      if first.index > 0 {
        let rows = try connection.run(selectEntry, .integer(Int64(clamping: first.index - 1)))
        guard rows.count == 1, (try? LogEntry(decoding: rows.bytes(0, 0)))?.digest == first.previous else {
          throw refusal
        }
      }
      for statement in [dropEntries, dropEvidence, dropCheckpointFrom] {
        _ = try connection.run(statement, .integer(Int64(clamping: first.index)))
      }
    } else {
      // Under the pen, so that a desk that has appended meanwhile, or put other entries in the place of the
      // last, is noticed.
      let end = held.digest.isEmpty ? LogHead.empty.digest : Digest(held.digest)
      guard first.index == held.count, first.previous == end else { throw refusal }
    }
    try insert(batch.items, on: connection)
    try replaceEnd(with: batch.head, batch.checkpoint, over: held, on: connection)
  }

  static func insert(_ items: [LogBatch.Item], on connection: PostgresConnection)
    throws(PostgresFault)
  {
    try insert(
      items.map { (Int64(clamping: $0.entry.index), $0.entry.bytes) }, by: insertEntries, on: connection)
    try insert(
      items.filter { !$0.evidence.isEmpty }.map { (Int64(clamping: $0.entry.index), $0.evidence) },
      by: insertEvidence, on: connection)
  }

  static func replaceEnd(
    with head: SignedLogHead, _ checkpoint: StoredCheckpoint?, over held: Held,
    on connection: PostgresConnection
  ) throws(PostgresFault) {
    let rows = try connection.run(
      replaceHead, .integer(Int64(clamping: head.unverified.count)), .bytes(head.unverified.digest.bytes),
      .bytes(head.signer.bytes), .bytes(head.signature.bytes), .integer(Int64(clamping: held.count)),
      .bytes(held.digest))
    guard rows.changeCount == 1 else { throw .refused(code: wrongIndexCode, sentence: "\(held.count)") }
    guard let checkpoint else { return }
    _ = try connection.run(dropCheckpoint)
    var pieces = checkpoint.edge.map { [(edgePart, $0.encoded())] } ?? []
    for (part, start) in stride(from: 0, to: checkpoint.state.count, by: pieceLimit).enumerated() {
      let end = min(start + pieceLimit, checkpoint.state.count)
      pieces.append((Int64(part), Array(checkpoint.state[start..<end])))
    }
    for (part, bytes) in pieces {
      let rows = try connection.run(
        insertCheckpoint, .integer(part), .integer(Int64(clamping: checkpoint.index)), .bytes(bytes))
      guard rows.changeCount == 1 else { throw .malformed }
    }
  }

  /// Writes rows, as many at a time as a message holds, and sees to it that each was written.
  static func insert(
    _ rows: [(index: Int64, bytes: [UInt8])], by statement: PostgresStatement,
    on connection: PostgresConnection
  ) throws(PostgresFault) {
    var rest = rows[...]
    while !rest.isEmpty {
      var size = 0
      let part = rest.prefix { row in
        defer { size += row.bytes.count }
        return size < byteLimit
      }
      let written = try connection.run(
        statement, .integers(part.map(\.index)), .byteStrings(part.map(\.bytes)[...]))
      guard written.changeCount == part.count else {
        throw .refused(code: alteredCode, sentence: "rows are swallowed")
      }
      rest = rest.dropFirst(part.count)
    }
  }
}
