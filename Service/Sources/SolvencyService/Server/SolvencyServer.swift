internal import HTTPTypes
public import Hummingbird
public import HummingbirdCore

/// The routes, for a router of Hummingbird.
public enum SolvencyServer {
  /// All routes, in the order of the documentation.
  static let endpoints =
    VerifyRoutes.endpoints + DeskRoutes.endpoints + ReadRoutes.endpoints + LogRoutes.endpoints
    + EventRoutes.endpoints
    + OperationRoutes.endpoints

  /// A router that answers for a core.
  public static func router(_ core: ServiceCore) -> Router<ServiceContext> { router(core, endpoints) }

  /// A router for what operators probe.
  static func operationsRouter(_ core: ServiceCore) -> Router<ServiceContext> {
    router(core, OperationRoutes.probes)
  }

  private static func router(_ core: ServiceCore, _ endpoints: [Endpoint]) -> Router<ServiceContext> {
    let router = Router(context: ServiceContext.self, options: .autoGenerateHeadEndpoints)
    router.add(middleware: Gatekeeper(core: core, endpoints: endpoints))
    for endpoint in endpoints {
      // A tile's path has slashes of its own, which no parameter of a router holds.
      let path = endpoint.path == "/v1/log/tile/{path}" ? "/v1/log/tile/**" : endpoint.path
      router.on(RouterPath(path), method: endpoint.method) { request, context in
        if let role = endpoint.role, !context.caller.roles.contains(role) {
          throw context.caller.name == nil ? Problem.unauthorized : Problem.forbidden(role)
        }
        try request.checkParameters(endpoint.parameters)
        if endpoint.isShort { return try await endpoint.handler(request, context, core) }
        return try await withTaskExecutorPreference(globalConcurrentExecutor) {
          try await endpoint.handler(request, context, core)
        }
      }
    }
    return router
  }

  /// How connections are read: HTTP/1.1, each by one thread.
  public static func server(_ limits: ServiceLimits) -> HTTPServerBuilder {
    HTTPServerBuilder { responder in
      LoopChannel(base: HTTP1Channel(responder: responder, configuration: connections(limits)))
    }
  }

  /// Fields of the header that connections are read with, and clients that are too slow.
  public static func connections(_ limits: ServiceLimits) -> HTTP1Channel.Configuration {
    var decoder = HTTP1Channel.Configuration.DecoderConfiguration()
    decoder.maxHeaderFieldSize = limits.headerBytes
    decoder.maxHeaderListSize = limits.headerBytes
    decoder.maxHeaderFieldCount = 100
    return HTTP1Channel.Configuration(
      additionalChannelHandlers: [
        SlowClientHandler(span: .seconds(Int64(limits.slowSeconds)), leastBytes: limits.leastBytes)
      ],
      idleTimeout: .seconds(Int64(limits.idleSeconds)), httpDecoderConfiguration: decoder)
  }
}
