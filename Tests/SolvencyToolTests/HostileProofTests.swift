import CanonicalBytes
import Foundation
import TestSupport
import Testing

@Suite("Hostile proofs through the command")
struct HostileProofTests {
  /// The members of a proof file, so that one can be changed.
  private struct Envelope {
    var members: [(key: String, node: JSONNode)]

    init(_ path: String) throws {
      let bytes = Array(try Data(contentsOf: URL(filePath: path)))
      members = try JSONDocument.parse(bytes, maximumBytes: 1 << 20)
        .entries(maximumCount: 64).map { ($0.key, $0.node) }
    }

    func proof() throws -> [UInt8] {
      let node = try #require(members.first { $0.key == "proof" }?.node)
      return try node.base64(maximumBytes: 1 << 20)
    }

    /// The envelope as a line, with another value under a key.
    func line(_ key: String, _ value: JSONValue) -> Data {
      let changed = members.map { JSONMember($0.key, $0.key == key ? value : $0.node.value) }
      return Data(JSONValue.object(changed).encoded() + [UInt8(ascii: "\n")])
    }
  }

  @Test
  func `A44: every 32-byte field of a proof is checked: one bit changed in any, and it is rejected`() throws {
    try Scratch.with { folder in
      let account = try ProvenAccount(in: folder)
      let envelope = try Envelope(account.proof)
      let proof = try envelope.proof()
      var lines = Data()
      for field in 0..<(proof.count / 32) {
        for bit in [0, 255] {
          var changed = proof
          changed[32 * field + bit / 8] ^= 1 << (bit % 8)
          lines += envelope.line("proof", .base64(changed))
        }
      }
      let count = proof.count / 32 * 2
      let outcome = try ProvenAccount.verify(["-"], input: lines)
      #expect(outcome.exitCode == 2)
      #expect(outcome.output.contains("\(count) read: 0 accepted, \(count) rejected, 0 malformed"))
    }
  }

  @Test
  func `A44: a good proof among bad ones is accepted, and only the bad ones are named`() throws {
    try Scratch.with { folder in
      let account = try ProvenAccount(in: folder)
      let envelope = try Envelope(account.proof)
      var changed = try envelope.proof()
      changed[changed.count - 32] ^= 1
      let good = envelope.line("", .null)
      let bad = envelope.line("proof", .base64(changed))
      let outcome = try ProvenAccount.verify(["-"], input: good + bad + good + good + bad)
      let accepted = outcome.output.split(separator: "\n").filter { $0.hasPrefix("standard input:") }.map {
        $0.contains(": accepted:")
      }
      #expect(accepted == [true, false, true, true, false])
      #expect(outcome.exitCode == 2)
    }
  }

  @Test
  func `A44: known answers that differ in one byte fail, and false claims of validity are found out`() throws
  {
    try Scratch.with { folder in
      let answer = try String(
        contentsOfFile: Example.path("vectors/circuit-proof/kat1_single_u64.json"), encoding: .utf8)
      func check(_ text: String) throws -> Int32 {
        let file = folder.appending(path: "vector.json")
        try Data(text.utf8).write(to: file)
        return try Tool.run(["vectors", "check", file.path]).exitCode
      }
      #expect(try check(answer) == 0)
      for field in ["proof", "statement_digest", "rng_seed"] {
        let value = try #require(
          answer.range(of: "\"\(field)\": *\"[0-9a-f]{2}", options: .regularExpression))
        let head = answer[value].dropLast(2)
        let other = answer[value].hasSuffix("00") ? "01" : "00"
        #expect(try check(answer.replacingCharacters(in: value, with: head + other)) == 2, "\(field)")
      }
      let lie = answer.replacingOccurrences(
        of: "\"valid\": *true", with: "\"valid\": false", options: .regularExpression)
      #expect(lie != answer)
      #expect(try check(lie) == 2)
    }
  }

  @Test
  func `A43: no change of one byte anywhere in a proof file is accepted, and none traps`() throws {
    try Scratch.with { folder in
      let account = try ProvenAccount(in: folder)
      let line = try Data(contentsOf: URL(filePath: account.proof)).dropLast()
      var random = SplitMix64(seed: 44)
      var lines = Data()
      for _ in 0..<2_000 {
        var changed = Data(line)
        let position = Int.random(in: 0..<changed.count, using: &random)
        var byte = UInt8.random(in: 0...255, using: &random)
        while byte == changed[position] || byte == UInt8(ascii: "\n") { byte = byte &+ 1 }
        changed[position] = byte
        lines += changed + Data("\n".utf8)
      }
      let file = folder.appending(path: "changed.jsonl")
      try lines.write(to: file)
      let outcome = try ProvenAccount.verify([file.path])
      #expect(!outcome.wasKilled)
      #expect([2, 65].contains(outcome.exitCode))
      #expect(outcome.output.contains("2000 read: 0 accepted"))
    }
  }

  @Test
  func `A43: a proof file that ends at any byte is malformed, and none traps`() throws {
    try Scratch.with { folder in
      let account = try ProvenAccount(in: folder)
      let line = try Data(contentsOf: URL(filePath: account.proof)).dropLast()
      let lines = stride(from: 1, to: line.count, by: 7)
        .reduce(into: Data()) { $0 += line.prefix($1) + Data("\n".utf8) }
      let file = folder.appending(path: "cut.jsonl")
      try lines.write(to: file)
      let outcome = try ProvenAccount.verify([file.path])
      #expect(outcome.exitCode == 65)
      #expect(outcome.output.contains(" 0 accepted, 0 rejected"))
    }
  }

  @Test
  func `A35: what a proof file says about rule and snapshot is never taken from it`() throws {
    try Scratch.with { folder in
      let account = try ProvenAccount(in: folder)
      let envelope = try Envelope(account.proof)
      let zero = JSONValue.hex([UInt8](repeating: 0, count: 32))
      let claims: [(String, JSONValue, String)] = [
        ("circuitDigest", zero, "unknown-circuit"), ("snapshot", zero, "unknown-snapshot"),
        ("registry", zero, "unknown-registry"), ("circuit", "cross_margin", "unknown-circuit"),
        ("suite", "other", "unknown-suite"), ("kind", "maintenance", "proof-invalid"),
        ("account", "mallory", "proof-invalid"), ("sequence", 7, "proof-invalid"),
        ("audience", "Another Bank", "proof-invalid"), ("nonce", zero, "proof-invalid"),
        ("expires", 1_770_332_401, "proof-invalid"),
      ]
      for (key, value, reason) in claims {
        let outcome = try ProvenAccount.verify(["-"], input: envelope.line(key, value))
        #expect(outcome.exitCode == 2)
        #expect(outcome.output.contains("rejected: \(reason)"), "\(key): \(outcome.output)")
      }
    }
  }
}
