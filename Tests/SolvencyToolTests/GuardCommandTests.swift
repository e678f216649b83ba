import CanonicalBytes
import Foundation
import TestSupport
import Testing

@Suite("The guard on the command line")
struct GuardCommandTests {
  /// The example snapshot in another epoch, with a text replaced, following a snapshot.
  private static func snapshot(
    epoch: Int, after previous: String?, replacing old: String = "", with new: String = "", _ desk: Desk
  ) throws -> String {
    var text = try String(contentsOfFile: Example.snapshot, encoding: .utf8)
    text = text.replacingOccurrences(of: "\"epoch\": 1,", with: "\"epoch\": \(epoch),")
    if let previous {
      let output = try desk.done(["snapshot", "check", previous, "--json"]).output
      let node = try JSONDocument.parse(Array(output.utf8), maximumBytes: 1 << 20)
      let digest = try #require(
        try node.entries(maximumCount: 64).first { $0.key == "digest" }?.node.string(maximumLength: 64))
      let zeros = String(repeating: "0", count: 64)
      text = text.replacingOccurrences(of: "\"prevHash\": \"\(zeros)\"", with: "\"prevHash\": \"\(digest)\"")
    }
    if !old.isEmpty { text = text.replacingOccurrences(of: old, with: new) }
    let file = desk.fresh()
    try Data(text.utf8).write(to: URL(filePath: file))
    return file
  }

  @Test
  func `A45: snapshots that are unsigned, rolled back, unchained or leaping get no proof`() throws {
    try Scratch.with { folder in
      let desk = try Desk(of: ProvenAccount(in: folder))
      let guardFile = desk.path("guard.json")
      func bytes() throws -> Data { try Data(contentsOf: URL(filePath: guardFile)) }
      // Unsigned: nobody's, or a stranger's.
      let bare = [
        "prove", "--circuit", "portfolio-margin", "--snapshot", Example.snapshot, "--opening",
        desk.account.opening, "--now", Example.moment, "--guard", guardFile, "-o", desk.fresh(),
      ]
      #expect(try desk.run(bare).exitCode == 64)
      let stranger = [
        "--venue", try desk.publicKey("venue", named: "stranger"), "--signature",
        try desk.file(.endorsement),
      ]
      #expect(try desk.run(bare + stranger).exitCode == 2)
      #expect(!FileManager.default.fileExists(atPath: guardFile))
      // A link to a guard that is not there now is no new guard.
      let link = desk.path("link.json")
      try FileManager.default.createSymbolicLink(
        atPath: link, withDestinationPath: desk.path("elsewhere.json"))
      let unmounted = try desk.run(try desk.prove(guard: link))
      #expect(unmounted.exitCode == 66 && unmounted.errors.contains("link.json"), "\(unmounted.errors)")

      let second = try Self.snapshot(epoch: 2, after: Example.snapshot, desk)
      try desk.done(try desk.prove(guard: guardFile))
      try desk.done(try desk.prove(under: second, guard: guardFile))
      let accepted = try bytes()
      let refusals = [
        (Example.snapshot, "epoch 2 was answered"),
        (try Self.snapshot(epoch: 2, after: nil, desk), "epoch 2 was answered"),
        (try Self.snapshot(epoch: 3, after: Example.snapshot, desk), "does not follow"),
      ]
      for (snapshot, reason) in refusals {
        let proof = try desk.prove(under: snapshot, guard: guardFile)
        let outcome = try desk.run(proof)
        #expect(outcome.exitCode == 2 && outcome.errors.contains(reason), "\(outcome.errors)")
        #expect(try bytes() == accepted, "a refusal changes nothing")
      }
      let leap = try Self.snapshot(
        epoch: 3, after: second, replacing: Self.buffer.old, with: Self.buffer.new, desk)
      let refused = try desk.run(try desk.prove(under: leap, guard: guardFile))
      #expect(refused.exitCode == 2 && refused.errors.contains("beta moved"), "\(refused.errors)")
      #expect(try bytes() == accepted)
      try desk.done(try desk.prove(under: leap, guard: guardFile) + ["--accept-move"])
    }
  }

  /// The buffer of the example, and one that is far from it.
  private static let buffer = (old: "\"bufferPpm\": 1150000,", new: "\"bufferPpm\": 2000000,")

  @Test
  func `A45: a day has a limit of questions; the same one again is free`() throws {
    try Scratch.with { folder in
      let desk = try Desk(of: ProvenAccount(in: folder))
      let guardFile = desk.path("guard.json")
      try desk.done(try desk.prove(guard: guardFile))
      let text = try String(contentsOfFile: guardFile, encoding: .utf8)
      try Data(
        text.replacingOccurrences(of: "\"questionsPerWindow\": 12", with: "\"questionsPerWindow\": 1").utf8
      ).write(to: URL(filePath: guardFile))
      try desk.done(try desk.prove(guard: guardFile))
      let second = try Self.snapshot(epoch: 2, after: Example.snapshot, desk)
      let spent = try desk.run(try desk.prove(under: second, guard: guardFile))
      #expect(spent.exitCode == 2 && spent.errors.contains("from 2026-02-06T22:00:00Z on"))
      try desk.done(try desk.prove(under: second, at: "2026-02-06T22:00:00Z", guard: guardFile))
    }
  }

  @Test
  func `A45: a question that a book fails is counted, since the silence is an answer`() throws {
    try Scratch.with { folder in
      let desk = try Desk(of: ProvenAccount(in: folder))
      let (other, guardFile) = (desk.path("insolvent"), desk.path("guard.json"))
      try desk.done([
        "commit", "--book", Example.insolventBook, "--snapshot", Example.snapshot, "--plain", "-o", other,
      ])
      var command = try desk.prove(guard: guardFile)
      let place = try #require(command.firstIndex(of: desk.account.opening))
      command[place] = other + "/account.opening"
      #expect(try desk.run(command).exitCode == 2)
      let report = try desk.done(["leak-report", "--guard", guardFile])
      #expect(report.output.contains("answers 1, bits told at most 1"))
    }
  }

  @Test
  func `A45: questions asked at the same moment are all counted`() throws {
    try Scratch.with { folder in
      let desk = try Desk(of: ProvenAccount(in: folder))
      let guardFile = desk.path("guard.json")
      var commands: [[String]] = []
      for circuit in ["portfolio-margin", "cross-margin"] {
        for kind in ["initial", "maintenance"] {
          var command = try desk.prove(guard: guardFile)
          command[2] = circuit
          commands.append(command + ["--kind", kind])
        }
      }
      // Covered or not: an answer is an answer.
      let questions = commands
      DispatchQueue.concurrentPerform(iterations: questions.count) { _ = try? Tool.run(questions[$0]) }
      let report = try desk.done(["leak-report", "--guard", guardFile])
      #expect(report.output.contains("answers 4, bits told at most 4"), "\(report.output)")
    }
  }

  @Test
  func `A45: one guard file serves many accounts; one of version 1 is refused with what to do`() throws {
    try Scratch.with { folder in
      let desk = try Desk(of: ProvenAccount(in: folder))
      let (other, guardFile) = (desk.path("bob"), desk.path("guard.json"))
      let text = try String(contentsOfFile: Example.book, encoding: .utf8)
      let book = desk.path("bob.json")
      try Data(text.replacingOccurrences(of: "\"alice\"", with: "\"bob\"").utf8).write(
        to: URL(filePath: book))
      try desk.done([
        "commit", "--book", book, "--snapshot", Example.snapshot, "--plain", "-o", other,
      ])
      var command = try desk.prove(guard: guardFile)
      try desk.done(command)
      let place = try #require(command.firstIndex(of: desk.account.opening))
      command[place] = other + "/account.opening"
      command[try #require(command.firstIndex(of: "-o")) + 1] = desk.fresh()
      try desk.done(command)
      let report = try desk.done(["leak-report", "--guard", guardFile])
      #expect(report.output.contains("alice: answers 1") && report.output.contains("bob: answers 1"))

      let old = try String(contentsOfFile: guardFile, encoding: .utf8)
        .replacingOccurrences(of: "\"version\": 3,\n  \"policy\"", with: "\"version\": 1,\n  \"policy\"")
      try Data(old.utf8).write(to: URL(filePath: guardFile))
      let refused = try desk.run(try desk.prove(guard: guardFile))
      #expect(
        refused.exitCode == 65 && refused.errors.contains("add \"account\" to each"), "\(refused.errors)")
      #expect(try String(contentsOfFile: guardFile, encoding: .utf8) == old)
    }
  }

  @Test("a leak report counts different questions of each account, and the half-spaces of each")
  func leakReport() throws {
    try Scratch.with { folder in
      let desk = try Desk(of: ProvenAccount(in: folder))
      let proof = desk.account.proof
      let maintenance = desk.path("maintenance.json")
      try desk.done([
        "prove", "--circuit", "portfolio-margin", "--snapshot", Example.snapshot, "--opening",
        desk.account.opening, "--now", Example.moment, "--kind", "maintenance", "-o", maintenance,
      ])
      let report = try desk.done([
        "leak-report", proof, proof, maintenance, "--snapshot", Example.snapshot, "--json",
      ])
      let text = report.output.filter { !$0.isWhitespace }
      #expect(text.contains(#""name":"alice","answers":3,"bits":2"#))
      #expect(text.components(separatedBy: #""halfSpaces":35"#).count == 3)
      let blind = try desk.done(["leak-report", proof])
      #expect(blind.output.contains("unknown"))
      #expect(try desk.run(["leak-report"]).exitCode == 64)
      #expect(try desk.run(["leak-report", Example.snapshot]).exitCode == 65)
    }
  }

  @Test
  func `A45: a venue that chooses its snapshots finds every book without a guard, and none with one`()
    throws
  {
    let command = ["leak-report", "--simulate", "--books", "2", "--hours", "168", "--seed", "45", "--json"]
    let outcome = try Tool.run(command)
    #expect(outcome.exitCode == 0, "\(outcome.errors)")
    let report = try JSONDocument.parse(Array(outcome.output.utf8), maximumBytes: 1 << 20)
    let simulation = try report.object(required: ["records", "simulation"])["simulation"]
    let rows = try simulation.array(maximumCount: 32).map { row in
      let members = Dictionary(
        uniqueKeysWithValues: try row.entries(maximumCount: 32).map { ($0.key, $0.node) })
      return (
        varies: try #require(members["varies"]).string(maximumLength: 32),
        books: try #require(members["knownBooks"]).integer(in: Int64(0)...2),
        answers: try #require(members["answers"]).number(),
        bits: try #require(members["remainingBits"]).number()
      )
    }
    // Three traders for each of seven things that a venue can vary.
    #expect(
      Set(rows.map(\.varies)) == ["limits", "exit fees", "scenarios", "zones", "orders", "depth", "margins"])
    try #require(rows.count == 21)
    let (free, standard, strict) = (rows[0], rows[1], rows[2])
    // log₂ 2001⁵ = 54.8: bisection needs about as many answers.
    #expect(free.varies == "limits" && free.books == 2 && (50...60).contains(free.answers))
    #expect(standard.answers > free.answers)
    // In the week, nothing worth having by limits; by orders as much as there are answers.
    #expect(standard.books == 0 && standard.bits > 40)
    #expect(strict.books == 0 && strict.bits >= standard.bits)
    // By margins next to nothing, as each is held against what it was.
    for row in rows where row.varies == "margins" && row.books == 0 { #expect(row.bits > 50, "\(row)") }
    #expect(rows.count { $0.varies == "margins" && $0.books == 0 } == 2)
    for row in rows { #expect(row.bits >= 54.8 - row.answers, "\(row)") }
  }
}
