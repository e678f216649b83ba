import MarketData
import TestSupport
import Testing

@Suite("Comma-separated values")
struct TableTests {
  private static let two = [
    Bar(openTime: 3_600, open: 1, high: 3, low: 0.75, close: 2, baseVolume: 10, quoteVolume: 20),
    Bar(openTime: 7_200, open: 2, high: 3, low: 1, close: 1.5, baseVolume: 8, quoteVolume: 12),
  ]

  @Test(
    "byte order marks, comments, carriage returns, quotation marks and blank lines change nothing",
    arguments: [
      "ts,open,high,low,close,volume_base\n3600,1,3,0.75,2,10\n7200,2,3,1,1.5,8\n",
      "ts,open,high,low,close,volume_base\n3600,1,3,0.75,2,10\n7200,2,3,1,1.5,8",
      "\u{FEFF}ts,open,high,low,close,volume_base\r\n3600,1,3,0.75,2,10\r\n7200,2,3,1,1.5,8\r\n",
      "https://www.example.com/data\n# made by hand\nts,open,high,low,close,volume_base\n\n3600,1,3,0.75,2,10\n\n7200,2,3,1,1.5,8\n\n",
      "\"ts\",\"open\",high,low,close,\"volume_base\"\r\n\"3600\",1,\"3\",0.75,2,\"10\"\r\n7200,2,3,1,1.5,\"8\"",
      "TS,Open,High,Low, Close ,Volume_Base\n3600,1.0,3e0,75e-2,+2,10\n7200,2,3,1,1.5,8\n",
    ])
  func forms(_ text: String) throws {
    let reading = try BarReader.read(text.bytes, named: "x")
    #expect(reading.series == BarSeries(interval: 3_600, bars: Self.two))
    #expect(reading.quality.isClean)
  }

  @Test("a quoted field may hold commas and doubled quotation marks")
  func quotes() throws {
    let text = "source,time_ms,price\n\"a, \"\"b\"\"\",1700000000000,2\n"
    let reading = try PriceReader.read(text.bytes, named: "p")
    #expect(reading.series.map(\.source) == ["a, \"b\""])
  }

  @Test(
    "what is wrong is named with file, line and column",
    arguments: [
      ("", MarketDataError(file: "f", .noRows)),
      ("\n\n", MarketDataError(file: "f", .noRows)),
      ("# nothing\n", MarketDataError(file: "f", .noRows)),
      ("ts,open,high,low,close,volume_base\n", MarketDataError(file: "f", .noRows)),
      (
        "ts,open,high,low,close,volume_base\n3600,1,2,1,2\n",
        MarketDataError(file: "f", .row(.wrongFieldCount(expected: 6, found: 5)), line: 2)
      ),
      (
        "ts,open,high,low,close,volume_base\n3600,1,4,0.5,2,10\n7200,2,3,x,1.5,8\n",
        MarketDataError(
          file: "f", .field(column: "low", text: "x", expected: .number), line: 3, column: 10)
      ),
      (
        "ts,open,high,low,close,volume_base\n3600,1,4,0x5,2,10\n",
        MarketDataError(
          file: "f", .field(column: "low", text: "0x5", expected: .number), line: 2, column: 10)
      ),
      (
        "ts,open,high,low,close,volume_base\n-3600,1,4,1,2,10\n",
        MarketDataError(
          file: "f", .field(column: "ts", text: "-3600", expected: .time), line: 2, column: 1)
      ),
      (
        "ts,open,high,low,close,volume_base\n99999999999999999999,1,4,1,2,10\n",
        MarketDataError(
          file: "f", .field(column: "ts", text: "99999999999999999999", expected: .time), line: 2,
          column: 1)
      ),
      (
        "ts,open,high,low,close,volume_base\n3600,\"1,4,1,2,10\n",
        MarketDataError(file: "f", .row(.quotation), line: 2, column: 6)
      ),
      (
        "ts,open,high,low,close,volume_base\n3600,1\"2,4,1,2,10\n",
        MarketDataError(file: "f", .row(.quotation), line: 2, column: 7)
      ),
      (
        "ts,open,high,low,close,volume_base\n3600,\"1\"2,4,1,2,10\n",
        MarketDataError(file: "f", .row(.quotation), line: 2, column: 9)
      ),
    ])
  func errors(_ text: String, _ expected: MarketDataError) {
    #expect(failure { _ = try BarReader.read(text.bytes, named: "f") } == expected)
  }

  @Test("a line of ten megabytes, and one of ten thousand commas, are refused")
  func longLine() {
    let long = [UInt8](repeating: UInt8(ascii: "7"), count: 10 << 20)
    let expected = MarketDataError(file: "f", .row(.tooLong(limit: 65_536)), line: 2)
    #expect(failure { _ = try BarReader.read(bars("") + long, named: "f") } == expected)
    let commas = String(repeating: ",", count: 10_000)
    #expect(failure { _ = try BarReader.read(bars(commas), named: "f") } == expected)
  }

  @Test("text that is not UTF-8 is refused with its place")
  func notUTF8() {
    let bytes = "source,time_ms,price\n".bytes + [0xFF] + ",1700000000000,2\n".bytes
    #expect(
      failure { _ = try PriceReader.read(bytes, named: "f") }
        == MarketDataError(file: "f", .row(.notUTF8), line: 2, column: 1))
  }

  @Test("numbers are the nearest binary fractions, as the standard library reads them")
  func numbers() throws {
    var random = SplitMix64(seed: 1)
    var texts = [
      "0.1", "123456789012345678901234567890", "1e-300", "9007199254740993", "0.30000000000000004",
    ]
    for _ in 0..<5_000 {
      let digits = Int.random(in: 1...19, using: &random)
      let whole = (0..<digits).map { _ in String(Int.random(in: 0...9, using: &random)) }.joined()
      let decimals = Int.random(in: 0...digits, using: &random)
      texts.append(whole.dropLast(decimals) + "." + whole.suffix(decimals))
    }
    let rows = texts.map { "s,1700000000000,\($0)" }.joined(separator: "\n")
    // Every price has a time of its own, so that none is a duplicate.
    let stamped = rows.split(separator: "\n").enumerated()
      .map { $1.replacing("1700000000000", with: "\(1_700_000_000_000 + $0)") }
    let file = (["source,time_ms,price"] + stamped).joined(separator: "\n")
    let reading = try PriceReader.read(file.bytes, named: "f")
    let expected = texts.compactMap(Double.init).filter { $0 > 0 }
    #expect(expected.count > 4_900)
    #expect(reading.series.map(\.price) == expected)
  }

  @Test("messages are one line that says where and what to do")
  func messages() {
    let error = MarketDataError(
      file: "bars/BTC.csv", .field(column: "low", text: "x\u{1B}[2J", expected: .number), line: 3, column: 10)
    #expect(
      error.description
        == "bars/BTC.csv, line 3, column 10: \"low\" is \"x\\u{1b}[2J\"; write a finite decimal number")
  }
}
