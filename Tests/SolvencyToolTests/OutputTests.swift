import CanonicalBytes
import Foundation
import TestSupport
import Testing

@Suite("What the command prints")
struct OutputTests {
  private static func object(_ outcome: Tool.Outcome) throws -> [String: JSONNode] {
    let node = try JSONDocument.parse(Array(outcome.output.utf8), maximumBytes: 64 << 20)
    return Dictionary(uniqueKeysWithValues: try node.entries(maximumCount: 1 << 12).map { ($0.key, $0.node) })
  }

  @Test("a compiled circuit is printed in the schema of the known answers")
  func compiledStatement() throws {
    let outcome = try Tool.run([
      "circuit", "compile", "--circuit", "portfolio-margin", "--snapshot", Example.snapshot, "--json",
    ])
    #expect(outcome.exitCode == 0)
    let members = try Self.object(outcome)
    for key in ["suite", "base", "n_coords", "x_max", "rows", "gates", "links"] {
      #expect(members[key] != nil, "\(key) is missing")
    }
    #expect(members["n_coords"]?.value == .number("16"))
    #expect(try members["rows"]?.array(maximumCount: 1_000).count == 35)
  }

  @Test("a proof is shown with suite, context, commitments and proof in hexadecimal")
  func inspectedProof() throws {
    try Scratch.with { folder in
      let account = try ProvenAccount(in: folder)
      let members = try Self.object(try Tool.run(["inspect", account.proof, "--json"]))
      #expect(members["suite"]?.value == .string("default"))
      #expect(try members["proof"]?.bytes(hexOfCount: 736).count == 736)
      #expect(try members["commitments"]?.array(maximumCount: 9).first?.bytes(hexOfCount: 32) != nil)
      guard case .string(let context)? = members["context"]?.value else {
        Issue.record("no context")
        return
      }
      #expect(context.contains(ProvenAccount.nonce))
    }
  }

  @Test("a failure is data as well when data is asked for")
  func failureAsData() throws {
    let outcome = try Tool.run(["snapshot", "check", "/nonexistent/snapshot.json", "--json"])
    #expect(outcome.exitCode == 66)
    #expect(outcome.errorLines.count == 1)
    let members = try Self.object(outcome)
    let error = try #require(try members["error"]?.entries(maximumCount: 9))
    #expect(error.first { $0.key == "exitCode" }?.node.value == .number("66"))
  }

  @Test(
    "every verb has help with an example",
    arguments: [
      "demo", "snapshot check", "circuit list", "circuit show", "circuit check", "circuit compile",
      "commit", "fill", "explain", "prove", "inspect", "verify", "vectors check", "bench",
      "keygen", "attest sign", "attest check", "snapshot sign", "escrow seal", "escrow open",
      "escrow recover", "leak-report", "registry show", "registry grow", "ledger head",
      "ledger checkpoint", "ledger grow", "audit replay", "stress list", "stress run", "stress compare",
      "liquidation plan", "liquidation run", "drought record", "drought fit", "book analyse",
    ])
  func help(_ verb: String) throws {
    let outcome = try Tool.run(verb.split(separator: " ").map(String.init) + ["--help"])
    #expect(outcome.exitCode == 0)
    #expect(outcome.output.contains("USAGE: solvency \(verb)"))
    #expect(outcome.output.contains("--json"))
  }

  @Test("shells get completions", arguments: ["bash", "zsh", "fish"])
  func completions(_ shell: String) throws {
    let outcome = try Tool.run(["--generate-completion-script", shell])
    #expect(outcome.exitCode == 0 && outcome.output.contains("solvency"))
  }

  @Test("the circuits in the command are those of the folder circuits, byte for byte")
  func embeddedCircuits() throws {
    let folder = Vectors.packageRoot.appending(path: "circuits")
    let files = try FileManager.default.contentsOfDirectory(atPath: folder.path)
      .filter { $0.hasSuffix(".circuit") }
    #expect(!files.isEmpty)
    let list = try Tool.run(["circuit", "list"])
    #expect(list.output.split(separator: "\n").count == files.count + 1)
    for file in files {
      let shown = try Tool.run(["circuit", "show", String(file.dropLast(".circuit".count))])
      #expect(try Data(shown.output.utf8) == Data(contentsOf: folder.appending(path: file)), "\(file)")
    }
  }

  @Test("measurements are a list of name, nanoseconds, ratio")
  func bench() throws {
    let outcome = try Tool.run([
      "bench", "--only", "margin", "--snapshot", Example.snapshot, "--json",
    ])
    #expect(outcome.exitCode == 0)
    let node = try JSONDocument.parse(Array(outcome.output.utf8), maximumBytes: 1 << 20)
    let rows = try node.array(maximumCount: 100)
    #expect(rows.count == 8)
    for row in rows {
      let members = try row.object(required: ["name", "nanoseconds", "ratio"])
      #expect(try members["nanoseconds"].number() > 0)
    }
  }
}
