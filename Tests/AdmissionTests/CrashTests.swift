import Admission
import AdmissionStore
import CanonicalBytes
import Foundation
import MarginRules
import Ristretto
import Solvency
import TestSupport
import Testing
import TransparencyLog

/// A process that writes to a ledger is killed at random points, again and again. What it had acknowledged is
/// there afterwards, whole and once.
///
/// A few kills by default; as many as the environment variable `SOLVENCY_CRASH_KILLS` says otherwise:
/// `sh Scripts/crash-test.sh 500`.
@Suite("Crashes", .serialized, .enabled(if: Load.executable != nil))
struct CrashTests {
  private let folder: TemporaryFolder
  private let seed: [UInt8]

  init() throws {
    folder = try TemporaryFolder()
    seed = (0..<32).map { _ in UInt8.random(in: 0...255) }
  }

  private var signer: LogSigner {
    get throws {
      let seed = seed
      return try LogSigner(SigningKey(role: .venue, seed: SecretBlock(count: 32) { seed[$0] }))
    }
  }

  @Test
  func `A42: after kills at any moment nothing acknowledged is lost, and nothing is applied twice`() throws {
    var random = SystemRandomNumberGenerator()
    var left = Load.killCount
    var acknowledged = 0
    while left > 0 {
      // A new ledger now and then, so that opening it stays quick.
      let path = folder.path("events-\(left).sqlite")
      var heads: [UInt64: String] = [:]
      var roots: [UInt64: Set<String>] = [:]
      for round in 0..<min(left, 25) {
        let output = try Load.runAndKill(
          ["events", path, Hex.encode(seed), "\(left - round)"], having: "ack",
          after: .microseconds(Int.random(in: 0...30_000, using: &random)))
        try check(output, against: &heads, &roots)
      }
      left -= min(left, 25)
      acknowledged += heads.count
      try audit(path, heads)
      try auditTree(path, roots)
    }
    #expect(acknowledged > Load.killCount / 4)
  }

  @Test
  func `A42: requests that are sent again after a crash are admitted exactly once`() throws {
    let traders = try (0..<4).map { try Trader("crash-\($0)") }
    // The usual key, so that the requests are for the usual ledger.
    let seed = [UInt8](repeating: 1, count: 32)
    let requests = try traders.flatMap { trader in
      try (0..<4).map { try trader.request(salt: "\($0)", seconds: 3_000) }
    }
    let file = folder.path("requests.jsonl")
    let lines = requests.flatMap { $0.json.encoded() + [UInt8(ascii: "\n")] }
    try Data(lines).write(to: URL(filePath: file))
    var random = SystemRandomNumberGenerator()
    var left = max(4, Load.killCount / 10)
    while left > 0 {
      let path = folder.path("admit-\(left).sqlite")
      let desk = try Desk(traders: traders, store: SQLiteStore(creating: path), seed: seed)
      var heads: [UInt64: String] = [:]
      for round in 0..<min(left, 6) {
        let output = try Load.runAndKill(
          [
            "admit", path, Hex.encode(seed), "\(left - round)", file,
          ], having: "open", after: .microseconds(Int.random(in: 0...60_000, using: &random)))
        var roots: [UInt64: Set<String>] = [:]
        try check(output, against: &heads, &roots)
      }
      left -= min(left, 6)
      try audit(path, heads, signer: LogSigner(Keys().venueAgain()))
      var audit = Audit(of: desk.keys.venue.verificationKey)
      var admitted: Set<Digest> = []
      for item in try SQLiteStore(opening: path).items(from: 0, limit: .max) {
        audit.check(item)
        if case .proofAccepted(let record) = item.entry.event {
          #expect(admitted.insert(record.evidence).inserted)
        }
      }
      #expect(audit.report().findings == [])
    }
  }

  /// What a killed process said: its ledger held everything acknowledged before, and this was acknowledged
  /// now.
  private func check(
    _ output: String, against heads: inout [UInt64: String], _ roots: inout [UInt64: Set<String>]
  ) throws {
    // A line that was cut off was not said.
    for line in output.split(separator: "\n", omittingEmptySubsequences: false).dropLast() {
      let words = line.split(separator: " ")
      let count = try #require(words.dropFirst().first.flatMap { UInt64($0) })
      switch words.first {
      case "open": #expect(count >= heads.keys.max() ?? 0)
      case "signed": roots[count, default: []].insert(String(try #require(words.last)))
      case "ack": heads[count] = String(try #require(words.last))
      default: Issue.record("\(line)")
      }
    }
  }

  /// Every checkpoint that was ever signed, published or cosigned is of the log as it is: no two are of
  /// different logs.
  private func auditTree(_ path: String, _ roots: [UInt64: Set<String>]) throws {
    guard let store = try? SQLiteStore(opening: path) else {
      #expect(roots.isEmpty)
      return
    }
    var tree = MemoryTree()
    for item in try store.items(from: 0, limit: .max) { tree.append(item.entry.leafHash) }
    for (size, signed) in roots {
      guard size <= tree.size else {
        Issue.record("a checkpoint of \(size) entries was signed, and there are \(tree.size)")
        continue
      }
      #expect(signed == [tree.head(at: size).root.description])
    }
    var found = 0
    for file in ["\(path).checkpoint", "\(path).site/checkpoint", "\(path).site/cosigned", "\(path).witness"]
    {
      guard let bytes = try? Data(contentsOf: URL(filePath: file)) else { continue }
      let head = try SignedCheckpoint(decoding: Array(bytes)).unverified.head
      #expect(head.size <= tree.size && tree.head(at: min(head.size, tree.size)) == head, "\(file)")
      found += 1
    }
    #expect(found > 0 || roots.isEmpty)
  }

  /// The log on the disk is sound, is replayed without an event that happens twice, and has every
  /// acknowledged head.
  private func audit(
    _ path: String, _ heads: [UInt64: String], signer: LogSigner? = nil
  ) throws {
    let signer = try signer ?? self.signer
    guard FileManager.default.fileExists(atPath: path) else {
      #expect(heads.isEmpty)
      return
    }
    guard let store = try? SQLiteStore(opening: path) else {
      // Killed before it was made.
      #expect(heads.isEmpty)
      return
    }
    try store.checkIntegrity()
    // From its checkpoint it is the same as from its first entry, which compares every checkpoint on the way.
    let quick = try Ledger(store: store, signer: signer).withState { copy $0 }
    #expect(try Ledger(store: store, signer: signer, from: .beginning).withState { copy $0 } == quick)
    var nonces: Set<Nonce> = []
    for item in try store.items(from: 0, limit: .max) {
      if let acknowledged = heads[item.entry.index + 1] {
        #expect(acknowledged == item.entry.digest.description)
      }
      if case .proofAccepted(let record) = item.entry.event {
        #expect(nonces.insert(record.nonce).inserted || record.account.description.hasPrefix("crash"))
      }
    }
    #expect(try store.head()?.unverified.count ?? 0 >= heads.keys.max() ?? 0)
  }
}

/// The program that is killed.
enum Load {
  /// How often it is killed.
  static let killCount =
    ProcessInfo.processInfo.environment["SOLVENCY_CRASH_KILLS"].flatMap { Int($0) } ?? 40

  /// The executable beside the test bundle.
  static let executable: URL? = {
    var folder = URL(filePath: CommandLine.arguments[0]).resolvingSymlinksInPath()
      .deletingLastPathComponent()
    for _ in 0..<4 {
      let candidate = folder.appending(path: "LedgerLoad")
      if FileManager.default.isExecutableFile(atPath: candidate.path) { return candidate }
      folder = folder.deletingLastPathComponent()
    }
    return nil
  }()

  /// Runs it, kills it after some time, and returns what it said. Half of the time it has at least said this
  /// word: that it has opened its ledger, or has acknowledged something. A machine under load may come no
  /// further.
  static func runAndKill(
    _ arguments: [String], having word: String, after delay: Duration
  ) throws -> String {
    let process = Process()
    process.executableURL = executable
    process.arguments = arguments
    let pipe = Pipe()
    process.standardOutput = pipe
    try process.run()
    let reader = pipe.fileHandleForReading
    var said = Data()
    if Bool.random() {
      while said.range(of: Data(word.utf8)) == nil {
        let more = reader.availableData
        guard !more.isEmpty else { break }
        said += more
      }
    }
    Thread.sleep(forTimeInterval: delay / .seconds(1))
    kill(process.processIdentifier, SIGKILL)
    // Only now: what is in the pipe was said before the end.
    said += try reader.readToEnd() ?? Data()
    process.waitUntilExit()
    try #require(process.terminationReason == .uncaughtSignal, "it ended by itself")
    return String(decoding: said, as: UTF8.self)
  }
}
