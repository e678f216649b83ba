import Admission
import AdmissionStore
import CanonicalBytes
import Foundation
import MarginRules
import Solvency
import Testing

@Suite("Checkpoints")
struct CheckpointTests {
  private let folder: TemporaryFolder
  private let path: String
  private let signer: LogSigner

  init() throws {
    folder = try TemporaryFolder()
    path = folder.path("ledger.sqlite")
    signer = try Sample.signer()
  }

  /// Everything that a state can hold: registries, epochs, accounts with and without headroom, challenges,
  /// nonces.
  private static func fill(_ ledger: Ledger) throws {
    try ledger.record(Sample.charter(), at: Sample.time(0))
    try ledger.record(Sample.registry, at: Sample.time(0))
    for number in 1...20 as ClosedRange<Int64> {
      try ledger.record(.epochPublished(Sample.epoch(number)), at: Sample.time(0))
    }
    for index in 0..<5 { try ledger.record(.accountOpened(Sample.opening(index)), at: Sample.time(1)) }
    for index in 0..<3 {
      let proof = try Sample.proof(index, sequence: 0, epoch: 20, at: 2, nonce: "n\(index)")
      try ledger.record(.proofAccepted(proof), at: Sample.time(2))
    }
    for (index, side) in [(0, Headroom.Side.buy), (1, .sell)] {
      let order = try Sample.proof(
        index, sequence: 0, epoch: 20, at: 3, nonce: "o\(index)",
        headroom: Sample.headroom(9, side), lasting: 500)
      try ledger.record(.proofAccepted(order), at: Sample.time(3))
    }
    try ledger.record(.filled(Sample.fill(2, sequence: 0)), at: Sample.time(4))
    for name in ["b", "a"] {
      try ledger.record(
        .challengeIssued(
          ChallengeRecord(
            account: try Sample.account(4), nonce: try Sample.nonce(name), expires: Sample.time(90))),
        at: Sample.time(4))
    }
    try ledger.record(
      .refused(
        RefusalRecord(account: try Sample.account(3), reasons: [.expired], evidence: .zero)),
      at: Sample.time(5))
    try ledger.record(
      .escrowed(
        EscrowRecord(
          account: try Sample.account(4), sequence: 0, package: Sample.digest("package"), evidence: .zero)),
      at: Sample.time(5))
    try ledger.record(.filled(Sample.fill(4, sequence: 0)), at: Sample.time(5))
    let lost = LogHead(count: 1_000, digest: Sample.digest("lost"))
    try ledger.record(
      .withdrawn(WithdrawalRecord(head: lost, cause: .lost, evidence: .zero)), at: Sample.time(5))
    let roll = try ledger.withState { $0.dueRoll(at: Sample.time(5_000)) }
    try ledger.record(.rolled(roll), at: Sample.time(5_000))
  }

  /// A ledger on the disk with a checkpoint and two entries after it.
  private func filled() throws -> LedgerState {
    let ledger = try Ledger(store: SQLiteStore(creating: path), signer: signer)
    try Self.fill(ledger)
    try ledger.checkpoint(at: Sample.time(5_001))
    try ledger.record(.accountOpened(Sample.opening(7)), at: Sample.time(5_002))
    try ledger.record(.ticked, at: Sample.time(5_003))
    return try ledger.withState { copy $0 }
  }

  private func open(_ start: LedgerStart) throws -> LedgerState {
    try Ledger(store: SQLiteStore(opening: path), signer: signer, from: start).withState { copy $0 }
  }

  @Test("a state reads back as it was written; nothing shorter or longer does, and no damage traps")
  func encoding() throws {
    let ledger = try Ledger(store: MemoryStore(), signer: signer)
    #expect(try LedgerState(decoding: LedgerState().encoded()) == LedgerState())
    try Self.fill(ledger)
    let state = try ledger.withState { copy $0 }
    let bytes = state.encoded()
    #expect(try LedgerState(decoding: bytes) == state)
    for count in stride(from: 0, to: bytes.count, by: 3) {
      #expect(throws: LogFormatError.malformedState) {
        try LedgerState(decoding: Array(bytes.prefix(count)))
      }
    }
    #expect(throws: LogFormatError.malformedState) { try LedgerState(decoding: bytes + [0]) }
    for index in bytes.indices {
      for mask in [1, 0x80, 0xFF] as [UInt8] {
        var damaged = bytes
        damaged[index] ^= mask
        guard let other = try? LedgerState(decoding: damaged) else { continue }
        #expect(other.encoded() == damaged)
        #expect(other != state)
        // What still reads is a state that answers: no slot or registry that is not there.
        other.forEachAccount { _ = other.account($0.account, at: Sample.time(9_000)) }
        _ = other.dueRoll(at: Sample.time(9_000))
      }
    }
  }

  @Test("a ledger opens from its checkpoint as it does from its first entry")
  func equalStates() throws {
    let state = try filled()
    #expect(try open(.checkpoint) == state)
    #expect(try open(.beginning) == state)
    #expect(try Ledger(reading: SQLiteStore(opening: path), of: signer.verificationKey).head.count == 43)
  }

  @Test("entries before the checkpoint are not read when a ledger is opened, and are when it is replayed")
  func tailOnly() throws {
    let state = try filled()
    try OtherTool.run("UPDATE entry SET bytes = x'00' WHERE idx = 25", on: path)
    #expect(try open(.checkpoint) == state)
    #expect(throws: LedgerFailure.store(.corrupt)) { try open(.beginning) }
  }

  @Test("a damaged, foreign or moved checkpoint is refused by name, and the log is replayed without it")
  func refused() throws {
    let state = try filled()
    let index: UInt64 = 40
    let original = try #require(try SQLiteStore(opening: path).checkpoint())
    #expect(original.index == index)
    for (statement, expected) in [
      ("UPDATE checkpoint SET bytes = x'00'", CheckpointFault.otherState),
      ("UPDATE checkpoint SET bytes = x'00' WHERE part = -1", .otherState),
      ("DELETE FROM checkpoint WHERE part = -1", .otherState),
      ("UPDATE checkpoint SET bytes = substr(bytes, 1, length(bytes) - 1)", .otherState),
      ("UPDATE checkpoint SET bytes = CAST(bytes || x'00' AS BLOB)", .otherState),
      ("UPDATE checkpoint SET idx = 37", .notInLog), ("UPDATE checkpoint SET idx = 99", .notInLog),
    ] {
      let copy = folder.path("copy.sqlite")
      try? FileManager.default.removeItem(atPath: copy)
      try OtherTool.run("VACUUM INTO '\(copy)'", on: path)
      let store = try SQLiteStore(opening: copy)
      try OtherTool.run(statement, on: copy)
      let failure = #expect(throws: LedgerFailure.self) { try Ledger(store: store, signer: signer) }
      guard case .checkpoint(_, let fault) = failure else {
        Issue.record("\(statement): \(String(describing: failure))")
        continue
      }
      #expect(fault == expected, "\(statement)")
      // Recovery: the whole log, then a new checkpoint.
      let recovered = try Ledger(store: store, signer: signer, from: .beginning)
      #expect(try recovered.withState { copy $0 } == state)
      try recovered.checkpoint(at: Sample.time(5_004))
      #expect(try Ledger(store: store, signer: signer).head == recovered.head)
    }
  }

  @Test("a state that somebody has made up is not taken, though it is sound in itself")
  func forged() throws {
    _ = try filled()
    let store = try SQLiteStore(opening: path)
    let stored = try #require(try store.checkpoint())
    var rich = try LedgerState(decoding: stored.state)
    try rich.apply(.ticked, at: Sample.time(5_001))
    let hex = rich.encoded().hex
    try OtherTool.run("UPDATE checkpoint SET bytes = x'\(hex)'", on: path)
    #expect(throws: LedgerFailure.checkpoint(index: stored.index, .otherState)) {
      try Ledger(store: store, signer: signer)
    }
    // With an entry to match, the chain no longer leads to the signed head.
    let entry = try store.items(from: stored.index, limit: 1)[0].entry
    let forged = LogEntry(
      after: LogHead(count: entry.index, digest: entry.previous), time: entry.time,
      event: .checkpointed(CheckpointRecord(state: rich.digest)))
    let bytes = forged.bytes.hex
    try OtherTool.run("UPDATE entry SET bytes = x'\(bytes)' WHERE idx = \(stored.index)", on: path)
    let failure = #expect(throws: LedgerFailure.self) { try Ledger(store: store, signer: signer) }
    #expect(
      failure == .replay(.log(.altered(index: stored.index)))
        || failure == .checkpoint(index: stored.index, .malformed))
  }

  @Test("an entry that names another state than the log makes cannot happen")
  func wrongEntry() throws {
    var state = try Sample.state()
    let before = state
    let wrong = CheckpointRecord(state: Sample.digest("another"))
    #expect(throws: LedgerError.checkpointDiffers) {
      try state.apply(.checkpointed(wrong), at: Sample.time(1))
    }
    #expect(state == before)
    try state.apply(.checkpointed(CheckpointRecord(state: before.digest)), at: Sample.time(1))
    #expect(state.eventCount == before.eventCount + 1)
  }

  @Test("checkpoints are written by themselves, and one that finds no room costs no decision")
  func schedule() throws {
    let store = try SQLiteStore(creating: path)
    let ledger = try Ledger(
      store: store, signer: signer, checkpoints: CheckpointSchedule(interval: 10))
    try ledger.record(Sample.registry, at: Sample.time(0))
    try ledger.record(.epochPublished(Sample.epoch(1)), at: Sample.time(0))
    for index in 0..<200 { try ledger.record(.accountOpened(Sample.opening(index)), at: Sample.time(1)) }
    // After 10 entries; the next is due when as many entries have followed as there are accounts.
    #expect(try store.checkpoint()?.index == 10)
    #expect(try open(.checkpoint) == ledger.withState { copy $0 })

    // Room for the decisions, and none for a state of 200 accounts.
    try store.limitSize(to: OtherTool.byteCount(of: path) + 2 * 4_096)
    var ticks = 0
    while ticks < 60, (try? ledger.record(.ticked, at: Sample.time(2))) != nil { ticks += 1 }
    #expect(ticks >= 12)
    #expect(try store.checkpoint()?.index == 10)
    let head = ledger.head
    try store.limitSize(to: nil)
    #expect(try open(.checkpoint) == ledger.withState { copy $0 })
    #expect(ledger.head == head)
  }

  @Test(
    "a ledger of version 1, without a table of checkpoints, is read as it is and gets one when written to")
  func olderVersion() throws {
    _ = try filled()
    try OtherTool.run("DROP TABLE checkpoint; PRAGMA user_version = 1", on: path)
    let state = try Ledger(
      reading: SQLiteStore(opening: path, for: .reading), of: signer.verificationKey
    ).withState { copy $0 }
    #expect(try open(.checkpoint) == state)
    let ledger = try Ledger(store: SQLiteStore(opening: path), signer: signer)
    try ledger.checkpoint(at: Sample.time(6_000))
    #expect(try SQLiteStore(opening: path).checkpoint() != nil)
  }
}

@Suite("Checkpoints of a desk")
struct DeskCheckpointTests {
  @Test("a desk that is opened from a checkpoint decides as before: documents, nonces and standing are there")
  func desk() throws {
    let desk = try Desk()
    let request = try Trader.request("standing")
    #expect(desk.review(request).receipt != nil)
    try desk.admission.ledger.checkpoint(at: Market.now)
    let reopened = try desk.reopened()
    #expect(reopened.reasons(request).contains(.replayed))
    #expect(reopened.review(try Trader.request("order")).receipt != nil)
  }

  @Test
  func `A47: an audit compares every checkpoint with the replayed state, and goes on after a false one`()
    throws
  {
    let desk = try Desk()
    _ = desk.review(try Trader.request("standing"))
    try desk.admission.ledger.checkpoint(at: Market.now)
    _ = desk.review(try Trader.request("order"))
    let items = try desk.store.items(from: 0, limit: .max)
    func audited(_ items: [LogBatch.Item]) throws -> AuditReport {
      var audit = Audit(of: desk.keys.venue.verificationKey)
      for item in items { audit.check(item) }
      return audit.report()
    }
    let clean = try audited(items)
    #expect(clean.findings == [] && clean.checkpointCount == 1 && clean.admissionCount == 2)

    // The venue writes the log anew, with a state of its own choice in the checkpoint.
    var head = LogHead.empty
    var rewritten: [LogBatch.Item] = []
    for item in items {
      var event = item.entry.event
      if case .checkpointed = event {
        event = .checkpointed(CheckpointRecord(state: Sample.digest("a better state")))
      }
      let entry = LogEntry(after: head, time: item.entry.time, event: event)
      head = LogHead(entry)
      rewritten.append(LogBatch.Item(entry: entry, evidence: item.evidence))
    }
    let found = try audited(rewritten)
    let place = UInt64(items.count - 2)
    #expect(found.findings == [.checkpointDiffers(index: place)])
    #expect(found.admissionCount == 2)
  }
}
