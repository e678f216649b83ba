import MarketData
import TestSupport
import Testing

@Suite("Bars: layouts")
struct BarReaderTests {
  private let expected = [
    Bar(
      openTime: 1_584_000_000, open: 7_900, high: 7_950, low: 7_800, close: 7_850, baseVolume: 10,
      quoteVolume: 78_600),
    Bar(
      openTime: 1_584_003_600, open: 7_850, high: 7_850, low: 7_000, close: 7_100, baseVolume: 50,
      quoteVolume: 365_000),
  ]

  @Test(
    "every layout is recognised by its header and gives the same bars",
    arguments: [
      ("ts,open,high,low,close,volume_base,volume_quote\n1584000000,7900,7950,7800,7850,10,78600\n1584003600,7850,7850,7000,7100,50,365000\n"),
      ("""
      open_time,open,high,low,close,volume,close_time,quote_volume,count,taker_buy_volume,taker_buy_quote_volume,ignore
      1584000000000,7900.0,7950,7800,7850,10,1584003599999,78600,5,1,1,0
      1584003600000,7850.0,7850,7000,7100,50,1584007199999,365000,5,1,1,0
      """),
      ("""
      1584000000000,7900.0,7950,7800,7850,10,1584003599999,78600,5,1,1,0
      1584003600000,7850.0,7850,7000,7100,50,1584007199999,365000,5,1,1,0
      """),
      ("""
      1584000000000000,7900.0,7950,7800,7850,10,1584003599999999,78600,5,1,1,0
      1584003600000000,7850.0,7850,7000,7100,50,1584007199999999,365000,5,1,1,0
      """),
      ("""
      https://www.CryptoDataDownload.com
      unix,date,symbol,open,high,low,close,Volume BTC,Volume USD
      1584003600,2020-03-12 09:00:00,BTC/USD,7850,7850,7000,7100,50,365000
      1584000000,2020-03-12 08:00:00,BTC/USD,7900,7950,7800,7850,10,78600
      """),
      ("""
      Date,Symbol,Open,High,Low,Close,Volume USD,Volume BTC
      2020-03-12 09-AM,BTCUSD,7850,7850,7000,7100,365000,50
      2020-03-12 08-AM,BTCUSD,7900,7950,7800,7850,78600,10
      """),
    ])
  func layouts(_ text: String) throws {
    let reading = try BarReader.read(text.bytes, named: "f")
    #expect(reading.series == BarSeries(interval: 3_600, bars: expected))
    #expect(reading.quality.isClean)
    #expect(reading.quality.rows == 2 && reading.quality.kept == 2)
  }

  @Test("without a volume in the quote currency, it is base volume times close")
  func bitstamp() throws {
    let text = "timestamp,open,high,low,close,volume\n60,2,2,2,2,3\n120,2,4,2,4,1\n"
    let reading = try BarReader.read(text.bytes, named: "f")
    #expect(reading.series.interval == 60)
    #expect(reading.series.bars.map(\.quoteVolume) == [6, 4])
  }

  @Test("longer bars have the first open, the last close, the extremes and the sums")
  func aggregation() throws {
    var random = SplitMix64(seed: 2)
    var minutes: [Bar] = []
    for i in 0..<600 where i % 97 != 5 {
      let prices = (0..<4).map { _ in Double.random(in: 90...110, using: &random) }
      minutes.append(
        Bar(
          openTime: Int64(1_800 + 60 * i), open: prices[0], high: prices.max() ?? 0, low: prices.min() ?? 0,
          close: prices[1], baseVolume: 1, quoteVolume: 100))
    }
    let series = BarSeries(interval: 60, bars: minutes)
    let hours = try #require(series.aggregated(to: 3_600))
    // From minute 30 of the first hour to minute 30 of the eleventh.
    #expect(hours.bars.map(\.openTime) == (0...10).map { 3_600 * $0 })
    for hour in hours.bars {
      let inside = minutes.filter { $0.openTime / 3_600 == hour.openTime / 3_600 }
      #expect(hour.open == inside.first?.open && hour.close == inside.last?.close)
      #expect(hour.high == inside.map(\.high).max() && hour.low == inside.map(\.low).min())
      #expect(hour.baseVolume == Double(inside.count) && hour.quoteVolume == Double(100 * inside.count))
      #expect(hour.isSound)
    }
    // In two steps it is the same.
    #expect(series.aggregated(to: 1_800)?.aggregated(to: 3_600) == hours)
    #expect(series.aggregated(to: 60) == series)
    #expect(series.aggregated(to: 90) == nil && series.aggregated(to: 30) == nil)
  }
}

@Suite("Bars: quality")
struct BarQualityTests {
  @Test("gaps, duplicates, disorder, bad bars and bars off the grid are counted with the first line")
  func faults() throws {
    let file = bars(
      "3600,1,2,1,2,1", "7200,2,2,1,1,1", "7200,5,5,5,5,1", "14400,1,1,1,1,1", "10800,1,1,1,1,1",
      "18000,1,0.5,1,1,1", "18060,1,1,1,1,1", "32400,1,1,1,1,1", "25200,1,1,1,nan,1", "25200,1,1,1,1,1",
      "28800,-1,1,-1,1,1", "21600,1,1,1,inf,1", "21600,1,1,1,,1", "36000,1,1,1,1,-1", "36000,0,1,0,1,1",
      "39600,1,1,1,1,1", "43200,1,1,1,1,1")
    let reading = try BarReader.read(file, named: "f", present: 39_600)
    #expect(reading.series.interval == 3_600)
    #expect(reading.series.bars.map(\.openTime) == [3_600, 7_200, 10_800, 14_400, 25_200, 32_400, 39_600])
    #expect(reading.series.bars[1].close == 1)
    let quality = reading.quality
    #expect(quality.rows == 17 && quality.kept == 7)
    // The second bar of two o'clock has other prices, and does not reach as far as the first.
    #expect(quality[.conflict].count == 1 && quality[.conflict].firstLine == 4)
    #expect(quality.reordered.count == 2 && quality.reordered.firstLine == 6)
    #expect(quality.bad.count == 7 && quality.bad.firstLine == 7)
    #expect(quality.misaligned.count == 1 && quality.misaligned.firstLine == 8)
    #expect(quality.fromTheFuture.count == 1 && quality.fromTheFuture.firstLine == 18)
    #expect(
      quality.gaps == [
        DataGap(first: 18_000, last: 21_600, missing: 2), DataGap(first: 28_800, last: 28_800, missing: 1),
        DataGap(first: 36_000, last: 36_000, missing: 1),
      ])
    #expect(quality.missing == 4)
    #expect(!quality.isClean)
    let dropped = [quality[.conflict], quality.bad, quality.misaligned, quality.fromTheFuture]
    #expect(quality.rows == quality.kept + dropped.reduce(0) { $0 + $1.count })
  }

  @Test("a bar that leaps away and back is flagged and kept; a crash that stays is not flagged")
  func outliers() throws {
    let file = bars(
      "60,100,100,100,100,1", "120,100,150,100,150,1", "180,100,100,100,100,1", "240,50,50,50,50,1",
      "300,51,51,51,51,1")
    let quality = try BarReader.read(file, named: "f").quality
    #expect(quality.outliers.count == 1 && quality.outliers.firstLine == 3)
    #expect(quality.kept == 5)
  }

  @Test("a high or a low that nothing beside it is near is flagged; a wick that is only long is not")
  func wicks() throws {
    let file = bars(
      "60,100,101,99,100,1", "120,100,1000,100,100,1", "180,100,101,1,100,1", "240,100,180,60,100,1",
      "300,100,101,99,100,1")
    let quality = try BarReader.read(file, named: "f").quality
    #expect(quality.outliers.count == 2 && quality.outliers.firstLine == 3)
    #expect(quality.outliers.reason.contains("high is 1000"))
    #expect(quality.kept == 5)
  }

  @Test("rows in any order give the series of the ordered file, whatever else is reported")
  func shuffled() throws {
    var random = SplitMix64(seed: 3)
    let lines = (1...200).map { "\($0 * 60),\($0 + 900),\($0 + 901),\($0 + 900),\($0 + 900),1" }
    let ordered = try BarReader.read(bars(lines.joined(separator: "\n")), named: "f")
    #expect(ordered.quality.isClean)
    for _ in 0..<20 {
      let file = bars((lines + lines.prefix(7)).shuffled(using: &random).joined(separator: "\n"))
      let reading = try BarReader.read(file, named: "f")
      #expect(reading.series == ordered.series)
      #expect(reading.quality.duplicates.count == 7)
      #expect(reading.quality.reordered.count > 0)
    }
    let reversed = try BarReader.read(bars(lines.reversed().joined(separator: "\n")), named: "f")
    #expect(reversed.series == ordered.series && reversed.quality.isClean)
  }

  @Test("a file of which no bar is left has no rows")
  func nothingLeft() {
    #expect(
      failure { _ = try BarReader.read(bars("60,0,0,0,0,0", "120,1,1,-1,1,1"), named: "f") }
        == MarketDataError(file: "f", .noUsableRows(rows: 2, reason: "open is 0.0, not positive"), line: 2))
    #expect(failure { _ = try BarReader.read(bars("60,1,1,1,1,1"), named: "f") } != nil)
    #expect(throws: Never.self) { try BarReader.read(bars("60,1,1,1,1,1"), named: "f", interval: 60) }
  }

  @Test("random bytes never trap a reader")
  func noise() {
    var random = SplitMix64(seed: 4)
    let alphabet = "0123456789.,,,\n\n\r\"-e:# tsopenhighlowclosevolume_base{}[]".bytes
    for round in 0..<3_000 {
      let noise = (0..<Int.random(in: 0...300, using: &random)).compactMap { _ in
        alphabet.randomElement(using: &random)
      }
      let file = round % 2 == 0 ? noise : bars("") + noise
      _ = try? BarReader.read(file, named: "f")
      _ = try? FundingReader.read(file, named: "f")
      _ = try? OptionChainReader.read(file, named: "f", at: 0)
      _ = try? OrderBookReader.read(file, named: "f")
      let bytes = random.bytes(Int.random(in: 0...100, using: &random))
      _ = try? BarReader.read([0x1F, 0x8B, 8, 0] + bytes, named: "f")
    }
  }
}

@Suite("Bars: recorded history", .enabled(if: SharedData.isPresent))
struct RecordedBarsTests {
  @Test("the Binance file has 35,123 bars and exactly 18 gaps with 53 missing bars")
  func binance() throws {
    let bytes = try SharedData.bytes("ohlcv/btc_usdt_2h_binance.csv.gz")
    let reading = try BarReader.read(bytes, named: "binance")
    #expect(reading.series.interval == 7_200)
    #expect(reading.series.bars.count == 35_123)
    #expect(reading.quality.gaps.count == 18)
    #expect(reading.quality.missing == 53)
    let largest = reading.quality.gaps.max { $0.missing < $1.missing }
    #expect(largest?.missing == 16)
    // 8 February 2018.
    #expect(largest?.first.quotientAndRemainder(dividingBy: 86_400).quotient == 17_570)
    #expect(reading.quality.duplicates.count == 0 && reading.quality.bad.count == 0)
    #expect(reading.quality.kept == reading.quality.rows)
  }

  @Test("the Bitstamp file has 33,259 hours without gap, and the crash of 12 March 2020 in them")
  func bitstamp() throws {
    let bytes = try SharedData.bytes("ohlcv/btc_usd_1h_bitstamp.csv.gz")
    let reading = try BarReader.read(bytes, named: "bitstamp")
    #expect(reading.series.interval == 3_600)
    #expect(reading.series.bars.count == 33_259)
    #expect(reading.quality.gaps.isEmpty && reading.quality.bad.count == 0)
    let crash = reading.series.bars.filter { (1_583_971_200..<1_584_144_000).contains($0.openTime) }
    #expect(crash.map(\.high).max() == 7_969.9)
    #expect(crash.map(\.low).min() == 3_850)
  }
}
