internal import Hummingbird
internal import NIOCore

/// Reading of requests' bodies, with a limit to each.
enum Body {
  static let json = "application/json"
  static let lines = "application/x-ndjson"

  /// The bytes of a body, as they came.
  ///
  /// - Throws: ``Problem`` for another type, for compressed content, for more bytes than the limit and for
  ///   one that does
  ///   not come to its end.
  static func bytes(of request: Request, as types: [String], limit: Int) async throws(Problem) -> [UInt8] {
    try check(request, types: types)
    if let stated = request.headers[.contentLength].flatMap({ Int($0) }), stated > limit {
      throw .tooLarge(limit)
    }
    var bytes: [UInt8] = []
    do {
      for try await buffer in request.body {
        guard buffer.readableBytes <= limit - bytes.count else { throw Problem.tooLarge(limit) }
        bytes.append(contentsOf: buffer.readableBytesView)
      }
    } catch {
      throw problem(of: error)
    }
    return bytes
  }

  /// Refuses what is not of one of these types, or is encoded.
  static func check(_ request: Request, types: [String]) throws(Problem) {
    for encoding in request.headers[values: .contentEncoding] where encoding.lowercased() != "identity" {
      throw .encodedBody
    }
    // Without a statement the first type is taken, as clients of command lines often say nothing.
    guard let stated = request.headers[.contentType] else { return }
    let type = stated.split(separator: ";", maxSplits: 1, omittingEmptySubsequences: false)[0]
    guard types.contains(type.filter { $0 != " " }.lowercased()) else { throw .mediaType(types) }
  }

  /// Why a body did not come to its end.
  static func problem(of error: any Error) -> Problem {
    switch error {
    case let problem as Problem: problem
    case is SlowClient: .tooSlow
    default: .incomplete
    }
  }
}

/// The client sends, or takes, less than it should.
struct SlowClient: Error {}

/// Splits a stream of bytes at the ends of its lines.
struct LineSplitter {
  /// The most bytes of a line.
  let limit: Int
  private var rest: [UInt8] = []
  /// Whether the line that is going on is too long: it is skipped to its end.
  private var isSkipping = false

  init(limit: Int) { self.limit = limit }

  /// A line, or that it is too long.
  enum Line {
    case bytes([UInt8])
    case tooLong

    /// What is read of it: nothing of a line that is too long.
    var bytes: [UInt8] {
      if case .bytes(let bytes) = self { bytes } else { [] }
    }
  }

  /// The lines that these bytes complete.
  mutating func take(_ buffer: ByteBuffer) -> [Line] {
    var lines: [Line] = []
    var view = buffer.readableBytesView[...]
    while let end = view.firstIndex(of: UInt8(ascii: "\n")) {
      append(view[..<end])
      finish(into: &lines)
      view = view[(end + 1)...]
    }
    append(view)
    return lines
  }

  /// The last line, if it has no end.
  mutating func finish() -> [Line] {
    var lines: [Line] = []
    if !rest.isEmpty || isSkipping { finish(into: &lines) }
    return lines
  }

  private mutating func append(_ bytes: some Collection<UInt8>) {
    guard !isSkipping else { return }
    if rest.count + bytes.count > limit + 1 {
      isSkipping = true
      rest = []
    } else {
      rest.append(contentsOf: bytes)
    }
  }

  private mutating func finish(into lines: inout [Line]) {
    if rest.last == UInt8(ascii: "\r") { rest.removeLast() }
    if isSkipping || rest.count > limit {
      lines.append(.tooLong)
    } else if !rest.allSatisfy({ $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }) {
      lines.append(.bytes(rest))
    }
    rest.removeAll(keepingCapacity: true)
    isSkipping = false
  }
}
