import CanonicalBytes
import Foundation
import TestSupport
import Testing

/// Input that comes slowly, never ends, or goes wrong on the way; output that goes nowhere.
@Suite("Streams")
struct StreamTests {
  /// The command with pipes on both sides.
  private final class Conversation {
    private let process = Process()
    private let (input, output) = (Pipe(), Pipe())
    private let errors = Pipe()

    init(_ arguments: [String], passphrase: String? = nil) throws {
      process.executableURL = Tool.executable
      process.arguments = arguments
      if let passphrase {
        process.environment = ProcessInfo.processInfo.environment
          .merging(["SOLVENCY_PASSPHRASE": passphrase]) { $1 }
      }
      process.standardInput = input
      process.standardOutput = output
      process.standardError = errors
      try process.run()
    }

    func say(_ data: Data) throws { try input.fileHandleForWriting.write(contentsOf: data) }

    /// The next `count` lines, or those that came within a time.
    func lines(_ count: Int, seconds: Double = 60) -> [Substring] {
      let end = Date.now.addingTimeInterval(seconds)
      var text: [UInt8] = []
      let descriptor = output.fileHandleForReading.fileDescriptor
      while Date.now < end, text.count(where: { $0 == 10 }) < count {
        var request = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        guard poll(&request, 1, 100) > 0 else { continue }
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        let got = read(descriptor, &buffer, buffer.count)
        guard got > 0 else { break }
        text += buffer[..<got]
      }
      return String(decoding: text, as: UTF8.self).split(separator: "\n")
    }

    func end() throws -> (code: Int32, errors: String) {
      try input.fileHandleForWriting.close()
      process.waitUntilExit()
      let said = try errors.fileHandleForReading.readToEnd() ?? Data()
      return (process.terminationStatus, String(decoding: said, as: UTF8.self))
    }

    /// Kills it if it still runs.
    deinit { if process.isRunning { kill(process.processIdentifier, SIGKILL) } }
  }

  @Test("verify answers ten lines while its input stays open, and again after a pause")
  func verifyAnswersAtOnce() throws {
    try Scratch.with { folder in
      let account = try ProvenAccount(in: folder)
      let line = try Data(contentsOf: URL(filePath: account.proof))
      let talk = try Conversation(["verify", "-", "--snapshot", Example.snapshot, "--now", Example.moment])
      for _ in 0..<2 {
        for _ in 0..<10 { try talk.say(line) }
        let verdicts = talk.lines(10)
        #expect(verdicts.count == 10)
        #expect(verdicts.allSatisfy { $0.contains("accepted") })
      }
      #expect(try talk.end().code == 0)
    }
  }

  @Test("a line without end is cut at a limit, with 65")
  func endlessLine() throws {
    let talk = try Conversation(["verify", "-", "--snapshot", Example.snapshot])
    let part = Data(repeating: UInt8(ascii: "x"), count: 1 << 20)
    // Writing fails once nobody reads any more.
    signal(SIGPIPE, SIG_IGN)
    for _ in 0..<80 { guard (try? talk.say(part)) != nil else { break } }
    let end = try talk.end()
    #expect(end.code == 65)
    #expect(end.errors.contains("line of more than"))
  }

  @Test("verdicts before a file that cannot be read are printed, and JSON stays one document")
  func badFileAfterGood() throws {
    try Scratch.with { folder in
      let account = try ProvenAccount(in: folder)
      let empty = folder.appending(path: "empty.jsonl").path
      try Data().write(to: URL(filePath: empty))
      let text = try ProvenAccount.verify([account.proof, empty, account.proof])
      #expect(text.exitCode == 65)
      #expect(text.output.contains("accepted: the unbound commitment"))
      #expect(text.errors.contains(empty))
      let data = try ProvenAccount.verify([account.proof, empty, "--json"])
      #expect(data.exitCode == 65)
      let node = try JSONDocument.parse(Array(data.output.utf8), maximumBytes: 1 << 20)
      let members = try node.entries(maximumCount: 9).map(\.key)
      #expect(members == ["verdicts", "summary", "error"])
    }
  }

  @Test(
    "--json gives one document for an error of the command line too",
    arguments: [["prove"], ["verify"], ["fly"], ["snapshot", "diff", "a", "b", "--drivers=-5"]])
  func usageAsData(_ arguments: [String]) throws {
    let outcome = try Tool.run(arguments + ["--json"])
    #expect(outcome.exitCode == 64)
    let node = try JSONDocument.parse(Array(outcome.output.utf8), maximumBytes: 1 << 20)
    #expect(try node.entries(maximumCount: 9).map(\.key) == ["error"])
  }

  @Test(
    "results that go nowhere end with 74: a full device, a closed output, a reader that went away",
    arguments: [
      "--help", "--version", "circuit list", "circuit show value-at-risk",
      "--generate-completion-script bash",
      "snapshot check '\(Example.snapshot)' --json",
    ])
  func outputFails(_ arguments: String) throws {
    let tool = try #require(Tool.executable).path
    for place in [">/dev/full", ">&-", "| (exec <&-; sleep 1)"] {
      let script = "set -o pipefail; '\(tool)' \(arguments) \(place)"
      let outcome = try Tool.run(URL(filePath: "/bin/bash"), ["-c", script])
      #expect(outcome.exitCode == 74, "\(arguments) \(place): \(outcome.exitCode) \(outcome.errors)")
      #expect(!outcome.errors.contains("Error Domain"))
    }
  }

  @Test("with standard output closed, results do not land in a file that is written")
  func closedOutput() throws {
    try Scratch.with { folder in
      let tool = try #require(Tool.executable).path
      let file = folder.appending(path: "registry.json").path
      let script = "'\(tool)' registry grow --snapshot '\(Example.snapshot)' -o '\(file)' --json >&-"
      let outcome = try Tool.run(URL(filePath: "/bin/bash"), ["-c", script])
      #expect(outcome.exitCode == 74)
      #expect(try Tool.run(["registry", "show", file]).exitCode == 0)
    }
  }
}

@Suite("Places that files are written to")
struct OutputPlaceTests {
  @Test("what is not a regular file is written into and stays what it is", arguments: [["--force"], []])
  func pipe(_ more: [String]) throws {
    try Scratch.with { folder in
      let place = folder.appending(path: "pipe").path
      #expect(mkfifo(place, 0o600) == 0)
      let descriptor = open(place, O_RDWR | O_NONBLOCK)
      defer { close(descriptor) }
      let outcome = try Tool.run(
        ["registry", "grow", "--snapshot", Example.snapshot, "-o", place] + more)
      #expect(outcome.exitCode == 0, "\(outcome.errors)")
      var buffer = [UInt8](repeating: 0, count: 1 << 16)
      let count = read(descriptor, &buffer, buffer.count)
      #expect(count > 0 && buffer.first == UInt8(ascii: "{"))
      var status = stat()
      #expect(stat(place, &status) == 0 && status.st_mode & S_IFMT == S_IFIFO)
    }
  }

  @Test("files of other processes that ended early do not block a place")
  func staleTemporary() throws {
    try Scratch.with { folder in
      let place = folder.appending(path: "registry.json").path
      // A shell tells the number that the command will have, since it becomes the command.
      let tool = try #require(Tool.executable).path
      let script =
        "touch '\(place).'$$.tmp; exec '\(tool)' registry grow --snapshot '\(Example.snapshot)' -o '\(place)'"
      #expect(try Tool.run(URL(filePath: "/bin/sh"), ["-c", script]).exitCode == 0)
    }
  }

  @Test("a guard leaves nothing beside a file that is not a guard, nor beside one that is")
  func guardLeavesNothing() throws {
    try Scratch.with { folder in
      let desk = try Desk(of: ProvenAccount(in: folder))
      let other = desk.path("other.json")
      try Data("{}".utf8).write(to: URL(filePath: other))
      #expect(try desk.run(try desk.prove(guard: other)).exitCode == 65)
      try desk.done(try desk.prove(guard: desk.path("guard.json")))
      let files = try FileManager.default.contentsOfDirectory(atPath: folder.appending(path: "desk").path)
      #expect(files.allSatisfy { !$0.hasSuffix(".lock") && !$0.hasSuffix(".tmp") }, "\(files)")
    }
  }
}

@Suite("Options that are taken at their word")
struct OptionTests {
  @Test(
    "a malformed moment is refused, and milliseconds for seconds",
    arguments: [
      "2026-02-30T00:00:00Z", "2026-02-05T24:00:00Z", "2026-13-01T00:00:00Z", "2026-02-05", "1770326978000",
      "-1", "1e9", "2026-02-05T22:00:60Z", "٢٠٢٦",
    ])
  func moments(_ moment: String) throws {
    let outcome = try Tool.run(["verify", "-", "--snapshot", Example.snapshot, "--now=\(moment)"])
    #expect(outcome.exitCode == 64, "\(outcome.errors)")
  }

  @Test(
    "a version is the number 1 in every file with one",
    arguments: ["true", "null", "\"v1\"", "\"1\"", "1.0", "2", "0", "-1", "9223372036854775808", "[1]", "{}"])
  func versions(_ version: String) throws {
    try Scratch.with { folder in
      let account = try ProvenAccount(in: folder)
      let file = folder.appending(path: "input")
      for kind in FileKind.allCases where kind.isVersioned {
        let text = String(decoding: try kind.good(account), as: UTF8.self)
        let range = try #require(text.range(of: #""version"\s*:\s*[0-9]+"#, options: .regularExpression))
        let changed = text.replacingCharacters(in: range, with: "\"version\": \(version)")
        guard !text[range].hasSuffix(" \(version)") else { continue }
        try Data(changed.utf8).write(to: file)
        let outcome = try kind.read(file.path, account)
        #expect(outcome.exitCode == 65, "\(kind) \(version): \(outcome.errors)\(outcome.output)")
      }
      let run = folder.appending(path: "run")
      try FileManager.default.createDirectory(at: run, withIntermediateDirectories: true)
      let desk = try LedgerRun(in: run)
      let charter = URL(filePath: desk.path("desk/desk.json"))
      let text = try String(contentsOf: charter, encoding: .utf8)
      let range = try #require(text.range(of: #""version"\s*:\s*[0-9]+"#, options: .regularExpression))
      guard !text[range].hasSuffix(" \(version)") else { return }
      try Data(text.replacingCharacters(in: range, with: "\"version\": \(version)").utf8).write(to: charter)
      let outcome = try desk.run(["ledger", "status", "--ledger", desk.path("desk")])
      #expect(outcome.exitCode == 65, "\(version): \(outcome.errors)\(outcome.output)")
    }
  }

  @Test("--record names any file")
  func record() throws {
    try Scratch.with { folder in
      let (snapshot, elsewhere) = (folder.appending(path: "s.json"), folder.appending(path: "my-record.json"))
      let market = Example.path("Examples/market")
      let built = try Tool.run(["snapshot", "build", "--market", market, "-o", snapshot.path])
      #expect(built.exitCode == 0, "\(built.errors)")
      try FileManager.default.moveItem(
        at: URL(filePath: snapshot.path + ".record"), to: elsewhere)
      let outcome = try Tool.run([
        "snapshot", "verify", snapshot.path, "--record", elsewhere.path, "--market", market,
      ])
      #expect(outcome.exitCode == 0, "\(outcome.errors)")
    }
  }

  @Test("snapshot explain takes either a snapshot or a configuration")
  func explainConfiguration() throws {
    for option in ["--config", "--stress"] {
      let outcome = try Tool.run([
        "snapshot", "explain", "BTC-PERP", "--snapshot", Example.snapshot, option, "c.json", "--market", "m",
      ])
      #expect(outcome.exitCode == 64 && outcome.errors.contains(option))
    }
  }

  @Test("an opening with a value too few is not a defect of the program")
  func shortOpening() throws {
    try Scratch.with { folder in
      let account = try ProvenAccount(in: folder)
      let text = try String(contentsOfFile: account.opening, encoding: .utf8)
      let start = try #require(text.range(of: #""values": ["#))
      let comma = try #require(text[start.upperBound...].firstIndex(of: ","))
      let short = text[..<start.upperBound] + text[text.index(after: comma)...]
      try Data(short.utf8).write(to: URL(filePath: account.opening))
      for verb in ["explain", "prove"] {
        let more = verb == "prove" ? ["-o", folder.appending(path: "p.json").path] : []
        let outcome = try Tool.run(
          [
            verb, "--circuit", "portfolio-margin", "--snapshot", Example.snapshot, "--opening",
            account.opening,
          ] + more)
        #expect(outcome.exitCode == 65, "\(outcome.errors)")
        #expect(!outcome.errors.contains("defect"))
      }
    }
  }
}
