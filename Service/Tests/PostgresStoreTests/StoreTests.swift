import Admission
import AdmissionStore
import Foundation
import PostgresStore
import Testing
import WriterElection

/// A store keeps what every store has to, and finds what somebody else has done to its tables.
@Suite("PostgreSQL store", .enabled(if: PostgresServer.isAvailable, PostgresServer.comment))
struct StoreTests {
  private let server: PostgresServer

  init() throws { server = try PostgresServer.shared.get() }

  @Test("stores on PostgreSQL and on SQLite conform to what a ledger relies on")
  func conformance() throws {
    final class Names: @unchecked Sendable {
      var last: PostgresConfiguration?
      var count = 0
    }
    let names = Names()
    let server = server
    let found = LedgerStoreConformance.violations(
      making: { () throws(StoreError) in
        guard let configuration = try? server.configuration() else { throw .notFound }
        names.last = configuration
        return try PostgresStore(configuration, creating: true)
      },
      reopening: { () throws(StoreError) in
        guard let configuration = names.last else { throw .notFound }
        return try PostgresStore(configuration)
      })
    #expect(found == [])

    let folder = FileManager.default.temporaryDirectory.appending(path: "solvency-\(UUID())")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let onFile = LedgerStoreConformance.violations(
      making: { () throws(StoreError) in
        names.count += 1
        return try SQLiteStore(creating: folder.appending(path: "\(names.count)").path)
      },
      reopening: { () throws(StoreError) in
        try SQLiteStore(opening: folder.appending(path: "\(names.count)").path)
      })
    #expect(onFile == [])
  }

  @Test("a schema without a ledger, with something else, or of another version is told apart")
  func otherSchemas() throws {
    let none = try server.configuration()
    #expect(throws: StoreError.notFound) { try PostgresStore(none) }
    let foreign = try server.configuration()
    try server.sql("CREATE SCHEMA \(foreign.schema); CREATE TABLE \(foreign.schema).trades(a int)", in: none)
    #expect(throws: StoreError.notALedger) { try PostgresStore(foreign, creating: true) }
    let later = try server.configuration()
    _ = try PostgresStore(later, creating: true)
    try server.sql("UPDATE form SET version = 2", in: later)
    #expect(throws: StoreError.unsupportedVersion(2)) { try PostgresStore(later) }
    try server.sql("UPDATE form SET version = 1, application = 'other'", in: later)
    #expect(throws: StoreError.notALedger) { try PostgresStore(later) }
  }

  @Test("of desks that make the same ledger at once one makes it, and all open it")
  func creatingAtOnce() async throws {
    let configuration = try server.configuration()
    let said = Said()
    await withTaskGroup(of: UInt64?.self) { group in
      for _ in 0..<6 {
        group.addTask { try? PostgresStore(configuration, creating: true) { said.add("\($0)") }.count() }
      }
      for await count in group { #expect(count == 0, "\(said.text)") }
    }
  }

  /// What swallows, hides or loses entries without an error.
  static let alterations = [
    "CREATE FUNCTION swallow() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'; "
      + "CREATE TRIGGER t BEFORE INSERT ON entry FOR EACH ROW EXECUTE FUNCTION swallow()",
    "CREATE RULE r AS ON INSERT TO evidence DO INSTEAD NOTHING",
    "ALTER TABLE entry SET UNLOGGED",
    "ALTER TABLE entry ENABLE ROW LEVEL SECURITY; ALTER TABLE entry FORCE ROW LEVEL SECURITY",
    "CREATE POLICY p ON head USING (false)",
    "ALTER TABLE entry DROP CONSTRAINT entry_pkey",
    "ALTER TABLE entry ALTER bytes DROP NOT NULL",
    "ALTER TABLE head DROP CONSTRAINT head_id_check",
    "ALTER TABLE entry ADD extra int",
    "ALTER TABLE checkpoint ALTER bytes SET DEFAULT ''",
    "CREATE TABLE more(a int)",
    "CREATE VIEW shown AS SELECT * FROM entry",
    "ALTER TABLE entry RENAME TO entries; CREATE VIEW entry AS SELECT * FROM entries",
    "CREATE TABLE child() INHERITS (entry)",
    "CREATE UNIQUE INDEX once ON entry((1))",
    "CREATE FUNCTION coalesce_(a bigint) RETURNS bigint LANGUAGE sql AS 'SELECT 1::bigint'",
    "CREATE DOMAIN d AS int",
    "DROP TABLE pulse",
  ]

  @Test("A57: a schema that was altered is refused when it is opened", arguments: alterations)
  func altered(_ statement: String) throws {
    let configuration = try server.configuration()
    try PostgresStore(configuration, creating: true).append(Batches().batch(after: .empty))
    try server.sql(statement, in: configuration)
    let error = #expect(throws: StoreError.self) { try PostgresStore(configuration) }
    guard case .alteredSchema = error else {
      Issue.record("\(statement): \(String(describing: error))")
      return
    }
  }

  @Test(
    "A57: a store that is open refuses to write to tables that were altered meanwhile",
    arguments: [0, 1, 2, 3, 13])
  func alteredMeanwhile(_ index: Int) throws {
    let configuration = try server.configuration()
    let store = try PostgresStore(configuration, creating: true)
    let batches = try Batches()
    let first = try batches.batch(after: .empty)
    try store.append(first)
    try server.sql(Self.alterations[index], in: configuration)
    let second = try batches.batch(after: first.head.unverified)
    let error = #expect(throws: StoreError.self) { try store.append(second) }
    guard case .alteredSchema = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(try store.count() == 1)
  }

  @Test("a batch that goes on where another desk has replaced the end is refused")
  func replacedEnd() throws {
    let configuration = try server.configuration()
    let (one, other) = (try PostgresStore(configuration, creating: true), try PostgresStore(configuration))
    let batches = try Batches()
    let first = try batches.batch(after: .empty, count: 2)
    try one.append(first)
    let begun = try batches.batch(after: first.head.unverified)
    let middle = first.items[1].entry
    try other.replaceTail(
      with: batches.batch(after: LogHead(count: middle.index, digest: middle.previous), salt: 9))
    #expect(throws: StoreError.wrongIndex(expected: 2)) { try one.append(begun) }
  }

  @Test("an answer that the server would forget is not taken: the setting is named")
  func settings() throws {
    let configuration = try server.configuration()
    _ = try PostgresStore(configuration, creating: true)
    for value in ["off", "local", "remote_write"] {
      let weak = try server.configuration(
        configuration.schema, options: " options='-c synchronous_commit=\(value)'")
      #expect(throws: StoreError.notDurable(setting: "synchronous_commit = \(value)")) {
        try PostgresStore(weak)
      }
    }
    let reading = try server.configuration(
      configuration.schema, options: " options='-c default_transaction_read_only=on'")
    // Each transaction says that it writes; the default for others does not matter.
    try PostgresStore(reading).append(Batches().batch(after: .empty))
  }

  @Test("a role that may not write is told so, and nothing is written")
  func permissions() throws {
    let configuration = try server.configuration()
    _ = try PostgresStore(configuration, creating: true)
    let role = "reader_\(configuration.schema.suffix(12))"
    try server.sql(
      """
      CREATE ROLE \(role) LOGIN; GRANT USAGE ON SCHEMA \(configuration.schema) TO \(role);
      GRANT SELECT ON ALL TABLES IN SCHEMA \(configuration.schema) TO \(role)
      """, in: configuration)
    let reader = try PostgresStore(
      PostgresConfiguration(
        connection: server.connection.replacingOccurrences(of: "user=postgres", with: "user=\(role)"),
        schema: configuration.schema))
    #expect(try reader.count() == 0)
    #expect(throws: StoreError.readOnly) { try reader.append(Batches().batch(after: .empty)) }
  }

  @Test("a document is replaced; a large one and an empty one are kept as they are")
  func documents() throws {
    let configuration = try server.configuration()
    let store = try PostgresStore(configuration, creating: true)
    let batches = try Batches()
    let first = try batches.batch(after: .empty, count: 3)
    let large = [UInt8]((0..<5_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31) })
    try store.append(
      LogBatch(
        items: zip(first.items, [large, [], [0]]).map { LogBatch.Item(entry: $0.entry, evidence: $1) },
        head: first.head))
    #expect(try store.items(from: 0, limit: 9).map(\.evidence) == [large, [], [0]])
    try store.replaceEvidence([(0, [7]), (1, [8, 9])])
    #expect(try store.items(from: 0, limit: 9).map(\.evidence) == [[7], [8, 9], [0]])
  }

  @Test(
    "a ledger moves from a file to a server whole, into an empty schema alone, and only if its entries lead to its head"
  )
  func moving() throws {
    let file = FileManager.default.temporaryDirectory.appending(path: "solvency-\(UUID())").path
    defer { try? FileManager.default.removeItem(atPath: file) }
    let old = try SQLiteStore(creating: file)
    let signer = try LogSigner(.random(role: .venue))
    let ledger = try Ledger(store: old, signer: signer)
    for number in 0..<300 {
      let event = LedgerEvent.registryPublished(RegistryRecord(registry: .sha256(of: [1]), count: 1))
      _ = try? ledger.record(
        event, evidence: [UInt8](repeating: 1, count: number), at: Timestamp(seconds: 1_770_000_000))
    }
    let batches = try Batches()
    let long = MemoryStore()
    try long.append(batches.batch(after: .empty, count: 300))
    for (store, count) in [(old as any LedgerStore, try old.count()), (long, 300)] {
      let configuration = try server.configuration()
      let moved = try PostgresStore(configuration, creating: true)
      try moved.fill(from: store)
      #expect(try moved.count() == count)
      #expect(try moved.head() == store.head())
      #expect(try moved.items(from: 0, limit: 1_000) == store.items(from: 0, limit: 1_000))
      #expect(try moved.checkpoint() == store.checkpoint())
      if count > 0 {
        #expect(throws: StoreError.wrongIndex(expected: count)) { try moved.fill(from: store) }
      }
    }
    let torn = Torn(long)
    let configuration = try server.configuration()
    let refused = try PostgresStore(configuration, creating: true)
    #expect(throws: StoreError.corrupt) { try refused.fill(from: torn) }
    #expect(try refused.count() == 0)
    #expect(try refused.items(from: 0, limit: 9) == [])
  }

  /// A store that lacks the entry in its middle.
  private struct Torn: LedgerStore {
    let store: MemoryStore

    init(_ store: MemoryStore) { self.store = store }

    func head() -> SignedLogHead? { store.head() }
    func append(_ batch: LogBatch) throws(StoreError) { throw .readOnly }
    func items(from index: UInt64, limit: Int) -> [LogBatch.Item] {
      store.items(from: index, limit: limit).filter { $0.entry.index != 200 }
    }
  }

  @Test("a configuration that is not one is refused, and no error or description has its password")
  func configurations() throws {
    let secret = "hunter2-correct-horse"
    for text in [
      "host=x password=\(secret) oops", "postgresql://u:\(secret)@[::1", "host='x password=\(secret)",
    ] {
      let error = #expect(throws: PostgresConfigurationError.self) {
        try PostgresConfiguration(connection: text)
      }
      #expect(error == .connection)
    }
    for schema in [
      "", "1a", "Upper", "a b", "a\"; DROP SCHEMA x; --", "pg_catalog", String(repeating: "a", count: 64),
    ] {
      #expect(throws: PostgresConfigurationError.schema(schema)) {
        try PostgresConfiguration(connection: "", schema: schema)
      }
    }
    #expect(throws: PostgresConfigurationError.time(milliseconds: 0)) {
      try PostgresConfiguration(connection: "", patience: 0)
    }
    for text in [
      "host=127.0.0.1 port=1 user=u dbname=d sslmode=disable password=\(secret)",
      "postgresql://u:\(secret)@127.0.0.1:1/d?sslmode=disable",
    ] {
      let configuration = try PostgresConfiguration(connection: text, patience: 1)
      var shown = "\(configuration) \(String(reflecting: configuration))"
      dump(configuration, to: &shown)
      #expect(shown.contains("127.0.0.1"))
      let said = Said()
      let error = #expect(throws: StoreError.self) { try PostgresStore(configuration) { said.add("\($0)") } }
      #expect(error == .unreachable)
      #expect(!said.text.isEmpty)
      #expect(!(shown + said.text + "\(String(describing: error))").contains(secret))
    }
  }

  @Test("a server on the network has to show a certificate for its name, unless the string says otherwise")
  func encryption() throws {
    let port = Int.random(in: 20_000..<32_000)
    let open = try PostgresServer(port: port)
    defer { open.remove() }
    let string = "host=127.0.0.1 port=\(port) user=postgres dbname=postgres"
    let said = Said()
    #expect(throws: StoreError.unreachable) {
      try PostgresStore(PostgresConfiguration(connection: string), creating: true) { said.add("\($0)") }
    }
    #expect(said.text.contains("certificate") || said.text.contains("SSL"), "\(said.text)")
    let plain = try PostgresConfiguration(connection: string + " sslmode=disable")
    #expect(try PostgresStore(plain, creating: true).count() == 0)
  }
}

/// What was said to an observer.
final class Said: @unchecked Sendable {
  private let lock = NSLock()
  private var lines: [String] = []

  func add(_ line: String) { lock.withLock { lines.append(line) } }

  var text: String { lock.withLock { lines.joined(separator: "\n") } }
}
