import MarketData
import TestSupport
import Testing

@Suite("Margins that cannot be")
struct MarginFaultTests {
  private static let bitMEX =
    #"[{"symbol":"XBTUSD","initMargin":0.01,"maintMargin":0.005,"riskLimit":20000000000,"riskStep":15000000000,"markPrice":60000,"openValue":1}]"#
  private static let dYdX =
    #"{"BTC-USD":{"incrementalPositionSize":"1.5","initialMarginFraction":"0.05","maintenanceMarginFraction":"0.03","baselinePositionSize":"9.0","incrementalInitialMarginFraction":"0.01","openInterest":"5","oraclePrice":"60000","maxPositionSize":"170"}}"#
  private static let ccxt =
    #"{"BTC/USDT:USDT":[{"minNotional":0,"maxNotional":50000,"maintenanceMarginRate":0.004,"maxLeverage":125}]}"#
  private static let binance =
    #"[{"symbol":"BTCUSDT","brackets":[{"initialLeverage":125,"notionalFloor":0,"notionalCap":50000,"maintMarginRatio":0.004}]}]"#
  private static let hyperliquid =
    #"{"universe":[{"name":"BTC","maxLeverage":40,"marginTableId":56}],"marginTables":[[56,{"marginTiers":[{"lowerBound":"0.0","maxLeverage":40}]}]]}"#

  private static let unit = "2 XYZ BT    0USD$PN   BT        FUT\n"

  private func isRefused(_ text: String, _ read: ([UInt8]) throws -> Void) -> Bool {
    failure { try read(text.bytes) } != nil
  }

  @Test(
    "rates, sizes and prices of instruments that no margin has are refused",
    arguments: [
      ("0.01", "-1e300"), ("0.01", "1e300"), ("0.01", "0.001"), ("0.005", "0.5"), ("0.005", "0"),
      ("20000000000", "-5"), ("15000000000", "1e400"), ("60000", "-60000"), ("60000", "0"), (":1}", ":-1}"),
    ])
  func instruments(_ old: String, _ new: String) throws {
    _ = try VenueMarginReader.bitMEXInstruments(Self.bitMEX.bytes, named: "f")
    #expect(
      isRefused(Self.bitMEX.replacing(old, with: new)) {
        _ = try VenueMarginReader.bitMEXInstruments($0, named: "f")
      })
  }

  @Test(
    "markets of dYdX that no margin has are refused",
    arguments: [
      (#""0.05""#, #""-1e300""#), (#""0.05""#, #""5""#), (#""0.03""#, #""0.3""#), (#""60000""#, #""0""#),
      (#""9.0""#, #""-1""#), (#""0.01""#, #""7""#), (#""5""#, #""-5""#),
    ])
  func markets(_ old: String, _ new: String) throws {
    _ = try VenueMarginReader.dYdXMarkets(Self.dYdX.bytes, named: "f")
    #expect(
      isRefused(Self.dYdX.replacing(old, with: new)) { _ = try VenueMarginReader.dYdXMarkets($0, named: "f") }
    )
  }

  @Test(
    "maintenance above initial margin, as percent for a fraction is, is refused, and so are empty files and twins"
  )
  func brackets() throws {
    _ = try VenueMarginReader.ccxtTiers(Self.ccxt.bytes, named: "f")
    _ = try VenueMarginReader.binanceBrackets(Self.binance.bytes, named: "f")
    for text in [
      Self.ccxt.replacing("0.004", with: "0.4"), "{}", #"{"BTC/USDT:USDT":[]}"#,
    ] {
      #expect(isRefused(text) { _ = try VenueMarginReader.ccxtTiers($0, named: "f") })
    }
    let twins = "[" + Self.binance.dropFirst().dropLast() + "," + Self.binance.dropFirst()
    for text in [
      Self.binance.replacing("0.004", with: "0.4"), "[]", #"[{"symbol":"BTCUSDT","brackets":[]}]"#, twins,
    ] {
      #expect(isRefused(text) { _ = try VenueMarginReader.binanceBrackets($0, named: "f") })
    }
    #expect(isRefused("{}") { _ = try VenueMarginReader.dYdXMarkets($0, named: "f") })
    #expect(isRefused("[]") { _ = try VenueMarginReader.bitMEXInstruments($0, named: "f") })
  }

  @Test("a bracket that cannot be is named with its number and what is wrong with it")
  func named() {
    let two =
      #"{"A/USDT:USDT":[{"minNotional":0,"maxNotional":500,"maintenanceMarginRate":0.004,"maxLeverage":100},{"minNotional":501,"maxNotional":900,"maintenanceMarginRate":0.005,"maxLeverage":75}]}"#
    for (old, new, words) in [
      ("501", "501", "bracket 2 of \"A/USDT:USDT\": it begins at 501, and the one before ends at 500"),
      (":501", ":500", ""), ("0.004", "0.4", "bracket 1"), ("900", "400", "begins at 501"),
      ("0.005", "0.003", "bracket 2"),
    ] {
      let text = two.replacing(old, with: new)
      let error = failure { _ = try VenueMarginReader.ccxtTiers(text.bytes, named: "f") }
      #expect(error.map { "\($0)".contains(words) } ?? words.isEmpty, "\(new): \(String(describing: error))")
    }
  }

  @Test("a coin of Hyperliquid has a table that is there and agrees with its leverage")
  func tables() throws {
    _ = try VenueMarginReader.hyperliquidTables(Self.hyperliquid.bytes, named: "f")
    for (old, new) in [
      (#""maxLeverage":40,"#, #""maxLeverage":20,"#), (#""marginTableId":56"#, #""marginTableId":57"#),
    ] {
      #expect(
        isRefused(Self.hyperliquid.replacing(old, with: new)) {
          _ = try VenueMarginReader.hyperliquidTables($0, named: "f")
        })
    }
    // A number up to fifty is a leverage, and not listed.
    let single = #"{"universe":[{"name":"X","maxLeverage":3,"marginTableId":3}],"marginTables":[]}"#
    #expect(
      try VenueMarginReader.hyperliquidTables(single.bytes, named: "f").first?.brackets.first?.initialRate
        == 1.0 / 3)
  }

  @Test("percent for fractions, rates for dollars and losses for gains are worth a warning")
  func findings() throws {
    let table = "symbol,initial margin,maintenance margin,increase factor,price\nBTC,0.9,0.5,0.005,100000\n"
    let steps = try VenueMarginReader.deribitTable(table.bytes, named: "f")
    let margins = steps.map { BracketMargin(symbol: $0.symbol, brackets: $0.brackets(count: 4)) }
    #expect(VenueMarginReader.findings(margins).count == 1)
    #expect(
      VenueMarginReader.findings(try VenueMarginReader.binanceBrackets(Self.binance.bytes, named: "f"))
        .isEmpty)

    // A notional that is no number.
    let endless = table.replacing("100000", with: "1e308")
    #expect(isRefused(endless) { _ = try VenueMarginReader.deribitTable($0, named: "f") })
    // An increase in percent without its sign, and percent that leverage does not contradict.
    let steep = "symbol,initial margin,maintenance margin,increase factor,price\nBTC,0.02,0.01,0.005,100000\n"
    #expect(
      VenueMarginReader.findings(try VenueMarginReader.deribitTable(steep.bytes, named: "f")).count == 1)
    let right = steep.replacing("0.005,", with: "0.005%,")
    #expect(VenueMarginReader.findings(try VenueMarginReader.deribitTable(right.bytes, named: "f")).isEmpty)
    let percent = Self.ccxt.replacing("0.004", with: "0.4").replacing(#","maxLeverage":125"#, with: "")
    #expect(
      VenueMarginReader.findings(try VenueMarginReader.ccxtTiers(percent.bytes, named: "f")).count == 2)

    func contracts(_ rows: String) throws -> [String] {
      VenueMarginReader.findings(
        try VenueMarginReader.contractMargins(("date,initial,maintenance\n" + rows).bytes, named: "f").series)
    }
    #expect(try contracts("20250620,1100,1000\n20250621,1210,1100\n").isEmpty)
    #expect(try contracts("20250620,0.11,0.1\n").count == 1)
    #expect(try contracts("20250620,1100,1000\n20250621,110000,100000\n").count == 1)
    #expect(try contracts("20250620,11000,1000\n").count == 1)

    // Losses of a long future: zero, then a third down and up, and so on.
    func span(_ sign: String, _ other: String) -> [UInt8] {
      let losses = [0, 0, -1, -1, 1, 1, -2, -2, 2, 2, -3, -3, 3, 3, -3, 3].map { value in
        String(repeating: "0", count: 4) + "\(abs(value))" + (value < 0 ? sign : other)
      }
      let key = "XYZBT        BT        FUT 202603            0000000"
      return (Self.unit + "81" + key + losses[..<9].joined() + "\n82" + key + losses[9...].joined() + "\n")
        .bytes
    }
    #expect(VenueMarginReader.findings(try SpanReader.read(span("-", "+"), named: "f")).isEmpty)
    #expect(VenueMarginReader.findings(try SpanReader.read(span("+", "-"), named: "f")).count == 1)
  }

  @Test("the half of an array of SPAN that has no other half is counted")
  func halves() throws {
    let key = "XYZBT        BT        FUT 202603            0000000"
    let first = "81" + key + String(repeating: "00001+", count: 9) + "\n"
    let second = "82" + key + String(repeating: "00001+", count: 7) + "\n"
    let file = try SpanReader.read((Self.unit + first + first + second + first).bytes, named: "f")
    #expect(file.contracts.count == 1 && file.incomplete == 2)
    #expect(VenueMarginReader.findings(file).contains { $0.contains("2 arrays have not sixteen values") })
  }
}
