internal import CanonicalBytes
internal import HTTPTypes
internal import Hummingbird
internal import NIOCore

/// Lines that come in a request's body and are answered in the answer's body, one line each and in their
/// order, while more come.
///
/// A stream that cannot go on ends with a line that has the member `problem`.
struct LineStream: Sendable {
  /// The types of such bodies.
  static let types = [Body.lines, "application/jsonl"]
  /// The most lines that are answered together, and the most bytes of them that are kept at once.
  private static let window = (lines: 256, bytes: 4 << 20)

  /// The most bytes of a line.
  let lineLimit: Int
  /// The answers to some lines, of which the first has the number that is given.
  let answers: @Sendable (_ lines: [LineSplitter.Line], _ first: Int) async throws -> [UInt8]

  /// The answer to a request whose body is such lines.
  ///
  /// - Throws: ``Problem`` for another type, and where as many streams are open as may be.
  func response(to request: Request, _ core: ServiceCore) throws -> Response {
    try Body.check(request, types: Self.types)
    try core.enterStream()
    let limit = core.settings.limits.streamLines
    let body = ResponseBody { writer in
      defer { core.leaveStream() }
      do {
        try await run(request.body, limit, to: &writer)
      } catch {
        let problem = (error as? Problem) ?? Body.problem(of: error)
        try await writer.write(ByteBuffer(bytes: Self.line(["problem": problem.json])))
      }
      try await writer.finish(nil)
    }
    return Response(status: .ok, headers: [.contentType: Body.lines, .cacheControl: "no-store"], body: body)
  }

  /// A value on a line of its own.
  static func line(_ value: JSONValue) -> [UInt8] { value.encoded(.compact) + [UInt8(ascii: "\n")] }

  private func run(_ body: RequestBody, _ limit: Int, to writer: inout any ResponseBodyWriter) async throws {
    var splitter = LineSplitter(limit: lineLimit)
    var (number, pending, pendingBytes) = (0, [LineSplitter.Line](), 0)
    // While one window is answered, the next is read.
    var running: Task<[UInt8], any Error>?
    func write(_ task: Task<[UInt8], any Error>?, to writer: inout any ResponseBodyWriter) async throws {
      guard let task else { return }
      try await writer.write(ByteBuffer(bytes: try await task.value))
    }
    func flush(to writer: inout any ResponseBodyWriter) async throws {
      guard !pending.isEmpty else { return }
      let (lines, first) = (pending, number + 1)
      let next = Task(executorPreference: LoopChannel.thread) { try await answers(lines, first) }
      number += pending.count
      (pending, pendingBytes) = ([], 0)
      let before = running
      running = next
      try await write(before, to: &writer)
    }
    for try await buffer in body {
      for line in splitter.take(buffer) {
        pending.append(line)
        pendingBytes += line.bytes.count
        if pending.count >= Self.window.lines || pendingBytes >= Self.window.bytes {
          try await flush(to: &writer)
        }
        if limit > 0, number + pending.count > limit { throw Problem.tooLarge(limit) }
      }
      // What is there is answered, so that a client that waits for it before it sends more goes on.
      if running == nil || pending.count >= Self.window.lines / 4 { try await flush(to: &writer) }
      if let done = running, pending.isEmpty {
        running = nil
        try await write(done, to: &writer)
      }
    }
    pending += splitter.finish()
    try await flush(to: &writer)
    try await write(running, to: &writer)
  }
}
