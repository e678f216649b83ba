import MarketData
import TestSupport
import Testing

/// Files that are sound in themselves and are not what they are taken for.
@Suite("Files that contradict what they are taken for")
struct ContradictionTests {
  private static let start: Int64 = 1_767_225_600

  /// Hourly bars whose prices move, with these volumes.
  private func hours(_ count: Int, volume: (Int) -> Double = { 10 + Double($0 % 7) }) -> [String] {
    (0..<count).map { i in
      let close = 100 + Double(i % 11)
      return "\(Self.start + 3_600 * Int64(i)),\(close),\(close + 2),\(close - 2),\(close + 1),\(volume(i))"
    }
  }

  private func read(
    _ lines: [String], header: String = "ts,open,high,low,close,volume_base"
  ) throws -> Reading<BarSeries> {
    try BarReader.read(([header] + lines).joined(separator: "\n").bytes, named: "b.csv")
  }

  private func says(_ text: String, _ body: () throws -> Void) -> Bool {
    failure(body).map { "\($0)".contains(text) } ?? false
  }

  @Test(
    "bars that repeat the last one are left out from the second on, so that the series is as old as it is")
  func repeated() throws {
    var lines = hours(60)
    let last = lines[59].split(separator: ",", maxSplits: 1)[1]
    for i in 60..<90 { lines.append("\(Self.start + 3_600 * Int64(i)),\(last)") }
    let reading = try read(lines)
    #expect(reading.series.bars.count == 60 && reading.quality[.repeatedBar].count == 30)
    #expect(reading.quality[.repeatedBar].firstLine == 62)
    // Two alike may be chance.
    let twice = try read(hours(60) + ["\(Self.start + 3_600 * 60),\(last)"])
    #expect(twice.series.bars.count == 61 && twice.quality[.repeatedBar].count == 0)
  }

  @Test(
    "flat bars without volume before the first trade and after the last are no bars; in a thin market they are"
  )
  func fillers() throws {
    func flat(_ i: Int) -> String { "\(Self.start + 3_600 * Int64(i)),100,100,100,100,0" }
    let lines = hours(100)
    let reading = try read((0..<30).map(flat) + lines[30..<80] + (80..<100).map(flat))
    #expect(reading.series.bars.count == 50 && reading.quality[.filler].count == 50)
    #expect(reading.quality[.filler].firstLine == 2)
    // Eleven might be a quiet night.
    let night = try read(lines[..<89] + (89..<100).map(flat))
    #expect(night.quality[.filler].count == 0 && night.series.bars.count == 100)
    let thin = try read((0..<100).map { $0 % 3 == 0 && $0 < 80 ? lines[$0] : flat($0) })
    #expect(thin.quality[.filler].count == 0 && thin.series.bars.count == 100)
  }

  @Test("volumes that are suddenly of another size are reported where they change, a busy day is not")
  func volumeJumps() throws {
    let reading = try read(hours(400) { ($0 < 230 ? 1 : 1_000) * (10 + Double($0 % 7)) })
    #expect(reading.quality[.volumeJump].count == 1 && reading.quality[.volumeJump].firstLine == 232)
    let busy = try read(hours(400) { (200..<224).contains($0) ? 1_000 : 10 })
    #expect(busy.quality[.volumeJump].count == 0)
  }

  @Test("one volume that names a currency of account counts that")
  func namedVolumes() throws {
    for name in ["Volume USDT", "Volume (USD)", "volume_usdc"] {
      let reading = try read(hours(40) { _ in 20_000 }, header: "ts,open,high,low,close,\(name)")
      let bar = try #require(reading.series.bars.first)
      #expect(bar.quoteVolume == 20_000 && bar.baseVolume < 210, "\(name)")
    }
    let coins = try read(hours(40) { _ in 20_000 }, header: "ts,open,high,low,close,Volume BTC")
    #expect(coins.series.bars.first?.baseVolume == 20_000)
  }

  @Test("two columns of one name are not chosen from")
  func twins() {
    let header = "ts,open,high,low,close,volume,close"
    #expect(says("two columns named") { _ = try read(hours(40).map { $0 + ",1" }, header: header) })
  }

  @Test("times that are not before the ends beside them are ends themselves")
  func ends() throws {
    let lines = hours(40).map { line in
      let parts = line.split(separator: ",", maxSplits: 1)
      let end = (Int64(parts[0]) ?? 0) + 3_600
      return "\(end),\(parts[1]),\(end - 3_599),\(end - 1)"
    }
    let reading = try read(lines, header: "timestamp,open,high,low,close,volume,openTimestamp,closeTimestamp")
    #expect(reading.series.bars.first?.openTime == Self.start)
    let opened = hours(40).map { "\($0),\((Int64($0.prefix(10)) ?? 0) + 3_599)" }
    let plain = try read(opened, header: "time,open,high,low,close,volume,close_time")
    #expect(plain.series.bars.first?.openTime == Self.start)
  }

  @Test("comments between rows are passed over and counted")
  func comments() throws {
    let lines = hours(40)
    let reading = try read(lines[..<20] + ["# of another file"] + lines[20...] + ["# the end"])
    #expect(reading.series.bars.count == 40 && reading.quality[.header].count == 2)
  }

  @Test("shares of accounts, ratios in percent and contracts of BitMEX are no open interest")
  func openInterest() throws {
    let shares = "time,long,short\n1767225600,0.6,0.4\n1767229200,0.55,0.45\n"
    #expect(says("shares") { _ = try OpenInterestReader.read(shares.bytes, named: "o.csv") })
    let percent = """
      create_time,symbol,sum_open_interest,sum_open_interest_value,count_long_short_ratio
      2026-01-01 00:00:00,BTCUSDT,10,1000,150
      2026-01-01 01:00:00,BTCUSDT,10,1000,1.5

      """
    let reading = try OpenInterestReader.read(percent.bytes, named: "o.csv")
    #expect(reading.series.map(\.hasSides) == [false, true])
    #expect(reading.quality[.placeholder].reason.contains("percent"))
    let bitmex = #"[{"symbol": "XBTUSDT", "openInterest": 5000000, "timestamp": "2026-01-01T00:00:00Z"}]"#
    #expect(
      says("openInterestUnit") { _ = try OpenInterestReader.read(bitmex.bytes, named: "o.json") })
  }

  @Test(
    "changes of books are no books",
    arguments: [
      #"{"e": "depthUpdate", "E": 1767225600000, "s": "BTCUSDT", "b": [["99", "1"]], "a": [["101", "1"]]}"#,
      #"{"topic": "o", "type": "delta", "ts": 1767225600000, "data": {"s": "B", "b": [["99", "1"]], "a": [["101", "1"]]}}"#,
      #"{"action": "update", "data": [{"asks": [["101", "1"]], "bids": [["99", "1"]], "ts": "1767225600000"}]}"#,
    ])
  func changes(_ text: String) throws {
    #expect(says("changes of an order book") { _ = try OrderBookReader.read(text.bytes, named: "k.json") })
    let whole = text.replacing(#""delta""#, with: #""snapshot""#).replacing(
      #""update""#, with: #""snapshot""#
    )
    .replacing(#""e": "depthUpdate", "#, with: "")
    #expect(try OrderBookReader.read(whole.bytes, named: "k.json").series.count == 1)
  }

  @Test(
    "months by name, hours alone and numpy's powers of ten are instants, and what has lost its hour is none",
    arguments: [
      "13-Feb-2026 08:00:00", "13 Feb 2026 08:00", "\"Feb 13, 2026 08:00 AM\"",
      "\"Fri, 13 Feb 2026 08:00:00 GMT\"",
      "\"February 13, 2026 8:00\"", "2026-02-13 08", "2026-02-13T08", "1.770969600000000000e+09",
      "1.770969600e+12",
    ])
  func instants(_ text: String) throws {
    let rows = "time,open,high,low,close,volume\n\(text),1,2,1,2,5\n"
    let reading = try BarReader.read(rows.bytes, named: "b.csv", interval: 3_600)
    #expect(reading.series.bars.map(\.openTime) == [1_770_969_600])
    for other in [
      "1.77097E+09", "13-Foo-2026 08:00", "Feb 30, 2026", "13-Feb-26 08:00", "Feb", "13-Feb-2026 08:00 EST",
    ] {
      let rows = "time,open,high,low,close,volume\n\"\(other)\",1,2,1,2,5\n"
      #expect(
        failure { _ = try BarReader.read(rows.bytes, named: "b.csv", interval: 3_600) } != nil, "\(other)")
    }
  }

  @Test(
    "volatilities in percent, or fractions where percent are usual, are told by the prices beside them",
    arguments: [1.0, 100, 0.01])
  func volatilities(_ factor: Double) throws {
    var lines = ["ts,expiry,strike,kind,forward,bid,ask,mark,mark_iv,open_interest"]
    for strike in stride(from: 92.0, through: 108, by: 2) {
      for kind in ["call", "put"] {
        // 0.4·F·σ·√T at the money, for a volatility of 0.5 and a month, and less beside it.
        let inside = max(0, kind == "call" ? 100 - strike : strike - 100)
        let mark = inside + 5.7 - 0.45 * abs(strike - 100)
        lines.append("1767225600,1769817600,\(strike),\(kind),100,,,\(mark),\(0.5 * factor),1")
      }
    }
    let reading = try OptionChainReader.read((lines.joined(separator: "\n") + "\n").bytes, named: "o.csv")
    let quotes = try #require(reading.series.first).quotes
    #expect(quotes.allSatisfy { abs(($0.markVolatility ?? 0) - 0.5) < 1e-9 })
    #expect(reading.quality.units.contains { $0.amount == "volatility" } == (factor != 1))
  }

  @Test("Binance's ticker of options covers a day and is of its end, and says the same as the plain chain")
  func binanceOptions() throws {
    var (rows, plain) = ([String](), ["ts,expiry,strike,kind,forward,bid,ask,mark,mark_iv"])
    for strike in [90_000, 95_000] {
      for (letter, kind) in [("C", "call"), ("P", "put")] {
        rows.append(
          #"{"symbol": "BTC-260327-\#(strike)-\#(letter)", "bidPrice": "2000", "askPrice": "2100", "markPrice": "2050","#
            + #" "markIV": "0.5", "openTime": 1767225600000, "closeTime": 1767312000000, "#
            + #""strikePrice": "\#(strike)", "exercisePrice": "93000"}"#)
        plain.append("1767312000,2026-03-27T08:00:00Z,\(strike),\(kind),93000,2000,2100,2050,0.5")
      }
    }
    let read = try OptionChainReader.read("[\(rows.joined(separator: ","))]".bytes, named: "o.json").series
    #expect(read.map(\.time) == [1_767_312_000])
    #expect(
      try read == OptionChainReader.read((plain.joined(separator: "\n") + "\n").bytes, named: "o.csv").series)
  }

  @Test("a pointer of Git LFS and UTF-16 without a mark are named")
  func forms() {
    let pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12\n"
    #expect(says("Git LFS") { _ = try BarReader.read(pointer.bytes, named: "b.csv") })
    let wide: [UInt8] = Array("ts,open\n1,2\n".utf8).flatMap { [$0, 0] as [UInt8] }
    #expect(says("UTF-16") { _ = try BarReader.read(wide, named: "b.csv") })
  }

  /// Prices that go up and down without a pattern.
  private static func walk(_ count: Int) -> [Double] {
    var random = SplitMix64(seed: 3)
    var price = 100.0
    return (0..<count).map { _ in
      price *= 1 + 0.01 * (Double(random.next() % 2_001) / 1_000 - 1)
      return price
    }
  }

  @Test("Heikin-Ashi bars are found, bars of a market are none")
  func smoothed() throws {
    let closes = Self.walk(200)
    var (plain, smooth) = ([String](), [String]())
    var (open, last) = (100.0, 100.0)
    for (i, close) in closes.enumerated() {
      let (high, low) = (max(last, close) + 0.3, min(last, close) - 0.3)
      let middle = (last + high + low + close) / 4
      let time = Self.start + 3_600 * Int64(i)
      plain.append("\(time),\(last),\(high),\(low),\(close),\(5 + i % 3)")
      smooth.append(
        "\(time),\(open),\(max(high, open, middle)),\(min(low, open, middle)),\(middle),\(5 + i % 3)")
      open = (open + middle) / 2
      last = close
    }
    #expect(try read(plain).quality[.smoothed].count == 0)
    let quality = try read(smooth).quality
    #expect(
      quality[.smoothed].count > 100
        && quality.findings.contains { $0.code == "smoothed" && $0.level == .severe })
  }

  @Test("volumes that run on since midnight are found, volumes that go up and down are none")
  func running() throws {
    func volumes(_ volume: (Int) -> Double) throws -> Int {
      try read(hours(96, volume: volume)).quality[.runningVolume].count
    }
    #expect(try volumes { Double(($0 % 24 + 1) * 10 + $0 % 3) } > 80)
    #expect(try volumes { 10 + Double($0 % 7) } == 0)
    #expect(try volumes { _ in 5 } == 0)
  }

  @Test("a source that says one price again and again after it moved is found, a stable coin is not")
  func repeatedPrices() throws {
    func repeated(_ price: (Int) -> Double) throws -> Int {
      let rows = (0..<200).map { "a,\(Self.start + 60 * Int64($0)),\(price($0))" }
      return try PriceReader.read(
        (["source,ts,price"] + rows).joined(separator: "\n").bytes, named: "p.csv"
      ).quality[.repeatedPrice].count
    }
    let walk = Self.walk(200)
    #expect(try repeated { walk[min($0, 100)] } == 99)
    #expect(try repeated { walk[$0] } == 0)
    #expect(try repeated { _ in 1 } == 0)
    // Half an hour is no time.
    #expect(try repeated { walk[min($0, 170)] } == 0)
  }

  @Test("books whose sizes are sums are found, books with more behind in places are none")
  func cumulative() throws {
    func books(_ size: (Int) -> Double) throws -> Int {
      var rows = ["ts,side,price,size"]
      for level in 0..<12 {
        rows.append("\(Self.start),bid,\(100 - level),\(size(level))")
        rows.append("\(Self.start),ask,\(101 + level),\(size(level))")
      }
      return try OrderBookReader.read(rows.joined(separator: "\n").bytes, named: "k.csv").quality[
        .cumulativeBook
      ].count
    }
    #expect(try books { Double($0 + 1) } == 1)
    #expect(try books { Double($0 + 1 - 3 * ($0 % 4)) + 10 } == 0)
    #expect(try books { _ in 2 } == 0)
  }
}
