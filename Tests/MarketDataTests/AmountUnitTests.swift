import MarketData
import TestSupport
import Testing

@Suite("Units of volume and open interest")
struct AmountUnitTests {
  private static let header =
    "open_time,open,high,low,close,volume,close_time,quote_volume,count,taker_buy_volume,taker_buy_quote_volume,ignore"

  /// Klines of a market near a price, with volumes written by `volumes` from base and quote.
  private func klines(
    price start: Double = 100_000, seed: UInt64 = 1, rows: Int = 300,
    _ volumes: (_ base: Double, _ quote: Double) -> (Double, Double)
  ) -> [UInt8] {
    var random = SplitMix64(seed: seed)
    var (price, text) = (start, Self.header)
    for i in 0..<rows {
      let open = price
      price *= 1 + Double.random(in: -0.02...0.02, using: &random)
      let (high, low) = (max(open, price) * 1.003, min(open, price) * 0.997)
      let base = Double.random(in: 10...500, using: &random)
      let (v, q) = volumes(base, base * (high + low) / 2)
      let time = 1_767_225_600_000 + Int64(i) * 3_600_000
      text += "\n\(time),\(open),\(high),\(low),\(price),\(v),\(time + 3_599_999),\(q),5,1,1,0"
    }
    return text.bytes
  }

  private func read(_ file: [UInt8], unit: AmountUnit? = nil) throws -> Reading<BarSeries> {
    try BarReader.read(file, named: "f", unit: unit)
  }

  @Test("exchanged columns, linear and inverse contracts give the volumes of the plain file, and a note")
  func recognised() throws {
    for price in [0.02, 3, 400, 100_000.0] {
      let plain = try read(klines(price: price) { ($0, $1) })
      #expect(plain.quality.units == [UnitReading(amount: "volume", unit: "the base asset", basis: .checked)])
      for (name, file) in [
        ("exchanged", klines(price: price) { ($1, $0) }),
        ("contracts of 0.01", klines(price: price) { ($0 / 0.01, $1) }),
        ("contracts of 1000", klines(price: price) { ($0 / 1_000, $1) }),
        ("contracts of 100 USD", klines(price: price) { ($1 / 100, $0) }),
        ("contracts of 10 USD", klines(price: price) { ($1 / 10, $0) }),
      ] {
        let reading = try read(file)
        #expect(reading.quality.units.first?.basis == .recognised, "\(name) at \(price)")
        #expect(reading.quality.findings.contains { $0.code == "unit" && $0.level == .warning })
        for (a, b) in zip(plain.series.bars, reading.series.bars) {
          #expect(abs(a.quoteVolume / b.quoteVolume - 1) < 1e-9, "\(name) at \(price)")
          #expect(abs(a.baseVolume / b.baseVolume - 1) < 1e-9, "\(name) at \(price)")
        }
      }
    }
  }

  @Test("volumes that fit in no unit are refused, and the message says what to state")
  func contradiction() {
    let found = failure { _ = try read(klines { ($0, $1 * 0.137) }) }
    guard case .unit(let text)? = found?.problem else {
      Issue.record("\(String(describing: found))")
      return
    }
    #expect(text.contains("volumeUnit") && text.contains("contractSize") && found?.line == 2)
  }

  @Test("a stated unit holds where the columns agree with it, and is refused where they do not")
  func stated() throws {
    let inverse = klines { ($1 / 100, $0) }
    let reading = try read(inverse, unit: .inverseContracts(multiplier: 100))
    #expect(reading.quality.units.first?.basis == .stated && reading.quality.isClean)
    #expect(throws: MarketDataError.self) { try read(inverse, unit: .inverseContracts(multiplier: 10)) }
    #expect(throws: MarketDataError.self) { try read(inverse, unit: .base) }
    // Where there is nothing to compare with, what is stated is believed.
    let file = "timestamp,open,high,low,close,volume\n0,10,10,10,10,50\n3600,10,10,10,10,50\n".bytes
    let contracts = try read(file, unit: .linearContracts(multiplier: 0.1)).series.bars
    #expect(contracts.allSatisfy { $0.baseVolume == 5 && $0.quoteVolume == 50 })
    #expect(try read(file).quality.units.first?.basis == .assumed)
  }

  @Test("a file whose volumes are all zero has no volume, and a single empty one stands for none")
  func placeholders() throws {
    let none = try read(klines { _, _ in (0, 0) })
    #expect(!none.series.hasVolume && none.quality.units.first?.basis == .missing)
    #expect(none.series.bars.count == 300)
    let file =
      "timestamp,open,high,low,close,volume\n0,10,11,10,10,50\n3600,10,11,10,10,\n7200,10,11,10,10,50\n"
    let one = try read(file.bytes)
    #expect(one.series.hasVolume && one.series.bars.map(\.baseVolume) == [50, 0, 50])
    #expect(one.quality[.placeholder].firstLine == 3)
  }

  @Test("a row whose volumes contradict its prices is counted with its line")
  func mismatch() throws {
    var count = 0
    let reading = try read(
      klines {
        count += 1
        return count == 50 ? ($0 * 10, $1) : ($0, $1)
      })
    #expect(reading.quality[.volumeMismatch].count == 1 && reading.quality[.volumeMismatch].firstLine == 51)
  }

  // MARK: Open interest

  private static let metrics =
    "create_time,symbol,sum_open_interest,sum_open_interest_value,count_toptrader_long_short_ratio,"
    + "sum_toptrader_long_short_ratio,count_long_short_ratio,sum_taker_long_short_vol_ratio"

  private func openInterest(
    _ rows: String..., unit: AmountUnit? = nil, size: Double? = nil, prices: BarSeries? = nil
  ) throws -> Reading<[OpenInterestPrint]> {
    try OpenInterestReader.read(
      ([Self.metrics] + rows).joined(separator: "\n").bytes, named: "o.csv", unit: unit, contractSize: size,
      prices: prices)
  }

  @Test("a ratio that is empty or zero leaves both sides equal, and says nothing of crowding")
  func ratios() throws {
    let reading = try openInterest(
      "2026-01-01 00:00:00,BTCUSDT,10,1000,1,1,3,1", "2026-01-01 00:05:00,BTCUSDT,10,1000,1,1,,1",
      "2026-01-01 00:10:00,BTCUSDT,10,1000,1,1,\"\",1", "2026-01-01 00:15:00,BTCUSDT,10,1000,1,1,0.0000,1")
    #expect(reading.series.map(\.longUSD) == [1_500, 1_000, 1_000, 1_000])
    #expect(reading.series.map(\.shortUSD) == [500, 1_000, 1_000, 1_000])
    #expect(reading.series.map(\.hasSides) == [true, false, false, false])
    #expect(reading.quality.bad.count == 0)
    #expect(reading.quality[.placeholder].count == 3 && reading.quality[.placeholder].firstLine == 3)
  }

  @Test("open interest of zero among others is missing; of zero throughout it is zero")
  func zeros() throws {
    let reading = try openInterest(
      "2026-01-01 00:00:00,BTCUSDT,10,1000,1,1,1,1", "2026-01-01 00:05:00,BTCUSDT,0.0,0.0,1,1,1,1")
    #expect(reading.series.map(\.longUSD) == [1_000])
    #expect(reading.quality[.placeholder] == RowFaults(count: 1, firstLine: 3))
    let none = try openInterest("2026-01-01 00:00:00,BTCUSDT,0,0,1,1,1,1")
    #expect(none.series.map(\.longUSD) == [0] && none.quality[.placeholder].count == 0)
  }

  @Test("coin-margined open interest is contracts times their size, or refused by symbol")
  func coinMargined() throws {
    let rows = (
      "2023-06-25 00:00:00,BTCUSD_PERP,5578700.0,18265.009,,,,0.008",
      "2023-06-25 00:05:00,BTCUSD_PERP,5578209,18261.9,,,,1.1"
    )
    let found = failure { _ = try openInterest(rows.0, rows.1) }
    guard case .unit(let text)? = found?.problem else {
      Issue.record("\(String(describing: found))")
      return
    }
    #expect(text.contains("BTCUSD_PERP") && text.contains("contractSize"))
    for reading in [
      try openInterest(rows.0, rows.1, size: 100),
      try openInterest(rows.0, rows.1, unit: .inverseContracts(multiplier: 100)),
    ] {
      #expect(reading.series.map(\.longUSD) == [557_870_000, 557_820_900])
      #expect(reading.series.allSatisfy { !$0.hasSides })
    }
    // Under another name the prices show it.
    let hour = Bar(
      openTime: 1_687_651_200, open: 30_543, high: 30_600, low: 30_500, close: 30_543, baseVolume: 1,
      quoteVolume: 1)
    let bars = BarSeries(interval: 3_600, bars: [hour])
    let shown = try openInterest(
      rows.0.replacing("USD_PERP", with: ""), rows.1.replacing("USD_PERP", with: ""), prices: bars)
    #expect(shown.series.map(\.longUSD) == [557_870_000, 557_820_900])
    #expect(shown.quality.units.first?.basis == .recognised)
  }

  @Test("amounts in coins are priced by the bars, and a file that does not say its unit is refused")
  func amounts() throws {
    let file = "ts,open_interest\n1767225600,5\n1767229200,6\n".bytes
    #expect(throws: MarketDataError.self) { try OpenInterestReader.read(file, named: "o.csv") }
    let hours = (0..<2).map {
      Bar(
        openTime: 1_767_225_600 + 3_600 * $0, open: 10, high: 12, low: 9, close: Double(10 + $0),
        baseVolume: 1,
        quoteVolume: 10)
    }
    let bars = BarSeries(interval: 3_600, bars: hours)
    let reading = try OpenInterestReader.read(file, named: "o.csv", unit: .base, prices: bars)
    #expect(reading.series.map(\.longUSD) == [50, 66])
  }
}
