import Admission
import CanonicalBytes
import MarginRules
import Solvency
import SolvencyProver
import Testing

/// Charges and escrow: what moves an account's cash without a trade, and what a liquidation committee holds
/// of it.
@Suite("Charges and escrow")
struct MovementTests {
  private static func state(proven circuit: String = "circuit", order: Bool = false) throws -> LedgerState {
    var state = try Sample.state()
    let proof = try Sample.proof(0, sequence: 0, epoch: 1, at: 1, nonce: "a", circuit: circuit)
    try state.apply(.proofAccepted(proof), at: Sample.time(1))
    if order {
      let order = try Sample.proof(
        0, sequence: 0, epoch: 1, at: 2, nonce: "b", headroom: Sample.headroom(4), lasting: 500)
      try state.apply(.proofAccepted(order), at: Sample.time(2))
    }
    return state
  }

  @Test("cash that is taken moves the commitment, ends standing and room, and calls the account in")
  func taken() throws {
    var state = try Self.state(order: true)
    #expect(state.account(try Sample.account(0))?.headroom != nil)
    try state.apply(.charged(Sample.charge(0, sequence: 0, -5)), at: Sample.time(3))
    let account = try #require(state.account(try Sample.account(0)))
    #expect(account.status == .unproven && account.standing == nil && account.headroom == nil)
    #expect(account.sequence == 1)
    #expect(try account.commitment == Sample.point("V 0 1"))
    #expect(account.deadline == Sample.time(603))
  }

  @Test("cash that is given leaves the standing under a convex circuit, and ends it under any other")
  func given() throws {
    for (circuit, isKept) in [("circuit", true), ("other circuit", false)] {
      var state = try Self.state(proven: circuit)
      try state.apply(.charged(Sample.charge(0, sequence: 0, 5)), at: Sample.time(3))
      let account = try #require(state.account(try Sample.account(0)))
      #expect((account.status == .current) == isKept)
      #expect((account.standing != nil) == isKept)
      if let standing = account.standing {
        guard case .segment = standing.evidence else {
          Issue.record("not known by a line")
          return
        }
      }
    }
    var state = try Sample.state()
    try state.apply(.charged(Sample.charge(0, sequence: 0, 5)), at: Sample.time(3))
    #expect(state.account(try Sample.account(0))?.standing == nil)
  }

  @Test(
    "a charge of nothing, of another state, of no coordinate, of nobody or without a charter changes nothing")
  func refusedCharges() throws {
    var state = try Self.state()
    let before = state
    for (record, error) in [
      (try Sample.charge(0, sequence: 0, 0), LedgerError.implausible),
      (try Sample.charge(0, sequence: 1, -5), .wrongSequence(current: 0)),
      (try Sample.charge(0, sequence: 0, -5, coordinate: 3), .unknownRegistry),
      (try Sample.charge(7, sequence: 0, -5), .unknownAccount),
    ] {
      #expect(throws: error) { try state.apply(.charged(record), at: Sample.time(3)) }
      #expect(state == before)
    }
    var old = LedgerState()
    try old.apply(Sample.registry, at: Sample.time(0))
    #expect(throws: LedgerError.notChartered) {
      try old.apply(.charged(Sample.charge(0, sequence: 0, -5)), at: Sample.time(3))
    }
  }

  @Test("a charge that the engine signed is recorded as one, moves the trader's own opening, and is audited")
  func desk() throws {
    let desk = try SmallDesk()
    #expect(desk.review(try desk.request()).receipt != nil)
    let fill = try desk.trader.fill(["cash": -30])
    let report = try FillReport(of: fill, on: desk.trader.commitment, charge: .funding)
    try desk.admission.fill(Signed(report, by: desk.keys.engine), at: Market.now)
    let after = try desk.trader.after(fill)
    #expect(try desk.state.commitment == after.commitment.commitment.encoded)
    #expect(try desk.state.status == .unproven)
    #expect(desk.review(try desk.request(by: after, salt: "again")).receipt != nil)
    #expect(try desk.state.status == .current)
    // It applies once.
    #expect(throws: DeskError.otherState) {
      try desk.admission.fill(Signed(report, by: desk.keys.engine), at: Market.now)
    }

    let items = desk.store.allItems
    let charges = items.compactMap { item -> ChargeRecord? in
      if case .charged(let record) = item.entry.event { record } else { nil }
    }
    #expect(charges.map(\.charge) == [.funding])
    #expect(charges.map(\.cash.amount) == [-30])
    var audit = Audit(of: desk.keys.venue.verificationKey)
    for item in items { audit.check(item) }
    #expect(audit.report().findings == [])
  }

  @Test("an audit finds a charge that is recorded as a trade, for something else, or of another amount")
  func forgedCharges() throws {
    let desk = try SmallDesk()
    let fill = try desk.trader.fill(["cash": -30])
    let report = try FillReport(of: fill, on: desk.trader.commitment, charge: .interest)
    try desk.admission.fill(Signed(report, by: desk.keys.engine), at: Market.now)
    let items = desk.store.allItems
    let last = try #require(items.last)
    guard case .charged(let record) = last.entry.event else {
      Issue.record("not a charge")
      return
    }
    var (other, less) = (record, record)
    other.charge = .penalty
    less.cash.amount = -31
    let trade = FillRecord(
      account: record.account, sequence: record.sequence, commitment: record.commitment,
      deltas: [record.cash],
      evidence: record.evidence)
    for event in [LedgerEvent.charged(other), .charged(less), .filled(trade)] {
      var audit = Audit(of: desk.keys.venue.verificationKey)
      for item in items.dropLast() { audit.check(item) }
      let entry = LogEntry(
        after: LogHead(count: last.entry.index, digest: last.entry.previous), time: last.entry.time,
        event: event)
      audit.check(LogBatch.Item(entry: entry, evidence: last.evidence))
      #expect(audit.report().findings == [.recordDiffers(index: last.entry.index)])
    }
  }

  @Test("a report of a charge is of cash alone, reads back, and signs what it is for")
  func reports() throws {
    let desk = try SmallDesk()
    let trade = try desk.trader.fill(["cash": -30, "position/BTC-PERP": 1])
    #expect(throws: FillError.chargeOfOtherThanCash) {
      try FillReport(of: trade, on: desk.trader.commitment, charge: .trading)
    }
    let fill = try desk.trader.fill(["cash": -30])
    var seen: Set<[UInt8]> = []
    for charge in [nil] + Charge.allCases.map(Optional.init) {
      let report = try FillReport(of: fill, on: desk.trader.commitment, charge: charge)
      #expect(seen.insert(report.canonicalBytes).inserted)
      let signed = try Signed(report, by: desk.keys.engine)
      let read = try Signed<FillReport>(decoding: signed.json.encoded())
      #expect(try read.content(verifiedBy: desk.keys.engine.verificationKey) == report)
    }
    // What it is for is part of what was signed.
    let signed = try Signed(
      FillReport(of: fill, on: desk.trader.commitment, charge: .funding), by: desk.keys.engine)
    let text = String(decoding: signed.json.encoded(), as: UTF8.self)
    let other = text.replacing("\"funding\"", with: "\"penalty\"")
    #expect(other != text)
    let forged = try Signed<FillReport>(decoding: Array(other.utf8))
    #expect(throws: SigningError.self) { try forged.content(verifiedBy: desk.keys.engine.verificationKey) }
    for word in ["\"fee\"", "7", "null"] {
      let bad = text.replacing("\"funding\"", with: word)
      #expect(throws: FileError.self) { try Signed<FillReport>(decoding: Array(bad.utf8)) }
    }
  }

  // Escrow

  @Test("a hidden fill leaves a package behind and the ledger asks for a new one; public changes do not")
  func escrow() throws {
    var state = try Sample.state(accounts: 2)
    let account = try Sample.account(1)
    func deposit(_ sequence: UInt64, _ name: String) throws -> LedgerEvent {
      .escrowed(
        EscrowRecord(
          account: account, sequence: sequence, package: Sample.digest(name), evidence: Sample.digest("seal"))
      )
    }
    #expect(state.account(account)?.escrow == nil)
    #expect(throws: LedgerError.wrongSequence(current: 0)) {
      try state.apply(deposit(1, "a"), at: Sample.time(1))
    }
    try state.apply(deposit(0, "a"), at: Sample.time(1))
    let delta = CoordinateChange(coordinate: 1, amount: 4)
    try state.apply(.filled(Sample.fill(1, sequence: 0, deltas: [delta])), at: Sample.time(2))
    try state.apply(.charged(Sample.charge(1, sequence: 1, -5)), at: Sample.time(2))
    #expect(state.escrowsToRenew == [] && state.escrowCount == 1)
    try state.apply(.filled(Sample.fill(1, sequence: 2)), at: Sample.time(3))
    #expect(state.escrowsToRenew == [account])
    #expect(try LedgerState(decoding: state.encoded()) == state)
    try state.apply(deposit(3, "b"), at: Sample.time(4))
    #expect(state.escrowsToRenew == [])
    #expect(state.account(account)?.escrow?.package == Sample.digest("b"))
  }

  @Test("a deposit needs a custodian's seal of the account as it is, and an audit compares the two")
  func deposits() throws {
    let desk = try SmallDesk()
    let seal = EscrowSeal(account: desk.trader.commitment, package: Sample.digest("package"))
    #expect(throws: DeskError.signature(.otherSigner)) {
      try desk.admission.deposit(Signed(seal, by: .random(role: .custodian)), at: Market.now)
    }
    let stale = EscrowSeal(
      account: try desk.trader.after(desk.trader.fill(["cash": 1])).commitment,
      package: Sample.digest("package"))
    #expect(throws: DeskError.otherState) {
      try desk.admission.deposit(Signed(stale, by: desk.keys.custodian), at: Market.now)
    }
    try desk.admission.deposit(Signed(seal, by: desk.keys.custodian), at: Market.now)
    #expect(try desk.state.escrow?.package == seal.package)
    let items = desk.store.allItems
    func findings(_ items: [LogBatch.Item]) -> [AuditFinding] {
      var audit = Audit(of: desk.keys.venue.verificationKey)
      for item in items { audit.check(item) }
      return audit.report().findings
    }
    #expect(findings(items) == [])
    let last = try #require(items.last)
    guard case .escrowed(var record) = last.entry.event else {
      Issue.record("not a deposit")
      return
    }
    record.package = Sample.digest("another")
    let entry = LogEntry(
      after: LogHead(count: last.entry.index, digest: last.entry.previous), time: last.entry.time,
      event: .escrowed(record))
    #expect(
      findings(items.dropLast() + [LogBatch.Item(entry: entry, evidence: last.evidence)])
        == [.recordDiffers(index: last.entry.index)])
  }
}
