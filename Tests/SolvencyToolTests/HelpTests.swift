import Foundation
import TestSupport
import Testing

/// What people copy out of help texts.
@Suite("Help")
struct HelpTests {
  /// The help of a verb, wide enough that nothing is wrapped.
  private func help(_ verb: [String]) throws -> String {
    let tool = try #require(Tool.executable).path
    let outcome = try Tool.run(URL(filePath: "/usr/bin/env"), ["COLUMNS=600", tool] + verb + ["--help"])
    #expect(outcome.exitCode == 0, "\(verb): \(outcome.errors)")
    return outcome.output
  }

  /// Every verb below one.
  private func verbs(of help: String) -> [String] {
    let lines = help.split(separator: "\n", omittingEmptySubsequences: false)
    guard let start = lines.firstIndex(of: "SUBCOMMANDS:") else { return [] }
    return lines[(start + 1)...].prefix { !$0.isEmpty }.compactMap { line in
      guard line.hasPrefix("  "), line.dropFirst(2).first?.isLetter == true else { return nil }
      return line.split(separator: " ").first.map(String.init)
    }
  }

  @Test("no line of an example is wider than a terminal, so that none is broken without a backslash")
  func examplesPaste() throws {
    var waiting: [[String]] = [[]]
    var count = 0
    while let verb = waiting.popLast() {
      let text = try help(verb)
      count += 1
      let examples = (text.components(separatedBy: "USAGE:").first ?? "").split(separator: "\n").filter {
        $0.hasPrefix("  ")
      }
      for line in examples {
        #expect(line.count <= 79, "\(verb): \(line)")
        // What a continuation in the source has joined.
        #expect(!line.dropFirst(2).contains("   -"), "\(verb): \(line)")
        // What stands for something else does not paste.
        #expect(!line.contains(" ... -") && !line.contains("…\""), "\(verb): \(line)")
      }
      waiting += verbs(of: text).filter { $0 != "help" }.map { verb + [$0] }
    }
    #expect(count > 60)
  }

  @Test("the manual page has every verb, and a renderer accepts it")
  func manualPage() throws {
    let tool = try #require(Tool.executable).path
    let script = Vectors.packageRoot.appending(path: "Scripts/manual-page.sh").path
    let outcome = try Tool.run(URL(filePath: "/bin/sh"), [script, tool])
    #expect(outcome.exitCode == 0, "\(outcome.errors)")
    for text in [".TH SOLVENCY 1", ".SH \"VERIFY\"", ".SH \"SNAPSHOT BUILD\"", "\\-\\-snapshot"] {
      #expect(outcome.output.contains(text), "\(text)")
    }
    // No line begins with a request that the help text did not mean.
    let requests = outcome.output.split(separator: "\n").filter { $0.hasPrefix(".") }
    #expect(
      requests.allSatisfy { line in
        [".TH", ".SH", ".nf", ".fi", ".B ", ".I "].contains { line.hasPrefix($0) }
      })
  }

  @Test("inspect says what every kind of file is, shows nothing of what is secret, and refuses the rest")
  func inspect() throws {
    try Scratch.with { folder in
      let account = try ProvenAccount(in: folder)
      for (path, what) in [
        (account.proof, "a proof, not verified"), (account.account, "an account commitment"),
        (Example.snapshot, "a risk snapshot"),
        (Example.path("circuits/portfolio-margin.circuit"), "a circuit"),
        (Example.path("Examples/circuits/leverage.circuit"), "times = 10 of 1 ... 100"),
        (Example.path("Examples/market/market.json"), "a listing of market data"),
        (Example.path("Fuzz/Seeds/escrow.json"), "an opening sealed to a committee"),
        (Example.path("Fuzz/Seeds/public-key.json"), "the public part of a key"),
        (Example.path("Fuzz/Seeds/configuration.json"), "a configuration of the margin engine"),
        (Example.path("Fuzz/Seeds/publication-record.json"), "the record of a publication"),
        (Example.path("Fuzz/Seeds/engine-state.json"), "the state of the margin engine"),
        (Example.path("Fuzz/Seeds/attestation.json"), "a signed attestation"),
        (Example.path("scenarios/sigma-5.json"), "a scenario"),
      ] {
        let outcome = try Tool.run(["inspect", path])
        #expect(
          outcome.exitCode == 0 && outcome.output.contains(what),
          "\(path): \(outcome.output)\(outcome.errors)")
      }
      for (path, what) in [
        (account.opening, "an opening that is NOT encrypted"), (Example.book, "a book"),
        (Example.path("Fuzz/Seeds/guard.json"), "a guard: which questions about books were answered"),
        (Example.path("Fuzz/Seeds/escrow-share.json"), "a member's share of a sealed opening"),
        (Example.path("Fuzz/Seeds/hidden-fill.json"), "a hidden fill, NOT encrypted"),
      ] {
        let outcome = try Tool.run(["inspect", path])
        #expect(
          outcome.exitCode == 0 && outcome.output.contains("\(what); it is secret"), "\(outcome.output)")
        #expect(outcome.output.split(separator: "\n").count == 2)
      }
      // Kinds that are told by their members alone, each with every member that tells it.
      for (members, what) in [
        (
          #""terms": {}, "layers": [1, 2], "deleveraging": "queue", "liquidators": {}, "rankEdges": [5]"#,
          "rules of liquidations"
        ),
        (
          #""liquidated": "a", "instrument": "BTC-PERP", "winningSide": "short", "gainPpm": 5, "edges": [1], "deadline": 7"#,
          "a call of winners"
        ),
        (
          #""liquidated": "a", "rank": 3, "size": 7, "proof": {}"#,
          "an answer to a call of winners, its proof not verified"
        ),
        (#""subtitle": "s", "verdict": "v", "scenarios": [], "remedies": []"#, "the result of a stress run"),
        (#""lots": 5, "deficit": 7, "winners": []"#, "a position and its winners"),
        (#""loss": 5, "layers": [1]"#, "a loss and who may bear it"), (#""bids": []"#, "bids of auctions"),
        (#""dust": 5, "penaltyLeastPpm": 5"#, "terms of liquidations"),
        (#""fundShare": 0.01, "impact": 1"#, "a venue of the stress laboratory"),
        (#""roll": "x", "totals": {}, "proof": "y""#, "totals over all hidden books of a roll, not verified"),
        (#""roll": "x", "start": 0, "end": 5, "subtrees": [], "sum": "y""#, "the audit of a part of a roll"),
        (#""names": ["cash"], "steps": []"#, "a list of coordinates"),
        (#""observations": []"#, "a dated stress table"),
        (#""venueKey": "x", "custodians": [], "schedule": {}"#, "a desk"),
        (
          #""kind": "reciprocal", "transcriptLabel": "t", "n": 64, "commitments": [], "proof": "x""#,
          "a reciprocal range proof, not verified"
        ),
        (#""transcriptLabel": "t", "n": 64, "commitments": [], "proof": "x""#, "a range proof, not verified"),
      ] {
        let file = folder.appending(path: "kind.json")
        try Data("{\"version\": 1, \(members)}".utf8).write(to: file)
        let outcome = try Tool.run(["inspect", file.path])
        #expect(
          outcome.exitCode == 0 && outcome.output.contains(what),
          "\(members): \(outcome.output)\(outcome.errors)")
      }
      for (text, what) in [
        ("example.com/log+0a1b2c3d+AQ==\n", "a key of a log or a witness"),
        ("log example.com/log+0a1b2c3d+AQ==\nquorum none\n", "a policy of logs and witnesses"),
        ("old 5\n\nexample.com/log\n", "a request to a witness of a log"),
        ("<!DOCTYPE html>\n<html></html>\n", "a page for a browser"),
        (
          "time,depthHour,depthDay,spread,volatility,funding,interest,hour,drought\n", "observations of depth"
        ),
        (#"{"verdicts": [], "summary": {}}"#, "verdicts of verify"),
        (#"{"version": 1, "positions": {}}"#, "a venue's own positions"),
        (#"{"version": 1, "source": "x", "margins": [], "notRepresented": []}"#, "margins of a venue"),
      ] {
        let file = folder.appending(path: "text")
        try Data(text.utf8).write(to: file)
        let outcome = try Tool.run(["inspect", file.path])
        #expect(outcome.exitCode == 0 && outcome.output.contains(what), "\(text): \(outcome.output)")
      }
      for members in [#""salt": "x", "opened": 1, "opening": "y""#, #""salt": "x", "pledges": []"#] {
        let file = folder.appending(path: "secret.json")
        try Data("{\"version\": 1, \(members)}".utf8).write(to: file)
        let outcome = try Tool.run(["inspect", file.path])
        #expect(
          outcome.exitCode == 0 && outcome.output.contains("it is secret") && !outcome.output.contains("x"),
          "\(outcome.output)")
      }
      for path in ["Fuzz/Seeds/request.json", "Fuzz/Seeds/attestation.json", "Fuzz/Seeds/public-key.json"] {
        let good = try String(contentsOfFile: Example.path(path), encoding: .utf8)
        for version in ["true", "null", #""v1""#, "9223372036854775808", "1.0", "0", "9"] {
          let file = folder.appending(path: "version.json")
          let other = good.replacing(/"version": ?1/, with: "\"version\": \(version)", maxReplacements: 1)
          try Data(other.utf8).write(to: file)
          let outcome = try Tool.run(["inspect", file.path])
          #expect(
            outcome.exitCode == 65 && outcome.errors.contains(version) && outcome.output.isEmpty,
            "\(path): \(outcome.output)\(outcome.errors)")
        }
      }
      for text in ["{}", "[]", "{\"a\": 1}", "{\"a\": 1, \"a\": 2}", "x", "{", "\u{FEFF}{}"] {
        let file = folder.appending(path: "odd.json")
        try Data(text.utf8).write(to: file)
        let outcome = try Tool.run(["inspect", file.path])
        #expect(outcome.exitCode == 65 && outcome.output.isEmpty, "\(text): \(outcome.output)")
      }
      #expect(try Tool.run(["inspect", folder.path + "/none"]).exitCode == 66)
    }
  }
}
