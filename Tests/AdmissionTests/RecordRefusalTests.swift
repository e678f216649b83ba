import Admission
import CanonicalBytes
import CircuitLanguage
import CircuitProofs
import MarginRules
import ProofCore
import Ristretto
import Solvency
import Testing

/// What a refusal leaves behind, and what no policy can do without.
@Suite("Refusals: what is recorded")
struct RecordRefusalTests: RefusalSuite {
  @Test
  func `A42: when the decision cannot be recorded, it is not made`() throws {
    let store = SwitchStore()
    let desk = try Desk(store: store)
    store.isBroken = true
    expect(.unavailable, desk.reasons(try Trader.request("standing")))
    store.isBroken = false
    #expect(try desk.state(.desk7()).status == .unproven)
    guard case .admitted = desk.review(try Trader.request("standing")) else {
      Issue.record("not admitted")
      return
    }
  }

  @Test("refusals are recorded for open accounts only, and no more than a few in an epoch")
  func recording() throws {
    let desk = try Desk()
    let count = desk.admission.ledger.head.count
    let honest = try Trader.request("standing")
    for _ in 0..<3 { _ = desk.review(try honest.changing(account: "nobody")) }
    #expect(desk.admission.ledger.head.count == count)
    for _ in 0..<9 { _ = desk.review(try honest.changing(sequence: 7)) }
    #expect(desk.admission.ledger.head.count == count + 4)
    try desk.publish(Market.snapshot(2))
    _ = desk.review(try honest.changing(sequence: 7))
    #expect(desk.admission.ledger.head.count == count + 6)
  }

  @Test("no policy can do without the account, its state, the venue, the window and the proof")
  func always() throws {
    var nothing = Policy.production
    nothing.rules = []
    let desk = try Desk(policy: nothing)
    let honest = try Trader.request("standing")
    var proof = honest.envelope.proof.bytes
    proof[proof.count - 32] ^= 1
    expect(.proofInvalid, desk.reasons(honest.replacing(proof: proof)))
    expect(.unknownAccount, desk.reasons(try honest.changing(account: "nobody")))
    expect(.staleState, desk.reasons(try honest.changing(sequence: 3)))
    let other = try Trader("other").commitment.commitment.encoded
    expect(.commitmentMismatch, desk.reasons(honest.replacing(commitments: [other])))
    expect(.wrongAudience, desk.reasons(try honest.changing(audience: "venue-2")))
    expect(.wrongNonce, desk.reasons(honest.replacing(salt: try Market.salt("x"))))
    expect(.unknownSnapshot, desk.reasons(try honest.changing(snapshot: .zero)))
    expect(.circuitNotAllowed, desk.reasons(try honest.changing(circuit: .zero)))
    expect(.wrongRegistry, desk.reasons(try honest.changing(registry: .zero)))
    expect(.expired, desk.reasons(try honest.changing(issued: 1, expires: 2)))
    // The base of an order is a matter of the ledger itself.
    expect(.standingNotProven, desk.reasons(try Trader.request("order")))
    guard case .admitted = desk.review(honest) else {
      Issue.record("not admitted")
      return
    }
    expect(.replayed, desk.reasons(honest))
  }

  @Test("every reason has a code of its own")
  func codes() {
    #expect(Set(RefusalReason.allCases.map(\.code)).count == RefusalReason.allCases.count)
  }
}
