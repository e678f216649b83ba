public import Hummingbird
public import NIOCore

/// What handlers know of a request besides what it says.
public struct ServiceContext: RequestContext {
  /// Hummingbird's part.
  public var coreContext: CoreRequestContextStorage
  /// The connection.
  public let channel: any Channel
  /// Who asks; filled in before a handler sees it.
  public var caller: Caller

  /// The context of a request on a connection.
  public init(source: ApplicationRequestContextSource) {
    coreContext = CoreRequestContextStorage(source: source)
    channel = source.channel
    caller = Caller(address: source.channel.remoteAddress?.ipAddress ?? "local")
  }
}
