internal import CanonicalBytes
internal import HTTPTypes
internal import Hummingbird
internal import NIOCore
internal import TransparencyLog

/// What operators ask: is it alive, can it decide, what does it count, what can be asked; and the page.
enum OperationRoutes {
  static let html = "text/html; charset=utf-8"

  static let endpoints = probes + pages

  /// What machines ask, again and again.
  static let probes: [Endpoint] = [
    Endpoint(
      method: .get, path: "/healthz", name: "healthz", tag: "Operation",
      summary: "Whether the process is alive.",
      answers: [.init(200, ReadRoutes.textType, ["type": "string"], "`ok`.")],
      isShort: true, handler: { _, _, _ in .bytes(Array("ok\n".utf8), type: ReadRoutes.textType) }),
    Endpoint(
      method: .get, path: "/readyz", name: "readyz", tag: "Operation",
      summary: "Whether requests can be answered here: a load balancer asks this.",
      answers: [
        .init(schema("Readiness"), "They can."),
        .init(503, Body.json, schema("Readiness"), "They cannot, for these reasons."),
      ], isShort: true, handler: readyz),
    Endpoint(
      method: .get, path: "/metrics", name: "metrics", tag: "Operation",
      summary: "Counts and times in the text format of Prometheus.", role: .read,
      answers: [.init(200, metricsType, ["type": "string"], "The counts.")], isShort: true,
      handler: { _, _, core in
        let activity = core.activity
        core.metrics.set("solvencyd_requests_active", to: Double(activity.requests))
        core.metrics.set("solvencyd_event_readers", to: Double(activity.streams))
        return .bytes(Array(core.metrics.exposition().utf8), type: metricsType)
      }),
  ]

  /// What people read.
  private static let pages: [Endpoint] = [
    Endpoint(
      method: .get, path: "/openapi.json", name: "openapi", tag: "Operation", summary: "This document.",
      answers: [.init(["type": "object"], "OpenAPI 3.1.")],
      handler: { _, _, _ in .bytes(OpenAPIDocument.encoded, type: Body.json) }),
    Endpoint(
      method: .get, path: "/docs", name: "docs", tag: "Operation",
      summary: "The routes and the problems, to be read.",
      answers: [.init(200, html, ["type": "string"], "A page.")],
      handler: { _, _, _ in page(DocsPage.html) }),
    Endpoint(
      method: .get, path: "/", name: "page", tag: "Operation", summary: "The ledger at a glance.",
      role: .read,
      parameters: [
        .init(
          name: "account", place: .query, schema: ["type": "string", "maxLength": 128],
          text: "The beginning of an account's name to search for.")
      ],
      answers: [.init(200, html, ["type": "string"], "A page.")], problems: [503],
      handler: { request, _, core in
        let prefix = try request.parameter("account")
        guard prefix?.utf8.count ?? 0 <= 128 else {
          throw Problem.parameter("account", "a name has at most 128 bytes")
        }
        return page(try await DashboardPage.html(core, searching: prefix))
      }),
    Endpoint(
      method: .get, path: "/fragment", name: "fragment", tag: "Operation",
      summary: "The changing part of the page.", role: .read,
      answers: [.init(200, html, ["type": "string"], "Part of a page.")],
      handler: { _, _, core in page(DashboardPage.figures(core)) }),
    Endpoint(
      method: .get, path: "/page.js", name: "script", tag: "Operation", summary: "The page's script.",
      answers: [.init(200, "text/javascript; charset=utf-8", ["type": "string"], "The script.")],
      handler: { _, _, _ in
        .bytes(Array(DashboardScript.text.utf8), type: "text/javascript; charset=utf-8", cache: "max-age=300")
      }),
    Endpoint(
      method: .get, path: "/page.css", name: "style", tag: "Operation", summary: "The page's style.",
      answers: [.init(200, "text/css; charset=utf-8", ["type": "string"], "The style.")],
      handler: { _, _, _ in
        .bytes(Array(DashboardStyle.text.utf8), type: "text/css; charset=utf-8", cache: "max-age=300")
      }),
  ]

  static let metricsType = "text/plain; version=0.0.4; charset=utf-8"

  /// A page that loads nothing from elsewhere and runs no script but its own.
  static func page(_ text: String) -> Response {
    var response = Response.bytes(Array(text.utf8), type: html)
    response.headers[.contentSecurityPolicy] =
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src data:; connect-src 'self'; form-action 'self'; "
      + "base-uri 'none'; frame-ancestors 'none'"
    return response
  }

  @Sendable static func readyz(
    _ request: Request, _ context: ServiceContext, _ core: ServiceCore
  ) async throws -> Response {
    let (isReady, reasons) = await core.readiness()
    let role =
      switch core.ledger.duty {
      case .writer: "writer"
      case .follower: "follower"
      case .unreachable: "unreachable"
      }
    return .json(
      [
        "ready": .bool(isReady), "role": .string(role), "reasons": .array(reasons.map { .string($0) }),
        "entries": .integer(core.ring.next),
      ], status: isReady ? .ok : .serviceUnavailable)
  }
}
