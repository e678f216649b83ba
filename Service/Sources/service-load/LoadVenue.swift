import Admission
import AdmissionStore
import Foundation
import ServiceFixtures
import SolvencyProver
import SolvencyService

/// A venue with many accounts under portfolio margin, and one request of each that is admitted: what a desk
/// is measured with.
///
/// The ledger is copied before each measurement, so that the same requests are admitted in each.
struct LoadVenue {
  /// The directory of everything: `venue.key`, `log.key`, `passphrase`, `ledger/`, `requests.jsonl`,
  /// `proof.json`.
  let folder: String
  /// One request of each account, as it is sent.
  let requests: [[UInt8]]
  /// The proof of the first request, as it is sent.
  let proof: [UInt8]

  static let name = "Example Exchange"
  static let passphrase = "the load's own"
  private static let circuitName = "portfolio-margin"

  /// The venue that was made in a directory.
  ///
  /// - Throws: what Foundation throws if something is missing there.
  init(madeAt folder: String) throws {
    func lines(_ name: String) throws -> [[UInt8]] {
      let data = try Data(contentsOf: URL(fileURLWithPath: folder + "/" + name))
      return data.split(separator: UInt8(ascii: "\n")).map { Array($0) }
    }
    self.folder = folder
    requests = try lines("requests.jsonl")
    proof = try lines("proof.json").first ?? []
  }

  /// Makes keys, ledger, accounts and requests.
  ///
  /// - Parameter progress: called with the number of requests made so far.
  /// - Throws: whatever stands in the way.
  init(
    at folder: String, accounts: Int, snapshot: RiskSnapshot, now: Timestamp, progress: (Int) -> Void
  ) throws {
    self.folder = folder
    guard let text = BuiltInCircuits.sources.first(where: { $0.name == Self.circuitName })?.text,
      let passphrase = Passphrase(Array(Self.passphrase.utf8))
    else { throw FixtureError.setup }
    let circuit = try Circuit(parsing: Array(text.utf8), named: Self.circuitName + ".circuit")
    let venueKey = SigningKey.random(role: .venue)
    let logKey = SigningKey.random(role: .log)
    let custodian = SigningKey.random(role: .custodian)
    let engine = SigningKey.random(role: .matchingEngine)
    let parties = Counterparties(
      venue: venueKey.verificationKey, custodians: [custodian.verificationKey],
      matchingEngines: [engine.verificationKey])
    let file = DeskFile(
      venue: try Audience(Self.name), parties: parties, policy: .production, convexity: .shipped)
    try FixtureFiles.makeFolder(folder + "/ledger/circuits")
    try FixtureFiles.write(file.json.encoded(.indented), to: folder + "/ledger/desk.json")
    try FixtureFiles.write(Array(text.utf8), to: folder + "/ledger/circuits/\(Self.circuitName).circuit")
    try FixtureFiles.write(
      try KeyFile.sealed(venueKey, with: passphrase, cost: .interactive), to: folder + "/venue.key")
    try FixtureFiles.write(
      try KeyFile.sealed(logKey, with: passphrase, cost: .interactive), to: folder + "/log.key")
    try FixtureFiles.write(Array((Self.passphrase + "\n").utf8), to: folder + "/passphrase")
    _ = try SQLiteStore(creating: folder + "/ledger/ledger.sqlite")

    // The desk that founds the ledger and opens the accounts; a server takes over from it.
    let endorsement = SnapshotEndorsement(of: snapshot, by: try Audience(Self.name))
    let published = PublishedSnapshot(snapshot, endorsement: try Signed(endorsement, by: venueKey))
    let keys = FolderLedger.Keys(venue: venueKey, log: FolderLedger.Keys.LogKey(logKey, named: "log.example"))
    let ledger = try FolderLedger(folder + "/ledger", keys: keys)
    let desk = ledger.admission
    try desk.publish(published, at: now)
    let audience = desk.venue
    let registry = try Registry(of: snapshot)
    let rule = try MarginRule(circuit: circuit, snapshot: snapshot, kind: .initial, registry: registry)
    var made: [[UInt8]] = []
    made.reserveCapacity(accounts)
    var first: [UInt8] = []
    for place in 0..<accounts {
      let book = try Book(account: AccountID("load-\(place)"), registry: registry) {
        $0 == Registry.cash ? 1_000_000_000 + Int64(place) : 0
      }
      let opening = AccountOpening(of: book)
      let attestation = try Attestation(
        account: opening.commitment(), pledgedTo: audience,
        custodians: CustodianSet([custodian.verificationKey]), issued: now,
        expires: now.advanced(by: 100_000))
      try desk.open([try Signed(attestation, by: custodian)], at: now)
      let salt = Nonce.random()
      let purpose = ProofRequest(
        audience: audience, nonce: AdmissionRequest.nonce(for: nil, salt: salt), issued: now,
        expires: now.advanced(by: 3_000))
      let request = AdmissionRequest(envelope: try opening.prove(rule, for: purpose, at: now), salt: salt)
      if first.isEmpty { first = request.envelope.encoded() }
      made.append(request.json.encoded())
      progress(place + 1)
    }
    (requests, proof) = (made, first)
    ledger.close()
    try FixtureFiles.write(
      Array(made.joined(separator: [UInt8(ascii: "\n")])), to: folder + "/requests.jsonl")
    try FixtureFiles.write(first, to: folder + "/proof.json")
  }

  /// The venue's keys, from its files.
  ///
  /// - Throws: whatever stands in the way.
  static func keys(of folder: String) throws -> FolderLedger.Keys {
    guard let passphrase = Passphrase(Array(passphrase.utf8)) else { throw FixtureError.setup }
    func key(_ name: String) throws -> SigningKey {
      let bytes = Array(try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(name).key")))
      return try KeyFile.open(bytes, with: passphrase)
    }
    return FolderLedger.Keys(venue: try key("venue"), log: .init(try key("log"), named: "log.example"))
  }
}
