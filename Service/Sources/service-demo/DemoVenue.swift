import Admission
import AdmissionStore
import RiskEngine
import ServiceFixtures
import SolvencyProver
import SolvencyService

/// The venue of the demonstration: perpetuals on a made-up market that crashes, an engine that publishes
/// epochs of it by the hour, keys, and a ledger directory. Time runs faster than the clock on the wall.
final class DemoVenue: Sendable {
  static let name = "Example Exchange"
  static let circuitName = "portfolio-margin"

  let folder: String
  let custodian = SigningKey.random(role: .custodian)
  let engine = SigningKey.random(role: .matchingEngine)
  let circuit: Circuit
  private let venueKey: [UInt8]
  private let logKey: [UInt8]
  private let publisher: SnapshotPublisher
  /// The moment at which prices begin to fall.
  let crash: Int64
  private static let passphrase = "the demonstration's own"

  init(folder: String, seed: UInt64, now: UInt64, hoursBefore: Int64) throws {
    self.folder = folder
    guard let text = BuiltInCircuits.sources.first(where: { $0.name == Self.circuitName })?.text,
      let passphrase = Passphrase(Array(Self.passphrase.utf8))
    else { throw FixtureError.setup }
    circuit = try Circuit(parsing: Array(text.utf8), named: Self.circuitName + ".circuit")
    let venue = SigningKey.random(role: .venue)
    let log = SigningKey.random(role: .log)
    venueKey = try KeyFile.sealed(venue, with: passphrase, cost: .interactive)
    logKey = try KeyFile.sealed(log, with: passphrase, cost: .interactive)
    // The market's crash is made to begin a while from now.
    let days: Int64 = 40
    let start = Int64(now) + hoursBefore * 3_600 - (days - 2) * 86_400
    let synthetic = SyntheticMarket(seed: seed, scenario: .crash, days: Int(days), start: start)
    crash = synthetic.end - 2 * 86_400
    var market = try synthetic.market()
    market.instruments.removeAll { $0.kind != .perpetual }
    var configuration = EngineConfiguration.standard
    try configuration.set(.callLeast, to: 3_600)
    publisher = try SnapshotPublisher(market: market, configuration: configuration, tracing: .none)
    var policy = Policy.production
    policy.schedule = MarginCallSchedule(
      interval: 6 * 3_600, shortest: 900, longest: 86_400, afterFill: 3_600, grace: 3_600)
    policy.clockSkew = 120
    let parties = Counterparties(
      venue: venue.verificationKey, custodians: [custodian.verificationKey],
      matchingEngines: [engine.verificationKey])
    let file = DeskFile(venue: try Audience(Self.name), parties: parties, policy: policy, convexity: .shipped)
    try FixtureFiles.makeFolder(folder + "/ledger/circuits")
    try FixtureFiles.write(file.json.encoded(.indented), to: folder + "/ledger/desk.json")
    try FixtureFiles.write(Array(text.utf8), to: folder + "/ledger/circuits/\(Self.circuitName).circuit")
    _ = try SQLiteStore(creating: folder + "/ledger/ledger.sqlite")
  }

  private func key(_ file: [UInt8]) throws -> SigningKey {
    guard let passphrase = Passphrase(Array(Self.passphrase.utf8)) else { throw FixtureError.setup }
    return try KeyFile.open(file, with: passphrase)
  }

  func ledger() throws -> FolderLedger {
    let log = FolderLedger.Keys.LogKey(try key(logKey), named: "log.example")
    return try FolderLedger(folder + "/ledger", keys: FolderLedger.Keys(venue: try key(venueKey), log: log))
  }

  /// The snapshot of a moment after another, signed.
  func publish(
    at moment: UInt64, after state: EngineState, _ previous: RiskSnapshot?
  ) throws -> (published: PublishedSnapshot, state: EngineState) {
    let publication = try publisher.publish(
      at: Int64(moment), state: state, previous: previous?.digest ?? .zero, beacon: .zero)
    let endorsement = SnapshotEndorsement(of: publication.snapshot, by: try Audience(Self.name))
    return (
      PublishedSnapshot(publication.snapshot, endorsement: try Signed(endorsement, by: try key(venueKey))),
      publication.state
    )
  }
}

/// A trader of the demonstration: a secret book in perpetuals, and the account that the desk sees.
final class DemoTrader: Sendable {
  let name: String
  let registry: Registry
  let opening: AccountOpening
  let commitment: AccountCommitment

  init(_ name: String, _ amounts: [String: Int64], _ registry: Registry) throws {
    let book = try Book(account: AccountID(name), registry: registry) { amounts[$0] ?? 0 }
    (self.name, self.registry) = (name, registry)
    opening = AccountOpening(of: book)
    commitment = try opening.commitment()
  }

  private init(_ name: String, _ registry: Registry, _ opening: consuming AccountOpening) throws {
    (self.name, self.registry) = (name, registry)
    commitment = try opening.commitment()
    self.opening = opening
  }

  /// Draws positions up to some share of what the cash carries: some live near the edge, and the crash
  /// reaches them.
  static func draw(
    _ name: String, under snapshot: RiskSnapshot, _ registry: Registry,
    using random: inout some RandomNumberGenerator
  ) throws -> DemoTrader {
    let cash = Int64.random(in: 20_000...200_000, using: &random) * 1_000_000
    var amounts = [Registry.cash: cash]
    let use = Double.random(in: 0.05...0.8, using: &random)
    for instrument in snapshot.instruments {
      guard let bracket = instrument.long.first, bracket.imPerLot > 0 else { continue }
      let share = use * Double(cash) / Double(snapshot.instruments.count) / Double(bracket.imPerLot)
      let most = Double(
        min(instrument.maxLongLots ?? .max, instrument.maxShortLots ?? .max, bracket.capLots ?? .max))
      let lots = Int64(min(share, most / 2))
      // Two of three are long, as before most crashes.
      amounts[Registry.position(instrument.id)] = Int.random(in: 0..<3, using: &random) < 2 ? lots : -lots
    }
    return try DemoTrader(name, amounts, registry)
  }

  /// The proof of the greatest margin that the book meets; nil if it meets none.
  func request(
    _ rules: [MarginKind: MarginRule], to audience: Audience, at now: Timestamp
  ) throws -> AdmissionRequest? {
    for kind in [MarginKind.initial, .maintenance] {
      guard let rule = rules[kind] else { continue }
      let salt = Nonce.random()
      let purpose = ProofRequest(
        audience: audience, nonce: AdmissionRequest.nonce(for: nil, salt: salt), issued: now,
        expires: now.advanced(by: 3_000))
      do throws(ProverError) {
        return AdmissionRequest(envelope: try opening.prove(rule, for: purpose, at: now), salt: salt)
      } catch {
        switch error {
        case .insolvent, .beyondCircuit: continue
        default: throw error
        }
      }
    }
    return nil
  }

  /// The account after a fill.
  func after(_ fill: Fill) throws -> DemoTrader {
    try DemoTrader(name, registry, try opening.applying(fill, in: registry))
  }
}
