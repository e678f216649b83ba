import CanonicalBytes
import Foundation
import TestSupport
import Testing

/// `roll prove` in groups, and after it was killed.
@Suite("Proving rolls")
struct RollProveTests {
  private static func balances(_ count: Int) -> String {
    "account,cash\n" + (0..<count).map { "trader \($0),\($0 % 7 == 3 ? -20 : 40 + $0)\n" }.joined()
  }

  private func files(_ scene: RollCommandTests.Scene) throws -> [String: Data] {
    let folder = scene.path("roll")
    return Dictionary(
      uniqueKeysWithValues: try FileManager.default.contentsOfDirectory(atPath: folder).map {
        ($0, try Data(contentsOf: URL(filePath: "\(folder)/\($0)")))
      })
  }

  @Test("accounts that share proofs are audited, in parts and as a whole, with equal bytes")
  func groups() throws {
    try Scratch.with { folder in
      let scene = try RollCommandTests.Scene(in: folder, balances: Self.balances(13), reserve: 9_000)
      try scene.run(scene.build())
      // Refused before anything is made.
      try scene.run(
        ["roll", "prove", scene.path("roll"), "--key", scene.path("log.key"), "--aggregate", "3"]
          + scene.documents(), code: 64)
      try scene.prove(["--aggregate", "4", "--window", "9"])
      let evidence = try String(contentsOfFile: scene.path("roll/evidence.jsonl"), encoding: .utf8)
      let lines = evidence.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
      #expect(lines.count == 14)
      #expect(lines.contains { $0.contains("\"members\"") } && lines.contains(""))
      let whole = try scene.run(scene.audit([], to: "audit.json"))
      #expect(whole.output.contains("12 solvent, 2 bounded, 0 opened"), "\(whole.output)")
      #expect(whole.output.contains("shows Example Exchange to be solvent"))
      var parts: [String] = []
      for (index, range) in ["0-2", "3-3", "4-11", "12-14"].enumerated() {
        try scene.run(scene.audit(["--range", range], to: "part-\(index).json"))
        parts.append(scene.path("part-\(index).json"))
      }
      try scene.run(
        ["roll", "merge"] + parts.reversed() + [
          "--auditor", scene.path("auditor.key.pub"), "--roll", scene.path("roll"),
        ] + scene.documents() + [
          "--log-key", scene.path("log.key.pub"), "--key", scene.path("auditor.key"), "-o",
          scene.path("merged.json"),
        ])
      let audits = try ["audit.json", "merged.json"].map {
        try Data(contentsOf: URL(filePath: scene.path($0)))
      }
      #expect(audits[0] == audits[1])
      // One byte of a group's proof: its accounts are named, and no other.
      let group = try #require(lines.firstIndex { $0.contains("\"members\"") })
      var changed = lines.map(String.init)
      let proof = try #require(changed[group].range(of: "\"sequence\":0"))
      changed[group].replaceSubrange(proof, with: "\"sequence\":1")
      try Data((changed.joined(separator: "\n") + "\n").utf8).write(
        to: URL(filePath: scene.path("roll/evidence.jsonl")))
      let bad = try scene.run(scene.audit([], to: "bad.json"), code: 2)
      #expect(bad.output.contains("other-evidence") && bad.output.contains("missing-evidence"))
    }
  }

  @Test("a run that is killed goes on where it was, and what it wrote keeps its bytes")
  func killed() throws {
    try Scratch.with { folder in
      let scene = try RollCommandTests.Scene(in: folder, balances: Self.balances(60), reserve: 90_000)
      try scene.run(scene.build())
      let arguments =
        ["roll", "prove", scene.path("roll"), "--key", scene.path("log.key"), "--window", "4"]
        + scene.documents()
      let (cut, wasCut) = try killInTheMiddle(arguments, scene)
      try #require(wasCut, "the run ended before it could be killed")
      // As if the last write had reached the disk in part.
      let journal = try #require(cut.keys.first { $0.hasSuffix(".evidence") })
      let handle = try FileHandle(forWritingTo: URL(filePath: scene.path("roll/\(journal)")))
      try handle.seekToEnd()
      try handle.write(contentsOf: Data("{\"version\":1,\"su".utf8))
      try handle.close()
      let outcome = try scene.prove(["--window", "4"])
      #expect(outcome.output.contains("were proved before"), "\(outcome.output)")
      let finished = try files(scene)
      #expect(!finished.keys.contains { $0.hasPrefix("prove-") })
      let evidence = try #require(finished["evidence.jsonl"])
      let entries = try #require(finished["entries.bin"])
      let kept = try #require(cut.first { $0.key.hasSuffix(".entries") }).value
      let whole = kept.count / (4 * 141) * (4 * 141)
      #expect(whole > 0 && entries.prefix(whole) == kept.prefix(whole))
      #expect(entries.count == 61 * 141)
      let keptLines = try #require(cut[journal]).split(separator: 10).prefix(whole / 141)
      #expect(Array(evidence.split(separator: 10).prefix(whole / 141)) == Array(keptLines))
      #expect(finished["totals.json"] == cut.first { $0.key.hasSuffix(".totals") }?.value)
      #expect(try scene.run(scene.audit([], to: "audit.json")).output.contains("to be solvent"))
      // Another roll in the folder does not take the journal of this one.
      let again = try scene.run(arguments, code: 74)
      #expect(again.errors.contains("--force"))
    }
  }

  /// Kills a run as soon as it has written a window.
  private func killInTheMiddle(
    _ arguments: [String], _ scene: RollCommandTests.Scene
  ) throws -> (files: [String: Data], wasCut: Bool) {
    let process = Process()
    process.executableURL = Tool.executable
    process.arguments = arguments
    process.environment = ProcessInfo.processInfo.environment.merging(["SOLVENCY_PASSPHRASE": "horse"]) { $1 }
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
    while process.isRunning {
      let names = try FileManager.default.contentsOfDirectory(atPath: scene.path("roll"))
      if let entries = names.first(where: { $0.hasSuffix(".entries") }),
        let size = try? FileManager.default.attributesOfItem(atPath: scene.path("roll/\(entries)"))[.size]
          as? Int,
        size >= 4 * 141
      {
        kill(process.processIdentifier, SIGKILL)
        break
      }
      usleep(1000)
    }
    process.waitUntilExit()
    let files = try files(scene)
    return (files, files["checkpoint"] == nil && files.keys.contains { $0.hasSuffix(".entries") })
  }
}
