public import NIOCore
public import NIOHTTPTypes

/// Ends the requests of clients that send too slowly and the connections of those that take too slowly.
///
/// In each span of time in which the server is ready to read, a request that is on its way brings a least
/// number of bytes, or its end; what is written leaves in a span as well. The server's own slowness counts
/// against nobody: while it does not ask for more, no time passes.
public final class SlowClientHandler: ChannelDuplexHandler, RemovableChannelHandler {
  /// What comes in.
  public typealias InboundIn = HTTPRequestPart
  /// What is handed on.
  public typealias InboundOut = HTTPRequestPart
  /// What goes out.
  public typealias OutboundIn = HTTPResponsePart
  /// What is sent.
  public typealias OutboundOut = HTTPResponsePart

  private let span: TimeAmount
  private let leastBytes: Int
  private var isReceiving = false
  private var isReadPending = false
  private var received = 0
  /// When the span began that the request is in.
  private var since = NIODeadline.uptimeNanoseconds(0)
  /// Looks at the request when a span is over. It stays where a request has ended, for the next one: most are
  /// there at once, and a task for each would cost more than reading them.
  private var receiving: Scheduled<Void>?
  private var sending: Scheduled<Void>?

  /// - Parameters:
  ///   - span: the length of a span.
  ///   - leastBytes: how many bytes a request brings in each.
  public init(span: TimeAmount, leastBytes: Int) {
    self.span = span
    self.leastBytes = leastBytes
  }

  /// Remembers that the server asks for more.
  public func read(context: ChannelHandlerContext) {
    isReadPending = true
    context.read()
  }

  /// Counts what comes.
  public func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch unwrapInboundIn(data) {
    case .head:
      isReceiving = true
      beginSpan(context)
    case .body(let buffer): received += buffer.readableBytes
    case .end: isReceiving = false
    }
    context.fireChannelRead(data)
  }

  /// What was asked for is there.
  public func channelReadComplete(context: ChannelHandlerContext) {
    isReadPending = false
    context.fireChannelReadComplete()
  }

  /// Watches what cannot leave.
  public func channelWritabilityChanged(context: ChannelHandlerContext) {
    sending?.cancel()
    sending = nil
    if !context.channel.isWritable {
      let channel = context.channel
      sending = context.eventLoop.scheduleTask(in: span) { channel.close(promise: nil) }
    }
    context.fireChannelWritabilityChanged()
  }

  /// Nothing is watched any more.
  public func channelInactive(context: ChannelHandlerContext) {
    stop()
    sending?.cancel()
    sending = nil
    context.fireChannelInactive()
  }

  /// Nothing is watched any more.
  public func handlerRemoved(context: ChannelHandlerContext) {
    stop()
    sending?.cancel()
    sending = nil
  }

  private func stop() {
    isReceiving = false
    receiving?.cancel()
    receiving = nil
  }

  private func beginSpan(_ context: ChannelHandlerContext) {
    received = 0
    since = context.eventLoop.now
    if receiving == nil { look(context, at: since + span) }
  }

  private func look(_ context: ChannelHandlerContext, at deadline: NIODeadline) {
    let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
    receiving = context.eventLoop.scheduleTask(deadline: deadline) {
      let (handler, context) = bound.value
      handler.receiving = nil
      handler.look(context)
    }
  }

  private func look(_ context: ChannelHandlerContext) {
    guard isReceiving else { return }
    if context.eventLoop.now < since + span {
      look(context, at: since + span)
    } else if received < leastBytes, isReadPending {
      stop()
      context.fireErrorCaught(SlowClient())
    } else {
      beginSpan(context)
    }
  }
}
