import Admission
import Foundation
import PostgresStore
import Testing
import WriterElection

/// Connections that break at the worst moments, servers that end, and writers that were superseded.
@Suite("PostgreSQL outages", .enabled(if: PostgresServer.isAvailable, PostgresServer.comment))
struct OutageTests {
  private let server: PostgresServer

  init() throws { server = try PostgresServer.shared.get() }

  private var sockets: String {
    String(server.connection.split(separator: " ").first?.dropFirst("host=".count) ?? "")
  }

  /// The server's process of the store's connection.
  private func endConnections(named name: String, _ configuration: PostgresConfiguration) throws {
    try server.sql(
      """
      SELECT pg_terminate_backend(a.pid) FROM pg_stat_activity a JOIN pg_locks l ON l.pid = a.pid
      WHERE application_name = '\(name)' AND l.relation = '\(configuration.schema).entry'::regclass
      """, in: configuration)
  }

  @Test(
    "a commit whose answer was cut off is found, and not made twice; one that was not heard is made again")
  func commitInDoubt() throws {
    let proxy = try CuttingProxy(to: sockets)
    let configuration = try server.configuration()
    let through = try PostgresConfiguration(
      connection: server.connection.replacingOccurrences(of: sockets, with: proxy.folder),
      schema: configuration.schema)
    let said = Said()
    let store = try PostgresStore(through, creating: true) { said.add("\($0)") }
    let batches = try Batches()
    var head = LogHead.empty
    for (round, cut) in [
      CuttingProxy.Cut.after("COMMIT"), .before("COMMIT"), .after("INSERT"), .before("entry"),
    ].enumerated() {
      let batch = try batches.batch(after: head, count: 2)
      _ = try store.acquire()
      proxy.arm(cut)
      try store.append(batch)
      head = batch.head.unverified
      #expect(try store.count() == UInt64(2 * round + 2))
      #expect(try store.head() == batch.head)
    }
    #expect(proxy.cutCount >= 3)
    #expect(said.text.contains("wasThere: true"))
    #expect(said.text.contains("wasThere: false"))
    #expect(try PostgresStore(configuration).items(from: 0, limit: 100).count == 8)
  }

  @Test(
    "a lock that was lost with its connection is taken again, and what another desk appended is not overwritten"
  )
  func lostLock() throws {
    let configuration = try server.configuration()
    let (store, other) = (try PostgresStore(configuration, creating: true), try PostgresStore(configuration))
    let batches = try Batches()
    let first = try batches.batch(after: .empty)
    _ = try store.acquire()
    try endConnections(named: "solvency store", configuration)
    try store.append(first)
    #expect(try store.count() == 1)
    let (mine, theirs) = (
      try batches.batch(after: first.head.unverified),
      try batches.batch(after: first.head.unverified, salt: 7)
    )
    _ = try store.acquire()
    try endConnections(named: "solvency store", configuration)
    try other.append(theirs)
    #expect(throws: StoreError.wrongIndex(expected: 2)) { try store.append(mine) }
    #expect(try store.head() == theirs.head)
  }

  @Test("a desk that holds the pen makes others wait, and busy is said when it takes too long")
  func waiting() throws {
    let configuration = try server.configuration()
    let store = try PostgresStore(configuration, creating: true)
    let hasty = try PostgresStore(server.configuration(configuration.schema, lockTimeout: 50))
    _ = try store.acquire()
    #expect(throws: StoreError.busy) { try hasty.acquire() }
    store.release()
    #expect(try hasty.acquire() == 0)
    hasty.release()
  }

  @Test(
    "an end of the server is survived; while it lasts nothing is acknowledged, and a server that would forget is refused"
  )
  func serverEnds() throws {
    let server = try PostgresServer()
    defer { server.remove() }
    let configuration = try server.configuration(patience: 200)
    let store = try PostgresStore(configuration, creating: true)
    let batches = try Batches()
    let first = try batches.batch(after: .empty)
    try store.append(first)
    try server.kill()
    let second = try batches.batch(after: first.head.unverified)
    #expect(throws: StoreError.unreachable) { try store.append(second) }
    #expect(throws: StoreError.unreachable) { try store.count() }
    try server.start()
    #expect(try store.count() == 1)
    try store.append(second)
    // The setting can be changed while the server runs.
    try server.sql("ALTER SYSTEM SET fsync = off", in: configuration)
    try server.sql("SELECT pg_reload_conf()", in: configuration)
    let third = try batches.batch(after: second.head.unverified)
    var error: StoreError?
    for _ in 0..<100 where error == nil {
      // The server takes its time to read its file.
      do throws(StoreError) {
        _ = try store.acquire()
        store.release()
        usleep(50_000)
      } catch let refusal { error = refusal }
    }
    #expect(error == .notDurable(setting: "fsync = off"))
    #expect(throws: StoreError.notDurable(setting: "fsync = off")) { try store.append(third) }
    #expect(throws: StoreError.notDurable(setting: "fsync = off")) { try PostgresStore(configuration) }
    #expect(try store.count() == 2)
  }

  // MARK: The seat

  /// Waits until a desk has a role; a machine under load takes long.
  private func wait(_ seat: WriterSeat, until isThere: (WriterRole) -> Bool) -> WriterRole {
    let deadline = Date.now + 30
    while !isThere(seat.role), Date.now < deadline { usleep(10_000) }
    return seat.role
  }

  @Test("one desk is the writer, others know its name, and one of them takes over when it stands down")
  func election() async throws {
    let configuration = try server.configuration()
    _ = try PostgresStore(configuration, creating: true)
    let seats = (0..<3).map { WriterSeat(configuration, name: "https://desk-\($0).example") }
    seats[0].start()
    #expect(wait(seats[0]) { $0.mayWrite } == .writer(term: 1))
    for seat in seats[1...] {
      seat.start()
      #expect(wait(seat) { $0 != .unreachable } == .follower(writer: "https://desk-0.example"))
    }
    let stores = try seats.map { try PostgresStore(configuration, seat: $0) }
    let batches = try Batches()
    let first = try batches.batch(after: .empty)
    try stores[0].append(first)
    let second = try batches.batch(after: first.head.unverified)
    #expect(throws: StoreError.notWriter) { try stores[1].append(second) }
    #expect(throws: StoreError.notWriter) { try stores[2].acquire() }
    // A desk that takes turns does not write either.
    #expect(throws: StoreError.notWriter) { try PostgresStore(configuration).append(second) }
    seats[0].standDown()
    #expect(throws: StoreError.notWriter) { try stores[0].append(second) }
    let deadline = Date.now + 30
    while !seats[1...].contains(where: { $0.role.mayWrite }), Date.now < deadline { usleep(10_000) }
    let writer = try #require(seats[1...].firstIndex { $0.role.mayWrite })
    #expect(seats[writer].role == .writer(term: 2))
    try stores[writer].append(second)
    var told: [WriterRole] = []
    seats[1].standDown()
    seats[2].standDown()
    for await role in seats[2].roles() { told.append(role) }
    #expect(told == [.follower(writer: nil)])
    // Nobody is elected: desks write in turn again.
    let third = try batches.batch(after: second.head.unverified)
    try PostgresStore(configuration).append(third)
  }

  @Test("a writer of a former term appends nothing, although it has not learnt that it was superseded")
  func fencing() throws {
    let configuration = try server.configuration()
    let slow = WriterSeat(
      configuration, name: "a", timing: WriterSeat.Timing(beat: 600_000, look: 10, silence: 600_000))
    let store = try PostgresStore(configuration, creating: true, seat: slow)
    slow.start()
    #expect(wait(slow) { $0.mayWrite } == .writer(term: 1))
    let batches = try Batches()
    let first = try batches.batch(after: .empty)
    try store.append(first)
    _ = try store.acquire()
    // Somebody else's ledger on the same server, with the same locks of its own in hand.
    let others = Said()
    let foreign = try server.configuration()
    let bystander = try PostgresStore(foreign, creating: true) { others.add("\($0)") }
    _ = try bystander.acquire()
    // Its silence is too long for the next desk, which ends its connections: that of the seat, and that with
    // the pen.
    let said = Said()
    let quick = WriterSeat(
      configuration, name: "b", timing: WriterSeat.Timing(beat: 50, look: 20, silence: 200)
    ) { said.add("\($0)") }
    let next = try PostgresStore(configuration, seat: quick)
    quick.start()
    #expect(wait(quick) { $0.mayWrite } == .writer(term: 2), "\(said.text)")
    #expect(slow.role == .writer(term: 1))
    let second = try batches.batch(after: first.head.unverified)
    #expect(throws: StoreError.notWriter) { try store.append(second) }
    #expect(throws: StoreError.notWriter) { try store.acquire() }
    #expect(throws: StoreError.notWriter) {
      try store.replaceTail(with: batches.batch(after: .empty, salt: 3))
    }
    #expect(throws: StoreError.notWriter) { try store.replaceEvidence([(0, [1])]) }
    try next.append(second)
    #expect(try store.count() == 2)
    try bystander.append(first)
    #expect(!others.text.contains("lost"), "\(others.text)")
    quick.standDown()
    slow.standDown()
  }
}
