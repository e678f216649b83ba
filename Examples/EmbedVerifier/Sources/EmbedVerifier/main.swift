import Admission
import AdmissionStore
import Foundation

func file(_ name: String) throws -> [UInt8] { Array(try Data(contentsOf: URL(filePath: name))) }

// Who decides, and whose word counts.
func venueKey() throws -> SigningKey {
  let passphrase = ProcessInfo.processInfo.environment["SOLVENCY_PASSPHRASE"] ?? ""
  guard let passphrase = Passphrase(Array(passphrase.utf8)) else { exit(64) }
  return try KeyFile.open(file("venue.key"), with: passphrase)
}
let signer = try LogSigner(venueKey())
let parties = Counterparties(
  venue: signer.verificationKey,
  custodians: [try PublicKeyFile(decoding: file("custodian.key.pub")).key], matchingEngines: [])

// The desk, on a ledger of its own.
let store = try (try? SQLiteStore(opening: "ledger.sqlite")) ?? SQLiteStore(creating: "ledger.sqlite")
let ledger = try Ledger(store: store, signer: signer)
let desk = try Admission(
  policy: .production, venue: Audience("Example Exchange"), parties: parties, ledger: ledger,
  circuits: [Circuit(parsing: file("portfolio-margin.circuit"), named: "portfolio-margin.circuit")])
let now = Timestamp(seconds: UInt64(CommandLine.arguments[1]) ?? 0)
guard let identity = desk.venue.ledger else {
  // The first snapshot founds the ledger. Custodians and traders name its identity in what they sign and
  // prove.
  try desk.publish(
    PublishedSnapshot(
      RiskSnapshot(json: file("snapshot.json")), endorsement: Signed(decoding: file("snapshot.sig.json"))),
    at: now)
  print("\(desk.venue.ledger?.description ?? "")")
  exit(0)
}
print("ledger \(identity)")
try desk.open([Signed(decoding: file("attestation.json"))], at: now)
for name in CommandLine.arguments.dropFirst(2) {
  switch desk.review(json: try file(name), at: now) {
  case .admitted(let receipt): print("\(name): admitted until \(receipt.until)")
  case .reduceOnly(let receipt): print("\(name): reduce-only until \(receipt.until)")
  case .refused(let reasons): print("\(name): refused: \(reasons.map(\.code).joined(separator: ", "))")
  }
}
