import MarketData
import TestSupport
import Testing

@Suite("Existing margin parameters")
struct MarginFileTests {
  /// An array in the expanded positional format: 54 characters that name the contract, then values and signs.
  private static func record(_ id: String, _ name: String, _ values: [Int]) -> String {
    let cells = values.map { value in
      String(repeating: "0", count: 5 - String(value.magnitude).count) + String(value.magnitude)
        + (value < 0 ? "-" : "+")
    }
    return id + name + cells.joined() + "00000000284100N"
  }

  private static let future = "XYZBT        BT        FUT 202603            0000000"
  private static let call = "XYZBT        BT        OOFC202603   202603   0100000"
  private static let losses = [
    0, 0, -567, -567, 567, 567, -1133, -1133, 1133, 1133, -1700, -1700, 1700, 1700, -1683, 1683,
  ]

  private static var positional: String {
    [
      "0 XYZ   20260220SE     202602201407U2YNCLR", "2 XYZ BT    1USD$PN   BT        FUT   BT        OOF",
      "4 BT    10010120250600000010000000",
      record("81", future, Array(losses.prefix(9))), record("82", future, Array(losses.suffix(7))),
      record("81", call, Array(losses.prefix(9))), record("82", call, Array(losses.suffix(7))),
      record("81", call, Array(losses.prefix(9))), "C BT    1001030000100011401A",
    ].joined(separator: "\r\n")
  }

  /// A positional file of one future, whose product counts as this record of type 2 says.
  private static func positional(unit: String, form: String = "U2") -> [UInt8] {
    [
      "0 XYZ   20260220SE     202602201407\(form)YNCLR", unit, record("81", future, Array(losses.prefix(9))),
      record("82", future, Array(losses.suffix(7))),
    ].joined(separator: "\n").bytes
  }

  private static var xml: String {
    let array = losses.map { "<a>\($0 * 10)</a>" }.joined()
    return """
      <?xml version="1.0"?>
      <!-- made up -->
      <spanFile><pointInTime><clearingOrg><ec>X</ec><exchange><exch>XYZ</exch>
      <futPf><pfCode>BT</pfCode><fut><cId>1</cId><pe>202603</pe><ra><r>1</r>\(array)<d>1</d></ra></fut></futPf>
      <oopPf><pfCode>BT</pfCode><series><pe>202603</pe><opt><cId>2</cId><o>C</o><k>0100000</k><ra>\(array)</ra></opt>
      <opt><o>P</o><k>1</k><ra><a>1</a></ra></opt></series></oopPf>
      </exchange><ccDef><dSpread><rate>1</rate></dSpread><empty/></ccDef></clearingOrg></pointInTime></spanFile>
      """
  }

  @Test(
    "both forms of a SPAN file give the same gains of long contracts, and say what has no place",
    arguments: [true, false])
  func span(_ isXML: Bool) throws {
    let file = try SpanReader.read((isXML ? Self.xml : Self.positional).bytes, named: "f")
    #expect(file.contracts.map(\.kind) == [.future, .call])
    #expect(
      file.contracts.map(\.strike) == ["", "0100000"] && file.contracts.map(\.month) == ["202603", "202603"])
    #expect(file.contracts.allSatisfy { $0.exchange == "XYZ" && $0.commodity == "BT" })
    // A long contract gains where its array has a negative loss; the product counts in tens of USD.
    #expect(file.contracts[0].gains == Self.losses.map { Double(-10 * $0) })
    #expect(file.incomplete == 1 && !file.notRepresented.isEmpty)
    let scenarios = SpanFile.scenarios
    #expect(
      scenarios.count == 16
        && scenarios.prefix(14).map(\.priceThirds) == [0, 0, 1, 1, -1, -1, 2, 2, -2, -2, 3, 3, -3, -3])
    #expect(scenarios.suffix(2).map(\.priceThirds) == [9, -9] && scenarios.suffix(2).allSatisfy(\.isExtreme))
    for (scenario, gain) in zip(scenarios, file.contracts[0].gains) where scenario.priceThirds != 0 {
      #expect((gain > 0) == (scenario.priceThirds > 0))
    }
  }

  @Test("arrays of SPAN count in the currency, the exponent and the decimals that the product states")
  func units() throws {
    func scale(_ unit: String) throws -> (Double, String) {
      let contract = try #require(SpanReader.read(Self.positional(unit: unit), named: "f").contracts.first)
      return (contract.gains[2] / 567, contract.currency)
    }
    #expect(try scale("2 XYZ BT    1USD$PN   BT        FUT") == (10, "USD"))
    #expect(try scale("2 XYZ BT    0EUREPN   BT        FUT2+") == (0.01, "EUR"))
    #expect(try scale("2 XYZ BT    1USD$PN   BT        FUT2-") == (1_000, "USD"))
    #expect(try scale("2 XYZ BT     USD$PN   BT        OOF3  BT        FUT1") == (0.1, "USD"))
    for unit in [
      "2 XYZ BT    XUSD$PN   BT        FUT", "2 XYZ BT    1USD$PN   BT        FUTx", "3 XYZ",
      "2 XYZ BT    1USD$PN   BT        OOF",
    ] {
      #expect(failure { _ = try SpanReader.read(Self.positional(unit: unit), named: "f") } != nil, "\(unit)")
    }
    let unit = "2 XYZ BT    1USD$PN   BT        FUT"
    let paris = failure { _ = try SpanReader.read(Self.positional(unit: unit, form: "UP"), named: "f") }
    #expect("\(try #require(paris))".contains(".pa2"))
    let signs = String(decoding: Self.positional(unit: unit), as: UTF8.self).replacing(
      "00567-", with: "005670")
    #expect(failure { _ = try SpanReader.read(signs.bytes, named: "f") }?.column == 72)
    let findings = VenueMarginReader.findings(
      try SpanReader.read(Self.positional(unit: unit.replacing("USD", with: "EUR")), named: "f"))
    #expect(findings.count == 1 && findings[0].contains("EUR"))
  }

  @Test("XML of SPAN has its currency, products of any kind, and options apart from what they are on")
  func xmlProducts() throws {
    let array = "<ra>" + Self.losses.map { "<a>\($0)</a>" }.joined() + "</ra>"
    let text = """
      <s:spanFile><s:exchange><s:exch>XYZ</s:exch>
      <phyPf><pfCode>A&amp;B</pfCode><currency>EUR</currency><phy><pe>000000</pe>\(array)</phy></phyPf>
      <oofPf><pfCode>BTO</pfCode><currency>USD</currency><undPf><exch>ABC</exch><pfCode>BT</pfCode></undPf>
      <series><pe>202603</pe><undC><exch>ABC</exch></undC><opt><o>P</o><k>5</k>\(array)</opt>
      <opt><o>P</o><k>5</k>\(array)</opt></series></oofPf></s:exchange></s:spanFile>
      """
    let file = try SpanReader.read(text.bytes, named: "f")
    #expect(file.contracts.map(\.kind) == [.other, .put, .put])
    #expect(file.contracts.map(\.commodity) == ["A&B", "BTO", "BTO"])
    #expect(file.contracts.map(\.currency) == ["EUR", "USD", "USD"])
    #expect(file.contracts.allSatisfy { $0.exchange == "XYZ" })
    #expect(VenueMarginReader.findings(file).contains { $0.contains("1 of 3 contracts stand twice") })
  }

  @Test("a SPAN file that is cut or changed is refused or smaller, never a trap")
  func damage() throws {
    var random = SplitMix64(seed: 8)
    for text in [Self.xml, Self.positional] {
      for count in stride(from: 0, to: text.utf8.count, by: 7) {
        _ = try? SpanReader.read(Array(text.bytes.prefix(count)), named: "f")
      }
      for _ in 0..<300 {
        var bytes = text.bytes
        bytes[Int.random(in: bytes.indices, using: &random)] = UInt8.random(in: 0...255, using: &random)
        _ = try? SpanReader.read(bytes, named: "f")
      }
    }
    let entity = "<!DOCTYPE x [<!ENTITY a \"b\">]><x>&a;</x>"
    #expect(failure { _ = try SpanReader.read(entity.bytes, named: "f") } != nil)
    #expect(failure { _ = try SpanReader.read("nothing\n".bytes, named: "f") } != nil)
    #expect(failure { _ = try SpanReader.read("<a><b></a></b>".bytes, named: "f") }?.line == 1)
  }

  @Test("ccxt's leverage tiers are brackets that follow each other and do not grow cheaper")
  func ccxt() throws {
    let text = """
      {"BTC/USDT:USDT": [
       {"tier": 1.0, "symbol": "BTC/USDT:USDT", "minNotional": 0.0, "maxNotional": 50000.0, "maintenanceMarginRate": 0.004, "maxLeverage": 125.0, "info": {}},
       {"tier": 2.0, "symbol": "BTC/USDT:USDT", "minNotional": 50000.0, "maxNotional": null, "maintenanceMarginRate": 0.005, "maxLeverage": 100.0, "info": {}}]}
      """
    let margin = try #require(VenueMarginReader.ccxtTiers(text.bytes, named: "f").first)
    #expect(margin.symbol == "BTC/USDT:USDT" && margin.brackets.map(\.initialRate) == [0.008, 0.01])
    #expect(margin.brackets.map(\.cap) == [50_000, .infinity])
    for (old, new) in [
      ("\"minNotional\": 50000.0", "\"minNotional\": 60000.0"), ("0.005", "0.003"), ("100.0", "200.0"),
      ("125.0", "0"),
    ] {
      #expect(
        failure { _ = try VenueMarginReader.ccxtTiers(text.replacing(old, with: new).bytes, named: "f") }
          != nil)
    }
  }

  @Test("tiers say what their notional counts: dollars, a coin, another currency or contracts")
  func currencies() throws {
    func tier(_ symbol: String, _ more: String) throws -> String {
      let text =
        #"[{"symbol":"\#(symbol)","minNotional":0,"maxNotional":5,"maintenanceMarginRate":0.004,"maxLeverage":125\#(more)}]"#
      let dictionary = try VenueMarginReader.ccxtTiers(#"{"\#(symbol)":\#(text)}"#.bytes, named: "f")
      // One market alone is the same.
      #expect(try VenueMarginReader.ccxtTiers(text.bytes, named: "f") == dictionary)
      return try #require(dictionary.first).currency
    }
    #expect(try tier("BTC/USDT:USDT", "") == "USD" && tier("BTC/USDC:USDC", #","currency":"USDC""#) == "USD")
    #expect(try tier("BTC/USD:BTC", "") == "BTC" && tier("BTC/USD:BTC", #","currency":"BTC""#) == "BTC")
    #expect(try tier("BTC/EUR:EUR", "") == "EUR" && tier("BTC/USD:BTC-260327", "") == "BTC")
    #expect(
      try tier("BTC/USDT:USDT", #","currency":"USDT","info":{"maxSz":"500","minSz":"0"}"#) == "contracts")
    // findings/ccxt-tier-units.sh
    #expect(try tier("BTC/USDT:USDT", #","currency":"USDT","info":{"maxVol":"150000"}"#) == "contracts")
    #expect(try tier("BTC/USD:BTC", #","currency":"USD","info":{"qtyCap":50,"qtylFloor":0}"#) == "BTC")
    #expect(try tier("x", #","currency":"USDT""#) == "USD")
    let other =
      #"{"BTC/USDT:USDT":[{"symbol":"ETH/USDT:USDT","minNotional":0,"maintenanceMarginRate":0.004,"maxLeverage":125}]}"#
    #expect(failure { _ = try VenueMarginReader.ccxtTiers(other.bytes, named: "f") } != nil)
  }

  @Test("Binance answers one instrument, coins or an error; cum is what floors and rates make of it")
  func binance() throws {
    func brackets(_ symbol: String, _ name: String, _ more: String = "", _ rate: String = "0.005") -> String {
      #"{"symbol":"\#(symbol)","brackets":[{"initialLeverage":125,"\#(name)Cap":50,"\#(name)Floor":0,"maintMarginRatio":0.004,"cum":0},{"initialLeverage":100,"\#(name)Cap":900000,"\#(name)Floor":50,"maintMarginRatio":\#(rate)\#(more)}]}"#
    }
    let one = try VenueMarginReader.binanceBrackets(brackets("BTCUSDT", "notional").bytes, named: "f")
    #expect(one.map(\.currency) == ["USD"] && one[0].brackets.count == 2)
    let coins = try VenueMarginReader.binanceBrackets("[\(brackets("BTCUSD_PERP", "qty"))]".bytes, named: "f")
    #expect(coins.map(\.currency) == ["BTC"])
    let spelt = brackets("BTCUSD_PERP", "qty").replacing("qtyFloor", with: "qtylFloor")
    #expect(try VenueMarginReader.binanceBrackets(spelt.bytes, named: "f") == coins)
    #expect(
      try VenueMarginReader.binanceBrackets(brackets("ETHBTC", "notional").bytes, named: "f")[0].currency
        != "USD")
    let error = failure {
      _ = try VenueMarginReader.binanceBrackets(#"{"code":-2015,"msg":"Invalid API-key."}"#.bytes, named: "f")
    }
    #expect(error.map { "\($0)" }?.contains("Invalid API-key.") == true)
    let big = brackets("BTCUSDT", "notional", #","cum":50"#).replacing(":50,", with: ":50000,")
    let whole = big.replacing(#""cum":50}"#, with: #""cum":50.0}"#)
    _ = try VenueMarginReader.binanceBrackets(whole.bytes, named: "f")
    let doubled = failure {
      _ = try VenueMarginReader.binanceBrackets(whole.replacing("0.005", with: "0.0099").bytes, named: "f")
    }
    #expect(doubled.map { "\($0)" }?.contains("brackets[1].cum") == true)
  }

  @Test("dYdX's markets of version 4 have one rate each")
  func dYdX() throws {
    let text =
      #"{"markets":{"BTC-USD":{"initialMarginFraction":"0.02","maintenanceMarginFraction":"0.012","openInterest":"5","oraclePrice":"60000"}}}"#
    let margin = try #require(VenueMarginReader.dYdXMarkets(text.bytes, named: "f").first)
    #expect(margin.symbol == "BTC-USD" && margin.step == .infinity)
    #expect(margin.brackets(count: 4).map(\.initialRate) == [0.02])
  }

  @Test("CME's tables are of one product, in dollars")
  func cme() throws {
    func read(_ rows: String) throws -> Int {
      try VenueMarginReader.contractMargins(
        ("date,product,currency,initial,maintenance\n" + rows).bytes, named: "f"
      ).series.count
    }
    #expect(try read("20250620,BTC,USD,110000,100000\n20250621,BTC,USD,110000,100000\n") == 2)
    #expect(failure { _ = try read("20250620,BTC,USD,11,10\n20250620,ETH,USD,7,6\n") }?.line == 3)
    #expect(failure { _ = try read("20250620,BTC,EUR,11,10\n") }?.line == 2)
  }

  @Test("brackets of steps ask at the end of every step what the steps ask")
  func steps() throws {
    let json = """
      {"BTC-USD":{"initialMarginFraction":"0.04","maintenanceMarginFraction":"0.03","incrementalInitialMarginFraction":"0.01",
      "incrementalPositionSize":"1.5","baselinePositionSize":"9","maxPositionSize":"170","openInterest":"5885.4","oraclePrice":"100"}}
      """
    let step = try #require(VenueMarginReader.dYdXMarkets(json.bytes, named: "f").first)
    let brackets = step.brackets(count: 8)
    var asked = 0.0
    for bracket in brackets.dropLast() {
      asked += (bracket.cap - bracket.floor) * bracket.initialRate
      let size = bracket.cap / 100
      #expect(abs(asked - bracket.cap * step.initialRate(size: size)) < 1e-9 * asked)
    }
    #expect(brackets.count == 8 && brackets.last?.cap == .infinity)
    #expect(
      zip(brackets, brackets.dropFirst()).allSatisfy {
        $0.cap == $1.floor && $0.initialRate <= $1.initialRate
      })
  }
}

@Suite("Importing a market")
struct MarketImportTests {
  private static let klines =
    "["
    + (0..<200).map { i in
      let time = 1_770_969_600_000 + 3_600_000 * i
      let open = 100_000 + 10 * (i % 7)
      return
        "[\(time),\"\(open)\",\"\(open + 50)\",\"\(open - 50)\",\"\(open + 10)\",\"2\",\(time + 3_599_999),\"\(2 * open)\",5,\"1\",\"1\",\"0\"]"
    }.joined(separator: ",") + "]"
  private static let funding =
    "["
    + (0..<20).map { i in
      "{\"symbol\":\"BTCUSDT\",\"fundingTime\":\(1_770_969_600_000 + 28_800_000 * i),\"fundingRate\":\"0.0001\"}"
    }.joined(separator: ",") + "]"
  private static let book =
    #"{"lastUpdateId":7,"E":1771680000000,"bids":[["99990","2"]],"asks":[["100010","3"]]}"#

  @Test(
    "files of an exchange become a directory that reads as they do, with units, lots and series in its listing"
  )
  func directory() throws {
    var job = MarketImport(source: .binance)
    let made = try job.directory([
      MarketSource(name: "down/BTCUSDT-1h.json", bytes: Self.klines.bytes),
      MarketSource(name: "down/funding.json", bytes: Self.funding.bytes),
      MarketSource(name: "down/BTCUSDT book.json", bytes: Self.book.bytes),
    ])
    #expect(made.findings.map(\.contents) == [[.bars], [.funding], [.books]])
    #expect(made.findings.map(\.underlying) == ["BTC", "BTC", "BTC"])
    #expect(
      made.files.map(\.path) == [
        "market.json", "bars/BTC/BTCUSDT-1h.json", "funding/BTC/funding.json", "books/BTC/BTCUSDT_book.json",
      ])
    #expect(made.files.dropFirst().map(\.bytes) == [Self.klines.bytes, Self.funding.bytes, Self.book.bytes])
    let market = made.market
    #expect(market.underlyings[0].bars == (try BarReader.read(Self.klines.bytes, named: "f").series))
    #expect(market.underlyings[0].funding.count == 20 && market.underlyings[0].books[0].books.count == 1)
    #expect(
      market.listing.underlyings[0].volumeUnit == .base && market.listing.instruments[0].lot.text == "0.0001")
    // An underlying without bars, and a file that is nothing.
    #expect(failure { _ = try job.directory([MarketSource(name: "f", bytes: Self.funding.bytes)]) } != nil)
    #expect(
      failure { _ = try job.directory([MarketSource(name: "BTC.csv", bytes: "a,b\n1,2\n".bytes)]) }?.file
        == "BTC.csv")
    job.underlying = "XBT"
    let named = try job.directory([MarketSource(name: "x.json", bytes: Self.klines.bytes)])
    #expect(named.market.underlyings.map(\.id) == ["XBT"])
  }

  @Test("several files of a series are one series, and names of files that are the same stay apart")
  func severalFiles() throws {
    let rows = Self.klines.dropFirst().dropLast().split(separator: "]").map { $0.drop { $0 == "," } + "]" }
    let parts = [rows[..<90], rows[90...]].map { "[" + $0.joined(separator: ",") + "]" }
    let made = try MarketImport(source: .auto).directory([
      MarketSource(name: "b/BTC.json", bytes: parts[1].bytes),
      MarketSource(name: "a/BTC.json", bytes: parts[0].bytes),
    ])
    #expect(made.files.map(\.path) == ["market.json", "bars/BTC/BTC.json", "bars/BTC/2-BTC.json"])
    #expect(made.market.underlyings[0].bars == (try BarReader.read(Self.klines.bytes, named: "f").series))
  }

  @Test(
    "the coin of a symbol is that of every exchange's names",
    arguments: [
      "BTCUSDT", "BTC-USD-SWAP", "BTC_USDT:USDT", "XXBTZUSD", "XBTUSD", "BTC-PERPETUAL", "BTC-PERP",
      "PF_XBTUSD", "btcusdt-1h.zip",
    ])
  func symbols(_ symbol: String) throws {
    let made = try MarketImport(source: .auto).directory([
      MarketSource(name: symbol, bytes: Self.klines.bytes)
    ])
    #expect(made.market.underlyings.map(\.id) == ["BTC"])
  }
}
