import CanonicalBytes
import Foundation
import TestSupport
import Testing

/// A roll of a ledger's accounts, and the entry of the ledger's log that states it.
@Suite("Rolls of a ledger")
struct RollLedgerTests {
  /// A ledger with the example's account, whose opening is encrypted, and what a roll of it is made with.
  private struct Scene {
    let day: LedgerRun

    init(in folder: URL) throws {
      day = try LedgerRun(in: folder)
      try day.must(
        "commit", "--book", Example.book, "--snapshot", Example.snapshot, "-o", day.path("account"), "--force"
      )
      try day.begin()
      for role in ["log", "auditor", "witness"] {
        try day.must("keygen", "--role", role, "-o", day.path("\(role).key"))
      }
      let identity = try day.identity()
      // Far more than the one book asks for.
      for (asset, amount) in [
        ("cash", "900000000000"), ("holding/BTC", "900000000"),
        ("holding/USDC", "900000000000"),
      ] {
        _ = try day.run([
          "roll", "reserve", "--asset", asset, "--amount", amount, "--pledged-to", "Example Exchange",
          "--ledger-identity", identity, "--now", "\(LedgerRun.moment)", "--key", day.path("custodian.key"),
          "-o",
          day.path("reserve-\(asset.replacing("/", with: "-")).json"),
        ])
      }
    }

    var documents: [String] {
      var options = [
        "--snapshot", Example.snapshot, "--circuit", "health-band@lots=1000000", "--band",
        "health-band@health=110,lots=1000000", "--band", "health-band@health=1000,lots=1000000",
        "--custodian",
        day.path("custodian.key.pub"),
      ]
      if let house = try? house() { options += ["--house", house] }
      for asset in ["cash", "holding-BTC", "holding-USDC"] {
        let file = day.path("reserve-\(asset).json")
        if FileManager.default.fileExists(atPath: file) { options += ["--reserve", file] }
      }
      return options
    }

    /// The house is the other side of the one account.
    private func house() throws -> String {
      let book = try JSONDocument.parse(
        Array(Data(contentsOf: URL(filePath: Example.book))), maximumBytes: 1 << 20)
      guard case .object(let members) = book.value,
        case .object(let positions)? = members.first(where: { $0.key == "positions" })?.value
      else { throw Missing() }
      let opposite = positions.map { position in
        let lots: Int64 =
          switch position.value {
          case .number(let text), .string(let text): Int64(text.split(separator: " ")[0]) ?? 0
          default: 0
          }
        return JSONMember(position.key, .integer(-lots))
      }
      let file = day.path("house.json")
      let json: JSONValue = ["version": 1, "positions": .object(opposite)]
      try Data(json.encoded()).write(to: URL(filePath: file))
      return file
    }

    struct Missing: Error {}

    func build(_ roll: String, epoch: Int = 1, _ more: [String]) throws -> Tool.Outcome {
      try day.run(
        [
          "roll", "build", "--ledger", day.path("desk"), "--log", "venue.example", "--epoch", "\(epoch)",
          "--padding", "2",
          "--fund", "0", "--now", "\(LedgerRun.moment + 60)", "-o", day.path(roll),
        ] + documents + more)
    }
  }

  @Test
  func `A67: a roll that leaves out an account of the ledger, or has another state of it, is not recorded`()
    throws
  {
    try Scratch.with { folder in
      let scene = try Scene(in: folder)
      let day = scene.day
      try Data("account,cash\nsomebody,5\nanother,7\n".utf8).write(to: URL(filePath: day.path("others.csv")))
      let documents =
        ["--snapshot", Example.snapshot, "--custodian", day.path("custodian.key.pub")]
        + ["--reserve", day.path("reserve-cash.json")]
      let made: [(String, [String])] = [
        (
          "build",
          [
            "--balances", day.path("others.csv"), "--venue", "Example Exchange", "--ledger-identity",
            try day.identity(), "--log", "venue.example", "--epoch", "1", "--now", "\(LedgerRun.moment + 60)",
            "-o", day.path("roll"),
          ]
        ),
        ("prove", [day.path("roll"), "--key", day.path("log.key")]),
        (
          "audit",
          [
            day.path("roll"), "--log-key", day.path("log.key.pub"), "--key", day.path("auditor.key"), "-o",
            day.path("audit.json"),
          ]
        ),
      ]
      for (verb, arguments) in made {
        let outcome = try day.run(["roll", verb] + arguments + documents)
        try #require(outcome.exitCode == 0, "\(verb): \(outcome.errors)\(outcome.output)")
      }
      let state = { (log: String) in
        try day.run(
          [
            "ledger", "solvency", day.path("roll"), "--audit", day.path("audit.json"), "--auditor",
            day.path("auditor.key.pub"), "--roll-log-key", day.path("log.key.pub"), "--log-key",
            day.path("log.key"), "--log-name", log,
          ] + day.desk(at: 120) + documents)
      }
      let refused = try state("venue.example")
      #expect(refused.exitCode == 2, "\(refused.output)")
      #expect(refused.errors.contains("leaves out 1 of the 1 accounts"), "\(refused.errors)")
      #expect(try state("elsewhere.example").errors.contains("the ledger's log is elsewhere.example"))
      let status = try day.must("ledger", "status", "--ledger", day.path("desk"))
      #expect(!status.output.contains("number 1 as of"))
    }
  }

  @Test(
    "a roll lists exactly a ledger's accounts, from encrypted openings, and the log states it with witnesses")
  func workflow() throws {
    try Scratch.with { folder in
      let scene = try Scene(in: folder)
      let day = scene.day
      // No opening, a stranger's, and another state's.
      try FileManager.default.createDirectory(atPath: day.path("empty"), withIntermediateDirectories: true)
      #expect(try scene.build("none", ["--openings", day.path("empty")]).exitCode == 66)
      let book = try String(contentsOfFile: Example.book, encoding: .utf8)
      let name = try #require(book.firstMatch(of: /"account": *"([^"]*)"/)).1
      try Data(book.replacing("\"\(name)\"", with: "\"stranger\"").utf8).write(
        to: URL(filePath: day.path("stranger.json")))
      try day.must(
        "commit", "--book", day.path("stranger.json"), "--snapshot", Example.snapshot, "-o",
        day.path("stranger"))
      let stranger = try scene.build("none", ["--opening", day.path("stranger/account.opening")])
      #expect(stranger.exitCode == 2 && stranger.errors.contains("is of stranger, which the ledger"))
      try Data(book.utf8).write(to: URL(filePath: day.path("same.json")))
      try day.must(
        "commit", "--book", day.path("same.json"), "--snapshot", Example.snapshot, "-o", day.path("same"))
      let another = try scene.build("none", ["--opening", day.path("same/account.opening")])
      #expect(
        another.exitCode == 2 && another.errors.contains("opens another commitment"), "\(another.errors)")
      #expect(!FileManager.default.fileExists(atPath: day.path("none/header.json")))

      let built = try scene.build("roll", ["--openings", day.path("account")])
      #expect(built.exitCode == 0, "\(built.errors)")
      let proved = try day.run(
        ["roll", "prove", day.path("roll"), "--key", day.path("log.key"), "--aggregate", "2"]
          + scene.documents)
      #expect(proved.exitCode == 0, "\(proved.errors)")
      let exposed = try day.run(
        ["roll", "expose", day.path("roll"), "--total", "cash=-900000000000..0"] + scene.documents)
      #expect(exposed.exitCode == 0, "\(exposed.errors)")
      // A witness cosigns the roll's checkpoint.
      let names = [("w1", "witness", "witness.example/w1"), ("roll-log", "log", "venue.example/roll/1")]
      for (file, key, name) in names {
        let vkey = try day.must("log", "key", day.path("\(key).key.pub"), "--name", name).output
        try Data(vkey.utf8).write(to: URL(filePath: day.path("\(file).vkey")))
      }
      func cosign(_ checkpoint: String, of log: String) throws {
        let text = try String(contentsOfFile: checkpoint, encoding: .utf8)
        try Data("old 0\n\n\(text)".utf8).write(to: URL(filePath: day.path("request")))
        try day.must(
          "log", "witness", day.path("request"), "--key", day.path("witness.key"), "--name",
          "witness.example/w1",
          "--state", day.path("state"), "--log", day.path("\(log).vkey"), "-o", checkpoint, "--force",
          "--now",
          "\(LedgerRun.moment + 90)")
      }
      let witness = ["--witness", day.path("w1.vkey")]
      let unseen = try day.run(
        [
          "roll", "audit", day.path("roll"), "--log-key", day.path("log.key.pub"), "--key",
          day.path("auditor.key"), "-o",
          day.path("unseen.json"),
        ] + witness + scene.documents)
      #expect(unseen.exitCode == 2, "\(unseen.output)")
      try cosign(day.path("roll/checkpoint"), of: "roll-log")
      let audited = try day.run(
        [
          "roll", "audit", day.path("roll"), "--log-key", day.path("log.key.pub"), "--key",
          day.path("auditor.key"), "-o",
          day.path("audit.json"), "--html", day.path("audit.html"),
        ] + witness + scene.documents)
      #expect(audited.exitCode == 0, "\(audited.errors)\(audited.output)")
      #expect(audited.output.contains("3 solvent, 0 bounded, 0 opened"), "\(audited.output)")
      #expect(audited.output.contains("health_band@health=1000"), "\(audited.output)")
      let page = try String(contentsOfFile: day.path("audit.html"), encoding: .utf8)
      #expect(page.contains("<h2>Bands</h2>") && page.contains("<h2>Totals over all hidden books</h2>"))

      // The log states it.
      let state = { (roll: String, code: Int32) in
        let outcome = try day.run(
          [
            "ledger", "solvency", day.path(roll), "--audit", day.path("audit.json"), "--auditor",
            day.path("auditor.key.pub"), "--roll-log-key", day.path("log.key.pub"), "--log-key",
            day.path("log.key"),
            "--log-name", "venue.example",
          ] + witness + day.desk(at: 120) + scene.documents)
        #expect(outcome.exitCode == code, "\(outcome.errors)\(outcome.output)")
        return outcome
      }
      let stated = try state("roll", 0)
      let entry = try #require(stated.output.firstMatch(of: /is entry ([0-9]+)/)).1
      #expect(try state("roll", 2).errors.contains("the log states roll 1 already"))
      let status = try day.must("ledger", "status", "--ledger", day.path("desk"))
      #expect(
        status.output.contains("number 1 as of") && status.output.contains("cash is from -900000000000 to 0"))
      #expect(status.output.contains("accounts: health_band@health=110"), "\(status.output)")
      let receipt = day.path("roll.tlog-proof")
      let published = day.path("desk/ledger.checkpoint")
      let origin = try String(contentsOfFile: published, encoding: .utf8).split(separator: "\n")[0]
      let vkey = try day.must("log", "key", day.path("log.key.pub"), "--name", String(origin)).output
      try Data(vkey.utf8).write(to: URL(filePath: day.path("ledger-log.vkey")))
      try cosign(published, of: "ledger-log")
      try day.must("ledger", "receipt", "--ledger", day.path("desk"), "--entry", String(entry), "-o", receipt)

      // The auditor and the trader find it there.
      let again = try day.run(
        [
          "roll", "audit", day.path("roll"), "--log-key", day.path("log.key.pub"), "--key",
          day.path("auditor.key"), "-o",
          day.path("audit-2.json"), "--logged", receipt,
        ] + witness + scene.documents)
      #expect(
        again.exitCode == 0 && again.output.contains("logged     entry \(entry)")
          && again.output.contains("which 1 witness cosigned"), "\(again.output)\(again.errors)")
      try day.must(
        "roll", "receipt", day.path("roll"), "--account", String(name), "-o", day.path("alice.tlog-proof"))
      let check = { (receipts: [String], code: Int32) in
        let outcome = try day.run(
          [
            "roll", "check", day.path("alice.tlog-proof"), "--opening", day.path("account/account.opening"),
            "--venue",
            "Example Exchange", "--ledger-identity", try day.identity(), "--log-key", day.path("log.key.pub"),
          ] + receipts)
        #expect(outcome.exitCode == code, "\(outcome.errors)\(outcome.output)")
        return outcome
      }
      #expect(try check([], 0).output.contains("your account is on the roll with your book"))
      #expect(
        try check(["--logged", receipt] + witness, 0).output.contains(
          "The venue's log states this roll in entry \(entry)."))

      // A second roll of the same number, for another audience, is not the one that the log states.
      let second = try scene.build("second", ["--openings", day.path("account")])
      #expect(second.exitCode == 0, "\(second.errors)")
      let secondProved = try day.run(
        ["roll", "prove", day.path("second"), "--key", day.path("log.key")] + scene.documents)
      #expect(secondProved.exitCode == 0, "\(secondProved.errors)")
      try day.must(
        "roll", "receipt", day.path("second"), "--account", String(name), "-o", day.path("alice.tlog-proof"),
        "--force")
      #expect(try check([], 0).output.contains("your account is on the roll"))
      #expect(try check(["--logged", receipt], 2).output.contains("they are evidence of two rolls"))
      let differs = try day.run(
        [
          "roll", "audit", day.path("second"), "--log-key", day.path("log.key.pub"), "--key",
          day.path("auditor.key"), "-o",
          day.path("audit-3.json"), "--logged", receipt,
        ] + scene.documents)
      #expect(differs.exitCode == 2 && differs.output.contains("states another roll"), "\(differs.output)")
      // A roll of another number is another roll, and no evidence of two.
      #expect(try scene.build("fifth", epoch: 5, ["--openings", day.path("account")]).exitCode == 0)
      let fifthProved = try day.run(
        ["roll", "prove", day.path("fifth"), "--key", day.path("log.key")] + scene.documents)
      #expect(fifthProved.exitCode == 0, "\(fifthProved.errors)")
      try day.must(
        "roll", "receipt", day.path("fifth"), "--account", String(name), "-o", day.path("alice.tlog-proof"),
        "--force")
      let otherNumber = try check(["--logged", receipt], 2).output
      #expect(
        otherNumber.contains("the entry states roll 1, and this is roll 5; ask for the entry of roll 5"),
        "\(otherNumber)")
      #expect(!otherNumber.contains("two rolls"))
      // A receipt of anything else states no roll.
      let other = try check(["--logged", day.path("alice.tlog-proof")], 2)
      #expect(other.errors.contains("is not a receipt of an entry that states a roll"), "\(other.errors)")

      // The log itself is audited with it.
      try day.must("ledger", "export", "--ledger", day.path("desk"), "-o", day.path("day.log"))
      let audit = try day.run(["audit", "replay", day.path("day.log"), "--venue", day.path("venue.key.pub")])
      #expect(
        audit.exitCode == 0 && audit.output.contains("1 rolls of all accounts"),
        "\(audit.errors)\(audit.output)")
    }
  }
}
