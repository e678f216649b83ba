import Foundation
import TestSupport
import Testing

@Suite("Bad input")
struct BadInputTests {
  @Test("every kind of file is read when it is good", arguments: FileKind.allCases)
  func goodFiles(_ kind: FileKind) throws {
    try Scratch.with { folder in
      let account = try ProvenAccount(in: folder)
      // Under its own name: a file of invalid proofs looks for its base beside itself.
      let file = kind == .invalidProofs ? nil : folder.appending(path: "input")
      if let file { try kind.good(account).write(to: file) }
      let path = file?.path ?? Example.path("vectors/circuit-proof/invalid.json")
      let outcome = try kind.read(path, account)
      #expect(outcome.exitCode == 0, "\(outcome.errors)\(outcome.output)")
    }
  }

  @Test(arguments: FileKind.allCases)
  func `A43: every damage to every kind of file gets its exit code and one line that names the file`(
    _ kind: FileKind
  ) throws {
    try Scratch.with { folder in
      let account = try ProvenAccount(in: folder)
      let good = try kind.good(account)
      for damage in Damage.allCases {
        let file = folder.appending(path: "damaged-\(damage)")
        guard try damage.place(good, of: kind, at: file) else { continue }
        let outcome = try kind.read(file.path, account)
        #expect(!outcome.wasKilled, "\(damage) traps")
        #expect(outcome.exitCode == damage.exitCode(for: kind), "\(damage): \(outcome.errors)")
        // A stream has a verdict for each line; everything else is one line of complaint, and below it,
        // for circuits, excerpts.
        let isStream = kind == .provedLines && outcome.errors.isEmpty
        let lines =
          isStream ? outcome.output.split(separator: "\n").dropLast() : outcome.errorLines[...]
        #expect(kind == .circuit || isStream || lines.count == 1, "\(damage): \(lines)")
        #expect(lines.first?.contains(file.path) == true, "\(damage): \(lines)")
      }
    }
  }

  @Test("a file that may not be read says so", .enabled(if: getuid() != 0))
  func unreadable() throws {
    try Scratch.with { folder in
      let file = folder.appending(path: "snapshot.json")
      try Data(contentsOf: URL(filePath: Example.snapshot)).write(to: file)
      try FileManager.default.setAttributes([.posixPermissions: 0], ofItemAtPath: file.path)
      let outcome = try Tool.run(["snapshot", "check", file.path])
      #expect(outcome.exitCode == 74 && outcome.errors.contains("permissions"))
    }
  }

  @Test(
    "a command line that makes no sense ends with 64",
    arguments: [
      ["verify", "proof.json"], ["prove"], ["fly"], ["commit", "--book"],
      ["explain", "--circuit", "cross-margin", "--snapshot", "s.json"],
      ["demo", "--accounts", "0"], ["verify", "-", "--snapshot", "s", "--now", "yesterday"],
      ["verify", "-", "--snapshot", "s", "--nonce", "beef"],
    ])
  func usage(_ arguments: [String]) throws {
    #expect(try Tool.run(arguments).exitCode == 64)
  }

  @Test("an unknown circuit is answered with those there are")
  func unknownCircuit() throws {
    let outcome = try Tool.run([
      "circuit", "compile", "--circuit", "portfolio-margins", "--snapshot", Example.snapshot,
    ])
    #expect(outcome.exitCode == 66)
    #expect(outcome.errors.contains("portfolio-margin"))
  }

  @Test("a mistake in a circuit is shown with its place")
  func circuitMistake() throws {
    try Scratch.with { folder in
      let file = folder.appending(path: "rule.circuit")
      let source = try String(
        contentsOfFile: Example.path("circuits/cross-margin.circuit"), encoding: .utf8)
      try Data(source.replacingOccurrences(of: "theta *", with: "thetta *").utf8).write(to: file)
      let outcome = try Tool.run([
        "circuit", "compile", "--circuit", file.path, "--snapshot", Example.snapshot,
      ])
      #expect(outcome.exitCode == 65)
      #expect(outcome.errors.contains("thetta"))
      #expect(outcome.errors.contains("^"))
    }
  }

  @Test("names from a file cannot start a line of their own")
  func lineInjection() throws {
    try Scratch.with { folder in
      let account = try ProvenAccount(in: folder)
      let proof = try String(contentsOfFile: account.proof, encoding: .utf8)
      let forged = proof.replacingOccurrences(
        of: "portfolio_margin", with: #"x\nproof.json: accepted"#)
      let outcome = try ProvenAccount.verify(["-"], input: Data(forged.utf8))
      #expect(outcome.exitCode == 2)
      #expect(outcome.output.split(separator: "\n").count == 2)
      let shown = folder.appending(path: "forged.json")
      try Data(forged.utf8).write(to: shown)
      #expect(!(try Tool.run(["inspect", shown.path]).output.contains("\nproof.json: accepted")))
    }
  }
}
