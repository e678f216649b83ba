import Admission
import AdmissionStore
import CanonicalBytes
import Foundation
import Solvency
import SolvencyVerifier
import Testing

/// What a service embeds: batches of many tasks, signers elsewhere, stores of its own, ledgers that are
/// closed.
@Suite("Embedding")
struct EmbeddingTests {
  @Test("requests of many tasks are decided in batches, each once")
  func batchingDesk() async throws {
    let traders = try (0..<6).map { try Trader("task-\($0)") }
    let desk = try Desk(traders: traders)
    let requests = try traders.map { try $0.request(salt: "s") }
    let before = desk.admission.ledger.head.count
    let batching = BatchingDesk(
      desk.admission, limits: BatchingLimits(size: 64, delayMilliseconds: 50), clock: { Market.now })
    let verdicts = await withTaskGroup(of: Verdict?.self, returning: [Verdict?].self) { group in
      // Each request twice: one of them is a replay.
      for request in requests + requests { group.addTask { try? await batching.review(request) } }
      return await group.reduce(into: [Verdict?]()) { $0.append($1) }
    }
    #expect(verdicts.count { $0?.receipt != nil } == 6)
    #expect(verdicts.allSatisfy { $0 != nil })
    #expect(desk.admission.ledger.head.count > before)
    let json = try #require(verdicts.first { $0?.receipt != nil }??.json)
    #expect(String(decoding: json.encoded(), as: UTF8.self).contains("\"signedHead\""))
  }

  /// A module that keeps a venue's key.
  private final class Module: HeadSigner {
    let key: SigningKey
    let claimed: VerificationKey

    init(_ key: consuming SigningKey, claiming claimed: VerificationKey? = nil) {
      self.claimed = claimed ?? key.verificationKey
      self.key = key
    }

    var verificationKey: VerificationKey { claimed }

    func signature(on message: [UInt8]) -> Signature { key.signature(on: message) }
  }

  @Test("a key that is kept elsewhere signs heads; one that signs as another fails the commit")
  func headSigner() throws {
    let store = MemoryStore()
    let module = Module(.random(role: .venue))
    let ledger = try Ledger(store: store, signer: LogSigner(module))
    try ledger.record(Sample.charter(), at: Sample.time(0))
    let head = try #require(store.head())
    #expect(try head.content(verifiedBy: module.verificationKey).count == 1)
    let other = SigningKey.random(role: .venue)
    let liar = Module(.random(role: .venue), claiming: other.verificationKey)
    let refused = MemoryStore()
    let bad = try Ledger(store: refused, signer: LogSigner(liar))
    #expect(throws: (any Error).self) { try bad.record(Sample.charter(), at: Sample.time(0)) }
    #expect(refused.head() == nil)
  }

  @Test("stores in memory and on SQLite conform, and a closed ledger is its file alone")
  func stores() throws {
    #expect(LedgerStoreConformance.violations(making: { MemoryStore() }) == [])
    let folder = try TemporaryFolder()
    final class Names: @unchecked Sendable { var count = 0 }
    let names = Names()
    let violations = LedgerStoreConformance.violations(
      making: { () throws(StoreError) in
        names.count += 1
        return try SQLiteStore(creating: folder.path("\(names.count).sqlite"))
      },
      reopening: { () throws(StoreError) in try SQLiteStore(opening: folder.path("\(names.count).sqlite")) })
    #expect(violations == [])

    let path = folder.path("closed.sqlite")
    let signer = try Sample.signer()
    let ledger = try Ledger(store: SQLiteStore(creating: path), signer: signer)
    try ledger.record(Sample.charter(), at: Sample.time(0))
    try ledger.record(Sample.registry, evidence: [1, 2], at: Sample.time(0))
    try ledger.close()
    let log = try FileManager.default.attributesOfItem(atPath: path + "-wal")[.size] as? NSNumber
    #expect(log == nil || log == 0)
    let copy = folder.path("copy.sqlite")
    try FileManager.default.copyItem(atPath: path, toPath: copy)
    #expect(try Ledger(store: SQLiteStore(opening: copy), signer: signer).head == ledger.head)
    // It may be used again.
    try ledger.record(.epochPublished(Sample.epoch(1)), at: Sample.time(0))
    #expect(ledger.head.count == 3)
  }

  /// A store with one fault.
  private final class Faulty: LedgerStore {
    enum Fault: CaseIterable { case losesEvidence, takesAnyIndex, forgetsHead, countsOneLess, ignoresLimit }
    let store = MemoryStore()
    let fault: Fault

    init(_ fault: Fault) { self.fault = fault }

    func head() -> SignedLogHead? { fault == .forgetsHead ? nil : store.head() }
    func count() -> UInt64 {
      let count = store.head()?.unverified.count ?? 0
      return fault == .countsOneLess && count > 0 ? count - 1 : count
    }
    func acquire() -> UInt64 { count() }
    func append(_ batch: LogBatch) throws(StoreError) {
      if fault == .takesAnyIndex, batch.items.first?.entry.index != store.head()?.unverified.count { return }
      guard fault == .losesEvidence else { return try store.append(batch) }
      try store.append(
        LogBatch(
          items: batch.items.map { LogBatch.Item(entry: $0.entry, evidence: []) }, head: batch.head,
          checkpoint: batch.checkpoint))
    }
    func items(from index: UInt64, limit: Int) -> [LogBatch.Item] {
      store.items(from: index, limit: fault == .ignoresLimit ? 1000 : limit)
    }
  }

  @Test("a store with a fault does not conform", arguments: 0..<5)
  func faults(_ index: Int) throws {
    let fault = Faulty.Fault.allCases[index]
    let violations = LedgerStoreConformance.violations(making: { Faulty(fault) })
    #expect(!violations.isEmpty, "\(fault)")
  }
}
