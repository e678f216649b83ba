import MarketData
import TestSupport
import Testing

/// JSON that is longer than what is in memory at a time is read as if all of it were.
@Suite("JSON block by block")
struct JSONBlockTests {
  private static let hours = 0..<120

  private static func row(_ i: Int) -> (ts: Int, values: [String]) {
    let close = 100 + i % 11
    return (
      1_770_969_600 + 3_600 * i,
      ["\(close).5", "\(close + 2)", "\(close - 2).25", "\(close + 1)", "\(7 + i % 5)"]
    )
  }

  private static func arrays(_ range: Range<Int>) -> String {
    "["
      + range.map { "[\(row($0).ts)000," + row($0).values.joined(separator: ",") + "]" }.joined(
        separator: ",\n")
      + "]"
  }

  private static func object(_ i: Int, _ more: String = "") -> String {
    let names = ["open", "high", "low", "close", "volume"]
    let (ts, values) = row(i)
    return "{\"ts\":\(ts)\(more)"
      + zip(names, values).map { ",\"\($0)\":\"\($1)\"" }.joined() + "}"
  }

  private static func objects(_ range: Range<Int>, separator: String = ",", _ more: String = "") -> String {
    range.map { object($0, more) }.joined(separator: separator)
  }

  private static func book(_ i: Int) -> String {
    """
    {"symbol":"BTCUSDT","ts":\(1_770_969_600_000 + 1_000 * i),"bids":[["\(100 + i % 3)","2"],["99",\(1 + i % 5)]],\
    "asks":[["104","3"],["105","\(1 + i % 4)"]]}
    """
  }

  private static let texts: [String] = [
    arrays(hours),
    "{\"error\":[],\"result\":{\"XXBTZUSD\":" + arrays(hours) + ",\"last\":1},\"time\":5}",
    "{\"BTC/USDT\": {\"1h\": " + arrays(hours) + "}}",
    "{\"columns\":[\"ts\",\"open\",\"high\",\"low\",\"close\",\"volume\"],\"data\":" + arrays(hours) + "}",
    // Pages, and pages of pages.
    "["
      + stride(from: 0, to: 120, by: 10).map { "{\"code\":\"0\",\"data\":" + arrays($0..<$0 + 10) + "}" }
      .joined(separator: ",") + "]",
    "[" + objects(hours) + "]",
    "{\"code\":0,\"data\":{\"symbol\":\"BTCUSDT\",\"list\":[" + objects(hours) + "]},\"note\":\"x\"}",
    objects(hours, separator: "\n"),
    objects(hours, separator: " \n ", ",\"confirm\":null,\"info\":{\"a\":[1,{\"b\":\"}\"}]}") + "\n",
    // A list in each line, and the rest of the row around it.
    hours.map { "{\"e\":\"kline\",\"s\":\"BTCUSDT\",\"k\":" + object($0) + "}" }.joined(separator: "\n"),
    // Parallel arrays.
    "{\"result\":{\"ts\":[" + hours.map { "\(row($0).ts)" }.joined(separator: ",") + "],"
      + ["open", "high", "low", "close", "volume"].enumerated().map { place, name in
        "\"\(name)\":[" + hours.map { row($0).values[place] }.joined(separator: ",") + "]"
      }.joined(separator: ",") + ",\"status\":\"ok\"}}",
    // Books: one for each line, in a list, and one that is long.
    hours.map(book).joined(separator: "\n"),
    "{\"data\":[" + hours.map(book).joined(separator: ",") + "],\"type\":\"snapshot\"}",
    "{\"ts\":1770969600,\"asks\":[" + (0..<400).map { "[\"\(2_000 + $0)\",\"1\"]" }.joined(separator: ",")
      + "],\"bids\":[" + (0..<400).map { "[\"\(1_999 - $0)\",\"1\"]" }.joined(separator: ",") + "]}",
    "{\"coin\":\"BTC\",\"time\":1770969600000,\"levels\":[["
      + (0..<200).map { "{\"px\":\"\(999 - $0)\",\"sz\":\"2\"}" }
      .joined(separator: ",") + "],["
      + (0..<200).map { "{\"px\":\"\(1_000 + $0)\",\"sz\":\"2\"}" }
      .joined(separator: ",") + "]]}",
    // Payments, whose time stands after the list, and open interest of one answer for each line.
    "{\"list\":["
      + hours.map { "{\"fundingTime\":\(row($0).ts),\"fundingRate\":\"0.000\(1 + $0 % 5)\"}" }
      .joined(separator: ",") + "],\"symbol\":\"BTCUSDT\",\"time\":\"x\"}",
    hours.map {
      "{\"result\":{\"list\":[{\"openInterestValue\":\"\(50 + $0)\",\"timestamp\":\"\(row($0).ts)000\"}],"
        + "\"symbol\":\"BTCUSDT\"},\"time\":9}"
    }.joined(separator: "\n"),
  ]

  /// A text that comes in small pieces, of which few are at hand.
  private func source(_ text: [UInt8], blockSize: Int) -> MarketSource {
    var source = MarketSource(name: "f") {
      var rest = text[...]
      return {
        let piece = Array(rest.prefix(blockSize / 2))
        rest = rest.dropFirst(blockSize / 2)
        return piece.isEmpty ? nil : piece
      }
    }
    source.blockSize = blockSize
    return source
  }

  /// What readers make of a text, in words.
  private func readings(_ text: [UInt8], blockSize: Int?) -> [String] {
    let source =
      blockSize.map { self.source(text, blockSize: $0) } ?? MarketSource(name: "f", bytes: text)
    func words<Series>(_ body: () throws -> Reading<Series>) -> String {
      do {
        let reading = try body()
        return
          "Reading \(reading.quality.rows) \(reading.series) \(reading.quality.findings) \(reading.quality.units)"
      } catch {
        return "\(error)"
      }
    }
    return [
      words { try BarReader.read([source]) }, words { try FundingReader.read([source]) },
      words { try OpenInterestReader.read([source], at: 1_770_969_600) },
      words { try OrderBookReader.read([source], at: 1_770_969_600) },
    ]
  }

  @Test("every layout is read the same whatever the size of a block", arguments: texts.indices)
  func layouts(_ index: Int) {
    let text = Self.texts[index].bytes
    let whole = readings(text, blockSize: nil)
    #expect(whole.contains { $0.hasPrefix("Reading") })
    for size in [64, 257, 1_000, 4_096] { #expect(readings(text, blockSize: size) == whole) }
  }

  @Test("faults far into a text are named by the same line and column", arguments: texts.indices)
  func faults(_ index: Int) {
    let text = Self.texts[index].bytes
    var random = SplitMix64(seed: UInt64(index))
    let signs = Array("\"[]{}:,x\\ 0\n".utf8)
    for _ in 0..<40 {
      var changed = text
      let place = text.count / 3 + Int(random.next() % UInt64(text.count / 2))
      switch random.next() % 3 {
      case 0: changed.remove(at: place)
      case 1: changed[place] = signs[Int(random.next() % UInt64(signs.count))]
      default: changed = Array(changed[..<place])
      }
      let whole = readings(changed, blockSize: nil)
      for size in [100, 1_000] { #expect(readings(changed, blockSize: size) == whole) }
    }
  }

  @Test("a member that stands twice far into a text is refused where it stands")
  func twice() {
    let text = "[" + Self.objects(0..<100) + ",\n" + Self.object(100, ",\"open\":\"1\"") + "]"
    let source = source(text.bytes, blockSize: 512)
    let error = failure { _ = try BarReader.read([source]) }
    #expect(error?.line == 2 && error.map { "\($0)".contains("stands twice") } == true)
  }

  @Test("numbers of parallel arrays are the same with spaces and without, and so are their faults")
  func numbers() {
    func text(_ separator: String, _ close: String) -> String {
      let values = (0..<60).map { $0 == 41 ? close : $0 % 7 == 0 ? "10\($0).5" : "\(100 + $0)" }
      func column(_ name: String, _ value: (Int) -> String) -> String {
        "\"\(name)\":[" + (0..<60).map(value).joined(separator: separator) + "]"
      }
      return "{" + column("ts") { "\(1_770_969_600 + 3_600 * $0)" } + "," + column("open") { values[$0] }
        + ","
        + column("high") { _ in "99999" } + "," + column("low") { _ in "1e-3" } + ","
        + column("close") { values[$0] } + "," + column("volume") { "\($0)" } + "}"
    }
    // A number; none; two; signs that no number has; another value; a comma too many or too few.
    for close in [
      "7", "-7", "0.25", "", ",", "1 2", "1/2", "1;2", "[1]", "\"5\"", "1e2", "null", "1:2", "+1", "tru",
    ] {
      let (tight, wide) = (text(",", close), text(", ", close))
      func outcome(_ text: String) -> [Substring] {
        readings(text.bytes, blockSize: nil).map {
          $0.hasPrefix("Reading") ? $0[...] : $0.prefix { $0 != "," }
        }
      }
      #expect(outcome(tight) == outcome(wide), "\(close)")
      for size in [64, 257] {
        #expect(readings(tight.bytes, blockSize: size) == readings(tight.bytes, blockSize: nil))
      }
    }
  }

  @Test("a dictionary of rows is refused for its names, whatever the size of a block")
  func dictionary() {
    let text = "{" + Self.hours.map { "\"n\($0)\":" + Self.object($0) }.joined(separator: ",") + "}"
    let whole = readings(text.bytes, blockSize: nil)
    #expect(whole[0].contains("\"key\" is \"n1\""))
    for size in [64, 1_000] { #expect(readings(text.bytes, blockSize: size) == whole) }
  }

  @Test("what stands around a list that is no longer at hand is named where it stands")
  func around() {
    let rows = Self.hours.map { "{\"fundingRate\":\"0.000\(1 + $0 % 5)\"}" }.joined(separator: ",")
    let source = source("{\"list\":[\(rows)],\n \"time\":\"noon\"}".bytes, blockSize: 256)
    let error = failure { _ = try FundingReader.read([source]) }
    #expect(error?.line == 2 && error?.column == 10)
  }

  @Test("a text that is another one when its rows are read is refused")
  func changed() {
    let texts = [Self.arrays(0..<120), Self.arrays(0..<121)]
    var opened = 0
    var source = MarketSource(name: "f") {
      var rest: [UInt8]? = texts[min(opened, 1)].bytes
      opened += 1
      return {
        defer { rest = nil }
        return rest
      }
    }
    source.blockSize = 512
    #expect(failure { _ = try BarReader.read([source]) }.map { "\($0)".contains("has changed") } == true)
  }
}
