import CanonicalBytes
import Foundation
import TestSupport
import Testing

/// A venue, its auditors and a trader, on files.
@Suite("Rolls on the command line")
struct RollCommandTests {
  /// A folder with keys, small circuits, balances and a reserve.
  struct Scene {
    let folder: URL
    let snapshot = Vectors.packageRoot.appending(path: "Examples/snapshot.json").path
    let moment = "2026-02-06T00:00:00Z"

    func path(_ name: String) -> String { folder.appending(path: name).path }

    func write(_ text: String, to name: String) throws {
      try Data(text.utf8).write(to: URL(filePath: path(name)))
    }

    @discardableResult
    func run(_ arguments: [String], code: Int32 = 0) throws -> Tool.Outcome {
      let outcome = try Tool.run(arguments, passphrase: "horse")
      #expect(outcome.exitCode == code, "\(arguments.prefix(3)): \(outcome.errors)\(outcome.output)")
      return outcome
    }

    private static let cash = """
      parameters snapshot
      committed cash
      advice plus  in 0 ... 2^40 := max( cash, 0)
      advice minus in 0 ... 2^40 := max(-cash, 0)
      link cash == plus - minus

      """

    init(
      in folder: URL, balances: String = "account,cash\nalice,500\nbob,-30\n\"carol, the third\",101\n",
      reserve amount: Int = 1_571
    ) throws {
      self.folder = folder
      for (role, file) in [("custodian", "custodian"), ("log", "log"), ("auditor", "auditor")] {
        try run(["keygen", "--role", role, "-o", path("\(file).key")])
      }
      try write(
        "circuit rule version 1\n\(Self.cash)require \"margin\" : plus - 3 * minus >= 0\n",
        to: "rule.circuit")
      for name in ["bounded", "totals"] {
        try write(
          "circuit \(name) version 1\n\(Self.cash)require \"cash\" : plus - minus >= 0\n",
          to: "\(name).circuit")
      }
      try write(balances, to: "balances.csv")
      try reserve(amount, to: "reserve.json")
    }

    func reserve(_ amount: Int, to name: String) throws {
      try run([
        "roll", "reserve", "--asset", "cash", "--amount", "\(amount)", "--pledged-to", "Example Exchange",
        "--now",
        moment, "--key", path("custodian.key"), "-o", path(name),
      ])
    }

    func documents(reserve: String = "reserve.json") -> [String] {
      [
        "--snapshot", snapshot, "--circuit", path("rule.circuit"), "--bounded-circuit",
        path("bounded.circuit"),
        "--totals-circuit", path("totals.circuit"), "--reserve", path(reserve), "--custodian",
        path("custodian.key.pub"),
      ]
    }

    func build(_ roll: String = "roll", balances: String = "balances.csv", reserve: String = "reserve.json")
      -> [String]
    {
      ["roll", "build", "--balances", path(balances), "-o", path(roll)] + documents(reserve: reserve) + [
        "--venue", "Example Exchange", "--log", "example.com/ledger", "--epoch", "3", "--step", "50",
        "--fund", "1000",
        "--padding", "1", "--now", moment,
      ]
    }

    func audit(_ arguments: [String], to file: String) -> [String] {
      ["roll", "audit", path("roll")] + documents() + [
        "--log-key", path("log.key.pub"), "--key", path("auditor.key"), "-o", path(file),
      ] + arguments
    }

    @discardableResult
    func prove(_ arguments: [String] = []) throws -> Tool.Outcome {
      try run(["roll", "prove", path("roll"), "--key", path("log.key")] + documents() + arguments)
    }

    /// The plain opening of an account, as its trader would hold it.
    func opening(of account: String) throws -> String {
      let text = try String(contentsOfFile: path("roll/openings.jsonl"), encoding: .utf8)
      for line in text.split(separator: "\n") where line.contains("\"account\":\"\(account)\"") {
        let start = try #require(line.range(of: "\"opening\":"))
        try write(String(line[start.upperBound...].dropLast()), to: "\(account).opening")
      }
      return path("\(account).opening")
    }
  }

  @Test("a key of another role, a wrong passphrase and a taken place are said before the roll is read")
  func signerFirst() throws {
    try Scratch.with { folder in
      let scene = try Scene(in: folder)
      // There is no roll: whatever is said first is not about it.
      let role = try scene.run(
        ["roll", "audit", scene.path("none")] + scene.documents() + [
          "--log-key", scene.path("log.key.pub"), "--key", scene.path("log.key"), "-o", scene.path("a.json"),
        ], code: 65)
      #expect(role.errors.contains("log.key") && role.errors.contains("auditor"), "\(role.errors)")
      try scene.write("another", to: "passphrase")
      let wrong = try scene.run(
        ["roll", "audit", scene.path("none")] + scene.documents() + [
          "--log-key", scene.path("log.key.pub"), "--key", scene.path("auditor.key"), "-o",
          scene.path("a.json"), "--passphrase-file", scene.path("passphrase"),
        ], code: 65)
      #expect(wrong.errors.contains("auditor.key"), "\(wrong.errors)")
      try scene.write("{}", to: "a.json")
      let taken = try scene.run(
        ["roll", "audit", scene.path("none")] + scene.documents() + [
          "--log-key", scene.path("log.key.pub"), "--key", scene.path("auditor.key"), "-o",
          scene.path("a.json"),
        ], code: 74)
      #expect(taken.errors.contains("a.json"), "\(taken.errors)")
    }
  }

  @Test("a roll is built, proved, audited in parts and as a whole, and looked up by a trader")
  func workflow() throws {
    try Scratch.with { folder in
      let scene = try Scene(in: folder)
      try scene.run(scene.build())
      try scene.prove()
      let whole = try scene.run(scene.audit(["--html", scene.path("audit.html")], to: "audit.json"))
      #expect(whole.output.contains("shows Example Exchange to be solvent"))
      #expect(whole.output.contains("3 solvent, 1 bounded, 0 opened"))
      #expect(whole.output.contains("none cosigned: others may be shown another roll"))
      let page = try String(contentsOfFile: scene.path("audit.html"), encoding: .utf8)
      #expect(page.contains("solvent") && !page.contains("<script") && !page.contains("src="))
      var parts: [String] = []
      for (index, range) in ["3-4", "0-1", "2-2"].enumerated() {
        try scene.run(scene.audit(["--range", range], to: "part-\(index).json"))
        parts.append(scene.path("part-\(index).json"))
      }
      let merge = { (parts: [String], file: String) in
        ["roll", "merge"] + parts + [
          "--auditor", scene.path("auditor.key.pub"), "--roll", scene.path("roll"),
        ]
          + scene.documents() + [
            "--log-key", scene.path("log.key.pub"), "--key", scene.path("auditor.key"), "-o",
            scene.path(file),
          ]
      }
      try scene.run(merge(parts, "merged.json"))
      let files = try ["audit.json", "merged.json"].map {
        try Data(contentsOf: URL(filePath: scene.path($0)))
      }
      #expect(files[0] == files[1])
      let gap = try scene.run(merge(Array(parts.prefix(2)), "gap.json"), code: 2)
      #expect(gap.errors.contains("no part has the entries 2 to 2"))

      try scene.run([
        "roll", "receipt", scene.path("roll"), "--account", "alice", "-o", scene.path("alice.tlog-proof"),
      ])
      let check = { (opening: String, arguments: [String], code: Int32) in
        try scene.run(
          [
            "roll", "check", scene.path("alice.tlog-proof"), "--opening", opening, "--venue",
            "Example Exchange",
            "--log-key", scene.path("log.key.pub"),
          ] + arguments, code: code)
      }
      let alice = try scene.opening(of: "alice")
      let found = try check(alice, ["--html", scene.path("alice.html")], 0)
      #expect(found.output.contains("your account is on the roll with your book"))
      #expect(try check(scene.opening(of: "bob"), [], 2).output.contains("not under your account's name"))
      #expect(try check(alice, ["--epoch", "4"], 2).output.contains("epoch 3"))
      #expect(try scene.run(["roll", "show", scene.path("roll")]).output.contains("not verified"))
      try scene.run(
        ["roll", "receipt", scene.path("roll"), "--account", "mallory", "-o", scene.path("m.tlog-proof")],
        code: 2)
      // A receipt that its trader would refuse is not made.
      let header = try String(contentsOfFile: scene.path("roll/header.json"), encoding: .utf8)
      try scene.write(header.replacing(/"epoch": [0-9]+/, with: "\"epoch\": 9"), to: "roll/header.json")
      let other = try scene.run(
        ["roll", "receipt", scene.path("roll"), "--account", "alice", "-o", scene.path("o.tlog-proof")],
        code: 65)
      #expect(other.errors.contains("of another header"))
    }
  }

  @Test("a changed entry or line of evidence is named, and the verdict is no")
  func changed() throws {
    try Scratch.with { folder in
      let scene = try Scene(in: folder)
      try scene.run(scene.build())
      try scene.prove()
      let entries = URL(filePath: scene.path("roll/entries.bin"))
      let honest = try Data(contentsOf: entries)
      // The amount of the second account.
      var bytes = honest
      bytes[141 + 101] ^= 0x40
      try bytes.write(to: entries)
      let changed = try scene.run(scene.audit([], to: "changed.json"), code: 2)
      #expect(changed.output.contains("entry 2") && changed.output.contains("does NOT show"))
      try honest.dropLast().write(to: entries)
      let cut = try scene.run(scene.audit([], to: "cut.json"), code: 65)
      #expect(cut.errors.contains("ends inside an entry"))
      try honest.write(to: entries)
      let evidence = URL(filePath: scene.path("roll/evidence.jsonl"))
      let lines = try String(contentsOf: evidence, encoding: .utf8).split(separator: "\n")
      try Data((lines.dropLast().joined(separator: "\n") + "\n").utf8).write(to: evidence)
      let missing = try scene.run(scene.audit([], to: "missing.json"), code: 2)
      #expect(missing.output.contains("entry 4") && missing.output.contains("missing-evidence"))
    }
  }

  @Test("bad lines of balances are all named and nothing is written; reserves that fall short sign nothing")
  func refused() throws {
    try Scratch.with { folder in
      let scene = try Scene(in: folder)
      try scene.write("account;cash\nalice;5\nbob;1.5\nalice;6\n;7\ncarol\n", to: "bad.csv")
      let bad = try scene.run(scene.build("bad", balances: "bad.csv"), code: 65)
      for line in [
        ":3: cash is not a whole number", ":4: the account alice is there twice", ":5:", ":6: has 1 fields",
      ] {
        #expect(bad.errors.contains("bad.csv" + line), "\(bad.errors)")
      }
      #expect(!FileManager.default.fileExists(atPath: scene.path("bad/header.json")))
      try scene.write("account,cash,position/NONE\na,1,2\n", to: "unknown.csv")
      #expect(
        try scene.run(scene.build("bad", balances: "unknown.csv"), code: 65).errors.contains("position/NONE"))
      // 571 are owed in sum, and the fund is 1000.
      try scene.reserve(1_570, to: "short.json")
      try scene.run(scene.build("short", reserve: "short.json"))
      let short = try scene.run(
        ["roll", "prove", scene.path("short"), "--key", scene.path("log.key")]
          + scene.documents(reserve: "short.json"),
        code: 2)
      #expect(short.errors.contains("the totals are not covered: \"cash\" fails"))
      #expect(!FileManager.default.fileExists(atPath: scene.path("short/checkpoint")))
      // Another reserve than the header states.
      let other = try scene.run(
        ["roll", "prove", scene.path("short"), "--key", scene.path("log.key")] + scene.documents(), code: 2)
      #expect(other.errors.contains("another reserves"))
    }
  }

  @Test(
    "balances of a wrong form, and columns that are none, are named with what to write; nothing is written")
  func forms() throws {
    try Scratch.with { folder in
      let scene = try Scene(in: folder)
      func refused(_ text: String, _ arguments: [String] = [], code: Int32 = 65) throws -> String {
        try scene.write(text, to: "form.csv")
        let outcome = try scene.run(scene.build("form", balances: "form.csv") + arguments, code: code)
        #expect(!FileManager.default.fileExists(atPath: scene.path("form/openings.jsonl")))
        #expect(!FileManager.default.fileExists(atPath: scene.path("form/header.json")))
        return outcome.errors
      }
      let object = "{\"account\": \"a\", \"cash\": 5}"
      for text in [object, " \n\(object)", "\u{FEFF}\(object)", "\(object)\n\(object)\n"] {
        #expect(
          try refused(text).contains("begins with an object; write the accounts as one array"), "\(text)")
      }
      #expect(try refused("\u{FEFF}[\(object)]").contains("byte order mark"))
      #expect(try refused("[]").contains("an array without accounts"))
      #expect(
        try refused("[{\"account\": \"a\", \"cash\": 1.5}]").contains(
          "form.csv, account 1: cash is not a whole"))
      #expect(try refused("account\na\n").contains("no column holds an amount"))
      #expect(
        try refused("account,cash\na,5\nb,9223372036854775808\n").contains(
          "form.csv:3: cash is out of its range, from -4611686018427387903 to 4611686018427387903"))
      #expect(
        try refused("account,cash,holding/BTC\na,5,1099511627776\n").contains(
          ":2: holding/BTC is out of its range, from 0 to 1099511627775 lots; a snapshot with larger lots"))
      // What is piped is named as such.
      let piped = try Tool.run(
        scene.build("form").map { $0 == scene.path("balances.csv") ? "-" : $0 },
        input: Data("account,cash\na,1.5\n".utf8),
        passphrase: "horse")
      #expect(piped.exitCode == 65 && piped.errors.contains("standard input:2: cash"), "\(piped.errors)")
      let array = try Tool.run(
        scene.build("form").map { $0 == scene.path("balances.csv") ? "-" : $0 },
        input: Data("[\(object)]".utf8),
        passphrase: "horse")
      #expect(array.exitCode == 65 && array.errors.contains("save it and name the file"), "\(array.errors)")

      let table = "account,cash,amount\na,5,7\n"
      let unknown = try refused(table)
      #expect(unknown.contains("--column amount=-") && unknown.contains("There are cash, "), "\(unknown)")
      let missing = try refused(table, ["--column", "amuont=-"], code: 64)
      #expect(
        missing.contains("--column amuont: the balances have no such column; did you mean amount?")
          && missing.contains("account, cash, amount"), "\(missing)")
      let asset = try refused(table, ["--column", "amount=BTC"], code: 64)
      #expect(asset.contains("did you mean holding/BTC or debt/BTC?"), "\(asset)")
      let other = try refused("account,cash\na,5\n", ["--column", "cash=holding/BTC"], code: 64)
      #expect(other.contains("has the name of the coordinate cash"), "\(other)")
      for (option, says) in [
        ("amount", "an equals sign"), ("=cash", "the name of the column"), ("amount=", "what amount holds"),
        ("amount=holding/BTC:19", "from 0 to 18"),
      ] {
        let outcome = try refused(table, ["--column", option], code: 64)
        #expect(outcome.contains(says), "\(option): \(outcome)")
      }
      let both = try refused(
        "account,cash,a,b\nx,5,1,2\n", ["--column", "a=holding/BTC", "--column", "b=holding/BTC"])
      #expect(both.contains("the columns a and b both hold holding/BTC"), "\(both)")
      #expect(try refused("account,cash,cash\nx,5,1\n").contains("the column cash is there twice"))
    }
  }

  @Test(
    "a reserve whose reference hides a character is not signed, and an amount beyond 2^62 is told the bound")
  func hiddenReference() throws {
    try Scratch.with { folder in
      let scene = try Scene(in: folder)
      func reserve(_ amount: String, _ reference: String) throws -> String {
        let outcome = try scene.run(
          [
            "roll", "reserve", "--asset", "cash", "--amount", amount, "--pledged-to", "Example Exchange",
            "--reference", reference, "--key", scene.path("custodian.key"), "-o", scene.path("hidden.json"),
          ], code: 64)
        #expect(!FileManager.default.fileExists(atPath: scene.path("hidden.json")))
        return outcome.errors
      }
      #expect(try reserve("5", "bc\u{200B}1").contains("reference 1 has the character U+200B at position 3"))
      #expect(try reserve("5", "bc1 ").contains("U+0020 at position 4"))
      #expect(try reserve("\(1 << 62)", "bc1").contains("from 0 to 4611686018427387903"))
      #expect(try reserve("9223372036854775808", "bc1").contains("0 to 2^62 - 1"))
    }
  }

  @Test("a receipt is made from no opening, and the venue hands a trader the opening that it made beside it")
  func openings() throws {
    try Scratch.with { folder in
      let scene = try Scene(in: folder)
      try scene.run(scene.build())
      try scene.prove()
      let receipt = [
        "roll", "receipt", scene.path("roll"), "--account", "alice", "-o", scene.path("alice.tlog-proof"),
      ]
      let refused = try scene.run(receipt + ["--opening", "alice.opening"], code: 64)
      #expect(
        refused.errors.contains("roll check \(scene.path("alice.tlog-proof")) --opening alice.opening")
          && refused.errors.contains("openings.jsonl"), "\(refused.errors)")
      // A place that is taken is said before anything is written.
      try scene.write("", to: "taken")
      try scene.run(receipt + ["--opening-output", scene.path("taken")], code: 74)
      #expect(!FileManager.default.fileExists(atPath: scene.path("alice.tlog-proof")))
      let made = try scene.run(receipt + ["--opening-output", scene.path("handed.opening")])
      #expect(made.output.contains("SECRET"), "\(made.output)")
      let mode = try FileManager.default.attributesOfItem(atPath: scene.path("handed.opening"))[
        .posixPermissions]
      #expect((mode as? NSNumber)?.intValue == 0o600)
      let checked = try scene.run([
        "roll", "check", scene.path("alice.tlog-proof"), "--opening", scene.path("handed.opening"), "--venue",
        "Example Exchange", "--log-key", scene.path("log.key.pub"),
      ])
      #expect(checked.output.contains("your account is on the roll with your book"))
    }
  }

  @Test("what is as of another instant than the roll is said: how old a reserve is, and how old it may be")
  func ages() throws {
    try Scratch.with { folder in
      let scene = try Scene(in: folder)
      func reserve(at time: String, to name: String) throws {
        try scene.run([
          "roll", "reserve", "--asset", "cash", "--amount", "1571", "--pledged-to", "Example Exchange",
          "--now",
          time, "--key", scene.path("custodian.key"), "-o", scene.path(name),
        ])
      }
      try reserve(at: "2026-02-05T23:00:00Z", to: "old.json")
      try reserve(at: "2026-02-06T00:00:01Z", to: "late.json")
      try scene.run(scene.build(reserve: "old.json"))
      try scene.run(
        ["roll", "prove", scene.path("roll"), "--key", scene.path("log.key")]
          + scene.documents(reserve: "old.json"))
      func audit(_ file: String, _ more: [String], code: Int32 = 0) throws -> Tool.Outcome {
        try scene.run(
          ["roll", "audit", scene.path("roll")] + scene.documents(reserve: "old.json") + [
            "--log-key", scene.path("log.key.pub"), "--key", scene.path("auditor.key"), "-o",
            scene.path(file),
          ] + more, code: code)
      }
      let found = try audit("audit.json", ["--html", scene.path("audit.html"), "--reserve-age", "3600"])
      #expect(
        found.output.contains("cash is as of 2026-02-05T23:00:00Z, 3600 seconds before the roll"),
        "\(found.output)")
      let page = try String(contentsOfFile: scene.path("audit.html"), encoding: .utf8)
      #expect(page.contains("at most 3600 seconds older") && page.contains("as of the roll's instant"))
      let older = try audit("older.json", ["--reserve-age", "3599"], code: 2)
      #expect(
        older.errors.contains("3600 seconds before the roll's instant")
          && older.errors.contains("at most 3599 are taken"), "\(older.errors)")
      let late = try scene.run(scene.build("late", reserve: "late.json"), code: 2)
      #expect(late.errors.contains("after the roll's instant, 2026-02-06T00:00:00Z"), "\(late.errors)")
      let unknown = try scene.run(
        ["roll", "expose", scene.path("roll"), "--total", "holding/BTX=0"]
          + scene.documents(reserve: "old.json"), code: 2)
      #expect(unknown.errors.contains("did you mean holding/BTC"), "\(unknown.errors)")
    }
  }
}
