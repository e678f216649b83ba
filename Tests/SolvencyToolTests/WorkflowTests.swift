import CanonicalBytes
import Foundation
import TestSupport
import Testing

@Suite("The way from a book to a verdict")
struct WorkflowTests {
  @Test("the quick start of the README works as it is written")
  func quickStart() throws {
    try Scratch.with { folder in
      // What the commands expect to find: the examples and the built command.
      let files = FileManager.default
      let executable = try #require(Tool.executable)
      try files.createDirectory(
        at: folder.appending(path: ".build"), withIntermediateDirectories: true)
      try files.createSymbolicLink(
        at: folder.appending(path: ".build/release"),
        withDestinationURL: executable.deletingLastPathComponent())
      try files.createSymbolicLink(
        at: folder.appending(path: "Examples"),
        withDestinationURL: Vectors.packageRoot.appending(path: "Examples"))
      let readme = try String(
        contentsOf: Vectors.packageRoot.appending(path: "README.md"), encoding: .utf8)
      let commands = try #require(Self.quickStart(of: readme))
      let outcome = try Tool.run(
        URL(filePath: "/bin/sh"), ["-eu", "-c", commands], in: folder)
      #expect(outcome.exitCode == 0, "\(outcome.errors)")
      #expect(outcome.output.contains("1 accepted, 0 rejected"))
    }
  }

  /// The lines of the `sh` block after the marker.
  private static func quickStart(of readme: String) -> String? {
    guard let marker = readme.range(of: "<!-- quick start -->"),
      let start = readme[marker.upperBound...].range(of: "```sh\n"),
      let end = readme[start.upperBound...].range(of: "\n```")
    else { return nil }
    return String(readme[start.upperBound..<end.lowerBound])
  }

  @Test("a covered book is committed to, proved, accepted; the opening is for its owner's eyes")
  func acceptance() throws {
    try Scratch.with { folder in
      let account = try ProvenAccount(in: folder)
      let outcome = try ProvenAccount.verify([
        account.proof, "--account", account.account, "--audience", "Example Bank", "--nonce",
        ProvenAccount.nonce, "--kind", "initial",
      ])
      #expect(outcome.exitCode == 0)
      #expect(outcome.output.contains("proof.json: accepted: alice at sequence 0"))
      #expect(outcome.output.contains("1 read: 1 accepted, 0 rejected, 0 malformed"))
      let attributes = try FileManager.default.attributesOfItem(atPath: account.opening)
      #expect((attributes[.posixPermissions] as? NSNumber)?.intValue == 0o600)
    }
  }

  @Test("a passphrase locks the opening: the right one proves, another does not")
  func passphrase() throws {
    try Scratch.with { folder in
      let opening = folder.appending(path: "account.opening").path
      let committed = try Tool.run(
        ["commit", "--book", Example.book, "--snapshot", Example.snapshot, "-o", folder.path],
        passphrase: "open sesame")
      #expect(committed.exitCode == 0)
      func prove(_ passphrase: String?) throws -> Int32 {
        try Tool.run(
          [
            "prove", "--circuit", "portfolio-margin", "--snapshot", Example.snapshot, "--opening",
            opening, "--now", Example.moment, "-o", folder.appending(path: "p.json").path,
          ], passphrase: passphrase
        ).exitCode
      }
      #expect(try prove("open barley") == 65)
      #expect(try prove(nil) == 64)
      #expect(try prove("") == 64)
      #expect(try prove("open sesame") == 0)
    }
  }

  @Test(
    "an accepted proof is rejected when something else was asked for",
    arguments: [
      (["--audience", "Another Bank"], "wrong-audience"),
      (["--nonce", String(repeating: "00", count: 32)], "wrong-nonce"),
      (["--kind", "maintenance"], "wrong-kind"),
      (["--circuit", "cross-margin"], "unknown-circuit"),
    ])
  func otherDemands(_ demand: [String], _ reason: String) throws {
    try Scratch.with { folder in
      let account = try ProvenAccount(in: folder)
      let outcome = try ProvenAccount.verify([account.proof] + demand)
      #expect(outcome.exitCode == 2)
      #expect(outcome.output.contains("rejected: \(reason)"))
    }
  }

  @Test("a proof is rejected before and after its window")
  func window() throws {
    try Scratch.with { folder in
      let account = try ProvenAccount(in: folder)
      let proof = ["verify", account.proof, "--snapshot", Example.snapshot, "--now"]
      let early = try Tool.run(proof + ["2026-02-05T21:59:59Z"])
      #expect(early.exitCode == 2 && early.output.contains("not-yet-issued"))
      let late = try Tool.run(proof + ["2026-02-05T23:00:00Z"])
      #expect(late.exitCode == 2 && late.output.contains("rejected: expired"))
    }
  }

  @Test("a fill moves commitment and opening alike; older proofs are stale, new ones accepted")
  func fill() throws {
    try Scratch.with { folder in
      let account = try ProvenAccount(in: folder)
      let deltas = ["--delta", "position/BTC-PERP=5", "--delta", "cash=-318600000"]
      let venue = folder.appending(path: "venue").path
      let trader = folder.appending(path: "trader").path
      let base = ["fill", "--account", account.account, "--snapshot", Example.snapshot] + deltas
      #expect(try Tool.run(base + ["-o", venue]).exitCode == 0)
      #expect(
        try Tool.run(base + ["--opening", account.opening, "--plain", "-o", trader]).exitCode == 0)
      let here = try Data(contentsOf: URL(filePath: venue + "/account.json"))
      #expect(try here == Data(contentsOf: URL(filePath: trader + "/account.json")))

      let stale = try ProvenAccount.verify([account.proof, "--account", venue + "/account.json"])
      #expect(stale.exitCode == 2 && stale.output.contains("stale-sequence"))

      let proof = folder.appending(path: "after.json").path
      let proven = try Tool.run([
        "prove", "--circuit", "portfolio-margin", "--snapshot", Example.snapshot, "--opening",
        trader + "/account.opening", "--now", Example.moment, "-o", proof,
      ])
      #expect(proven.exitCode == 0, "\(proven.errors)")
      let fresh = try ProvenAccount.verify([proof, "--account", venue + "/account.json"])
      #expect(fresh.exitCode == 0, "\(fresh.output)")
    }
  }

  @Test("an insolvent book is refused with the requirement that fails, and no proof is written")
  func insolvent() throws {
    try Scratch.with { folder in
      let proof = folder.appending(path: "proof.json").path
      _ = try Tool.run([
        "commit", "--book", Example.insolventBook, "--snapshot", Example.snapshot, "-o", folder.path,
        "--plain",
      ])
      let rule = ["--circuit", "portfolio-margin", "--snapshot", Example.snapshot]
      let outcome = try Tool.run(
        ["prove"] + rule + [
          "--opening", folder.appending(path: "account.opening").path, "--now", Example.moment, "-o",
          proof,
        ])
      #expect(outcome.exitCode == 2)
      #expect(outcome.errorLines.count == 1)
      #expect(outcome.errors.contains("margin\" fails"))
      #expect(!FileManager.default.fileExists(atPath: proof))
      let explained = try Tool.run(["explain"] + rule + ["--book", Example.insolventBook])
      #expect(explained.exitCode == 2)
      #expect(explained.output.contains("The book does not meet portfolio_margin (initial)."))
    }
  }

  @Test("many proofs are verified from files, JSON Lines and standard input, each with its place")
  func manyProofs() throws {
    try Scratch.with { folder in
      let account = try ProvenAccount(in: folder)
      let line = try Data(contentsOf: URL(filePath: account.proof))
      let lines = folder.appending(path: "proofs.jsonl")
      try (line + Data("{\"version\": 1}\n\n".utf8) + line).write(to: lines)
      let outcome = try ProvenAccount.verify([account.proof, lines.path, "-"], input: line + line)
      #expect(outcome.exitCode == 65)
      let verdicts = outcome.output.split(separator: "\n")
      // What was not checked stands below the summary.
      #expect(verdicts.count == 9 && verdicts[7...].allSatisfy { $0.hasPrefix("not checked: ") })
      #expect(verdicts[0].contains("proof.json: accepted"))
      #expect(verdicts[1].contains("proofs.jsonl:1: accepted"))
      #expect(verdicts[2].contains("proofs.jsonl:2: rejected: malformed"))
      #expect(verdicts[3].contains("proofs.jsonl:4: accepted"))
      #expect(verdicts[5].contains("standard input:2: accepted"))
      #expect(verdicts[6].contains("6 read: 5 accepted, 0 rejected, 1 malformed"))
    }
  }

  @Test("nothing is overwritten without --force")
  func overwriting() throws {
    try Scratch.with { folder in
      let account = try ProvenAccount(in: folder)
      let commit = [
        "commit", "--book", Example.book, "--snapshot", Example.snapshot, "-o", folder.path, "--plain",
      ]
      let before = try Data(contentsOf: URL(filePath: account.opening))
      let refused = try Tool.run(commit)
      #expect(refused.exitCode == 74)
      #expect(refused.errors.contains("--force"))
      #expect(try Data(contentsOf: URL(filePath: account.opening)) == before)
      #expect(try Tool.run(commit + ["--force"]).exitCode == 0)
    }
  }

  @Test("the demonstration replaces its own ledger, and no other")
  func demoKeepsLedgers() throws {
    try Scratch.with { folder in
      let desk = folder.path + "/desk"
      try FileManager.default.createDirectory(atPath: desk, withIntermediateDirectories: true)
      let file = URL(filePath: desk + "/desk.json")
      try Data("mine".utf8).write(to: file)
      let demo = [
        "demo", "--accounts", "1", "--desk-accounts", "100", "--roll-accounts", "0", "--keep", folder.path,
        "--json",
      ]
      let refused = try Tool.run(demo)
      #expect(refused.exitCode == 74)
      #expect(refused.errors.contains("--keep"))
      #expect(try Data(contentsOf: file) == Data("mine".utf8))
      try FileManager.default.removeItem(atPath: desk)
      #expect(try Tool.run(demo).exitCode == 0)
      #expect(try Tool.run(demo).exitCode == 0)
    }
  }

  @Test("the demonstration ends with every attack stopped")
  func demo() throws {
    let outcome = try Tool.run(
      ["demo", "--accounts", "7", "--desk-accounts", "100", "--roll-accounts", "128", "--json"])
    #expect(outcome.exitCode == 0, "\(outcome.errors)")
    let report = try JSONDocument.parse(Array(outcome.output.utf8), maximumBytes: 1 << 20)
    let members = try report.entries(maximumCount: 64)
    #expect(members.first { $0.key == "isAsItShouldBe" }?.node.value == .bool(true))
    let proofs = try #require(members.first { $0.key == "proofs" }).node.entries(maximumCount: 64)
    #expect(proofs.first { $0.key == "accepted" }?.node.value == .number("6"))
    #expect(proofs.first { $0.key == "refused" }?.node.value == .number("1"))
    let desk = try #require(members.first { $0.key == "admission" }).node.entries(maximumCount: 64)
    #expect(desk.first { $0.key == "disagreements" }?.node.value == .number("0"))
    let audit = try #require(desk.first { $0.key == "audit" }).node.entries(maximumCount: 64)
    #expect(audit.first { $0.key == "isClean" }?.node.value == .bool(true))
    let roll = try #require(members.first { $0.key == "roll" }).node.entries(maximumCount: 64)
    for key in ["isAsItShouldBe", "isSolvent", "areTotalsShown", "isIndependentOfSplit"] {
      #expect(roll.first { $0.key == key }?.node.value == .bool(true), "\(key)")
    }
    let frauds = try #require(roll.first { $0.key == "frauds" }).node.array(maximumCount: 16)
    #expect(frauds.count == 5)
  }
}
