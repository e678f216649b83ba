internal import Admission
internal import CanonicalBytes
internal import Dispatch
internal import HTTPTypes
internal import Hummingbird
internal import Logging
internal import NIOCore
internal import NIOSSL

/// What every request passes before and after its route: counts, limits, who asks, problems as documents, the
/// fields of the header that every answer has.
struct Gatekeeper: RouterMiddleware {
  typealias Context = ServiceContext

  let core: ServiceCore
  let endpoints: [Endpoint]

  func handle(
    _ request: Request, context: ServiceContext,
    next: (Request, ServiceContext) async throws -> Response
  ) async throws -> Response {
    let start = DispatchTime.now().uptimeNanoseconds
    var context = context
    var isCounted = false
    var response: Response
    // A process that is busy, or that ends, is alive: probes are answered all the same.
    let isProbe = request.uri.path == "/healthz" || request.uri.path == "/readyz"
    do {
      if !isProbe {
        try core.enter()
        isCounted = true
      }
      try Self.checkPath(request)
      context.caller = try await caller(request, context)
      if !isProbe, let wait = core.limiter.take(context.caller.key, at: start) {
        throw Problem.tooMany(wait)
      }
      response = try await next(request, context)
    } catch {
      response = problem(of: error, request, context).response(from: request, context: context)
    }
    if isCounted { core.leave() }
    finish(&response, request, context, start)
    return response
  }

  // Who asks

  private func caller(_ request: Request, _ context: ServiceContext) async throws -> Caller {
    var caller = Caller(roles: core.settings.anonymousRoles, address: address(request, context))
    if !core.settings.certificates.isEmpty, let owner = await certificateOwner(context) {
      caller.name = owner.name
      caller.roles.formUnion(owner.roles)
    }
    guard let token = try Self.token(request) else { return caller }
    guard let owner = core.settings.tokens.owner(of: token, at: core.settings.clock()) else {
      // Guesses count against the address they come from.
      _ = core.limiter.take("guess " + caller.address, at: DispatchTime.now().uptimeNanoseconds)
      throw Problem.unauthorized
    }
    caller.name = owner.name
    caller.roles.formUnion(owner.roles)
    return caller
  }

  private func address(_ request: Request, _ context: ServiceContext) -> String {
    let peer = context.caller.address
    guard core.settings.proxies.contains(peer), let stated = request.headers[.xForwardedFor] else {
      return peer
    }
    // The last is what the proxy itself has seen.
    let last = stated.split(separator: ",").last.map { $0.filter { $0 != " " } } ?? ""
    return last.isEmpty || last.utf8.count > 64 ? peer : String(last)
  }

  private func certificateOwner(_ context: ServiceContext) async -> TokenTable.Entry? {
    guard let certificate = try? await context.channel.nioSSL_peerCertificate().get(),
      let bytes = try? certificate.toDERBytes()
    else { return nil }
    let (digest, now) = (Digest.sha256(of: bytes), core.settings.clock())
    return core.settings.certificates.first { entry in
      TokenTable.isEqual(entry.digest, digest) && entry.expires.map { now < $0 } ?? true
    }
  }

  /// The token of a request: a bearer's, or, so that browsers can ask for it, the password of HTTP's basic
  /// scheme, which is taken for reading alone, because browsers send it to whatever a foreign page makes them
  /// ask.
  private static func token(_ request: Request) throws(Problem) -> [UInt8]? {
    let values = request.headers[values: .authorization]
    guard let value = values.first else { return nil }
    let parts = value.split(separator: " ", maxSplits: 1)
    guard values.count == 1, parts.count == 2 else { throw .unauthorized }
    switch parts[0].lowercased() {
    case "bearer": return Array(parts[1].utf8)
    case "basic":
      guard request.method == .get || request.method == .head,
        let pair = try? JSONNode(.string(String(parts[1]))).base64(maximumBytes: 1_024),
        let colon = pair.firstIndex(of: UInt8(ascii: ":"))
      else { throw .unauthorized }
      return Array(pair[(colon + 1)...])
    default: throw .unauthorized
    }
  }

  // Problems

  /// Paths are taken as they are: one with a step up, a doubled slash, a backslash or a control character is
  /// none.
  private static func checkPath(_ request: Request) throws(Problem) {
    let path = request.uri.path
    if isPlain(path) { return }
    guard let plain = PercentText.decoded(path) else {
      throw .malformed("the path is not percent-encoded UTF-8")
    }
    let isSound = plain.unicodeScalars.allSatisfy { $0.value >= 32 && $0.value != 127 && $0 != "\\" }
    let steps = path.split(separator: "/", omittingEmptySubsequences: true)
    let climbs = steps.contains { step in
      let step = PercentText.decoded(step) ?? ""
      return step == ".." || step == "."
    }
    guard isSound, !climbs, !path.contains("//") else {
      throw .malformed("the path has steps, doubled slashes or characters that no path here has")
    }
  }

  /// Letters, digits and hyphens between single slashes, as most paths are: nothing of them is looked at
  /// again.
  private static func isPlain(_ path: String) -> Bool {
    var last: UInt8 = 0
    for byte in path.utf8 {
      switch byte {
      case 48...57, 65...90, 97...122, UInt8(ascii: "-"): break
      case UInt8(ascii: "/"): if last == byte { return false }
      default: return false
      }
      last = byte
    }
    return true
  }

  private func problem(of error: any Error, _ request: Request, _ context: ServiceContext) -> Problem {
    switch error {
    case let problem as Problem: return problem
    case let error as HTTPError where error.status == .notFound: return notFound(request)
    case let error as HTTPError where error.status == .contentTooLarge: return .tooLarge(0)
    case is CancellationError: return .stopping.closing
    case is SlowClient: return .tooSlow
    default:
      core.logger.error(
        "A request failed",
        metadata: ["route": "\(context.endpointPath ?? "")", "error": "\(type(of: error))"])
      return .internalFault
    }
  }

  /// No route: either nothing has this path, or it answers to other methods.
  private func notFound(_ request: Request) -> Problem {
    let methods = endpoints.filter { Self.matches($0.path, request.uri.path) }.map(\.method.rawValue)
    guard !methods.isEmpty else { return .notFound }
    let allowed = Set(methods + (methods.contains("GET") ? ["HEAD"] : [])).sorted().joined(separator: ", ")
    var problem = Problem(
      .methodNotAllowed, "method-not-allowed", "The path answers to other methods", "it answers to \(allowed)"
    )
    problem.fields[.allow] = allowed
    return problem
  }

  static func matches(_ template: String, _ path: String) -> Bool {
    let wanted = template.split(separator: "/")
    let found = path.split(separator: "/")
    if template.hasPrefix("/v1/log/tile/") {
      return found.count > 3 && found.prefix(3) == ["v1", "log", "tile"]
    }
    return wanted.count == found.count && zip(wanted, found).allSatisfy { $0 == $1 || $0.hasPrefix("{") }
  }

  // Afterwards

  private func finish(
    _ response: inout Response, _ request: Request, _ context: ServiceContext, _ start: UInt64
  ) {
    response.headers[.xContentTypeOptions] = "nosniff"
    response.headers[.referrerPolicy] = "no-referrer"
    let route = context.endpointPath ?? "none"
    let (method, status) = (request.method.rawValue, response.status.code)
    let known = ["GET", "HEAD", "POST", "PUT"].contains(method) ? method : "other"
    core.metrics.count(
      "solvencyd_requests_total", [("method", known), ("route", route), ("status", "\(status)")])
    let seconds = Double(DispatchTime.now().uptimeNanoseconds - start) / 1e9
    core.metrics.observe("solvencyd_request_seconds", [("route", route)], seconds: seconds)
    if status >= 500 || status == 429 {
      core.logger.warning(
        "answered", metadata: ["route": "\(route)", "method": "\(known)", "status": "\(status)"])
    } else {
      core.logger.debug(
        "answered",
        metadata: [
          "route": "\(route)", "method": "\(known)", "status": "\(status)",
          "from": "\(context.caller.address)",
        ])
    }
    guard response.headers[.connection] == "close" else { return }
    let (body, channel) = (response.body, context.channel)
    response.body = ResponseBody(contentLength: body.contentLength) { writer in
      try await body.write(writer)
      // What the client still sends is not read: it has its answer, and a moment to read it.
      channel.eventLoop.scheduleTask(in: .milliseconds(500)) { channel.close(promise: nil) }
    }
  }
}

extension HTTPField.Name {
  static let xForwardedFor = HTTPField.Name("X-Forwarded-For") ?? .forwarded
  static let referrerPolicy = HTTPField.Name("Referrer-Policy") ?? .referer
  private static let forwarded = HTTPField.Name.via
}
