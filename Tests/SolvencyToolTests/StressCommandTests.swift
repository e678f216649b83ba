import Foundation
import TestSupport
import Testing

@Suite("stress, liquidation, drought and book analyse")
struct StressCommandTests {
  private static let scenario = """
    {"version": 1, "id": "short", "title": "a fifth in half an hour", "steps": 4, "stepSeconds": 600,
     "paths": {"*": [[0, 1], [1800, 0.8]]}, "noise": 0.01}
    """

  @Test("a run writes result, tables and one page that needs no network; the same seed writes the same bytes")
  func run() throws {
    try Scratch.with { folder in
      let file = folder.appending(path: "short.json")
      try Data(Self.scenario.utf8).write(to: file)
      let common = ["--accounts", "80", "--underlyings", "2"]
      let first = try Tool.run(["stress", "run", file.path, "-o", folder.appending(path: "a").path] + common)
      let second = try Tool.run(
        ["stress", "run", file.path, "-o", folder.appending(path: "b").path] + common)
      #expect(first.exitCode == 0 || first.exitCode == 2)
      #expect(first.exitCode == second.exitCode && first.output == second.output)
      for name in ["result.json", "summary.csv", "short.csv", "page.html"] {
        let a = try Data(contentsOf: folder.appending(path: "a/\(name)"))
        let b = try Data(contentsOf: folder.appending(path: "b/\(name)"))
        #expect(a == b && !a.isEmpty, "\(name)")
      }
      let page = try String(contentsOf: folder.appending(path: "a/page.html"), encoding: .utf8)
      #expect(page.contains("scenarios; the fund covers") && page.contains("<svg"))
      #expect(!page.contains("http:/" + "/") || !page.contains("src="))
      #expect(!page.contains("<script") && !page.contains("<link"))
      // Nothing is overwritten unasked.
      #expect(
        try Tool.run(["stress", "run", file.path, "-o", folder.appending(path: "a").path] + common).exitCode
          == 74)
    }
  }

  @Test(
    "a report writes the page and the tables of its run byte for byte, and refuses a result that was changed")
  func report() throws {
    try Scratch.with { folder in
      func path(_ name: String) -> String { folder.appending(path: name).path }
      try Data(Self.scenario.utf8).write(to: folder.appending(path: "short.json"))
      // A venue that fails, so that remedies are tried as well.
      try Data(#"{"version": 1, "fundShare": 0, "backstopShare": 0, "liquidatorCapacity": 0}"#.utf8).write(
        to: folder.appending(path: "venue.json"))
      let run = try Tool.run([
        "stress", "run", path("short.json"), "-o", path("run"), "--accounts", "80", "--underlyings", "2",
        "--seeds", "2", "--venue", path("venue.json"),
      ])
      #expect(run.exitCode == 2)
      let report = try Tool.run([
        "stress", "report", path("run/result.json"), "-o", path("page.html"), "--tables", path("tables"),
      ])
      #expect(report.exitCode == 2 && report.output == run.output)
      func contents(_ name: String) throws -> Data { try Data(contentsOf: folder.appending(path: name)) }
      #expect(try contents("page.html") == contents("run/page.html"))
      #expect(try contents("tables/summary.csv") == contents("run/summary.csv"))
      #expect(try contents("tables/short.csv") == contents("run/short.csv"))
      let page = try String(decoding: contents("page.html"), as: UTF8.self)
      #expect(page.contains("What would help") && page.contains("prefers-color-scheme: dark"))
      // Nothing is overwritten unasked.
      #expect(
        try Tool.run(["stress", "report", path("run/result.json"), "-o", path("page.html")]).exitCode == 74)
      // The same with itself; and against one without anything in common.
      let same = try Tool.run(["stress", "compare", path("run/result.json"), path("run/result.json")])
      #expect(same.exitCode == 0 && same.output.contains("The same scenarios are covered"))
      #expect(try Tool.run(["stress", "compare", path("run/result.json")]).exitCode == 64)
      let text = try String(decoding: contents("run/result.json"), as: UTF8.self)
      for (change, code) in [
        (text.replacing("\"fundAtStart\": 0", with: "\"fundAtStart\": 7"), 65),
        (text.replacing("\"isCovered\": false", with: "\"isCovered\": true"), 65),
        (text.replacing("bear every loss, and somebody", with: "bear every loss and somebody"), 65),
        (text.replacing("\"version\": 1", with: "\"version\": 9"), 65), (String(text.prefix(900)), 65),
      ] as [(String, Int32)] {
        #expect(change != text)
        try Data(change.utf8).write(to: folder.appending(path: "changed.json"))
        let outcome = try Tool.run(["stress", "report", path("changed.json")])
        #expect(outcome.exitCode == code && outcome.errors.split(separator: "\n").count == 1)
      }
      #expect(try Tool.run(["stress", "report", path("absent.json")]).exitCode == 66)
    }
  }

  @Test("every scenario of the library is read, and a comparison names what changes")
  func library() throws {
    let list = try Tool.run(["stress", "list", Example.path("scenarios")])
    #expect(list.exitCode == 0)
    for name in ["covid-2020-03-12", "october-2025-10-10", "keeper-outage", "sigma-10"] {
      #expect(list.output.contains(name))
    }
    try Scratch.with { folder in
      let file = folder.appending(path: "short.json")
      try Data(Self.scenario.utf8).write(to: file)
      let venue = folder.appending(path: "venue.json")
      try Data(#"{"version": 1, "fundShare": 0, "backstopShare": 0, "liquidatorCapacity": 0}"#.utf8).write(
        to: venue)
      let outcome = try Tool.run([
        "stress", "compare", file.path, "--after", venue.path, "--accounts", "60", "--underlyings", "2",
        "--json",
      ])
      #expect(outcome.exitCode == 0 || outcome.exitCode == 2)
      #expect(outcome.output.contains("\"verdict\""))
      try Data(#"{"version": 1, "fundShare": 2}"#.utf8).write(to: venue)
      let bad = try Tool.run(["stress", "compare", file.path, "--after", venue.path])
      #expect(bad.exitCode == 65 && bad.errors.contains("fundShare"))
    }
  }

  @Test("a liquidatable book is planned and closed; a healthy one is refused")
  func liquidation() throws {
    let snapshot = ["--snapshot", Example.path("Examples/snapshot.json")]
    let plan = try Tool.run(["liquidation", "plan", Example.path("Examples/book-insolvent.json")] + snapshot)
    #expect(plan.exitCode == 2 && plan.output.contains("close"))
    try Scratch.with { folder in
      let bids = folder.appending(path: "bids.json")
      try Data(#"{"version": 1, "fund": 1000000000000000, "backstop": 1000000000000000, "bids": []}"#.utf8)
        .write(to: bids)
      let run = try Tool.run(
        ["liquidation", "run", Example.path("Examples/book-insolvent.json"), "--bids", bids.path] + snapshot)
      #expect(run.exitCode == 0 && run.output.contains("backstop"))
      let healthy = try Tool.run(
        ["liquidation", "run", Example.path("Examples/book.json"), "--bids", bids.path] + snapshot)
      #expect(healthy.exitCode == 2 && healthy.errors.contains("meets its maintenance requirement"))
    }
  }

  @Test("a rule that does not exist, or is not for this verb, is refused with those that there are")
  func rules() throws {
    let book = [Example.path("Examples/book.json"), "--snapshot", Example.path("Examples/snapshot.json")]
    for (verb, rule) in [(["liquidation", "plan"], "nothing"), (["book", "analyse"], "value-at-risk")] {
      let outcome = try Tool.run(verb + book + ["--rule", rule])
      #expect(outcome.exitCode == 64 && outcome.errors.contains("cross-margin"), "\(outcome.errors)")
    }
  }

  @Test("a book is analysed, with its price of liquidation and the requirement of each leg")
  func analyse() throws {
    let outcome = try Tool.run([
      "book", "analyse", Example.path("Examples/book.json"), "--snapshot",
      Example.path("Examples/snapshot.json"), "--hedge",
    ])
    #expect(outcome.exitCode == 0)
    #expect(outcome.output.contains("BTC-PERP") && outcome.output.contains("headroom"))
  }

  @Test("droughts of a known model are learnt, and too little is said to be too little")
  func drought() throws {
    try Scratch.with { folder in
      var random = SplitMix64(seed: 5)
      var text = "time,depthHour,depthDay,spread,volatility,funding,interest,hour,drought\n"
      for row in 0..<2_000 {
        let x = Double.random(in: -1...1, using: &random)
        let p = 1 / (1 + exp(-(-1 - 2 * x / 0.25)))
        let event = Double.random(in: 0..<1, using: &random) < p
        text += "\(row * 3_600),\(x),,,,,,,\(event ? 1 : 0)\n"
      }
      let file = folder.appending(path: "depth.csv")
      try Data(text.utf8).write(to: file)
      let fit = try Tool.run(["drought", "fit", file.path])
      #expect(
        fit.exitCode == 0 && fit.output.contains("Reliability") && fit.output.contains("droughtDepthHourPpm"))
      try Data(text.prefix(2_000).utf8).write(to: file)
      let little = try Tool.run(["drought", "fit", file.path])
      #expect(little.exitCode == 65)
    }
  }
}
