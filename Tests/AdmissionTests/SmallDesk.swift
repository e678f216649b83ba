import Admission
import CanonicalBytes
import CircuitLanguage
import MarginRules
import Solvency
import SolvencyProver
import Testing

/// A desk that decides on the small circuits of the model, with one account that is long two lots.
struct SmallDesk {
  static let circuits = Result {
    try PlainRule.all.map { try Circuit(parsing: Array($0.source.utf8), named: "\($0.name).circuit") }
  }

  let keys = Keys()
  let admission: Admission
  let store = MemoryStore()
  let trader: Trader

  init(
    _ amounts: [String: Int64] = ["cash": 2_000, "position/BTC-PERP": 2], listing listed: [String]? = nil
  ) throws {
    let circuits = try SmallDesk.circuits.get()
    let convex = circuits.filter { (listed ?? ["loose", "steep"]).contains($0.name) }
    let charter = try Charter(
      venue: Audience(Market.venueName), parties: keys.parties, circuits: circuits,
      convexity: ConvexityList(Dictionary(uniqueKeysWithValues: convex.map { ($0.digest, "linear") })))
    admission = try Admission(charter, ledger: Market.ledger(in: store, keys, charter))
    trader = try Trader("small", amounts)
    try publish(Market.snapshot())
    try open(trader)
  }

  func publish(_ snapshot: RiskSnapshot) throws {
    let endorsement = try SnapshotEndorsement(of: snapshot, by: Market.venue())
    try admission.publish(
      PublishedSnapshot(snapshot, endorsement: Signed(endorsement, by: keys.venue)), at: Market.now)
  }

  func open(_ trader: Trader) throws {
    let attestation = try Attestation(
      account: trader.commitment, pledgedTo: admission.venue,
      custodians: CustodianSet([keys.custodian.verificationKey]), issued: Market.now,
      expires: Market.now.advanced(by: 90_000))
    try admission.open([Signed(attestation, by: keys.custodian)], at: Market.now)
  }

  func request(
    _ kind: MarginKind = .initial, by trader: Trader? = nil, order: Order? = nil,
    under circuit: String = "loose",
    epoch: Int = 1, salt: String = "s", reduction: Reduction?? = nil
  ) throws -> AdmissionRequest {
    let trader = trader ?? self.trader
    let circuit = try #require(try SmallDesk.circuits.get().first { $0.name == circuit })
    let rule = try MarginRule(
      circuit: circuit, snapshot: Market.snapshot(epoch), kind: kind, registry: Market.registry(),
      reduction: reduction ?? order?.reduction)
    let salt = try Market.salt(salt)
    let purpose = ProofRequest(
      audience: admission.venue, nonce: AdmissionRequest.nonce(for: order, salt: salt), issued: Market.now,
      expires: Market.now.advanced(by: 600))
    guard let order else {
      return AdmissionRequest(
        envelope: try trader.opening.prove(rule, for: purpose, at: Market.now), salt: salt)
    }
    let fill = try Fill(
      account: trader.commitment.account, sequence: trader.commitment.sequence,
      deltas: try #require(order.deltas))
    let far = try trader.opening.applying(fill, in: Market.registry())
    return AdmissionRequest(
      envelope: try far.prove(rule, for: purpose, at: Market.now), order: order, salt: salt)
  }

  func review(_ request: AdmissionRequest) -> Verdict { admission.review(request, at: Market.now) }

  func reasons(_ request: AdmissionRequest) -> [RefusalReason] {
    if case .refused(let reasons) = review(request) { reasons } else { [] }
  }

  func fill(_ deltas: [String: Int64], of trader: Trader) throws -> Trader {
    let fill = try trader.fill(deltas)
    try admission.fill(Signed(FillReport(of: fill, on: trader.commitment), by: keys.engine), at: Market.now)
    return try trader.after(fill)
  }

  var state: AccountState {
    get throws {
      let account = trader.commitment.account
      return try #require(try admission.ledger.withState { $0.account(account) })
    }
  }

  static func buy(_ lots: UInt64) -> Order {
    Order(instrument: "BTC-PERP", side: .buy, lots: lots, cashPerLot: -100)
  }

  static func sell(_ lots: UInt64) -> Order {
    Order(instrument: "BTC-PERP", side: .sell, lots: lots, cashPerLot: 90, intent: .reduce)
  }
}
