internal import HummingbirdCore
internal import Logging
internal import NIOCore

/// A connection whose tasks run on the thread that reads and writes it.
///
/// A request then changes threads twice, to a batch and back, and not at each part that is read or written.
/// What takes longer than reading a request does is sent elsewhere by its route (``Endpoint/isShort``).
struct LoopChannel: ServerChildChannel {
  /// The thread of the connection that a task serves, for tasks that it makes.
  @TaskLocal static var thread: EventLoopExecutor?

  let base: HTTP1Channel

  func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<HTTP1Channel.Value> {
    channel.eventLoop.makeCompletedFuture {
      // A stream's lines, or a request, at once; less after smaller ones.
      try channel.syncOptions?.setOption(
        .recvAllocator,
        value: AdaptiveRecvByteBufferAllocator(minimum: 2_048, initial: 65_536, maximum: 65_536))
      try channel.pipeline.syncOperations.addHandler(JoinedFlushHandler(), position: .first)
    }.flatMap {
      base.setup(channel: channel, logger: logger)
    }
  }

  func handle(value: HTTP1Channel.Value, logger: Logger) async {
    let thread = EventLoopExecutor(loop: value.channel.eventLoop)
    await withTaskExecutorPreference(thread) {
      await Self.$thread.withValue(thread) { await base.handle(value: value, logger: logger) }
    }
  }
}

/// Runs tasks on the thread of an event loop.
final class EventLoopExecutor: TaskExecutor {
  private let loop: any EventLoop

  init(loop: any EventLoop) { self.loop = loop }

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    loop.execute { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
  }
}
