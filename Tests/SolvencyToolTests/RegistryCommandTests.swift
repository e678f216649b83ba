import CanonicalBytes
import Foundation
import TestSupport
import Testing

@Suite("Lists of coordinates that grow")
struct RegistryCommandTests {
  /// The example snapshot one epoch later, with another instrument listed first.
  private static func longerSnapshot(_ day: LedgerRun) throws -> String {
    var text = try String(contentsOfFile: Example.snapshot, encoding: .utf8)
    let checked = try day.run(["snapshot", "check", Example.snapshot, "--json"]).output
    let digest = try #require(
      try JSONDocument.parse(Array(checked.utf8), maximumBytes: 1 << 20).entries(maximumCount: 64)
        .first { $0.key == "digest" }?.node.string(maximumLength: 64))
    text = text.replacingOccurrences(of: "\"epoch\": 1,", with: "\"epoch\": 2,")
    let zeros = String(repeating: "0", count: 64)
    text = text.replacingOccurrences(of: "\"prevHash\": \"\(zeros)\"", with: "\"prevHash\": \"\(digest)\"")
    // The first instrument once more under another name, before itself: its own list would move every
    // coordinate.
    let object = try #require(text.range(of: "\"instruments\""))
    let start = try #require(text[object.upperBound...].firstIndex(of: "{"))
    var depth = 0
    var end = start
    for index in text[start...].indices {
      if text[index] == "{" { depth += 1 }
      if text[index] == "}" { depth -= 1 }
      if depth == 0 {
        end = index
        break
      }
    }
    let copy = text[start...end].replacingOccurrences(of: "\"BTC-PERP\"", with: "\"AAA-PERP\"")
    try #require(copy.contains("AAA-PERP"))
    text.insert(contentsOf: copy + ",", at: start)
    let file = day.path("longer-snapshot.json")
    try Data(text.utf8).write(to: URL(filePath: file))
    return file
  }

  private static func names(_ file: String) throws -> [String] {
    let root = try JSONDocument.parse(
      Array(try Data(contentsOf: URL(filePath: file))), maximumBytes: 1 << 20)
    return try root.object(required: ["version", "names", "steps"])["names"]
      .array(maximumCount: 1 << 12).map { try $0.string(maximumLength: 256) }
  }

  @Test("a list grows at its end; the account of before proves, trades and is admitted under the longer one")
  func growth() throws {
    try Scratch.with { folder in
      let day = try LedgerRun(in: folder)
      try day.begin()
      let snapshot = try Self.longerSnapshot(day)
      let (first, second) = (day.path("registry.json"), day.path("longer.json"))
      try day.must("registry", "grow", "--snapshot", Example.snapshot, "-o", first)
      let grown = try day.must("registry", "grow", first, "--snapshot", snapshot, "-o", second)
      #expect(grown.output.contains("+ position/AAA-PERP"))
      let (before, after) = (try Self.names(first), try Self.names(second))
      #expect(after.starts(with: before) && after.count == before.count + 1)
      // The chain of digests: the account's list is its first step.
      let account = try String(contentsOfFile: day.path("account/account.json"), encoding: .utf8)
      let shown = try day.must("registry", "show", second).output.split(separator: "\n")
      try #require(shown.count == 3)
      let digest = try #require(shown[1].split(separator: " ").last)
      #expect(account.contains(digest))

      // In force by the snapshot, with the digest that the file has.
      try day.must(
        "snapshot", "sign", snapshot, "--venue-name", "Example Exchange", "--key", day.path("venue.key"),
        "-o", day.path("longer.sig.json"))
      let published = try day.run(
        ["ledger", "publish", snapshot, "--signature", day.path("longer.sig.json")] + day.desk(at: 1))
      try #require(published.exitCode == 0, "\(published.errors)")
      let status = try day.run(["ledger", "status", "--ledger", day.path("desk")])
      #expect(shown.dropFirst().allSatisfy { status.output.contains($0.split(separator: " ")[1]) })

      // Without the list, the snapshot's own is another one.
      let request = [
        "request", "--circuit", "portfolio-margin", "--snapshot", snapshot, "--opening",
        day.path("account/account.opening"), "--venue-name", "Example Exchange", "--ledger-identity",
        try day.identity(), "--now", "\(LedgerRun.moment + 1)",
      ]
      let without = try day.run(request + ["-o", day.path("none.json")])
      #expect(without.exitCode != 0 && without.errorLines.count == 1)
      let short = try day.run(request + ["--registry", first, "-o", day.path("none.json")])
      #expect(short.exitCode == 2 && short.errors.contains("lacks 1 coordinates"))
      let list = ["--registry", second]
      let standing = try day.run(request + list + ["-o", day.path("standing.json")])
      try #require(standing.exitCode == 0, "\(standing.errors)")
      let admitted = try day.run(["admit", day.path("standing.json")] + day.desk(at: 1))
      #expect(admitted.exitCode == 0, "\(admitted.output)")

      // It trades what is new, and proves what it then has.
      try day.must(
        "fill", "--account", day.path("account/account.json"), "--snapshot", snapshot, "--registry", second,
        "--delta", "position/AAA-PERP=1", "--delta", "cash=-65000000", "--key", day.path("engine.key"),
        "--report", day.path("report.json"), "-o", day.path("engine-side"))
      try day.must(
        "fill", "--account", day.path("account/account.json"), "--opening",
        day.path("account/account.opening"), "--snapshot", snapshot, "--registry", second, "--fill",
        day.path("report.json"), "--engine", day.path("engine.key.pub"), "--plain", "-o", day.path("after"))
      let filled = try day.run(["ledger", "fill", day.path("report.json")] + day.desk(at: 2))
      try #require(filled.exitCode == 0, "\(filled.errors)")
      var next = request + list + ["-o", day.path("next.json")]
      next[6] = day.path("after/account.opening")
      let again = try day.run(next)
      try #require(again.exitCode == 0, "\(again.errors)")
      let verdict = try day.run(["admit", day.path("next.json")] + day.desk(at: 3))
      #expect(verdict.exitCode == 0, "\(verdict.output)")

      // A list by hand, longer than any snapshot's.
      let third = day.path("longest.json")
      try day.must("registry", "grow", second, "--instrument", "SOL-PERP", "--asset", "SOL", "-o", third)
      #expect(try Self.names(third).suffix(3) == ["position/SOL-PERP", "holding/SOL", "debt/SOL"])
      let put = try day.run(["ledger", "grow", third] + day.desk(at: 4))
      #expect(put.exitCode == 0, "\(put.errors)")
      for list in [second, third] {
        #expect(try day.run(["ledger", "grow", list] + day.desk(at: 4)).exitCode == 2)
      }
      let log = day.path("day.log")
      try day.must("ledger", "export", "--ledger", day.path("desk"), "-o", log)
      let audited = try day.run(["audit", "replay", log, "--ledger", day.path("desk")])
      #expect(audited.exitCode == 0, "\(audited.output)")
    }
  }

  @Test("a list that is altered, shortened, reordered or has nothing to add is refused in one line")
  func refused() throws {
    try Scratch.with { folder in
      let path = { (name: String) in folder.appending(path: name).path }
      func run(_ arguments: [String]) throws -> Tool.Outcome { try Tool.run(["registry"] + arguments) }
      #expect(try run(["grow", "--snapshot", Example.snapshot, "-o", path("a.json")]).exitCode == 0)
      let grow = ["grow", path("a.json"), "--instrument", "SOL-PERP", "-o", path("b.json")]
      #expect(try run(grow).exitCode == 0)
      #expect(try run(grow).exitCode == 74, "it is there already")
      let idle = try run(["grow", path("a.json"), "--instrument", "BTC-PERP", "-o", path("c.json")])
      #expect(idle.exitCode == 2 && idle.errors.contains("has all of these already"))
      #expect(!FileManager.default.fileExists(atPath: path("c.json")))
      #expect(try run(["grow", "--instrument", "X", "-o", path("c.json")]).exitCode == 64)
      let bad = try run(["grow", path("a.json"), "--instrument", "a b", "-o", path("c.json")])
      #expect(bad.exitCode == 65 && bad.errorLines.count == 1, "\(bad.errors)")
      let text = try String(contentsOfFile: path("b.json"), encoding: .utf8)
      for (old, new) in [
        ("position/SOL-PERP", "position/SOL-PERQ"), ("\"cash\"", "\"cosh\""),
        ("\"version\": 1", "\"version\": 2"),
        ("\"names\"", "\"name\""), ("position/SOL-PERP", "position/BTC-PERP"),
      ] {
        try Data(text.replacingOccurrences(of: old, with: new).utf8).write(to: URL(filePath: path("d.json")))
        let outcome = try run(["show", path("d.json")])
        #expect(outcome.exitCode == 65 && outcome.errorLines.count == 1, "\(new): \(outcome.errors)")
        #expect(outcome.errors.contains("d.json"))
      }
    }
  }
}
