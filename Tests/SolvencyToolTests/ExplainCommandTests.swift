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
      "reserve[BTC]", "portfolio_requirement", "largest further order", "may be withdrawn", "of 0.0001 BTC",
      "margin call of BTC",
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
      uniqueKeysWithValues: try node.entries(maximumCount: 30).map { ($0.key, $0.node) })
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
