import Foundation
import TestSupport
import Testing

/// A venue's ledger and an account on it, all by commands.
struct LedgerRun {
  let folder: URL
  static let passphrase = "correct horse"
  static let moment = 1_770_328_800

  func path(_ name: String) -> String { folder.appending(path: name).path }

  func run(_ arguments: [String]) throws -> Tool.Outcome {
    try Tool.run(arguments, passphrase: Self.passphrase)
  }

  /// Runs a command that must succeed.
  @discardableResult
  func must(_ arguments: String...) throws -> Tool.Outcome {
    let outcome = try run(arguments)
    try #require(outcome.exitCode == 0, "\(arguments): \(outcome.errors)")
    return outcome
  }

  /// What commands need that write to the ledger.
  func desk(at seconds: Int = 0) -> [String] {
    [
      "--ledger", path("desk"), "--key", path("venue.key"), "--now",
      String(Self.moment + seconds),
    ]
  }

  /// Keys, a signed snapshot, a committed and attested account.
  init(in folder: URL) throws {
    self.folder = folder
    for role in ["venue", "custodian", "engine"] {
      try must("keygen", "--role", role, "-o", path("\(role).key"))
    }
    try must(
      "snapshot", "sign", Example.snapshot, "--venue-name", "Example Exchange", "--key",
      path("venue.key"), "-o", path("snapshot.sig.json"))
    try must(
      "commit", "--book", Example.book, "--snapshot", Example.snapshot, "-o", path("account"),
      "--plain")
    try must(
      "ledger", "init", "--ledger", path("desk"), "--venue-name", "Example Exchange", "--venue",
      path("venue.key.pub"), "--custodian", path("custodian.key.pub"), "--engine",
      path("engine.key.pub"))
  }

  /// Publishes the snapshot and opens the account.
  func begin() throws {
    let publish = ["ledger", "publish", Example.snapshot, "--signature", path("snapshot.sig.json")]
    let published = try run(publish + desk())
    try #require(published.exitCode == 0, "\(published.errors)")
    try must(
      "attest", "--account", path("account/account.json"), "--pledged-to", "Example Exchange",
      "--ledger-identity", try identity(), "--now", String(Self.moment), "--key", path("custodian.key"), "-o",
      path("attestation.json"))
    let opened = try run(["ledger", "open", path("attestation.json")] + desk())
    try #require(opened.exitCode == 0, "\(opened.errors)")
  }

  /// The identity of the ledger: the digest of its first entry.
  func identity() throws -> String {
    let status = try must("ledger", "status", "--ledger", path("desk"), "--json")
    let word = try #require(status.output.firstMatch(of: /"identity": "([0-9a-f]{64})"/))
    return String(word.1)
  }

  /// Makes a request of the account.
  func request(_ name: String, _ options: [String] = []) throws -> String {
    let file = path(name)
    let outcome = try run(
      [
        "request", "--circuit", "portfolio-margin", "--snapshot", Example.snapshot, "--opening",
        path("account/account.opening"), "--venue-name", "Example Exchange", "--ledger-identity",
        try identity(), "--now",
        String(Self.moment), "-o", file,
      ] + options)
    try #require(outcome.exitCode == 0, "\(outcome.errors)")
    return file
  }
}

@Suite("Ledger commands")
struct LedgerCommandTests {
  @Test("a venue's day: published, opened, admitted, ordered, filled, overdue, exported, audited")
  func day() throws {
    try Scratch.with { folder in
      let day = try LedgerRun(in: folder)
      try day.begin()
      let standing = try day.request("standing.json")
      let order = try day.request(
        "order.json", ["--buy", "BTC-PERP", "--lots", "2", "--cash-per-lot=-70000000"])
      let admitted = try day.run(["admit", standing, order, standing] + day.desk())
      #expect(admitted.exitCode == 2)
      let lines = admitted.output.split(separator: "\n")
      try #require(lines.count == 3, "\(admitted.output) \(admitted.errors)")
      #expect(lines[0].contains("admitted until"))
      #expect(lines[1].contains("to buy up to 2 lots"))
      #expect(lines[2].contains("refused: replayed"))

      let filled = try day.run([
        "fill", "--account", day.path("account/account.json"), "--snapshot", Example.snapshot,
        "--delta", "position/BTC-PERP=1", "--delta", "cash=-65000000", "--key",
        day.path("engine.key"), "--report", day.path("report.json"), "-o", day.path("after"),
      ])
      #expect(filled.exitCode == 0, "\(filled.errors)")
      let recorded = try day.run(["ledger", "fill", day.path("report.json")] + day.desk(at: 10))
      #expect(recorded.exitCode == 0, "\(recorded.errors)")
      let again = try day.run(["ledger", "fill", day.path("report.json")] + day.desk(at: 10))
      #expect(again.exitCode == 2)

      let ledger = ["--ledger", day.path("desk")]
      let shown = try day.run(["ledger", "show"] + ledger + ["--now", "\(LedgerRun.moment + 20)"])
      #expect(shown.output.contains("current"))
      #expect(shown.output.contains("buy 1 lots"))
      let overdue = try day.run(["ledger", "roll"] + day.desk(at: 8_000))
      #expect(overdue.output.contains("alice  stale"), "\(overdue.output) \(overdue.errors)")
      let status = try day.run(
        ["ledger", "status", "--json"] + ledger + ["--now", "\(LedgerRun.moment + 8_000)"])
      #expect(status.output.contains("\"stale\": 1"), "\(status.output) \(status.errors)")

      let log = day.path("day.log")
      #expect(try day.run(["ledger", "export", "-o", log] + ledger).exitCode == 0)
      let audited = try day.run(
        ["audit", "replay", log, "--attestation", day.path("attestation.json")] + ledger)
      #expect(audited.exitCode == 0, "\(audited.output) \(audited.errors)")
      #expect(audited.output.contains("nothing wrong"))
      #expect(audited.output.contains("2 admissions and 1 refusals decided again, 2 proofs verified"))

      // The same log, cut off and altered.
      let bytes = [UInt8](try Data(contentsOf: URL(filePath: log)))
      try Data(bytes.dropLast(10)).write(to: URL(filePath: day.path("cut.log")))
      let cut = try day.run(["audit", "replay", day.path("cut.log")] + ledger)
      #expect(cut.exitCode == 2)
      #expect(cut.output.contains("ends after"))
      var altered = bytes
      altered[bytes.count / 2] ^= 1
      try Data(altered).write(to: URL(filePath: day.path("altered.log")))
      #expect(try day.run(["audit", "replay", day.path("altered.log")] + ledger).exitCode == 2)
    }
  }

  @Test("what is not a regular file is written into and stays what it is, a log and a database as well")
  func devices() throws {
    try Scratch.with { folder in
      let day = try LedgerRun(in: folder)
      try day.begin()
      let ledger = ["--ledger", day.path("desk")]
      func kind(_ path: String) -> mode_t? {
        var status = stat()
        return lstat(path, &status) == 0 ? status.st_mode & S_IFMT : nil
      }
      // A pipe, held open so that nobody waits, and where it can be made a device that takes everything.
      let pipe = day.path("pipe")
      #expect(mkfifo(pipe, 0o600) == 0)
      let reader = open(pipe, O_RDWR | O_NONBLOCK)
      defer { close(reader) }
      var places = [(pipe, mode_t(S_IFIFO))]
      func drain() {
        var buffer = [UInt8](repeating: 0, count: 1 << 20)
        while read(reader, &buffer, buffer.count) > 0 {}
      }
      let device = day.path("null")
      if mknod(device, mode_t(S_IFCHR) | 0o666, 0x103) == 0 { places.append((device, mode_t(S_IFCHR))) }
      for (place, expected) in places {
        for more in [[], ["--force"]] {
          let exported = try day.run(["ledger", "export", "-o", place] + more + ledger)
          #expect([0, 64].contains(exported.exitCode), "\(exported.errors)")
          drain()
          #expect(kind(place) == expected)
        }
        for arguments in [
          ["ledger", "backup", "-o", place] + ledger, ["keygen", "--role", "venue", "--force", "-o", place],
        ] {
          let outcome = try day.run(arguments)
          #expect(outcome.exitCode == 74 && outcome.errorLines.count == 1, "\(outcome.errors)")
          #expect(kind(place) == expected)
        }
        let built = try day.run([
          "snapshot", "build", "--market", Example.path("Examples/market"), "-o", place, "--force",
        ])
        #expect(built.exitCode == 0, "\(built.errors)")
        #expect(kind(place) == expected)
        #expect(
          kind(place + ".pub") == nil && kind(place + ".record") == nil && kind(place + ".state") == nil)
        // What the desk keeps beside its database is a file, and nothing else is replaced by one.
        let head = day.path("desk/ledger.head")
        try? FileManager.default.removeItem(atPath: head)
        if expected == S_IFCHR, mknod(head, mode_t(S_IFCHR) | 0o666, 0x103) == 0 {
          _ = try day.run(["ledger", "roll"] + day.desk(at: 1))
          #expect(kind(head) == expected)
        }
      }
    }
  }

  @Test(
    "a rule that proves less than it seems is warned of when a snapshot is put in force, and can be refused")
  func strictCircuits() throws {
    try Scratch.with { folder in
      let day = try LedgerRun(in: folder)
      let trivial = """
        circuit trivial version 1
        parameters snapshot
        committed cash in 0 ... 2^62 - 1
        require "nothing" : 0 - cash >= 0
        """
      try Data(trivial.utf8).write(to: URL(filePath: day.path("desk/circuits/trivial.circuit")))
      let publish = ["ledger", "publish", Example.snapshot, "--signature", day.path("snapshot.sig.json")]
      let refused = try day.run(publish + ["--strict-circuits"] + day.desk())
      #expect(refused.exitCode == 2, "\(refused.errors)")
      #expect(refused.errors.contains("trivial") && refused.errors.contains("no book with anything in it"))
      let warned = try day.run(publish + day.desk())
      #expect(warned.exitCode == 0 && warned.output.contains("warning  trivial: line 1"), "\(warned.output)")
      // The verifier's side: a proof of the empty book under it is accepted, and with the flag is not.
      try Data(#"{"version": 1, "account": "empty", "cash": "0"}"#.utf8)
        .write(to: URL(filePath: day.path("empty.json")))
      try day.must(
        "commit", "--book", day.path("empty.json"), "--snapshot", Example.snapshot, "-o", day.path("empty"),
        "--plain")
      let circuit = ["--circuit", day.path("desk/circuits/trivial.circuit"), "--snapshot", Example.snapshot]
      let moment = ["--now", "\(LedgerRun.moment)"]
      let proved = try day.run(
        ["prove", "--opening", day.path("empty/account.opening"), "-o", day.path("proof.json")] + circuit
          + moment)
      try #require(proved.exitCode == 0, "\(proved.errors)")
      let verify = ["verify", day.path("proof.json")] + circuit + moment
      #expect(try day.run(verify).exitCode == 0)
      let strict = try day.run(verify + ["--strict-circuits"])
      #expect(strict.exitCode == 2 && strict.output.contains("unusable-rule"), "\(strict.output)")
    }
  }

  @Test("missing, foreign, damaged and unsigned things: exit code, one line, and the ledger as before")
  func badInput() throws {
    try Scratch.with { folder in
      let day = try LedgerRun(in: folder)
      try day.begin()
      let database = URL(filePath: day.path("desk/ledger.sqlite"))
      func expect(
        _ code: Int32, _ text: String, _ arguments: [String],
        sourceLocation: SourceLocation = #_sourceLocation
      ) throws {
        let outcome = try day.run(arguments)
        #expect(outcome.exitCode == code, "\(outcome.errors)", sourceLocation: sourceLocation)
        #expect(outcome.errors.contains(text), "\(outcome.errors)", sourceLocation: sourceLocation)
        #expect(outcome.errorLines.count == 1, sourceLocation: sourceLocation)
        #expect(!outcome.wasKilled, sourceLocation: sourceLocation)
      }
      let ledger = ["--ledger", day.path("desk")]
      try expect(66, "is not a ledger directory", ["ledger", "show", "--ledger", folder.path])
      try expect(2, "open already", ["ledger", "open", day.path("attestation.json")] + day.desk())
      try expect(
        2, "not later than epoch",
        ["ledger", "publish", Example.snapshot, "--signature", day.path("snapshot.sig.json")]
          + day.desk())
      try expect(
        2, "not the key of this ledger's venue",
        ["ledger", "roll"] + ledger + ["--key", day.path("custodian.key")])
      try expect(
        65, "is an account commitment; a signed attestation is wanted",
        ["ledger", "open", day.path("account/account.json")] + day.desk())
      try expect(65, "is not a log", ["audit", "replay", Example.snapshot] + ledger)
      try expect(66, "no such file", ["audit", "replay", day.path("none.log")] + ledger)
      let bad = try day.run(["admit", Example.snapshot] + day.desk())
      #expect(bad.exitCode == 65)
      // What is malformed, and where.
      #expect(bad.output.contains("refused: malformed: "))

      let sound = try Data(contentsOf: database)
      try Data(sound.prefix(5_000)).write(to: database)
      for suffix in ["-wal", "-shm"] {
        try? FileManager.default.removeItem(atPath: database.path + suffix)
      }
      let damaged = try day.run(["ledger", "status"] + ledger)
      #expect(damaged.exitCode == 65, "\(damaged.errors)")
      try Data("not a database, whatever its name says, and long".utf8).write(to: database)
      try expect(65, "is not a ledger", ["ledger", "show"] + ledger)
      try FileManager.default.removeItem(at: database)
      try expect(66, "no such ledger", ["ledger", "show"] + ledger)
    }
  }
}
