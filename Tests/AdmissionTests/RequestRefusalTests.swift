import Admission
import CanonicalBytes
import CircuitLanguage
import CircuitProofs
import MarginRules
import ProofCore
import Ristretto
import Solvency
import Testing

/// What a request says, what it is bound to, and the proof in it.
@Suite("Refusals: the request and its proof")
struct RequestRefusalTests: RefusalSuite {
  @Test("text that is not a request is refused, whatever it is")
  func malformed() throws {
    let desk = try Desk()
    let good = try Trader.request("order").json.encoded()
    for bytes in [[], [0xFF], Array("{}".utf8), Array(good.dropLast()), good + good] {
      #expect(desk.admission.review(json: bytes, at: Market.now) == .refused([.malformed]))
    }
    let other = Array(
      String(decoding: good, as: UTF8.self).replacing(
        "\"version\":1,\"salt\"", with: "\"version\":2,\"salt\""
      ).utf8)
    #expect(throws: FileError.unsupportedVersion(2)) { try AdmissionRequest(json: other) }
  }

  @Test
  func `A28: another account, another state, another commitment`() throws {
    let desk = try Desk()
    let honest = try Trader.request("standing")
    expect(.unknownAccount, desk.reasons(try honest.changing(account: "desk-8")))
    expect(.staleState, desk.reasons(try honest.changing(sequence: 1)))
    let other = try Trader("other").commitment.commitment.encoded
    expect(.commitmentMismatch, desk.reasons(honest.replacing(commitments: [other])))
    expect(.commitmentMismatch, desk.reasons(honest.replacing(commitments: [])))
    // The proof of another trader, under this account's name and commitment.
    let stranger = try Trader("desk-8")
    let theirs = try stranger.request(salt: "standing")
    let forged = try theirs.replacing(commitments: honest.envelope.commitments)
      .changing(account: "desk-7")
    expect(.proofInvalid, desk.reasons(forged))
    expect(.commitmentMismatch, desk.reasons(try theirs.changing(account: "desk-7")))
  }

  @Test
  func `A29: a fill between proving and reviewing makes the proof stale, and a new one is accepted`() throws {
    let desk = try Desk()
    let trader = try Trader.desk7()
    let fill = try trader.fill(["cash": 1])
    try desk.fill(fill, of: trader)
    expect(.staleState, desk.reasons(try Trader.request("standing")))
    #expect(desk.reasons(try Trader.request("order")).contains(.staleState))
    let next = try trader.after(fill).request(salt: "next")
    guard case .admitted = desk.review(next) else {
      Issue.record("\(desk.reasons(next))")
      return
    }
    #expect(throws: DeskError.otherState) { try desk.fill(fill, of: trader) }
  }

  @Test
  func `A30: instrument, side, size, price and intent of an order are bound, to the unit`() throws {
    let desk = try Desk()
    _ = desk.review(try Trader.request("standing"))
    let honest = try Trader.request("order")
    let buy = Trader.buy
    let others = [
      Order(instrument: "ETH-PERP", side: buy.side, lots: buy.lots, cashPerLot: buy.cashPerLot),
      Order(instrument: buy.instrument, side: .sell, lots: buy.lots, cashPerLot: buy.cashPerLot),
      Order(instrument: buy.instrument, side: buy.side, lots: 6, cashPerLot: buy.cashPerLot),
      Order(instrument: buy.instrument, side: buy.side, lots: 4, cashPerLot: buy.cashPerLot),
      Order(instrument: buy.instrument, side: buy.side, lots: buy.lots, cashPerLot: buy.cashPerLot - 1),
      Order(
        instrument: buy.instrument, side: buy.side, lots: buy.lots, cashPerLot: buy.cashPerLot,
        intent: .reduce),
    ]
    for other in others {
      let swapped = honest.replacing(order: other)
      #expect(desk.reasons(swapped).contains(.wrongNonce))
      // With the nonce of the other order the commitment is the wrong one, or the transcript is.
      let renamed = try order(other)
      let reasons = desk.reasons(renamed)
      let isReduce = other.intent == .reduce
      #expect(reasons == [isReduce ? .reductionNotProven : .commitmentMismatch])
    }
    expect(.wrongNonce, desk.reasons(honest.replacing(salt: try Market.salt("other"))))
    #expect(desk.reasons(honest.replacing(order: .some(nil))).contains(.wrongNonce))
    expect(.wrongAudience, desk.reasons(try honest.changing(audience: "venue-2")))
    guard case .admitted = desk.review(honest) else {
      Issue.record("not admitted")
      return
    }
  }

  @Test
  func `A31: the same proof twice is a replay; where challenges are asked for, nothing else answers`() throws
  {
    let desk = try Desk()
    let request = try Trader.request("standing")
    _ = desk.review(request)
    expect(.replayed, desk.reasons(request))
    var policy = Policy.production
    policy.rules.append(AnswersChallenge())
    let asking = try Desk(policy: policy)
    let trader = try Trader.desk7()
    expect(.noChallenge, asking.reasons(request))
    let challenge = try asking.admission.challenge(
      trader.commitment.account, for: 60, at: Market.now)
    let answer = try trader.request(saltNonce: challenge)
    let elsewhere = try Desk(policy: policy)
    expect(.noChallenge, elsewhere.reasons(answer))
    guard case .admitted = asking.review(answer, at: Market.now.advanced(by: 59)) else {
      Issue.record("not admitted")
      return
    }
    // Used up; and another one is answered too late.
    #expect(asking.reasons(answer) == [.replayed, .noChallenge])
    let second = try asking.admission.challenge(
      trader.commitment.account, for: 1, at: Market.now.advanced(by: 60))
    let late = try trader.request(saltNonce: second)
    expect(.noChallenge, asking.reasons(late, at: Market.now.advanced(by: 61)))
  }

  @Test
  func `A36: proofs over other generators`() throws {
    expect(.unknownSuite, try Desk().reasons(try Trader.request("standing").replacing(suite: "Default")))
  }

  @Test
  func `A41: proofs of another shape, undecodable ones and false ones, single and in batches`() throws {
    let desk = try Desk()
    let honest = try Trader.request("standing")
    let proof = honest.envelope.proof.bytes
    var flipped = proof
    flipped[proof.count - 32] ^= 1
    let noPoint = [UInt8](repeating: 0xFF, count: 32) + proof.dropFirst(32)
    let cases: [(AdmissionRequest, RefusalReason)] = [
      (honest.replacing(proof: []), .wrongShape),
      (honest.replacing(proof: proof + proof), .wrongShape),
      (honest.replacing(commitments: honest.envelope.commitments + honest.envelope.commitments), .wrongShape),
      (honest.replacing(proof: noPoint), .undecodable),
      (honest.replacing(proof: flipped), .proofInvalid),
      (try honest.changing(kind: .maintenance), .proofInvalid),
    ]
    for (request, reason) in cases {
      expect(reason, desk.reasons(request))
      #expect(desk.admission.review([request], at: Market.now) == [.refused([reason])])
    }
    let together = desk.admission.review(cases.map(\.0) + [honest], at: Market.now)
    #expect(together.dropLast() == cases.map { .refused([$0.1]) }[...])
    #expect(together.last?.receipt != nil)
  }
}
