import Foundation
import TestSupport
import Testing

@Suite("circuit check")
struct CircuitCheckTests {
  @Test("a misspelt name is refused with its line and the name that was meant")
  func misspelt() throws {
    try Scratch.with { folder in
      let file = folder.appending(path: "typo.circuit")
      try Data(
        """
        circuit typo version 1
        parameters snapshot
        committed cash in 0 ... 100
        require "enough" : cahs >= 5

        """.utf8
      ).write(to: file)
      let outcome = try Tool.run(["circuit", "check", file.path])
      #expect(outcome.exitCode == 65)
      #expect(outcome.errors.contains("typo.circuit:4:20"))
      #expect(outcome.errors.contains("`cash`"))
    }
  }

  private func check(_ text: String, _ options: [String] = []) throws -> Tool.Outcome {
    try Scratch.with { folder in
      let file = folder.appending(path: "rule.circuit")
      try Data(text.utf8).write(to: file)
      return try Tool.run(["circuit", "check", file.path] + options)
    }
  }

  /// The gross-exposure rule as a new user writes it, for the example market.
  private static let gross = """
    circuit gross version 1
    parameters snapshot
    committed cash in 0 ... 2^62 - 1
    committed position[i in instruments] in -100_000 ... 100_000
    advice size[i in instruments] in 0 ... 100_000 := max(position[i], -position[i])
    require "gross exposure" : 10 * cash - sum(i in instruments : i.markCeil * size[i]) >= 0

    """

  @Test("the gross-exposure rule that nothing binds is refused with line, direction, requirement and repair")
  func unbound() throws {
    let outcome = try check(Self.gross)
    #expect(outcome.exitCode == 65)
    #expect(outcome.errors.contains("rule.circuit:5:8"))
    for part in [
      "lower bound 0", "\"gross exposure\" (line 6)", "a smaller value",
      "bound size[i in instruments] in 0 ... 100_000 := abs(position[i])",
    ] {
      #expect(outcome.errors.contains(part), "\(outcome.errors)")
    }
  }

  @Test("bound on one side only, the other side's book is shown, with exit code 2")
  func oneSide() throws {
    let lines = Self.gross + "require \"long {i}\" for i in instruments : size[i] >= position[i]\n"
    let outcome = try check(lines, ["--supports", "4"])
    #expect(outcome.exitCode == 2)
    #expect(outcome.output.contains("a book that fails the rule can be proved"))
    #expect(outcome.output.contains("position/"))
    #expect(outcome.output.contains("where the rule says"))
    #expect(!outcome.output.contains("sound"))
  }

  @Test("bound on both sides, it says what was searched, and never that it is sound")
  func bothSides() throws {
    let lines =
      Self.gross + "require \"long {i}\" for i in instruments : size[i] >= position[i]\n"
      + "require \"short {i}\" for i in instruments : size[i] >= -position[i]\n"
    let outcome = try check(lines, ["--supports", "4"])
    #expect(outcome.exitCode == 0, "\(outcome.output)\(outcome.errors)")
    #expect(outcome.output.contains("no difference found"))
    #expect(outcome.output.contains("A search proves nothing"))
    #expect(outcome.output.contains("held up by \"long "))
    #expect(!outcome.output.contains("sound"))
  }

  @Test("many families of advice are counted after the first, and all of them are in the JSON")
  func manyFamilies() throws {
    let lines =
      "circuit many version 1\nparameters snapshot\ncommitted cash in 0 ... 2^40\n"
      + (0..<60).map {
        "advice a\($0) in 0 ... 2^40 := max(cash - \($0), 0)\nrequire \"r\($0)\" : a\($0) >= cash - \($0)\n"
      }
      .joined()
      + "require \"s\" : 100 * cash - (\((0..<60).map { "a\($0)" }.joined(separator: " + "))) >= 0\n"
    let outcome = try check(lines, ["--supports", "1"])
    #expect(outcome.output.contains("  advice    a39: "), "\(outcome.output)\(outcome.errors)")
    #expect(!outcome.output.contains("  advice    a40: "))
    #expect(outcome.output.contains("  advice    and 20 more families, all of them with --json"))
    #expect(try check(lines, ["--supports", "1", "--json"]).output.contains("\"a59\""))
  }

  @Test("marks below 0 of the snapshot are noted, which a rule about notionals hardly means")
  func negativeMark() throws {
    try Scratch.with { folder in
      let example = try String(contentsOfFile: Example.snapshot, encoding: .utf8)
      let changed = example.replacing("\"markFloor\": 1634681970", with: "\"markFloor\": -5")
        .replacing("\"markCeil\": 1634681971", with: "\"markCeil\": -4")
      #expect(changed != example)
      let file = folder.appending(path: "marks.json")
      try Data(changed.utf8).write(to: file)
      let outcome = try Tool.run([
        "circuit", "check", "collateral-ratio", "--supports", "0", "--snapshot", file.path,
      ])
      #expect(
        outcome.output.contains("noted     an upper mark below 0")
          && outcome.output.contains(": BTC-27MAR26-50000-C"),
        "\(outcome.output)\(outcome.errors)")
    }
  }

  @Test("a circuit for another market is said not to be searched; with its snapshot it is")
  func otherMarket() throws {
    let lines = """
      circuit other version 1
      parameters snapshot
      committed holding[collateral["GOLD"]] in 0 ... 10
      require "some" : holding[collateral["GOLD"]] >= 1
      """
    let outcome = try check(lines)
    let first = outcome.output.prefix { $0 != "\n" }
    #expect(outcome.exitCode == 0 && first.contains("not searched") && first.contains("--snapshot"))
    #expect(outcome.output.contains("line 3, column 30: no element of this list has the id \"GOLD\""))
    #expect(try check(lines, ["--strict-circuits"]).exitCode == 2)
    let json = try check(lines, ["--json"]).output
    for member in ["\"notSearched\"", "\"warnings\"", "\"search\"", "\"difference\"", "\"mistakes\""] {
      #expect(json.contains(member), "\(json)")
    }
    #expect(try check(lines, ["--snapshot", Example.snapshot]).exitCode == 65)
  }

  @Test("a place before the first of a list is a mistake under every snapshot")
  func negativePlace() throws {
    let outcome = try check(
      """
      circuit t version 1
      parameters snapshot
      committed cash in 0 ... 2^40
      require "x" : cash >= instruments[-1].markCeil
      """)
    #expect(outcome.exitCode == 65 && outcome.errors.contains("rule.circuit:4:35"), "\(outcome.errors)")
  }

  @Test("rules that require nothing, require it of nothing, or forget a commitment are warned of")
  func warnings() throws {
    let lines = """
      circuit idle version 1
      parameters snapshot
      committed cash in 0 ... 100, debt[a in collateral] in 0 ... 10
      require "always" : cash >= 0
      require "nothing {i}" for i in instruments where i.feeExit > 2^60 : cash >= 5
      """
    let outcome = try check(lines, ["--supports", "2"])
    #expect(outcome.exitCode == 0)
    for part in ["every book that it admits meets it", "required of nothing", "holds for whatever", "`debt["]
    {
      #expect(outcome.output.contains(part), "\(outcome.output)")
    }
    // The first line is what a hasty reader sees.
    let first = outcome.output.prefix { $0 != "\n" }
    #expect(first.contains("warning: ") && !first.contains("no difference found"), "\(first)")
    #expect(outcome.output.contains("cut by the number of sets (--supports raises it)"))
    #expect(try check(lines, ["--supports", "2", "--strict-circuits"]).exitCode == 2)
  }

  @Test("a rule that only the empty book meets exits 2 with --strict-circuits, one in order 0")
  func strict() throws {
    let empty = """
      circuit idle version 1
      parameters snapshot
      committed cash in 0 ... 100
      require "none" : 0 - cash >= 0
      """
    #expect(try check(empty).exitCode == 0)
    let refused = try check(empty, ["--strict-circuits"])
    #expect(refused.exitCode == 2 && refused.output.contains("warning: no book with anything in it meets"))
    #expect(try Tool.run(["circuit", "check", "collateral-ratio", "--strict-circuits"]).exitCode == 0)
  }

  @Test(
    "a spread that phantom sides in other instruments meet is warned of, and a book shows it, under the example"
  )
  func phantomSides() throws {
    let outcome = try check(
      """
      circuit two version 1
      parameters snapshot
      committed cash in 0 ... 2^62 - 1
      committed position[i in instruments]
      advice long[i in instruments] in 0 ... 100_000 := max(position[i], 0)
      advice short[i in instruments] in 0 ... 100_000 := max(-position[i], 0)
      link for i in instruments: position[i] == long[i] - short[i]
      let gross = sum(i in instruments: long[i]+short[i])
      require "lev" : cash >= gross
      require "third {i}" for i in instruments : gross - 3*(long[i]+short[i]) >= 0
      """, ["--supports", "4"])
    #expect(outcome.exitCode == 2, "\(outcome.output)")
    #expect(outcome.output.contains("both sides of `position["))
    #expect(outcome.output.contains("product both[i in instruments] := long[i] * short[i]"))
  }

  @Test(
    "a search that looked at nothing says so in its first line, as JSON too, and --strict-circuits refuses it"
  )
  func notSearched() throws {
    let options = ["circuit", "check", "collateral-ratio", "--supports", "0"]
    let outcome = try Tool.run(options)
    let first = outcome.output.prefix { $0 != "\n" }
    #expect(outcome.exitCode == 0 && first.contains("not searched: no set of committed values"), "\(first)")
    #expect(!outcome.output.contains("no difference found"))
    #expect(try Tool.run(options + ["--strict-circuits"]).exitCode == 2)
    let data = try Tool.run(options + ["--json"]).output.filter { !$0.isWhitespace }
    #expect(data.contains("\"isSearched\":false") && data.contains("\"notSearched\":\"notsearched:"))
  }

  @Test(
    "small circuits with large loops are refused in little memory",
    arguments: [
      "advice x[i in 0 ..< 4096, j in 0 ..< 4096] in 0 ... 1 := cash\nrequire \"r\" : x[0,0] >= 0",
      "advice x[i in 0 ..< 65536, j in 0 ..< 256] in 0 ... 1 := cash\nrequire \"r\" : x[0,0] >= 0",
      "product x[i in 0 ..< 4096, j in 0 ..< 4096] := cash * cash\nrequire \"r\" : x[0,0] >= 0",
      "require \"r {i} {j}\" for i in 0 ..< 4096, j in 0 ..< 4096 : cash >= i + j",
      "advice x[i in 0 ..< 60000] in 0 ... 2^249 + i := cash\nrequire \"r\" : sum(i in 0 ..< 60000 : x[i]) == 0",
      "advice x[i in 0 ..< 60000] in 0 ... 1 := cash\nrequire \"r {j}\" for j in 0 ..< 60000 : x[j + 60000] >= j",
    ])
  func memory(_ lines: String) throws {
    let text = "circuit big version 1\nparameters snapshot\ncommitted cash in 0 ... 1000\n" + lines
    try Scratch.with { folder in
      let file = folder.appending(path: "big.circuit")
      try Data(text.utf8).write(to: file)
      let tool = try #require(Tool.executable)
      // 1.5 GB of addresses, of which the process itself takes some hundred MB before it does anything.
      let outcome = try Tool.run(
        URL(filePath: "/bin/sh"),
        ["-c", "ulimit -v 1500000; exec \"$0\" circuit check \"$1\" --supports 1", tool.path, file.path])
      #expect(!outcome.wasKilled)
      #expect(outcome.exitCode == 65, "\(outcome.output)\(outcome.errors)")
    }
  }

  @Test("the example snapshot in the command is that of the folder Examples, byte for byte")
  func embeddedSnapshot() throws {
    let given = try Tool.run(["circuit", "check", "collateral-ratio", "--json", "--supports", "0"])
    let named = try Tool.run([
      "circuit", "check", "collateral-ratio", "--json", "--supports", "0", "--snapshot", Example.snapshot,
    ])
    #expect(given.exitCode == 0 && given.output == named.output)
    let source = Vectors.packageRoot.appending(path: "Sources/SolvencyTool/BuiltInSnapshot.swift")
    let text = try String(contentsOf: source, encoding: .utf8)
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    let first = try #require(lines.firstIndex { $0.hasSuffix("###\"\"\"") })
    let last = try #require(lines.lastIndex { $0.hasSuffix("\"\"\"###") })
    let body = lines[(first + 1)..<last].map { $0.hasPrefix("    ") ? String($0.dropFirst(4)) : $0 }
    #expect(try body.joined(separator: "\n") == String(contentsOfFile: Example.snapshot, encoding: .utf8))
  }

  @Test("a shipped circuit that does not fit a snapshot is the snapshot's fault, and it is named")
  func snapshotAtFault() throws {
    try Scratch.with { folder in
      let file = folder.appending(path: "other.json")
      let text = try String(contentsOfFile: Example.snapshot, encoding: .utf8)
      try Data(text.replacingOccurrences(of: "\"USDC\"", with: "\"USDT\"").utf8).write(to: file)
      let compile = ["circuit", "compile", "--snapshot", file.path, "--circuit"]
      let shipped = try Tool.run(compile + ["collateral-ratio"])
      #expect(shipped.exitCode == 65)
      #expect(
        shipped.errorLines.first?.contains("other.json: is not one that the circuit collateral-ratio") == true
      )
      #expect(shipped.errors.contains("collateral-ratio.circuit:"), "where it shows stands below")
      let own = folder.appending(path: "own.circuit")
      try Data(contentsOf: URL(filePath: Example.path("circuits/collateral-ratio.circuit"))).write(to: own)
      let mine = try Tool.run(compile + [own.path])
      #expect(mine.exitCode == 65 && mine.errorLines.first?.contains("own.circuit: has 1 mistake") == true)
    }
  }
}
