import Admission
import ArgumentParser
import AsyncHTTPClient
import Foundation
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import NIOHTTP1
import RiskEngine
import ServiceFixtures
import ServiceLifecycle
import SolvencyProver
import SolvencyService
import SolvencyVerifier
import Synchronization
import UnixSignals

/// A venue, a custodian, 200 traders and a crash, over HTTP, live on the page.
@main
struct ServiceDemo: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "service-demo", abstract: "Run a venue, a custodian, traders and a crash against a server.")

  @Option(help: "Port to listen on, on this machine alone; 0 takes a free one.")
  var port = 8080

  @Option(help: "Number of traders.")
  var traders = 200

  @Option(help: "Number of accounts besides, who prove nothing: to look at the page with many.")
  var crowd = 0

  @Option(help: "Seconds of the venue's time for each second on the wall.")
  var speed = 120

  @Option(help: "Stop by itself after this number of seconds; 0 for never.")
  var seconds = 0

  @Option(help: "What everything is drawn from.")
  var seed: UInt64 = 1

  @Option(help: "Where the ledger is kept; a temporary directory by default.")
  var folder: String?

  func run() async throws {
    let place =
      folder ?? FileManager.default.temporaryDirectory.appending(path: "service-demo-\(getpid())").path
    defer { if folder == nil { try? FileManager.default.removeItem(atPath: place) } }
    let begin = Timestamp.now.seconds
    let venue = try DemoVenue(folder: place, seed: seed, now: begin, hoursBefore: 3)
    let (speed, started) = (UInt64(max(1, speed)), ContinuousClock.now)
    let clock: @Sendable () -> Timestamp = {
      let elapsed = (ContinuousClock.now - started).components
      let milliseconds = UInt64(elapsed.seconds) * 1_000 + UInt64(elapsed.attoseconds / 1_000_000_000_000_000)
      return Timestamp(seconds: begin + milliseconds * speed / 1_000)
    }
    var settings = ServiceCore.Settings()
    // The page is for the person at this machine.
    settings.anonymousRoles = Set(Role.allCases)
    settings.tileFolder = place + "/tiles"
    settings.clock = clock
    settings.rollSeconds = 5
    settings.limits.requestsPerSecond = 0
    var logger = Logger(label: "solvencyd")
    logger.logLevel = .error
    let core = try ServiceCore(try venue.ledger(), settings: settings, logger: logger)
    let day = DemoDay(venue: venue, core: core, clock: clock, traderCount: traders, crowd: crowd, seed: seed)
    let limit = seconds
    let application = ServiceStarter.application(
      core, address: .hostname("127.0.0.1", port: port), logger: logger
    ) { port in
      print("The page is at http://127.0.0.1:\(port)/ ; stop with Control-C.")
      fflush(nil)
      day.start(port: port)
    }
    var group = ServiceGroupConfiguration(
      services: [.init(service: application, successTerminationBehavior: .gracefullyShutdownGroup)]
        + (limit > 0
          ? [.init(service: Until(seconds: limit), successTerminationBehavior: .gracefullyShutdownGroup)]
          : []),
      gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
    group.maximumGracefulShutdownDuration = .seconds(20)
    try await ServiceGroup(configuration: group).run()
    day.stop()
    core.close()
    print(day.figures(since: started))
    // A demonstration in which nothing was decided shows nothing.
    guard day.isWhole else { throw ExitCode(70) }
  }

  /// Ends after the given number of seconds.
  private struct Until: Service {
    let seconds: Int
    func run() async throws {
      try? await cancelWhenGracefulShutdown { try await Task.sleep(for: .seconds(seconds)) }
    }
  }
}

/// What venue, custodian, matching engine and traders do, each over HTTP.
final class DemoDay: Sendable {
  struct Counts: Sendable {
    var epochs = 0
    var opened = 0
    var admitted = 0
    var reduceOnly = 0
    var refused = 0
    var unable = 0
    var fills = 0
    var faults: [String: Int] = [:]
    var milliseconds: [Double] = []
  }

  private let venue: DemoVenue
  private let core: ServiceCore
  private let clock: @Sendable () -> Timestamp
  private let traderCount: Int
  private let crowd: Int
  private let seed: UInt64
  private let counts = Mutex(Counts())
  private let task = Mutex<Task<Void, Never>?>(nil)

  init(
    venue: DemoVenue, core: ServiceCore, clock: @escaping @Sendable () -> Timestamp, traderCount: Int,
    crowd: Int, seed: UInt64
  ) {
    (self.venue, self.core, self.clock) = (venue, core, clock)
    (self.traderCount, self.crowd, self.seed) = (traderCount, crowd, seed)
  }

  func start(port: Int) {
    let running = Task {
      do {
        try await live("http://127.0.0.1:\(port)")
      } catch is CancellationError {
      } catch {
        counts.withLock { $0.faults["\(error)", default: 0] += 1 }
      }
    }
    task.withLock { $0 = running }
  }

  func stop() { task.withLock { $0 }?.cancel() }

  /// Whether what there is to see was seen.
  var isWhole: Bool { counts.withLock { $0.epochs > 0 && $0.admitted > 0 && $0.faults.isEmpty } }

  func figures(since start: ContinuousClock.Instant) -> String {
    let counts = counts.withLock { $0 }
    let sorted = counts.milliseconds.sorted()
    func percentile(_ share: Double) -> String {
      guard !sorted.isEmpty else { return "none" }
      return String(format: "%.1f ms", sorted[min(sorted.count - 1, Int(Double(sorted.count) * share))])
    }
    let seconds = (ContinuousClock.now - start).components.seconds
    let faults =
      counts.faults.isEmpty ? "no fault" : counts.faults.map { "\($1) times \($0)" }.joined(separator: "; ")
    return
      "figures: \(seconds) s, \(counts.epochs) epochs, \(counts.opened) accounts, \(counts.admitted) admitted, "
      + "\(counts.reduceOnly) reduce-only, \(counts.refused) refused, \(counts.unable) without margin to prove, "
      + "\(counts.fills) fills, decided in p50 \(percentile(0.5)), p99 \(percentile(0.99)); \(faults)"
  }

  // The day

  private struct Answered: Error, CustomStringConvertible {
    let description: String
  }

  private func send(
    _ method: String, _ url: String, _ body: JSONValue
  ) async throws -> JSONNode {
    var request = HTTPClientRequest(url: url)
    request.method = .init(rawValue: method)
    request.headers.add(name: "content-type", value: "application/json")
    request.body = .bytes(ByteBuffer(bytes: body.encoded()))
    let response = try await HTTPClient.shared.execute(request, timeout: .seconds(30))
    let bytes = Array(try await response.body.collect(upTo: 1 << 22).readableBytesView)
    guard response.status.code < 300 else {
      throw Answered(
        description: "\(method) \(response.status.code) \(String(decoding: bytes.prefix(300), as: UTF8.self))"
      )
    }
    return try JSONDocument.parse(bytes, maximumBytes: 1 << 22)
  }

  private func live(_ url: String) async throws {
    var random = SeededGenerator(seed: seed)
    var (state, previous): (EngineState, RiskSnapshot?) = (.initial, nil)
    var traders: [DemoTrader] = []
    while !Task.isCancelled {
      let now = clock()
      let (published, next) = try venue.publish(at: now.seconds, after: state, previous)
      _ = try await send(
        "PUT", url + "/v1/snapshots",
        ["snapshot": published.snapshot.json, "endorsement": published.endorsement.json])
      (state, previous) = (next, published.snapshot)
      counts.withLock { $0.epochs += 1 }
      let snapshot = published.snapshot
      let registry = try Registry(of: snapshot)
      if traders.isEmpty, crowd > 0 { try FixtureCrowd.open(crowd, in: core.desk, at: clock()) }
      if traders.isEmpty { traders = try await open(url, snapshot, registry, &random) }
      let rules = try Dictionary(
        uniqueKeysWithValues: [MarginKind.initial, .maintenance].map {
          ($0, try MarginRule(circuit: venue.circuit, snapshot: snapshot, kind: $0, registry: registry))
        })
      try await prove(&traders, rules, url, until: snapshot, &random)
      // The next epoch, an hour of the venue's time later.
      while clock().seconds < now.seconds + 3_000 {
        try await Task.sleep(for: .milliseconds(100))
        guard !traders.isEmpty, counts.withLock({ $0.fills }) < Int.max else { continue }
        try await trade(&traders, snapshot, rules, url, &random)
      }
    }
  }

  private func open(
    _ url: String, _ snapshot: RiskSnapshot, _ registry: Registry, _ random: inout SeededGenerator
  ) async throws -> [DemoTrader] {
    var traders: [DemoTrader] = []
    for place in 0..<traderCount {
      let trader = try DemoTrader.draw("trader-\(place + 1)", under: snapshot, registry, using: &random)
      let now = clock()
      let attestation = try Attestation(
        account: trader.commitment, pledgedTo: core.audience,
        custodians: CustodianSet([venue.custodian.verificationKey]), issued: now,
        expires: now.advanced(by: 86_400 * 30))
      _ = try await send(
        "POST", url + "/v1/accounts", ["attestations": [try Signed(attestation, by: venue.custodian).json]])
      counts.withLock { $0.opened += 1 }
      traders.append(trader)
    }
    return traders
  }

  /// Every trader proves its standing, some at a time.
  private func prove(
    _ traders: inout [DemoTrader], _ rules: [MarginKind: MarginRule], _ url: String,
    until snapshot: RiskSnapshot,
    _ random: inout SeededGenerator
  ) async throws {
    for first in stride(from: 0, to: traders.count, by: 8) {
      try Task.checkCancellation()
      let some = traders[first..<min(first + 8, traders.count)]
      try await withThrowingTaskGroup(of: Void.self) { group in
        for trader in some {
          group.addTask { try await self.prove(trader, rules, url) }
        }
        try await group.waitForAll()
      }
    }
  }

  private func prove(_ trader: DemoTrader, _ rules: [MarginKind: MarginRule], _ url: String) async throws {
    guard let request = try trader.request(rules, to: core.audience, at: clock()) else {
      counts.withLock { $0.unable += 1 }
      return
    }
    let start = ContinuousClock.now
    let verdict = try await send("POST", url + "/v1/requests", request.json)
    let took = (ContinuousClock.now - start).components
    let milliseconds = Double(took.seconds) * 1e3 + Double(took.attoseconds) / 1e15
    var word = ""
    if case .object(let members) = verdict.value,
      case .string(let text)? = members.first(where: { $0.key == "verdict" })?.value
    {
      word = text
    }
    counts.withLock { counts in
      counts.milliseconds.append(milliseconds)
      switch word {
      case "admitted": counts.admitted += 1
      case "reduce-only": counts.reduceOnly += 1
      default: counts.refused += 1
      }
    }
  }

  /// A trader closes part of a position; the matching engine reports it, and the trader proves what is left.
  private func trade(
    _ traders: inout [DemoTrader], _ snapshot: RiskSnapshot, _ rules: [MarginKind: MarginRule], _ url: String,
    _ random: inout SeededGenerator
  ) async throws {
    let place = Int.random(in: traders.indices, using: &random)
    guard let instrument = snapshot.instruments.randomElement(using: &random) else { return }
    let trader = traders[place]
    let lots = Bool.random(using: &random) ? 1 as Int64 : -1
    let cash = lots > 0 ? -instrument.markCeil : instrument.markFloor
    let fill = try Fill(
      account: trader.commitment.account, sequence: trader.commitment.sequence,
      deltas: [
        Fill.Delta(coordinate: Registry.position(instrument.id), amount: lots),
        Fill.Delta(coordinate: Registry.cash, amount: cash),
      ])
    let report = try Signed(FillReport(of: fill, on: trader.commitment), by: venue.engine)
    _ = try await send("POST", url + "/v1/fills", report.json)
    counts.withLock { $0.fills += 1 }
    traders[place] = try trader.after(fill)
    try await prove(traders[place], rules, url)
  }
}

/// Numbers that are the same for the same seed (SplitMix64).
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var value = state
    value = (value ^ (value >> 30)) &* 0xbf58_476d_1ce4_e5b9
    value = (value ^ (value >> 27)) &* 0x94d0_49bb_1331_11eb
    return value ^ (value >> 31)
  }
}
