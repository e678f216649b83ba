import Admission
import AdmissionStore
import Foundation
import MarginRules
import Solvency
import Testing

/// A folder that is gone when the test is.
final class TemporaryFolder {
  let url: URL

  init() throws {
    url = FileManager.default.temporaryDirectory.appending(path: "admission-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: false)
  }

  deinit { try? FileManager.default.removeItem(at: url) }

  func path(_ name: String) -> String { url.appending(path: name).path }
}

@Suite("Ledger on SQLite")
struct StoreTests {
  private let folder: TemporaryFolder
  private let path: String
  private let signer: LogSigner

  init() throws {
    folder = try TemporaryFolder()
    path = folder.path("ledger.sqlite")
    signer = try Sample.signer()
  }

  /// A ledger with an epoch and three accounts.
  private func filled() throws -> Ledger {
    let ledger = try Ledger(store: SQLiteStore(creating: path), signer: signer)
    try ledger.record(Sample.registry, evidence: [1, 2], at: Sample.time(0))
    try ledger.record(.epochPublished(Sample.epoch(1)), at: Sample.time(0))
    for index in 0..<2 {
      try ledger.record(.accountOpened(Sample.opening(index)), at: Sample.time(1))
    }
    return ledger
  }

  @Test("what was recorded is there when the ledger is opened again, evidence included")
  func reopen() throws {
    let before = try filled().withState { copy $0 }
    let store = try SQLiteStore(opening: path)
    #expect(try Ledger(store: store, signer: signer).withState { copy $0 } == before)
    let items = try store.items(from: 0, limit: 10)
    #expect(items.map(\.evidence) == [[1, 2], [], [], []])
    #expect(try store.items(from: 2, limit: 1).map(\.entry.index) == [2])
    try store.checkIntegrity()
  }

  @Test("a path without a file, a folder, other files and other versions have their own errors")
  func wrongFiles() throws {
    #expect(throws: StoreError.notFound) { try SQLiteStore(opening: path) }
    #expect(throws: StoreError.notFound) { try SQLiteStore(creating: path + "/no/such/folder") }
    #expect(throws: StoreError.notFound) { try SQLiteStore(opening: folder.url.path) }
    try Data("this is not a database at all, but long enough to look".utf8)
      .write(to: URL(filePath: path))
    #expect(throws: StoreError.notALedger) { try SQLiteStore(opening: path) }
    #expect(throws: StoreError.notALedger) { try SQLiteStore(creating: path) }
  }

  @Test("a ledger of another version is refused with its number")
  func version() throws {
    _ = try filled()
    try patch(at: 60, with: [0, 0, 0, 9])
    #expect(throws: StoreError.unsupportedVersion(9)) { try SQLiteStore(opening: path) }
    try patch(at: 60, with: [0, 0, 0, 1])
    try patch(at: 68, with: [0, 0, 0, 0])
    #expect(throws: StoreError.notALedger) { try SQLiteStore(opening: path) }
  }

  /// Overwrites bytes of the file: 60 is the user version, 68 the application's number in SQLite's header.
  private func patch(at offset: UInt64, with bytes: [UInt8]) throws {
    let handle = try FileHandle(forUpdating: URL(filePath: path))
    try handle.seek(toOffset: offset)
    try handle.write(contentsOf: Data(bytes))
    try handle.close()
  }

  @Test("creating a ledger where one is refuses to replace it")
  func noReplacement() throws {
    _ = try filled()
    #expect(throws: StoreError.notALedger) { try SQLiteStore(creating: path) }
    #expect(try SQLiteStore(opening: path).head()?.unverified.count == 4)
  }

  @Test("a damaged page is an error and never a wrong state")
  func corrupt() throws {
    let state = try filled().withState { copy $0 }
    let size = try #require(
      try FileManager.default.attributesOfItem(atPath: path)[.size] as? NSNumber
    ).uint64Value
    let original = try Data(contentsOf: URL(filePath: path))
    var refused = 0
    for offset in stride(from: UInt64(100), to: size, by: 97) {
      try patch(at: offset, with: [0xA5, 0x5A, 0xFF])
      if let ledger = try? Ledger(store: SQLiteStore(opening: path), signer: signer) {
        #expect(try ledger.withState { copy $0 } == state)
      } else {
        refused += 1
      }
      try original.write(to: URL(filePath: path))
    }
    #expect(refused > 0)
  }

  private func size(of path: String) throws -> UInt64 {
    let size = try FileManager.default.attributesOfItem(atPath: path)[.size] as? NSNumber
    return try #require(size).uint64Value
  }

  @Test("what commits have written is moved into the file beside them")
  func folding() throws {
    let ledger = try filled()
    let document = [UInt8](repeating: 7, count: 1 << 20)
    // SQLite by itself would leave it all in the log: so many pages are far from what a commit moves.
    for index in 2..<14 {
      try ledger.record(.accountOpened(Sample.opening(index)), evidence: document, at: Sample.time(1))
      usleep(20_000)
    }
    let deadline = Date.now + 20
    while try size(of: path) < 4 << 20, Date.now < deadline { usleep(10_000) }
    #expect(try size(of: path) >= 4 << 20)
    let reopened = try Ledger(store: SQLiteStore(opening: path), signer: signer)
    #expect(try reopened.withState { $0.accountCount } == 14)
  }

  @Test("a ledger is closed into its one file at once after much was written, though that is being moved")
  func closingWhileFolding() throws {
    let ledger = try filled()
    for index in 2..<40 {
      try ledger.record(
        .accountOpened(Sample.opening(index)), evidence: [UInt8](repeating: 7, count: 5 << 20),
        at: Sample.time(1))
      // So that it is found at its beginning, in the middle and at its end.
      usleep(UInt32(index) * 200)
      try ledger.close()
      #expect(try size(of: path + "-wal") == 0)
    }
  }

  @Test(
    "a full disk refuses the batch whole; what was there stays, and the ledger goes on when there is room")
  func fullDisk() throws {
    let store = try SQLiteStore(creating: path)
    let ledger = try Ledger(store: store, signer: signer)
    try ledger.record(Sample.registry, at: Sample.time(0))
    try ledger.record(.epochPublished(Sample.epoch(1)), at: Sample.time(0))
    try store.limitSize(to: OtherTool.byteCount(of: path) + 2 * 4_096)
    var opened = 0
    var failure: LedgerFailure?
    while failure == nil, opened < 1_000 {
      do {
        try ledger.record(
          .accountOpened(Sample.opening(opened)), evidence: [UInt8](repeating: 7, count: 900),
          at: Sample.time(1))
        opened += 1
      } catch let error as LedgerFailure {
        failure = error
      }
    }
    #expect(failure == .store(.full))
    #expect(ledger.lastFailure == .store(.full))
    #expect(try ledger.withState { $0.accountCount } == opened)
    #expect(try store.head()?.unverified.count == UInt64(opened) + 2)
    try store.limitSize(to: nil)
    try ledger.record(.accountOpened(Sample.opening(opened)), at: Sample.time(1))
    #expect(ledger.lastFailure == nil)
    let reopened = try Ledger(store: SQLiteStore(opening: path), signer: signer)
    #expect(try reopened.withState { $0.accountCount } == opened + 1)
  }

  @Test("a ledger that is opened for reading says so when it is written to")
  func readOnly() throws {
    _ = try filled()
    let ledger = try Ledger(store: SQLiteStore(opening: path, for: .reading), signer: signer)
    #expect(try ledger.withState { $0.accountCount } == 2)
    #expect(throws: LedgerFailure.store(.readOnly)) {
      try ledger.record(.ticked, at: Sample.time(5))
    }
    #expect(try ledger.withState { $0.clock } == Sample.time(1))
  }

  @Test("two ledgers on one file never write the same place: each takes in what the other wrote, and goes on")
  func twoWriters() throws {
    let first = try filled()
    let second = try Ledger(store: SQLiteStore(opening: path), signer: signer)
    try first.record(.accountOpened(Sample.opening(3)), at: Sample.time(2))
    #expect(throws: LedgerFailure.event(.accountExists)) {
      try second.record(.accountOpened(Sample.opening(3)), at: Sample.time(2))
    }
    try second.record(.accountOpened(Sample.opening(4)), at: Sample.time(2))
    #expect(try second.withState { $0.accountCount } == 4)
    try SQLiteStore(opening: path).checkIntegrity()
  }

  @Test("a document that stands beyond the log is nobody's, and keeps no entry out")
  func strayDocument() throws {
    let ledger = try filled()
    try OtherTool.run("INSERT INTO evidence(idx, bytes) VALUES (4, x'07'), (5, x'08')", on: path)
    try ledger.record(.ticked, at: Sample.time(2))
    try ledger.record(.accountOpened(Sample.opening(3)), evidence: [9], at: Sample.time(3))
    #expect(try SQLiteStore(opening: path).items(from: 4, limit: 10).map(\.evidence) == [[], [9]])
  }

  @Test("large documents are read a few at a time, and none is left out")
  func largeDocuments() throws {
    let ledger = try filled()
    let size = 7 << 20
    for index in 3..<8 {
      let evidence = [UInt8](repeating: UInt8(index), count: size)
      try ledger.record(.accountOpened(Sample.opening(index)), evidence: evidence, at: Sample.time(2))
    }
    let store = try SQLiteStore(opening: path)
    var (sizes, next): ([Int], UInt64) = ([], 0)
    while case let items = try store.items(from: next, limit: .max), !items.isEmpty {
      #expect(items.reduce(0) { $0 + $1.evidence.count } < 16 << 20 + size)
      sizes += items.map(\.evidence.count)
      next += UInt64(items.count)
    }
    #expect(sizes == [2, 0, 0, 0] + Array(repeating: size, count: 5))
    #expect(try Ledger(store: store, signer: signer).withState { $0.accountCount } == 7)
  }

  @Test("an altered, missing or exchanged row is found when the ledger is opened")
  func tampering() throws {
    _ = try filled()
    func tamper(_ statement: String) throws {
      try OtherTool.run(statement, on: path)
    }
    for (statement, fault) in [
      ("DELETE FROM entry WHERE idx = 1", LogFault.missing(expected: 1, found: 2)),
      ("DELETE FROM entry WHERE idx = 3", .truncated(expected: 4, actual: 3)),
      (
        "UPDATE entry SET bytes = (SELECT bytes FROM entry WHERE idx = 1) WHERE idx = 2",
        .reordered(expected: 2, found: 1)
      ),
      ("UPDATE head SET count = 3", .unsigned(from: 3)),
      ("DELETE FROM head", .unsigned(from: 0)),
    ] {
      try tamper(statement)
      let failure = #expect(throws: LedgerFailure.self) {
        try Ledger(store: SQLiteStore(opening: path), signer: signer)
      }
      let expected: LedgerFailure = .replay(.log(fault))
      let isSignature = failure == .replay(.log(.badSignature))
      #expect(failure == expected || isSignature)
      try FileManager.default.removeItem(atPath: path)
      _ = try filled()
    }
  }
}
