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
      "reserve[BTC]", "portfolio_requirement", "largest further order", "stopped by", "may be withdrawn",
      "of 0.0001 BTC",
      "margin call of BTC: at about ", ", BTC-PERP), a move of ", "no margin call of BTC if its price rises",
      "with BTC move: ",
    ] {
      #expect(outcome.output.contains(text), "\(text)")
    }
    // Rows that are 0 by construction are not in the table of requirements.
    #expect(!outcome.output.contains("scenario BTC"))
    let none = try Tool.run(Self.rule + ["--book", Example.book, "--orders", "none"])
    #expect(!none.output.contains("largest further order"))
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
      #expect(tried.contains("; at the sizes tried, of which 1024 passes again"), "\(tried)")
      let orders = try Tool.run(concentration + ["--json"]).output.replacing(/\s/, with: "")
      #expect(orders.contains(#""exact":false,"holdsAgainAtLots":1024"#), "\(orders)")
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
}
