import Admission
import Foundation
import PostgresStore
import SolvencyProver
import Testing

/// A venue whose desks share a ledger, and traders with proofs for it. Proofs take a while and are made once:
/// every ledger that begins with the same charter at the same moment has the same identity.
struct SharedVenue {
  static let now = Timestamp(seconds: 1_770_000_060)
  static let shared = Result { try SharedVenue() }

  private let key: [UInt8]
  private let circuit: Circuit
  private let snapshot: RiskSnapshot
  let requests: [AdmissionRequest]
  private let attestations: [Signed<Attestation>]
  private let charter: Charter

  private static func passphrase() throws -> Passphrase {
    guard let passphrase = Passphrase(Array("test".utf8)) else { throw CocoaError(.featureUnsupported) }
    return passphrase
  }

  private init() throws {
    let custodian = SigningKey.random(role: .custodian)
    let venue = SigningKey.random(role: .venue)
    key = try KeyFile.sealed(venue, with: Self.passphrase(), cost: .interactive)
    let source = """
      circuit small version 1
      parameters snapshot
      let btc = instruments["BTC-PERP"]
      committed cash in 0 ... 2^20 - 1, position[btc] in 0 ... 2^8 - 1
      require "cover" : 1_000_000 * cash - theta * 100 * position[btc] >= 0 within 2^44
      """
    circuit = try Circuit(parsing: Array(source.utf8), named: "small.circuit")
    snapshot = try Self.snapshot()
    let parties = Counterparties(
      venue: venue.verificationKey, custodians: [custodian.verificationKey], matchingEngines: [])
    charter = try Charter(
      venue: Audience("Test Exchange"), parties: parties, policy: .production, circuits: [circuit],
      convexity: ConvexityList([circuit.digest: "cash and positions are linear in the book"]))
    let founding = try Ledger(
      store: MemoryStore(), signer: LogSigner(KeyFile.open(key, with: Self.passphrase())))
    try founding.adopt(charter, at: Self.now)
    let audience = try Admission(charter, ledger: founding).venue
    let registry = try Registry(of: snapshot)
    var (requests, attestations) = ([AdmissionRequest](), [Signed<Attestation>]())
    for number in 0..<6 {
      let amounts: [String: Int64] = ["cash": 2_000, "position/BTC-PERP": 2]
      let opening = AccountOpening(
        of: try Book(account: AccountID("trader-\(number)"), registry: registry) { amounts[$0] ?? 0 })
      let attestation = try Attestation(
        account: opening.commitment(), pledgedTo: audience,
        custodians: CustodianSet([custodian.verificationKey]),
        issued: Self.now, expires: Self.now.advanced(by: 90_000))
      attestations.append(try Signed(attestation, by: custodian))
      let rule = try MarginRule(circuit: circuit, snapshot: snapshot, kind: .initial, registry: registry)
      for _ in 0..<3 {
        let salt = Nonce.random()
        let purpose = ProofRequest(
          audience: audience, nonce: AdmissionRequest.nonce(for: nil, salt: salt), issued: Self.now,
          expires: Self.now.advanced(by: 600))
        requests.append(
          AdmissionRequest(envelope: try opening.prove(rule, for: purpose, at: Self.now), salt: salt))
      }
    }
    (self.requests, self.attestations) = (requests, attestations)
  }

  private static func snapshot() throws -> RiskSnapshot {
    var btc = Instrument(
      id: "BTC-PERP", lot: "0.001 BTC", group: "btc", markFloor: 63_718_970, markCeil: 63_718_971,
      pnlLong: [-10_195_036], pnlShort: [10_195_035])
    btc.long = [Bracket(capLots: nil, imPerLot: 6_371_898, mmPerLot: 3_185_949)]
    btc.short = btc.long
    let usdc = CollateralAsset(
      id: "USDC", lot: "0.01 USDC", tranches: [Tranche(capLots: nil, valIM: 9_990, valMM: 9_990)],
      debtIM: 10_100,
      debtMM: 10_050)
    var draft = SnapshotDraft(
      epoch: 1, validFrom: 1_770_000_000, validTo: 1_770_100_000,
      tiers: Tiers(maintenance: 1_000_000, initial: 1_050_000, closeOnly: 1_100_000),
      groups: [ScenarioGroup(id: "btc", scenarios: [Scenario(weight: 1_000_000, price: -160_000, vol: 0)])],
      collateral: [usdc], instruments: [btc])
    draft.bufferPpm = 1_150_000
    draft.graceEpochs = 1
    return try RiskSnapshot(draft)
  }

  /// A desk on a store: it founds the ledger if that is empty.
  func desk(on store: any LedgerStore) throws -> Admission {
    let ledger = try Ledger(store: store, signer: LogSigner(KeyFile.open(key, with: Self.passphrase())))
    if ledger.head.count == 0 { try ledger.adopt(charter, at: Self.now) }
    return try Admission(charter, ledger: ledger)
  }

  /// Puts the snapshot in force, and opens the accounts.
  func begin(_ desk: Admission) throws {
    let endorsement = SnapshotEndorsement(of: snapshot, by: try Audience("Test Exchange"))
    try desk.publish(
      PublishedSnapshot(
        snapshot, endorsement: Signed(endorsement, by: KeyFile.open(key, with: Self.passphrase()))),
      at: Self.now)
    for attestation in attestations { try desk.open([attestation], at: Self.now) }
  }

  /// Whose log it is.
  var verificationKey: VerificationKey { charter.parties.venue }
}
