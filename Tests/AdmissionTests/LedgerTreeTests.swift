import Admission
import AdmissionStore
import CanonicalBytes
import Foundation
import MarginRules
import Ristretto
import Solvency
import Synchronization
import Testing
import TransparencyLog

/// The ledger's log as a tree: a checkpoint after each commit, receipts, and what is withdrawn or recovered.
@Suite("A ledger's tree")
struct LedgerTreeTests {
  private let folder: TemporaryFolder
  private let path: String
  private let signer: LogSigner
  private let logSeed: [UInt8]

  init() throws {
    folder = try TemporaryFolder()
    path = folder.path("ledger.sqlite")
    signer = try Sample.signer()
    logSeed = (0..<32).map { _ in UInt8.random(in: 0...255) }
  }

  private func treeSigner(_ kept: Kept = Kept()) throws -> CheckpointSigner {
    let seed = logSeed
    let key = SigningKey(role: .log, seed: SecretBlock(count: 32) { seed[$0] })
    return try CheckpointSigner(key, named: "venue.example") { checkpoint in
      kept.all.withLock { $0.append(checkpoint) }
    }
  }

  /// Every checkpoint that was signed.
  private final class Kept: Sendable {
    let all = Mutex<[SignedCheckpoint]>([])
  }

  private func tree(of store: any LedgerStore) throws -> MemoryTree {
    var tree = MemoryTree()
    for item in try store.items(from: 0, limit: .max) { tree.append(item.entry.leafHash) }
    return tree
  }

  @Test("each commit ends with one checkpoint over all that is durable, also after a restart")
  func checkpoints() throws {
    let kept = Kept()
    let store = try SQLiteStore(creating: path)
    for _ in 0..<2 {
      let ledger = try Ledger(
        store: store, signer: signer, checkpoints: CheckpointSchedule(interval: 6), tree: treeSigner(kept))
      if ledger.head.count == 0 { try ledger.record(Sample.charter(), at: Sample.time(0)) }
      for size in 1...4 {
        _ = try ledger.commit(at: Sample.time(1)) { transaction in
          for _ in 0..<size { _ = try? transaction.append(.ticked) }
        }
      }
    }
    let (tree, count) = (try tree(of: store), try store.count())
    var whole = tree
    let signed = kept.all.withLock { $0 }
    #expect(signed.last?.unverified.head.size == count)
    let sizes = signed.map(\.unverified.head.size)
    #expect(sizes == sizes.sorted() && Set(sizes).count == sizes.count)
    for checkpoint in signed {
      let head = checkpoint.unverified.head
      #expect(whole.head(at: head.size) == head)
    }
    // A checkpoint of the ledger names the root, and what is stored has the edge.
    let stored = try #require(try store.checkpoint())
    #expect(stored.edge?.size == stored.index)
    let item = try #require(try store.items(from: stored.index, limit: 1).first)
    guard case .checkpointed(let record) = item.entry.event else {
      Issue.record("not a checkpoint")
      return
    }
    #expect(record.tree == whole.head(at: stored.index).root)
  }

  @Test("a checkpoint that names another root is refused in replay and found by an audit")
  func wrongRoot() throws {
    let desk = try Desk()
    let items = desk.store.allItems
    let state = try desk.admission.ledger.withState { $0.digest }
    var tree = try tree(of: desk.store)
    let root = tree.head(at: tree.size).root
    for (tree, expected) in [
      (root, []), (MerkleHash.empty, [AuditFinding.checkpointDiffers(index: UInt64(items.count))]),
    ] {
      let entry = LogEntry(
        after: desk.admission.ledger.head, time: Market.now,
        event: .checkpointed(CheckpointRecord(state: state, tree: tree)))
      var audit = Audit(of: desk.keys.venue.verificationKey)
      for item in items + [LogBatch.Item(entry: entry, evidence: [])] { audit.check(item) }
      #expect(audit.report().findings == expected)
      var replay = LogReplay()
      for item in items { try replay.apply(item.entry) }
      if expected.isEmpty {
        try replay.apply(entry)
      } else {
        #expect(throws: ReplayError.event(index: entry.index, .checkpointDiffers)) { try replay.apply(entry) }
      }
    }
  }

  @Test(
    "an admission's receipt is checked with the log's key alone, and holds its entry; a changed one is not")
  func receipts() throws {
    let keys = Keys()
    let store = MemoryStore()
    let charter = try Market.charter()
    let signer = try treeSigner()
    let ledger = try Ledger(store: store, signer: LogSigner(keys.venueAgain()), tree: signer)
    try ledger.adopt(charter, at: Market.now)
    var desk = try Desk(store: MemoryStore())
    desk.admission = try Admission(charter, ledger: ledger)
    try desk.publish(Market.snapshot())
    try desk.open(Trader.desk7())
    let requests = try ["standing", "order", "maintenance", "standing"].map { try Trader.request($0) }
    let verdicts = desk.admission.review(requests, at: Market.now)
    let receipts = verdicts.compactMap(\.receipt)
    #expect(receipts.count == 3)
    let origin = try #require(receipts.first?.proof?.checkpoint.unverified.origin)
    #expect(origin.description == "venue.example/\(store.allItems[0].entry.digest)")
    let seed = logSeed
    let key = try SigningKey(role: .log, seed: SecretBlock(count: 32) { seed[$0] }).noteSigner(origin: origin)
      .key
    let policy = try TrustPolicy(logs: [key])
    for receipt in receipts {
      let proof = try LogProof(decoding: try #require(receipt.proof).encoded())
      let entry = try LogEntry(decoding: try #require(proof.extra))
      #expect(entry.index == receipt.entry && entry == store.allItems[Int(receipt.entry)].entry)
      try proof.verify(leaf: entry.leafHash, under: policy)
      #expect(throws: LogProofError.self) { try proof.verify(leaf: .leaf([1]), under: policy) }
    }
    // Without a log's key there is none.
    let plain = try Desk()
    #expect(plain.review(try Trader.request("standing")).receipt.map { $0.proof == nil } == true)
  }

  @Test("a verdict that is written as it goes is what its tree is written to, with its receipt")
  func verdictText() throws {
    let keys = Keys()
    let charter = try Market.charter()
    let ledger = try Ledger(store: MemoryStore(), signer: LogSigner(keys.venueAgain()), tree: treeSigner())
    try ledger.adopt(charter, at: Market.now)
    var desk = try Desk(store: MemoryStore())
    let plain = desk.admission
    desk.admission = try Admission(charter, ledger: ledger)
    try desk.publish(Market.snapshot())
    try desk.open(Trader.desk7())
    let requests = try ["standing", "order", "maintenance", "standing"].map { try Trader.request($0) }
    // Two batches have two heads; the last has no receipts of a tree.
    let verdicts =
      try [Array(requests[..<2]), Array(requests[2...])].flatMap {
        desk.admission.review($0, at: Market.now)
      } + plain.review([try Trader.request("standing")], at: Market.now)
    #expect(verdicts.count { $0.receipt != nil } >= 3 && verdicts.contains { $0.receipt == nil })
    #expect(verdicts.contains { $0.receipt?.headroom != nil })
    var writer = VerdictText()
    for verdict in verdicts + verdicts.reversed() {
      var members = verdict.jsonMembers
      if let proof = verdict.receipt?.proof {
        members.append(JSONMember("receipt", .string(String(decoding: proof.encoded(), as: UTF8.self))))
      }
      var text = JSONText()
      text.append("{")
      writer.append(verdict, to: &text)
      text.append("}")
      #expect(text.bytes == JSONValue.object(members).encoded())
    }
  }

  @Test
  func `A65: a ledger that ends before its checkpoint, or has other entries under it, is refused`() throws {
    let copy = folder.path("copy.sqlite")
    let ledger = try Ledger(store: SQLiteStore(creating: path), signer: signer, tree: treeSigner())
    try ledger.record(Sample.charter(), at: Sample.time(0))
    try SQLiteStore(opening: path).backUp(to: copy)
    try ledger.record(.ticked, at: Sample.time(1))
    let published = try ledger.treeHead(at: 2)
    try ledger.check(notBehind: published)
    let older = try Ledger(store: SQLiteStore(opening: copy), signer: signer)
    #expect(throws: LedgerFailure.behindCheckpoint(size: 2, actual: 1)) {
      try older.check(notBehind: published)
    }
    for second in 5...7 as ClosedRange<UInt64> { try older.record(.ticked, at: Sample.time(second)) }
    #expect(throws: LedgerFailure.otherThanCheckpoint(size: 2)) { try older.check(notBehind: published) }
  }

  // Withdrawal

  @Test("entries that nobody was told of are undone by an entry that lists them, and the log goes on")
  func undo() throws {
    for store in [MemoryStore(), try SQLiteStore(creating: path)] as [any LedgerStore] {
      let ledger = try Ledger(store: store, signer: signer)
      try ledger.record(Sample.charter(), at: Sample.time(0))
      try ledger.record(Sample.registry, at: Sample.time(0))
      try ledger.record(.epochPublished(Sample.epoch(1)), at: Sample.time(0))
      let before = try ledger.withState { copy $0 }
      // A clock that is a week ahead, and what follows from it.
      try ledger.record(.accountOpened(Sample.opening(1)), at: Sample.time(600_000))
      try ledger.checkpoint(at: Sample.time(600_001))
      try ledger.record(.ticked, at: Sample.time(700_000))
      let dropped = ledger.head
      try ledger.undo(from: 3, witnessed: 3, at: Sample.time(2))
      #expect(ledger.head.count == 4)
      let state = try ledger.withState { copy $0 }
      #expect(state.clock == Sample.time(2))
      #expect(state.accountCount == before.accountCount && state.epochs == before.epochs)
      try ledger.record(.accountOpened(Sample.opening(1)), at: Sample.time(3))
      let again = try Ledger(store: store, signer: signer, from: .beginning, notBehind: dropped)
      #expect(again.head == ledger.head)
      #expect(try Ledger(store: store, signer: signer).withState { copy $0 } == ledger.withState { copy $0 })
    }
  }

  @Test("a head that was kept from the middle of what was undone is of this log, and no other is")
  func headInTheMiddle() throws {
    for store in [MemoryStore(), try SQLiteStore(creating: path)] as [any LedgerStore] {
      let ledger = try Ledger(store: store, signer: signer)
      try ledger.record(Sample.charter(), at: Sample.time(0))
      let kept = ledger.head
      var undone: [LogHead] = []
      for second in [600_000, 600_001, 600_002] as [UInt64] {
        try ledger.record(.ticked, at: Sample.time(second))
        undone.append(ledger.head)
      }
      try ledger.undo(from: 2, witnessed: 0, at: Sample.time(1))
      undone.append(ledger.head)
      // The list of the first is among what goes the second time.
      try ledger.undo(from: 1, witnessed: 0, at: Sample.time(1))
      func opens(_ published: LogHead) throws {
        _ = try Ledger(store: store, signer: signer, notBehind: published)
      }
      // All but the middle of the first list, which nobody has any more.
      for (place, head) in undone.enumerated() where place != 1 { try opens(head) }
      try opens(kept)
      for count in 2...4 as ClosedRange<UInt64> {
        let other = LogHead(count: count, digest: Sample.digest("other"))
        let expected: LedgerFailure =
          count > 2 ? .behind(published: other, actual: 2) : .otherThanPublished(other)
        #expect(throws: expected) { try opens(other) }
      }
      // The log goes on past them, and they are still of it.
      for second in 2...9 as ClosedRange<UInt64> { try ledger.record(.ticked, at: Sample.time(second)) }
      for (place, head) in undone.enumerated() where place != 1 { try opens(head) }
      let other = LogHead(count: 4, digest: Sample.digest("other"))
      #expect(throws: LedgerFailure.otherThanPublished(other)) { try opens(other) }
    }
  }

  @Test("nothing is undone that was decided, witnessed, or is the first entry")
  func refusedUndo() throws {
    let desk = try Desk()
    let ledger = desk.admission.ledger
    let count = ledger.head.count
    #expect(desk.review(try Trader.request("standing")).receipt != nil)
    try desk.admission.roll(at: Market.now)
    let head = ledger.head
    for (index, witnessed, objection) in [
      (count, UInt64(0), UndoObjection.decided(index: count)), (count - 1, 0, .decided(index: count)),
      (count + 1, count + 2, .witnessed(size: count + 2)), (0, 0, .outside(count: count + 2)),
      (count + 2, 0, .outside(count: count + 2)), (.max, 0, .outside(count: count + 2)),
    ] as [(UInt64, UInt64, UndoObjection)] {
      #expect(throws: LedgerFailure.notUndone(from: index, objection)) {
        try ledger.undo(from: index, witnessed: witnessed, at: Market.now)
      }
      #expect(ledger.head == head)
    }
    try ledger.undo(from: count + 1, witnessed: count + 1, at: Market.now)
    #expect(ledger.head.count == count + 2)
    // The receipt's head is still of this log, and the audit knows of what went.
    var audit = Audit(of: desk.keys.venue.verificationKey)
    for item in desk.store.allItems { audit.check(item) }
    let signed = try Signed(head, by: desk.keys.venueAgain())
    let report = audit.report(heads: [signed])
    #expect(report.findings == [] && report.withdrawnCount == 1)
    let other = try Signed(LogHead(count: head.count, digest: Sample.digest("x")), by: desk.keys.venueAgain())
    #expect(audit.report(heads: [other]).findings == [.otherHead(count: head.count)])
  }

  @Test("an audit finds a withdrawal that hides a decision, or lists other entries")
  func forgedWithdrawals() throws {
    let desk = try Desk()
    let count = Int(desk.admission.ledger.head.count)
    #expect(desk.review(try Trader.request("standing")).receipt != nil)
    let items = desk.store.allItems
    let start = LogHead(items[count - 1].entry)
    let listed = WithdrawnEntries(items[count...].map(\.entry)).encoded()
    for (document, finding) in [
      (listed, AuditFinding.recordDiffers(index: UInt64(count))),
      (Array(listed.dropLast()), .evidence(index: UInt64(count))),
    ] {
      let record = WithdrawalRecord(
        head: desk.admission.ledger.head, cause: .undone, evidence: .sha256(of: document))
      let entry = LogEntry(after: start, time: Market.now, event: .withdrawn(record))
      var audit = Audit(of: desk.keys.venue.verificationKey)
      for item in items.prefix(count) { audit.check(item) }
      audit.check(LogBatch.Item(entry: entry, evidence: document))
      #expect(audit.report().findings == [finding])
    }
  }

  @Test("lost entries are taken back up to a signed head, not from another log, and a loss is stated")
  func recovery() throws {
    let copy = folder.path("copy.sqlite")
    let store = try SQLiteStore(creating: path)
    let ledger = try Ledger(store: store, signer: signer)
    try ledger.record(Sample.charter(), at: Sample.time(0))
    try ledger.record(Sample.registry, at: Sample.time(0))
    try store.backUp(to: copy)
    try ledger.record(.epochPublished(Sample.epoch(1)), at: Sample.time(0))
    try ledger.record(.accountOpened(Sample.opening(1)), at: Sample.time(1))
    let published = try #require(try store.head())
    let items = try store.items(from: 2, limit: 10)
    let lost = try Ledger(store: SQLiteStore(opening: copy), signer: signer)
    #expect(throws: LedgerFailure.self) { try lost.takeBack(Array(items.dropFirst()), upTo: published) }
    #expect(throws: LedgerFailure.replay(.log(.truncated(expected: 4, actual: 3)))) {
      try lost.takeBack(Array(items.prefix(1)), upTo: published)
    }
    let foreign = try Signed(published.unverified, by: SigningKey.random(role: .venue))
    #expect(throws: LedgerFailure.replay(.log(.badSignature))) { try lost.takeBack(items, upTo: foreign) }
    #expect(lost.head.count == 2)
    try lost.takeBack(items, upTo: published)
    #expect(lost.head == ledger.head)
    #expect(try lost.withState { copy $0 } == ledger.withState { copy $0 })

    // Nobody has them.
    let bare = try Ledger(store: MemoryStore(), signer: signer)
    try bare.record(Sample.charter(), at: Sample.time(0))
    try bare.acceptLoss(upTo: published.unverified, at: Sample.time(2))
    #expect(throws: LedgerFailure.event(.implausible)) {
      try bare.acceptLoss(upTo: LogHead(count: 1, digest: .zero), at: Sample.time(2))
    }
  }
}
