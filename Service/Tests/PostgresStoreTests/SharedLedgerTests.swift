import Admission
import Foundation
import PostgresStore
import Testing
import WriterElection

/// Several desks on one database: they decide as one does.
@Suite("Shared ledger", .enabled(if: PostgresServer.isAvailable, PostgresServer.comment))
struct SharedLedgerTests {
  private let server: PostgresServer

  init() throws { server = try PostgresServer.shared.get() }

  @Test(
    "of desks that decide in turn each valid request is admitted by exactly one, and none is unavailable",
    arguments: [2, 6])
  func turns(_ count: Int) throws {
    let venue = try SharedVenue.shared.get()
    let configuration = try server.configuration(lockTimeout: 60_000)
    let desks = try (0..<count).map { number in
      try venue.desk(on: PostgresStore(configuration, creating: number == 0))
    }
    try venue.begin(desks[0])
    // All desks get all requests at once, each in an order of its own, in batches of its own.
    let orders = desks.map { _ in venue.requests.shuffled() }
    let said = Verdicts()
    DispatchQueue.concurrentPerform(iterations: count) { desk in
      for start in stride(from: 0, to: orders[desk].count, by: desk % 3 + 1) {
        let batch = Array(orders[desk][start...].prefix(desk % 3 + 1))
        for (request, verdict) in zip(batch, desks[desk].review(batch, at: SharedVenue.now)) {
          said.add(verdict, to: request)
        }
      }
    }
    let verdicts = said.all
    #expect(verdicts.count == count * venue.requests.count)
    #expect(!verdicts.contains { $0.verdict == .refused([.unavailable]) })
    for request in venue.requests {
      let answers = verdicts.filter { $0.request == request }
      #expect(answers.count { $0.verdict.receipt != nil } == 1)
      #expect(answers.count { $0.verdict == .refused([.replayed]) } == count - 1)
    }
    // The log is one, from its first entry on, and each desk comes to its end.
    let ledger = try Ledger(
      reading: PostgresStore(configuration), of: venue.verificationKey, from: .beginning)
    for desk in desks {
      try desk.ledger.refresh()
      #expect(desk.ledger.head == ledger.head)
    }
  }

  @Test("a follower takes in what the writer appends, refuses to write, and takes over from its own head")
  func following() throws {
    let venue = try SharedVenue.shared.get()
    let configuration = try server.configuration()
    let seats = (0..<2).map { WriterSeat(configuration, name: "https://desk-\($0).example") }
    seats[0].start()
    let writer = try venue.desk(
      on: {
        let store = try PostgresStore(configuration, creating: true, seat: seats[0])
        wait { seats[0].role.mayWrite }
        return store
      }())
    try venue.begin(writer)
    let follower = try venue.desk(on: PostgresStore(configuration, seat: seats[1]))
    seats[1].start()
    let host = LedgerHost(follower.ledger, election: seats[1], everyMilliseconds: 20)
    host.start()
    let first = venue.requests[0]
    #expect(writer.review(first, at: SharedVenue.now).receipt != nil)
    wait { host.progress.count == writer.ledger.head.count }
    #expect(host.progress.failure == nil)
    #expect(follower.ledger.head == writer.ledger.head)
    wait { host.role == .follower(writer: "https://desk-0.example") }
    #expect(host.role == .follower(writer: "https://desk-0.example"))
    #expect(follower.review(venue.requests[1], at: SharedVenue.now) == .refused([.unavailable]))
    #expect(follower.ledger.lastFailure == .store(.notWriter))
    seats[0].standDown()
    wait { host.role.mayWrite }
    #expect(follower.review(first, at: SharedVenue.now) == .refused([.replayed]))
    #expect(follower.review(venue.requests[1], at: SharedVenue.now).receipt != nil)
    #expect(writer.review(venue.requests[2], at: SharedVenue.now) == .refused([.unavailable]))
    host.stop()
  }

  private func wait(until isThere: () -> Bool) {
    let deadline = Date.now + 30
    while !isThere(), Date.now < deadline { usleep(5_000) }
  }

  private final class Verdicts: @unchecked Sendable {
    private let lock = NSLock()
    private var said: [(request: AdmissionRequest, verdict: Verdict)] = []

    func add(_ verdict: Verdict, to request: AdmissionRequest) {
      lock.withLock { said.append((request, verdict)) }
    }

    var all: [(request: AdmissionRequest, verdict: Verdict)] { lock.withLock { said } }
  }

  /// The short form of `Scripts/fail-over.sh`, whose figures are made with many.
  @Test(
    "A42: kills of writer, follower and server lose nothing that was acknowledged, and make nothing twice")
  func kills() throws {
    let desk = try #require(Self.ledgerDesk, "LedgerDesk is built with the tests")
    let script = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../../Scripts/fail-over.sh").standardized.path
    // How long it takes is measured elsewhere: a machine under load takes longer.
    let said = try PostgresServer.command([
      "env", "LEDGER_DESK=\(desk)", "SOLVENCY_FAIL_OVER_LIMIT=60000", "sh", script, "1",
      getuid() == 0 ? "1" : "0",
    ])
    #expect(said.contains("faults 0"), "\(said)")
    #expect(said.contains("writer     1 times"), "\(said)")
  }

  /// The program beside the test bundle.
  private static let ledgerDesk: String? = {
    var folder = URL(filePath: CommandLine.arguments[0]).resolvingSymlinksInPath().deletingLastPathComponent()
    for _ in 0..<4 {
      let candidate = folder.appending(path: "LedgerDesk").path
      if FileManager.default.isExecutableFile(atPath: candidate) { return candidate }
      folder = folder.deletingLastPathComponent()
    }
    return nil
  }()
}
