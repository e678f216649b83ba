import Foundation
import TestSupport
import Testing

/// What a venue does after a loss or a mistake: receipts, recovery, undoing, and what it says of it.
@Suite("Ledgers: receipts, recovery, undoing")
struct RecoveryCommandTests {
  /// A day with a log's key.
  private struct Day {
    let run: LedgerRun
    var ledger: [String] { ["--ledger", run.path("desk")] }

    init(in folder: URL) throws {
      run = try LedgerRun(in: folder)
      try run.begin()
      try run.must("keygen", "--role", "log", "-o", run.path("log.key"))
    }

    func desk(at seconds: Int = 0) -> [String] {
      run.desk(at: seconds) + ["--log-key", run.path("log.key"), "--log-name", "venue.example"]
    }

    /// The log's public key under its whole name.
    func vkey() throws -> String {
      let origin = try String(contentsOfFile: run.path("desk/ledger.checkpoint"), encoding: .utf8).split(
        separator: "\n")[0]
      return try run.must("log", "key", run.path("log.key.pub"), "--name", String(origin)).output
        .trimmingCharacters(in: .whitespacesAndNewlines)
    }

    func putBack(_ copy: String) throws {
      let database = run.path("desk/ledger.sqlite")
      for suffix in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: database + suffix) }
      try FileManager.default.copyItem(atPath: copy, toPath: database)
    }
  }

  @Test("a receipt of admit is checked by itself, and had again after nobody heard of it")
  func receipts() throws {
    try Scratch.with { folder in
      let day = try Day(in: folder)
      let standing = try day.run.request("standing.json")
      let receipts = day.run.path("receipts")
      let admitted = try day.run.run(["admit", standing, "--receipts", receipts, "--json"] + day.desk())
      #expect(admitted.exitCode == 0, "\(admitted.errors)")
      #expect(admitted.output.contains("4.tlog-proof"))
      let receipt = receipts + "/4.tlog-proof"
      let log = ["--log", try day.vkey()]
      let verified = try day.run.run(["log", "verify", receipt] + log)
      #expect(
        verified.exitCode == 0 && verified.output.contains("the one that it carries"), "\(verified.errors)")
      // One byte of the entry that it carries is another: the tree has no such entry.
      let text = try String(contentsOfFile: receipt, encoding: .utf8)
      let line = try #require(text.split(separator: "\n").first { $0.hasPrefix("extra ") })
      var extra = Array(try #require(Data(base64Encoded: String(line.dropFirst(6)))))
      extra[extra.count - 1] ^= 1
      let forged = text.replacing(line, with: "extra \(Data(extra).base64EncodedString())")
      try Data(forged.utf8).write(to: folder.appending(path: "forged.tlog-proof"))
      #expect(try day.run.run(["log", "verify", day.run.path("forged.tlog-proof")] + log).exitCode == 2)

      let again = try day.run.run(
        ["ledger", "receipt", standing, "-o", day.run.path("again.tlog-proof")] + day.ledger)
      #expect(again.exitCode == 0 && again.output.contains("admitted until"), "\(again.errors)")
      #expect(
        try Data(contentsOf: URL(filePath: receipt))
          == Data(contentsOf: folder.appending(path: "again.tlog-proof")))
      let byEntry = try day.run.run(["ledger", "receipt", "--entry", "4", "--json"] + day.ledger)
      #expect(byEntry.exitCode == 0 && byEntry.output.contains("signedHead"))
      #expect(try day.run.run(["ledger", "receipt", "--entry", "3"] + day.ledger).exitCode == 2)
      #expect(try day.run.run(["ledger", "receipt", "--entry", "99"] + day.ledger).exitCode == 2)
      let unknown = try day.run.run(["ledger", "receipt", try day.run.request("other.json")] + day.ledger)
      #expect(unknown.exitCode == 2 && unknown.errors.contains("can be sent again"), "\(unknown.errors)")
      #expect(try day.run.run(["ledger", "receipt", Example.snapshot] + day.ledger).exitCode == 65)
      #expect(try day.run.run(["admit", standing, "--receipts", receipts] + day.run.desk()).exitCode == 64)
    }
  }

  @Test
  func `A65: entries that a damaged database lost are named, and brought back from receipts and requests`()
    throws
  {
    try Scratch.with { folder in
      let day = try Day(in: folder)
      let copy = day.run.path("early.sqlite")
      #expect(try day.run.run(["ledger", "backup", "-o", copy] + day.ledger).exitCode == 0)
      let standing = try day.run.request("standing.json")
      let order = try day.run.request(
        "order.json", ["--buy", "BTC-PERP", "--lots", "2", "--cash-per-lot=-70000000"])
      let receipts = day.run.path("receipts")
      for request in [standing, order] {
        let admitted = try day.run.run(["admit", request, "--receipts", receipts] + day.desk())
        #expect(admitted.exitCode == 0, "\(admitted.errors)")
      }
      try day.putBack(copy)
      let shown = try day.run.run(["ledger", "show"] + day.ledger)
      #expect(
        shown.exitCode == 2 && shown.errors.contains("entries 4 to 5")
          && shown.errors.contains("ledger recover"),
        "\(shown.errors)")
      // Nothing, then too little, is found.
      let bare = try day.run.run(["ledger", "recover"] + day.desk(at: 5))
      #expect(
        bare.exitCode == 2 && bare.output.contains("entries 4 to 5 are still missing"), "\(bare.errors)")
      let gap = try day.run.run(["ledger", "recover", receipts + "/5.tlog-proof", order] + day.desk(at: 5))
      #expect(gap.exitCode == 2 && gap.output.contains("0 entries are back"), "\(gap.output)")
      let back = try day.run.run(
        ["ledger", "recover", receipts + "/4.tlog-proof", receipts + "/5.tlog-proof", standing, order]
          + day.desk(at: 5))
      #expect(
        back.exitCode == 0 && back.output.contains("2 entries are back"), "\(back.output) \(back.errors)")
      #expect(try day.run.run(["ledger", "status"] + day.ledger).exitCode == 0)
      let replayed = try day.run.run(["admit", standing] + day.desk(at: 6))
      #expect(replayed.output.contains("replayed"))
      #expect(try day.run.run(["ledger", "recover"] + day.desk(at: 5)).exitCode == 0)
    }
  }

  @Test(
    "repair takes the charter from the directory, snapshots as the venue signed them, and no log that is damaged"
  )
  func repair() throws {
    try Scratch.with { folder in
      let day = try Day(in: folder)
      let database = URL(filePath: day.run.path("desk/ledger.sqlite"))
      func damage(after text: String) throws {
        var bytes = try Data(contentsOf: database)
        bytes[try #require(bytes.range(of: Data(text.utf8))).upperBound + 20] ^= 1
        try bytes.write(to: database)
      }
      func repair(with signature: String) throws -> Tool.Outcome {
        try day.run.run(["ledger", "repair", Example.snapshot, day.run.path(signature)] + day.ledger)
      }
      try damage(after: "solvency/charter/v1")
      try damage(after: "solvency/published-snapshot/v1")
      let lost = try day.run.run(["ledger", "status"] + day.ledger)
      #expect(lost.exitCode == 65 && lost.errors.contains("entries 0, 2"), "\(lost.errors)")
      let copy = day.run.path("copy.sqlite")
      for (verb, text) in [
        (["backup", "-o", copy], "entries 0, 2"), (["restore", copy], "is in its place"),
      ] {
        let said = try day.run.run(["ledger"] + verb + day.ledger)
        #expect(said.exitCode == 65 && said.errors.contains("entries 0, 2"), "\(verb): \(said.errors)")
        #expect(said.errors.contains(text))
      }
      // The snapshot's digest does not say who signed it.
      try day.run.must("keygen", "--role", "venue", "-o", day.run.path("other.key"))
      try day.run.must(
        "snapshot", "sign", Example.snapshot, "--venue-name", "Example Exchange", "--key",
        day.run.path("other.key"), "-o", day.run.path("other.sig.json"))
      let other = try repair(with: "other.sig.json")
      #expect(
        other.exitCode == 2 && other.output.contains("those of entries 2 are still missing"),
        "\(other.output)")
      let back = try repair(with: "snapshot.sig.json")
      #expect(
        back.exitCode == 0 && back.output.contains("1 documents are back"), "\(back.output)\(back.errors)")
      #expect(try day.run.run(["ledger", "status"] + day.ledger).exitCode == 0)

      try damage(after: "solvency/log-entry/v1")
      let refused = try repair(with: "snapshot.sig.json")
      #expect(refused.exitCode == 65 && refused.output.isEmpty, "\(refused.output)\(refused.errors)")
    }
  }

  @Test("what nobody has is stated as lost, audits find it, and the log takes another name")
  func loss() throws {
    try Scratch.with { folder in
      let day = try Day(in: folder)
      let copy = day.run.path("early.sqlite")
      #expect(try day.run.run(["ledger", "backup", "-o", copy] + day.ledger).exitCode == 0)
      #expect(try day.run.run(["ledger", "roll"] + day.desk(at: 1)).exitCode == 0)
      try day.putBack(copy)
      let lost = try day.run.run(["ledger", "recover", "--accept-loss"] + day.run.desk(at: 7))
      #expect(lost.exitCode == 0 && lost.output.contains("are lost"), "\(lost.output) \(lost.errors)")
      #expect(lost.output.contains("another --log-name"))
      #expect(try day.run.run(["ledger", "status"] + day.ledger).exitCode == 0)
      // Under its old name the log would have two histories.
      let same = try day.run.run(["ledger", "roll"] + day.desk(at: 8))
      #expect(same.exitCode == 2 && same.errors.contains("two histories"), "\(same.errors)")
      let other = try day.run.run(
        ["ledger", "roll", "--log-key", day.run.path("log.key"), "--log-name", "venue.example/2"]
          + day.run.desk(at: 9))
      #expect(other.exitCode == 0, "\(other.errors)")
      let log = day.run.path("lost.log")
      #expect(try day.run.run(["ledger", "export", "-o", log] + day.ledger).exitCode == 0)
      let audited = try day.run.run(["audit", "replay", log] + day.ledger)
      #expect(audited.exitCode == 2 && audited.output.contains("were lost"), "\(audited.output)")
    }
  }

  @Test("a wrong clock's entry is undone and listed; what was decided or signed over is not")
  func undo() throws {
    try Scratch.with { folder in
      let day = try Day(in: folder)
      let head = day.run.path("wrong.json")
      #expect(try day.run.run(["ledger", "roll"] + day.run.desk(at: 8_000)).exitCode == 0)
      #expect(try day.run.run(["ledger", "head", "-o", head] + day.ledger).exitCode == 0)
      let undone = try day.run.run(["ledger", "undo", "--from", "4"] + day.run.desk())
      #expect(undone.exitCode == 0 && undone.output.contains("entries 4 to 4 are undone"), "\(undone.errors)")
      #expect(try day.run.run(["ledger", "status"] + day.ledger).exitCode == 0)
      #expect(try day.run.run(["ledger", "show", "--head", head] + day.ledger).exitCode == 0)
      let standing = try day.run.request("standing.json")
      #expect(try day.run.run(["admit", standing] + day.run.desk(at: 1)).exitCode == 0)
      let decided = try day.run.run(["ledger", "undo", "--from", "5"] + day.run.desk(at: 2))
      #expect(decided.exitCode == 2 && decided.errors.contains("decided"), "\(decided.errors)")
      let log = day.run.path("day.log")
      #expect(try day.run.run(["ledger", "export", "-o", log] + day.ledger).exitCode == 0)
      let audited = try day.run.run(["audit", "replay", log, "--head", head] + day.ledger)
      #expect(
        audited.exitCode == 0 && audited.output.contains("undone"), "\(audited.output) \(audited.errors)")
      // With a checkpoint over it the log is known outside.
      #expect(try day.run.run(["ledger", "roll"] + day.desk(at: 8_000)).exitCode == 0)
      let signed = try day.run.run(["ledger", "undo", "--from", "6"] + day.desk(at: 3))
      #expect(signed.exitCode == 2 && signed.errors.contains("signed or cosigned"), "\(signed.errors)")
      #expect(try day.run.run(["ledger", "undo", "--from", "0"] + day.run.desk(at: 3)).exitCode == 2)
    }
  }

  @Test(
    "funding is charged: the engine's report moves the ledger's and the trader's book, and the audit replays it"
  )
  func charge() throws {
    try Scratch.with { folder in
      let day = try Day(in: folder)
      let account = ["--account", day.run.path("account/account.json"), "--snapshot", Example.snapshot]
      let report = day.run.path("funding.json")
      let made = try day.run.run(
        ["fill", "--delta", "cash=-1200000", "--charge", "funding", "--key", day.run.path("engine.key")]
          + ["--report", report, "-o", day.run.path("after")] + account)
      #expect(made.exitCode == 0, "\(made.errors)")
      #expect(try String(contentsOfFile: report, encoding: .utf8).contains("\"funding\""))
      let recorded = try day.run.run(["ledger", "fill", report] + day.desk(at: 10))
      #expect(recorded.exitCode == 0 && recorded.output.contains("charge for funding"), "\(recorded.errors)")
      let moved = try day.run.run(
        ["fill", "--fill", report, "--engine", day.run.path("engine.key.pub"), "-o", day.run.path("mine")]
          + ["--opening", day.run.path("account/account.opening"), "--plain"] + account)
      #expect(moved.exitCode == 0, "\(moved.errors)")
      let log = day.run.path("day.log")
      #expect(try day.run.run(["ledger", "export", "-o", log] + day.ledger).exitCode == 0)
      #expect(try day.run.run(["audit", "replay", log] + day.ledger).exitCode == 0)
      for wrong in [
        ["--delta", "position/BTC-PERP=1"], ["--delta", "cash=-1", "--delta", "position/BTC-PERP=1"],
      ] {
        let refused = try day.run.run(
          [
            "fill", "--charge", "funding", "--key", day.run.path("engine.key"), "--report",
            day.run.path("x.json"),
          ]
            + ["-o", day.run.path("x")] + wrong + account)
        #expect(
          refused.exitCode == 65 && refused.errors.contains("cash and nothing else"), "\(refused.errors)")
      }
      let word = try day.run.run(
        ["fill", "--charge", "tax", "--delta", "cash=-1", "-o", day.run.path("x")] + account)
      #expect(word.exitCode == 64, "\(word.errors)")
    }
  }

  @Test("a hidden fill makes the ledger ask for a new escrow package")
  func escrow() throws {
    try Scratch.with { folder in
      let day = try Day(in: folder)
      let run = day.run
      try run.must("keygen", "--role", "escrow-member", "-o", run.path("member.key"))
      func deposit(_ name: String, _ account: String, at seconds: Int) throws -> Tool.Outcome {
        try run.must(
          "escrow", "seal", "--opening", run.path("\(account)/account.opening"), "--member",
          run.path("member.key.pub"),
          "--threshold", "1", "-o", run.path("\(name).json"))
        try run.must(
          "escrow", "sign", run.path("\(name).json"), "--account", run.path("\(account)/account.json"),
          "--key",
          run.path("custodian.key"), "-o", run.path("\(name).sig.json"))
        return try run.run(["ledger", "escrow", run.path("\(name).sig.json")] + run.desk(at: seconds))
      }
      let first = try deposit("first", "account", at: 1)
      #expect(first.exitCode == 0 && first.output.contains("in escrow at sequence 0"), "\(first.errors)")
      let status = try run.run(["ledger", "status"] + day.ledger)
      #expect(status.output.contains("1 packages, 0 to be made anew"), "\(status.output)")
      let hidden = try run.run([
        "fill", "--account", run.path("account/account.json"), "--snapshot", Example.snapshot, "--delta",
        "cash=-5", "--hide", run.path("hidden.json"), "--key", run.path("engine.key"), "--report",
        run.path("report.json"), "-o", run.path("public"),
      ])
      #expect(hidden.exitCode == 0, "\(hidden.errors)")
      #expect(try run.run(["ledger", "fill", run.path("report.json")] + run.desk(at: 2)).exitCode == 0)
      let stale = try run.run(["ledger", "status", "--json"] + day.ledger)
      #expect(stale.output.firstMatch(of: /"escrowsToRenew": \[\s*"alice"/) != nil, "\(stale.output)")
      #expect(try run.run(["ledger", "show"] + day.ledger).output.contains("new package due"))
      #expect(try run.run(["ledger", "escrow", run.path("first.sig.json")] + run.desk(at: 3)).exitCode == 2)
    }
  }
}
