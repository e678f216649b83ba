import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import Synchronization

/// Requests on a number of connections, as fast as they are answered or at a given rate.
struct LoadClient {
  /// What came of them.
  struct Outcome: Sendable {
    /// Milliseconds from when a request was due to its answer, sorted.
    var milliseconds: [Double] = []
    /// Seconds from the first request to the last answer.
    var seconds = 0.0
    /// Answers that were not what they should be, by what they were.
    var faults: [String: Int] = [:]
    /// Requests that were answered, all lines of a stream among them.
    var answered = 0

    /// Answers a second.
    var rate: Double { seconds > 0 ? Double(answered) / seconds : 0 }

    /// The time within which a share of all was answered.
    static func within(_ share: Double, _ sorted: [Double]) -> Double {
      sorted.isEmpty ? 0 : sorted[min(sorted.count - 1, Int(Double(sorted.count) * share))]
    }
  }

  /// What the tasks of a run have in common.
  private final class Shared: Sendable {
    let next = Atomic<Int>(0)
    let kept = Mutex(Outcome())
  }

  let url: String
  let path: String
  /// What every right answer contains, once a request.
  let mark: String
  /// How many requests go into one body, one a line; nil for one alone, which is not a stream.
  var lines: Int?

  /// How often a text of bytes stands in an answer: searched as bytes, as the client shares the machine.
  private static func count(of mark: [UInt8], in answer: ByteBuffer) -> Int {
    answer.withUnsafeReadableBytes { bytes in
      guard let first = mark.first, let start = bytes.baseAddress else { return 0 }
      var (count, place) = (0, start)
      while let found = memchr(place, Int32(first), start + bytes.count - place) {
        let left = start + bytes.count - UnsafeRawPointer(found)
        guard left >= mark.count else { break }
        let isThere = memcmp(found, mark, mark.count) == 0
        if isThere { count += 1 }
        place = UnsafeRawPointer(found) + (isThere ? mark.count : 1)
      }
      return count
    }
  }

  /// Sends each request once.
  ///
  /// - Parameter rate: requests a second; nil to send the next when one is answered. With a rate, a request
  ///   counts from the moment at which it was due, so that a server that stands still is charged for all that
  ///   waited.
  func send(
    _ requests: [[UInt8]], connections: Int, rate: Double? = nil, over client: HTTPClient
  ) async throws -> Outcome {
    let each = lines ?? 1
    let bodies = stride(from: 0, to: requests.count, by: each).map { first in
      let part = requests[first..<min(first + each, requests.count)]
      return (bytes: Array(part.joined(separator: [UInt8(ascii: "\n")])), count: part.count)
    }
    let type = lines == nil ? "application/json" : "application/x-ndjson"
    let (url, path, mark) = (url, path, Array(mark.utf8))
    let shared = Shared()
    let start = ContinuousClock.now
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<connections {
        group.addTask {
          var (times, faults, answered): ([Double], [String: Int], Int) = ([], [:], 0)
          while true {
            let place = shared.next.wrappingAdd(1, ordering: .relaxed).oldValue
            guard place < bodies.count else { break }
            var due = ContinuousClock.now
            if let rate {
              due = start + .nanoseconds(Int64(Double(place * each) / rate * 1e9))
              if due > ContinuousClock.now { try await Task.sleep(until: due) }
            }
            var request = HTTPClientRequest(url: url + path)
            request.method = .POST
            request.headers.add(name: "content-type", value: type)
            request.body = .bytes(ByteBuffer(bytes: bodies[place].bytes))
            let response = try await client.execute(request, timeout: .seconds(60))
            let answer = try await response.body.collect(upTo: 1 << 20)
            times.append((ContinuousClock.now - due).milliseconds)
            answered += bodies[place].count
            if response.status != .ok || Self.count(of: mark, in: answer) != bodies[place].count {
              faults["\(response.status.code) \(String(buffer: answer).prefix(200))", default: 0] += 1
            }
          }
          shared.kept.withLock { [times, faults, answered] outcome in
            outcome.milliseconds += times
            outcome.answered += answered
            outcome.faults.merge(faults, uniquingKeysWith: +)
          }
        }
      }
      try await group.waitForAll()
    }
    let seconds = (ContinuousClock.now - start).milliseconds / 1_000
    var outcome = shared.kept.withLock { $0 }
    outcome.milliseconds.sort()
    outcome.seconds = seconds
    return outcome
  }

  /// Opens connections, by as many requests at once that wait for each other in a batch.
  ///
  /// What follows is measured on connections that stand, as the library is measured after its first batch.
  static func connected(
    _ connections: Int, to url: String, verifying proof: [UInt8]
  ) async throws -> HTTPClient {
    var configuration = HTTPClient.Configuration()
    configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = connections + 1
    configuration.httpVersion = .http1Only
    let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<connections {
        group.addTask {
          var request = HTTPClientRequest(url: url + "/v1/verify")
          request.method = .POST
          request.headers.add(name: "content-type", value: "application/json")
          request.body = .bytes(ByteBuffer(bytes: proof))
          let response = try await client.execute(request, timeout: .seconds(60))
          _ = try await response.body.collect(upTo: 1 << 20)
        }
      }
      try await group.waitForAll()
    }
    return client
  }
}

extension Duration {
  /// The duration in milliseconds.
  var milliseconds: Double { Double(components.seconds) * 1e3 + Double(components.attoseconds) / 1e15 }
}
