internal import Hummingbird
internal import HummingbirdCore
internal import Logging
internal import NIOCore
internal import NIOPosix
internal import ServiceLifecycle

/// A server for probes alone, whose tasks run on its own event loop and not where those of all requests wait.
struct OperationsListener: Service {
  let core: ServiceCore
  let address: BindAddress
  let logger: Logger
  let onRunning: @Sendable (Int) async -> Void

  func run() async throws {
    let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    group.next().execute { PromptThread.claim() }
    let application = Application(
      router: SolvencyServer.operationsRouter(core),
      server: .http1(configuration: SolvencyServer.connections(core.settings.limits)),
      configuration: ApplicationConfiguration(address: address, serverName: "solvencyd"),
      onServerRunning: { channel in await onRunning(channel.localAddress?.port ?? 0) },
      eventLoopGroupProvider: .shared(group), logger: logger)
    let result = await withTaskExecutorPreference(EventLoopExecutor(loop: group.next())) {
      await Result { try await application.run() }
    }
    try? await group.shutdownGracefully()
    try result.get()
  }
}

extension Result where Failure == any Error {
  /// What an asynchronous step came to.
  fileprivate init(_ step: () async throws -> Success) async {
    do {
      self = .success(try await step())
    } catch {
      self = .failure(error)
    }
  }
}
