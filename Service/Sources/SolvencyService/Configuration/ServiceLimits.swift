/// How much a server takes on at once.
public struct ServiceLimits: Hashable, Sendable {
  /// Requests a second from one key or address, in the long run; 0 for no limit.
  public var requestsPerSecond = 2_000.0
  /// Requests at once from one key or address.
  public var burst = 4_000.0
  /// Requests that are answered at the same time.
  public var concurrent = 4_096
  /// Connections that are open at the same time.
  public var connections = 4_096
  /// Readers of events, and streams of proofs and requests, at the same time.
  public var streams = 64
  /// Operators' actions that wait.
  public var waitingActions = 256
  /// For how long a connection may be idle, in seconds.
  public var idleSeconds = 60
  /// The span in which a request brings `leastBytes` or its end, and in which what is sent leaves, in
  /// seconds.
  public var slowSeconds = 10
  /// The fewest bytes of a body in such a span.
  public var leastBytes = 1_024
  /// The most bytes of all fields of a request's header.
  public var headerBytes = 16_384
  /// The most lines of one stream of proofs or requests; 0 for no limit.
  public var streamLines = 10_000_000

  /// The limits that a server has if nothing else is said.
  public init() {}
}
