import Admission
import CanonicalBytes
import Ristretto
import Solvency
import TestSupport
import Testing
import TransparencyLog

/// Rolls of all accounts, stated in the log that admissions stand in.
@Suite("Rolls in the ledger")
struct SolvencyRollTests {
  /// A roll of seven accounts with a checkpoint of its own.
  struct Stated {
    var record: SolvencyRollRecord
    let checkpoint: SignedCheckpoint
  }

  static func stated(_ epoch: UInt64, at moment: Timestamp, root: String = "root") throws -> Stated {
    let origin = ExactText("example.com/ledger/roll/\(epoch)")
    let signer = try NoteSigner(name: origin, seed: [UInt8](repeating: 3, count: 32).span)
    let hash = try #require(MerkleHash(Sample.digest("\(root) \(epoch)").bytes))
    let checkpoint = try SignedCheckpoint(
      Checkpoint(origin: origin, head: TreeHead(size: 8, root: hash)), by: signer)
    return Stated(
      record: SolvencyRollRecord(
        epoch: epoch, moment: moment, header: Sample.digest("header \(epoch)"), size: 8, root: hash,
        counts: [5, 1, 1], bands: [3, 2], bandNames: ["rule", "rule@health=120"], shortfall: 40, fund: 50,
        totals: [
          .init(coordinate: "cash", range: -5...900), .init(coordinate: "position/BTC-PERP", range: 0...0),
        ], audit: Sample.digest("audit \(epoch)"), evidence: .sha256(of: checkpoint.encoded())),
      checkpoint: checkpoint)
  }

  @Test("a roll is stated once for each number, survives a restart and an audit, and is in the state's bytes")
  func stated() throws {
    let desk = try Desk()
    let first = try Self.stated(3, at: Market.now)
    let before = try desk.admission.ledger.withState { $0 }
    #expect(before.solvencyRoll == nil)
    try desk.admission.state(first.record, under: first.checkpoint, at: Market.now)
    let state = try desk.admission.ledger.withState { $0 }
    #expect(state.solvencyRoll?.record == first.record)
    #expect(state.solvencyRoll?.index == state.eventCount - 1)
    #expect(try LedgerState(decoding: state.encoded()) == state)
    #expect(try LedgerState(decoding: before.encoded()) == before)
    // The same number again, whatever it says, and an earlier one.
    let other = try Self.stated(3, at: Market.now, root: "another root")
    #expect(throws: DeskError.ledger(.event(.rollNotLater(current: 3)))) {
      try desk.admission.state(other.record, under: other.checkpoint, at: Market.now)
    }
    let earlier = try Self.stated(2, at: Market.now)
    #expect(throws: DeskError.ledger(.event(.rollNotLater(current: 3)))) {
      try desk.admission.state(earlier.record, under: earlier.checkpoint, at: Market.now)
    }
    let next = try Self.stated(9, at: Market.now.advanced(by: 1))
    try desk.admission.state(next.record, under: next.checkpoint, at: Market.now.advanced(by: 1))
    let reopened = try desk.reopened()
    #expect(try reopened.admission.ledger.withState { $0.solvencyRoll?.record } == next.record)
  }

  @Test("a record that no roll can have, or another checkpoint, is refused")
  func refused() throws {
    let desk = try Desk()
    let good = try Self.stated(1, at: Market.now)
    let head = desk.admission.ledger.head.count
    var changes: [(String, SolvencyRollRecord)] = []
    func change(_ name: String, _ body: (inout SolvencyRollRecord) -> Void) {
      var record = good.record
      body(&record)
      changes.append((name, record))
    }
    change("a count beside the size") { $0.counts[0] += 1 }
    change("bands that are not the solvent accounts") { $0.bands[1] += 1 }
    change("a band without a name") { $0.bandNames.removeLast() }
    change("a shortfall above the fund") { $0.shortfall = 51 }
    change("totals out of order") { $0.totals.reverse() }
    change("a moment to come") { $0.moment = Market.now.advanced(by: 60) }
    change("counts that overflow") { $0.counts = [.max, 1, 7] }
    change("two counts") { $0.counts = [6, 1] }
    for (name, record) in changes {
      #expect(throws: DeskError.ledger(.event(.implausible)), "\(name)") {
        try desk.admission.state(record, under: good.checkpoint, at: Market.now)
      }
    }
    let other = try Self.stated(1, at: Market.now, root: "another root")
    #expect(throws: DeskError.rollCheckpoint) {
      try desk.admission.state(good.record, under: other.checkpoint, at: Market.now)
    }
    // A checkpoint of another number, with the same tree.
    var renumbered = good.record
    renumbered.epoch = 2
    #expect(throws: DeskError.rollCheckpoint) {
      try desk.admission.state(renumbered, under: good.checkpoint, at: Market.now)
    }
    #expect(desk.admission.ledger.head.count == head)
  }

  @Test
  func `A67: an audit of the log finds a roll that lists fewer accounts than were open`() throws {
    let desk = try Desk(traders: (0..<8).map { try Trader("trader-\($0)") })
    // Seven accounts; in the second of the openings nothing is said, and after it one is missing.
    for (epoch, moment) in [(UInt64(1), Market.now), (2, Market.now.advanced(by: 1))] {
      let stated = try Self.stated(epoch, at: moment)
      try desk.admission.state(stated.record, under: stated.checkpoint, at: moment)
    }
    var audit = Audit(of: desk.keys.venue.verificationKey)
    for item in desk.store.allItems { audit.check(item) }
    let report = audit.report()
    #expect(report.rollCount == 2)
    #expect(report.findings == [.rollTooSmall(index: last(desk), listed: 7, open: 8)])
    #expect(report.findings.first?.text.contains("lists 7 accounts") == true)
  }

  private func last(_ desk: Desk) -> UInt64 { UInt64(desk.store.allItems.count - 1) }

  @Test("an entry reads back from its bytes, and nothing shorter or longer does")
  func encoding() throws {
    let event = LedgerEvent.solvencyRollPublished(try Self.stated(7, at: Market.now).record)
    let bytes = event.encoded()
    #expect(try LedgerEvent(decoding: bytes) == event)
    for count in bytes.indices {
      #expect(throws: LogFormatError.malformedEvent) { try LedgerEvent(decoding: Array(bytes.prefix(count))) }
    }
    #expect(throws: LogFormatError.malformedEvent) { try LedgerEvent(decoding: bytes + [0]) }
  }
}
