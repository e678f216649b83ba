import Admission
import CanonicalBytes
import Foundation
import Glibc
import HTTPTypes
import Hummingbird
import HummingbirdCore
import HummingbirdTesting
import ServiceFixtures
import ServiceLifecycle
import Synchronization
import Testing

@testable import SolvencyService

/// A server on a socket, and clients that behave as no library lets them.
@Suite("Connections")
struct LiveTests {
  private func live(
    _ fixture: Fixture, _ test: @escaping @Sendable (Int) async throws -> Void
  ) async throws {
    let application = ServiceStarter.application(
      fixture.core, address: .hostname("127.0.0.1", port: 0), logger: fixture.core.logger)
    try await application.test(.live) { client in try await test(try #require(client.port)) }
  }

  private static let ok = "HTTP/1.1 200"

  @Test("a body that comes too slowly is answered 408 and its connection closed, while others are served")
  func slowBody() async throws {
    let fixture = try Fixture { $0.limits.slowSeconds = 1 }
    try await live(fixture) { (port) async throws -> Void in
      let slow = try Socket(port: port)
      try slow.send(
        "POST /v1/verify HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{"
      )
      let other = try Socket(port: port)
      try other.send("GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
      #expect(await other.receive().hasPrefix(Self.ok))
      let answer = await slow.receive()
      #expect(answer.hasPrefix("HTTP/1.1 408"))
      #expect(answer.contains("\"too-slow\""))
      #expect(await slow.isClosed())
    }
    #expect(fixture.core.activity.requests == 0)
  }

  @Test("a request on a connection that has served others has time of its own, and no more")
  func slowLater() async throws {
    let fixture = try Fixture { $0.limits.slowSeconds = 1 }
    try await live(fixture) { (port) async throws -> Void in
      let connection = try Socket(port: port)
      // Looked at when the first request's time is over: the second is then half a second old.
      try connection.send("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
      #expect(await connection.receive().hasPrefix(Self.ok))
      try await Task.sleep(for: .milliseconds(500))
      let start = ContinuousClock.now
      try connection.send(
        "POST /v1/verify HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{"
      )
      #expect(await connection.receive().contains("\"too-slow\""))
      #expect(ContinuousClock.now - start >= .milliseconds(950))
      #expect(await connection.isClosed())
    }
  }

  @Test("a header that never ends, and one that is too large, hold no connection open")
  func slowHeader() async throws {
    let fixture = try Fixture { $0.limits.idleSeconds = 1 }
    try await live(fixture) { (port) async throws -> Void in
      let slow = try Socket(port: port)
      try slow.send("GET /healthz HTTP/1.1\r\nHost: x\r\nX-Slow: ")
      let large = try Socket(port: port)
      try large.send(
        "GET /healthz HTTP/1.1\r\nHost: x\r\nX-Large: \(String(repeating: "a", count: 40_000))\r\n\r\n")
      let refused = await large.receive()
      #expect(refused.isEmpty || refused.hasPrefix("HTTP/1.1 4"))
      #expect(await slow.isClosed())
    }
  }

  @Test(
    "a client that has sent everything and closed its side gets its answer; one that closes too early does not hang"
  )
  func halfClosed() async throws {
    let fixture = try Fixture()
    try await live(fixture) { (port) async throws -> Void in
      let whole = try Socket(port: port)
      try whole.send(
        "POST /v1/verify HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"
      )
      whole.closeSending()
      let answer = await whole.receive()
      #expect(answer.hasPrefix("HTTP/1.1 400"))
      let early = try Socket(port: port)
      try early.send(
        "POST /v1/verify HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 50\r\n\r\n{}"
      )
      early.closeSending()
      let cut = await early.receive()
      #expect(cut.isEmpty || cut.hasPrefix("HTTP/1.1 400"))
      let gone = try Socket(port: port)
      try gone.send("POST /v1/verify HTTP/1.1\r\nHost: x\r\nContent-Length: 50\r\n\r\n{")
      gone.close()
      let after = try Socket(port: port)
      try after.send("GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
      #expect(await after.receive().hasPrefix(Self.ok))
    }
    #expect(fixture.core.activity.requests == 0)
  }

  @Test("what is not HTTP is refused, and a body beyond the limit ends the connection before it is sent")
  func garbage() async throws {
    let fixture = try Fixture()
    try await live(fixture) { (port) async throws -> Void in
      for text in [
        "\u{16}\u{3}\u{1}nonsense\r\n\r\n", "GET\r\n\r\n", "GET / HTTP/9.9\r\n\r\n",
        "POST /v1/verify HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\n",
      ] {
        let socket = try Socket(port: port)
        try socket.send(text)
        socket.closeSending()
        let answer = await socket.receive()
        #expect(
          answer.isEmpty || answer.hasPrefix("HTTP/1.1 4") || answer.hasPrefix("HTTP/1.1 5"),
          "\(answer.prefix(40))")
      }
      let large = try Socket(port: port)
      try large.send(
        "POST /v1/verify HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 999999999\r\n\r\n{"
      )
      let answer = await large.receive()
      #expect(answer.hasPrefix("HTTP/1.1 413"))
      #expect(await large.isClosed())
    }
  }

  @Test("probes are answered on an address of their own, and at the server's limit; nothing else is there")
  func operations() async throws {
    let fixture = try Fixture { $0.limits.concurrent = 1 }
    let (ports, found) = AsyncStream.makeStream(of: Int.self)
    let listener = ServiceStarter.operations(
      fixture.core, address: .hostname("127.0.0.1", port: 0), logger: fixture.core.logger
    ) { port in found.yield(port) }
    let running = Task { try await listener.run() }
    let port = try #require(await ports.first { _ in true })
    func ask(_ path: String, _ fields: String = "") async throws -> String {
      let socket = try Socket(port: port)
      try socket.send("GET \(path) HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\(fields)\r\n")
      return await socket.receive()
    }
    try fixture.core.enter()
    #expect(try await ask("/healthz").hasPrefix(Self.ok))
    #expect(try await ask("/readyz").contains("no-epoch"))
    fixture.core.leave()
    #expect(try await ask("/metrics").hasPrefix("HTTP/1.1 401"))
    let token = "Authorization: Bearer \(Fixture.token("reader"))\r\n"
    #expect(try await ask("/metrics", token).contains("solvencyd_requests_total"))
    for path in ["/", "/v1/circuits", "/openapi.json"] {
      #expect(try await ask(path, token).hasPrefix("HTTP/1.1 404"))
    }
    running.cancel()
    _ = await running.result
    #expect(throws: (any Error).self) { try Socket(port: port) }
  }

  @Test("the documentation's examples do what they say")
  func examples() async throws {
    let fixture = try Fixture()
    let venue = fixture.venue
    let snapshot = try venue.snapshot()
    let registry = try Registry(of: snapshot)
    let alice = try FixtureTrader("alice", registry: registry)
    // The ledger's identity is known once it is founded, which the first example does.
    let founded = fixture.core.ledger.admission
    let published = try venue.published(snapshot)
    func file(_ name: String, _ value: JSONValue) throws {
      try FixtureFiles.write(value.encoded(), to: fixture.folder + "/" + name)
    }
    try file(
      "snapshot-document.json",
      ["snapshot": published.snapshot.json, "endorsement": published.endorsement.json])
    let page = try String(
      contentsOfFile: #filePath.replacing(
        "Service/Tests/SolvencyServiceTests/LiveTests.swift", with: "Documentation/Service.md"),
      encoding: .utf8)
    let blocks = page.components(separatedBy: "```sh\n").dropFirst().map {
      $0.components(separatedBy: "```")[0]
    }
    #expect(blocks.count >= 7)
    try await live(fixture) { (port) async throws -> Void in
      for (place, block) in blocks.enumerated() {
        let (status, output) = try Self.shell(
          block, in: fixture.folder,
          [
            "SERVICE": "http://127.0.0.1:\(port)", "TOKEN": Fixture.token("everything"),
            "PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin",
          ])
        #expect(status == 0, "example \(place + 1): \(block) \(output)")
        if place == 0 {
          let audience = founded.venue
          let word = try venue.attestation(of: alice, to: audience)
          let request = try alice.request(
            under: snapshot, circuit: venue.circuit, to: audience, at: Fixture.now)
          let files: [(String, JSONValue)] = [
            ("attestations.json", ["attestations": [word.json]]), ("request.json", request.json),
            ("proof.json", request.envelope.json),
            ("fill.json", try venue.report(["position/BTC-PERP": 1, "cash": -100], of: alice).json),
          ]
          for (name, value) in files {
            try FixtureFiles.write(value.encoded(), to: fixture.folder + "/" + name)
          }
          let more = try (0..<2).map { _ in
            try alice.request(under: snapshot, circuit: venue.circuit, to: audience, at: Fixture.now).json
              .encoded()
          }
          try FixtureFiles.write(
            Array(more.joined(separator: Array("\n".utf8))), to: fixture.folder + "/requests.jsonl")
          let line = request.envelope.encoded() + Array("\n".utf8)
          try FixtureFiles.write(line + line, to: fixture.folder + "/proofs.jsonl")
        }
        if block.contains("/v1/requests") { #expect(output.contains("\"admitted\""), "\(output)") }
        if block.contains("/v1/requests/batch") {
          #expect(output.components(separatedBy: "\"admitted\"").count == 3, "\(output)")
        }
        if block.contains("/v1/verify/batch") {
          #expect(output.components(separatedBy: "\"accepted\"").count == 4, "\(output)")
        }
        if block.contains("/v1/events") {
          #expect(output.contains("event: epoch"))
          #expect(output.contains("log.example/"))
        }
        if block.contains("/metrics") {
          #expect(output.contains("solvencyd_verdicts_total{verdict=\"admitted\"} 3"))
        }
        // Tiles follow the log.
        try await fixture.follow()
      }
    }
  }

  private static func shell(
    _ text: String, in folder: String, _ environment: [String: String]
  ) throws -> (Int32, String) {
    let process = Process()
    process.executableURL = URL(filePath: "/bin/sh")
    process.arguments = ["-eu", "-c", text]
    process.currentDirectoryURL = URL(filePath: folder)
    process.environment = environment
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = pipe
    try process.run()
    let data = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return (process.terminationStatus, String(decoding: data, as: UTF8.self))
  }
}

/// A connection whose every byte a test chooses.
final class Socket: Sendable {
  private let descriptor: Int32
  private let isOpen = Mutex(true)

  init(port: Int) throws {
    descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(port).bigEndian
    address.sin_addr.s_addr = in_addr_t(0x7f00_0001).bigEndian
    let result = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard result == 0 else { throw FixtureError.file(errno) }
    // No test waits for ever for a byte.
    var limit = timeval(tv_sec: 30, tv_usec: 0)
    setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
  }

  deinit { close() }

  func send(_ text: String) throws {
    let bytes = Array(text.utf8)
    guard Glibc.send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL)) == bytes.count else {
      throw FixtureError.file(errno)
    }
  }

  func closeSending() { shutdown(descriptor, Int32(SHUT_WR)) }

  /// Closes once: a second time the number may be another connection's.
  func close() {
    isOpen.withLock { isOpen in
      if isOpen { _ = Glibc.close(descriptor) }
      isOpen = false
    }
  }

  /// What comes, until there is a whole answer or the end.
  func receive() async -> String {
    await withCheckedContinuation { continuation in
      Thread.detachNewThread { [descriptor] in
        var (bytes, piece) = ([UInt8](), [UInt8](repeating: 0, count: 65_536))
        while true {
          let count = recv(descriptor, &piece, piece.count, 0)
          guard count > 0 else { break }
          bytes += piece[..<count]
          if Self.isWhole(bytes) { break }
        }
        continuation.resume(returning: String(decoding: bytes, as: UTF8.self))
      }
    }
  }

  private static func isWhole(_ bytes: [UInt8]) -> Bool {
    let text = String(decoding: bytes, as: UTF8.self)
    guard let end = text.range(of: "\r\n\r\n") else { return false }
    let lines = text[..<end.lowerBound].lowercased().components(separatedBy: "\r\n")
    guard let length = lines.first(where: { $0.hasPrefix("content-length:") }) else { return false }
    let count = Int(length.dropFirst(15).filter { $0 != " " }) ?? 0
    return text[end.upperBound...].utf8.count >= count
  }

  /// Whether the other side ends the connection.
  func isClosed() async -> Bool {
    await withCheckedContinuation { continuation in
      Thread.detachNewThread { [descriptor] in
        var (piece, isClosed) = ([UInt8](repeating: 0, count: 65_536), false)
        while true {
          let count = recv(descriptor, &piece, piece.count, 0)
          if count > 0 { continue }
          isClosed = count == 0 || errno == ECONNRESET
          break
        }
        continuation.resume(returning: isClosed)
      }
    }
  }
}
