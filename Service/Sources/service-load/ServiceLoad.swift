import Admission
import ArgumentParser
import AsyncHTTPClient
import Foundation
import ServiceFixtures
import SolvencyService

/// What a server admits and verifies in a second, beside the library alone, and how long it lets others wait.
@main
struct ServiceLoad: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "service-load",
    abstract: "Measure solvencyd: admissions and verifications a second, waiting times, memory.",
    subcommands: [LoadRun.self, HealthProbe.self], defaultSubcommand: LoadRun.self)
}

/// The measurement.
struct LoadRun: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run", abstract: "Measure.",
    discussion: """
      Makes a venue whose accounts prove portfolio margin, one request each, and sends them to a server of its own on a copy of \
      the ledger, once for each number of connections: one request in a body, and streams of several. Processor time is the \
      server's alone; the client shares the machine with it, so that requests a second on the wall are those of both.

        service-load --server .build/release/solvencyd ../Examples/snapshot.json
      """)

  @Argument(help: "A snapshot; the one in force is made of it, with a validity of six hours from now.")
  var snapshot: String

  @Option(
    name: .customLong("server"),
    help: "The server to start; repeat it to measure several in alternation, such as two versions.")
  var servers: [String]

  @Option(help: "How often each server is measured.")
  var rounds = 1

  @Option(help: "How many accounts, and requests for admission.")
  var accounts = 8_192

  @Option(
    help: "A directory for the venue, kept for other runs: its requests hold for 45 minutes. None without.")
  var venue: String?

  @Option(name: .customLong("route"), help: "admit, streams or verify; repeat it for more. All without.")
  var routes: [Route] = Route.allCases

  @Option(name: .customLong("connections"), parsing: .upToNextOption, help: "Numbers of connections.")
  var connectionCounts = [1, 16, 256]

  @Option(help: "How many requests a stream has at once.")
  var lines = 16

  func validate() throws {
    guard !servers.isEmpty, rounds > 0 else {
      throw ValidationError("Name a --server, and --rounds of at least 1.")
    }
    guard (1...256).contains(lines) else { throw ValidationError("--lines is 1 to 256.") }
    guard (256...200_000).contains(accounts) else { throw ValidationError("--accounts is 256 to 200000.") }
    guard !connectionCounts.isEmpty, connectionCounts.allSatisfy({ (1...4_096).contains($0) }) else {
      throw ValidationError("--connections are 1 to 4096.")
    }
  }

  func run() async throws {
    let folder =
      venue ?? FileManager.default.temporaryDirectory.appending(path: "service-load-\(getpid())").path
    defer { if venue == nil { try? FileManager.default.removeItem(atPath: folder) } }
    let venue = try made(at: folder)
    let alone = try library(venue)
    let library = [
      "the library alone, batches of 256, one thread:",
      "\(whole(1 / alone)) admissions a second of processor time",
    ]
    print(library.joined(separator: " "))
    print("")
    print(
      "| route | connections | a second | half within, ms | 99 % within, ms | health, 99 % within, ms "
        + "| a second of the server's processor time | of the library's | memory, MB |")
    print("|---|---|---|---|---|---|---|---|---|")
    for _ in 0..<rounds {
      for server in servers {
        if servers.count > 1 { print("| *\(server)* |") }
        try await measure(server, venue, alone)
      }
    }
  }

  /// The venue in a directory, which is made where none is.
  private func made(at folder: String) throws -> LoadVenue {
    if let venue = try? LoadVenue(madeAt: folder) { return venue }
    let now = Timestamp.now
    var draft = try RiskSnapshot(json: Array(Data(contentsOf: URL(fileURLWithPath: snapshot)))).draft
    (draft.validFrom, draft.validTo) = (Int64(now.seconds), Int64(now.seconds) + 21_600)
    note("proving \(accounts) requests")
    return try LoadVenue(at: folder, accounts: accounts, snapshot: RiskSnapshot(draft), now: now) { count in
      if count % 1_024 == 0 { note("\(count) of \(accounts)") }
    }
  }

  /// All rows of one server.
  private func measure(_ server: String, _ venue: LoadVenue, _ alone: Double) async throws {
    for route in routes {
      var reached = 0.0
      for connections in route == .streams ? connectionCounts.suffix(1) : connectionCounts {
        reached = try await measure(server, venue, route, connections, rate: nil, alone).rate
      }
      if route != .verify, let most = connectionCounts.last {
        _ = try await measure(server, venue, route, most, rate: reached * 0.7, alone)
      }
    }
  }

  enum Route: String, CaseIterable, ExpressibleByArgument {
    case admit
    case streams
    case verify

    var path: String {
      switch self {
      case .admit: "/v1/requests"
      case .streams: "/v1/requests/batch"
      case .verify: "/v1/verify"
      }
    }
  }

  /// Processor time of an admission in the library, in seconds, on a copy of the ledger.
  private func library(_ venue: LoadVenue) throws -> Double {
    let copy = venue.folder + "/library"
    try? FileManager.default.removeItem(atPath: copy)
    try FileManager.default.copyItem(atPath: venue.folder + "/ledger", toPath: copy)
    let keys = try LoadVenue.keys(of: venue.folder)
    let ledger = try FolderLedger(copy, keys: keys)
    defer { ledger.close() }
    let requests = try venue.requests.map { try AdmissionRequest(json: $0) }
    let desk = ledger.admission
    // The rule is compiled with the first batch, as it is in a server at work.
    var seconds = 0.0
    var admitted = 0
    for first in stride(from: 0, to: requests.count, by: 256) {
      let batch = Array(requests[first..<min(first + 256, requests.count)])
      let begin = processorSeconds()
      let verdicts = desk.review(batch, at: .now)
      if first > 0 {
        seconds += processorSeconds() - begin
        admitted += batch.count
      }
      guard verdicts.allSatisfy({ if case .admitted = $0 { true } else { false } }) else {
        throw ServerProcess.Failure(description: "the library refused a request: \(verdicts)")
      }
    }
    return seconds / Double(max(1, admitted))
  }

  private func measure(
    _ server: String, _ venue: LoadVenue, _ route: Route, _ connections: Int, rate: Double?, _ alone: Double
  ) async throws -> LoadClient.Outcome {
    let process = try ServerProcess(server, venue: venue, copy: venue.folder + "/copy")
    defer { process.stop() }
    let idle = process.residentMegabytes
    // One connection is asked for as long as sixteen are: with fewer requests.
    let count = min(venue.requests.count, connections == 1 ? 1_024 : accounts)
    let requests =
      route == .verify
      ? [[UInt8]](repeating: venue.proof, count: count) : Array(venue.requests.prefix(count))
    let client = LoadClient(
      url: process.url, path: route.path, mark: route == .verify ? "\"accepted\"" : "\"admitted\"",
      lines: route == .streams ? lines : nil)
    let connected = try await LoadClient.connected(
      connections, to: process.url, verifying: venue.proof)
    let probe = try ProbeProcess(process.operations, writingTo: venue.folder + "/health")
    let before = process.processorSeconds
    let outcome = try await client.send(requests, connections: connections, rate: rate, over: connected)
    let each = (process.processorSeconds - before) / Double(max(1, outcome.answered))
    let health = try probe.stop()
    try await connected.shutdown()
    let cells = [
      (route == .streams ? "admit, in streams" : route.rawValue)
        + (rate.map { " at \(whole($0)) a second" } ?? ""), "\(connections)",
      whole(outcome.rate),
      tenths(LoadClient.Outcome.within(0.5, outcome.milliseconds)),
      tenths(LoadClient.Outcome.within(0.99, outcome.milliseconds)),
      tenths(LoadClient.Outcome.within(0.99, health)), whole(1 / each),
      route == .verify ? "" : "\(whole(100 * alone / each)) %",
      "\(tenths(idle)) idle, \(tenths(process.residentMegabytes)) after",
    ]
    print("| " + cells.joined(separator: " | ") + " |")
    fflush(nil)
    for (fault, times) in outcome.faults.prefix(3) { print("FAULT, \(times) times: \(fault)") }
    guard outcome.faults.isEmpty else { throw ExitCode(1) }
    return outcome
  }

  private func note(_ text: String) { FileHandle.standardError.write(Data((text + "\n").utf8)) }
  private func whole(_ value: Double) -> String { String(format: "%.0f", value) }
  private func tenths(_ value: Double) -> String { String(format: "%.1f", value) }

  /// Processor time of all threads of this process, in seconds.
  private func processorSeconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }
}
