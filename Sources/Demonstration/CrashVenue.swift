internal import Admission
internal import CanonicalBytes
internal import CircuitLanguage
internal import CommandSupport
internal import Foundation
internal import MarginRules
internal import MarketData
internal import RiskEngine
internal import Solvency
internal import SolvencyVerifier

/// The venue of the demonstration's second act: perpetuals on a made-up market that crashes, an engine that
/// publishes epochs of it, and a desk with a ledger on disk.
struct CrashVenue {
  static let name = "Example Exchange"
  /// The rules that accounts of the act prove.
  static let circuits = ["portfolio-margin", "cross-margin", "value-at-risk", "collateral-ratio"]

  /// Six hours between proofs in normal markets and so an hour and a half in extreme ones; half an hour of
  /// grace.
  private static let schedule = MarginCallSchedule(
    interval: 6 * 3_600, shortest: 900, longest: 86_400, afterFill: 600, grace: 1_800)

  /// The venue, and its ledger once that has begun.
  var audience: Audience { desk.venue }
  let keys = DeskKeys()
  let folder: LedgerFolder
  let desk: Admission
  private(set) var registry: Registry
  private let engine: SnapshotPublisher
  private var state = EngineState.initial
  private(set) var snapshots: [RiskSnapshot] = []
  private let crash: Int64

  /// - Parameter path: where the ledger directory is made.
  init(seed: UInt64, ledger path: String) throws(ToolFailure) {
    let (name, keys) = (Self.name, keys)
    let audience = try ToolFailure.wrapping("demo") { try Audience(name) }
    let synthetic = SyntheticMarket(seed: seed, scenario: .crash, days: 40)
    // Prices begin to fall two days before the market's end.
    crash = synthetic.end - 2 * 86_400
    engine = try ToolFailure.wrapping("demo market") {
      var market = try synthetic.market()
      market.instruments.removeAll { $0.kind != .perpetual }
      // This venue publishes by the hour, in a crash as well.
      var configuration = EngineConfiguration.standard
      try configuration.set(.callLeast, to: 3_600)
      return try SnapshotPublisher(market: market, configuration: configuration, tracing: .none)
    }
    var policy = Policy.production
    policy.schedule = Self.schedule
    try LedgerFolder.make(
      path, venue: audience, parties: keys.parties, policy: policy, circuits: Self.circuits)
    folder = try LedgerFolder(path)
    desk = try folder.desk(keys.venue())
    registry = try ToolFailure.wrapping("demo market") { try Registry(names: [Registry.cash]) }
  }

  /// The moment `seconds` seconds after prices began to fall.
  func moment(_ seconds: Int64) -> Timestamp {
    Timestamp(seconds: UInt64(clamping: crash + seconds))
  }

  /// Publishes the epoch of a moment, some seconds after prices began to fall.
  mutating func publish(at seconds: Int64) throws(ToolFailure) -> Rulebook {
    let (engine, state, previous, time) = (engine, state, snapshots.last?.digest, crash + seconds)
    let publication = try ToolFailure.wrapping("demo market") {
      try engine.publish(at: time, state: state, previous: previous ?? .zero, beacon: .zero)
    }
    self.state = publication.state
    let snapshot = publication.snapshot
    snapshots.append(snapshot)
    let (desk, audience, keys) = (desk, audience, keys)
    try ToolFailure.wrapping(folder.path) {
      let endorsement = SnapshotEndorsement(of: snapshot, by: audience)
      try desk.publish(
        PublishedSnapshot(snapshot, endorsement: try Signed(endorsement, by: keys.venue())),
        at: Timestamp(seconds: UInt64(clamping: time)))
    }
    registry = try Documents.registry(of: snapshot, at: "demo market")
    return try Rulebook(snapshot, registry: registry)
  }

  /// A custodian's word for accounts, and their opening at the desk.
  func open(_ accounts: [DemoTrader], at now: Timestamp) throws(ToolFailure) -> [Signed<Attestation>] {
    var attestations: [Signed<Attestation>] = []
    for (index, account) in accounts.enumerated() {
      Console.progress("open", index, of: accounts.count)
      let attestation = try attestation(of: account, at: now)
      let desk = desk
      _ = try ToolFailure.wrapping(account.name) { try desk.open([attestation], at: now) }
      attestations.append(attestation)
    }
    Console.progress("open", accounts.count, of: accounts.count)
    return attestations
  }

  /// A custodian's word for an account that it pledges to this venue for a day.
  func attestation(
    of account: DemoTrader, at now: Timestamp
  ) throws(ToolFailure) -> Signed<Attestation> {
    let (audience, keys) = (audience, keys)
    return try ToolFailure.wrapping(account.name) {
      try Signed(
        Attestation(
          account: account.commitment, pledgedTo: audience,
          custodians: CustodianSet([keys.custodian.verificationKey]), issued: now,
          expires: now.advanced(by: 86_400)), by: keys.custodian)
    }
  }
}

/// The rules of one epoch.
struct Rulebook: Sendable {
  let snapshot: RiskSnapshot
  private let rules: [String: [MarginKind: MarginRule]]

  fileprivate init(_ snapshot: RiskSnapshot, registry: Registry) throws(ToolFailure) {
    self.snapshot = snapshot
    var rules: [String: [MarginKind: MarginRule]] = [:]
    for name in CrashVenue.circuits {
      let circuit = try Documents.circuit(name)
      for kind in [MarginKind.initial, .maintenance] {
        rules[name, default: [:]][kind] = try ToolFailure.wrapping(name) {
          try MarginRule(circuit: circuit, snapshot: snapshot, kind: kind, registry: registry)
        }
      }
    }
    self.rules = rules
  }

  /// The rule of a circuit, for the margin of this kind.
  func rule(_ circuit: String, _ kind: MarginKind) -> MarginRule? { rules[circuit]?[kind] }

  /// The most that a first position in an instrument may be worth beside its margin.
  func leverage(of instrument: String) -> Double? {
    guard let listed = snapshot.instruments.first(where: { $0.id == instrument }),
      let rate = listed.long.first?.imPerLot, rate > 0
    else { return nil }
    return Double(listed.markCeil) / Double(rate)
  }
}
