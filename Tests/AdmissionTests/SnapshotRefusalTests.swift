import Admission
import CanonicalBytes
import CircuitLanguage
import CircuitProofs
import MarginRules
import ProofCore
import Ristretto
import Solvency
import Testing

/// Snapshots, windows, circuits and circuit breakers.
@Suite("Refusals: snapshots, time and rules")
struct SnapshotRefusalTests: RefusalSuite {
  @Test
  func `A32: a proof under an older snapshot is accepted in its grace, and no longer`() throws {
    let desk = try Desk()
    try desk.publish(Market.snapshot(2))
    _ = desk.review(try Trader.request("standing"))
    #expect(try desk.state(.desk7()).epoch == 1)
    let late = try Desk()
    try late.publish(Market.snapshot(2))
    try late.publish(Market.snapshot(3))
    expect(.staleSnapshot, late.reasons(try Trader.request("standing")))
    #expect(throws: DeskError.ledger(.event(.epochNotLater(current: 3)))) {
      try late.publish(Market.snapshot(2))
    }
    #expect(throws: DeskError.ledger(.event(.brokenSnapshotChain))) {
      var draft = try Market.snapshot(4).draft
      draft.prevHash = try Market.snapshot(1).digest
      try late.publish(RiskSnapshot(draft))
    }
  }

  @Test
  func `A32: an order is decided on the snapshot in force alone`() throws {
    let desk = try Desk()
    _ = desk.review(try Trader.request("standing"))
    try desk.publish(Market.snapshot(2))
    expect(.snapshotNotCurrent, desk.reasons(try Trader.request("order")))
  }

  @Test
  func `A33: snapshots past their time and stale prices are refused, never replaced by something older`()
    throws
  {
    let desk = try Desk(attestedFor: 200_000)
    let trader = try Trader.desk7()
    let end = Market.validTo
    let long = try trader.request(salt: "long", at: Timestamp(seconds: end - 1), seconds: 3_600)
    expect(.staleSnapshot, desk.reasons(long, at: Timestamp(seconds: end + 600)))
    let stale = try Market.variant { $0.instruments[0].flags.stale = true }
    expect(.stalePrice, try reasonsForOrder(under: stale))
  }

  @Test
  func `A34: windows that have not begun, are over, or are too long`() throws {
    let desk = try Desk()
    let trader = try Trader.desk7()
    let now = Market.now.seconds
    let honest = try Trader.request("standing")
    expect(.notYetIssued, desk.reasons(try honest.changing(issued: now + 6, expires: now + 60)))
    expect(.expired, desk.reasons(honest, at: Timestamp(seconds: now + 600)))
    expect(
      .windowTooLong, desk.reasons(try honest.changing(issued: now, expires: now + 3_601)))
    expect(
      .expired, desk.reasons(try honest.changing(issued: now - 10, expires: now)))
    let ahead = try Desk()
    let future = try Market.variant { $0.validFrom = 1_770_003_000 }
    try ahead.publish(future)
    let early = try trader.request(under: future, salt: "early")
    expect(.snapshotNotYetValid, ahead.reasons(early))
    let skewed = try Desk()
    guard case .admitted = skewed.review(try trader.request(salt: "skewed", at: Timestamp(seconds: now + 5)))
    else {
      Issue.record("a clock five seconds ahead is tolerated")
      return
    }
  }

  @Test
  func `A35: circuits and documents that are not the venue's`() throws {
    let desk = try Desk()
    let honest = try Trader.request("standing")
    expect(.circuitNotAllowed, desk.reasons(try honest.changing(circuit: .zero)))
    expect(.circuitNotAllowed, desk.reasons(honest.replacing(circuitName: "portfolio_margin_2")))
    expect(.unknownSnapshot, desk.reasons(try honest.changing(snapshot: .zero)))
    expect(.wrongRegistry, desk.reasons(try honest.changing(registry: .zero)))
    let unusable = try Market.circuit("collateral_ratio")
    expect(
      .unusableRule,
      desk.reasons(
        try honest.replacing(circuitName: unusable.name).changing(circuit: unusable.digest)))
    var policy = Policy.production
    policy.rules.append(TrustedCircuit([unusable.digest]))
    expect(.circuitNotAllowed, try Desk(policy: policy).reasons(honest))
  }

  @Test("halts, close-only instruments, closed sides", arguments: [1, 2, 3] as [Int64])
  func breakers(_ level: Int64) throws {
    let halted = try Market.variant { $0.haltLevel = level }
    expect(level == 3 ? .halted : .closeOnly, try reasonsForOrder(under: halted))
    let reducing = try reasonsForOrder(
      under: halted,
      Order(instrument: "BTC-PERP", side: .sell, lots: 3, cashPerLot: 63_000_000, intent: .reduce))
    #expect(reducing == (level == 3 ? [.halted] : []))
    switch level {
    case 1:
      expect(
        .closeOnly,
        try reasonsForOrder(under: Market.variant { $0.instruments[0].flags.closeOnly = true }))
    case 2:
      expect(
        .sideClosed,
        try reasonsForOrder(under: Market.variant { $0.instruments[0].flags.openLong = false }))
    default:
      expect(
        .sideClosed,
        try reasonsForOrder(
          under: Market.variant { $0.instruments[0].flags.openShort = false },
          Order(instrument: "BTC-PERP", side: .sell, lots: 1, cashPerLot: 63_000_000)))
    }
  }
}
