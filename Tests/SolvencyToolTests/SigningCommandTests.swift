import CanonicalBytes
import Foundation
import TestSupport
import Testing

@Suite("Signed files on the command line")
struct SigningCommandTests {
  /// Replaces the first match of a regular expression in a file's text; the copy is beside the file.
  private static func changed(
    _ path: String, _ pattern: String, _ replacement: String, _ desk: Desk
  ) throws -> String {
    let text = try String(contentsOfFile: path, encoding: .utf8)
    let range = try #require(text.range(of: pattern, options: .regularExpression))
    let copy = desk.fresh()
    // One random byte in 256 is 00 already; the copy must differ.
    let other = text[range] == replacement ? replacement.dropLast(2) + "01" : replacement[...]
    try Data(text.replacingCharacters(in: range, with: other).utf8).write(to: URL(filePath: copy))
    return copy
  }

  private static let fields = [
    ("\"account\": \"alice\"", "\"account\": \"alicf\""),
    ("\"registry\": \"..", "\"registry\": \"00"),
    ("\"sequence\": 0", "\"sequence\": 1"),
    ("\"signature\": \"..", "\"signature\": \"00"),
  ]

  @Test
  func `A30: an attestation is accepted as it was signed, for its venue, from its custodian, in its time`()
    throws
  {
    try Scratch.with { folder in
      let desk = try Desk(of: ProvenAccount(in: folder))
      let file = desk.path("attestation.json")
      try desk.attest(to: Desk.venueName, into: file)
      let account = desk.path("account.json")
      let good = try desk.check([file], ["--pledged-to", Desk.venueName, "-o", account])
      #expect(good.exitCode == 0, "\(good.errors)")
      let files = [account, desk.account.account].map { URL(filePath: $0) }
      #expect(try Data(contentsOf: files[0]) == Data(contentsOf: files[1]))

      #expect(try desk.check([file], ["--pledged-to", "Other Exchange"]).exitCode == 2)
      #expect(try desk.check([file], trusting: ["other"]).exitCode == 2)
      let late = try desk.run([
        "attest", "check", file, "--custodian", try desk.publicKey("custodian"), "--now",
        "2026-02-06T22:00:00Z",
      ])
      #expect(late.exitCode == 2 && late.errors.contains("until 2026-02-06T22:00:00Z"))
      let changes =
        Self.fields + [
          ("\"pledgedTo\": \"Example", "\"pledgedTo\": \"Exemple"), ("\"issued\": 17", "\"issued\": 16"),
          ("\"expires\": 1", "\"expires\": 2"),
        ]
      for (pattern, replacement) in changes {
        let copy = try Self.changed(file, pattern, replacement, desk)
        let outcome = try desk.check([copy])
        #expect(outcome.exitCode == 2 && outcome.errors.contains(copy), "\(replacement): \(outcome.errors)")
      }
    }
  }

  @Test(
    "an opening that does not open the commitment, or to another book, is not attested; without one it says so"
  )
  func opening() throws {
    try Scratch.with { folder in
      let desk = try Desk(of: ProvenAccount(in: folder))
      func attest(_ options: [String]) throws -> (outcome: Tool.Outcome, file: String) {
        let file = desk.fresh()
        let outcome = try desk.run(
          [
            "attest", "--account", desk.account.account, "--pledged-to", Desk.venueName, "--key",
            try desk.key("custodian"), "--now", Example.moment, "-o", file,
          ] + options)
        return (outcome, file)
      }
      let unseen = try attest([])
      #expect(
        unseen.outcome.exitCode == 0 && unseen.outcome.output.contains("vouches for the commitment unseen"))
      func sight(_ file: String) throws -> String {
        try desk.check([file], ["--json"]).output.filter { !$0.isWhitespace }
      }
      #expect(try sight(unseen.file).contains("\"seen\":\"unseen\""))
      let seen = try attest(["--opening", desk.account.opening])
      #expect(try sight(seen.file).contains("\"seen\":\"opening\""))
      // Anyone who says more than was signed breaks the signature.
      let boast = try Self.changed(seen.file, "\"seen\": \"opening\"", "\"seen\": \"book\"", desk)
      #expect(try desk.check([boast]).exitCode == 2)
      #expect(seen.outcome.exitCode == 0 && seen.outcome.output.contains("it opens the commitment"))
      let book = ["--opening", desk.account.opening, "--snapshot", Example.snapshot, "--book"]
      let kept = try attest(book + [Example.book])
      #expect(
        kept.outcome.exitCode == 0 && kept.outcome.output.contains("to the book that the custodian keeps"))

      // The same book under another blinding, and another book.
      let other = desk.path("other")
      try desk.done([
        "commit", "--book", Example.book, "--snapshot", Example.snapshot, "--plain", "-o", other,
      ])
      let text = try String(contentsOfFile: Example.book, encoding: .utf8)
      let poorer = desk.path("poorer.json")
      let range = try #require(text.range(of: "\"cash\": \"?-?[0-9]", options: .regularExpression))
      try Data(text.replacingCharacters(in: range, with: text[range].dropLast() + "9").utf8)
        .write(to: URL(filePath: poorer))
      for (options, reason) in [
        (["--opening", other + "/account.opening"], "commitment differs"),
        (book + [poorer], "book differs"),
      ] {
        let (outcome, file) = try attest(options)
        #expect(outcome.exitCode == 65 && outcome.errors.contains(reason), "\(outcome.errors)")
        #expect(outcome.errorLines.count == 1)
        #expect(!FileManager.default.fileExists(atPath: file))
      }
      #expect(try attest(["--book", Example.book]).outcome.exitCode == 64)
    }
  }

  @Test("the attestations of several custodians add up; the one at fault is named")
  func custodians() throws {
    try Scratch.with { folder in
      let desk = try Desk(of: ProvenAccount(in: folder))
      // The other custodian has another part of the book, under a blinding of its own.
      let part = desk.path("part")
      try desk.done([
        "commit", "--book", Example.book, "--snapshot", Example.snapshot, "--plain", "-o", part,
      ])
      let (first, second) = (desk.path("first.json"), desk.path("second.json"))
      try desk.attest(to: Desk.venueName, with: "other", into: first)
      try desk.attest(
        to: Desk.venueName, of: part + "/account.json", by: "other", with: "custodian", into: second)
      let sum = desk.path("sum.json")
      let both = try desk.check([first, second], trusting: ["custodian", "other"], ["-o", sum])
      #expect(both.exitCode == 0, "\(both.errors)")
      #expect(FileManager.default.fileExists(atPath: sum))
      let reversed = try desk.check([second, first], trusting: ["custodian", "other"])
      #expect(reversed.output == both.output)

      let alone = try desk.check([first])
      #expect(alone.exitCode == 2 && alone.errors.contains("2 custodians"))

      let unknown = try desk.check([first, second])
      #expect(unknown.exitCode == 2 && unknown.errors.contains(second) && !unknown.errors.contains(first))
      #expect(try desk.check([first, first]).exitCode == 2)
      // A custodian that threw its register away signs anything once more.
      try FileManager.default.removeItem(atPath: try desk.key("custodian", named: "other") + ".register.json")
      let elsewhere = desk.path("elsewhere.json")
      try desk.attest(to: "Other Exchange", of: part + "/account.json", by: "other", into: elsewhere)
      let split = try desk.check([first, elsewhere], trusting: ["custodian", "other"])
      #expect(split.exitCode == 2 && split.errors.contains("different venues"))
    }
  }

  @Test("a snapshot is the venue's if its key signed it, and it alone")
  func snapshot() throws {
    try Scratch.with { folder in
      let desk = try Desk(of: ProvenAccount(in: folder))
      let signature = try desk.file(.endorsement)
      func check(_ snapshot: String, _ options: [String]) throws -> Tool.Outcome {
        try desk.run(["snapshot", "check", snapshot] + options)
      }
      let good = try check(Example.snapshot, try desk.venue())
      #expect(good.exitCode == 0 && good.output.contains("by \(Desk.venueName)"))
      #expect(try check(Example.snapshot, []).output.contains("not checked"))
      let stranger = try check(
        Example.snapshot,
        ["--venue", try desk.publicKey("venue", named: "stranger"), "--signature", signature])
      #expect(stranger.exitCode == 2 && stranger.errors.contains("another key"))
      let other = try Self.changed(Example.snapshot, "\"epoch\": 1", "\"epoch\": 2", desk)
      let foreign = try check(other, try desk.venue())
      #expect(foreign.exitCode == 2 && foreign.errors.contains("another snapshot"))
      for (pattern, replacement) in [
        ("\"venue\": \"Example", "\"venue\": \"Exemple"), ("\"epoch\": 1", "\"epoch\": 2"),
        ("\"snapshot\": \"..", "\"snapshot\": \"00"), ("\"signature\": \"..", "\"signature\": \"00"),
      ] {
        let copy = try Self.changed(signature, pattern, replacement, desk)
        let outcome = try check(
          Example.snapshot, ["--venue", try desk.publicKey("venue"), "--signature", copy])
        #expect(outcome.exitCode == 2, "\(replacement)")
      }
      #expect(try check(Example.snapshot, ["--signature", signature]).exitCode == 64)
      // What one role signed is nothing of another kind.
      let attestation = try desk.file(.attestation)
      let confused = try check(
        Example.snapshot, ["--venue", try desk.publicKey("venue"), "--signature", attestation])
      #expect(confused.exitCode == 65 && confused.errors.contains("attestation"))
    }
  }

  @Test(arguments: [false, true])
  func `A28, A29: a signed fill moves every holder's account alike, once, and only as it was signed`(
    isHidden: Bool
  ) throws {
    try Scratch.with { folder in
      let desk = try Desk(of: ProvenAccount(in: folder))
      let (report, secret) = (desk.path("report.json"), desk.path("secret.json"))
      let (engine, trader, venue) = (desk.path("engine"), desk.path("trader"), desk.path("venue"))
      let deltas = ["--delta", "position/BTC-PERP=5", "--delta", "cash=-318600000"]
      try desk.done(
        ["fill", "--key", try desk.key("engine"), "--report", report, "-o", engine] + deltas + desk.state
          + (isHidden ? ["--hide", secret] : []))
      let text = try String(contentsOfFile: report, encoding: .utf8)
      #expect(text.contains("318600000") != isHidden)

      let apply = ["fill", "--fill", report, "--engine", try desk.publicKey("engine")]
      try desk.done(apply + desk.state + ["-o", venue])
      let opening = ["--opening", desk.account.opening, "--plain", "-o", trader]
      if isHidden {
        #expect(try desk.run(apply + desk.state + opening).exitCode == 64)
        let other = desk.path("other.json")
        try desk.done(["fill", "--hide", other, "-o", desk.fresh()] + deltas + desk.state)
        let wrong = try desk.run(apply + desk.state + opening + ["--hidden", other])
        #expect(wrong.exitCode == 65 && wrong.errors.contains("commitment differs"))
      }
      try desk.done(apply + desk.state + opening + (isHidden ? ["--hidden", secret] : []))
      let accounts = try [engine, trader, venue].map {
        try Data(contentsOf: URL(filePath: $0 + "/account.json"))
      }
      #expect(Set(accounts).count == 1)
      let stale = try ProvenAccount.verify([desk.account.proof, "--account", venue + "/account.json"])
      #expect(stale.exitCode == 2 && stale.output.contains("stale-sequence"))
      let proof = desk.path("after.json")
      try desk.done([
        "prove", "--circuit", "portfolio-margin", "--snapshot", Example.snapshot, "--opening",
        trader + "/account.opening", "--now", Example.moment, "-o", proof,
      ])
      #expect(try ProvenAccount.verify([proof, "--account", venue + "/account.json"]).exitCode == 0)

      let again = try desk.run(
        apply + ["--account", venue + "/account.json", "--snapshot", Example.snapshot, "-o", desk.fresh()])
      #expect(again.exitCode == 2 && again.errors.contains("not this account as it is"))
      let stranger = try desk.run(
        ["fill", "--fill", report, "--engine", try desk.publicKey("engine", named: "stranger")]
          + desk.state + ["-o", desk.fresh()])
      #expect(stranger.exitCode == 2)
      let amount =
        isHidden ? ("\"hiddenDelta\": \"..", "\"hiddenDelta\": \"00") : ("=?318600000", "318600001")
      for (pattern, replacement) in Self.fields + [amount] {
        let copy = try Self.changed(report, pattern, replacement, desk)
        let outcome = try desk.run(
          ["fill", "--fill", copy, "--engine", try desk.publicKey("engine")] + desk.state
            + ["-o", desk.fresh()])
        // A changed point may not be on the curve at all, a changed account no longer that of the fill.
        #expect(outcome.exitCode == 2 || outcome.exitCode == 65, "\(replacement): \(outcome.errors)")
      }
    }
  }

  @Test(
    "options of a fill that contradict each other end with 64",
    arguments: [
      ["--delta", "cash=5", "--fill", "f.json"], ["--engine", "e.pub", "--delta", "cash=5"],
      ["--hidden", "h.json", "--hide", "i.json"], ["--delta", "cash=5", "--key", "k"],
      ["--delta", "cash=5", "--key", "k", "--report", "r", "--opening", "o"],
      ["--fill", "f.json", "--engine", "e.pub", "--hide", "h.json"], [],
    ])
  func fillOptions(_ options: [String]) throws {
    let base = ["fill", "--account", "a", "--snapshot", "s", "-o", "o"]
    #expect(try Tool.run(base + options).exitCode == 64)
  }

  @Test
  func `A64: a custodian's command refuses a second venue and a second account for the same book`() throws {
    try Scratch.with { folder in
      let desk = try Desk(of: ProvenAccount(in: folder))
      let key = try desk.key("custodian")
      func attest(_ account: String, _ opening: String, to venue: String, _ more: [String] = []) throws
        -> Tool.Outcome
      {
        try desk.run(
          [
            "attest", "--account", account, "--opening", opening, "--pledged-to", venue, "--key", key,
            "--now",
            Example.moment, "-o", desk.fresh(),
          ] + more)
      }
      let alice = (desk.account.account, desk.account.opening)
      let first = try attest(alice.0, alice.1, to: "First")
      let register = key + ".register.json"
      // What was written beside the attestation is named.
      #expect(first.exitCode == 0 && first.output.contains("register   \(register)"), "\(first.output)")
      let attributes = try FileManager.default.attributesOfItem(atPath: register)
      #expect((attributes[.posixPermissions] as? NSNumber)?.intValue == 0o600)
      let before = try Data(contentsOf: URL(filePath: register))
      let second = try attest(alice.0, alice.1, to: "Second")
      #expect(second.exitCode == 2 && second.errors.contains("is pledged to First until"), "\(second.errors)")

      // The same book as another account, under a blinding of its own.
      let text = try String(contentsOfFile: Example.book, encoding: .utf8)
      let book = desk.path("twin.json")
      try Data(text.replacingOccurrences(of: "\"alice\"", with: "\"mallory\"").utf8).write(
        to: URL(filePath: book))
      let twin = desk.path("twin")
      try desk.done(["commit", "--book", book, "--snapshot", Example.snapshot, "--plain", "-o", twin])
      let again = try attest(twin + "/account.json", twin + "/account.opening", to: "First")
      #expect(again.exitCode == 2 && again.errors.contains("account alice has the very same amounts"))
      #expect(try Data(contentsOf: URL(filePath: register)) == before, "a refusal changes nothing")
      let separate = try attest(
        twin + "/account.json", twin + "/account.opening", to: "First", ["--separate-assets"])
      #expect(separate.exitCode == 0, "\(separate.errors)")
    }
  }
}
