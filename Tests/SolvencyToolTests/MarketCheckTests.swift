import Foundation
import TestSupport
import Testing

@Suite("What is in the data of a market")
struct MarketCheckTests {
  private static let market = Example.path("Examples/market")

  /// A copy of the example market, some of whose files were changed.
  private static func altered(
    in folder: URL, _ changes: (path: String, change: (String) -> String)...
  ) throws -> String {
    let copy = folder.appending(path: "market-\(UUID().uuidString)")
    try FileManager.default.copyItem(at: URL(filePath: market), to: copy)
    for (path, change) in changes {
      let file = copy.appending(path: path)
      try Data(change(String(contentsOf: file, encoding: .utf8)).utf8).write(to: file)
    }
    return copy.path
  }

  private static func rows(_ text: String, _ keep: (Int) -> Bool) -> String {
    text.split(separator: "\n").enumerated().filter { $0.offset == 0 || keep($0.offset) }.map(\.element)
      .joined(separator: "\n")
  }

  private static func json(_ text: String) throws -> [String: Any] {
    try #require(JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
  }

  @Test("the example is sound: every series has its rows, ages and units, and strictness accepts it")
  func sound() throws {
    let outcome = try Tool.run(["market", "check", Self.market, "--strict", "warning"])
    #expect(outcome.exitCode == 0, "\(outcome.output)")
    #expect(outcome.output.contains("BTC/bars") && outcome.output.contains("BTC/books/alpha"))
    let data = try Self.json(Tool.run(["market", "check", Self.market, "--json"]).output)
    let series = try #require(data["series"] as? [[String: Any]])
    #expect(series.count == 21)
    #expect(series.allSatisfy { ($0["kept"] as? Int ?? 0) > 0 && ($0["ageSeconds"] as? Int ?? -1) >= 0 })
    let page = try Tool.run(["market", "check", Self.market, "--html"])
    #expect(
      page.exitCode == 0 && page.output.hasPrefix("<!DOCTYPE html>") && page.output.contains("SOL/prices"))
  }

  @Test("a series that ended a month ago is found, published as an exception, and refused by --strict")
  func stale() throws {
    try Scratch.with { folder in
      let market = try Self.altered(in: folder, ("bars/BTC.csv", { text in Self.rows(text) { $0 <= 720 } }))
      let check = try Tool.run(["market", "check", market, "--strict", "severe", "--json"])
      #expect(check.exitCode == 2)
      #expect(check.output.contains("\"stale\"") && check.output.contains("BTC/bars"))
      let snapshot = folder.appending(path: "s.json").path
      let strict = try Tool.run(
        ["snapshot", "build", "--market", market, "-o", snapshot, "--strict", "severe"])
      #expect(strict.exitCode == 2 && !FileManager.default.fileExists(atPath: snapshot))
      let build = try Tool.run(["snapshot", "build", "--market", market, "-o", snapshot, "--json"])
      #expect(build.exitCode == 0, "\(build.errors)")
      let data = try Self.json(build.output)
      let exceptions = try #require(data["exceptions"] as? [[String: String]])
      #expect(exceptions.contains(["id": "BTC/bars", "reason": "stale"]))
      #expect(build.errors.contains("severe: BTC/bars"))
      let record = try String(contentsOfFile: snapshot + ".record", encoding: .utf8)
      #expect(record.contains("\"quality\"") && record.contains("\"stale\""))
      #expect(try Tool.run(["snapshot", "verify", snapshot, "--market", market]).exitCode == 0)
    }
  }

  @Test("a feed taken within an hour is looked at when it was taken, without the bar in progress")
  func unfinished() throws {
    try Scratch.with { folder in
      let now = 1_772_406_600
      func known(_ column: String, _ scale: Int) -> (String) -> String {
        { text in
          let lines = text.split(separator: "\n")
          let place = lines[0].split(separator: ",").firstIndex { $0 == column } ?? 0
          return
            ([lines[0]]
            + lines.dropFirst().filter {
              (Int($0.split(separator: ",")[place]) ?? 0) <= now * scale
            }).joined(separator: "\n")
        }
      }
      let files =
        ["BTC", "ETH", "SOL"].flatMap { id in
          [
            ("prices/\(id).csv", known("time_ms", 1_000)), ("funding/\(id).csv", known("ts", 1)),
            ("open-interest/\(id).csv", known("time", 1)), ("books/\(id)-alpha.csv", known("ts", 1)),
            ("books/\(id)-beta.csv", known("ts", 1)),
          ]
        } + [
          ("prices/USDC.csv", known("time_ms", 1_000)), ("options/BTC.csv", known("ts", 1)),
          ("options/ETH.csv", known("ts", 1)),
        ]
      let copy = try Self.altered(in: folder)
      for (path, change) in files {
        let file = URL(filePath: copy).appending(path: path)
        try Data(change(String(contentsOf: file, encoding: .utf8)).utf8).write(to: file)
      }
      let build = try Tool.run(
        ["snapshot", "build", "--market", copy, "-o", folder.appending(path: "s.json").path])
      #expect(build.exitCode == 0, "\(build.errors)")
      #expect(build.output.contains("from 2026-03-01T23:00:00Z"), "\(build.output)")
      #expect(build.errors.contains("the bar from 2026-03-01T23:00:00Z has not ended"))
    }
  }

  @Test("an instant after the clock is refused, and allowed on demand")
  func future() throws {
    try Scratch.with { folder in
      let arguments = [
        "snapshot", "build", "--market", Self.market, "--at", "2099-01-01T00:00:00Z", "-o",
        folder.appending(path: "s.json").path,
      ]
      let refused = try Tool.run(arguments)
      #expect(refused.exitCode == 64 && refused.errors.contains("after this machine's clock"))
      let check = ["market", "check", Self.market, "--at", "2099-01-01T00:00:00Z"]
      #expect(try Tool.run(check).exitCode == 64)
      let allowed = try Tool.run(check + ["--allow-future"])
      #expect(allowed.exitCode == 0 && allowed.output.contains("severe"))
      // Without --at the data themselves are later than the clock.
      let shifted = try Self.altered(
        in: folder,
        ("prices/USDC.csv", { $0 + "\nalpha,4070908800000,1.0,0.0001" }))
      let late = try Tool.run(["market", "check", shifted])
      #expect(late.exitCode == 65 && late.errors.contains("2099-01-01"), "\(late.errors)")
    }
  }

  @Test("text from files is text in HTML and stays on its line")
  func escaping() throws {
    try Scratch.with { folder in
      let market = try Self.altered(
        in: folder, ("market.json", { $0.replacing("\"venue\": \"alpha\"", with: "\"venue\": \"<b>&x\"") }))
      let page = try Tool.run(["market", "check", market, "--html"])
      #expect(page.exitCode == 0 && !page.output.contains("<b>") && page.output.contains("&lt;b&gt;&amp;x"))
    }
  }
}
