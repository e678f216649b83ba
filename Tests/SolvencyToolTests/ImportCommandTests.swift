import Foundation
import TestSupport
import Testing

@Suite("Importing what others keep")
struct ImportCommandTests {
  private static func run(_ arguments: [String]) throws -> Tool.Outcome { try Tool.run(arguments) }

  private static func write(_ text: String, _ name: String, in folder: URL) throws -> String {
    let file = folder.appending(path: name)
    try Data(text.utf8).write(to: file)
    return file.path
  }

  private static let klines =
    "["
    + (0..<400).map { i in
      let (time, open) = (1_770_969_600_000 + 3_600_000 * i, 100_000 + 10 * (i % 7))
      return
        "[\(time),\"\(open)\",\"\(open + 50)\",\"\(open - 50)\",\"\(open + 10)\",\"2\",\(time + 3_599_999),\"\(2 * open)\",5,\"1\",\"1\",\"0\"]"
    }.joined(separator: ",") + "]"

  @Test("an imported directory is one that a snapshot is built from; it says units and lots")
  func market() throws {
    try Scratch.with { folder in
      let bars = try Self.write(Self.klines, "BTCUSDT-1h.json", in: folder)
      let market = folder.appending(path: "market").path
      let made = try Self.run(["market", "import", "binance", bars, "-o", market])
      #expect(made.exitCode == 0, "\(made.errors)")
      #expect(
        made.output.contains("BTC/bars: volume counts the base asset")
          && made.output.contains("one lot is 0.0001 BTC"))
      let snapshot = folder.appending(path: "s.json").path
      let built = try Self.run(["snapshot", "build", "--market", market, "-o", snapshot])
      #expect(built.exitCode == 0, "\(built.errors)")
      // A directory that is there is not touched.
      #expect(try Self.run(["market", "import", "binance", bars, "-o", market]).exitCode == 74)
      let empty = folder.appending(path: "empty")
      try FileManager.default.createDirectory(at: empty, withIntermediateDirectories: false)
      let none = try Self.run(["market", "import", "auto", empty.path, "-o", market + "1"])
      #expect(none.exitCode == 66 && none.errors.contains("holds no file"), "\(none.output)")
      let nothing = try Self.write("a,b\n1,2\n", "BTC.csv", in: folder)
      let refused = try Self.run(["market", "import", "auto", nothing, "-o", market + "2"])
      #expect(refused.exitCode == 65 && refused.errors.contains("known of"))
      #expect(try Self.run(["market", "import", "nobody", bars, "-o", market + "3"]).exitCode == 64)
    }
  }

  @Test("a file that is named twice is refused, and rows of one name are told")
  func twice() throws {
    try Scratch.with { folder in
      let row = #"[{"symbol":"BTCUSDT","positionAmt":"-0.250"}]"#
      let once = try Self.write(row, "a.json", in: folder)
      let again = try Self.write(row, "b.json", in: folder)
      let other = #"[{"symbol":"BTCUSDT","positionAmt":"-0.5"}]"#
      let lines = try Self.write(row + "\n" + other, "c.json", in: folder)
      let snapshot = Example.path("Examples/snapshot.json")
      let book = folder.appending(path: "book.json").path
      func made(_ files: [String]) throws -> Tool.Outcome {
        try Self.run(["book", "import"] + files + ["--snapshot", snapshot, "--account", "a", "-o", book])
      }
      for files in [[once, once], [once, again]] {
        let refused = try made(files)
        #expect(refused.exitCode == 65 && refused.errors.contains("holds the same as \(once)"))
      }
      let told = try made([lines])
      #expect(told.exitCode == 0)
      #expect(told.output.contains("position/BTCUSDT stands in 2 rows, which were added"))
    }
  }

  @Test("positions and balances become a book in lots; what is not a whole lot says lots and the lot")
  func book() throws {
    try Scratch.with { folder in
      let positions = try Self.write(
        #"[{"symbol":"BTCUSDT","positionAmt":"-0.250","entryPrice":"1"},{"symbol":"ETHUSDT","positionAmt":"0"}]"#,
        "p.json", in: folder)
      let balances = try Self.write("asset,free,borrowed\nUSDC,134.50,20\nBTC,0.5633,\n", "b.csv", in: folder)
      let snapshot = Example.path("Examples/snapshot.json")
      let book = folder.appending(path: "book.json").path
      let made = try Self.run([
        "book", "import", positions, balances, "--snapshot", snapshot, "--account", "a", "--cash=-1.5",
        "-o", book,
      ])
      #expect(made.exitCode == 0, "\(made.errors)")
      let text = try String(contentsOfFile: book, encoding: .utf8).filter { !$0.isWhitespace }
      #expect(
        text
          == #"{"version":1,"account":"a","positions":{"BTC-PERP":-250},"holdings":{"BTC":5633,"USDC":13450},"debts":{"USDC":2000},"cash":"-1500000"}"#
      )
      let rest = try Self.write("asset,free\nBTC,0.56338969\n", "r.csv", in: folder)
      let arguments = [
        "book", "import", rest, "--snapshot", snapshot, "--account", "a", "-o", book, "--force",
      ]
      let refused = try Self.run(arguments)
      #expect(refused.exitCode == 65)
      #expect(
        refused.errors.contains("BTC counts lots of 0.0001 BTC; 0.56338969 BTC is 5633 lots and a rest"),
        "\(refused.errors)")
      #expect(try Self.run(arguments + ["--round"]).exitCode == 0)
      // Rows of one name are added before they are rounded.
      let parts = try Self.write("asset,free\nBTC,0.00004\nBTC,0.00006\n", "parts.csv", in: folder)
      let sum = try Self.run([
        "book", "import", parts, "--snapshot", snapshot, "--account", "a", "-o", book, "--force",
      ])
      #expect(sum.exitCode == 0 && sum.output.contains("BTC stands in 2 rows"), "\(sum.errors)")
      #expect(try String(contentsOfFile: book, encoding: .utf8).contains("\"BTC\": 1"))
      let contracts = try Self.write(
        #"{"data":[{"instId":"BTC-USDT-SWAP","pos":"10"}]}"#, "okx.json", in: folder)
      let swap = [
        "book", "import", contracts, "--snapshot", snapshot, "--account", "a", "-o", book, "--force",
      ]
      let unknown = try Self.run(swap)
      // The file is named once.
      #expect(
        unknown.exitCode == 65 && unknown.errors.contains("--contract-size")
          && unknown.errors.split(separator: "okx.json").count == 2, "\(unknown.errors)")
      #expect(try Self.run(swap + ["--contract-size", "BTC-USDT-SWAP=0.01"]).exitCode == 0)
      #expect(try String(contentsOfFile: book, encoding: .utf8).contains("\"BTC-PERP\": 100"))
      #expect(try Self.run(swap + ["--contract-size", "BTC-USDT-SWAP"]).exitCode == 64)
      let unlisted = try Self.write("asset,free\nDOGE,1\n", "d.csv", in: folder)
      let other = [
        "book", "import", unlisted, "--snapshot", snapshot, "--account", "a", "-o", book, "--force",
      ]
      #expect(try Self.run(other).exitCode == 65)
      #expect(try Self.run(other + ["--skip-unlisted"]).exitCode == 0)
    }
  }

  @Test("a book may say amounts in assets; a number of coins where lots are meant is explained")
  func assets() throws {
    try Scratch.with { folder in
      let snapshot = Example.path("Examples/snapshot.json")
      func commit(_ amount: String) throws -> Tool.Outcome {
        let book = try Self.write(
          #"{"version":1,"account":"a","positions":{},"holdings":{"BTC":\#(amount)},"debts":{"USDC":"134.5 USDC"},"cash":"0"}"#,
          "book.json", in: folder)
        return try Self.run([
          "explain", "--circuit", "portfolio-margin", "--snapshot", snapshot, "--book", book,
        ])
      }
      let whole = try commit(#""0.5633 BTC""#)
      #expect(whole.exitCode == 0 && whole.output.contains("USD of cash may leave"), "\(whole.errors)")
      // Of another asset nothing is computed.
      let other = try commit(#""0.5 ETH""#)
      #expect(
        other.exitCode == 65 && other.errors.contains("counts lots of 0.0001 BTC")
          && !other.errors.contains("5000"))
      #expect(try commit(#""-0.5 BTC""#).errors.contains("not below zero"))
      for amount in [#""0.56338969""#, #""0.56338969 BTC""#] {
        let refused = try commit(amount)
        #expect(refused.exitCode == 65)
        #expect(
          refused.errors.contains("BTC counts lots of 0.0001 BTC; 0.56338969 BTC is 5633 lots and a rest"),
          "\(refused.errors)")
      }
    }
  }

  @Test("leverage tiers become brackets in ppm, and what has no place is said")
  func margins() throws {
    try Scratch.with { folder in
      let tiers = try Self.write(
        #"{"BTC/USDT:USDT":[{"minNotional":0,"maxNotional":50000,"maintenanceMarginRate":0.004,"maxLeverage":125},{"minNotional":50000,"maxNotional":null,"maintenanceMarginRate":0.005,"maxLeverage":100}]}"#,
        "t.json", in: folder)
      let read = try Self.run(["margin", "import", "ccxt", tiers])
      #expect(read.exitCode == 0, "\(read.errors)")
      let text = read.output.filter { !$0.isWhitespace }
      #expect(text.contains(#""initialPpm":8000,"maintenancePpm":4000"#) && text.contains(#""capUSD":null"#))
      #expect(try Self.run(["margin", "import", "span", tiers]).exitCode == 65)
      // Coins are left out and said; with nothing else the file is refused.
      let coins =
        #""BTC/USD:BTC":[{"minNotional":0,"maxNotional":5,"maintenanceMarginRate":0.004,"maxLeverage":125}]"#
      let whole = try String(contentsOfFile: tiers, encoding: .utf8)
      let mixed = try Self.write("{\(coins),\(whole.dropFirst())", "m.json", in: folder)
      let both = try Self.run(["margin", "import", "ccxt", mixed])
      #expect(
        both.exitCode == 0 && both.output.contains("1 instruments whose brackets count BTC"), "\(both.errors)"
      )
      #expect(
        try Self.run(["margin", "import", "ccxt", Self.write("{\(coins)}", "c.json", in: folder)]).exitCode
          == 65)
    }
  }
}
