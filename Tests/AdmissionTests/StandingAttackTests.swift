import Admission
import CanonicalBytes
import MarginRules
import Solvency
import SolvencyProver
import Testing

/// Attacks on what a standing rests on: each ended in a ledger that said *current* of a book that failed.
@Suite("Attacks on standing")
struct StandingAttackTests {
  @Test
  func `A52: the ends of an order are proved under one circuit, or there is no order`() throws {
    let desk = try SmallDesk()
    #expect(desk.review(try desk.request(under: "steep")).receipt != nil)
    // The book after four lots meets the one rule and fails the other; so would every part of it, some
    // neither.
    #expect(desk.reasons(try desk.request(order: SmallDesk.buy(4), under: "loose")) == [.standingNotProven])
    #expect(try desk.state.headroom == nil)
    #expect(throws: ProverError.insolvent(row: "cover")) {
      try desk.request(order: SmallDesk.buy(4), under: "steep")
    }
  }

  @Test
  func `A52: nor under two snapshots, though both are accepted`() throws {
    let desk = try SmallDesk()
    #expect(desk.review(try desk.request()).receipt != nil)
    try desk.publish(Market.snapshot(2))
    #expect(try desk.state.status == .current)
    #expect(desk.reasons(try desk.request(order: SmallDesk.buy(2), epoch: 2)) == [.standingNotProven])
    #expect(desk.reasons(try desk.request(order: SmallDesk.buy(2), epoch: 1)) == [.snapshotNotCurrent])
  }

  @Test
  func `A52: nor can a venue write it into its log`() throws {
    var state = try Sample.state()
    let near = try Sample.proof(0, sequence: 0, epoch: 1, at: 1, nonce: "near", circuit: "other circuit")
    try state.apply(.proofAccepted(near), at: Sample.time(1))
    let far = try Sample.proof(0, sequence: 0, epoch: 1, at: 2, nonce: "far", headroom: Sample.headroom(20))
    #expect(throws: LedgerError.invalidHeadroom) { try state.apply(.proofAccepted(far), at: Sample.time(2)) }
  }

  @Test
  func `A53: an order that reduces from a flat book cannot be proved, and opens nothing`() throws {
    let desk = try SmallDesk(["cash": 2_000])
    #expect(desk.review(try desk.request()).receipt != nil)
    #expect(throws: ProverError.self) { try desk.request(.maintenance, order: SmallDesk.sell(2)) }
    // What the rule alone admits, with the label and without the row.
    let bought = Order(instrument: "BTC-PERP", side: .buy, lots: 2, cashPerLot: -100, intent: .reduce)
    let labelled = try desk.request(.maintenance, order: bought, reduction: .some(nil))
    #expect(desk.reasons(labelled) == [.reductionNotProven])
    #expect(try desk.state.headroom == nil)
  }

  @Test
  func `A53: after a maintenance-level reduction the account stands on maintenance, and opens nothing`()
    throws
  {
    let desk = try SmallDesk()
    #expect(desk.review(try desk.request()).receipt != nil)
    guard case .reduceOnly = desk.review(try desk.request(.maintenance, order: SmallDesk.sell(2))) else {
      Issue.record("not admitted")
      return
    }
    let after = try desk.fill(["position/BTC-PERP": -2, "cash": 180], of: desk.trader)
    #expect(try desk.state.standing?.kind == .maintenance)
    #expect(try desk.state.status == .reduceOnly)
    #expect(desk.reasons(try desk.request(by: after, order: SmallDesk.buy(2))) == [.standingNotProven])
  }

  @Test
  func `A53: a part of a reduction from another standing leaves the account unproven, with a deadline`()
    throws
  {
    let desk = try SmallDesk()
    #expect(desk.review(try desk.request()).receipt != nil)
    #expect(desk.review(try desk.request(.maintenance, order: SmallDesk.sell(2))).receipt != nil)
    let after = try desk.fill(["position/BTC-PERP": -1, "cash": 90], of: desk.trader)
    #expect(try desk.state.status == .unproven)
    #expect(try desk.state.deadline == Market.now.advanced(by: MarginCallSchedule.production.afterFill))
    #expect(
      desk.reasons(try desk.request(by: after, order: SmallDesk.buy(1), salt: "b")) == [.standingNotProven])
    // The rest of it leads to what was proved.
    _ = try desk.fill(["position/BTC-PERP": -1, "cash": 90], of: after)
    #expect(try desk.state.standing?.kind == .maintenance)
  }

  @Test
  func `A54: a circuit that chooses between two sets of books gives no room between them`() throws {
    let desk = try SmallDesk()
    #expect(desk.review(try desk.request(under: "choice")).receipt != nil)
    let order = try desk.request(order: SmallDesk.buy(4), under: "choice")
    #expect(desk.reasons(order) == [.headroomNotAllowed])
    #expect(throws: ProverError.self) {
      try desk.request(
        by: desk.trader.after(desk.trader.fill(["position/BTC-PERP": 2, "cash": -200])), under: "choice")
    }
  }

  @Test
  func `A54: under it a single lot is proved by where it leads, and by nothing else`() throws {
    for (cash, isProved) in [(-100, true), (-99, false)] as [(Int64, Bool)] {
      let desk = try SmallDesk(["cash": 2_000, "position/BTC-PERP": 1])
      #expect(desk.review(try desk.request(under: "choice")).receipt != nil)
      #expect(desk.review(try desk.request(order: SmallDesk.buy(1), under: "choice")).receipt != nil)
      _ = try desk.fill(["position/BTC-PERP": 1, "cash": cash], of: desk.trader)
      #expect(try (desk.state.standing != nil) == isProved)
    }
  }

  @Test
  func `A54: a circuit that is listed no more takes its room and what was filled inside it along`() throws {
    let desk = try SmallDesk()
    #expect(desk.review(try desk.request()).receipt != nil)
    #expect(desk.review(try desk.request(order: SmallDesk.buy(4))).receipt != nil)
    _ = try desk.fill(["position/BTC-PERP": 1, "cash": -100], of: desk.trader)
    guard case .segment = try #require(try desk.state.standing).evidence else {
      Issue.record("not between two ends")
      return
    }
    let charter = desk.admission.charter
    let without = Charter(
      venue: charter.venue, parties: charter.parties, policy: charter.policy,
      circuits: charter.circuits.map(\.circuit), convexity: .none)
    try desk.admission.ledger.adopt(without, at: Market.now)
    #expect(try desk.state.standing == nil)
    #expect(try desk.state.headroom == nil)
    #expect(try desk.state.status == .unproven)
  }

  @Test
  func `A62: in a halted market only what is proved to reduce is ordered`() throws {
    let desk = try Desk()
    let halted = try Market.variant { $0.haltLevel = 2 }
    try desk.publish(halted)
    let trader = try Trader.desk7()
    #expect(desk.review(try trader.request(under: halted, salt: "standing")).receipt != nil)
    // desk-7 is long 12 lots: three of them may be sold, thirteen turn the position, and none may be bought.
    let sold = Order(
      instrument: "BTC-PERP", side: .sell, lots: 3, cashPerLot: 63_000_000, intent: .reduce)
    #expect(desk.review(try trader.request(order: sold, under: halted, salt: "sold")).receipt != nil)
    for (side, lots) in [(Headroom.Side.sell, 13), (.buy, 1)] as [(Headroom.Side, UInt64)] {
      let order = Order(
        instrument: "BTC-PERP", side: side, lots: lots,
        cashPerLot: side == .sell ? 63_000_000 : -64_000_000, intent: .reduce)
      #expect(throws: ProverError.self) { try trader.request(order: order, under: halted, salt: "turned") }
      // The proof of the rule alone, under the label: without the row, and with it claimed.
      let opening = Order(
        instrument: "BTC-PERP", side: side, lots: lots, cashPerLot: order.cashPerLot)
      let salt = try Market.salt("forged")
      let plain = try trader.request(order: opening, under: halted, salt: "forged")
        .changing(nonce: AdmissionRequest.nonce(for: order, salt: salt)).replacing(order: order)
      #expect(desk.reasons(plain) == [.reductionNotProven])
      #expect(desk.reasons(try plain.changing(reduction: order.reduction)) == [.proofInvalid])
    }
  }

  @Test
  func `A62: an unproven account may reduce, by an order that brings the proof of where it leads`() throws {
    let desk = try SmallDesk()
    guard case .reduceOnly = desk.review(try desk.request(order: SmallDesk.sell(1))) else {
      Issue.record("not admitted")
      return
    }
    #expect(try desk.state.status == .unproven)
    _ = try desk.fill(["position/BTC-PERP": -1, "cash": 90], of: desk.trader)
    #expect(try desk.state.standing?.kind == .initial)
    #expect(try desk.state.status == .current)
    // At another price it leads elsewhere.
    let other = try SmallDesk()
    _ = other.review(try other.request(order: SmallDesk.sell(1)))
    _ = try other.fill(["position/BTC-PERP": -1, "cash": 91], of: other.trader)
    #expect(try other.state.status == .unproven)
  }

  @Test
  func `A62: an order that reduces through zero is not one, and its first part opens nothing afterwards`()
    throws
  {
    let desk = try SmallDesk()
    #expect(desk.review(try desk.request()).receipt != nil)
    // Two lots are there: the third sold would be a short one, which the proof of a reduction excludes.
    #expect(throws: ProverError.self) { try desk.request(.maintenance, order: SmallDesk.sell(3)) }
    #expect(desk.review(try desk.request(.maintenance, order: SmallDesk.sell(2), salt: "two")).receipt != nil)
    let flat = try desk.fill(["position/BTC-PERP": -2, "cash": 180], of: desk.trader)
    // Flat now: neither side is a reduction any more.
    for side in [Headroom.Side.buy, .sell] {
      let order = Order(
        instrument: "BTC-PERP", side: side, lots: 1, cashPerLot: side == .buy ? -100 : 90, intent: .reduce)
      #expect(throws: ProverError.self) {
        try desk.request(.maintenance, by: flat, order: order, salt: "more")
      }
    }
    #expect(try desk.state.headroom == nil)
  }

  @Test("a standing ends with the grace of its snapshot, whatever its deadline")
  func grace() throws {
    var state = try Sample.state()
    let proof = try Sample.proof(0, sequence: 0, epoch: 1, at: 1, nonce: "a")
    try state.apply(.proofAccepted(proof), at: Sample.time(1))
    let account = try Sample.account(0)
    try state.apply(.epochPublished(Sample.epoch(2)), at: Sample.time(2))
    #expect(state.account(account)?.status == .current)
    try state.apply(.epochPublished(Sample.epoch(3)), at: Sample.time(3))
    #expect(state.account(account)?.status == .unproven)
    #expect(state.account(account)?.standing == nil)
    #expect(state.account(account)?.deadline == Sample.time(3_601))
  }

  @Test("a hidden fill to exactly the proved commitment is proved; any other is not")
  func hidden() throws {
    for (far, isProved) in [("V 0 1", true), ("V 0 2", false)] {
      var state = try Sample.state()
      let proof = try Sample.proof(0, sequence: 0, epoch: 1, at: 1, nonce: "a")
      try state.apply(.proofAccepted(proof), at: Sample.time(1))
      let order = try Sample.proof(
        0, sequence: 0, epoch: 1, at: 2, nonce: "b", headroom: Sample.headroom(4), lasting: 100, far: far)
      try state.apply(.proofAccepted(order), at: Sample.time(2))
      try state.apply(.filled(Sample.fill(0, sequence: 0)), at: Sample.time(3))
      let standing = state.account(try Sample.account(0))?.standing
      #expect((standing?.evidence == .proof(order.evidence)) == isProved)
    }
  }

  @Test("the shipped circuits are listed by the digests that they have")
  func shipped() throws {
    let digests = Set(try Market.circuits().map(\.digest))
    #expect(ConvexityList.shipped.reasons.count == 3)
    #expect(ConvexityList.shipped.reasons.keys.filter { digests.contains($0) }.count == 2)
  }
}
