import Admission
import CanonicalBytes
import CircuitLanguage
import CircuitProofs
import MarginRules
import ProofCore
import Ristretto
import Solvency
import Testing

/// Attestations, standing, orders and their limits.
@Suite("Refusals: standing and orders")
struct OrderRefusalTests: RefusalSuite {
  @Test("an attestation that is over")
  func attestation() throws {
    let desk = try Desk(attestedFor: 5)
    expect(
      .attestationExpired,
      desk.reasons(try Trader.request("standing"), at: Market.now.advanced(by: 5)))
    let trader = try Trader.desk7()
    let renewed = try desk.attestation(of: trader.commitment, for: 100)
    try desk.admission.renew([renewed], at: Market.now.advanced(by: 6))
    guard case .admitted = desk.review(try Trader.request("standing"), at: Market.now.advanced(by: 7))
    else {
      Issue.record("not admitted")
      return
    }
  }

  @Test("zones: the wrong margin, a standing not proven, an account overdue")
  func zones() throws {
    let desk = try Desk()
    expect(.standingNotProven, desk.reasons(try Trader.request("order")))
    _ = desk.review(try Trader.request("standing"))
    expect(.wrongKind, desk.reasons(try order(Trader.buy, kind: .maintenance)))
    var policy = Policy.production
    policy.schedule.interval = 900
    let quick = try Desk(policy: policy)
    _ = quick.review(try Trader.request("standing"))
    let late = Market.now.advanced(by: 900)
    let now = late.seconds
    #expect(
      quick.reasons(try Trader.request("order").changing(issued: now, expires: now + 9), at: late)
        == [.accountOverdue])
  }

  @Test("orders for nothing, out of bounds, for no instrument, beyond limits")
  func orders() throws {
    let desk = try Desk()
    _ = desk.review(try Trader.request("standing"))
    func of(_ instrument: String, _ lots: UInt64, _ cash: Int64 = -64_000_000) throws -> [RefusalReason] {
      desk.reasons(
        try order(Order(instrument: instrument, side: .buy, lots: lots, cashPerLot: cash)))
    }
    expect(.invalidOrder, try of("BTC-PERP", 0))
    #expect(try of("BTC-PERP", 1 << 41).contains(.invalidOrder))
    expect(.invalidOrder, try of("BTC-PERP", 5, .min))
    expect(.unknownInstrument, try of("DOGE-PERP", 5))
    #expect(try of("ETH-PERP", 9_001, 0) == [.commitmentMismatch, .positionLimit])
    #expect(try of("ETH-PERP", 9_000, 0) == [.commitmentMismatch])
    var policy = Policy.production
    policy.rules.append(OrderFlowLimit(lots: ["BTC-PERP": 9]))
    let limited = try Desk(policy: policy)
    _ = limited.review(try Trader.request("standing"))
    _ = limited.review(try Trader.request("order"))
    let again = try Trader.desk7().request(order: Trader.buy, salt: "again")
    expect(.orderFlowLimit, limited.reasons(again))
    guard case .admitted = desk.review(try Trader.request("order")),
      case .admitted = desk.review(again)
    else {
      Issue.record("not admitted without the limit")
      return
    }
    policy.rules = Policy.production.rules + [RequestLimit(perEpoch: 0)]
    expect(.requestLimit, try Desk(policy: policy).reasons(try Trader.request("standing")))
  }

  @Test(
    "an order of more than one lot under a circuit that is not listed as convex, and from another rule's standing"
  )
  func convexity() throws {
    let desk = try Desk()
    _ = desk.review(try Trader.request("standing"))
    func order(under name: String) throws -> [RefusalReason] {
      let circuit = try Market.circuit(name)
      return desk.reasons(
        try Trader.request("order").replacing(circuitName: circuit.name).changing(circuit: circuit.digest))
    }
    #expect(try order(under: "value_at_risk") == [.standingNotProven])
    #expect(try order(under: "collateral_ratio").contains(.headroomNotAllowed))
  }
}
