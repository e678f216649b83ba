import Admission
import CircuitLanguage
import CircuitProofs
import Commitments
import JSONDocuments
import MarginEngine
import Ristretto
import Solvency
import Synchronization
import Testing

/// Every reason to refuse, each reached by a request that has no other fault.
@Suite("Refusals")
struct RefusalTests {
  private func expect(
    _ expected: RefusalReason, _ reasons: [RefusalReason],
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    #expect(reasons == [expected], sourceLocation: sourceLocation)
  }

  private func order(
    _ order: Order, of request: String = "order", kind: MarginKind? = nil
  ) throws -> AdmissionRequest {
    let base = try Trader.request(request)
    return try base.replacing(order: order)
      .changing(kind: kind, nonce: AdmissionRequest.nonce(for: order, salt: base.salt))
  }

  @Test("text that is no request is refused, whatever it is")
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
      #expect(reasons == [isReduce ? .proofInvalid : .commitmentMismatch])
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
    let desk = try Desk()
    let trader = try Trader.desk7()
    let long = try trader.request(salt: "long", at: Timestamp(seconds: 1_770_003_599), seconds: 3_600)
    expect(.staleSnapshot, desk.reasons(long, at: Timestamp(seconds: 1_770_004_200)))
    let stale = try Market.variant { $0.instruments[0].flags.stale = true }
    expect(.stalePrice, try reasonsForOrder(under: stale))
  }

  /// Why the order is refused with another snapshot in force, under which the standing is proven.
  private func reasonsForOrder(
    under snapshot: RiskSnapshot, _ order: Order = Trader.buy, policy: Policy = .production
  ) throws -> [RefusalReason] {
    let desk = try Desk(policy: policy)
    try desk.publish(snapshot)
    let trader = try Trader.desk7()
    let standing = try trader.request(under: snapshot, salt: "standing")
    guard case .admitted = desk.review(standing) else { return desk.reasons(standing) }
    return desk.reasons(try trader.request(order: order, under: snapshot, salt: "order"))
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
        try honest.replacing(circuitName: unusable.name).changing(circuit: unusable.sourceDigest)))
    var policy = Policy.production
    policy.rules.append(TrustedCircuit([unusable.sourceDigest]))
    expect(.circuitNotAllowed, try Desk(policy: policy).reasons(honest))
  }

  @Test
  func `A36: proofs over other generators`() throws {
    expect(.unknownSuite, try Desk().reasons(try Trader.request("standing").replacing(suite: "Default")))
  }

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

  @Test("headroom under a circuit with products")
  func products() throws {
    let desk = try Desk()
    _ = desk.review(try Trader.request("standing"))
    let risk = try Market.circuit("value_at_risk")
    let request = try Trader.request("order").replacing(circuitName: risk.name)
      .changing(circuit: risk.sourceDigest)
    expect(.headroomNotAllowed, desk.reasons(request))
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

  @Test
  func `A42: when the decision cannot be recorded, it is not made`() throws {
    let store = SwitchStore()
    let desk = try Desk(store: store)
    store.isBroken = true
    expect(.unavailable, desk.reasons(try Trader.request("standing")))
    store.isBroken = false
    #expect(try desk.state(.desk7()).status == .reduceOnly)
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

/// A store that can be broken.
final class SwitchStore: LedgerStore {
  private let inner = MemoryStore()
  private let broken = Mutex(false)

  var isBroken: Bool {
    get { broken.withLock { $0 } }
    set { broken.withLock { $0 = newValue } }
  }

  func head() -> SignedLogHead? { inner.head() }

  func append(_ batch: LogBatch) throws(StoreError) {
    if isBroken { throw .full }
    try inner.append(batch)
  }

  func items(from index: UInt64, limit: Int) -> [LogBatch.Item] {
    inner.items(from: index, limit: limit)
  }
}
