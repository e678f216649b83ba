import Foundation
import TestSupport
import Testing

/// A log on the command line, with its keys.
struct LogSite {
  static let passphrase = "open sesame"
  static let origin = "log.example/ledger"
  let folder: URL

  init(in folder: URL) throws {
    self.folder = folder
    try done(["keygen", "--role", "log", "-o", path("log.key")])
    try vkey("log", named: Self.origin)
  }

  func path(_ name: String) -> String { folder.appending(path: name).path }

  struct Failed: Error { let errors: String }

  func run(_ arguments: [String], input: Data = Data()) throws -> Tool.Outcome {
    try Tool.run(["log"] + arguments, input: input, passphrase: Self.passphrase)
  }

  @discardableResult
  func done(_ arguments: [String], input: Data = Data()) throws -> Tool.Outcome {
    let isLog = ["tiles", "checkpoint", "prove", "verify", "consistency", "witness", "key"].contains(
      arguments[0])
    let outcome = try Tool.run((isLog ? ["log"] : []) + arguments, input: input, passphrase: Self.passphrase)
    guard outcome.exitCode == 0 else { throw Failed(errors: outcome.errors + outcome.output) }
    return outcome
  }

  func vkey(_ role: String, named name: String) throws {
    try Data(done(["key", path("\(role).key.pub"), "--name", name]).output.utf8)
      .write(to: folder.appending(path: "\(role).vkey"))
  }

  func witness(_ number: Int) throws {
    try done(["keygen", "--role", "witness", "-o", path("w\(number).key")])
    try vkey("w\(number)", named: "witness.example/w\(number)")
  }

  func entries(_ count: Int, changed: Int? = nil) throws -> String {
    let lines = (0..<count).map { $0 == changed ? "another" : "entry \($0)" }
    let file = folder.appending(path: "entries-\(UUID().uuidString)")
    try Data(lines.map { $0 + "\n" }.joined().utf8).write(to: file)
    return file.path
  }

  func publish(_ count: Int, changed: Int? = nil, in directory: String = "site") throws {
    try done(["tiles", "--lines", entries(count, changed: changed), "-o", path(directory)])
    try done(["checkpoint", path(directory), "--key", path("log.key"), "--origin", Self.origin])
  }

  func cosign(_ number: Int, _ directory: String = "site", at time: Int = 1_790_000_000) throws
    -> Tool.Outcome
  {
    try run([
      "witness", "--tiles", path(directory), "--key", path("w\(number).key"), "--name",
      "witness.example/w\(number)",
      "--log", path("log.vkey"), "--state", path("state\(number)"), "-o", path("\(directory)/checkpoint"),
      "--force",
      "--now", "\(time)",
    ])
  }

  func file(_ name: String, _ text: String) throws -> String {
    try Data(text.utf8).write(to: folder.appending(path: name))
    return path(name)
  }

  func text(_ name: String) throws -> String { try String(contentsOfFile: path(name), encoding: .utf8) }
}

@Suite("Logs on the command line")
struct LogCommandTests {
  @Test("from entries to a receipt that is checked with public keys alone, through growth and witnesses")
  func whole() throws {
    try Scratch.with { folder in
      let site = try LogSite(in: folder)
      try site.witness(1)
      try site.witness(2)
      try site.publish(300)
      #expect(try site.cosign(1).exitCode == 0)
      try site.publish(700)
      for number in [1, 2] { #expect(try site.cosign(number).exitCode == 0) }
      try site.done(["prove", site.path("site"), "--index", "299", "-o", site.path("p.tlog-proof")])
      let entry = try site.file("entry", "entry 299")
      func verify(_ more: [String]) throws -> Tool.Outcome {
        try site.run(["verify", site.path("p.tlog-proof"), "--log", site.path("log.vkey")] + more)
      }
      let witnesses = ["--witness", site.path("w1.vkey"), "--witness", site.path("w2.vkey")]
      let outcome = try verify(["--entry", entry] + witnesses + ["--json"])
      #expect(outcome.exitCode == 0, "\(outcome.errors)")
      #expect(outcome.output.contains(#""index": 299"#) && outcome.output.contains("witness.example/w2"))
      #expect(try verify(["--entry", site.file("other", "entry 298")]).exitCode == 2)
      #expect(try verify([]).exitCode == 64)
      #expect(
        try site.run([
          "verify", site.path("site/checkpoint"), "--log", String(site.text("log.vkey").dropLast()),
        ])
        .exitCode == 0)
      let policy = try site.file(
        "policy",
        "log \(site.text("log.vkey"))witness a \(site.text("w1.vkey"))witness b \(site.text("w2.vkey"))"
          + "group g all a b\nquorum g\n")
      let byPolicy = try site.run(["verify", site.path("p.tlog-proof"), "--entry", entry, "--policy", policy])
      #expect(byPolicy.exitCode == 0, "\(byPolicy.errors)")
    }
  }

  @Test("a log that is rewritten or shortened is neither signed nor cosigned, and a split view names both")
  func split() throws {
    try Scratch.with { folder in
      let site = try LogSite(in: folder)
      try site.witness(1)
      try site.publish(300)
      #expect(try site.cosign(1).exitCode == 0)
      // The log's own tool does not lengthen other entries, nor sign over them.
      for (count, changed) in [(400, 7), (299, nil)] as [(Int, Int?)] {
        let entries = try site.entries(count, changed: changed)
        let outcome = try site.run(["tiles", "--lines", entries, "-o", site.path("site")])
        #expect(outcome.exitCode == 2 && outcome.errorLines.count == 1, "\(outcome.errors)")
      }
      try site.publish(400, changed: 7, in: "fork")
      try FileManager.default.copyItem(atPath: site.path("site/checkpoint"), toPath: site.path("old"))
      try Data(contentsOf: URL(filePath: site.path("old"))).write(
        to: folder.appending(path: "fork/checkpoint.old"))
      let cosigned = try site.cosign(1, "fork")
      #expect(
        cosigned.exitCode == 2 && cosigned.errors.contains("was not cosigned"), "\(cosigned.errors)")
      let log = ["--log", site.path("log.vkey")]
      let views = [site.path("old"), site.path("fork/checkpoint")]
      let found = try site.run(["consistency"] + views + ["--tiles", site.path("fork"), "--json"] + log)
      #expect(found.exitCode == 2 && found.output.contains(#""split""#) && found.output.contains(views[0]))
      let blind = try site.run(["consistency"] + views + log)
      #expect(blind.exitCode == 2 && blind.output.contains("undecided"))
      // The same key signs over a fork only where its last checkpoint was removed; the fork's tiles do not
      // pass.
      try FileManager.default.removeItem(atPath: site.path("fork/checkpoint"))
      try FileManager.default.copyItem(atPath: site.path("old"), toPath: site.path("fork/checkpoint"))
      let again = try site.run(["checkpoint", site.path("fork"), "--key", site.path("log.key")])
      #expect(again.exitCode == 2 && again.errors.contains("nothing was signed"), "\(again.errors)")
    }
  }

  @Test("consistency proofs are written as requests, which a witness takes and comparisons use")
  func requests() throws {
    try Scratch.with { folder in
      let site = try LogSite(in: folder)
      try site.witness(1)
      try site.publish(100)
      try FileManager.default.copyItem(atPath: site.path("site/checkpoint"), toPath: site.path("old"))
      #expect(try site.cosign(1).exitCode == 0)
      try site.publish(300)
      let log = ["--log", site.path("log.vkey")]
      let views = [site.path("old"), site.path("site/checkpoint")]
      try site.done(
        ["consistency"] + views + ["--tiles", site.path("site"), "-o", site.path("request")] + log)
      #expect(try site.text("request").hasPrefix("old 100\n"))
      #expect(try site.run(["consistency"] + views + ["--proof", site.path("request")] + log).exitCode == 0)
      let witness =
        [
          "witness", "-", "--key", site.path("w1.key"), "--name", "witness.example/w1", "--state",
          site.path("state1"),
        ] + log
      let request = try Data(contentsOf: folder.appending(path: "request"))
      let outcome = try site.run(witness, input: request)
      #expect(outcome.exitCode == 0 && outcome.output.hasPrefix("— witness.example/w1 "), "\(outcome.errors)")
      let conflict = try site.run(witness, input: request)
      #expect(conflict.exitCode == 2 && conflict.errors.contains("300"), "\(conflict.errors)")
    }
  }

  @Test("bad input is refused in one line that names the file, without a trap")
  func badInput() throws {
    try Scratch.with { folder in
      let site = try LogSite(in: folder)
      try site.publish(3)
      try site.done(["prove", site.path("site"), "--index", "1", "-o", site.path("p.tlog-proof")])
      let good = try site.text("p.tlog-proof")
      let entry = try site.file("entry", "entry 1")
      let log = ["--log", site.path("log.vkey")]
      func refused(_ arguments: [String], _ codes: Set<Int32>) throws {
        let outcome = try site.run(arguments)
        #expect(
          codes.contains(outcome.exitCode) && !outcome.wasKilled,
          "\(arguments): \(outcome.exitCode) \(outcome.errors)")
        #expect(codes == [64] || outcome.errorLines.count == 1, "\(outcome.errors)")
      }
      let signatures = (0..<10_000).map { "— w\($0).example AAAAAQA=\n" }.joined()
      for (name, text) in [
        ("empty", ""), ("cut", String(good.dropLast(10))), ("many", good + signatures),
        ("size", good.replacing("\n3\n", with: "\n9223372036854775808\n")), ("html", "<html></html>\n"),
        ("base64", good.replacing("=\n", with: "\n")),
      ] {
        try refused(["verify", site.file(name, text), "--entry", entry] + log, [65])
      }
      try refused(["verify", site.path("missing"), "--entry", entry] + log, [66])
      try refused(["verify", site.path("p.tlog-proof"), "--entry", entry, "--log", "a+b+c"], [65])
      try refused(["verify", site.path("p.tlog-proof"), "--entry", entry, "--log", site.path("entry")], [65])
      try refused(["verify", site.path("p.tlog-proof"), "--leaf", "AA=="] + log, [64, 65])
      try refused(["prove", site.path("site"), "--index", "3", "-o", site.path("q")], [2])
      try refused(["prove", site.path("site"), "--index", "18446744073709551615", "-o", site.path("q")], [2])
      try refused(["prove", site.path("nowhere"), "--index", "0", "-o", site.path("q")], [66])
      try refused(["checkpoint", site.path("site"), "--key", site.path("log.key"), "--origin", "other"], [2])
      try refused(
        ["checkpoint", site.path("nowhere"), "--key", site.path("log.key"), "--origin", "other"], [66])
      try Data().write(to: folder.appending(path: "site/tile/0/000.p/3"))
      try refused(["prove", site.path("site"), "--index", "0", "-o", site.path("q")], [65])
      try FileManager.default.removeItem(atPath: site.path("site/tile/0/000.p/3"))
      try refused(["prove", site.path("site"), "--index", "0", "-o", site.path("q")], [66])
      let long = try site.file("long", String(repeating: "a", count: 65_536) + "\n")
      try refused(["tiles", "--lines", long, "-o", site.path("other")], [65])
      #expect(!FileManager.default.fileExists(atPath: site.path("q")))
    }
  }
}
