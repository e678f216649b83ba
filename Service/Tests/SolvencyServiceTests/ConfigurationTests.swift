import Admission
import CanonicalBytes
import ServiceFixtures
import SolvencyVerifier
import Testing

@testable import SolvencyService

@Suite("Configuration")
struct ConfigurationTests {
  private func read(_ text: String, _ environment: [String: String] = [:]) throws -> ServiceConfiguration {
    try ServiceConfiguration(decoding: Array(text.utf8), environment: environment)
  }

  @Test("a file is read, and the environment counts more")
  func reading() throws {
    let text = """
      {"version": 1, "ledger": {"folder": "desk"}, "listen": {"host": "::1", "port": 9000},
       "access": {"anonymous": ["read"], "tokens": [{"name": "ops", "roles": ["publish", "read"],
         "sha256": "\(Digest.sha256(of: [1]))", "expires": 1800000000}]},
       "limits": {"burst": 7, "slowSeconds": 3}, "batching": {"size": 32, "most": 96}, "logging": {"level": "debug"}}
      """
    let plain = try read(text)
    #expect(
      plain.port == 9_000 && plain.host == "::1" && plain.ledger == .folder("desk") && plain.keys == nil)
    #expect(plain.settings.anonymousRoles == [.read])
    #expect(plain.settings.tokens.entries.first?.roles == [.publish, .read])
    #expect(plain.settings.limits.burst == 7 && plain.settings.limits.slowSeconds == 3)
    let batching = plain.settings.batching
    #expect(batching.size == 32 && batching.most == 96 && batching.delayMilliseconds == 5)
    #expect(plain.operations == nil)
    #expect(plain.logLevel == "debug")
    let other = try read(
      text,
      [
        "SOLVENCYD_LISTEN_PORT": "8443", "SOLVENCYD_LEDGER_POSTGRES": "host=db",
        "SOLVENCYD_ACCESS_ANONYMOUS": "", "SOLVENCYD_LISTEN_OPERATIONS_PORT": "9100",
        "SOLVENCYD_KEYS_VENUE": "v", "SOLVENCYD_KEYS_PASSPHRASE_FILE": "p", "HOME": "/root",
      ])
    #expect(other.port == 8_443)
    #expect(other.operations == .init(host: "127.0.0.1", port: 9_100))
    #expect(
      other.ledger == .postgres(connection: "host=db", schema: "solvency", address: nil, folder: "desk"))
    #expect(other.settings.anonymousRoles == [])
    #expect(other.keys?.venue == "v")
  }

  @Test(
    "what is missing, unknown, out of range or half said is refused, with its place",
    arguments: [
      ("{\"version\": 1}", "ledger"), ("{\"version\": 2, \"ledger\": {\"folder\": \"x\"}}", "version"),
      ("{\"version\": 1, \"ledger\": {\"folder\": \"x\"}, \"port\": 1}", "port"),
      ("{\"version\": 1, \"ledger\": {\"folder\": \"x\"}, \"listen\": {\"port\": 65536}}", "listen.port"),
      (
        "{\"version\": 1, \"ledger\": {\"folder\": \"x\"}, \"listen\": {\"operations\": {}}}", "operations"
      ),
      (
        "{\"version\": 1, \"ledger\": {\"folder\": \"x\"}, \"listen\": {\"tls\": {\"key\": \"k\"}}}",
        "certificates"
      ),
      (
        "{\"version\": 1, \"ledger\": {\"folder\": \"x\"}, \"access\": {\"anonymous\": [\"root\"]}}",
        "anonymous"
      ),
      (
        "{\"version\": 1, \"ledger\": {\"folder\": \"x\"}, "
          + "\"access\": {\"tokens\": [{\"name\": \"a\", \"roles\": [], \"sha256\": \"x\"}]}}",
        "sha256"
      ),
      (
        "{\"version\": 1, \"ledger\": {\"folder\": \"x\"}, \"keys\": {\"venue\": \"v\", \"passphraseFile\": \"p\", \"log\": \"l\"}}",
        "logName"
      ),
      (
        "{\"version\": 1, \"ledger\": {\"folder\": \"x\"}, \"log\": {\"tiles\": \"t\", \"witnesses\": [\"w\"]}}",
        "witnesses"
      ),
      ("{\"version\": 1, \"ledger\": {\"folder\": \"x\"}, \"batching\": {\"size\": 0}}", "batching.size"),
      (
        "{\"version\": 1, \"ledger\": {\"folder\": \"x\"}, \"logging\": {\"level\": \"loud\"}}",
        "logging.level"
      ),
      ("nonsense", "line 1"),
    ])
  func faults(text: String, place: String) throws {
    let error = #expect(throws: DocumentError.self) { try read(text) }
    #expect(error?.description.contains(place) == true, "\(error?.description ?? "")")
  }

  @Test("a variable that is misspelt is refused")
  func environment() {
    let text = "{\"version\": 1, \"ledger\": {\"folder\": \"x\"}}"
    #expect(throws: DocumentError.self) { try read(text, ["SOLVENCYD_LISTEN_PROT": "1"]) }
    #expect(throws: DocumentError.self) { try read(text, ["SOLVENCYD_LISTEN_PORT": "eighty"]) }
  }

  @Test(
    "keys are opened by the passphrase's file; a wrong one, a missing file and another's key are told apart")
  func keys() throws {
    let fixture = try Fixture()
    let venue = fixture.venue
    func open(_ keys: ServiceConfiguration.Keys, _ folder: String? = nil) -> String {
      do throws(ServiceStarter.Failure) {
        _ = try ServiceStarter.folderLedger(folder ?? venue.ledgerPath, keys)
        return "opened"
      } catch {
        return error.description
      }
    }
    let good = ServiceConfiguration.Keys(
      venue: venue.venueKeyPath, log: venue.logKeyPath, logName: "log.example",
      passphraseFile: venue.passphrasePath)
    #expect(open(good) == "opened")
    var keys = good
    keys.venue = venue.logKeyPath
    #expect(open(keys).contains("venue's key"))
    keys = good
    keys.passphraseFile = fixture.folder + "/none"
    #expect(open(keys).contains("no such file"))
    keys.passphraseFile = venue.venueKeyPath
    #expect(open(keys).contains("not opened"))
    #expect(open(good, fixture.folder).contains("desk.json"))
  }
}
