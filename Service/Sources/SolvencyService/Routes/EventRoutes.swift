internal import Admission
internal import CanonicalBytes
internal import HTTPTypes
internal import Hummingbird
internal import NIOCore

/// Server-sent events of the log.
enum EventRoutes {
  static let type = "text/event-stream"
  /// The most entries that a reader who comes back is brought up from.
  private static let replayLimit: UInt64 = 100_000
  private static let heartbeat = 15

  static let endpoints: [Endpoint] = [
    Endpoint(
      method: .get, path: "/v1/events", name: "events", tag: "Events",
      summary:
        "What happens to the ledger as it happens: decisions, epochs, halts, fills. One event for an entry of the "
        + "log, with its index as the event's id.",
      role: .read,
      parameters: [
        .init(
          name: "after", place: .query, schema: ["type": "integer", "minimum": 0],
          text:
            "Begin after this entry; the header Last-Event-ID says the same. With what comes next, if left out."
        ),
        .init(
          name: "limit", place: .query, schema: ["type": "integer", "minimum": 1, "maximum": 100_000],
          text: "End after this number of events."),
      ],
      answers: [.init(200, type, ["type": "string"], "Events, until somebody closes the connection.")],
      problems: [503],
      handler: events)
  ]

  @Sendable static func events(
    _ request: Request, _ context: ServiceContext, _ core: ServiceCore
  ) async throws -> Response {
    let next = core.ring.next
    let stated = try request.parameter("after") ?? request.headers[.lastEventID]
    var start = next
    if let stated {
      guard let last = UInt64(stated) else { throw Problem.parameter("after", "write the index of an entry") }
      start = min(last == .max ? next : last + 1, next)
      guard next - start <= replayLimit else {
        throw Problem.parameter(
          "after", "is more than \(replayLimit) entries ago; read the log's tiles instead")
      }
    }
    let limit = try request.number("limit", in: 1...100_000, default: Int.max)
    try core.enterStream()
    let first = start
    let body = ResponseBody { writer in
      defer { core.leaveStream() }
      try await writer.write(ByteBuffer(string: ": events of the ledger\nretry: 2000\n\n"))
      try await send(from: first, limit: limit, core, to: &writer)
      try await writer.finish(nil)
    }
    return Response(status: .ok, headers: [.contentType: type, .cacheControl: "no-store"], body: body)
  }

  private static func send(
    from start: UInt64, limit: Int, _ core: ServiceCore, to writer: inout any ResponseBodyWriter
  ) async throws {
    var (next, left) = (start, limit)
    while left > 0 {
      let events: [EventRing.Event]
      switch core.ring.read(from: next) {
      case .closed: return
      case .older: events = try await older(from: next, core)
      case .events(let found): events = found
      }
      guard let last = events.last else {
        if await !waited(from: next, core) { try await writer.write(ByteBuffer(string: ": still here\n\n")) }
        continue
      }
      next = last.index + 1
      let told = events.filter { !$0.bytes.isEmpty }.prefix(left)
      left -= told.count
      // In pieces, so that a slow reader holds little.
      for piece in stride(from: 0, to: told.count, by: 64) {
        var buffer = ByteBuffer()
        for event in told.dropFirst(piece).prefix(64) { buffer.writeBytes(event.bytes) }
        try await writer.write(buffer)
      }
    }
  }

  /// Waits for an entry; false when nothing came for a while.
  private static func waited(from next: UInt64, _ core: ServiceCore) async -> Bool {
    await withTaskGroup(of: Bool.self) { group in
      group.addTask {
        await core.ring.wait(from: next)
        return true
      }
      group.addTask {
        try? await Task.sleep(for: .seconds(heartbeat))
        return false
      }
      let first = await group.next() ?? false
      group.cancelAll()
      return first
    }
  }

  /// Events that are no longer in the ring, from the log.
  private static func older(from next: UInt64, _ core: ServiceCore) async throws(Problem) -> [EventRing.Event]
  {
    let reader = core.ledger.reader
    return try await core.questions.run { () throws(Problem) in
      do throws(StoreError) {
        return try reader.items(from: next, limit: 256).map { LedgerNotice.event(of: $0) }
      } catch {
        throw Problem(.store(error))
      }
    }
  }
}

extension HTTPField.Name {
  /// The id of the last event that a reader has seen.
  static var lastEventID: HTTPField.Name { lastEventIDName }
}

private let lastEventIDName = HTTPField.Name("Last-Event-ID") ?? .range
