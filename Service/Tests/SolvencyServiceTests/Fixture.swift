import Admission
import AsyncHTTPClient
import CanonicalBytes
import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Logging
import NIOCore
import ServiceFixtures
import SolvencyVerifier
import Testing
import TransparencyLog

@testable import SolvencyService

/// A server over a small venue in a temporary folder. Every answer that a test gets is compared with the
/// OpenAPI document.
final class Fixture: Sendable {
  let folder: String
  let venue: FixtureVenue
  let core: ServiceCore
  let witnessKey = SigningKey.random(role: .witness)
  static let now = Timestamp(seconds: 1_770_000_060)
  static let tokens: [(name: String, roles: Set<Role>)] = [
    ("publisher", [.publish]), ("custodian", [.attest]), ("engine", [.fill]), ("reader", [.read]),
    ("everything", Set(Role.allCases)),
  ]

  /// The token of an owner: its name, with what all tokens begin with.
  static func token(_ name: String) -> String { TokenTable.prefix + name }

  init(_ change: (inout ServiceCore.Settings) -> Void = { _ in }, policy: Policy = .production) throws {
    folder = FileManager.default.temporaryDirectory.appending(path: "solvencyd-\(UUID().uuidString)").path
    try FixtureFiles.makeFolder(folder)
    venue = try FixtureVenue(at: folder, policy: policy)
    var settings = ServiceCore.Settings()
    settings.tokens = TokenTable(
      Self.tokens.map {
        TokenTable.Entry(
          name: $0.name, roles: $0.roles, digest: .sha256(of: Array(Self.token($0.name).utf8)))
      } + [
        TokenTable.Entry(
          name: "former", roles: [.read], digest: .sha256(of: Array(Self.token("former").utf8)),
          expires: Timestamp(seconds: 1_770_000_000))
      ])
    settings.tileFolder = folder + "/tiles"
    settings.witnesses = [try witnessKey.cosigner(named: "witness.example").key]
    settings.clock = { Self.now }
    settings.batching = BatchingLimits(size: 64, delayMilliseconds: 1, waiting: 4_096)
    settings.tailMilliseconds = 10
    change(&settings)
    var logger = Logger(label: "test")
    logger.logLevel = .critical
    core = try ServiceCore(try venue.ledger(), settings: settings, logger: logger)
  }

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  var audience: Audience { core.ledger.admission.venue }

  /// Puts the first snapshot in force and opens accounts, without the server.
  @discardableResult
  func open(_ names: [String] = ["alice"]) throws -> (snapshot: RiskSnapshot, traders: [FixtureTrader]) {
    let snapshot = try venue.snapshot()
    let admission = core.ledger.admission
    try admission.publish(venue.published(snapshot), at: Self.now)
    let registry = try Registry(of: snapshot)
    let traders = try names.map { try FixtureTrader($0, registry: registry) }
    for trader in traders {
      try admission.open([venue.attestation(of: trader, to: audience)], at: Self.now)
    }
    return (snapshot, traders)
  }

  /// Runs a test against the routes, in this process and without sockets.
  func serve(_ test: @escaping @Sendable (Client) async throws -> Void) async throws {
    let application = Application(router: SolvencyServer.router(core), logger: core.logger)
    try await application.test(.router) { client in try await test(Client(client)) }
  }

  /// A checkpoint of a log that is not this one.
  static let other = """
    log.example/other
    1
    AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=

    \u{2014} log.example/other AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=

    """

  /// Takes in what is new in the log.
  func follow() async throws { try await LogTail(core).step(isWhole: true) }

  /// The routes, as a client sees them.
  struct Client: Sendable {
    let client: any TestClientProtocol
    init(_ client: any TestClientProtocol) { self.client = client }

    /// An answer, compared with the document.
    func ask(
      _ method: HTTPRequest.Method, _ path: String, _ body: [UInt8]? = nil, type: String? = Body.json,
      token: String? = nil, fields: HTTPFields = [:]
    ) async throws -> TestResponse {
      var headers = fields
      if body != nil, let type, headers[.contentType] == nil { headers[.contentType] = type }
      if let token { headers[.authorization] = "Bearer " + Fixture.token(token) }
      let response = try await client.executeRequest(
        uri: path, method: method, headers: headers, body: body.map { ByteBuffer(bytes: $0) })
      OpenAPICheck.check(response, to: method, path)
      return response
    }
  }
}

extension TestResponse {
  var bytes: [UInt8] { Array(body.readableBytesView) }
  var text: String { String(buffer: body) }
  var json: JSONNode? { try? JSONDocument.parse(bytes, maximumBytes: 1 << 24) }
  /// The code of a problem document; nil if this is not one.
  var code: String? {
    guard headers[.contentType] == Problem.mediaType else { return nil }
    return self["code"]
  }

  /// A member that is a text.
  subscript(name: String) -> String? {
    guard case .object(let members)? = json?.value else { return nil }
    switch members.first(where: { $0.key == name })?.value {
    case .string(let text)?: return text
    case .number(let text)?: return text
    case .bool(let flag)?: return "\(flag)"
    default: return nil
    }
  }
}
