import Foundation
import TestSupport
import Testing

/// A ledger that version 0.1.0 wrote, read and upgraded.
@Suite("Ledgers of version 0.1.0")
struct UpgradeTests {
  private static let moment = 1_770_328_900

  private func withCopy(_ body: (LedgerCopy) throws -> Void) throws {
    try Scratch.with { folder in
      let copy = folder.appending(path: "old")
      try FileManager.default.copyItem(at: Vectors.packageRoot.appending(path: "Tests/OldLedger"), to: copy)
      try body(LedgerCopy(folder: copy))
    }
  }

  private struct LedgerCopy {
    let folder: URL

    func path(_ name: String) -> String { folder.appending(path: name).path }

    func run(_ arguments: [String]) throws -> Tool.Outcome {
      try Tool.run(arguments, passphrase: LedgerRun.passphrase)
    }

    func desk(at seconds: Int = 0) -> [String] {
      ["--ledger", path("desk"), "--key", path("venue.key"), "--now", "\(UpgradeTests.moment + seconds)"]
    }

    var ledger: [String] { ["--ledger", path("desk")] }
  }

  @Test("it is read as it is, and nothing is decided on it until it is upgraded")
  func read() throws {
    try withCopy { old in
      let shown = try old.run(["ledger", "show", "--now", "\(Self.moment)"] + old.ledger)
      #expect(shown.exitCode == 0 && shown.output.contains("alice"), "\(shown.errors)")
      #expect(try old.run(["ledger", "show", "--rebuild"] + old.ledger).exitCode == 0)
      let status = try old.run(["ledger", "status", "--now", "\(Self.moment)"] + old.ledger)
      #expect(
        status.exitCode == 0 && status.output.contains("ledger upgrade"), "\(status.output) \(status.errors)")
      for command in [["admit", old.path("standing.json")], ["ledger", "roll"], ["ledger", "change"]] {
        let refused = try old.run(command + old.desk())
        #expect(refused.exitCode == 2 && refused.errors.contains("ledger upgrade"), "\(refused.errors)")
        #expect(refused.errorLines.count == 1)
      }
    }
  }

  @Test("an upgrade binds it, voids its standings and keeps its log; accounts prove anew under its identity")
  func upgrade() throws {
    try withCopy { old in
      let upgraded = try old.run(["ledger", "upgrade"] + old.desk())
      #expect(upgraded.exitCode == 0, "\(upgraded.errors)")
      #expect(try old.run(["ledger", "upgrade"] + old.desk()).exitCode == 2)
      let status = try old.run(["ledger", "status", "--json", "--now", "\(Self.moment)"] + old.ledger)
      let word = try #require(
        status.output.firstMatch(of: /"identity": "([0-9a-f]{64})"/), "\(status.errors)")
      let identity = String(word.1)
      #expect(upgraded.output.contains(identity))
      let shown = try old.run(["ledger", "show", "--json", "--now", "\(Self.moment)"] + old.ledger)
      #expect(shown.output.contains("\"status\": \"unproven\""), "\(shown.output)")

      // What was made for the name alone is worth nothing now.
      let replayed = try old.run(["admit", old.path("standing.json")] + old.desk())
      #expect(replayed.exitCode == 2 && replayed.output.contains("wrong-audience"), "\(replayed.output)")
      let request = old.path("request.json")
      let made = try old.run([
        "request", "--circuit", "portfolio-margin", "--snapshot", Example.snapshot, "--opening",
        old.path("after/account.opening"), "--venue-name", "Example Exchange", "--ledger-identity", identity,
        "--now", "\(Self.moment)", "-o", request,
      ])
      #expect(made.exitCode == 0, "\(made.errors)")
      let admitted = try old.run(["admit", request] + old.desk(at: 1))
      #expect(admitted.exitCode == 0 && admitted.output.contains("admitted until"), "\(admitted.output)")

      let log = old.path("day.log")
      #expect(try old.run(["ledger", "export", "-o", log] + old.ledger).exitCode == 0)
      let audited = try old.run(["audit", "replay", log] + old.ledger)
      #expect(audited.exitCode == 0, "\(audited.output) \(audited.errors)")
      #expect(audited.output.contains("9 entries are from before the ledger had a charter"))
    }
  }
}

/// What a ledger directory survives, and how it is mended.
@Suite("Ledgers: copies and repairs")
struct LedgerRepairTests {
  @Test
  func `A65: an older database put back is refused by every verb, and a restore that goes back as well`()
    throws
  {
    try Scratch.with { folder in
      let day = try LedgerRun(in: folder)
      try day.begin()
      let ledger = ["--ledger", day.path("desk")]
      let standing = try day.request("standing.json")
      let (copy, later) = (day.path("early.sqlite"), day.path("later.sqlite"))
      #expect(try day.run(["ledger", "backup", "-o", copy] + ledger).exitCode == 0)
      #expect(try day.run(["admit", standing] + day.desk()).exitCode == 0)
      #expect(try day.run(["ledger", "backup", "-o", later] + ledger).exitCode == 0)
      let head = day.path("kept.json")
      #expect(try day.run(["ledger", "head", "-o", head] + ledger).exitCode == 0)

      let refusedRestore = try day.run(["ledger", "restore", copy] + ledger)
      #expect(
        refusedRestore.exitCode == 2 && refusedRestore.errors.contains("older copy"),
        "\(refusedRestore.errors)")
      // Put back by hand.
      let database = day.path("desk/ledger.sqlite")
      for suffix in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: database + suffix) }
      try FileManager.default.copyItem(atPath: copy, toPath: database)
      for command in [
        ["admit", standing] + day.desk(), ["ledger", "status"] + ledger, ["ledger", "show"] + ledger,
        ["ledger", "export", "-o", day.path("x.log")] + ledger,
      ] {
        let outcome = try day.run(command)
        #expect(
          outcome.exitCode == 2 && outcome.errors.contains("older copy"), "\(command): \(outcome.errors)")
      }
      // With the head beside it gone too, the one that was kept elsewhere shows it.
      try FileManager.default.removeItem(atPath: day.path("desk/ledger.head"))
      let kept = try day.run(["ledger", "show", "--head", head] + ledger)
      #expect(kept.exitCode == 2 && kept.errors.contains("entries 4 to 4"), "\(kept.errors)")
      let restored = try day.run(["ledger", "restore", later, "--head", head] + ledger)
      #expect(restored.exitCode == 0, "\(restored.errors)")
      #expect(try day.run(["admit", standing] + day.desk()).output.contains("replayed"))
    }
  }

  @Test("a missing document is named by status and export, and put back by its digest")
  func repair() throws {
    try Scratch.with { folder in
      let day = try LedgerRun(in: folder)
      try day.begin()
      let ledger = ["--ledger", day.path("desk")]
      let standing = try day.request("standing.json")
      #expect(try day.run(["admit", standing] + day.desk()).exitCode == 0)
      let log = day.path("day.log")
      #expect(try day.run(["ledger", "export", "-o", log] + ledger).exitCode == 0)
      // Bytes of the request's document, as a disk might change them.
      let database = URL(filePath: day.path("desk/ledger.sqlite"))
      var bytes = try Data(contentsOf: database)
      let name = try #require(bytes.range(of: Data("solvency/request/v1".utf8), options: .backwards))
      bytes[name.upperBound + 70] ^= 1
      try bytes.write(to: database)
      for command in [
        ["ledger", "status"] + ledger, ["ledger", "export", "-o", day.path("x.log")] + ledger,
      ] {
        let outcome = try day.run(command)
        #expect(outcome.exitCode == 65 && outcome.errors.contains("ledger repair"), "\(outcome.errors)")
        #expect(outcome.errorLines.count == 1)
      }
      #expect(!FileManager.default.fileExists(atPath: day.path("x.log")))
      let nothing = try day.run(["ledger", "repair", Example.snapshot] + ledger)
      #expect(
        nothing.exitCode == 2 && nothing.output.contains("still missing"),
        "\(nothing.output) \(nothing.errors)")
      let mended = try day.run(["ledger", "repair", standing] + ledger)
      #expect(mended.exitCode == 0, "\(mended.output) \(mended.errors)")
      #expect(try day.run(["ledger", "status"] + ledger).exitCode == 0)
      #expect(try day.run(["ledger", "repair", log] + ledger).output.contains("every document is there"))
    }
  }

  @Test
  func `A56: a circuit that is dropped into the directory decides nothing until the log says so`() throws {
    try Scratch.with { folder in
      let day = try LedgerRun(in: folder)
      try day.begin()
      let ledger = ["--ledger", day.path("desk")]
      let trivial = """
        circuit trivial version 1
        parameters snapshot
        committed holding[a in collateral], debt[a in collateral], cash
        committed position[i in instruments]
        """
      try Data(trivial.utf8).write(to: URL(filePath: day.path("desk/circuits/trivial.circuit")))
      let standing = try day.request("standing.json")
      // The desk goes by the log, and says that the directory says otherwise.
      #expect(try day.run(["admit", standing] + day.desk()).exitCode == 0)
      try Data(
        """
        circuit trivial version 1
        parameters snapshot
        committed cash in 0 ... 2^62 - 1
        require "nothing" : cash >= 0
        """.utf8
      ).write(to: URL(filePath: day.path("desk/circuits/trivial.circuit")))
      let status = try day.run(["ledger", "status"] + ledger)
      #expect(
        status.exitCode == 0 && status.output.contains("ledger change"), "\(status.output) \(status.errors)")
      let changed = try day.run(["ledger", "change"] + day.desk(at: 5))
      #expect(changed.exitCode == 0 && changed.output.contains("in force"), "\(changed.errors)")
      #expect(try day.run(["ledger", "change"] + day.desk(at: 6)).exitCode == 2)
      let log = day.path("day.log")
      #expect(try day.run(["ledger", "export", "-o", log] + ledger).exitCode == 0)
      let audited = try day.run(["audit", "replay", log, "--venue", day.path("venue.key.pub")])
      #expect(audited.exitCode == 0, "\(audited.output)")
    }
  }
}
