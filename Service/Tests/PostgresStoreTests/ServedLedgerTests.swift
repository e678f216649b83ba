import Admission
import Foundation
import PostgresStore
import ServiceFixtures
import SolvencyService
import Testing

/// The service's own ledger, a directory whose log is on a server: two desks, as two processes have them.
@Suite("Served ledger", .enabled(if: PostgresServer.isAvailable, PostgresServer.comment))
struct ServedLedgerTests {
  private let server: PostgresServer
  private let folder: String
  private let venue: FixtureVenue

  init() throws {
    server = try PostgresServer.shared.get()
    folder = FileManager.default.temporaryDirectory.appending(path: "solvency-served-\(UUID())").path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    venue = try FixtureVenue(at: folder)
  }

  /// A desk with a directory of its own; both were made by the same `ledger init`.
  private func desk(_ number: Int, _ configuration: PostgresConfiguration) throws -> FolderLedger {
    let path = folder + "/desk-\(number)"
    if !FileManager.default.fileExists(atPath: path) {
      try FileManager.default.copyItem(atPath: venue.ledgerPath, toPath: path)
    }
    let seat = WriterSeat(configuration, name: "https://desk-\(number).example")
    let storage = FolderLedger.Storage.shared(
      try PostgresStore(configuration, creating: true, seat: seat), reader: try PostgresStore(configuration),
      election: seat)
    let ledger = try FolderLedger(path, keys: FolderLedger.Keys(venue: venue.key()), storage: storage)
    seat.start()
    return ledger
  }

  private func wait(until isThere: () -> Bool) {
    let deadline = Date.now + 30
    while !isThere(), Date.now < deadline { usleep(5_000) }
  }

  @Test("one desk writes, the other follows and says where the writer is; it takes over when that one stops")
  func takingOver() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let configuration = try server.configuration()
    let first = try desk(0, configuration)
    wait { first.duty == .writer }
    #expect(first.duty == .writer)
    let second = try desk(1, configuration)
    wait { second.duty == .follower(writer: "https://desk-0.example") }
    #expect(second.duty == .follower(writer: "https://desk-0.example"))
    let now = venue.start.advanced(by: 60)
    let snapshot = try venue.snapshot()
    try first.admission.publish(venue.published(snapshot), at: now)
    let trader = try FixtureTrader("alice", registry: Registry(of: snapshot))
    try first.admission.open([venue.attestation(of: trader, to: first.admission.venue)], at: now)
    try second.catchUp()
    #expect(second.admission.ledger.head == first.admission.ledger.head)
    #expect(try second.reader.count() == first.reader.count())
    #expect(second.admission.venue == first.admission.venue)
    let request = try trader.request(
      under: snapshot, circuit: venue.circuit, to: first.admission.venue, at: now)
    #expect(second.admission.review(request, at: now) == .refused([.unavailable]))
    #expect(second.admission.ledger.lastFailure == .store(.notWriter))
    first.close()
    wait { second.duty == .writer }
    #expect(second.admission.review(request, at: now).receipt != nil)
    #expect(first.admission.review(request, at: now) == .refused([.unavailable]))
    second.close()
  }

  @Test("A65: a database that is older than the last head that a desk has signed is refused")
  func olderDatabase() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let configuration = try server.configuration()
    let first = try desk(0, configuration)
    wait { first.duty == .writer }
    try first.admission.publish(venue.published(venue.snapshot()), at: venue.start.advanced(by: 60))
    let count = first.admission.ledger.head.count
    first.close()
    // Another database, such as one that was restored from before.
    #expect(throws: FolderLedger.Failure.self) { try desk(0, server.configuration()) }
    let again = try desk(0, configuration)
    #expect(again.admission.ledger.head.count == count)
    again.close()
  }
}
