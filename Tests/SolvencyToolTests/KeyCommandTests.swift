import Foundation
import TestSupport
import Testing

@Suite("Keys on the command line")
struct KeyCommandTests {
  @Test(
    "a key is a secret file for its owner's eyes and a public one that names its role",
    arguments: [
      ("venue", "venue"), ("custodian", "custodian"), ("trader", "trader"),
      ("engine", "matching-engine"), ("log", "log"), ("witness", "witness"),
      ("escrow-member", "escrow-member"),
    ])
  func keygen(_ role: String, _ written: String) throws {
    try Scratch.with { folder in
      let key = folder.appending(path: "it.key").path
      let outcome = try Tool.run(["keygen", "--role", role, "-o", key], passphrase: "horse")
      #expect(outcome.exitCode == 0, "\(outcome.errors)")
      func mode(_ path: String) throws -> Int? {
        (try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? NSNumber)?.intValue
      }
      #expect(try mode(key) == 0o600)
      #expect(try mode(key + ".pub") == 0o644)
      let text = try String(contentsOfFile: key + ".pub", encoding: .utf8)
      #expect(text.contains("\"role\": \"\(written)\""))
      #expect(!outcome.output.isEmpty && outcome.output.contains(role))
    }
  }

  @Test("no key is made without a passphrase, for an unknown role, or over one that is there")
  func refused() throws {
    try Scratch.with { folder in
      let key = folder.appending(path: "it.key").path
      let keygen = ["keygen", "--role", "venue", "-o", key]
      #expect(try Tool.run(keygen).exitCode == 64)
      #expect(try Tool.run(keygen, passphrase: "").exitCode == 64)
      #expect(try Tool.run(["keygen", "--role", "clerk", "-o", key], passphrase: "horse").exitCode == 64)
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
      #expect(try Tool.run(keygen, passphrase: "horse").exitCode == 0)
      let before = try Data(contentsOf: URL(filePath: key))
      #expect(try Tool.run(keygen, passphrase: "horse").exitCode == 74)
      try FileManager.default.removeItem(atPath: key)
      #expect(try Tool.run(keygen, passphrase: "horse").exitCode == 74, "the public file counts as well")
      try before.write(to: URL(filePath: key))
      #expect(try Tool.run(keygen + ["--force"], passphrase: "horse").exitCode == 0)
      #expect(try Data(contentsOf: URL(filePath: key)) != before)
    }
  }

  @Test("a key opens with its passphrase alone, and signs what its role signs alone")
  func use() throws {
    try Scratch.with { folder in
      let desk = try Desk(of: ProvenAccount(in: folder))
      func sign(_ key: String, _ passphrase: String) throws -> Tool.Outcome {
        try Tool.run(
          [
            "snapshot", "sign", Example.snapshot, "--venue-name", "X", "--key", key, "-o",
            desk.path("sig.json"),
          ], passphrase: passphrase)
      }
      let wrong = try sign(desk.key("venue"), "open barley")
      #expect(wrong.exitCode == 65 && wrong.errors.contains("passphrase"))
      for role in ["custodian", "engine", "trader"] {
        let foreign = try sign(desk.key(role), Desk.passphrase)
        #expect(foreign.exitCode == 65 && foreign.errors.contains("signed by a venue"), "\(foreign.errors)")
      }
      for other in [try desk.publicKey("venue"), try desk.key("escrow-member"), desk.account.opening] {
        #expect(try sign(other, Desk.passphrase).exitCode == 65)
      }
      #expect(!FileManager.default.fileExists(atPath: desk.path("sig.json")))
      #expect(try sign(desk.key("venue"), Desk.passphrase).exitCode == 0)
    }
  }

  @Test("a public key of one role is refused where another is wanted")
  func publicRoles() throws {
    try Scratch.with { folder in
      let desk = try Desk(of: ProvenAccount(in: folder))
      let signature = try desk.file(.endorsement)
      for role in ["custodian", "escrow-member"] {
        let outcome = try desk.run([
          "snapshot", "check", Example.snapshot, "--venue", try desk.publicKey(role), "--signature",
          signature,
        ])
        #expect(outcome.exitCode == 65)
      }
      let seal = try desk.run([
        "escrow", "seal", "--opening", desk.account.opening, "--threshold", "1", "--member",
        try desk.publicKey("venue"), "-o", desk.fresh(),
      ])
      #expect(seal.exitCode == 65 && seal.errors.contains("role"))
    }
  }
}
