import Admission
import AdmissionStore
import CanonicalBytes
import CircuitProofs
import MarginRules
import ProofCore
import Solvency
import SolvencyProver
import Synchronization
import TestSupport
import Testing

/// A venue whose disk fails now and then and whose desk crashes, traders with books that they prove, and the
/// plain rules beside them.
private struct RandomDay {
  static let circuit = "small"
  static let epochs = 4
  static let policy: Policy = {
    var policy = Policy.production
    policy.schedule = MarginCallSchedule(
      interval: 160, shortest: 60, longest: 600, afterFill: 50, grace: 60)
    return policy
  }()

  let keys = Keys()
  let store: FailingStore
  var desk: Admission
  var model = LedgerModel()
  var traders: [Trader]
  /// What was ever asked: it may be sent again at any time.
  var asked: [AdmissionRequest] = []
  var epoch = 0
  var now = Market.now
  var random: SplitMix64
  /// How often what happened.
  var counts: [String: Int] = [:]

  init(seed: UInt64) throws {
    random = SplitMix64(seed: seed)
    store = FailingStore(seed: seed, oneIn: 14)
    desk = try Self.open(store, keys)
    traders = try (0..<3).map { index in
      try Trader("trader-\(index)", ["cash": 20_000, "position/BTC-PERP": Int64(20 * index)])
    }
    let charter = try Market.charter(policy: Self.policy, circuits: [Market.small()])
    _ = model.apply(.chartered(charter.record(after: .zero)), at: now)
    while epoch == 0 { try publish() }
    for trader in traders { try admitTrader(trader) }
  }

  private static func open(_ store: FailingStore, _ keys: Keys) throws -> Admission {
    let charter = try Market.charter(policy: policy, circuits: [Market.small()])
    let (usual, signer) = (try Market.charter(), try LogSigner(keys.venueAgain()))
    func attempt() throws -> Admission {
      let ledger = try Ledger(
        store: store, signer: signer, checkpoints: CheckpointSchedule(interval: 9))
      if ledger.head.count == 0 { try ledger.adopt(usual, at: Market.now) }
      try ledger.adopt(charter, at: Market.now)
      return try Admission(charter, ledger: ledger)
    }
    for _ in 0..<50 {
      if let desk = try? attempt() { return desk }
    }
    return try attempt()
  }

  mutating func pick(_ count: Int) -> Int { Int(random.next() % UInt64(count)) }

  mutating func count(_ name: String) { counts[name, default: 0] += 1 }

  /// Runs a step of the desk; false if its disk failed, and then nothing has happened.
  private mutating func recorded(_ step: () throws(DeskError) -> Void) throws -> Bool {
    do throws(DeskError) {
      try step()
      return true
    } catch .ledger(.store(.full)) {
      count("disk full")
      return false
    }
  }

  /// What the desk has recorded must be possible by the plain rules as well.
  private mutating func happened(_ event: LedgerEvent) {
    let isPossible = model.apply(event, at: now)
    #expect(isPossible, "\(event)")
  }

  // What may happen

  mutating func crash() throws {
    desk = try Self.open(store, keys)
    count("crash")
  }

  mutating func publish() throws {
    guard epoch < Self.epochs else { return }
    let snapshot = try Market.snapshot(epoch + 1)
    let endorsement = try SnapshotEndorsement(of: snapshot, by: Market.venue())
    let published = PublishedSnapshot(snapshot, endorsement: try Signed(endorsement, by: keys.venue))
    let (desk, now) = (desk, now)
    guard try recorded({ () throws(DeskError) in try desk.publish(published, at: now) }) else { return }
    let due = model.dueRoll(now.seconds)
    if !due.lines.isEmpty { happened(.rolled(due)) }
    let schedule = Self.policy.schedule
    let record = EpochRecord(
      epoch: Int64(epoch + 1), snapshot: snapshot.digest, previous: snapshot.prevHash,
      validFrom: Timestamp(seconds: 1_770_000_000), validTo: Timestamp(seconds: Market.validTo),
      graceEpochs: 1, callInterval: schedule.interval, fillInterval: schedule.afterFill,
      callGrace: schedule.grace)
    happened(.epochPublished(record))
    epoch += 1
    count("epoch")
  }

  private mutating func admitTrader(_ trader: Trader) throws {
    let commitment = trader.commitment
    let attestation = try Attestation(
      account: commitment, pledgedTo: Market.venue(),
      custodians: CustodianSet([keys.custodian.verificationKey]), issued: Market.now,
      expires: Market.now.advanced(by: 100_000))
    let signed = try Signed(attestation, by: keys.custodian)
    let (desk, now) = (desk, now)
    while !(try recorded { () throws(DeskError) in try desk.open([signed], at: now) }) {}
    let point = commitment.commitment.encoded
    let record = OpeningRecord(
      account: commitment.account, registry: commitment.registry, commitment: point, sequence: 0,
      parts: [point], attestedUntil: attestation.expires, evidence: .zero)
    happened(.accountOpened(record))
  }

  /// A trade of a few lots at about a hundred quanta, often inside the headroom.
  mutating func trade() throws {
    let index = pick(traders.count)
    let trader = traders[index]
    let lots = Int64(pick(7)) - 2
    let price = Int64(95 + pick(10))
    let deltas =
      lots == 0 ? ["cash": Int64(pick(200)) - 120] : ["position/BTC-PERP": lots, "cash": -lots * price]
    guard deltas["cash"] != 0 else { return }
    let fill = try trader.fill(deltas)
    // A book that leaves the range of its coordinates is not traded to.
    guard let after = try? trader.after(fill) else { return }
    let report = try Signed(FillReport(of: fill, on: trader.commitment), by: keys.engine)
    let (desk, now) = (desk, now)
    guard try recorded({ () throws(DeskError) in try desk.fill(report, at: now) }) else { return }
    traders[index] = after
    let changes = deltas.map {
      CoordinateChange(coordinate: $0.key == "cash" ? 0 : 1, amount: $0.value)
    }
    let record = FillRecord(
      account: trader.commitment.account, sequence: trader.commitment.sequence,
      commitment: after.commitment.commitment.encoded, deltas: changes, evidence: .zero)
    happened(.filled(record))
    #expect(throws: DeskError.otherState) { try desk.fill(report, at: now) }
    count("fill")
  }

  mutating func roll() throws {
    let due = model.dueRoll(now.seconds)
    let (desk, now) = (desk, now)
    guard try recorded({ () throws(DeskError) in try desk.roll(at: now) }) else { return }
    happened(.rolled(due))
    counts["overdue", default: 0] += due.lines.count
  }

  /// A proof of the present book, or of an order, sent now or later.
  mutating func prove() throws {
    let trader = traders[pick(traders.count)]
    let isOrder = pick(3) > 0
    let side: Headroom.Side = pick(3) == 0 ? .sell : .buy
    let order = Order(
      instrument: "BTC-PERP", side: side, lots: UInt64(1 + pick(5)),
      cashPerLot: side == .buy ? -105 : 90,
      intent: side == .sell && pick(2) == 0 ? .reduce : .open)
    let mayBeMaintenance = !isOrder || order.intent == .reduce
    let kind: MarginKind = !mayBeMaintenance || pick(4) > 0 ? .initial : .maintenance
    let made: AdmissionRequest
    do {
      made = try trader.request(
        kind, order: isOrder ? order : nil, epoch: max(1, epoch - pick(5) / 4), circuit: Self.circuit,
        salt: "\(random.next())", at: now, seconds: UInt64(40 + pick(200)))
    } catch is ProverError {
      return count("book does not meet the rule")
    } catch is OpeningError {
      return count("book does not allow the order")
    }
    asked.append(made)
    if pick(5) > 0 { try submit(made) }
  }

  mutating func resend() throws {
    guard !asked.isEmpty else { return }
    try submit(asked[pick(asked.count)])
  }

  /// A proof of which a byte is another: whatever else is right, it is refused.
  mutating func tamper() throws {
    guard let request = asked.last else { return }
    var proof = request.envelope.proof.bytes
    proof[pick(proof.count)] ^= 1 << UInt8(pick(8))
    #expect(desk.review(request.replacing(proof: proof), at: now).receipt == nil)
    count("tampered")
  }

  // The decision

  private mutating func submit(_ request: AdmissionRequest) throws {
    var expected = model
    let isPossible = try record(of: request).map { expected.apply(.proofAccepted($0), at: now) } ?? false
    switch desk.review(request, at: now) {
    case .refused([.unavailable]):
      count("disk full")
    case .refused(let reasons):
      #expect(!isPossible, "\(reasons)")
      count("refused")
    case .admitted(let receipt), .reduceOnly(let receipt):
      #expect(isPossible)
      #expect(receipt.account == request.account)
      model = expected
      count(request.order == nil ? "standing" : "order")
    }
  }

  /// What the plain rules make of a request whose proof holds; nil if its order is not of the snapshot in
  /// force.
  private func record(of request: AdmissionRequest) throws -> ProofRecord? {
    let context = request.envelope.context
    let snapshots = try (1...Self.epochs).map { try Market.snapshot($0).digest }
    guard let account = model.accounts[context.account],
      let place = snapshots.firstIndex(of: context.snapshot)
    else { return nil }
    var until = now.advanced(by: Self.policy.schedule.interval)
    var headroom: Headroom?
    if let order = request.order {
      guard place + 1 == epoch else { return nil }
      let end = min(
        now.seconds + Self.policy.orderInterval, context.expires.seconds, account.attestedUntil,
        model.deadline(account))
      until = Timestamp(seconds: end)
      headroom = Headroom(
        coordinate: 1, side: order.side, lots: order.lots, cashCoordinate: 0,
        cashPerLot: order.cashPerLot)
    }
    return ProofRecord(
      account: context.account, sequence: context.sequence - (request.order == nil ? 0 : 1),
      epoch: Int64(place + 1), kind: context.kind, nonce: context.nonce, challenge: nil,
      expires: context.expires, until: until, headroom: headroom,
      isReduceOnly: context.kind == .maintenance || context.reduction != nil,
      basis: ProofRecord.Basis(
        circuit: context.circuit, registry: context.registry, commitment: request.envelope.commitments[0],
        isReduction: context.reduction != nil), evidence: .zero)
  }

  mutating func step() throws {
    now = now.advanced(by: UInt64(pick(6) == 0 ? pick(60) : pick(4)))
    switch pick(24) {
    case 0: try publish()
    case 1...5: try trade()
    case 6: try roll()
    case 7...8: try crash()
    case 9...11: try resend()
    case 12: try tamper()
    default: try prove()
    }
    let (model, now) = (model, now)
    #expect(try desk.ledger.withState { model.difference(from: $0, at: now) } == nil)
  }
}

@Suite("Interleavings with real proofs")
struct RealProofTests {
  @Test(
    "fills, proofs, epochs, crashes and full disks in any order leave the state of the plain rules, and a clean audit",
    arguments: 1...6 as ClosedRange<UInt64>)
  func agreesWithModel(_ seed: UInt64) throws {
    var day = try RandomDay(seed: seed)
    for _ in 0..<120 { try day.step() }
    // What would make the test empty.
    for (name, least) in [
      ("standing", 4), ("order", 1), ("refused", 4), ("fill", 8), ("crash", 3), ("disk full", 1),
      ("epoch", 2),
    ] {
      #expect(day.counts[name, default: 0] >= least, "\(name): \(day.counts)")
    }
    // Every proof is verified again, every decision made again, every checkpoint compared.
    let items = day.store.items(from: 0, limit: .max)
    var audit = Audit(of: day.keys.venue.verificationKey)
    for item in items { audit.check(item) }
    let report = audit.report()
    #expect(report.findings == [])
    #expect(report.entryCount == items.count)
    #expect(report.proofCount == day.counts["standing", default: 0] + day.counts["order", default: 0])
    #expect(report.checkpointCount > 1)
  }
}
