import Admission
import Foundation
import ServiceFixtures
import Testing
import TransparencyLog

@testable import SolvencyService

@Suite("Entries that were just appended")
struct RecentEntriesTests {
  /// Batches of entries that mean nothing, each after the one before.
  private func batch(after head: inout LogHead, _ count: Int, _ event: LedgerEvent = .ticked) throws
    -> LogBatch
  {
    var items: [LogBatch.Item] = []
    for _ in 0..<count {
      let entry = LogEntry(after: head, time: Fixture.now, event: event)
      items.append(LogBatch.Item(entry: entry, evidence: [1, 2, 3]))
      head = LogHead(entry)
    }
    return LogBatch(items: items, head: try Signed(head, by: .random(role: .venue)))
  }

  @Test("they are read from any of them on, without documents; what is not at hand gives none")
  func reading() throws {
    let recent = RecentEntries(limit: 100)
    var head = LogHead(count: 40, digest: .zero)
    #expect(recent.items(from: 0, limit: 10).isEmpty)
    recent.append(try batch(after: &head, 3))
    recent.append(try batch(after: &head, 2))
    #expect(recent.items(from: 40, limit: 10).map(\.entry.index) == [40, 41, 42, 43, 44])
    #expect(recent.items(from: 42, limit: 2).map(\.entry.index) == [42, 43])
    #expect(recent.items(from: 40, limit: 10).allSatisfy { $0.evidence.isEmpty })
    #expect(recent.items(from: 39, limit: 10).isEmpty)
    #expect(recent.items(from: 45, limit: 10).isEmpty)
  }

  @Test(
    "where another desk has appended in between, or entries were replaced, what was before is not at hand")
  func gap() throws {
    let recent = RecentEntries(limit: 100)
    var head = LogHead(count: 40, digest: .zero)
    recent.append(try batch(after: &head, 3))
    head = LogHead(count: 50, digest: .zero)
    recent.append(try batch(after: &head, 2))
    #expect(recent.items(from: 40, limit: 10).isEmpty)
    #expect(recent.items(from: 50, limit: 10).map(\.entry.index) == [50, 51])
    recent.removeAll()
    #expect(recent.items(from: 50, limit: 10).isEmpty)
  }

  @Test("no more than twice the limit are kept, the newest")
  func bound() throws {
    let recent = RecentEntries(limit: 10)
    var head = LogHead.empty
    for _ in 0..<9 { recent.append(try batch(after: &head, 5)) }
    #expect(recent.items(from: head.count - 10, limit: 100).count == 10)
    #expect(recent.items(from: head.count - 21, limit: 100).isEmpty)
  }

  @Test("what a server tells of its own decisions it does not read back from the log")
  func following() async throws {
    let fixture = try Fixture()
    let core = try ServiceCore(UnreadLedger(ledger: fixture.core.ledger), logger: fixture.core.logger)
    try fixture.open(["alice", "bob"])
    let count = try fixture.core.ledger.reader.count()
    #expect(fixture.core.ledger.recent(from: 0, limit: 1_000).count == Int(count))
    try await LogTail(core).step(isWhole: false)
    guard case .events(let events) = core.ring.read(from: 0) else {
      Issue.record("no events")
      return
    }
    let read = try fixture.core.ledger.reader.items(from: 0, limit: 1_000)
    #expect(events.map(\.bytes) == read.map { LedgerNotice.event(of: $0).bytes })
    #expect(core.index.names(beginning: "", after: nil, limit: 10) == ["alice", "bob"])
  }
}

@Suite("Files that hold the newest of something")
struct KeptFileTests {
  @Test("the last that was given is in the file when that is waited for, whatever was overtaken")
  func newest() throws {
    let path = FileManager.default.temporaryDirectory.appending(path: "kept-\(UUID().uuidString)").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    let file = KeptFile(path)
    file.finish()
    #expect(!FileManager.default.fileExists(atPath: path))
    for number in 0..<200 { file.keep { Array("\(number)".utf8) } }
    file.finish()
    #expect(try String(contentsOfFile: path, encoding: .utf8) == "199")
    file.keep { Array("more".utf8) }
    file.finish()
    #expect(try String(contentsOfFile: path, encoding: .utf8) == "more")
  }

  @Test("the head and the checkpoint of a ledger that was closed are those of its log")
  func closing() throws {
    let fixture = try Fixture()
    try fixture.open()
    let head = fixture.core.ledger.admission.ledger.head
    fixture.core.close()
    let kept = try Data(contentsOf: URL(fileURLWithPath: fixture.venue.ledgerPath + "/ledger.head"))
    #expect(try SignedLogHead(decoding: Array(kept)).unverified == head)
  }
}

/// A ledger whose log has nothing for anyone who reads it.
private struct UnreadLedger: ServedLedger {
  let ledger: any ServedLedger

  var admission: Admission { ledger.admission }
  var reader: any LedgerStore { MemoryStore() }
  var duty: LedgerDuty { ledger.duty }
  var checkpoint: SignedCheckpoint? { ledger.checkpoint }
  func recent(from index: UInt64, limit: Int) -> [LogBatch.Item] { ledger.recent(from: index, limit: limit) }
  func catchUp() throws(LedgerFailure) { try ledger.catchUp() }
  func close() { ledger.close() }
}
