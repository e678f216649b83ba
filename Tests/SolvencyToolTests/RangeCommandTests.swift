import Foundation
import TestSupport
import Testing

@Suite("range")
struct RangeCommandTests {
  private static let values = Example.path("Examples/range-values.json")

  /// Proves the example and hands out the folder, the proof file and its text.
  private static func prove(_ body: (URL, URL, String) throws -> Void) throws {
    try Scratch.with { folder in
      let (proof, opening) = (folder.appending(path: "p.json"), folder.appending(path: "o.json"))
      let outcome = try Tool.run(
        ["range", "prove", values, "--opening", opening.path, "-o", proof.path])
      #expect(outcome.exitCode == 0, "\(outcome.errors)")
      let mode = try FileManager.default.attributesOfItem(atPath: opening.path)[.posixPermissions]
      #expect(mode as? NSNumber == 0o600)
      try body(folder, proof, try String(contentsOf: proof, encoding: .utf8))
    }
  }

  @Test("what prove writes, verify and verify-batch accept")
  func roundTrip() throws {
    try Self.prove { _, proof, text in
      for verb in ["verify", "verify-batch"] {
        let fromFile = try Tool.run(["range", verb, proof.path])
        #expect(fromFile.exitCode == 0)
        #expect(fromFile.output.contains("1 accepted, 0 rejected"))
        #expect(try Tool.run(["range", verb, "-"], input: Data(text.utf8)).exitCode == 0)
      }
    }
  }

  @Test("an opening proves the same commitments again")
  func again() throws {
    try Self.prove { folder, _, text in
      let opening = folder.appending(path: "o.json").path
      let outcome = try Tool.run(["range", "prove", opening])
      #expect(outcome.exitCode == 0)
      let commitments = { (text: String) in
        try #require(text.firstRange(of: /"commitments": *\[[^\]]*\]/).map { text[$0] })
          .filter { !$0.isWhitespace }
      }
      #expect(try commitments(outcome.output) == commitments(text))
    }
  }

  @Test("three values are completed to four, and the file says so; so it does of bounds")
  func statements() throws {
    try Scratch.with { folder in
      let opening = folder.appending(path: "o.json").path
      for (values, said) in [
        (#"{"transcriptLabel":"x","n":8,"values":[1,2,3]}"#, "\"padding\":1"),
        (
          #"{"transcriptLabel":"x","n":8,"values":[18,65,20],"bounds":{"lower":18,"upper":65}}"#,
          "\"upper\":65"
        ),
      ] {
        let proved = try Tool.run(
          ["range", "prove", "-", "--opening", opening, "--force"], input: Data(values.utf8))
        #expect(proved.exitCode == 0, "\(proved.errors)")
        let text = proved.output.filter { !$0.isWhitespace }
        #expect(text.contains(said) && text.contains("\"version\":2"))
        for verb in ["verify", "verify-batch"] {
          #expect(try Tool.run(["range", verb, "-"], input: Data(text.utf8)).exitCode == 0)
        }
        for (old, new, exitCode) in [
          ("\"version\":2", "\"version\":3", 65), ("\"padding\":", "\"padding\":1", 65),
          ("\"n\":8", "\"n\":16", 2),
          ("\"upper\":65", "\"upper\":66", 2),
        ] as [(String, String, Int32)] where text.contains(old) {
          let changed = text.replacing(old, with: new)
          #expect(
            try Tool.run(["range", "verify", "-"], input: Data(changed.utf8)).exitCode == exitCode, "\(new)")
        }
      }
    }
  }

  @Test("reciprocal proofs of any number and bounds go through every path, beside the other kind")
  func reciprocal() throws {
    try Scratch.with { folder in
      let opening = folder.appending(path: "o.json").path
      var lines: [String] = []
      for (values, kind, said) in [
        (#"{"transcriptLabel":"x","n":13,"values":[1,2,8191]}"#, "reciprocal", "\"n\":13"),
        (
          #"{"transcriptLabel":"x","values":[18,65],"bounds":{"lower":18,"upper":65}}"#, "reciprocal",
          "\"upper\":65"
        ),
        (#"{"transcriptLabel":"x","n":8,"values":[7]}"#, "bulletproofs", "\"n\":8"),
      ] {
        let proved = try Tool.run(
          ["range", "prove", "-", "--kind", kind, "--opening", opening, "--force"], input: Data(values.utf8))
        #expect(proved.exitCode == 0, "\(proved.errors)")
        let text = proved.output.filter { !$0.isWhitespace }
        #expect(text.contains(said) && text.contains("\"version\":3") == (kind == "reciprocal"))
        // What was opened proves the same commitments again.
        let again = try Tool.run(["range", "prove", "--kind", kind, opening])
        #expect(again.exitCode == 0, "\(again.errors)")
        lines.append(text)
      }
      let changed = lines[0].replacing("\"n\":13", with: "\"n\":14")
      for verb in ["verify", "verify-batch"] {
        let all = try Tool.run(["range", verb, "-"], input: Data(lines.joined(separator: "\n").utf8))
        #expect(all.exitCode == 0 && all.output.contains("3 accepted"), "\(all.errors)")
        let bad = try Tool.run(
          ["range", verb, "-"], input: Data((lines + [changed]).joined(separator: "\n").utf8))
        #expect(bad.exitCode == 2 && bad.output.contains("3 accepted, 1 rejected"))
      }
      for (values, exitCode) in [
        (#"{"transcriptLabel":"x","values":[1]}"#, 65), (#"{"transcriptLabel":"x","n":65,"values":[1]}"#, 65),
        (#"{"transcriptLabel":"x","n":3,"values":[8]}"#, 2),
        (#"{"transcriptLabel":"x","n":3,"values":[]}"#, 65),
        (#"{"transcriptLabel":"x","n":3,"values":[8],"bounds":{"lower":1,"upper":9}}"#, 65),
      ] as [(String, Int32)] {
        let refused = try Tool.run(
          ["range", "prove", "-", "--kind", "reciprocal", "--opening", opening, "--force"],
          input: Data(values.utf8))
        #expect(refused.exitCode == exitCode, "\(values) \(refused.errors)")
        #expect(refused.errorLines.count == 1)
      }
      #expect(try Tool.run(["range", "prove", "--kind", "dalek", Self.values]).exitCode == 64)
    }
  }

  @Test
  func `A44: a changed proof is rejected on every path with exit code 2`() throws {
    try Self.prove { folder, _, text in
      let changed = text.replacingOccurrences(of: "\"n\": 32", with: "\"n\": 64")
      #expect(changed != text)
      let file = folder.appending(path: "changed.json")
      try Data(changed.utf8).write(to: file)
      for arguments in [
        ["verify", file.path], ["verify-batch", file.path], ["verify", file.path, "--json"],
      ] {
        let outcome = try Tool.run(["range"] + arguments)
        #expect(outcome.exitCode == 2)
        #expect(outcome.output.contains("rejected"))
      }
    }
  }

  @Test(
    "every damaged document gets its line and exit code",
    arguments: [
      ("", 65), ("{", 65), ("[]", 65), (#"{"transcriptLabel":"x","n":9,"values":[1]}"#, 65),
      (#"{"transcriptLabel":"x","n":8,"values":[3],"bounds":{"lower":4,"upper":3}}"#, 65),
      (#"{"transcriptLabel":"x","n":8,"values":[3],"bounds":{"lower":0,"upper":300}}"#, 65),
      (#"{"transcriptLabel":"x","n":8,"values":[3],"bounds":{"lower":4,"upper":5}}"#, 2),
      (#"{"transcriptLabel":"x","n":8,"values":[]}"#, 65),
      (#"{"transcriptLabel":"x","n":8,"values":[-1]}"#, 65),
      (#"{"transcriptLabel":"x","n":8,"values":[1.0]}"#, 65),
      (#"{"transcriptLabel":"x","n":8,"values":[256]}"#, 2),
      (#"{"transcriptLabel":"x","n":8,"n":8,"values":[1]}"#, 65),
      (#"{"transcriptLabel":"x","n":8,"value":[1]}"#, 65),
    ] as [(String, Int32)])
  func damaged(text: String, exitCode: Int32) throws {
    try Scratch.with { folder in
      let outcome = try Tool.run(
        ["range", "prove", "-", "--opening", folder.appending(path: "o.json").path],
        input: Data(text.utf8))
      #expect(outcome.exitCode == exitCode)
      #expect(!outcome.wasKilled)
      #expect(outcome.errorLines.count == 1)
    }
  }

  @Test("fresh blindings without a place for them are a usage error")
  func nowhere() throws {
    let seven = try Tool.run(
      ["range", "prove", "-", "--opening", "o"],
      input: Data(#"{"transcriptLabel":"x","n":7,"values":[5]}"#.utf8))
    #expect(seven.exitCode == 65 && seven.errors.contains(#""8" or "16" or "32" or "64""#), "\(seven.errors)")
    #expect(try Tool.run(["range", "prove", Self.values]).exitCode == 64)
  }
}
