import CanonicalBytes
import Foundation
import TestSupport
import Testing

/// The end of `roll prove`: what is signed is whole, and is signed once.
@Suite("Signing rolls")
struct RollFinishTests {
  private static func balances(_ count: Int, short: Int = 7) -> String {
    "account,cash\n" + (0..<count).map { "trader \($0),\($0 % short == 0 ? -20 : 40 + $0)\n" }.joined()
  }

  private func bytes(_ scene: RollCommandTests.Scene, _ name: String) throws -> Data {
    try Data(contentsOf: URL(filePath: scene.path("roll/\(name)")))
  }

  private func journal(_ scene: RollCommandTests.Scene) throws -> [String: String] {
    let names = try FileManager.default.contentsOfDirectory(atPath: scene.path("roll"))
    return Dictionary(
      uniqueKeysWithValues: names.filter { $0.hasPrefix("prove-") }.map {
        (String($0.split(separator: ".")[1]), scene.path("roll/\($0)"))
      })
  }

  /// A roll whose accounts are all proved, in its journal: the shortfalls are more than the fund, so that it
  /// is not signed.
  private func proved(_ scene: RollCommandTests.Scene) throws -> Tool.Outcome {
    try scene.run(scene.build())
    return try scene.run(
      ["roll", "prove", scene.path("roll"), "--key", scene.path("log.key"), "--window", "4"]
        + scene.documents(), code: 2)
  }

  @Test("shortfalls above the fund are refused before anything is signed, with both numbers")
  func shortfall() throws {
    try Scratch.with { folder in
      let scene = try RollCommandTests.Scene(
        in: folder, balances: Self.balances(24, short: 1), reserve: 9_000)
      let refused = try proved(scene)
      #expect(refused.errors.contains("1200") && refused.errors.contains("fund of 1000"), "\(refused.errors)")
      for name in ["checkpoint", "entries.bin", "evidence.jsonl", "totals.json"] {
        #expect(!FileManager.default.fileExists(atPath: scene.path("roll/\(name)")))
      }
    }
  }

  @Test("a roll is whole when it is signed, whatever of its journal is missing, cut or empty")
  func damagedJournal() throws {
    try Scratch.with { folder in
      let scene = try RollCommandTests.Scene(in: folder, balances: Self.balances(14), reserve: 9_000)
      try scene.run(scene.build())
      try scene.prove(["--window", "4"])
      let honest = try ["entries.bin", "evidence.jsonl", "totals.json"].map { try bytes(scene, $0) }
      // As if the run had ended just before it gave the files their names.
      let stem = try journalStem(of: scene)
      let files = ["entries", "evidence", "totals"].map { "\(stem).\($0)" }
      let damages: [(String, (inout [Data?]) -> Void)] = [
        ("no entries", { $0[0] = nil }), ("no evidence", { $0[1] = nil }), ("no totals", { $0[2] = nil }),
        ("empty totals", { $0[2] = Data() }), ("half of the totals", { $0[2] = honest[2].prefix(200) }),
        ("half of the entries", { $0[0] = honest[0].prefix(141 * 7 + 3) }),
        ("half of the evidence", { $0[1] = honest[1].prefix(honest[1].count / 2) }),
        ("no entries but evidence in part", { ($0[0], $0[1]) = (nil, honest[1].prefix(5_000)) }),
      ]
      for (name, damage) in damages {
        var contents: [Data?] = honest
        damage(&contents)
        for final in ["entries.bin", "evidence.jsonl", "totals.json", "checkpoint"] {
          try? FileManager.default.removeItem(atPath: scene.path("roll/\(final)"))
        }
        for (file, content) in zip(files, contents) {
          try? FileManager.default.removeItem(atPath: file)
          try content?.write(to: URL(filePath: file))
        }
        try scene.prove(["--window", "4"])
        #expect(try bytes(scene, "entries.bin").count == 141 * 15, "\(name)")
        #expect(try journal(scene).isEmpty, "\(name)")
        let audit = try scene.run(scene.audit(["--force"], to: "audit.json"))
        #expect(audit.output.contains("to be solvent"), "\(name): \(audit.output)")
      }
    }
  }

  /// Where the journal of a roll is, found by a run that is killed at its beginning.
  private func journalStem(of scene: RollCommandTests.Scene) throws -> String {
    let roll = URL(filePath: scene.path("roll"))
    let copy = URL(filePath: scene.path("copy"))
    try FileManager.default.copyItem(at: roll, to: copy)
    for name in ["entries.bin", "evidence.jsonl", "totals.json", "checkpoint"] {
      try FileManager.default.removeItem(at: copy.appending(path: name))
    }
    // Killed as soon as its totals are there.
    let process = Process()
    process.executableURL = Tool.executable
    process.arguments =
      ["roll", "prove", copy.path, "--key", scene.path("log.key"), "--window", "1"] + scene.documents()
    process.environment = ProcessInfo.processInfo.environment.merging(["SOLVENCY_PASSPHRASE": "horse"]) { $1 }
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
    var found: String?
    while found == nil, process.isRunning {
      found = try FileManager.default.contentsOfDirectory(atPath: copy.path).first {
        $0.hasPrefix("prove-") && $0.hasSuffix(".totals")
      }
    }
    kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
    return scene.path("roll/\(try #require(found).dropLast(".totals".count))")
  }

  @Test("a run that ended between its files' names and the checkpoint is finished with the same bytes")
  func renamed() throws {
    try Scratch.with { folder in
      let scene = try RollCommandTests.Scene(in: folder, balances: Self.balances(14), reserve: 9_000)
      try scene.run(scene.build())
      try scene.prove(["--aggregate", "4", "--window", "8"])
      let stem = try journalStem(of: scene)
      let names = ["evidence.jsonl": "evidence", "entries.bin": "entries", "totals.json": "totals"]
      var honest: [String: Data] = [:]
      for name in names.keys { honest[name] = try bytes(scene, name) }
      let checkpoint = try bytes(scene, "checkpoint")
      for unnamed in [["entries.bin", "totals.json"], ["totals.json"], []] {
        for name in unnamed {
          try FileManager.default.moveItem(
            atPath: scene.path("roll/\(name)"), toPath: "\(stem).\(try #require(names[name]))")
        }
        try FileManager.default.removeItem(atPath: scene.path("roll/checkpoint"))
        let outcome = try scene.prove(["--aggregate", "4"])
        #expect(outcome.output.contains("all were proved before"), "\(outcome.output)")
        for (name, content) in honest { #expect(try bytes(scene, name) == content) }
        #expect(try bytes(scene, "checkpoint") == checkpoint)
      }
      // Files that are not what was proved are not signed.
      try FileManager.default.removeItem(atPath: scene.path("roll/checkpoint"))
      try honest["evidence.jsonl"]?.dropLast(9).write(to: URL(filePath: scene.path("roll/evidence.jsonl")))
      let refused = try scene.run(
        ["roll", "prove", scene.path("roll"), "--key", scene.path("log.key")] + scene.documents(), code: 74)
      #expect(refused.errors.contains("--force"))
      #expect(!FileManager.default.fileExists(atPath: scene.path("roll/checkpoint")))
    }
  }

  @Test
  func `A73: a signed roll is not signed again with another root, whatever is forced`() throws {
    try Scratch.with { folder in
      let scene = try RollCommandTests.Scene(in: folder, balances: Self.balances(6), reserve: 9_000)
      try scene.run(scene.build())
      try scene.prove()
      let names = ["entries.bin", "evidence.jsonl", "totals.json", "checkpoint"]
      let before = try names.map { try bytes(scene, $0) }
      let again = try scene.prove(["--force"])
      #expect(again.output.contains("nothing was changed"), "\(again.output)")
      #expect(try names.map { try bytes(scene, $0) } == before)
      // Without its evidence, or with other entries, everything would be proved again, to another root.
      for name in ["evidence.jsonl", "entries.bin"] {
        let content = try bytes(scene, name)
        try content.dropLast(141).write(to: URL(filePath: scene.path("roll/\(name)")))
        let refused = try scene.run(
          ["roll", "prove", scene.path("roll"), "--key", scene.path("log.key"), "--force"]
            + scene.documents(), code: 2)
        #expect(refused.errors.contains("evidence against the venue") && refused.errors.contains("--epoch"))
        #expect(try bytes(scene, "checkpoint") == before[3])
        try content.write(to: URL(filePath: scene.path("roll/\(name)")))
      }
    }
  }

  @Test("everything that a verdict rests on stands in its problems, on its page, and in what is signed")
  func reasons() throws {
    try Scratch.with { folder in
      let scene = try RollCommandTests.Scene(in: folder, balances: Self.balances(6), reserve: 9_000)
      try scene.run(scene.build())
      try scene.prove()
      try scene.run(
        ["roll", "expose", scene.path("roll"), "--total", "cash=0..123456789"] + scene.documents())
      let exposure = try String(contentsOfFile: scene.path("roll/exposure.json"), encoding: .utf8)
      try scene.write(exposure.replacing("123456789", with: "123456788"), to: "roll/exposure.json")
      let page = scene.path("audit.html")
      let audit = try scene.run(scene.audit(["--html", page, "--json"], to: "audit.json"), code: 2)
      let problems = try JSONDocument.parse(Array(audit.output.utf8), maximumBytes: 1 << 20)
      guard case .object(let members) = problems.value,
        case .array(let listed)? = members.first(where: { $0.key == "problems" })?.value
      else {
        Issue.record("no problems in \(audit.output)")
        return
      }
      #expect(listed.count == 1 && audit.output.contains("the proof does not hold"))
      #expect(try String(contentsOfFile: page, encoding: .utf8).contains("the proof does not hold"))
      // Pages are not replaced unasked, before the roll is read; a part has none.
      #expect(
        try scene.run(scene.audit(["--html", page], to: "b.json"), code: 74).errors.contains("audit.html"))
      try scene.run(scene.audit(["--range", "0-2", "--html", scene.path("p.html")], to: "p.json"), code: 64)
      // Nothing is signed under a checkpoint that is not trusted, nor of entries that are not the
      // checkpoint's.
      try scene.run(["keygen", "--role", "log", "-o", scene.path("other.key")])
      let stranger = try Tool.run(
        ["roll", "audit", scene.path("roll")] + scene.documents() + [
          "--log-key", scene.path("other.key.pub"), "--key", scene.path("auditor.key"), "-o",
          scene.path("stranger.json"),
        ], passphrase: "horse")
      #expect(stranger.exitCode != 0)
      var entries = try bytes(scene, "entries.bin")
      entries[141 + 80] ^= 1
      try entries.write(to: URL(filePath: scene.path("roll/entries.bin")))
      let other = try scene.run(scene.audit([], to: "other.json"), code: 2)
      #expect(other.output.contains("their root is another"), "\(other.output)")
      for file in ["stranger.json", "other.json", "p.json", "b.json"] {
        #expect(!FileManager.default.fileExists(atPath: scene.path(file)), "\(file)")
      }
    }
  }

  @Test("lines of evidence beyond the last account are refused")
  func trailingEvidence() throws {
    try Scratch.with { folder in
      let scene = try RollCommandTests.Scene(in: folder)
      try scene.run(scene.build())
      try scene.prove()
      var evidence = try bytes(scene, "evidence.jsonl")
      evidence.append(contentsOf: Array("{}\n".utf8))
      try evidence.write(to: URL(filePath: scene.path("roll/evidence.jsonl")))
      #expect(try scene.run(scene.audit([], to: "a.json"), code: 65).errors.contains("more lines than"))
    }
  }
}
