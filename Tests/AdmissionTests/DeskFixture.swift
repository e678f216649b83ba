import Admission
import CanonicalBytes
import CircuitLanguage
import CircuitProofs
import Foundation
import MarginRules
import ProofCore
import Ristretto
import Solvency
import SolvencyProver
import SolvencyVerifier
import TestSupport
import Testing

/// Documents, traders and proofs that the suites of the desk share. Proofs take a while and are made once.
enum Market {
  /// A moment at which the first snapshot applies.
  static let now = Timestamp(seconds: 1_770_000_060)
  static let venueName = "venue"

  /// Whom requests and attestations are for: the venue, and the ledger of every desk with the usual keys.
  static func venue() throws -> Audience { try Audience(venueName, ledger: identity.get()) }

  private static let identity = Result {
    let ledger = try Ledger(store: MemoryStore(), signer: LogSigner(Keys().venueAgain()))
    try ledger.adopt(charter(), at: now)
    return try #require(try ledger.withState { $0.charter?.identity })
  }

  /// Every ledger of the tests begins with this charter, so that proofs are made once for all of them; desks
  /// that are bound otherwise change it with the next entry.
  static func charter(
    policy: Policy = .production, parties: Counterparties = Keys().parties, circuits: [Circuit]? = nil
  ) throws -> Charter {
    let reason = "cash and positions are linear in the book, and more cash covers more"
    return try Charter(
      venue: Audience(venueName), parties: parties, policy: policy, circuits: circuits ?? Market.circuits(),
      convexity: .shipped.adding([small().digest: reason]))
  }

  /// A ledger in this store, bound by a charter.
  static func ledger(
    in store: any LedgerStore, _ keys: Keys, _ charter: Charter, checkpoints: CheckpointSchedule = .standard
  ) throws -> Ledger {
    let ledger = try Ledger(store: store, signer: LogSigner(keys.venueAgain()), checkpoints: checkpoints)
    if ledger.head.count == 0 { try ledger.adopt(Market.charter(parties: keys.parties), at: now) }
    try ledger.adopt(charter, at: now)
    return ledger
  }

  /// From when on the snapshots no longer apply.
  static let validTo: UInt64 = 1_770_100_000

  private static let parsedCircuits = Result {
    try ["portfolio-margin", "value-at-risk", "collateral-ratio"].map { name in
      let path = Vectors.packageRoot.appending(path: "circuits/\(name).circuit")
      return try Circuit(parsing: Array(try Data(contentsOf: path)), named: "\(name).circuit")
    }
  }

  /// The circuits that the desk trusts.
  static func circuits() throws -> [Circuit] { try parsedCircuits.get() }

  static func circuit(_ name: String = "portfolio_margin") throws -> Circuit {
    try #require(try (circuits() + [small()]).first { $0.name == name })
  }

  private static let parsedSmall = Result {
    let source = """
      circuit small version 1
      parameters snapshot
      let btc = instruments["BTC-PERP"]
      committed cash in 0 ... 2^20 - 1, position[btc] in 0 ... 2^8 - 1
      require "cover" : 1_000_000 * cash - theta * 100 * position[btc] >= 0 within 2^44
      """
    return try Circuit(parsing: Array(source.utf8), named: "small.circuit")
  }

  /// A rule that is proved in little time: cash covers a hundred quanta a lot, and the tier on top. Not one
  /// that the desk of other suites trusts.
  static func small() throws -> Circuit { try parsedSmall.get() }

  private static let published = Result { () -> [RiskSnapshot] in
    var snapshots: [RiskSnapshot] = []
    for epoch in 1...4 as ClosedRange<Int64> {
      var draft = draft()
      draft.epoch = epoch
      draft.prevHash = snapshots.last?.digest ?? .zero
      snapshots.append(try RiskSnapshot(draft))
    }
    return snapshots
  }

  /// The snapshot of an epoch, 1 to 4, each following the one before.
  static func snapshot(_ epoch: Int = 1) throws -> RiskSnapshot { try published.get()[epoch - 1] }

  /// The second snapshot with changes.
  static func variant(_ change: (inout SnapshotDraft) -> Void) throws -> RiskSnapshot {
    var draft = try snapshot(2).draft
    change(&draft)
    return try RiskSnapshot(draft)
  }

  /// Two perpetuals, one asset, two groups, one factor.
  static func draft() -> SnapshotDraft {
    var btc = Instrument(
      id: "BTC-PERP", lot: "0.001 BTC", group: "btc", markFloor: 63_718_970, markCeil: 63_718_971,
      pnlLong: [-10_195_036, 5_097_517], pnlShort: [10_195_035, -5_097_518])
    btc.long = [
      Bracket(capLots: 100, imPerLot: 1_274_380, mmPerLot: 637_190),
      Bracket(capLots: nil, imPerLot: 6_371_898, mmPerLot: 3_185_949),
    ]
    btc.short = btc.long
    btc.factors = [3_100_000]
    var eth = Instrument(
      id: "ETH-PERP", lot: "0.01 ETH", group: "eth", markFloor: 19_000_000, markCeil: 19_000_005,
      pnlLong: [-3_800_000], pnlShort: [3_799_999])
    eth.long = [Bracket(capLots: nil, imPerLot: 1_900_000, mmPerLot: 950_000)]
    eth.short = eth.long
    eth.maxLongLots = 5_000
    eth.maxShortLots = 4_000
    eth.factors = [700_000]
    let usdc = CollateralAsset(
      id: "USDC", lot: "0.01 USDC", tranches: [Tranche(capLots: nil, valIM: 9_990, valMM: 9_990)],
      debtIM: 10_100, debtMM: 10_050)
    let move = Scenario(weight: 1_000_000, price: -160_000, vol: 0)
    var draft = SnapshotDraft(
      epoch: 1, validFrom: 1_770_000_000, validTo: Int64(validTo),
      tiers: Tiers(maintenance: 1_000_000, initial: 1_050_000, closeOnly: 1_100_000),
      groups: [
        ScenarioGroup(id: "btc", scenarios: [move, move]),
        ScenarioGroup(id: "eth", scenarios: [move]),
      ],
      collateral: [usdc], instruments: [btc, eth])
    draft.bufferPpm = 1_150_000
    draft.graceEpochs = 1
    draft.factors = [RiskFactor(id: "level")]
    return draft
  }

  static func registry() throws -> Registry { try Registry(of: snapshot()) }

  /// A rule under a snapshot.
  static func rule(
    _ kind: MarginKind = .initial, circuit: String = "portfolio_margin", under snapshot: RiskSnapshot,
    reduction: Reduction? = nil
  ) throws -> MarginRule {
    try MarginRule(
      circuit: Market.circuit(circuit), snapshot: snapshot, kind: kind, registry: registry(),
      reduction: reduction)
  }

  /// Salt of this name.
  static func salt(_ name: String) throws -> Nonce {
    try #require(Nonce(Digest.sha256(of: Array(name.utf8)).bytes))
  }
}

/// Somebody with a book.
final class Trader: Sendable {
  let opening: AccountOpening
  let commitment: AccountCommitment

  /// Enough for every order of the tests: 1,000 USD of cash, 50,000 USDC, a few positions.
  static let covered: [String: Int64] = [
    "cash": 1_000_000_000, "holding/USDC": 5_000_000, "position/BTC-PERP": 12, "position/ETH-PERP": -8,
  ]

  init(_ name: String, _ amounts: [String: Int64] = Trader.covered) throws {
    let book = try Book(account: AccountID(name), registry: Market.registry()) { amounts[$0] ?? 0 }
    opening = AccountOpening(of: book)
    commitment = try opening.commitment()
  }

  private init(_ opening: consuming AccountOpening) throws {
    commitment = try opening.commitment()
    self.opening = opening
  }

  /// The trader after a fill.
  func after(_ fill: Fill) throws -> Trader {
    try Trader(try opening.applying(fill, in: Market.registry()))
  }

  func fill(_ deltas: [String: Int64]) throws -> Fill {
    try Fill(
      account: commitment.account, sequence: commitment.sequence,
      deltas: deltas.map { Fill.Delta(coordinate: $0.key, amount: $0.value) })
  }

  /// A request for admission: of standing, or for an order.
  func request(
    _ kind: MarginKind = .initial, order: Order? = nil, epoch: Int = 1, under snapshot: RiskSnapshot? = nil,
    circuit: String = "portfolio_margin", salt: String = "salt", saltNonce: Nonce? = nil,
    at now: Timestamp = Market.now, seconds: UInt64 = 600, to audience: Audience? = nil
  ) throws -> AdmissionRequest {
    let salt = try saltNonce ?? Market.salt(salt)
    let rule = try Market.rule(
      kind, circuit: circuit, under: snapshot ?? Market.snapshot(epoch), reduction: order?.reduction)
    let purpose = ProofRequest(
      audience: try audience ?? Market.venue(), nonce: AdmissionRequest.nonce(for: order, salt: salt),
      issued: now, expires: now.advanced(by: seconds))
    let envelope: ProofEnvelope
    if let order {
      let deltas = try #require(order.deltas)
      let fill = try Fill(
        account: commitment.account, sequence: commitment.sequence, deltas: deltas)
      envelope = try opening.applying(fill, in: Market.registry()).prove(rule, for: purpose, at: now)
    } else {
      envelope = try opening.prove(rule, for: purpose, at: now)
    }
    return AdmissionRequest(envelope: envelope, order: order, salt: salt)
  }

  // Shared: made once for all tests.

  private static let shared = Result { try Trader("desk-7") }
  private static let proofs = Result { () -> [String: AdmissionRequest] in
    let trader = try shared.get()
    return [
      "standing": try trader.request(salt: "standing"),
      "maintenance": try trader.request(.maintenance, salt: "maintenance"),
      "order": try trader.request(order: buy, salt: "order"),
      "reduce": try trader.request(.maintenance, order: reduce, salt: "reduce"),
      "epoch 2": try trader.request(epoch: 2, salt: "epoch 2"),
    ]
  }

  /// The trader desk-7.
  static func desk7() throws -> Trader { try shared.get() }

  /// A request of desk-7: "standing", "maintenance", "order", "reduce", "epoch 2".
  static func request(_ name: String) throws -> AdmissionRequest {
    try #require(try proofs.get()[name])
  }

  /// Five lots at 64 USD each, at worst.
  static let buy = Order(instrument: "BTC-PERP", side: .buy, lots: 5, cashPerLot: -64_000_000)
  /// Three lots sold at 63 USD each, at worst.
  static let reduce = Order(
    instrument: "BTC-PERP", side: .sell, lots: 3, cashPerLot: 63_000_000, intent: .reduce)
}

/// The keys of a venue, its custodian and its matching engine.
final class Keys: Sendable {
  private let seed: [UInt8]
  let venue: SigningKey
  let custodian = SigningKey(role: .custodian, seed: SecretBlock(count: 32) { _ in 2 })
  let engine = SigningKey(role: .matchingEngine, seed: SecretBlock(count: 32) { _ in 3 })

  /// The usual keys, or another venue's.
  init(seed: [UInt8]? = nil) {
    let seed = seed ?? [UInt8](repeating: 1, count: 32)
    self.seed = seed
    venue = SigningKey(role: .venue, seed: SecretBlock(count: 32) { seed[$0] })
  }

  /// The venue's key once more, for its log.
  func venueAgain() -> SigningKey {
    SigningKey(role: .venue, seed: SecretBlock(count: 32) { seed[$0] })
  }

  var parties: Counterparties {
    Counterparties(
      venue: venue.verificationKey, custodians: [custodian.verificationKey],
      matchingEngines: [engine.verificationKey])
  }
}

/// A desk with a ledger of its own.
struct Desk {
  let keys: Keys
  let store: any LedgerStore
  var admission: Admission

  /// A desk with the first snapshot in force, and the accounts of these traders open.
  init(
    policy: Policy = .production, traders: [Trader]? = nil, store: any LedgerStore = MemoryStore(),
    attestedFor seconds: UInt64 = 100_000, seed: [UInt8]? = nil
  ) throws {
    self.store = store
    keys = Keys(seed: seed)
    admission = try Self.admission(policy, store, keys)
    try publish(Market.snapshot())
    for trader in try traders ?? [Trader.desk7()] { try open(trader, for: seconds) }
  }

  private static func admission(
    _ policy: Policy, _ store: any LedgerStore, _ keys: Keys
  ) throws -> Admission {
    let charter = try Market.charter(policy: policy, parties: keys.parties)
    return try Admission(charter, ledger: Market.ledger(in: store, keys, charter))
  }

  func publish(_ snapshot: RiskSnapshot, at now: Timestamp = Market.now) throws {
    try admission.publish(published(snapshot), at: now)
  }

  func published(_ snapshot: RiskSnapshot) throws -> PublishedSnapshot {
    let endorsement = try SnapshotEndorsement(of: snapshot, by: Market.venue())
    return PublishedSnapshot(snapshot, endorsement: try Signed(endorsement, by: keys.venue))
  }

  func attestation(
    of account: AccountCommitment, for seconds: UInt64 = 100_000, pledgedTo venue: String? = nil,
    with others: Set<VerificationKey> = [], at issued: Timestamp = Market.now
  ) throws -> Signed<Attestation> {
    let attestation = try Attestation(
      account: account,
      pledgedTo: venue.map { try Audience($0, ledger: admission.venue.ledger) } ?? admission.venue,
      custodians: CustodianSet(others.union([keys.custodian.verificationKey])), issued: issued,
      expires: issued.advanced(by: seconds))
    return try Signed(attestation, by: keys.custodian)
  }

  func open(_ trader: Trader, for seconds: UInt64 = 100_000, at now: Timestamp = Market.now) throws {
    try admission.open([attestation(of: trader.commitment, for: seconds, at: now)], at: now)
  }

  func fill(_ fill: Fill, of trader: Trader, at now: Timestamp = Market.now) throws {
    try self.fill(fill, on: trader.commitment, at: now)
  }

  func fill(_ fill: Fill, on before: AccountCommitment, at now: Timestamp = Market.now) throws {
    try admission.fill(Signed(FillReport(of: fill, on: before), by: keys.engine), at: now)
  }

  /// The same desk after a restart.
  func reopened() throws -> Desk {
    var copy = self
    copy.admission = try Self.admission(admission.policy, store, keys)
    return copy
  }

  func review(_ request: AdmissionRequest, at now: Timestamp = Market.now) -> Verdict {
    admission.review(request, at: now)
  }

  func state(_ trader: Trader, at now: Timestamp = Market.now) throws -> AccountState {
    let account = trader.commitment.account
    return try #require(try admission.ledger.withState { $0.account(account, at: now) })
  }

  /// The reasons to refuse; none if it is not refused.
  func reasons(_ request: AdmissionRequest, at now: Timestamp = Market.now) -> [RefusalReason] {
    if case .refused(let reasons) = review(request, at: now) { reasons } else { [] }
  }
}

extension AdmissionRequest {
  /// The request with other parts in place of its own.
  func replacing(
    suite: String? = nil, circuitName: String? = nil, context: ProofContext? = nil,
    commitments: [EncodedPoint]? = nil, proof: [UInt8]? = nil, order: Order?? = nil, salt: Nonce? = nil
  ) -> AdmissionRequest {
    AdmissionRequest(
      envelope: ProofEnvelope(
        suite: suite ?? envelope.suite, circuitName: circuitName ?? envelope.circuitName,
        context: context ?? envelope.context, commitments: commitments ?? envelope.commitments,
        proof: proof.map { CircuitProof(bytes: $0) } ?? envelope.proof),
      order: order ?? self.order, salt: salt ?? self.salt)
  }

  /// The request with other parts of its context in place of its own.
  func changing(
    circuit: Digest? = nil, snapshot: Digest? = nil, registry: Digest? = nil,
    kind: MarginKind? = nil, account: String? = nil, sequence: UInt64? = nil,
    audience: String? = nil, nonce: Nonce? = nil, issued: UInt64? = nil, expires: UInt64? = nil,
    reduction: Reduction?? = nil
  ) throws -> AdmissionRequest {
    let context = envelope.context
    return replacing(
      context: try ProofContext(
        circuit: circuit ?? context.circuit, snapshot: snapshot ?? context.snapshot,
        registry: registry ?? context.registry, kind: kind ?? context.kind,
        account: try account.map { try AccountID($0) } ?? context.account,
        sequence: sequence ?? context.sequence,
        audience: try audience.map { try Audience($0, ledger: context.audience.ledger) } ?? context.audience,
        nonce: nonce ?? context.nonce,
        issued: issued.map { Timestamp(seconds: $0) } ?? context.issued,
        expires: expires.map { Timestamp(seconds: $0) } ?? context.expires,
        reduction: reduction ?? context.reduction))
  }
}
