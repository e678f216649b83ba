import Admission
import CanonicalBytes
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import ServiceFixtures
import Testing

@testable import SolvencyService

@Suite("Who may ask, how much, and in which form")
struct AccessTests {
  @Test("every route that needs a role answers 401 without a token and 403 with another's")
  func roles() async throws {
    let fixture = try Fixture()
    try await fixture.serve { (client) async throws -> Void in
      for endpoint in SolvencyServer.endpoints {
        guard let role = endpoint.role else { continue }
        let path = endpoint.path.replacing("{id}", with: "alice").replacing("{entry}", with: "0")
        let nobody = try await client.ask(
          endpoint.method, path, endpoint.content == nil ? nil : Array("{}".utf8))
        #expect(nobody.status == .unauthorized, "\(path)")
        #expect(nobody.headers[.wwwAuthenticate]?.contains("Bearer") == true)
        for (name, roles) in Fixture.tokens where !roles.contains(role) {
          let refused = try await client.ask(
            endpoint.method, path, endpoint.content == nil ? nil : Array("{}".utf8), token: name)
          #expect(refused.status == .forbidden, "\(path) as \(name)")
        }
      }
      #expect(try await client.ask(.get, "/v1/status", token: "reader").status == .ok)
      #expect(try await client.ask(.get, "/v1/status", token: "former").code == "unauthorized")
      #expect(try await client.ask(.get, "/v1/status", token: "unheard-of").code == "unauthorized")
      // A token that is not known is refused even where none is needed: its owner wants to know.
      #expect(try await client.ask(.get, "/v1/circuits", token: "unheard-of").code == "unauthorized")
      let digest = Digest.sha256(of: Array(Fixture.token("reader").utf8)).description
      for value in [
        "Bearer", "Bearer \(digest)", "Digest abc", "Bearer " + String(repeating: "a", count: 5_000),
      ] {
        let refused = try await client.ask(.get, "/v1/status", fields: [.authorization: value])
        #expect(refused.code == "unauthorized", "\(value.prefix(40))")
      }
    }
  }

  @Test("HTTP's basic scheme serves browsers for reading and nothing else")
  func basic() async throws {
    let fixture = try Fixture()
    let pair = JSONValue.base64(Array(("any:" + Fixture.token("everything")).utf8))
    guard case .string(let encoded) = pair else { return }
    try await fixture.serve { (client) async throws -> Void in
      let fields: HTTPFields = [.authorization: "Basic " + encoded]
      #expect(try await client.ask(.get, "/v1/status", fields: fields).status == .ok)
      #expect(try await client.ask(.get, "/", fields: fields).status == .ok)
      #expect(try await client.ask(.post, "/v1/roll", fields: fields).code == "unauthorized")
      #expect(
        try await client.ask(.get, "/v1/status", fields: [.authorization: "Basic %%%"]).code == "unauthorized"
      )
    }
  }

  @Test("a flood from one key is answered 429 with Retry-After, and others are served meanwhile")
  func flood() async throws {
    let fixture = try Fixture {
      // No bucket gets a token back while the test runs, however slow the machine.
      $0.limits.requestsPerSecond = 0.001
      $0.limits.burst = 5
    }
    try await fixture.serve { (client) async throws -> Void in
      var limited = 0
      for _ in 0..<40 {
        let answer = try await client.ask(.get, "/v1/status", token: "reader")
        guard answer.status == .tooManyRequests else { continue }
        limited += 1
        #expect(answer.code == "rate-limited")
        #expect(Int(answer.headers[.retryAfter] ?? "") ?? 0 >= 1)
      }
      #expect(limited == 35)
      #expect(try await client.ask(.get, "/v1/status", token: "everything").status == .ok)
      #expect(try await client.ask(.get, "/v1/circuits").status == .ok)
      // Whether the process lives is answered whatever the load.
      for _ in 0..<40 { #expect(try await client.ask(.get, "/healthz").status == .ok) }
    }
  }

  @Test("buckets fill with time, keys are bounded, and newcomers beyond the bound share one bucket")
  func limiter() {
    let second: UInt64 = 1_000_000_000
    let limiter = RateLimiter(.init(perSecond: 2, burst: 2), keyLimit: 3)
    #expect(limiter.take("a", at: 0) == nil)
    #expect(limiter.take("a", at: 0) == nil)
    #expect(limiter.take("a", at: 0) == 1)
    #expect(limiter.take("a", at: second / 2) == nil)
    #expect(limiter.take("a", at: second / 2) == 1)
    for key in ["b", "c"] {
      #expect(limiter.take(key, at: second / 2) == nil)
      #expect(limiter.take(key, at: second / 2) == nil)
    }
    // No bucket is full: the fourth and fifth share one.
    #expect(limiter.take("d", at: second / 2) == nil)
    #expect(limiter.take("e", at: second / 2) == nil)
    #expect(limiter.take("d", at: second / 2) != nil)
    #expect(limiter.keyCount == 3)
    // A clock that goes back gives nobody anything.
    #expect(limiter.take("a", at: 0) != nil)
    // All are full again, and forgotten for a newcomer.
    #expect(limiter.take("f", at: 10 * second) == nil)
    #expect(limiter.keyCount == 1)
    let none = RateLimiter(.init(perSecond: 0, burst: 1))
    for _ in 0..<100 { #expect(none.take("a", at: 0) == nil) }
  }

  @Test("types, encodings, sizes, depth and forms of requests: each fault has its status and code")
  func forms() async throws {
    let fixture = try Fixture()
    try fixture.open()
    let deep = Array((String(repeating: "[", count: 5_000) + String(repeating: "]", count: 5_000)).utf8)
    let gzip: [UInt8] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0]
    let cases: [(String, [UInt8], HTTPFields, HTTPResponse.Status, String)] = [
      ("not JSON", Array("hello".utf8), [:], .badRequest, "malformed"),
      ("nothing", [], [:], .badRequest, "malformed"),
      ("cut off", Array("{\"version\": 1, \"salt\"".utf8), [:], .badRequest, "malformed"),
      ("nested", deep, [:], .badRequest, "malformed"),
      ("not UTF-8", [0xff, 0xfe, 0], [:], .badRequest, "malformed"),
      (
        "twice the same member", Array("{\"version\": 1, \"version\": 1}".utf8), [:], .badRequest, "malformed"
      ),
      ("another version", Array("{\"version\": 2}".utf8), [:], .badRequest, "unsupported-version"),
      ("a list", Array("[]".utf8), [:], .badRequest, "malformed"),
      (
        "another type", Array("{}".utf8), [.contentType: "text/xml"], .unsupportedMediaType,
        "unsupported-media-type"
      ),
      (
        "a form", Array("a=b".utf8), [.contentType: "application/x-www-form-urlencoded"],
        .unsupportedMediaType,
        "unsupported-media-type"
      ),
      ("compressed", gzip, [.contentEncoding: "gzip"], .unsupportedMediaType, "encoded-body"),
      (
        "compressed otherwise", gzip, [.contentEncoding: "br, identity"], .unsupportedMediaType,
        "encoded-body"
      ),
      (
        "huge", [UInt8](repeating: 32, count: AdmissionRequest.fileByteLimit + 1), [:], .contentTooLarge,
        "too-large"
      ),
    ]
    try await fixture.serve { (client) async throws -> Void in
      for (name, body, fields, status, code) in cases {
        let answer = try await client.ask(.post, "/v1/requests", body, fields: fields)
        #expect(answer.status == status, "\(name)")
        #expect(answer.code == code, "\(name)")
      }
      let parameters = Body.json + "; charset=utf-8"
      #expect(
        try await client.ask(.post, "/v1/requests", Array("[]".utf8), fields: [.contentType: parameters]).code
          == "malformed")
      let placed = try await client.ask(.post, "/v1/requests", Array("{\"version\": 1,\n \"salt\": }".utf8))
      #expect(placed["line"] == "2")
      #expect(try await client.ask(.get, "/v1/circuits").status == .ok)
    }
  }

  @Test(
    "paths with steps up, doubled slashes and odd characters are refused, and other methods are told which there are"
  )
  func paths() async throws {
    let fixture = try Fixture()
    try fixture.open()
    try await fixture.follow()
    try await fixture.serve { (client) async throws -> Void in
      for path in [
        "/v1/log/tile/../../venue.key", "/v1/log/tile/%2e%2e/%2e%2e/venue.key", "/v1//circuits",
        "/v1/log/tile/..%2f..%2fvenue.key",
        "/v1/accounts/a%00b", "/v1/accounts/%5c..%5c", "/%zz", "/v1/log/tile/./0/000", "/v1/accounts/%ff",
      ] {
        let answer = try await client.ask(.get, path, token: "everything")
        #expect([400, 404].contains(answer.status.code), "\(path)")
        #expect(!answer.text.contains("solvency signkey"))
      }
      #expect(try await client.ask(.get, "/v1/log/tile/0/00").code == "not-found")
      #expect(try await client.ask(.get, "/v1/log/tile/checkpoint").code == "not-found")
      #expect(try await client.ask(.get, "/nowhere").code == "not-found")
      #expect(try await client.ask(.get, "/" + String(repeating: "a", count: 3_000)).code == "not-found")
      let long = String(repeating: "a", count: 5_000)
      #expect(try await client.ask(.get, "/v1/accounts/\(long)", token: "reader").code == "bad-parameter")
      #expect(try await client.ask(.get, "/?account=\(long)", token: "reader").code == "bad-parameter")
      let wrong = try await client.ask(.delete, "/v1/accounts/alice", token: "everything")
      #expect(wrong.code == "method-not-allowed")
      #expect(wrong.headers[.allow] == "GET, HEAD")
      #expect(try await client.ask(.get, "/v1/requests").headers[.allow] == "POST")
      #expect(
        try await client.ask(.get, "/v1/accounts/" + String(repeating: "x", count: 200), token: "reader").code
          == "bad-parameter")
      for query in [
        "limit=0", "limit=501", "limit=-1", "limit=1e2", "limit=99999999999999999999", "nonsense=1",
      ] {
        #expect(
          try await client.ask(.get, "/v1/accounts?\(query)", token: "reader").code == "bad-parameter",
          "\(query)")
      }
      for entry in ["x", "-1", "1.0", "99999999999999999999999"] {
        #expect(try await client.ask(.get, "/v1/receipts/\(entry)").code == "bad-parameter")
      }
      #expect(try await client.ask(.get, "/v1/snapshots/ABC").code == "bad-parameter")
      #expect(try await client.ask(.get, "/v1/snapshots/\(Digest.zero)").code == "not-found")
      #expect(try await client.ask(.get, "/v1/circuits/\(Digest.zero)").code == "not-found")
    }
  }

  @Test("a server at its limits says so, and one that is being stopped takes nothing new")
  func limits() async throws {
    let fixture = try Fixture {
      $0.limits.concurrent = 2
      $0.limits.streams = 1
    }
    try fixture.open()
    try await fixture.follow()
    try await fixture.serve { (client) async throws -> Void in
      try fixture.core.enter()
      try fixture.core.enter()
      let full = try await client.ask(.get, "/v1/circuits")
      #expect(full.code == "overloaded")
      #expect(full.headers[.retryAfter] == "1")
      #expect(try await client.ask(.get, "/healthz").status == .ok)
      fixture.core.leave()
      #expect(try await client.ask(.get, "/v1/circuits").status == .ok)
      fixture.core.leave()
      try fixture.core.enterStream()
      #expect(try await client.ask(.get, "/v1/events", token: "reader").code == "too-many-streams")
      #expect(
        try await client.ask(.post, "/v1/verify/batch", [], type: Body.lines).code == "too-many-streams")
      fixture.core.leaveStream()
      #expect(try await client.ask(.get, "/v1/events?after=0&limit=1", token: "reader").status == .ok)
      fixture.core.beginStopping()
      let stopping = try await client.ask(.get, "/v1/circuits")
      #expect(stopping.code == "stopping")
      #expect(stopping.headers[.retryAfter] == "1")
      #expect(try await client.ask(.get, "/healthz").status == .ok)
      #expect(try await client.ask(.get, "/readyz").status == .serviceUnavailable)
    }
    #expect(fixture.core.activity.requests == 0)
  }

  @Test("a follower reads and verifies, and sends what would be written elsewhere")
  func follower() async throws {
    let fixture = try Fixture()
    let (snapshot, traders) = try fixture.open()
    let ledger = try FolderLedger(fixture.venue.ledgerPath, keys: nil)
    var settings = fixture.core.settings
    settings.tileFolder = nil
    let core = try ServiceCore(ledger, settings: settings, logger: fixture.core.logger)
    let request = try traders[0].request(
      under: snapshot, circuit: fixture.venue.circuit, to: fixture.audience, at: Fixture.now)
    let application = Application(router: SolvencyServer.router(core), logger: core.logger)
    try await application.test(.router) { client in
      let client = Fixture.Client(client)
      #expect(try await client.ask(.post, "/v1/verify", request.envelope.encoded())["verdict"] == "accepted")
      let refused = try await client.ask(.post, "/v1/requests", request.json.encoded())
      #expect(refused.code == "not-the-writer")
      #expect(refused.headers[.retryAfter] != nil)
      #expect(try await client.ask(.post, "/v1/roll", token: "publisher").code == "not-the-writer")
      #expect(try await client.ask(.get, "/readyz")["role"] == "follower")
      #expect(try await client.ask(.get, "/v1/log/checkpoint").code == "not-found")
      // What the writer decides is read here.
      #expect(fixture.core.ledger.admission.review(request, at: Fixture.now).receipt != nil)
      try await LogTail(core).step(isWhole: true)
      #expect(try await client.ask(.get, "/v1/accounts/alice", token: "reader")["status"] == "current")
    }
  }

  @Test("an address from a proxy is taken from proxies alone")
  func proxies() async throws {
    let fixture = try Fixture {
      // No bucket gets a token back while the test runs, however slow the machine.
      $0.limits.requestsPerSecond = 0.001
      $0.limits.burst = 3
    }
    try await fixture.serve { (client) async throws -> Void in
      var limited = 0
      // The test's own address is not a proxy: what it says of others does not count.
      for place in 0..<20 {
        let name = try #require(HTTPField.Name("X-Forwarded-For"))
        if try await client.ask(.get, "/v1/circuits", fields: [name: "10.0.0.\(place)"]).status
          == .tooManyRequests
        {
          limited += 1
        }
      }
      #expect(limited == 17)
    }
  }
}
