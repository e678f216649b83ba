import CanonicalBytes
import Foundation
import TestSupport
import Testing

@Suite("The margin engine on the command line")
struct MarketCommandTests {
  private static let market = Example.path("Examples/market")
  private static let noon = "2026-03-01T12:00:00Z"

  private static func run(_ arguments: String...) throws -> Tool.Outcome { try Tool.run(arguments) }

  /// Runs a command that must succeed.
  @discardableResult
  private static func done(_ arguments: String...) throws -> String {
    let outcome = try Tool.run(arguments)
    try #require(outcome.exitCode == 0, "\(outcome.errors)")
    return outcome.output
  }

  /// A copy of the example market with a text of one of its files replaced.
  private static func altered(
    _ file: String, _ old: String, _ new: String, in folder: URL
  ) throws -> String {
    let copy = folder.appending(path: "market-\(UUID().uuidString)")
    try FileManager.default.copyItem(at: URL(filePath: market), to: copy)
    let path = copy.appending(path: file)
    let text = try String(contentsOf: path, encoding: .utf8)
    try #require(text.contains(old))
    try Data(text.replacing(old, with: new, maxReplacements: 1).utf8).write(to: path)
    return copy.path
  }

  // MARK: Publishing

  @Test("snapshots are built one after the other, and computed again from their records")
  func publishes() throws {
    try Scratch.with { folder in
      let (first, second) = (folder.appending(path: "1").path, folder.appending(path: "2").path)
      try Self.done("snapshot", "build", "--market", Self.market, "--at", Self.noon, "-o", first)
      try Self.done("snapshot", "build", "--market", Self.market, "--after", first, "-o", second)
      for snapshot in [first, second] {
        try Self.done("snapshot", "verify", snapshot, "--market", Self.market)
        try Self.done("snapshot", "check", snapshot)
      }
      let difference = try Self.done(
        "snapshot", "diff", first, second, "--market", Self.market, "--json")
      #expect(difference.contains("\"tightened\"") || difference.contains("\"relaxed\""))
      #expect(difference.contains("\"drivers\""))
      #expect(try Self.run("snapshot", "build", "--market", Self.market, "-o", first).exitCode == 74)
    }
  }

  @Test("a fallback is published when the engine fails, computed again, and explained")
  func fallback() throws {
    try Scratch.with { folder in
      let (first, second) = (folder.appending(path: "1").path, folder.appending(path: "2").path)
      try Self.done("snapshot", "build", "--market", Self.market, "--at", Self.noon, "-o", first)
      // An asset that is listed and never had a fresh price.
      let broken = try Self.altered(
        "market.json", "\"assets\": [",
        "\"assets\": [{\"id\": \"NEW\", \"lot\": \"1\", \"prices\": \"prices/NEW.csv\"},", in: folder)
      try Data("source,ts,price\na,1000000000,1\n".utf8).write(
        to: URL(filePath: broken).appending(path: "prices/NEW.csv"))
      #expect(try Self.run("snapshot", "build", "--market", broken, "-o", second).exitCode == 65)
      let text = try Self.done("snapshot", "build", "--market", broken, "--after", first, "-o", second)
      #expect(text.contains("fallback"))
      #expect(try Self.done("snapshot", "verify", second, "--market", broken).contains("fallback"))
      #expect(try Self.run("snapshot", "verify", second, "--market", Self.market).exitCode == 2)
      let why = try Self.done("snapshot", "explain", "BTC-PERP", "--snapshot", second, "--market", broken)
      #expect(why.contains("no fresh price of NEW") && why.contains("failureWideningPpm"))
    }
  }

  @Test
  func `A36: a snapshot that other data or another configuration would give is not reproduced`() throws {
    try Scratch.with { folder in
      let snapshot = folder.appending(path: "snapshot.json").path
      try Self.done("snapshot", "build", "--market", Self.market, "--at", Self.noon, "-o", snapshot)
      let bars = try String(
        contentsOfFile: Self.market + "/bars/BTC.csv", encoding: .utf8)
      let row = try #require(bars.split(separator: "\n").dropFirst(700).first)
      let price = try #require(row.split(separator: ",").dropFirst().first)
      let market = try Self.altered(
        "bars/BTC.csv", String(row),
        String(row).replacing(String(price), with: "1\(price)", maxReplacements: 1),
        in: folder)
      let outcome = try Self.run("snapshot", "verify", snapshot, "--market", market)
      #expect(outcome.exitCode == 2 && outcome.output.contains("BTC/bars"), "\(outcome.output)")

      let record = snapshot + ".record"
      let text = try String(contentsOfFile: record, encoding: .utf8)
      let changed = text.replacing(
        "\"lossMultiplePpm\": 2500000", with: "\"lossMultiplePpm\": 2600000", maxReplacements: 1)
      try #require(changed != text)
      try Data(changed.utf8).write(to: URL(filePath: record))
      #expect(try Self.run("snapshot", "verify", snapshot, "--market", Self.market).exitCode == 2)
    }
  }

  @Test("a stress table is a file: printed, grown by a market, added to a configuration, and refused if bad")
  func stress() throws {
    try Scratch.with { folder in
      let path = folder.appending(path: "stress.json").path
      let known = try Self.done("snapshot", "stress")
      #expect(known.contains("2020-03-12T11:00:00Z") && known.contains("Bitstamp"))
      let grown = try Self.done("snapshot", "stress", "--market", Self.market, "-o", path)
      #expect(grown.contains("bars of 3600 s of BTC"))
      #expect(try Self.done("snapshot", "stress", "--stress", path).contains("bars of 3600 s of BTC"))
      let configuration = try Self.done("snapshot", "config", "--stress", path, "--json")
      #expect(configuration.contains("bars of 3600 s of BTC"))
      #expect(try Self.run("snapshot", "stress", "--market", Self.market, "-o", path).exitCode == 74)
      let snapshot = folder.appending(path: "snapshot.json").path
      try Self.done(
        "snapshot", "build", "--market", Self.market, "--stress", path, "--at", Self.noon, "-o", snapshot)
      try Self.done("snapshot", "verify", snapshot, "--market", Self.market)
      try Data("{\"version\": 1}".utf8).write(to: URL(filePath: path))
      let outcome = try Self.run("snapshot", "stress", "--stress", path)
      #expect(outcome.exitCode == 65 && outcome.errors.contains("observations"), "\(outcome.errors)")
      #expect(try Self.run("snapshot", "stress", "--stress", path + "2").exitCode == 66)
    }
  }

  @Test("margins are validated with targets and pictures, and parameters searched, on the command line")
  func validation() throws {
    try Scratch.with { folder in
      let page = folder.appending(path: "page.html").path
      let from = ["--from", "2026-03-01T12:00:00Z", "--every", "3600"]
      let validated = try Tool.run(
        ["snapshot", "validate", "--market", Self.market, "--instrument", "BTC-PERP"] + from
          + ["--strategies", "buffer", "--html", page, "-o", folder.appending(path: "tables").path])
      let text = validated.output
      #expect(validated.exitCode == 0, "\(validated.errors)")
      for title in ["Targets", "Coverage of maintenance margin", "A synthetic population"] {
        #expect(text.contains(title), "\(title)")
      }
      let html = try String(contentsOfFile: page, encoding: .utf8)
      // Complete in itself: nothing is fetched.
      let own = html.replacing("http://www.w3.org/2000/svg", with: "")
      #expect(own.contains("<svg") && !own.contains("http") && !own.contains("src="))
      let tables = try FileManager.default.contentsOfDirectory(
        atPath: folder.appending(path: "tables").path)
      #expect(tables.contains("BTC-PERP-targets.csv") && tables.count == 5)
      let axis = ["--axis", "lossMultiplePpm=2326000,2500000", "-o", folder.appending(path: "c.json").path]
      let search = ["snapshot", "calibrate", "--market", Self.market]
      // The example is too short for folds of a month.
      let short = try Tool.run(search + from + axis)
      #expect(short.exitCode == 65 && short.errors.contains("too few for"), "\(short.errors)")
      #expect(try Tool.run(search + ["--axis", "no=1", "-o", page + "2"]).exitCode == 64)
    }
  }

  @Test("a snapshot is published when it is due, and not before")
  func due() throws {
    try Scratch.with { folder in
      let (first, next) = (folder.appending(path: "1").path, folder.appending(path: "2").path)
      let beacon = String(repeating: "0", count: 64)
      try Self.done("snapshot", "build", "--market", Self.market, "--at", Self.noon, "-o", first)
      let soon = try Self.done(
        "snapshot", "build", "--market", Self.market, "--after", first, "--if-due", "Exchange",
        "--beacon", beacon, "--at", "2026-03-01T12:00:10Z", "-o", next)
      #expect(soon.contains("not due") && !FileManager.default.fileExists(atPath: next))
      try Self.done(
        "snapshot", "build", "--market", Self.market, "--after", first, "--if-due", "Exchange",
        "--beacon", beacon, "--at", "2026-03-01T23:59:00Z", "-o", next)
      #expect(FileManager.default.fileExists(atPath: next))
    }
  }

  // MARK: Explaining

  @Test("every listed instrument and asset is explained from the market on")
  func explains() throws {
    for subject in ["BTC-PERP", "SOL-PERP", "USDC", "BTC"] {
      let text = try Self.done("snapshot", "explain", subject, "--market", Self.market)
      #expect(text.contains("market") && text.contains("price held"), "\(subject)")
    }
    let outcome = try Self.run("snapshot", "explain", "DOGE", "--market", Self.market)
    #expect(outcome.exitCode == 64 && outcome.errors.contains("BTC-PERP"))
  }

  @Test("history compares the strategies, and the chart is a document that shows them")
  func history() throws {
    try Scratch.with { folder in
      let rows = folder.appending(path: "rows.csv").path
      let chart = folder.appending(path: "chart.svg").path
      let from = ["--from", "2026-02-28T00:00:00Z", "--to", "2026-03-02T00:00:00Z"]
      let outcome = try Tool.run(
        ["snapshot", "history", "--market", Self.market, "-o", rows, "--json"] + from)
      #expect(outcome.exitCode == 0, "\(outcome.errors)")
      let node = try JSONDocument.parse(Array(outcome.output.utf8), maximumBytes: 1 << 20)
      let strategies = try #require(
        try node.entries(maximumCount: 8).first { $0.key == "strategies" }?.node)
      #expect(try strategies.array(maximumCount: 8).count == 3)
      let lines = try String(contentsOfFile: rows, encoding: .utf8).split(separator: "\n")
      // The first hours have no price of the dollar yet and are left out.
      #expect(lines.count > 1 + 3 * 24 && lines.count <= 1 + 3 * 48)
      let drawn = try Tool.run(["margin", "chart", "--market", Self.market, "-o", chart] + from)
      #expect(drawn.exitCode == 0, "\(drawn.errors)")
      let svg = try String(contentsOfFile: chart, encoding: .utf8)
      #expect(svg.hasPrefix("<?xml") && svg.hasSuffix("</svg>\n") && svg.contains("most leverage"))
    }
  }

  // MARK: Configuration

  @Test("the configuration that is printed is one that is read, and changes are judged")
  func configuration() throws {
    try Scratch.with { folder in
      let (old, new) = (folder.appending(path: "a.json"), folder.appending(path: "b.json"))
      let text = try Self.done("snapshot", "config", "--json")
      try Data(text.utf8).write(to: old)
      try Data(
        text.replacing(
          "\"lossMultiplePpm\": 2500000", with: "\"lossMultiplePpm\": 2600000", maxReplacements: 1
        ).utf8
      ).write(to: new)
      try Self.done("snapshot", "config", "--config", old.path)
      try Self.done("snapshot", "config", "--config", new.path, "--follows", old.path, "--emergency")
      try Self.done(
        "snapshot", "config", "--config", new.path, "--follows", old.path, "--notice", "172800")
      #expect(
        try Self.run("snapshot", "config", "--config", new.path, "--follows", old.path).exitCode == 2)
      #expect(
        try Self.run(
          "snapshot", "config", "--config", old.path, "--follows", new.path, "--emergency"
        ).exitCode == 2)
      try Data(#"{"version": 2, "parameters": {"lossMultiplePp": 1}}"#.utf8).write(to: new)
      let outcome = try Self.run("snapshot", "config", "--config", new.path)
      #expect(outcome.exitCode == 65 && outcome.errors.contains("lossMultiplePpm"), "\(outcome.errors)")
    }
  }

  // MARK: Bad markets

  @Test(
    "a market that is broken is refused with the file and what is wrong",
    arguments: [
      ("market.json", "\"version\": 1", "\"version\": 7", "version"),
      ("market.json", "\"instruments\"", "\"instrument\"", "instruments"),
      ("market.json", "bars/BTC.csv", "bars/XYZ.csv", "bars/XYZ.csv"),
      ("market.json", "bars/BTC.csv", "../BTC.csv", "path"),
      ("bars/BTC.csv", "ts,open", "when,open", "columns"),
      ("bars/BTC.csv", "\n17", "\nx17", "line 2"),
    ])
  func broken(file: String, old: String, new: String, mention: String) throws {
    try Scratch.with { folder in
      let market = try Self.altered(file, old, new, in: folder)
      let outcome = try Self.run(
        "snapshot", "build", "--market", market, "-o", folder.appending(path: "s.json").path)
      #expect([65, 66].contains(outcome.exitCode), "\(outcome.exitCode)")
      #expect(outcome.errors.contains(mention), "\(outcome.errors)")
      #expect(!FileManager.default.fileExists(atPath: folder.appending(path: "s.json").path))
    }
  }

  @Test("a directory that is not a market is refused")
  func nowhere() throws {
    let outcome = try Self.run("snapshot", "build", "--market", "/nowhere", "-o", "/tmp/never.json")
    #expect(outcome.exitCode == 66 && outcome.errors.contains("market.json"))
  }
}
