import Foundation
import TestSupport
import Testing

/// What is written beside the log, and what is wrong with it.
@Suite("Checkpoints and heads by commands")
struct LedgerFileTests {
  /// Changes a byte of the state that a ledger's checkpoint holds, as a disk might.
  private static func damageCheckpoint(of database: String) throws {
    var bytes = try Data(contentsOf: URL(filePath: database))
    let name = try #require(bytes.range(of: Data("solvency/ledger-state/v2".utf8)))
    bytes[name.upperBound + 9] ^= 1
    try bytes.write(to: URL(filePath: database))
  }

  @Test(
    "a damaged checkpoint is one line that says how to go on; the whole log mends it; an audit compares all")
  func checkpoint() throws {
    try Scratch.with { folder in
      let day = try LedgerRun(in: folder)
      try day.begin()
      let ledger = ["--ledger", day.path("desk")]
      let standing = try day.request("standing.json")
      let written = try day.run(["ledger", "checkpoint"] + day.desk())
      #expect(written.exitCode == 0 && written.output.contains("is a checkpoint"), "\(written.errors)")
      let show = ["ledger", "show", "--json"] + ledger + ["--now", "\(LedgerRun.moment)"]
      let sound = try day.run(show)
      #expect(sound.exitCode == 0 && sound.output.contains("\"alice\""))
      #expect(try day.run(show + ["--rebuild"]).output == sound.output)

      let database = day.path("desk/ledger.sqlite")
      try Self.damageCheckpoint(of: database)
      let before = try Data(contentsOf: URL(filePath: database))
      for command in [
        ["ledger", "show"] + ledger, ["ledger", "status"] + ledger, ["admit", standing] + day.desk(),
      ] {
        let refused = try day.run(command)
        #expect(refused.exitCode == 65, "\(refused.errors)")
        #expect(refused.errors.contains("desk/ledger.sqlite") || refused.errors.contains("desk:"))
        #expect(refused.errors.contains("`ledger checkpoint --rebuild` writes a new one"))
        #expect(refused.errorLines.count == 1)
      }
      #expect(try Data(contentsOf: URL(filePath: database)) == before)
      #expect(try day.run(show + ["--rebuild"]).output == sound.output)
      let mended = try day.run(["ledger", "checkpoint", "--rebuild"] + day.desk(at: 1))
      #expect(mended.exitCode == 0, "\(mended.errors)")
      #expect(try day.run(["ledger", "status"] + ledger).exitCode == 0)
      #expect(try day.run(show).output == sound.output)
      #expect(try day.run(["admit", standing] + day.desk(at: 2)).exitCode == 0)

      let log = day.path("day.log")
      #expect(try day.run(["ledger", "export", "-o", log] + ledger).exitCode == 0)
      let audited = try day.run(["audit", "replay", log] + ledger)
      #expect(audited.exitCode == 0, "\(audited.output) \(audited.errors)")
      #expect(audited.output.contains("2 checkpoints compared with the replayed state"))
    }
  }

  @Test
  func `A47: the heads in what admit prints, and that of the ledger, show a second log`() throws {
    try Scratch.with { folder in
      let day = try LedgerRun(in: folder)
      try day.begin()
      let ledger = ["--ledger", day.path("desk")]
      try FileManager.default.copyItem(atPath: day.path("desk"), toPath: day.path("fork"))
      let standing = try day.request("standing.json")
      let admitted = try day.run(["admit", standing, standing, "--json"] + day.desk())
      #expect(admitted.exitCode == 2, "one of the two is a replay")
      let (verdicts, head, log) = (day.path("verdicts.json"), day.path("head.json"), day.path("day.log"))
      try Data(admitted.output.utf8).write(to: URL(filePath: verdicts))
      #expect(try day.run(["ledger", "head", "-o", head] + ledger).exitCode == 0)
      #expect(try day.run(["ledger", "export", "-o", log] + ledger).exitCode == 0)
      let heads = ["--head", verdicts, "--head", head]
      let clean = try day.run(["audit", "replay", log, "--json"] + heads + ledger)
      #expect(clean.exitCode == 0, "\(clean.output) \(clean.errors)")
      #expect(clean.output.contains("\"heads\": 2"))

      // The venue goes on from before the admission, as if it had not been.
      var fork = day.desk(at: 30)
      fork[1] = day.path("fork")
      #expect(try day.run(["ledger", "roll"] + fork).exitCode == 0)
      #expect(try day.run(["ledger", "roll"] + fork).exitCode == 0)
      let other = day.path("fork.log")
      #expect(try day.run(["ledger", "export", "-o", other, "--ledger", day.path("fork")]).exitCode == 0)
      #expect(try day.run(["audit", "replay", other] + ledger).exitCode == 0, "it is sound by itself")
      for file in [verdicts, head] {
        let found = try day.run(["audit", "replay", other, "--head", file] + ledger)
        #expect(found.exitCode == 2 && found.output.contains("has signed another log"), "\(found.output)")
      }
      let none = try day.run(["audit", "replay", log, "--head", Example.snapshot] + ledger)
      #expect(none.exitCode == 65 && none.errorLines.count == 1)
      let empty = day.path("empty.json")
      try Data("[]".utf8).write(to: URL(filePath: empty))
      let nothing = try day.run(["audit", "replay", log, "--head", empty] + ledger)
      #expect(nothing.exitCode == 65 && nothing.errors.contains("holds no signed head"))
    }
  }

  @Test
  func `A42: where nothing can be written, one line says so, and the ledger is as it was`() throws {
    try Scratch.with { folder in
      let day = try LedgerRun(in: folder)
      try day.begin()
      let standing = try day.request("standing.json")
      let ledger = ["--ledger", day.path("desk")]
      let before = try day.run(["ledger", "head"] + ledger).output
      let files = try FileManager.default.contentsOfDirectory(atPath: folder.path)
      // No file may grow beyond a kilobyte: as on a full disk, without one.
      let script = "trap '' XFSZ; ulimit -f 1; exec \"$0\" \"$@\""
      let tool = try #require(Tool.executable)
      for command in [
        ["ledger", "roll"] + day.desk(), ["ledger", "checkpoint"] + day.desk(),
        ["admit", standing] + day.desk(),
        ["ledger", "export", "-o", day.path("day.log")] + ledger,
        ["registry", "grow", "--snapshot", Example.snapshot, "-o", day.path("registry.json")],
      ] {
        let outcome = try Tool.run(
          URL(filePath: "/bin/sh"), ["-c", script, tool.path] + command, passphrase: LedgerRun.passphrase)
        #expect(outcome.exitCode == 74 && !outcome.wasKilled, "\(command): \(outcome.errors)")
        #expect(outcome.errorLines.count == 1 && outcome.errors.contains("full"), "\(outcome.errors)")
      }
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() == files.sorted())
      #expect(try day.run(["ledger", "head"] + ledger).output == before)
      #expect(try day.run(["ledger", "status"] + ledger).exitCode == 0)
      #expect(try day.run(["admit", standing] + day.desk()).exitCode == 0)
    }
  }

  @Test("malformed keys and logs that are cut anywhere: exit code, one line, and nothing recorded")
  func malformed() throws {
    try Scratch.with { folder in
      let day = try LedgerRun(in: folder)
      try day.begin()
      let ledger = ["--ledger", day.path("desk")]
      let log = day.path("day.log")
      #expect(try day.run(["ledger", "export", "-o", log] + ledger).exitCode == 0)
      let bytes = try Data(contentsOf: URL(filePath: log))
      for count in [1, 40, 100, 200, 1_000, bytes.count / 2, bytes.count - 1] where count < bytes.count {
        try bytes.prefix(count).write(to: URL(filePath: day.path("cut.log")))
        let outcome = try day.run(["audit", "replay", day.path("cut.log")] + ledger)
        #expect([2, 65].contains(outcome.exitCode), "\(count): \(outcome.errors)")
        #expect(outcome.errorLines.count <= 1 && !outcome.wasKilled)
      }
      let key = try Data(contentsOf: URL(filePath: day.path("venue.key")))
      let before = try day.run(["ledger", "head"] + ledger).output
      for damaged in [
        Data(), key.prefix(20), key.dropLast(), Data([UInt8](repeating: 0xA5, count: key.count)),
      ] {
        try damaged.write(to: URL(filePath: day.path("bad.key")))
        var desk = day.desk()
        desk[3] = day.path("bad.key")
        for verb in ["roll", "checkpoint"] {
          let outcome = try day.run(["ledger", verb] + desk)
          #expect(outcome.exitCode == 65, "\(outcome.errors)")
          #expect(outcome.errors.contains("bad.key") && outcome.errorLines.count == 1)
        }
      }
      #expect(try day.run(["ledger", "head"] + ledger).output == before)
    }
  }
}
