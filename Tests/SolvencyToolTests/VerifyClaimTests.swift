import CanonicalBytes
import Foundation
import TestSupport
import Testing

/// What `verify` says that it did not check.
@Suite("What verify did not check")
struct VerifyClaimTests {
  @Test
  func `A63: without an account file the verdict speaks of an unbound commitment, with one of the account`()
    throws
  {
    try Scratch.with { folder in
      let account = try ProvenAccount(in: folder)
      let unbound = try ProvenAccount.verify([account.proof])
      #expect(unbound.exitCode == 0)
      #expect(unbound.output.contains("accepted: the unbound commitment"))
      #expect(!unbound.output.contains("accepted: alice at"))
      #expect(unbound.output.contains("not checked: unbound"))
      #expect(unbound.output.contains("not checked: replay"))
      let bound = try ProvenAccount.verify([
        account.proof, "--account", account.account, "--nonce", ProvenAccount.nonce,
      ])
      #expect(bound.output.contains("accepted: alice at sequence 0"))
      #expect(!bound.output.contains("not checked"))
      let json = try ProvenAccount.verify([account.proof, "--json"])
      #expect(json.output.contains("\"isBound\":false") || json.output.contains("\"isBound\": false"))
    }
  }

  @Test
  func `A63: one circuit is trusted unless more are named`() throws {
    try Scratch.with { folder in
      let account = try ProvenAccount(in: folder)
      // Another circuit of the same name: easier ones could be called so.
      let own = folder.appending(path: "own.circuit")
      let shipped = try String(
        contentsOfFile: Example.path("circuits/portfolio-margin.circuit"), encoding: .utf8)
      try Data((shipped + "# mine\n").utf8).write(to: own)
      let proof = folder.appending(path: "own.json").path
      let proven = try Tool.run([
        "prove", "--circuit", own.path, "--snapshot", Example.snapshot, "--opening", account.opening,
        "--audience", "Example Bank", "--now", Example.moment, "-o", proof,
      ])
      try #require(proven.exitCode == 0, "\(proven.errors)")
      let other = try ProvenAccount.verify([proof])
      #expect(other.exitCode == 2 && other.output.contains("unknown-circuit"))
      #expect(try ProvenAccount.verify([proof, "--circuit", own.path]).exitCode == 0)
      let both = ["--circuit", own.path, "--circuit", "portfolio-margin"]
      #expect(try ProvenAccount.verify([proof, account.proof] + both).exitCode == 0)
    }
  }

  @Test
  func `A63: a proof that may be used for years is rejected, and one that comes twice is said to`() throws {
    try Scratch.with { folder in
      let account = try ProvenAccount(in: folder)
      let proof = folder.appending(path: "long.json").path
      let proven = try Tool.run([
        "prove", "--circuit", "portfolio-margin", "--snapshot", Example.snapshot, "--opening",
        account.opening,
        "--audience", "Example Bank", "--valid-for", "300000000", "--now", Example.moment, "-o", proof,
      ])
      try #require(proven.exitCode == 0, "\(proven.errors)")
      let rejected = try ProvenAccount.verify([proof])
      #expect(rejected.exitCode == 2 && rejected.output.contains("window-too-long"))
      #expect(try ProvenAccount.verify([proof, "--greatest-window", "300000000"]).exitCode == 0)
      #expect(try ProvenAccount.verify([account.proof, "--greatest-window", "1"]).exitCode == 2)
      let twice = try ProvenAccount.verify([account.proof, account.proof])
      #expect(twice.exitCode == 0)
      #expect(twice.output.contains("the same proof came before in this run"))
      #expect(twice.output.contains("1 of these came before in this run"))
    }
  }
}
