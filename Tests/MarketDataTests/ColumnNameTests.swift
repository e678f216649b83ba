import MarketData
import TestSupport
import Testing

@Suite("Names, separators and headers")
struct ColumnNameTests {
  private static let rows = [
    "1767225600;95000.0;95152.2;94548.0;94942.6;624.038",
    "1767229200;94942.6;95184.5;94576.6;94790.4;954.023",
    "1767232800;94790.4;94859.0;94284.5;94581.3;1633.194",
  ]

  private static func read(_ header: String, separator: String = ",") throws -> Reading<BarSeries> {
    let lines = ([header] + rows.map { $0.replacing(";", with: separator) }).joined(separator: "\n")
    return try BarReader.read(lines.bytes, named: "f")
  }

  private static func plain() throws -> BarSeries { try read("ts,open,high,low,close,volume_base").series }

  @Test(
    "columns are the same whatever their case, spaces, underscores and usual name",
    arguments: [
      "date,open,high,low,close,volume", "time,open,high,low,close,Volume",
      "openTime,open,high,low,close,volume",
      "Open Time,Open,High,Low,Close,Volume", "OPEN_TIME,OPEN,HIGH,LOW,CLOSE,VOLUME",
      "timestamp,openPrice,highPrice,lowPrice,closePrice,baseVolume", "datetime,o,h,l,c,v",
      "startedAt,open,high,low,close,baseTokenVolume",
      "\"Unix Timestamp\",\"Open\",\"High\",\"Low\",\"Close\",\"Vol\"",
      "<DATE>,<OPEN>,<HIGH>,<LOW>,<CLOSE>,<VOL>",
      "start-time,price_open,price_high,price_low,price_close,volume",
    ])
  func synonyms(_ header: String) throws {
    #expect(try Self.read(header).series == Self.plain())
  }

  @Test(
    "the separator is that of the header, and spaces around fields mean nothing",
    arguments: [",", ";", "\t", "|", " ", ", ", " ; ", "   "])
  func separators(_ separator: String) throws {
    let header = ["timestamp", "open", "high", "low", "close", "volume"].joined(separator: separator)
    #expect(try Self.read(header, separator: separator).series == Self.plain())
    // Without a header too.
    let lines = Self.rows.map { $0.replacing(";", with: separator) }.joined(separator: "\r\n")
    #expect(try BarReader.read(lines.bytes, named: "f").series == Self.plain())
  }

  @Test("a comma where a decimal point should be is explained")
  func decimalComma() {
    let text = "ts;open;high;low;close;volume\n1767225600;95000,5;95152;94548;94942;6\n"
    let error = failure { _ = try BarReader.read(text.bytes, named: "f") }
    #expect(error?.line == 2)
    #expect(error?.description.contains("with a point before decimals") == true)
  }

  @Test(
    "the error names the part that was not found, and what is known",
    arguments: [
      ("ts,open,high,low,close\n1,1,1,1,1\n", ["volume"]),
      ("ts,open,high,close,volume\n1,1,1,1,1\n", ["low"]),
      ("a,b\n1,2\n", ["time", "open", "high", "low", "close"]),
      ("open,high,low,close,volume\n1,1,1,1,1\n", ["time"]),
    ])
  func missing(_ text: String, _ parts: [String]) {
    let error = failure { _ = try BarReader.read(text.bytes, named: "f") }
    #expect(missingParts { _ = try BarReader.read(text.bytes, named: "f") } == parts)
    #expect(error?.description.contains("known of bars: ") == true)
    #expect(error?.description.contains("no column of \(parts[0])") == true)
  }

  @Test("every reader takes the same names of time, and its own synonyms")
  func everyReader() throws {
    for time in ["ts", "timestamp", "time", "Datetime", "date", "open_time", "unix"] {
      let funding = "\(time),symbol,fundingRate\n28800,B,0.1\n57600,B,0.2\n"
      #expect(
        try FundingReader.read(funding.bytes, named: "f").series.map(\.ratePerEightHours) == [0.1, 0.2])
      let book = "exchange,symbol,\(time),side,price,amount\nv,B,28800,buy,1,2\nv,B,28800,sell,3,4\n"
      let books = try OrderBookReader.read(book.bytes, named: "f").series
      #expect(books.map { $0.bids.count + $0.asks.count } == [2])
      let prices = "venue;\(time);price\nx;28800;5\n"
      #expect(try PriceReader.read(prices.bytes, named: "f").series.map(\.price) == [5])
      let interest = "\(time)\tlong_usd\tshort_usd\n28800\t5\t6\n"
      #expect(try OpenInterestReader.read(interest.bytes, named: "f").series.map(\.longUSD) == [5])
    }
  }

  @Test(
    "titles before the header are passed over: an address with or without a scheme, words, comments",
    arguments: [
      "https://www.CryptoDataDownload.com", "www.CryptoDataDownload.com", "Data by nobody",
      "# made by hand, with care",
      "Bars of BTC\nin hours", "\"A title, with a comma\"",
    ])
  func titles(_ title: String) throws {
    #expect(try Self.read(title + "\nts,open,high,low,close,volume_base").series == Self.plain())
  }

  @Test("a header again in the middle is not a row, and counted; another header there is an error")
  func headerAgain() throws {
    let header = "ts,open,high,low,close,volume_base"
    let lines = Self.rows.map { $0.replacing(";", with: ",") }
    let twice = [header, lines[0], "TS, Open,high,low,close,Volume_Base", lines[1], lines[2]]
    let reading = try BarReader.read(twice.joined(separator: "\n").bytes, named: "f")
    #expect(reading.series == (try Self.plain()))
    #expect(reading.quality[.header].count == 1 && reading.quality[.header].firstLine == 3)
    // The older part has no header, the newer has one.
    let later = [lines[0], "open_time,open,high,low,close,volume", lines[1], lines[2]]
    let mixed = try BarReader.read(later.joined(separator: "\n").bytes, named: "f")
    #expect(mixed.series == (try Self.plain()) && mixed.quality[.header].firstLine == 2)
    // Titles of files that were put together.
    let titled = ["www.x.com", header, lines[0], "www.x.com", header, lines[1], lines[2]]
    #expect(try BarReader.read(titled.joined(separator: "\n").bytes, named: "f").series == Self.plain())
    let swapped = [header, lines[0], "ts,high,open,low,close,volume_base", lines[1]]
    #expect(failure { _ = try BarReader.read(swapped.joined(separator: "\n").bytes, named: "f") }?.line == 3)
  }

  @Test(
    "of two volumes named by currencies, the base is that with which the symbol begins",
    arguments: [
      ("BTC/USD", "Volume BTC,Volume USD", 3.0), ("BTCUSD", "Volume USD,Volume BTC", 600.0),
      ("USDC/USD", "Volume USDC,Volume USD", 3.0), ("USDC/USD", "Volume USD,Volume USDC", 600.0),
      ("ETHBTC", "Volume ETH,Volume BTC", 3.0), ("EURUSD", "Volume EUR,Volume USD", 3.0),
    ])
  func currencies(_ symbol: String, _ names: String, _ base: Double) throws {
    let text = """
      Unix,Date,Symbol,Open,High,Low,Close,\(names),tradecount
      1772406000000,2026-03-01 23:00:00,\(symbol),200,200,200,200,\(base),\(603 - base),10
      1772402400000,2026-03-01 22:00:00,\(symbol),200,200,200,200,\(base),\(603 - base),10
      """
    let bars = try BarReader.read(text.bytes, named: "f").series.bars
    #expect(bars.map(\.baseVolume) == [3, 3] && bars.map(\.quoteVolume) == [600, 600])
  }

  @Test("rows of two instruments are not taken for duplicates of each other")
  func twoSymbols() {
    let bars = "ts,symbol,open,high,low,close,volume\n60,A,1,1,1,1,1\n60,B,2,2,2,2,2\n120,A,1,1,1,1,1\n"
    let funding = "ts,symbol,funding_rate\n28800,A,0.1\n28800,B,0.2\n"
    #expect(failure { _ = try BarReader.read(bars.bytes, named: "f") }?.line == 3)
    #expect(failure { _ = try FundingReader.read(funding.bytes, named: "f") }?.line == 3)
    // One instrument written in two ways is one.
    let same = "ts,symbol,funding_rate\n28800,BTC/USDT,0.1\n57600,BTCUSDT,0.2\n"
    #expect(throws: Never.self) { try FundingReader.read(same.bytes, named: "f") }
  }

  @Test(
    "columns that contradict a layout refuse it: trades and changes are not books, readings are not payments",
    arguments: [
      "exchange,symbol,timestamp,local_timestamp,id,side,price,amount\nx,B,1772388000145000,1772388000145001,7,buy,1,2\n",
      "exchange,symbol,timestamp,local_timestamp,is_snapshot,side,price,amount\nx,B,1772388000145000,1,true,bid,1,2\n",
      "timestamp,symbol,side,size,price,tickDirection,trdMatchID\n1772388000,B,Buy,1,2,PlusTick,x\n",
    ])
  func trades(_ text: String) {
    guard case .contradiction = failure({ _ = try OrderBookReader.read(text.bytes, named: "f") })?.problem
    else {
      Issue.record("\(text) was read as a book")
      return
    }
  }

  @Test("a ticker has one payment at each time of funding, the last rate read before it")
  func ticker() throws {
    let header =
      "exchange,symbol,timestamp,local_timestamp,funding_timestamp,funding_rate,predicted_funding_rate,open_interest,last_price"
    var lines = [header]
    let payments: [Int64] = [1_772_409_600, 1_772_438_400, 1_772_467_200]
    for (k, payment) in payments.enumerated() {
      for minute in stride(from: Int64(479), through: 1, by: -1) {
        let rate = minute == 1 ? "0.000\(k + 1)" : "0.0009"
        let micros = (payment - 60 * minute) * 1_000_000 + 145_000
        lines.append("bitmex,XBTUSD,\(micros),\(micros),\(payment * 1_000_000),\(rate),0.5,1,1")
      }
    }
    let reading = try FundingReader.read(lines.joined(separator: "\n").bytes, named: "f")
    #expect(reading.series.map(\.time) == payments)
    #expect(reading.series.map(\.ratePerEightHours) == [0.0001, 0.0002, 0.0003])
    // A ticker cut off hours before a payment does not say what was paid.
    let cut = try FundingReader.read(lines.prefix(1_100).joined(separator: "\n").bytes, named: "f")
    #expect(cut.series.map(\.time) == Array(payments.prefix(2)) && cut.quality[.unfinished].count == 1)
    // Rates a minute apart without such a column are not payments.
    let readings = (["ts,funding_rate"] + (0..<100).map { "\(1_772_388_000 + 60 * $0),0.0001" }).joined(
      separator: "\n")
    #expect(failure { _ = try FundingReader.read(readings.bytes, named: "f") } != nil)
    let next =
      "timestamp,fundingRate,nextFundingTime\n1772388000,0.0001,1772409600\n1772391600,0.0001,1772409600\n"
    #expect(failure { _ = try FundingReader.read(next.bytes, named: "f") } != nil)
  }
}

@Suite("Bars without a header")
struct HeaderlessBarTests {
  private static let bars: [Bar] = {
    var random = SplitMix64(seed: 11)
    return (0..<50).map { i in
      let open = Double(10_000 + Int.random(in: 0..<900, using: &random))
      let close = Double(10_000 + Int.random(in: 0..<900, using: &random))
      let high = max(open, close) + Double(Int.random(in: 1..<50, using: &random))
      let low = min(open, close) - Double(Int.random(in: 1..<50, using: &random))
      let volume = Double(Int.random(in: 1..<90, using: &random)) / 4
      return Bar(
        openTime: 1_767_225_600 + 3_600 * Int64(i), open: open, high: high, low: low, close: close,
        baseVolume: volume,
        quoteVolume: volume * (low + high) / 2)
    }
  }()

  typealias Row = @Sendable (Bar) -> [String]

  private static let orders: [(name: String, hasQuote: Bool, row: Row)] = [
    (
      "ccxt", false,
      { ["\($0.openTime)000", "\($0.open)", "\($0.high)", "\($0.low)", "\($0.close)", "\($0.baseVolume)"] }
    ),
    (
      "Coinbase", false,
      { ["\($0.openTime)", "\($0.low)", "\($0.high)", "\($0.open)", "\($0.close)", "\($0.baseVolume)"] }
    ),
    (
      "Bitfinex", false,
      { ["\($0.openTime)000", "\($0.open)", "\($0.close)", "\($0.high)", "\($0.low)", "\($0.baseVolume)"] }
    ),
    (
      "Kraken history", false,
      {
        ["\($0.openTime)", "\($0.open)", "\($0.high)", "\($0.low)", "\($0.close)", "\($0.baseVolume)", "12"]
      }
    ),
    (
      "Kraken", false,
      {
        [
          "\($0.openTime)", "\($0.open)", "\($0.high)", "\($0.low)", "\($0.close)",
          "\(($0.low + $0.high) / 2)",
          "\($0.baseVolume)", "12",
        ]
      }
    ),
    (
      "Bybit", true,
      {
        [
          "\($0.openTime)000", "\($0.open)", "\($0.high)", "\($0.low)", "\($0.close)", "\($0.baseVolume)",
          "\($0.quoteVolume)",
        ]
      }
    ),
    (
      "KuCoin", true,
      {
        [
          "\($0.openTime)", "\($0.open)", "\($0.close)", "\($0.high)", "\($0.low)", "\($0.baseVolume)",
          "\($0.quoteVolume)",
        ]
      }
    ),
    (
      "Gate", true,
      {
        [
          "\($0.openTime)", "\($0.quoteVolume)", "\($0.close)", "\($0.high)", "\($0.low)", "\($0.open)",
          "\($0.baseVolume)", "true",
        ]
      }
    ),
    (
      "Bitget", true,
      {
        [
          "\($0.openTime)000", "\($0.open)", "\($0.high)", "\($0.low)", "\($0.close)", "\($0.baseVolume)",
          "\($0.quoteVolume)", "\($0.quoteVolume)",
        ]
      }
    ),
    (
      "OKX", true,
      {
        [
          "\($0.openTime)000", "\($0.open)", "\($0.high)", "\($0.low)", "\($0.close)",
          "\($0.baseVolume * 100)",
          "\($0.baseVolume)", "\($0.quoteVolume)", "1",
        ]
      }
    ),
    (
      "OKX spot", true,
      {
        [
          "\($0.openTime)000", "\($0.open)", "\($0.high)", "\($0.low)", "\($0.close)", "\($0.baseVolume)",
          "\($0.quoteVolume)", "\($0.quoteVolume)", "1",
        ]
      }
    ),
    (
      "Binance", true,
      {
        [
          "\($0.openTime)000", "\($0.open)", "\($0.high)", "\($0.low)", "\($0.close)", "\($0.baseVolume)",
          "\($0.openTime + 3_599)999", "\($0.quoteVolume)", "5", "1", "1", "0",
        ]
      }
    ),
  ]

  @Test("each source's order of columns is recognised by what fits, in CSV and as JSON", arguments: 0..<12)
  func orders(_ index: Int) throws {
    let (name, hasQuote, row) = Self.orders[index]
    let rows = Self.bars.map(row)
    let csv = rows.map { $0.joined(separator: ",") }.joined(separator: "\n")
    // Newest first, as most answer.
    let json =
      "[" + rows.reversed().map { "[\"" + $0.joined(separator: "\", \"") + "\"]" }.joined(separator: ",\n")
      + "]"
    let numbers =
      "{\"data\":[" + rows.map { "[" + $0.joined(separator: ",") + "]" }.joined(separator: ",") + "]}"
    for text in [csv, json, numbers] {
      let reading = try BarReader.read(text.bytes, named: name)
      #expect(reading.quality.isClean && reading.series.interval == 3_600, "\(name)")
      let expected = Self.bars.map { bar in
        var bar = bar
        if !hasQuote { bar.quoteVolume = bar.baseVolume * bar.close }
        return bar
      }
      #expect(reading.series.bars == expected, "\(name)")
    }
  }

  @Test("columns that fit no order are refused, with their number and what is known")
  func unknown() {
    for text in [
      "1,2\n3,4\n", "60,5,1,9,5,1\n120,5,1,9,5,1\n", "60,1,1,1,1\n120,1,1,1,1\n", "60,1,2,1,1,1,1,1,1,1\n",
    ] {
      let error = failure { _ = try BarReader.read(text.bytes, named: "f") }
      #expect(error?.description.contains("no header") == true, "\(text)")
    }
    // A column that says whether bars are over is not a volume: these are prices of a mark.
    let mark =
      "["
      + (0..<9).map { "[\"\(1_767_225_600_000 + 3_600_000 * $0)\",\"5\",\"7\",\"4\",\"6\",\"1\"]" }
      .joined(separator: ",") + "]"
    #expect(failure { _ = try BarReader.read(mark.bytes, named: "f") } != nil)
  }

  @Test("a bar that its row says is not over is left out")
  func unfinished() throws {
    let rows = (0..<5).map { i in
      "[\"\(1_767_225_600_000 + 3_600_000 * i)\",\"5\",\"7\",\"4\",\"6\",\"300\",\"3\",\"18\",\"\(i < 4 ? 1 : 0)\"]"
    }
    let reading = try BarReader.read(
      "{\"code\":\"0\",\"data\":[\(rows.joined(separator: ","))]}".bytes, named: "f")
    #expect(reading.series.bars.count == 4 && reading.quality[.unfinished].count == 1)
  }
}
