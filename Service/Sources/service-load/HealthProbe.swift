import ArgumentParser
import AsyncHTTPClient
import Foundation
import NIOCore

/// Asks a server for its health every ten milliseconds, and prints how long each answer took.
struct HealthProbe: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "probe", abstract: "Print how many milliseconds each health check takes, until stopped.",
    shouldDisplay: false)

  @Argument(help: "The server, such as http://127.0.0.1:8080.")
  var url: String

  func run() async throws {
    Self.goBefore()
    let client = HTTPClient(eventLoopGroupProvider: .singleton)
    while !Task.isCancelled {
      let before = ContinuousClock.now
      let response = try await client.execute(HTTPClientRequest(url: url + "/healthz"), timeout: .seconds(60))
      _ = try await response.body.collect(upTo: 1 << 16)
      print((ContinuousClock.now - before).milliseconds)
      // The reader takes what was printed when it ends this process.
      fflush(nil)
      try await Task.sleep(for: .milliseconds(10))
    }
    try await client.shutdown()
  }
}

extension HealthProbe {
  /// Lets this process go before the load's client, where it may: the two share a core, and what the probe
  /// waits for there is no time of the server's.
  private static func goBefore() {
    // Threads that are made later have their maker's class.
    var parameters = sched_param(sched_priority: 1)
    _ = sched_setscheduler(0, SCHED_RR, &parameters)
  }
}

/// A process of its own that probes, so that it does not wait for what the client does.
final class ProbeProcess {
  private let process = Process()
  private let file: URL

  /// - Throws: what Foundation throws if the process cannot be started.
  init(_ url: String, writingTo path: String) throws {
    file = URL(fileURLWithPath: path)
    try Data().write(to: file)
    process.executableURL = URL(fileURLWithPath: CommandLine.arguments[0])
    process.arguments = ["probe", url]
    process.standardOutput = try FileHandle(forWritingTo: file)
    process.standardError = FileHandle.nullDevice
    try process.run()
  }

  /// Ends it; returns the milliseconds of all checks, sorted.
  ///
  /// - Throws: what Foundation throws if they cannot be read.
  func stop() throws -> [Double] {
    process.terminate()
    process.waitUntilExit()
    return try String(contentsOf: file, encoding: .utf8).split(separator: "\n").compactMap { Double($0) }
      .sorted()
  }
}
