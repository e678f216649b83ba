import MarketData
import TestSupport
import Testing

@Suite("Files of a series")
struct SeriesSourceTests {
  private static func file(_ name: String, _ lines: String...) -> MarketSource {
    MarketSource(
      name: name, bytes: (["ts,open,high,low,close,volume_base"] + lines).joined(separator: "\n").bytes)
  }

  private static func hours(_ range: Range<Int>) -> [String] {
    range.map { "\(1_770_969_600 + 3_600 * $0),10,12,9,11,\(5 + $0 % 3)" }
  }

  private static let whole = ("ts,open,high,low,close,volume_base\n" + hours(0..<40).joined(separator: "\n"))
    .bytes

  @Test("a row at fault in the second file is named by that file and its line there")
  func places() throws {
    let first = MarketSource(name: "a.csv", bytes: Self.whole)
    let second = Self.file(
      "b.csv", "1771113600,10,12,9,11,5", "1771117200,10,8,9,11,5", "1771120800,10,12,9,11,6")
    let quality = try BarReader.read([first, second]).quality
    #expect(quality.bad.count == 1 && quality.place(of: quality.bad.firstLine) == ("b.csv", 3))
    let finding = try #require(quality.findings.first { $0.code == "bad" })
    #expect(finding.file == "b.csv" && finding.line == 3 && finding.text.contains("in line 3 of b.csv"))
    // A series in one file needs no name.
    #expect(try BarReader.read([first]).quality.place(of: 7) == (nil, 7))
    let error = failure { _ = try BarReader.read([first, Self.file("c.csv", "x,1,1,1,1,1")]) }
    #expect(error?.file == "c.csv" && error?.line == 2)
  }

  @Test("a bar in progress at the end of one file gives way to the whole bar in the next, and is noted")
  func progress() throws {
    let first = MarketSource(
      name: "a.csv", bytes: Self.whole + "\n1771113600,10,10.5,9.9,10.2,1".bytes)
    let second = Self.file("b.csv", "1771113600,10,12,9,11,5", "1771117200,11,12,9,11,5")
    for files in [[first, second], [second, first]] {
      let reading = try BarReader.read(files)
      #expect(reading.series.bars.count == 42 && reading.series.bars[40].high == 12)
      let finding = try #require(reading.quality.findings.first { $0.code == "conflict" })
      #expect(finding.file == "a.csv" && finding.line == 42 && finding.level == .warning)
    }
  }

  @Test(
    "rows of which a tenth have the time of another and other numbers are refused; equal ones are duplicates")
  func conflicts() throws {
    let days = (0..<240).map { "2026-02-\(10 + $0 / 24),\(10 + $0 % 24),\(12 + $0 % 24),9,\(11 + $0 % 24),5" }
    let error = failure {
      _ = try BarReader.read(
        (["date,open,high,low,close,volume"] + days).joined(separator: "\n").bytes, named: "f")
    }
    #expect(
      error?.line == 2 && error?.description.contains("lack the hour") == true, "\(String(describing: error))"
    )
    let twice = try BarReader.read([
      MarketSource(name: "a", bytes: Self.whole), MarketSource(name: "b", bytes: Self.whole),
    ])
    #expect(twice.series.bars.count == 40 && twice.quality.duplicates.count == 40)
  }

  @Test("a file that comes in blocks of any size is the file that comes whole", arguments: [1, 7, 64, 1_000])
  func blocks(_ size: Int) throws {
    func blocks(_ bytes: [UInt8]) -> MarketSource {
      MarketSource(name: "f") {
        var rest = bytes[...]
        return {
          let block = rest.prefix(size)
          rest = rest.dropFirst(block.count)
          return block.isEmpty ? nil : Array(block)
        }
      }
    }
    let plain = try BarReader.read(Self.whole, named: "f")
    let parts = try BarReader.read([blocks(Self.whole)])
    #expect(parts.series == plain.series && parts.quality == plain.quality)
    let json = ("[" + Self.hours(0..<40).map { "[\($0)]" }.joined(separator: ",") + "]").bytes
    #expect(try BarReader.read([blocks(json)]).series == plain.series)
  }

  @Test("a file of many blocks is read to its end, and its last lines have their numbers")
  func large() throws {
    // Nine megabytes: more than two blocks.
    let count = 260_000
    let lines = (0..<count).map { "\(1_500_000_000 + 60 * $0),10.25,12.5,9.75,11.125,\(5 + $0 % 3)" }
    let text = (["ts,open,high,low,close,volume_base"] + lines + ["1500000000,1,2,3"]).joined(separator: "\n")
    let error = failure { _ = try BarReader.read(text.bytes, named: "f") }
    #expect(
      error == MarketDataError(file: "f", .row(.wrongFieldCount(expected: 6, found: 4)), line: count + 2))
    let reading = try BarReader.read((lines + [""]).joined(separator: "\n").bytes, named: "f")
    #expect(reading.series.bars.count == count && reading.quality.isClean)
    #expect(reading.series.bars.last?.openTime == Int64(1_500_000_000 + 60 * (count - 1)))
  }

  @Test("what all files of a market may have is bounded together, however small each is")
  func budget() throws {
    let listing = """
      {"version": 1, "underlyings": [{"id": "A", "bars": "a.csv"}, {"id": "B", "bars": "b.csv"}],
       "instruments": [], "assets": []}
      """.bytes
    // Each call gives five million short rows, block by block; the second file goes beyond what a market may
    // have.
    func rows() -> () -> [UInt8]? {
      var block = 0
      return {
        defer { block += 1 }
        guard block < 50 else { return nil }
        return (block == 0 ? "ts,open,high,low,close,volume\n" : "").bytes
          + (0..<100_000).flatMap { "\(1_000_000_000 + 60 * (100_000 * block + $0)),1,1,1,1,1\n".bytes }
      }
    }
    let folder = MarketFolder { path in
      guard path != "market.json" else {
        var rest: [UInt8]? = listing
        return {
          defer { rest = nil }
          return rest
        }
      }
      return rows()
    }
    let error = failure { _ = try Market.load(folder) }
    #expect(error?.file == "b.csv" && error?.description.contains("all files of the market") == true)
  }
}

@Suite("Layouts that contradict a first guess")
struct OtherLayoutTests {
  private static let bars = [
    Bar(openTime: 1_770_969_600, open: 10, high: 12, low: 9, close: 11, baseVolume: 2, quoteVolume: 22),
    Bar(openTime: 1_770_973_200, open: 11, high: 13, low: 10, close: 12, baseVolume: 3, quoteVolume: 36),
  ]

  @Test(
    "bars whose day and time stand apart, whose names have units, and whose days begin with the day",
    arguments: [
      "<DATE>\t<TIME>\t<OPEN>\t<HIGH>\t<LOW>\t<CLOSE>\t<TICKVOL>\t<VOL>\n2026.02.13\t08:00:00\t10\t12\t9\t11\t7\t2\n2026.02.13\t09:00:00\t11\t13\t10\t12\t7\t3",
      "2026.02.13,08:00,10,12,9,11,2\n2026.02.13,09:00,11,13,10,12,3",
      "<TICKER>,<PER>,<DATE>,<TIME>,<OPEN>,<HIGH>,<LOW>,<CLOSE>,<VOL>\nBTC,60,20260213,080000,10,12,9,11,2\nBTC,60,20260213,090000,11,13,10,12,3",
      "Date,Hour,Open,High,Low,Close,Volume\n2026-02-13,8,10,12,9,11,2\n2026-02-13,9,11,13,10,12,3",
      "Timestamp (UTC),Open (USD),High (USD),Low (USD),Close (USD),Volume (BTC)\n2026-02-13 08:00,10,12,9,11,2\n2026-02-13 09:00,11,13,10,12,3",
      "open_time_ms,open,high,low,close,volume\n1770969600000,10,12,9,11,2\n1770973200000,11,13,10,12,3",
      "Gmt time,Open,High,Low,Close,Volume\n13.02.2026 08:00:00.000,10,12,9,11,2\n13.02.2026 09:00:00.000,11,13,10,12,3",
      #"{"ts":1770980000123,"status":"ok","data":[{"id":1770973200,"open":11,"close":12,"low":10,"high":13,"amount":3,"vol":36,"count":9},{"id":1770969600,"open":10,"close":11,"low":9,"high":12,"amount":2,"vol":22,"count":7}]}"#,
      #"{"time":1,"data":[{"time":1770969600,"open":10,"high":12,"low":9,"close":11,"volume":2},{"time":1770973200,"open":11,"high":13,"low":10,"close":12,"volume":3}]}"#,
    ])
  func bars(_ text: String) throws {
    #expect(try BarReader.read(text.bytes, named: "f").series.bars == Self.bars)
  }

  @Test("a member that stands twice in a row or around it is refused with its name")
  func twice() {
    for text in [
      #"[{"ts":1770969600,"open":10,"high":12,"low":9,"close":11,"volume":2},{"ts":1770973200,"open":11,"open":5,"high":13,"low":10,"close":12,"volume":3}]"#,
      #"{"symbol":"A","symbol":"B","data":[{"ts":1770969600,"open":10,"high":12,"low":9,"close":11,"volume":2}]}"#,
      #"{"bids":[{"price":"1","price":"2","size":"3"}],"asks":[],"timestamp":1770969600}"#,
    ] {
      let error = failure { _ = try BarReader.read(text.bytes, named: "f") }
      let other = failure { _ = try OrderBookReader.read(text.bytes, named: "f") }
      #expect(
        error?.description.contains("stands twice") == true
          || other?.description.contains("stands twice") == true,
        "\(String(describing: error)) \(String(describing: other))")
    }
  }

  @Test("empty books of a JSON file are counted; a file of nothing else is a venue that is silent")
  func emptyBooks() throws {
    let book = #"{"timestamp":1770969600000,"bids":[[10,2]],"asks":[[11,3]]}"#
    let empty = #"{"timestamp":1770973200000,"bids":[],"asks":[]}"#
    let reading = try OrderBookReader.read("[\(book),\(empty)]".bytes, named: "f")
    #expect(reading.series.count == 1 && reading.quality[.emptyBook].count == 1)
    let silent = try OrderBookReader.read(empty.bytes, named: "f")
    #expect(silent.series.isEmpty && silent.quality[.emptyBook].count == 1)
  }

  @Test("books with a column for each level are books; empty fields are levels that there are not")
  func wideBooks() throws {
    let expected = OrderBook(
      timeMilliseconds: 1_770_969_600_000, bids: [BookLevel(price: 10, sizeUSD: 20)],
      asks: [BookLevel(price: 11, sizeUSD: 33), BookLevel(price: 12, sizeUSD: 12)])
    for text in [
      "exchange,symbol,timestamp,local_timestamp,asks[0].price,asks[0].amount,bids[0].price,bids[0].amount,asks[1].price,asks[1].amount,bids[1].price,bids[1].amount\nx,BTCUSDT,1770969600000000,1770969600000009,11,3,10,2,12,1,,",
      "ts,bid_price_1,bid_qty_1,ask_price_1,ask_qty_1,ask_price_2,ask_qty_2\n1770969600,10,2,11,3,12,1",
    ] {
      #expect(try OrderBookReader.read(text.bytes, named: "f").series == [expected])
    }
  }

  @Test(
    "open interest of sources that state one number counts what they count",
    arguments: [
      (#"[{"instId":"BTC-USDT-SWAP","oi":"500","oiCcy":"5","ts":"1770969600000"}]"#, 50.0),
      (#"[{"ticker":"BTC-USD","oraclePrice":"9","openInterest":"5","ts":1770969600000}]"#, 50.0),
      (#"{"result":{"symbol":"BTCUSDT","list":[{"openInterest":"5","timestamp":"1770969600000"}]}}"#, 50.0),
      (
        #"{"result":{"symbol":"BTCUSD","category":"inverse","list":[{"openInterest":"5","timestamp":"1770969600000"}]}}"#,
        5.0
      ),
      (#"[{"instrument_name":"BTC-PERPETUAL","open_interest":5,"timestamp":1770969600000}]"#, 5.0),
      (#"[{"instrument_name":"BTC_USDC-PERPETUAL","open_interest":5,"timestamp":1770969600000}]"#, 50.0),
      (#"[{"symbol":"XBTUSD","openInterest":5,"openValue":7,"timestamp":"2026-02-13T08:00:00Z"}]"#, 5.0),
      (#"[{"symbol":"PI_XBTUSD","openInterest":5,"time":"2026-02-13T08:00:00Z"}]"#, 5.0),
      (#"[{"symbol":"PF_XBTUSD","openInterest":5,"time":"2026-02-13T08:00:00Z"}]"#, 50.0),
      (
        #"[{"universe":[{"name":"ETH","szDecimals":4},{"name":"BTC","szDecimals":5}]},[{"funding":"0","openInterest":"9","oraclePx":"3"},{"funding":"0","openInterest":"5","oraclePx":"3"}]]"#,
        50.0
      ),
    ])
  func openInterest(_ text: String, _ usd: Double) throws {
    let prices = BarSeries(
      interval: 3_600,
      bars: [
        Bar(openTime: 1_770_966_000, open: 10, high: 10, low: 10, close: 10, baseVolume: 1, quoteVolume: 10)
      ])
    let reading = try OpenInterestReader.read(
      text.bytes, named: "f", of: "BTC", at: 1_770_969_600, prices: prices)
    #expect(reading.series.map(\.longUSD) == [usd] && reading.quality.units.map(\.basis) == [.known])
  }

  @Test("an answer that does not say when it was taken asks for the time, and one of all coins for the coin")
  func undated() {
    let contexts =
      #"[{"universe":[{"name":"BTC","szDecimals":5}]},[{"funding":"0","openInterest":"5","oraclePx":"3"}]]"#
    #expect(
      failure { _ = try OpenInterestReader.read(contexts.bytes, named: "f", of: "BTC") }
        == MarketDataError(file: "f", .undated))
    #expect(failure { _ = try OpenInterestReader.read(contexts.bytes, named: "f", at: 1_770_969_600) } != nil)
  }

  @Test("margins that grow in a line are steps that ask at their ends what it asks")
  func line() throws {
    let table = "symbol,initial margin,maintenance margin,increase factor,price\nBTC,2%,1%,0.005%,100000"
    let margin = try #require(VenueMarginReader.deribitTable(table.bytes, named: "f").first)
    #expect(margin.step == 40 && margin.price == 100_000)
    for coins in [40.0, 80, 200] {
      #expect(abs(margin.initialRate(size: coins) - (0.02 + 0.00005 * coins)) < 1e-12)
      #expect(abs(margin.maintenanceRate(size: coins) - (0.01 + 0.00005 * coins)) < 1e-12)
    }
    #expect(margin.initialRate(size: 41) > 0.02 + 0.00005 * 41)
    for bad in ["BTC,1%,2%,0,1", "BTC,2%,1%,-1%,1", "BTC,2%,1%,0,0", "BTC,x%,1%,0,1"] {
      let text = "symbol,initial margin,maintenance margin,increase factor,price\n\(bad)"
      #expect(failure { _ = try VenueMarginReader.deribitTable(text.bytes, named: "f") }?.line == 2, "\(bad)")
    }
  }

  @Test("Hyperliquid's tables are brackets by coin; a coin without a table has one")
  func tables() throws {
    let meta =
      #"{"universe":[{"name":"BTC","szDecimals":5,"maxLeverage":40,"marginTableId":56},{"name":"X","szDecimals":1,"maxLeverage":5,"marginTableId":5}],"marginTables":[[56,{"description":"tiered","marginTiers":[{"lowerBound":"0.0","maxLeverage":40},{"lowerBound":"150000000.0","maxLeverage":20}]}]]}"#
    for text in [meta, "[\(meta),[]]"] {
      let margins = try VenueMarginReader.hyperliquidTables(text.bytes, named: "f")
      #expect(margins.map(\.symbol) == ["BTC", "X"])
      #expect(
        margins[0].brackets.map(\.initialRate) == [0.025, 0.05] && margins[0].brackets[0].cap == 150_000_000)
      #expect(margins[1].brackets.map(\.maintenanceRate) == [0.1])
    }
    let wrong = meta.replacing("\"maxLeverage\":20", with: "\"maxLeverage\":50")
    #expect(failure { _ = try VenueMarginReader.hyperliquidTables(wrong.bytes, named: "f") } != nil)
  }
}
