import Foundation
import TestSupport
import Testing

@Suite("Escrow on the command line")
struct EscrowCommandTests {
  @Test
  func `A49: a quorum of members opens a silent account; fewer, strangers and wrong shares do not`() throws {
    try Scratch.with { folder in
      let desk = try Desk(of: ProvenAccount(in: folder))
      let package = desk.path("escrow.json")
      try desk.seal(["a", "b", "c"], threshold: 2, into: package)
      let shares = ["a", "b", "c"].map { desk.path("share-\($0).json") }
      for (name, share) in zip(["a", "b", "c"], shares) {
        try desk.done([
          "escrow", "open", package, "--key", try desk.key("escrow-member", named: name), "-o", share,
        ])
        let attributes = try FileManager.default.attributesOfItem(atPath: share)
        #expect((attributes[.posixPermissions] as? NSNumber)?.intValue == 0o600)
      }
      func recover(_ shares: [String]) throws -> (outcome: Tool.Outcome, folder: String) {
        let folder = desk.fresh()
        let options = shares.flatMap { ["--share", $0] }
        return (try desk.run(["escrow", "recover", package, "--plain", "-o", folder] + options), folder)
      }
      let expected = try Data(contentsOf: URL(filePath: desk.account.opening))
      for quorum in [[0, 1], [2, 0], [1, 2], [2, 1, 0]] {
        let (outcome, folder) = try recover(quorum.map { shares[$0] })
        #expect(outcome.exitCode == 0, "\(outcome.errors)")
        #expect(try Data(contentsOf: URL(filePath: folder + "/account.opening")) == expected)
      }
      for share in shares {
        let (outcome, folder) = try recover([share])
        #expect(outcome.exitCode == 2 && outcome.errors.contains("takes 2 shares"))
        #expect(!FileManager.default.fileExists(atPath: folder + "/account.opening"))
      }
      let repeated = try recover([shares[0], shares[0]]).outcome
      #expect(repeated.exitCode == 2 && repeated.errors.contains("member 1"))

      // Member 3 hands in the share of member 2.
      let lie = desk.path("lie.json")
      let text = try String(contentsOfFile: shares[1], encoding: .utf8)
      try Data(text.replacingOccurrences(of: "\"member\": 2", with: "\"member\": 3").utf8)
        .write(to: URL(filePath: lie))
      let wrong = try recover([shares[0], lie]).outcome
      #expect(wrong.exitCode == 2 && wrong.errors.contains("member 3") && wrong.errors.contains(lie))

      let stranger = try desk.run([
        "escrow", "open", package, "--key", try desk.key("escrow-member", named: "d"),
      ])
      #expect(stranger.exitCode == 2 && stranger.errors.contains("does not belong to a member"))
      let other = desk.path("other.json")
      try desk.seal(["a", "b", "c"], threshold: 2, into: other)
      let foreign = try desk.run([
        "escrow", "recover", other, "--share", shares[0], "--plain", "-o", desk.fresh(),
      ])
      #expect(foreign.exitCode == 2 && foreign.errors.contains("another package"))
    }
  }

  @Test("a package whose public part was changed opens nothing")
  func changed() throws {
    try Scratch.with { folder in
      let desk = try Desk(of: ProvenAccount(in: folder))
      let package = desk.path("escrow.json")
      try desk.seal(["a"], threshold: 1, into: package)
      let text = try String(contentsOfFile: package, encoding: .utf8)
      let copy = desk.path("copy.json")
      for (old, new) in [
        ("\"account\": \"alice\"", "\"account\": \"alicf\""), ("\"sequence\": 0", "\"sequence\": 1"),
      ] {
        try Data(text.replacingOccurrences(of: old, with: new).utf8).write(to: URL(filePath: copy))
        let share = desk.fresh()
        // The share itself is sound: only the contents are bound to the public part.
        try desk.done([
          "escrow", "open", copy, "--key", try desk.key("escrow-member", named: "a"), "-o", share,
        ])
        let outcome = try desk.run([
          "escrow", "recover", copy, "--share", share, "--plain", "-o", desk.fresh(),
        ])
        #expect(outcome.exitCode == 2 && outcome.errors.contains("changed"), "\(outcome.errors)")
      }
    }
  }

  @Test("impossible committees are refused before anything is written")
  func committees() throws {
    try Scratch.with { folder in
      let desk = try Desk(of: ProvenAccount(in: folder))
      let member = try desk.publicKey("escrow-member", named: "a")
      let nobody = desk.path("nobody.pub")
      let zeros = String(repeating: "0", count: 64)
      try Data(#"{"version": 1, "role": "escrow-member", "key": "\#(zeros)"}"#.utf8)
        .write(to: URL(filePath: nobody))
      for (members, threshold) in [
        ([member], "0"), ([member], "2"), ([member, member], "1"), ([member, nobody], "1"),
      ] {
        let package = desk.fresh()
        let outcome = try desk.run(
          ["escrow", "seal", "--opening", desk.account.opening, "--threshold", threshold, "-o", package]
            + members.flatMap { ["--member", $0] })
        #expect(outcome.exitCode == 65 && outcome.errors.contains("committee"), "\(outcome.errors)")
        #expect(!FileManager.default.fileExists(atPath: package))
      }
    }
  }
}
