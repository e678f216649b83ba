public import Admission
internal import AdmissionStore
public import SolvencyProver
public import SolvencyService

/// A small venue on disk, as an operator makes one: keys in files, a ledger directory, snapshots it has
/// signed. For tests, for the demonstration's plumbing and for measuring; its rule is proved in milliseconds.
public final class FixtureVenue: Sendable {
  /// The moment at which its snapshots begin to apply.
  public let start: Timestamp
  /// Where its files are.
  public let path: String
  /// The custodian's key.
  public let custodian = SigningKey.random(role: .custodian)
  /// The matching engine's key.
  public let engine = SigningKey.random(role: .matchingEngine)
  /// The circuit that accounts prove.
  public let circuit: Circuit
  /// Its name.
  public let name: String
  /// The directory of its ledger.
  public var ledgerPath: String { path + "/ledger" }
  /// The file of its key, under ``passphrase``.
  public var venueKeyPath: String { path + "/venue.key" }
  /// The file of its log's key.
  public var logKeyPath: String { path + "/log.key" }
  /// The file of its passphrase.
  public var passphrasePath: String { path + "/passphrase" }
  /// Its log's key, as others know it.
  public let logKeyFile: PublicKeyFile
  /// The passphrase of its keys.
  public static let passphrase = "correct horse battery staple"
  private let venueKey: [UInt8]
  private let logKey: [UInt8]

  /// Cash covers a hundred quanta a lot, and the tier on top.
  public static let circuitSource = """
    circuit small version 1
    parameters snapshot
    let btc = instruments["BTC-PERP"]
    committed cash in 0 ... 2^20 - 1, position[btc] in 0 ... 2^8 - 1
    require "cover" : 1_000_000 * cash - theta * 100 * position[btc] >= 0 within 2^44
    """

  /// Makes the venue's files below a folder that is there.
  ///
  /// - Throws: whatever stands in the way.
  public init(
    at path: String, start: Timestamp = Timestamp(seconds: 1_770_000_000),
    named name: String = "Test Exchange",
    policy: Policy = .production
  ) throws {
    (self.path, self.start, self.name) = (path, start, name)
    circuit = try Circuit(parsing: Array(Self.circuitSource.utf8), named: "small.circuit")
    let venue = SigningKey.random(role: .venue)
    let log = SigningKey.random(role: .log)
    guard let passphrase = Passphrase(Array(Self.passphrase.utf8)) else { throw FixtureError.setup }
    venueKey = try KeyFile.sealed(venue, with: passphrase, cost: .interactive)
    logKeyFile = PublicKeyFile(of: log)
    logKey = try KeyFile.sealed(log, with: passphrase, cost: .interactive)
    try FixtureFiles.write(venueKey, to: path + "/venue.key")
    try FixtureFiles.write(logKey, to: path + "/log.key")
    try FixtureFiles.write(Array((Self.passphrase + "\n").utf8), to: path + "/passphrase")
    let parties = Counterparties(
      venue: venue.verificationKey, custodians: [custodian.verificationKey],
      matchingEngines: [engine.verificationKey])
    let convexity = ConvexityList([circuit.digest: "cash and positions are linear in the book"])
    let file = DeskFile(venue: try Audience(name), parties: parties, policy: policy, convexity: convexity)
    try FixtureFiles.makeFolder(path + "/ledger/circuits")
    try FixtureFiles.write(file.json.encoded(.indented), to: path + "/ledger/desk.json")
    try FixtureFiles.write(Array(Self.circuitSource.utf8), to: path + "/ledger/circuits/small.circuit")
    _ = try SQLiteStore(creating: path + "/ledger/ledger.sqlite")
  }

  /// The venue's key, unlocked once more.
  ///
  /// - Throws: whatever stands in the way.
  public func key() throws -> SigningKey { try Self.open(venueKey) }

  private static func open(_ file: [UInt8]) throws -> SigningKey {
    guard let passphrase = Passphrase(Array(passphrase.utf8)) else { throw FixtureError.setup }
    return try KeyFile.open(file, with: passphrase)
  }

  /// The ledger, as a server opens it.
  ///
  /// - Throws: whatever stands in the way.
  public func ledger(signsLog: Bool = true) throws -> FolderLedger {
    if signsLog {
      let log = FolderLedger.Keys.LogKey(try Self.open(logKey), named: "log.example")
      return try FolderLedger(ledgerPath, keys: FolderLedger.Keys(venue: try key(), log: log))
    }
    return try FolderLedger(ledgerPath, keys: FolderLedger.Keys(venue: try key()))
  }

  /// A snapshot of the venue's chain: epochs last a day, each after the one before.
  ///
  /// - Parameter change: changes the draft before it is made.
  /// - Throws: whatever stands in the way.
  public func snapshot(
    epoch: Int64 = 1, after previous: RiskSnapshot? = nil, _ change: (inout SnapshotDraft) -> Void = { _ in }
  ) throws -> RiskSnapshot {
    var btc = Instrument(
      id: "BTC-PERP", lot: "0.001 BTC", group: "btc", markFloor: 63_718_970, markCeil: 63_718_971,
      pnlLong: [-10_195_036], pnlShort: [10_195_035])
    btc.long = [Bracket(capLots: nil, imPerLot: 6_371_898, mmPerLot: 3_185_949)]
    btc.short = btc.long
    let usdc = CollateralAsset(
      id: "USDC", lot: "0.01 USDC", tranches: [Tranche(capLots: nil, valIM: 9_990, valMM: 9_990)],
      debtIM: 10_100,
      debtMM: 10_050)
    let begin = Int64(start.seconds)
    var draft = SnapshotDraft(
      epoch: epoch, validFrom: begin, validTo: begin + 100_000 + (epoch - 1) * 86_400,
      tiers: Tiers(maintenance: 1_000_000, initial: 1_050_000, closeOnly: 1_100_000),
      groups: [ScenarioGroup(id: "btc", scenarios: [Scenario(weight: 1_000_000, price: -160_000, vol: 0)])],
      collateral: [usdc], instruments: [btc])
    draft.bufferPpm = 1_150_000
    draft.graceEpochs = 1
    draft.prevHash = previous?.digest ?? .zero
    change(&draft)
    return try RiskSnapshot(draft)
  }

  /// A snapshot as it is put in force.
  ///
  /// - Parameter signer: the venue's own key, if none is given.
  /// - Throws: whatever stands in the way.
  public func published(_ snapshot: RiskSnapshot) throws -> PublishedSnapshot {
    let endorsement = SnapshotEndorsement(of: snapshot, by: try Audience(name))
    return PublishedSnapshot(snapshot, endorsement: try Signed(endorsement, by: try key()))
  }

  /// A custodian's word for a trader.
  ///
  /// - Throws: whatever stands in the way.
  public func attestation(
    of trader: FixtureTrader, to audience: Audience, issued: Timestamp? = nil, seconds: UInt64 = 90_000
  ) throws -> Signed<Attestation> {
    let issued = issued ?? start
    let attestation = try Attestation(
      account: trader.commitment, pledgedTo: audience, custodians: CustodianSet([custodian.verificationKey]),
      issued: issued, expires: issued.advanced(by: seconds))
    return try Signed(attestation, by: custodian)
  }

  /// A report of the matching engine.
  ///
  /// - Throws: whatever stands in the way.
  public func report(_ deltas: [String: Int64], of trader: FixtureTrader) throws -> Signed<FillReport> {
    let fill = try Fill(
      account: trader.commitment.account, sequence: trader.commitment.sequence,
      deltas: deltas.sorted { $0.key < $1.key }.map { Fill.Delta(coordinate: $0.key, amount: $0.value) })
    return try Signed(FillReport(of: fill, on: trader.commitment), by: engine)
  }
}

/// What can be wrong with a fixture.
public enum FixtureError: Error, Hashable, Sendable {
  /// It cannot be set up.
  case setup
  /// A file cannot be written: the system's number.
  case file(Int32)
}

/// Somebody with a book at a ``FixtureVenue``.
public final class FixtureTrader: Sendable {
  /// What nobody else sees.
  public let opening: AccountOpening
  /// What everybody may see.
  public let commitment: AccountCommitment
  /// The coordinates of the book.
  public let registry: Registry

  /// Somebody with these amounts by coordinate.
  ///
  /// - Throws: whatever stands in the way.
  public init(
    _ name: String, _ amounts: [String: Int64] = ["cash": 2_000, "position/BTC-PERP": 2], registry: Registry
  ) throws {
    let book = try Book(account: AccountID(name), registry: registry) { amounts[$0] ?? 0 }
    self.registry = registry
    opening = AccountOpening(of: book)
    commitment = try opening.commitment()
  }

  /// A proof of standing.
  ///
  /// - Throws: whatever stands in the way.
  public func request(
    _ kind: MarginKind = .initial, under snapshot: RiskSnapshot, circuit: Circuit, to audience: Audience,
    salt: Nonce = .random(), at now: Timestamp, seconds: UInt64 = 600
  ) throws -> AdmissionRequest {
    let rule = try MarginRule(circuit: circuit, snapshot: snapshot, kind: kind, registry: registry)
    let purpose = ProofRequest(
      audience: audience, nonce: AdmissionRequest.nonce(for: nil, salt: salt), issued: now,
      expires: now.advanced(by: seconds))
    return AdmissionRequest(envelope: try opening.prove(rule, for: purpose, at: now), salt: salt)
  }
}
