import CanonicalBytes
import Foundation
import TestSupport
import Testing

/// `explain` as a trader sees it.
@Suite("Explain")
struct ExplainCommandTests {
  private static let rule = ["explain", "--circuit", "portfolio-margin", "--snapshot", Example.snapshot]

  @Test("tables say what binds, of what it is made, how much may be traded and leave")
  func tables() throws {
    let outcome = try Tool.run(Self.rule + ["--book", Example.book])
    #expect(outcome.exitCode == 0, "\(outcome.errors)")
    for text in [
      "The book meets portfolio_margin (initial).", "* binds: portfolio margin", "headroom: ",
      "position/BTC-PERP",
      "reserve[BTC]", "portfolio_requirement", "slack of this requirement",
      "largest further order, each alone", "stopped by", "may be withdrawn, each without the others",
      "BTC: initial margin is missed at about ", ", BTC-PERP), a move of ",
      "BTC: if its price rises, no failure at the moves tried", "with BTC move: ",
      "scenario losses, bracket margins, charges and all else stay",
    ] {
      #expect(outcome.output.contains(text), "\(text)")
    }
    // Amounts stand in the asset beside lots, so that nobody multiplies by the size of a lot.
    for row in [#"\nBTC-PERP +buy +8256 +8.256 BTC "#, #"\nBTC +16880 +1.688 BTC\n?"#] {
      #expect(try outcome.output.contains(Regex(row)), "\(row): \(outcome.output)")
    }
    // Rows that are 0 by construction are not in the table of requirements.
    #expect(!outcome.output.contains("scenario BTC"))
    let none = try Tool.run(Self.rule + ["--book", Example.book, "--orders", "none"])
    #expect(!none.output.contains("largest further order, each alone"))
    #expect(try Tool.run(Self.rule + ["--book", Example.book, "--orders", "some"]).exitCode == 64)
  }

  @Test("JSON has units in its names, and parts that add up to the slack")
  func data() throws {
    let outcome = try Tool.run(Self.rule + ["--book", Example.book, "--json", "--orders", "held"])
    let node = try JSONDocument.parse(Array(outcome.output.utf8), maximumBytes: 1 << 20)
    let members = Dictionary(
      uniqueKeysWithValues: try node.entries(maximumCount: 40).map { ($0.key, $0.node) })
    #expect(try members["orders"]?.array(maximumCount: 50).count == 6)
    #expect(try members["scenarios"]?.array(maximumCount: 50).count == 33)
    let binding = try members["binding"]?.string(maximumLength: 100)
    let requirements = try #require(try members["requirements"]?.array(maximumCount: 100))
    for requirement in requirements {
      let fields = Dictionary(
        uniqueKeysWithValues: try requirement.entries(maximumCount: 20).map { ($0.key, $0.node) })
      guard try fields["name"]?.string(maximumLength: 100) == binding else { continue }
      #expect(fields["slackUSD"]?.value == members["headroomUSD"]?.value)
      #expect(try fields["holdsAdvice"]?.bool() == false)
      #expect(try (fields["parts"]?.array(maximumCount: 100).count ?? 0) > 4)
    }
  }

  @Test(
    "what moves of prices are known to do, what stops cash, and how certain an order is stand in all forms")
  func certainty() throws {
    try Scratch.with { folder in
      let book = folder.appending(path: "book.json")
      // A short of seven perpetuals, for which the earlier price was higher: no requirement stops the cash.
      try Data(
        #"{"version": 1, "account": "a", "positions": {"BTC-PERP": -7}, "cash": "1000000"}"#.utf8
      ).write(to: book)
      let page = folder.appending(path: "page.html").path
      let drawdown = [
        "explain", "--circuit",
        Vectors.packageRoot.appending(path: "Examples/circuits/drawdown.circuit").path,
        "--snapshot", Example.snapshot, "--book", book.path,
      ]
      let range = "binds: the rule's range of cash, which ends before any requirement fails"
      let outcome = try Tool.run(drawdown + ["--html", page])
      #expect(outcome.output.contains(range), "\(outcome.output)\(outcome.errors)")
      #expect(try String(contentsOfFile: page, encoding: .utf8).contains("ends before any requirement fails"))
      let data = try Tool.run(drawdown + ["--json"]).output.replacing(/\s/, with: "")
      #expect(data.contains(#""headroomLimit":{"kind":"room","name":"cash"}"#), "\(data)")
      #expect(data.contains(#""moved":["position/BTC-PERP"]"#) && data.contains(#""held":[]"#), "\(data)")

      try Data(
        #"""
        {"version": 1, "account": "a", "cash": "1000000000000",
         "positions": {"BTC-PERP": -800, "BTC-27MAR26-60000-P": 100, "BTC-27MAR26-70000-P": 60}}
        """#.utf8
      ).write(to: book)
      let concentration = [
        "explain", "--circuit",
        Vectors.packageRoot.appending(path: "Examples/circuits/concentration.circuit").path,
        "--snapshot", Example.snapshot, "--book", book.path, "--orders", "held",
      ]
      let tried = try Tool.run(concentration).output
      #expect(tried.contains("; at the sizes tried, of which 972 passes again"), "\(tried)")
      let orders = try Tool.run(concentration + ["--json"]).output.replacing(/\s/, with: "")
      #expect(orders.contains(#""exact":false,"holdsAgainAtLots":972"#), "\(orders)")
    }
  }

  @Test("a page is understood alone: whose book, which files, rule and snapshot, and how to read it")
  func pageAlone() throws {
    try Scratch.with { folder in
      let account = try ProvenAccount(in: folder)
      let page = folder.appending(path: "page.html").path
      let outcome = try Tool.run(Self.rule + ["--opening", account.opening, "--html", page])
      #expect(outcome.exitCode == 0, "\(outcome.errors)")
      let html = try String(contentsOfFile: page, encoding: .utf8)
      func member(_ name: String, of file: String) throws -> String {
        let outcome = try Tool.run(["inspect", file, "--json"])
        let node = try JSONDocument.parse(Array(outcome.output.utf8), maximumBytes: 1 << 16)
        let entry = try node.entries(maximumCount: 40).first { $0.key == name }
        return try #require(entry?.node).string(maximumLength: 200)
      }
      for text in [
        try member("account", of: account.account), try member("commitment", of: account.account),
        account.opening, "3 positions", Example.snapshot, try member("digest", of: Example.snapshot),
        "2026-02-05T21:29:37Z until 2036-02-05T21:29:37Z", "portfolio_margin, initial margin, digest",
        "How to read the bars", "How to read the scenarios", "covers both",
        "require &quot;portfolio margin&quot;", "0.001 BTC",
      ] {
        #expect(html.contains(text), "\(text)")
      }
      // From a book alone there is no commitment, which is said.
      let alone = try Tool.run(Self.rule + ["--book", Example.book, "--html", page, "--force"])
      #expect(alone.exitCode == 0)
      #expect(try String(contentsOfFile: page, encoding: .utf8).contains("none: \(Example.book) is a book"))
    }
  }

  @Test("an order that ends at the position limit says so in every form")
  func positionLimit() throws {
    try Scratch.with { folder in
      let book = folder.appending(path: "rich.json")
      try Data(#"{"version": 1, "account": "a", "cash": "1000000000000000"}"#.utf8).write(to: book)
      let page = folder.appending(path: "page.html").path
      let outcome = try Tool.run(Self.rule + ["--book", book.path, "--html", page])
      let sentence = "maxLots, 1000000 lots of one account, not the margin"
      #expect(outcome.output.contains(sentence), "\(outcome.output)\(outcome.errors)")
      #expect(try String(contentsOfFile: page, encoding: .utf8).contains(sentence))
      let data = try Tool.run(Self.rule + ["--book", book.path, "--json"]).output
      #expect(
        data.replacing(/\s/, with: "").contains(#""limit":{"kind":"maxLots","lots":1000000}"#), "\(data)")
    }
  }

  @Test("one page is complete in itself, tells nothing that is a tag, and only its owner may read it")
  func page() throws {
    try Scratch.with { folder in
      let page = folder.appending(path: "page.html").path
      let outcome = try Tool.run(Self.rule + ["--book", Example.book, "--html", page])
      #expect(outcome.exitCode == 0, "\(outcome.errors)")
      let html = try String(contentsOfFile: page, encoding: .utf8)
      #expect(html.hasPrefix("<!DOCTYPE html>") && html.hasSuffix("</html>\n"))
      for text in [
        "<svg", "What it is made of, in USD", "volatility +1.0", "Largest further orders", "background:rgb",
      ] {
        #expect(html.contains(text), "\(text)")
      }
      #expect(!html.contains("http://") || !html.contains("src="))
      let mode = try FileManager.default.attributesOfItem(atPath: page)[.posixPermissions] as? NSNumber
      #expect(mode?.intValue == 0o600)
      #expect(try Tool.run(Self.rule + ["--book", Example.book, "--html", page]).exitCode == 74)
      #expect(
        try Tool.run(Self.rule + ["--book", Example.insolventBook, "--html", page, "--force"]).exitCode == 2)
      #expect(try String(contentsOfFile: page, encoding: .utf8).contains("does not meet"))
    }
  }

  /// The amounts of a table of parts in cents: how far its lines are from adding up to their totals.
  private static func differences(_ table: Substring) throws -> [Int] {
    let amount = try Regex(#"-?[0-9,]+\.[0-9]{2}(?![0-9])"#)
    var (parts, all, differences) = (0, 0, [Int]())
    for line in table.split(separator: "\n").dropFirst() {
      let match = try #require(line.firstMatch(of: amount), "\(line)")
      let cents = try #require(Int(line[match.range].filter { $0 != "," && $0 != "." }))
      if line.hasPrefix("  ") {
        (parts, all) = (parts + cents, all + cents)
      } else if line.hasPrefix("slack of this requirement") {
        differences.append(cents - all)
      } else {
        differences.append(cents - parts)
        parts = 0
      }
    }
    return differences
  }

  @Test(
    "the cents that are shown add up to each total and to the slack",
    arguments: ["portfolio-margin", "option-minimum"], ["initial", "maintenance"])
  func centsAddUp(_ circuit: String, _ kind: String) throws {
    let outcome = try Tool.run([
      "explain", "--circuit", circuit, "--kind", kind, "--snapshot", Example.snapshot, "--book", Example.book,
      "--orders", "none",
    ])
    let tables = outcome.output.split(separator: "\n\n").filter { $0.contains("slack of this requirement") }
    #expect(tables.count > 1, "\(outcome.output)\(outcome.errors)")
    for table in tables {
      let differences = try Self.differences(table)
      #expect(differences.count > 2 && differences.allSatisfy { $0 == 0 }, "\(table)")
    }
  }

  @Test("each part says what it is, and a reserve its factor and the scenario that decides it")
  func partWords() throws {
    let outcome = try Tool.run(Self.rule + ["--book", Example.book, "--orders", "none"])
    for row in [
      #"  position/BTC-PERP +637,189\.\d\d +value at the mark"#,
      #"  position/BTC-PERP +-12,743\.\d\d +bracket margin"#,
      #"  position/BTC-27MAR26-80000-C +-7,327\.\d\d +beta 1\.15 × contingency charge"#,
      #"  reserve\[BTC\] +-59,962\.\d\d +beta 1\.15 × loss of 52,14\d\.\d\d.* at price [+\-].* %, volatility "#,
      #"  holding/BTC +114,694\.\d\d +value as collateral"#,
      #"  debt/USDC +-50,500\.\d\d +what it takes to repay"#,
    ] {
      #expect(try outcome.output.contains(Regex(row)), "\(row): \(outcome.output)")
    }
    let data = try Tool.run(Self.rule + ["--book", Example.book, "--orders", "none", "--json"]).output
    let plain = data.replacing(/\s/, with: "")
    #expect(plain.contains(#""label":"bracketmargin","factors":["theta","margin"]"#), "\(data)")
    #expect(plain.contains(#""headroomUSD":"96804.28"#))
  }

  @Test("what stands in no definition comes below the totals that do not contain it")
  func constantsBelowTotals() throws {
    try Scratch.with { folder in
      let book = folder.appending(path: "book.json")
      try Data(#"{"version": 1, "account": "a", "debts": {"USDC": 5}, "cash": "999000000"}"#.utf8).write(
        to: book)
      let outcome = try Tool.run([
        "explain", "--circuit", Example.path("Examples/circuits/either-or.circuit"), "--snapshot",
        Example.snapshot, "--book", book.path,
      ])
      let table = try #require(outcome.output.split(separator: "\n\n").first { $0.contains("\nowed") })
      let total = try #require(table.range(of: "\nowed"))
      let constant = try #require(table.range(of: "  constant"))
      #expect(total.lowerBound < constant.lowerBound, "\(table)")
    }
  }

  @Test("a rule means what it is: a missed initial margin, a liquidation, or that an own rule fails")
  func meaning() throws {
    let maintenance = try Tool.run(Self.rule + ["--book", Example.book, "--kind", "maintenance"]).output
    #expect(maintenance.contains("BTC: liquidation at about "), "\(maintenance)")
    try Scratch.with { folder in
      let book = folder.appending(path: "book.json")
      let text = #"{"version": 1, "account": "a", "positions": {"BTC-PERP": 10}, "cash": "1000000000"}"#
      try Data(text.utf8).write(to: book)
      let own = try Tool.run([
        "explain", "--circuit", Example.path("Examples/circuits/drawdown.circuit"), "--snapshot",
        Example.snapshot,
        "--kind", "maintenance", "--book", book.path, "--orders", "none",
      ])
      #expect(own.output.contains("BTC: the rule fails at "), "\(own.output)\(own.errors)")
      #expect(!own.output.contains("liquidation at"))
    }
  }

  @Test("a move that is next to nothing is shown with the digits that it has")
  func smallMove() throws {
    try Scratch.with { folder in
      func book(_ cash: Int64) throws -> String {
        let text = #"{"version": 1, "account": "a", "positions": {"BTC-PERP": 10}, "cash": "\#(cash)"}"#
        let file = folder.appending(path: "book.json")
        try Data(text.utf8).write(to: file)
        return file.path
      }
      let before = try Tool.run(Self.rule + ["--book", book(1_000_000_000), "--orders", "none", "--json"])
      let node = try JSONDocument.parse(Array(before.output.utf8), maximumBytes: 1 << 20)
      let member = try node.entries(maximumCount: 40).first { $0.key == "headroomUSD" }
      let headroom = try #require(member).node.string(maximumLength: 40)
      // To the quantum: there is nothing left when it has left.
      let quanta = try #require(Int64(headroom.filter { $0 != "." }))
      let after = try Tool.run(Self.rule + ["--book", book(1_000_000_000 - quanta), "--orders", "none"])
      #expect(after.output.contains("headroom: 0.00 USD"), "\(after.output)")
      #expect(!after.output.contains("-0.00 %") && !after.output.contains("+0.00 %"), "\(after.output)")
    }
  }

  @Test("a snapshot out of its time is named in every form, with the note of prove")
  func outOfTime() throws {
    try Scratch.with { folder in
      let page = folder.appending(path: "page.html").path
      let late = Self.rule + ["--book", Example.book, "--orders", "none", "--now", "2020-01-01T00:00:00Z"]
      let note =
        "the snapshot applies from 2026-02-05T21:29:37Z until 2036-02-05T21:29:37Z; a verifier will reject"
      let outcome = try Tool.run(late + ["--html", page])
      #expect(outcome.errors.contains(note), "\(outcome.errors)")
      #expect(
        outcome.output.contains("prices as of 2026-02-05T21:29:37Z") && outcome.output.contains(": not now"))
      #expect(try String(contentsOfFile: page, encoding: .utf8).contains(note))
      let data = try Tool.run(late + ["--json"]).output.replacing(/\s/, with: "")
      #expect(data.contains(#""isInForce":false"#) && data.contains(#""asOf":"2026-02-05T21:29:37Z""#))
      let inTime = try Tool.run(
        Self.rule + ["--book", Example.book, "--orders", "none", "--now", Example.moment])
      #expect(inTime.errors.isEmpty && !inTime.output.contains("not now"))
    }
  }

  @Test("orders stop where halt level and flags of the snapshot stop them")
  func flags() throws {
    try Scratch.with { folder in
      let text = try String(contentsOfFile: Example.snapshot, encoding: .utf8)
      func explain(_ old: String, _ new: String) throws -> String {
        let file = folder.appending(path: "snapshot.json")
        try Data(text.replacing(old, with: new).utf8).write(to: file)
        let outcome = try Tool.run([
          "explain", "--circuit", "portfolio-margin", "--snapshot", file.path, "--book", Example.book,
          "--orders",
          "held",
        ])
        #expect(outcome.exitCode == 0, "\(outcome.errors)")
        return outcome.output
      }
      // The perpetual is long: what is held may be sold if the margin lets it, and nothing bought.
      let halted = try explain(#""haltLevel": 0"#, #""haltLevel": 1"#)
      let reduced =
        #"\nBTC-PERP +buy +0 +0 BTC +0\.00 +halt level 1: positions may only be reduced, not the margin"#
      #expect(try halted.contains(Regex(reduced)), "\(halted)")
      #expect(try halted.contains(Regex(#"\nBTC-PERP +sell +3475 "#)), "\(halted)")
      // The call is short: 37 more may not be sold, and no more than the 100 bought back.
      #expect(try halted.contains(Regex(#"\nBTC-27MAR26-80000-C +buy +100 +"#)), "\(halted)")
      #expect(try halted.contains(Regex(#"\nBTC-27MAR26-80000-C +sell +0 +"#)), "\(halted)")
      let stopped = try explain(#""haltLevel": 0"#, #""haltLevel": 3"#)
      #expect(
        try stopped.contains(Regex(#"\nBTC-PERP +sell +0 .*halt level 3: no orders at all"#)), "\(stopped)")
      let closing = try explain(#""closeOnly": false"#, #""closeOnly": true"#)
      #expect(closing.contains("\ncloseOnly or stale, may only be reduced: BTC-PERP, "), "\(closing)")
      let oneSided = try explain(#""openLong": true"#, #""openLong": false"#)
      #expect(try oneSided.contains(Regex(#"\nBTC-PERP +buy +0 .*openLong is off"#)), "\(oneSided)")
      #expect(try oneSided.contains(Regex(#"\nBTC-PERP +sell +3475 "#)), "\(oneSided)")
    }
  }

  @Test("a rule without cash says so, and speaks of no cash that may leave")
  func noCash() throws {
    try Scratch.with { folder in
      let book = folder.appending(path: "book.json")
      let text =
        #"{"version": 1, "account": "a", "holdings": {"BTC": 20000}, "debts": {"USDC": 100}, "cash": "0"}"#
      try Data(text.utf8).write(to: book)
      let arguments = [
        "explain", "--circuit", "collateral-ratio", "--snapshot", Example.snapshot, "--book", book.path,
      ]
      let outcome = try Tool.run(arguments)
      #expect(
        outcome.output.contains("\nthis rule has no room for cash\n"), "\(outcome.output)\(outcome.errors)")
      #expect(!outcome.output.contains("may leave"))
      let data = try Tool.run(arguments + ["--json"]).output.replacing(/\s/, with: "")
      #expect(data.contains(#""hasRoomForCash":false,"headroomUSD":null"#), "\(data)")
    }
  }

  @Test("instruments that were not asked about are named where no table stands, and how they are asked")
  func notAsked() throws {
    try Scratch.with { folder in
      let book = folder.appending(path: "book.json")
      try Data(#"{"version": 1, "account": "a", "cash": "1000000000"}"#.utf8).write(to: book)
      let page = folder.appending(path: "page.html").path
      let outcome = try Tool.run(Self.rule + ["--book", book.path, "--orders", "held", "--html", page])
      let sentence = "not asked about the largest further order, none of them held; --orders all asks"
      #expect(outcome.output.contains(sentence), "\(outcome.output)")
      #expect(try String(contentsOfFile: page, encoding: .utf8).contains(sentence))
    }
  }

  @Test("a position above the limit is told the limit")
  func aboveLimit() throws {
    try Scratch.with { folder in
      let book = folder.appending(path: "book.json")
      for (lots, held, bound) in [
        (1_000_001, "1,000,001 lots (1000.001 BTC)", "at most 1,000,000 lots (1000 BTC)"),
        (-1_000_001, "-1,000,001 lots (-1000.001 BTC)", "at least -1,000,000 lots (-1000 BTC)"),
      ] {
        let text = #"{"version": 1, "account": "a", "positions": {"BTC-PERP": \#(lots)}, "cash": "0"}"#
        try Data(text.utf8).write(to: book)
        let outcome = try Tool.run(Self.rule + ["--book", book.path])
        #expect(
          outcome.exitCode == 2 && outcome.output.contains("position/BTC-PERP, \(held): \(bound)."),
          "\(outcome.output)\(outcome.errors)")
        // An error of `prove` may be logged: it names the bound, and not what the book has.
        let account = folder.appending(path: "account").path
        let snapshot = ["--snapshot", Example.snapshot]
        let committed = try Tool.run(
          ["commit", "--plain", "--book", book.path, "-o", account, "--force"] + snapshot)
        try #require(committed.exitCode == 0, "\(committed.errors)")
        let proved = try Tool.run(
          ["prove", "--circuit", "portfolio-margin", "--opening", "\(account)/account.opening"] + snapshot
            + ["-o", folder.appending(path: "proof.json").path])
        #expect(
          proved.exitCode == 2 && proved.errors.contains("has at position/BTC-PERP: \(bound)"),
          "\(proved.errors)")
        #expect(!proved.errors.contains("1,000,001") && !proved.errors.contains("1000001"))
      }
    }
  }

  @Test("on the page helper rows are folded, the binding row is marked, and no cell asks to be multiplied")
  func pageTables() throws {
    try Scratch.with { folder in
      let page = folder.appending(path: "page.html").path
      #expect(try Tool.run(Self.rule + ["--book", Example.book, "--html", page]).exitCode == 0)
      let html = try String(contentsOfFile: page, encoding: .utf8)
      #expect(html.contains("<tr class=\"binding\"><td>binds</td><td>portfolio margin</td>"))
      let folded = try #require(html.range(of: "<details>"))
      let helper = try #require(html.range(of: "<td>scenario BTC 0</td>"))
      #expect(folded.lowerBound < helper.lowerBound)
      #expect(html.contains("(weight 0.25 counted)") && !html.contains("(×"))
      #expect(html.contains("beta 1.15 × contingency charge") && html.contains("slack of this requirement"))
    }
  }

  @Test("a page does not replace the book or the snapshot that the command read, by any path to it")
  func ownInput() throws {
    try Scratch.with { folder in
      let book = folder.appending(path: "book.json").path
      try FileManager.default.copyItem(atPath: Example.book, toPath: book)
      let before = FileManager.default.contents(atPath: book)
      let link = folder.appending(path: "link.html").path
      try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: book)
      for place in [book, link] {
        let refused = try Tool.run(Self.rule + ["--book", book, "--html", place, "--force"])
        #expect(refused.exitCode == 74)
        #expect(refused.errors.contains("was read by this command"))
      }
      #expect(FileManager.default.contents(atPath: book) == before)
    }
  }

  @Test("an account does not replace the book that it is made of, under whatever name that stands")
  func bookNamedAccount() throws {
    try Scratch.with { folder in
      let book = folder.appending(path: "account.json").path
      try FileManager.default.copyItem(atPath: Example.book, toPath: book)
      let before = FileManager.default.contents(atPath: book)
      let refused = try Tool.run(
        ["commit", "--plain", "--book", book, "--snapshot", Example.snapshot, "-o", folder.path, "--force"])
      #expect(refused.exitCode == 74)
      #expect(refused.errors.contains("was read by this command"))
      #expect(FileManager.default.contents(atPath: book) == before)
    }
  }
}
