import CanonicalBytes
import Foundation
import TestSupport
import Testing

/// `verify` for auditors: a moment for each proof, folders of snapshots, states of accounts, summaries.
@Suite("Audits with verify")
struct VerifyAuditTests {
  /// A month after the proof was made.
  private static let later = "2026-03-05T22:00:00Z"

  private static func line(of account: ProvenAccount, receivedAt: String? = nil) throws -> String {
    let proof = try String(contentsOfFile: account.proof, encoding: .utf8)
      .trimmingCharacters(in: .whitespacesAndNewlines)
    guard let receivedAt else { return proof + "\n" }
    return proof.dropLast() + ", \"receivedAt\": \(receivedAt)}\n"
  }

  private static func file(_ text: String, _ name: String, in folder: URL) throws -> String {
    let url = folder.appending(path: name)
    try Data(text.utf8).write(to: url)
    return url.path
  }

  private static func verify(_ arguments: [String], input: String = "") throws -> Tool.Outcome {
    try Tool.run(["verify"] + arguments, input: Data(input.utf8))
  }

  @Test("a proof of the past is judged when it was issued, or when it was received")
  func moments() throws {
    try Scratch.with { folder in
      let account = try ProvenAccount(in: folder)
      let snapshot = ["--snapshot", Example.snapshot]
      let past = try Self.verify([account.proof] + snapshot + ["--now", Self.later])
      #expect(past.exitCode == 2 && past.output.contains("rejected: expired"))
      let issued = try Self.verify([account.proof] + snapshot + ["--at", "issued"])
      #expect(issued.exitCode == 0, "\(issued.output)")
      #expect(issued.output.contains("not checked: time"))

      let seconds = try #require(UTCTime.seconds(Example.moment))
      for (moment, code, reason) in [
        ("\(seconds)", 0, "accepted"), ("\(seconds + 3599)", 0, "accepted"),
        ("\(seconds + 3600)", 2, "expired"),
        ("\(seconds - 1)", 2, "not-yet-issued"), ("-1", 65, "malformed"), ("\"x\"", 65, "malformed"),
        ("1e9", 65, "malformed"), ("null", 65, "malformed"), ("1, \"receivedAt\": 1", 65, "malformed"),
      ] as [(String, Int32, String)] {
        let line = try Self.line(of: account, receivedAt: moment)
        let outcome = try Self.verify(["-"] + snapshot + ["--at", "received"], input: line)
        #expect(outcome.exitCode == code && outcome.output.contains(reason), "\(moment): \(outcome.output)")
        #expect(!outcome.output.contains("not checked: time"))
      }
      let without = try Self.verify([account.proof] + snapshot + ["--at", "received"])
      #expect(without.exitCode == 2 && without.output.contains("unknown-receipt"))
      // Who decides now has no receipts.
      let strange = try ProvenAccount.verify(
        ["-"], input: Data(Self.line(of: account, receivedAt: "\(seconds)").utf8))
      #expect(strange.exitCode == 65 && strange.output.contains("receivedAt"))
      #expect(
        try Self.verify([account.proof] + snapshot + ["--at", "issued", "--now", Self.later]).exitCode == 64)
    }
  }

  @Test("a snapshot is accepted for its grace and no longer")
  func grace() throws {
    try Scratch.with { folder in
      let account = try ProvenAccount(in: folder)
      let proof = folder.appending(path: "late.json").path
      let text = try String(contentsOfFile: Example.snapshot, encoding: .utf8)
      let range = try #require(text.range(of: #""validTo": "?[0-9TZ:-]+"#, options: .regularExpression))
      let stated = text[range].drop { $0 != ":" }.dropFirst().filter { $0 != " " && $0 != "\"" }
      let validTo = try #require(Int64(stated) ?? UTCTime.seconds(String(stated)))
      let proven = try Tool.run([
        "prove", "--circuit", "portfolio-margin", "--snapshot", Example.snapshot, "--opening",
        account.opening,
        "--now", "\(validTo - 1)", "-o", proof,
      ])
      try #require(proven.exitCode == 0, "\(proven.errors)")
      let rest = ["--snapshot", Example.snapshot, "--now", "\(validTo + 59)"]
      #expect(try Self.verify([proof] + rest).output.contains("snapshot-expired"))
      #expect(try Self.verify([proof] + rest + ["--snapshot-grace", "59"]).exitCode == 2)
      #expect(try Self.verify([proof] + rest + ["--snapshot-grace", "60"]).exitCode == 0)
    }
  }

  @Test("snapshots come from a folder; what is not a snapshot there is refused, and so is an empty folder")
  func folders() throws {
    try Scratch.with { folder in
      let account = try ProvenAccount(in: folder)
      let epochs = folder.appending(path: "epochs")
      try FileManager.default.createDirectory(at: epochs, withIntermediateDirectories: true)
      func verify() throws -> Tool.Outcome {
        try Self.verify([account.proof, "--snapshots", epochs.path, "--at", "issued"])
      }
      #expect(try verify().exitCode == 66)
      #expect(
        try Self.verify([account.proof, "--snapshots", epochs.path + "/none", "--at", "issued"]).exitCode
          == 66)
      try FileManager.default.copyItem(
        at: URL(filePath: Example.snapshot), to: epochs.appending(path: "1.json"))
      _ = try Self.file("x", "1.json.record", in: epochs)
      _ = try Self.file("{}", "1.sig.json", in: epochs)
      #expect(try verify().exitCode == 0)
      let bad = try Self.file("{}", "2.json", in: epochs)
      let outcome = try verify()
      #expect(outcome.exitCode == 65 && outcome.errors.contains(bad) && outcome.output.isEmpty)
      #expect(outcome.errorLines.count == 1)
    }
  }

  @Test("any state of an account that is known is accepted in an audit, and no other")
  func states() throws {
    try Scratch.with { folder in
      let account = try ProvenAccount(in: folder)
      let present = try String(contentsOfFile: account.account, encoding: .utf8)
        .split(separator: "\n").joined(separator: " ")
      let next = present.replacingOccurrences(of: "\"sequence\": 0", with: "\"sequence\": 1")
      let arguments = [account.proof, "--snapshot", Example.snapshot, "--at", "issued", "--accounts"]
      func verify(_ lines: String) throws -> Tool.Outcome {
        try Self.verify(arguments + [try Self.file(lines, "states.jsonl", in: folder)])
      }
      let known = try verify(next + "\n\n" + present + "\n" + present)
      #expect(
        known.exitCode == 0 && known.output.contains("accepted: alice at sequence 0"), "\(known.errors)")
      #expect(!known.output.contains("not checked: unbound"))
      let unknownState = try verify(next)
      #expect(unknownState.exitCode == 2 && unknownState.output.contains("unknown-state"))
      let other = next.replacingOccurrences(of: "alice", with: "bob")
      #expect(try verify(other).output.contains("unknown-account"))
      let digits = try #require(
        present.range(of: #""commitment": "[0-9a-f]{64}"#, options: .regularExpression))
      // The identity: a point, and not the account's.
      let moved = present.replacingCharacters(
        in: digits, with: "\"commitment\": \"" + String(repeating: "0", count: 64))
      #expect(try verify(moved).output.contains("commitment-mismatch"))
      let twice = try verify(present + "\n" + moved)
      #expect(twice.exitCode == 65 && twice.errors.contains("two commitments"))
      for bad in [
        "", "\n", "{}\n", "{\"version\": 2}", present + "\nx", String(repeating: "y", count: 20_000),
      ] {
        let outcome = try verify(bad)
        #expect(outcome.exitCode == 65 && outcome.errorLines.count == 1, "\(outcome.errors)")
        #expect(outcome.output.isEmpty)
      }
      let both = try Self.verify(arguments + ["x.jsonl", "--account", account.account])
      #expect(both.exitCode == 64)
    }
  }

  @Test("only what is rejected is printed, on lines of JSON, and all is counted")
  func onlyRejected() throws {
    try Scratch.with { folder in
      let account = try ProvenAccount(in: folder)
      let good = try Self.line(of: account)
      let seconds = try #require(UTCTime.seconds(Example.moment))
      let lines =
        good + good + "{}\n" + good.replacingOccurrences(of: "\"issued\":\(seconds)", with: "\"issued\":1")
      let outcome = try ProvenAccount.verify(
        ["-", "--only-rejected", "--json-lines", "--flush-every", "1"], input: Data(lines.utf8))
      #expect(outcome.exitCode == 2)
      let answers = try outcome.output.split(separator: "\n").map {
        try JSONDocument.parse(Array($0.utf8), maximumBytes: 1 << 20)
      }
      try #require(answers.count == 3, "\(outcome.output)")
      let summary = try answers[2].object(required: ["summary"])["summary"]
      let counts = try summary.entries(maximumCount: 20).filter {
        ["accepted", "rejected", "malformed"].contains($0.key)
      }
      .map { try $0.node.unsigned() }
      #expect(counts == [2, 1, 1])
      #expect(try ProvenAccount.verify(["-", "--json", "--json-lines"]).exitCode == 64)
      #expect(try ProvenAccount.verify(["-", "--flush-every", "0"]).exitCode == 64)
    }
  }

  @Test("summaries of parts add up to that of the whole; other terms and the same input are refused")
  func summaries() throws {
    try Scratch.with { folder in
      let account = try ProvenAccount(in: folder)
      let good = try Self.line(of: account)
      let parts = try [good + good, "{}\n" + good + "\n"].enumerated().map { index, text in
        try Self.file(text, "part\(index).jsonl", in: folder)
      }
      func summary(_ files: [String], _ name: String, _ more: [String] = []) throws -> (String, Tool.Outcome)
      {
        let place = folder.appending(path: name).path
        return (place, try ProvenAccount.verify(files + ["--summary", place] + more))
      }
      let (whole, wholeRun) = try summary(parts, "whole.json")
      let (first, firstRun) = try summary([parts[0]], "first.json")
      let (second, secondRun) = try summary([parts[1]], "second.json")
      #expect([wholeRun, firstRun, secondRun].map(\.exitCode) == [65, 0, 65])
      let merged = folder.appending(path: "merged.json").path
      let outcome = try Tool.run(["verify", "merge", first, second, "-o", merged])
      #expect(outcome.exitCode == 65, "\(outcome.errors)")
      #expect(outcome.output.contains("4 read: 3 accepted, 0 rejected, 1 malformed"))
      func members(_ path: String) throws -> [JSONEntry] {
        try JSONDocument.parse(Array(Data(contentsOf: URL(filePath: path))), maximumBytes: 1 << 20)
          .entries(maximumCount: 20)
          // One run sees that a proof comes again in its second file; two do not.
          .filter { $0.key != "milliseconds" && $0.key != "repeated" }
      }
      #expect(try members(merged) == members(whole))

      let twice = try Tool.run(["verify", "merge", first, whole])
      #expect(twice.exitCode == 2 && twice.errors.contains("part0.jsonl"))
      let (other, _) = try summary([parts[1]], "other.json", ["--clock-skew", "5"])
      let differing = try Tool.run(["verify", "merge", first, other])
      #expect(differing.exitCode == 2 && differing.errors.contains("clockSkew"))
      // A place that is taken, and a summary that was changed by hand.
      #expect(try summary([parts[0]], "first.json").1.exitCode == 74)
      #expect(try Tool.run(["verify", "merge", first, "-o", merged]).exitCode == 74)
      let text = try String(contentsOfFile: first, encoding: .utf8)
      for (from, to) in [
        ("\"accepted\": 2", "\"accepted\": 3"), ("\"version\": 1", "\"version\": 2"),
        ("\"count\": 2", "\"count\": \"2x\""), ("\"milliseconds\"", "\"ms\""),
        ("\"repeated\": 1", "\"repeated\": 9"),
      ] {
        #expect(text.contains(from), "\(from)")
        let bad = try Self.file(text.replacingOccurrences(of: from, with: to), "bad.json", in: folder)
        let refused = try Tool.run(["verify", "merge", bad, second])
        #expect(refused.exitCode == 65 && refused.errorLines.count == 1, "\(from): \(refused.errors)")
      }
      #expect(try Tool.run(["verify", "merge", folder.path + "/none.json"]).exitCode == 66)
    }
  }

  @Test("verify --help is that of verifying, and verify merge has its own")
  func help() throws {
    let help = try Tool.run(["verify", "--help"])
    #expect(help.exitCode == 0 && help.output.contains("--snapshots") && help.output.contains("--at"))
    let merge = try Tool.run(["verify", "merge", "--help"])
    #expect(merge.exitCode == 0 && merge.output.contains("summaries"))
  }
}
