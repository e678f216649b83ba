import Admission
import CanonicalBytes
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import ServiceFixtures
import Testing

@testable import SolvencyService

@Suite("OpenAPI and documentation")
struct DocumentTests {
  @Test("every route of the router is in the document, and the document has no other")
  func parity() throws {
    let fixture = try Fixture()
    let routes = Set(
      SolvencyServer.router(fixture.core).routes.map { route in
        "\(route.method.rawValue) " + "\(route.path)".replacing("**", with: "{path}")
      })
    var documented: Set<String> = []
    let paths = try #require(OpenAPICheck.member(OpenAPIDocument.json, "paths"))
    guard case .object(let members) = paths else { return }
    for path in members {
      guard case .object(let operations) = path.value else { continue }
      for operation in operations { documented.insert("\(operation.key.uppercased()) \(path.key)") }
    }
    #expect(routes == documented)
    #expect(routes.count == SolvencyServer.endpoints.count)
    #expect(Set(SolvencyServer.endpoints.map(\.name)).count == routes.count)
  }

  @Test("every reference of the document is to a schema that it has, and the document is served as it is")
  func references() async throws {
    let names = Set(OpenAPISchemas.all.map(\.name))
    #expect(names.count == OpenAPISchemas.all.count)
    func references(_ value: JSONValue) -> [String] {
      switch value {
      case .object(let members):
        members.flatMap { member -> [String] in
          if member.key == "$ref", case .string(let text) = member.value { return [text] }
          return references(member.value)
        }
      case .array(let elements): elements.flatMap(references)
      default: []
      }
    }
    for reference in references(OpenAPIDocument.json) {
      #expect(names.contains(String(reference.split(separator: "/").last ?? "")), "\(reference)")
    }
    let fixture = try Fixture()
    try await fixture.serve { (client) async throws -> Void in
      let served = try await client.ask(.get, "/openapi.json")
      #expect(served["openapi"] == "3.1.0")
      let docs = try await client.ask(.get, "/docs")
      for endpoint in SolvencyServer.endpoints { #expect(docs.text.contains(endpoint.path)) }
      for problem in ProblemList.all { #expect(docs.text.contains("id=\"problem-\(problem.code)\"")) }
    }
  }

  @Test("heads of answers are those of their bodies, and every answer keeps browsers from guessing")
  func heads() async throws {
    let fixture = try Fixture()
    try await fixture.serve { (client) async throws -> Void in
      for path in ["/healthz", "/openapi.json", "/v1/circuits", "/docs"] {
        let (head, whole) = (try await client.ask(.head, path), try await client.ask(.get, path))
        #expect(head.status == whole.status)
        #expect(head.headers[.contentType] == whole.headers[.contentType])
        #expect(head.body.readableBytes == 0)
        #expect(whole.headers[.xContentTypeOptions] == "nosniff")
      }
    }
  }
}

@Suite("Page, metrics, events")
struct PageTests {
  @Test("the page is whole without a script, escapes names, and loads nothing from elsewhere")
  func page() async throws {
    let fixture = try Fixture()
    try fixture.open(["alice", "<script>alert(1)</script>", "alina"])
    try await fixture.follow()
    try await fixture.serve { (client) async throws -> Void in
      let page = try await client.ask(.get, "/?account=%3Cscript", token: "reader")
      #expect(page.status == .ok)
      #expect(!page.text.contains("<script>alert"))
      #expect(page.text.contains("&lt;script&gt;alert(1)"))
      #expect(!page.text.contains("http://") && !page.text.contains("https://"))
      #expect(page.headers[.contentSecurityPolicy]?.contains("default-src 'none'") == true)
      for name in [
        "Leverage and margin", "Regime and halts", "Decisions a second", "Accounts by status", "Open calls",
        "Refusals by reason", "Health bands", "Witnesses",
      ] {
        #expect(page.text.contains(name), "\(name)")
      }
      let found = try await client.ask(.get, "/?account=al", token: "reader")
      #expect(found.text.contains("alice") && found.text.contains("alina"))
      #expect(try await client.ask(.get, "/?account=zzz", token: "reader").text.contains("There is none"))
      #expect(try await client.ask(.get, "/fragment", token: "reader").text.contains("Leverage and margin"))
      #expect(try await client.ask(.get, "/page.js").text.contains("EventSource"))
      #expect(try await client.ask(.get, "/page.css").text.contains("prefers-color-scheme"))
      let status = try await client.ask(.get, "/v1/status", token: "reader")
      #expect(status.text.contains("\"unproven\":3"))
    }
  }

  @Test("accounts are searched by the beginnings of their names, page by page")
  func search() async throws {
    let fixture = try Fixture()
    try fixture.open(["bob", "alice", "alina", "älice", "al"])
    try await fixture.follow()
    try await fixture.serve { (client) async throws -> Void in
      let first = try await client.ask(.get, "/v1/accounts?prefix=al&limit=2", token: "reader")
      #expect(
        first.text.contains("\"al\"") && first.text.contains("\"alice\"") && !first.text.contains("bob"))
      #expect(first["next"] == "alice")
      let second = try await client.ask(.get, "/v1/accounts?prefix=al&limit=2&after=alice", token: "reader")
      #expect(second.text.contains("\"alina\"") && !second.text.contains("\"alice\""))
      #expect(second["next"] == nil)
      #expect(
        try await client.ask(.get, "/v1/accounts?prefix=%C3%A4", token: "reader").text.contains("älice"))
    }
    let index = AccountIndex()
    let names = (0..<3_000).map { "account-\($0 * 7_919 % 3_000)" }
    for name in names { index.insert([name]) }
    #expect(index.count == 3_000)
    let sorted = names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    #expect(index.names(beginning: "", after: nil, limit: 3_000) == sorted)
    #expect(
      index.names(beginning: "account-29", after: "account-295", limit: 3)
        == Array(
          sorted.filter {
            $0.hasPrefix("account-29") && $0.utf8.elementsEqual("account-295".utf8) == false
              && "account-295".utf8.lexicographicallyPrecedes($0.utf8)
          }.prefix(3)))
  }

  @Test("counts are written as Prometheus reads them")
  func metrics() async throws {
    let registry = MetricsRegistry(helps: ["a_total": "What is counted."])
    registry.count("a_total", [("code", "x\"y\\z\n")])
    registry.count("a_total", [("code", "x\"y\\z\n")], by: 2)
    registry.set("b", to: 1.5)
    registry.observe("c_seconds", seconds: 0.003)
    registry.observe("c_seconds", seconds: 99)
    let text = registry.exposition()
    #expect(
      text.contains(
        "# HELP a_total What is counted.\n# TYPE a_total counter\na_total{code=\"x\\\"y\\\\z\\n\"} 3\n"))
    #expect(text.contains("# TYPE b gauge\nb 1.5\n"))
    #expect(text.contains("c_seconds_bucket{le=\"0.0025\"} 0\nc_seconds_bucket{le=\"0.005\"} 1\n"))
    #expect(text.contains("c_seconds_bucket{le=\"+Inf\"} 2\nc_seconds_sum 99.003\nc_seconds_count 2\n"))
    // A name keeps its kind, and labels are bounded.
    registry.set("a_total", to: 9)
    #expect(registry.total("a_total") == 3)
    for place in 0..<5_000 { registry.count("d_total", [("n", "\(place)")]) }
    #expect(registry.exposition().split(separator: "\n").count { $0.hasPrefix("d_total{") } == 1_024)
    let fixture = try Fixture()
    try fixture.open()
    try await fixture.follow()
    try await fixture.serve { (client) async throws -> Void in
      _ = try await client.ask(.get, "/v1/circuits")
      let metrics = try await client.ask(.get, "/metrics", token: "reader")
      #expect(
        metrics.text.contains(
          "solvencyd_requests_total{method=\"GET\",route=\"/v1/circuits\",status=\"200\"} 1"))
      #expect(metrics.text.contains("solvencyd_accounts{status=\"unproven\"} 1"))
      #expect(metrics.text.contains("solvencyd_epoch 1"))
    }
  }

  @Test("events follow the log, from wherever a reader was")
  func events() async throws {
    let fixture = try Fixture()
    try fixture.open(["alice", "bob"])
    try await fixture.follow()
    try await fixture.serve { (client) async throws -> Void in
      let all = try await client.ask(.get, "/v1/events?after=0&limit=4", token: "reader")
      #expect(all.headers[.contentType] == "text/event-stream")
      let kinds = all.text.split(separator: "\n").filter { $0.hasPrefix("event: ") }.map { $0.dropFirst(7) }
      #expect(kinds == ["registry", "epoch", "opened", "opened"])
      #expect(all.text.contains("\"regime\""))
      let field = try #require(HTTPField.Name("Last-Event-ID"))
      let rest = try await client.ask(.get, "/v1/events?limit=1", token: "reader", fields: [field: "3"])
      #expect(rest.text.contains("\"account\":\"bob\"") && !rest.text.contains("alice"))
      for value in ["x", "-1"] {
        #expect(
          try await client.ask(.get, "/v1/events?after=\(value)", token: "reader").code == "bad-parameter")
      }
      // A reader who waits is told when something happens.
      async let waiting = client.ask(.get, "/v1/events?limit=1", token: "reader")
      while fixture.core.activity.streams == 0 { try await Task.sleep(for: .milliseconds(5)) }
      try fixture.core.ledger.admission.roll(at: Fixture.now)
      try await fixture.follow()
      #expect(try await waiting.text.contains("event: roll"))
    }
    #expect(fixture.core.activity.streams == 0)
  }

  @Test("a ring gives each reader what follows, and what it no longer has is in the log")
  func ring() async {
    let ring = EventRing(limit: 4)
    ring.start(at: 10)
    ring.append((10..<30).map { EventRing.Event(index: $0, bytes: [UInt8($0)]) })
    #expect(ring.next == 30)
    guard case .older = ring.read(from: 12), case .events(let last) = ring.read(from: 28),
      case .events(let none) = ring.read(from: 30)
    else {
      Issue.record("readings differ")
      return
    }
    #expect(last.map(\.index) == [28, 29])
    #expect(none.isEmpty)
    let waiter = Task { await ring.wait(from: 30) }
    waiter.cancel()
    await waiter.value
    ring.close()
    await ring.wait(from: 31)
    guard case .closed = ring.read(from: 30) else {
      Issue.record("the ring is not closed")
      return
    }
  }
}
