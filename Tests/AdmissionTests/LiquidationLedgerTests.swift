import Admission
import CanonicalBytes
import Liquidation
import MarginRules
import Solvency
import SolvencyProver
import Testing

/// Liquidations in the ledger: every step is an entry, replayed, balanced and audited.
@Suite("Liquidations in the ledger")
struct LiquidationLedgerTests {
  static let position = "position/BTC-PERP"

  @Test(
    "an account short of its requirement is closed in part, its penalty goes to the funds, and all of it is audited"
  )
  func reduced() throws {
    let closing = try ClosingDesk(cash: -5_020_000_000)
    let report = try closing.liquidate([closing.bid(0, lots: 1_000, limit: 62_000_000)])
    #expect(report.status == .settled)
    #expect(report.steps.map(\.kind) == [.cleared, .settled])
    let added = try closing.added(to: closing.silent)
    let lots = -(added[Self.position] ?? 0)
    #expect(lots > 0 && lots < 100)
    // The first second's price: one percent above the mark.
    let taken = try closing.added(to: closing.liquidators[0])
    let penalty = try #require(report.settlement?.penalty)
    #expect(taken == [Self.position: lots, "cash": -lots * 60_600_000 + penalty.liquidator])
    #expect(added["cash"] == lots * 60_600_000 - penalty.charged)
    #expect(penalty.charged > 0)
    #expect(try closing.funds[.penaltyPot] == penalty.insurance)
    #expect(try closing.funds[.venue] == penalty.venue)
    #expect(try closing.funds[.insurance(0)] == 2_000_000_000)
    // The account is as a trader who applies the moves has it.
    let fill = try closing.silent.fill(added)
    let state = try closing.account(closing.silent)
    #expect(state.liquidation == nil)
    let moved = try closing.silent.after(fill)
    #expect(state.commitment == moved.commitment.commitment.encoded)
    let audited = closing.audit()
    #expect(audited.findings == [])
    #expect(audited.liquidationStepCount == 2 && audited.settledCaseCount == 1)
  }

  @Test("a loss is borne by the insurance to the quantum, and what is left of the account is nothing")
  func loss() throws {
    let closing = try ClosingDesk(cash: -6_100_000_000)
    let bid = try closing.bid(1, lots: 500, limit: 59_000_000)
    let waiting = try closing.liquidate([bid], after: 10)
    guard case .auctions(let until) = waiting.status else {
      Issue.record("not waiting for bids")
      return
    }
    #expect(until == ClosingDesk.fallen.advanced(by: 10 + 1_801))
    #expect(waiting.auctions.map(\.leg) == [Self.position] && waiting.auctions.map(\.lots) == [100])
    #expect(waiting.auctions.map(\.price) == [60_600_000])
    // Nothing happens before the price has come down to the bid.
    #expect(try closing.liquidate([bid], after: 100).steps.isEmpty)
    let report = try closing.liquidate([bid], after: 10 + 180)
    #expect(report.status == .settled)
    let loss = try #require(report.settlement?.loss)
    let paid = try #require(try closing.added(to: closing.liquidators[1])["cash"])
    #expect(loss == 6_100_000_000 + paid)
    #expect(try closing.added(to: closing.silent) == [Self.position: -100, "cash": 6_100_000_000])
    #expect(try closing.funds == [.insurance(0): 2_000_000_000 - loss])
    #expect(closing.audit().findings == [])
  }

  @Test("nobody bids: the backstop takes what it promised at its discount, winners are called for the rest")
  func backstop() throws {
    let closing = try ClosingDesk(cash: -5_950_000_000, backstop: 2_400_000_000)
    _ = try closing.liquidate()
    let report = try closing.liquidate(after: 1_801)
    #expect(report.steps.map(\.kind) == [.cleared, .backstopped])
    #expect(report.status == .winners(until: ClosingDesk.fallen.advanced(by: 2_401)))
    #expect(try closing.added(to: closing.liquidators[2]) == [Self.position: 40, "cash": -40 * 58_800_000])
    #expect(try closing.account(closing.silent).liquidation?.callDeadline != nil)
    #expect(closing.audit().findings == [])
  }

  @Test(
    "hidden winners are closed against by proved bands, those who proved none first, and give what the loss needs"
  )
  func deleveraged() throws {
    let closing = try ClosingDesk(cash: -6_100_000_000, fund: 0)
    _ = try closing.liquidate()
    _ = try closing.liquidate(after: 1_801)
    let asked = ClosingDesk.fallen.advanced(by: 1_900)
    let answer = try closing.answer(closing.winners[0], at: asked)
    #expect(answer.band.size == 7 && answer.band.lots == 64)
    // What is not so cannot be proved.
    let better = try #require(DeleveragingBand(rank: 0, size: answer.band.size))
    #expect(throws: ProverError.self) { try closing.answer(closing.winners[0], band: better, at: asked) }
    let smaller = try #require(DeleveragingBand(rank: answer.band.rank, size: 6))
    #expect(throws: ProverError.self) { try closing.answer(closing.winners[0], band: smaller, at: asked) }
    try closing.admission.answer(answer, at: asked)
    #expect(try closing.account(closing.silent).liquidation?.bandCount == 1)
    // Before the deadline nobody is closed against.
    #expect(try closing.liquidate(after: 2_000).steps.isEmpty)
    let opened = try ClosingDesk.opened(closing.winners[1])
    let report = try closing.liquidate(winners: [opened], after: 2_401)
    #expect(report.status == .settled)
    #expect(report.steps.map(\.kind) == [.deleveraged, .settled])
    #expect(report.steps[0].silent == 3)
    let settlement = try #require(report.settlement)
    #expect(settlement.loss == 100_000_000)
    // Who proved nothing is first and whole; the other gives the rest.
    let (first, second) = (
      try closing.added(to: closing.winners[1]), try closing.added(to: closing.winners[0])
    )
    #expect(first[Self.position] == 45 && second[Self.position] == 55)
    let given = (first["cash"] ?? 0) + 45 * 60_000_000 + (second["cash"] ?? 0) + 55 * 60_000_000
    #expect(given == -100_000_000)
    #expect(try closing.added(to: closing.silent) == [Self.position: -100, "cash": 6_100_000_000])
    let audited = closing.audit()
    #expect(audited.findings == [])
    #expect(audited.bandCount == 1)
  }

  @Test("what bands leave over is auctioned once more, and the call is made anew")
  func retried() throws {
    let closing = try ClosingDesk(cash: -5_950_000_000)
    _ = try closing.liquidate()
    _ = try closing.liquidate(after: 1_801)
    let opened = try ClosingDesk.opened(closing.winners[1])
    let report = try closing.liquidate(winners: [opened], after: 2_401)
    #expect(report.steps.map(\.kind) == [.deleveraged, .begun])
    #expect(report.auctions.map(\.lots) == [55])
    let end = try closing.liquidate(
      [closing.bid(0, lots: 55, limit: 61_000_000, at: ClosingDesk.fallen.advanced(by: 2_402))], after: 2_500)
    #expect(end.status == .settled)
    #expect(closing.audit().findings == [])
  }

  @Test("debts are bought back and holdings sold, and commitments still sum to what they were")
  func assets() throws {
    let closing = try ClosingDesk(
      cash: -6_100_000_000, amounts: ["debt/USDC": 30_000, "holding/USDC": 40_000])
    let sale = try closing.bid(0, lots: 100, limit: 61_000_000)
    let debt = try closing.bid(1, lots: 30_000, limit: 9_000, leg: "debt/USDC")
    let first = try closing.liquidate([sale, debt])
    #expect(first.steps.map(\.kind) == [.cleared, .begun])
    #expect(first.steps[0].repayments.map(\.lots) == [30_000])
    let holding = try closing.bid(1, lots: 40_000, limit: 10_500, leg: "holding/USDC")
    let last = try closing.liquidate([holding], after: 60)
    #expect(last.status == .settled)
    #expect(try closing.added(to: closing.silent)["debt/USDC"] == -30_000)
    #expect(closing.audit().findings == [])
  }

  @Test(
    "an account that proved a circuit of the venue's own is not closed on a verdict that nobody can check")
  func ownCircuit() throws {
    let desk = try SmallDesk()
    guard case .admitted = desk.review(try desk.request()) else {
      Issue.record("not admitted")
      return
    }
    let later = Market.now.advanced(by: 40_000)
    let snapshot = try ClosingDesk.snapshot()
    let endorsement = try SnapshotEndorsement(of: snapshot, by: Market.venue())
    try desk.admission.publish(
      PublishedSnapshot(snapshot, endorsement: Signed(endorsement, by: desk.keys.venue)), at: later)
    try desk.admission.adopt(LiquidationRules(layers: [], liquidators: [:]), at: later)
    #expect(
      try desk.admission.ledger.withState { $0.account(desk.trader.commitment.account, at: later)?.status }
        == .liquidatable)
    let request = LiquidationRequest(
      desk.trader.commitment.account, opening: try ClosingDesk.opened(desk.trader))
    let before = desk.admission.ledger.head.count
    #expect(throws: DeskError.liquidation(.noPlainRule)) {
      _ = try desk.admission.liquidate(request, at: later)
    }
    #expect("\(LiquidationFault.noPlainRule)".contains("circuit of the venue's own"))
    #expect(desk.admission.ledger.head.count == before)
  }

  // What is refused

  @Test("a healthy account, one that is not overdue, another book and an unknown account are not closed")
  func refusedOpenings() throws {
    let healthy = try ClosingDesk(cash: 1_000_000_000)
    #expect(throws: DeskError.liquidation(.rule(.healthy))) { try healthy.liquidate() }
    let closing = try ClosingDesk(cash: -6_100_000_000)
    let account = closing.liquidators[0].commitment.account
    #expect(throws: DeskError.ledger(.event(.notLiquidatable))) {
      let poor = try Trader("poor", ["cash": -6_100_000_000, "position/BTC-PERP": 100])
      try closing.desk.open(poor, at: ClosingDesk.fallen)
      _ = try closing.admission.liquidate(
        LiquidationRequest(poor.commitment.account, opening: ClosingDesk.opened(poor)),
        at: ClosingDesk.fallen)
    }
    #expect(throws: DeskError.liquidation(.openingNeeded)) {
      try closing.admission.liquidate(LiquidationRequest(account), at: ClosingDesk.fallen)
    }
    var text = String(decoding: OpeningFile.plain(closing.silent.opening), as: UTF8.self)
    text = text.replacing("-6100000000", with: "-6100000001")
    let other = try OpenedAccount(decoding: Array(text.utf8))
    #expect(throws: DeskError.liquidation(.otherBook)) {
      try closing.admission.liquidate(
        LiquidationRequest(other.account, opening: other), at: ClosingDesk.fallen)
    }
    let count = closing.store.allItems.count
    #expect(throws: DeskError.self) {
      try closing.liquidate([closing.bid(0, lots: 1, limit: 1, signedBy: 1)])
    }
    #expect(closing.store.allItems.count == count)
  }

  @Test("bids of another signer, another case, twice, by the account itself or from the future do not count")
  func refusedBids() throws {
    let closing = try ClosingDesk(cash: -6_100_000_000)
    _ = try closing.liquidate()
    let good = try closing.bid(0, lots: 10, limit: 61_000_000)
    let later = ClosingDesk.fallen.advanced(by: 500)
    for bids in [
      [good, good], [try closing.bid(0, lots: 10, limit: 61_000_000, signedBy: 1)],
      [try closing.bid(0, lots: 10, limit: 61_000_000, sequence: 1)],
      [good, try closing.bid(1, lots: 10, limit: 61_000_000, at: later)],
    ] {
      #expect(throws: DeskError.liquidation(.bid(bids.count - 1))) { try closing.liquidate(bids, after: 1) }
    }
    #expect(try closing.liquidate([good], after: 1).steps.isEmpty)
  }

  @Test(
    "while a case is open, neither fills nor charges nor proofs move the account, and rules do not change")
  func closed() throws {
    let closing = try ClosingDesk(cash: -6_100_000_000)
    _ = try closing.liquidate()
    let fill = try closing.silent.fill(["cash": 5])
    #expect(throws: DeskError.ledger(.event(.inLiquidation))) {
      try closing.desk.fill(fill, of: closing.silent, at: ClosingDesk.fallen)
    }
    let charge = try FillReport(of: fill, on: closing.silent.commitment, charge: .interest)
    #expect(throws: DeskError.ledger(.event(.inLiquidation))) {
      try closing.admission.fill(Signed(charge, by: closing.desk.keys.engine), at: ClosingDesk.fallen)
    }
    #expect(throws: DeskError.ledger(.event(.inLiquidation))) {
      try closing.admission.adopt(closing.rules(fund: 1), at: ClosingDesk.fallen)
    }
    let request = try Trader.request("standing").changing(account: "silent")
    #expect(closing.desk.reasons(request, at: ClosingDesk.fallen).contains(.inLiquidation))
  }

  @Test("a movement of a fund needs the custodian's word, the next number and the money")
  func movements() throws {
    let closing = try ClosingDesk(cash: 0)
    let admission = closing.admission
    func movement(
      _ amount: Int64, number: UInt64 = 1, venue: Audience? = nil
    ) throws {
      let content = FundMovement(
        venue: venue ?? admission.venue, number: number, purse: .insurance(0), amount: amount)
      try admission.move(Signed(content, by: closing.desk.keys.custodian), at: ClosingDesk.fallen)
    }
    #expect(throws: DeskError.signature(.otherSigner)) {
      try admission.move(
        Signed(
          FundMovement(venue: admission.venue, number: 1, purse: .venue, amount: 5),
          by: .random(role: .custodian)), at: ClosingDesk.fallen)
    }
    #expect(throws: DeskError.pledgedElsewhere) { try movement(5, venue: admission.venue.named) }
    #expect(throws: DeskError.ledger(.event(.wrongMovement(expected: 1)))) { try movement(5, number: 0) }
    #expect(throws: DeskError.ledger(.event(.wrongMovement(expected: 1)))) { try movement(5, number: 2) }
    #expect(throws: DeskError.ledger(.event(.implausible))) { try movement(0) }
    #expect(throws: DeskError.ledger(.event(.fundOverdrawn(.insurance(0))))) { try movement(-2_000_000_001) }
    try movement(-2_000_000_000)
    #expect(try closing.funds == [:])
  }

  // Restarts

  @Test(
    "a case goes on after a restart at any step, from its checkpoint as well, and leads to the same entries")
  func restarts() throws {
    func run(restarting: Bool) throws -> [LogBatch.Item] {
      let closing = try ClosingDesk(cash: -6_100_000_000)
      var admission = closing.admission
      func step(_ bids: [Signed<LiquidationBid>], after seconds: UInt64) throws {
        if restarting {
          let state = try admission.ledger.withState { $0.encoded() }
          let read = try LedgerState(decoding: state)
          #expect(read.encoded() == state)
          admission = try closing.desk.reopened().admission
        }
        _ = try admission.liquidate(
          closing.request(bids), at: ClosingDesk.fallen.advanced(by: seconds))
      }
      try step([], after: 0)
      try step([], after: 1_801)
      try step([], after: 2_401)
      let bid = try closing.bid(0, lots: 100, limit: 61_000_000, at: ClosingDesk.fallen.advanced(by: 2_402))
      try step([bid], after: 2_500)
      #expect(closing.audit().findings == [])
      return closing.store.allItems
    }
    let (once, again) = (try run(restarting: false), try run(restarting: true))
    // Blindings differ; what the steps moved does not.
    func moves(_ items: [LogBatch.Item]) -> [[CaseStepRecord.Payment]] {
      items.compactMap { item in
        if case .liquidationStepped(let record) = item.entry.event { record.payments } else { nil }
      }
    }
    #expect(moves(once) == moves(again))
    #expect(moves(once).count == 5)
  }

  // Forgeries

  @Test("an audit finds a step that takes more, pays less, is of other bids, or moves what is not said")
  func forgedSteps() throws {
    let closing = try ClosingDesk(cash: -5_020_000_000)
    _ = try closing.liquidate([closing.bid(0, lots: 1_000, limit: 62_000_000)])
    let items = closing.store.allItems
    let last = try #require(items.last)
    guard case .liquidationStepped(let record) = last.entry.event else {
      Issue.record("not a step")
      return
    }
    var (kept, paid, other, moved) = (record, record, record, record)
    // The venue keeps a quantum of the penalty pot: the sums show it without any document.
    kept.payments[0].amount -= 1
    let sums = try closing.findings(replacing: .liquidationStepped(kept))
    #expect(sums.contains(.event(index: last.entry.index, .notBalanced)))
    // Consistent in itself, and not what the rules say.
    paid.payments[0].amount -= 1
    paid.payments[1].amount += 1
    #expect(
      try closing.findings(replacing: .liquidationStepped(paid)) == [.recordDiffers(index: last.entry.index)])
    other.insured = 7
    #expect(
      try closing.findings(replacing: .liquidationStepped(other)) == [.recordDiffers(index: last.entry.index)]
    )
    // A commitment that is not moved by what is said: the sum of points shows it.
    moved.moves[0].commitment = closing.liquidators[2].commitment.commitment.encoded
    #expect(
      try closing.findings(replacing: .liquidationStepped(moved))
        == [.notBalanced(index: last.entry.index), .recordDiffers(index: last.entry.index)])
  }

  @Test("an audit finds forged rules, funds, openings, calls and bands")
  func forgedEntries() throws {
    let closing = try ClosingDesk(cash: -6_100_000_000, fund: 1_000)
    let items = { closing.store.allItems }
    func forged(_ change: (LedgerEvent) -> LedgerEvent?) throws {
      let last = try #require(items().last)
      let event = try #require(change(last.entry.event))
      #expect(event != last.entry.event)
      #expect(try closing.findings(replacing: event) == [.recordDiffers(index: last.entry.index)])
    }
    try forged { event in
      guard case .fundMoved(var record) = event else { return nil }
      record.amount += 1
      return .fundMoved(record)
    }
    #expect(closing.audit(Array(items().dropLast())).findings == [])
    _ = try closing.liquidate()
    try forged { event in
      guard case .liquidationOpened(var record) = event else { return nil }
      record.cash = 1
      return .liquidationOpened(record)
    }
    // Another book than the one that the entry names.
    let last = try #require(items().last)
    #expect(
      try closing.findings(
        replacing: last.entry.event, evidence: ClosingDesk.opened(closing.winners[0]).encoded())
        == [.evidence(index: last.entry.index)])
    _ = try closing.liquidate(after: 1_801)
    try forged { event in
      guard case .winnersCalled(var record) = event else { return nil }
      record.gainPerLot += 1
      return .winnersCalled(record)
    }
    let asked = ClosingDesk.fallen.advanced(by: 1_900)
    try closing.admission.answer(closing.answer(closing.winners[1], at: asked), at: asked)
    try forged { event in
      guard case .bandProven(var record) = event else { return nil }
      record.rank += 1
      return .bandProven(record)
    }
    // A proof that does not hold.
    let band = try #require(items().last)
    let answer = try DeleveragingAnswer(decoding: band.evidence)
    var bytes = answer.envelope.proof.bytes
    bytes[bytes.count - 32] ^= 1
    let envelope = ProofEnvelope(
      circuitName: answer.envelope.circuitName, context: answer.envelope.context,
      commitments: answer.envelope.commitments, proof: .init(bytes: bytes))
    let broken = DeleveragingAnswer(to: answer.liquidated, band: answer.band, envelope: envelope)
    guard case .bandProven(var record) = band.entry.event else { return }
    record.evidence = .sha256(of: broken.encoded())
    #expect(
      try closing.findings(replacing: .bandProven(record), evidence: broken.encoded())
        == [.document(index: band.entry.index, .liquidation(.proofInvalid))])
    // The same answer to another call, by somebody who is not called, or late.
    #expect(throws: DeskError.liquidation(.otherBand)) {
      try closing.admission.answer(answer, at: ClosingDesk.fallen.advanced(by: 2_300))
    }
  }
}
