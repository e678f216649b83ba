import MarketData
import TestSupport
import Testing

@Suite("Funding")
struct FundingReaderTests {
  @Test("hourly rates are normalised to eight hours; payments every eight hours stay as they are")
  func normalisation() throws {
    let hourly = try FundingReader.read(
      "ts,funding_rate\n3600,0.00001\n7200,-0.00002\n10800,0\n".bytes, named: "f")
    #expect(hourly.series.map(\.ratePerEightHours) == [0.00001 * 8, -0.00002 * 8, 0])
    let slow = try FundingReader.read("ts,funding_rate\n28800,0.0001\n57600,-0.003\n".bytes, named: "f")
    #expect(slow.series.map(\.ratePerEightHours) == [0.0001, -0.003])
    let single = try FundingReader.read("ts,funding_rate\n28800,0.0001\n".bytes, named: "f")
    #expect(single.series.map(\.ratePerEightHours) == [0.0001])
  }

  @Test("Binance's own file states the interval in each row")
  func binance() throws {
    let text = """
      calc_time,funding_interval_hours,last_funding_rate
      1704067200005,8,0.00037409
      1704096000000,4,0.0001
      1704110400001,4,0.0002
      """
    let reading = try FundingReader.read(text.bytes, named: "f")
    #expect(reading.series.map(\.ratePerEightHours) == [0.00037409, 0.0002, 0.0004])
    #expect(reading.series.map(\.time) == [1_704_067_200, 1_704_096_000, 1_704_110_400])
  }

  @Test("a late stamp is not a gap, a missing payment is one, an impossible rate is bad")
  func quality() throws {
    let text =
      "ts,funding_rate\n28800,0.1\n57603,0.1\n86400,0.1\n144000,0.1\n172800,1.5\n172800,nan\n201600,0.1\n"
    let quality = try FundingReader.read(text.bytes, named: "f").quality
    #expect(
      quality.gaps == [
        DataGap(first: 115_200, last: 115_200, missing: 1),
        DataGap(first: 172_800, last: 172_800, missing: 1),
      ])
    #expect(quality.bad.count == 2 && quality.kept == 5)
  }

  @Test("the recorded payments are complete", .enabled(if: SharedData.isPresent))
  func recorded() throws {
    let reading = try FundingReader.read(
      SharedData.bytes("funding/btcusdt_binance_8h_2019_2026.csv.gz"), named: "f")
    #expect(reading.series.count == 7_028)
    #expect(reading.quality.gaps.isEmpty)
    let least = reading.series.min { $0.ratePerEightHours < $1.ratePerEightHours }
    #expect(least == FundingPrint(time: 1_584_086_400, ratePerEightHours: -0.003))
    let hourly = try FundingReader.read(SharedData.bytes("funding/btc_dydx_2020_2023.csv.gz"), named: "f")
    #expect(
      hourly.series.first
        == FundingPrint(time: 1_640_995_200, ratePerEightHours: 5.8615e-06 * 8, interval: 3_600))
    let gate = try FundingReader.read(SharedData.bytes("funding/btc_gate_2020_2023.csv.gz"), named: "f")
    #expect((80...100).contains(gate.quality.missing))
  }
}

@Suite("Open interest")
struct OpenInterestReaderTests {
  @Test("sides in dollars are read as they are, Binance's total by the ratio of accounts")
  func layouts() throws {
    let sides = try OpenInterestReader.read("time,long,short\n300,5,4\n600,6,-1\n900,7,7\n".bytes, named: "f")
    #expect(
      sides.series == [
        OpenInterestPrint(time: 300, longUSD: 5, shortUSD: 4),
        OpenInterestPrint(time: 900, longUSD: 7, shortUSD: 7),
      ])
    #expect(sides.quality.bad.firstLine == 3)
    let metrics = """
      create_time,symbol,sum_open_interest,sum_open_interest_value,count_toptrader_long_short_ratio,sum_toptrader_long_short_ratio,count_long_short_ratio,sum_taker_long_short_vol_ratio
      2024-01-01 00:05:00,BTCUSDT,70000,3000000,1.5,1.1,3,0.9
      2024-01-01 00:10:00,BTCUSDT,70000,3000000,1.5,1.1,1,0.9
      """
    let binance = try OpenInterestReader.read(metrics.bytes, named: "f")
    #expect(
      binance.series == [
        OpenInterestPrint(time: 1_704_067_500, longUSD: 4_500_000, shortUSD: 1_500_000),
        OpenInterestPrint(time: 1_704_067_800, longUSD: 3_000_000, shortUSD: 3_000_000),
      ])
  }
}

@Suite("Order books")
struct OrderBookReaderTests {
  private let text = """
    venue,symbol,ts,side,price,size
    v,A,1652459225.393,bid,99,2
    v,A,1652459225.393,ask,102,1
    v,A,1652459225.393,bid,100,3
    v,A,1652459225.393,ask,101,4
    v,A,1652459225.393,bid,100,9
    v,A,1652459225.393,bid,98,0
    v,A,1652459226.393,ask,103,1
    v,B,1652459225.393,ask,5,1
    """

  @Test("levels are sorted, doubled prices count once, and each instant is a book")
  func books() throws {
    let reading = try OrderBookReader.read(text.bytes, named: "f", symbol: "A")
    #expect(
      reading.series == [
        OrderBook(
          timeMilliseconds: 1_652_459_225_393,
          bids: [BookLevel(price: 100, sizeUSD: 300), BookLevel(price: 99, sizeUSD: 198)],
          asks: [BookLevel(price: 101, sizeUSD: 404), BookLevel(price: 102, sizeUSD: 102)])
      ])
    // The second has no bids.
    #expect(reading.quality[.oneSidedBook] == RowFaults(count: 1, firstLine: 8, reason: "there are no bids"))
    #expect(reading.quality[.conflict].count == 1 && reading.quality.bad.count == 1)
    #expect(
      failure { _ = try OrderBookReader.read(text.bytes, named: "f") }
        == MarketDataError(
          file: "f", .field(column: "symbol", text: "B", expected: .word(["A"])), line: 9, column: 3))
    #expect(
      failure { _ = try OrderBookReader.read(text.bytes, named: "f", symbol: "C") }
        == MarketDataError(file: "f", .noRows))
  }

  @Test("sizes become dollars by their unit")
  func units() {
    #expect(AmountUnit.base.usd(3, price: 100) == 300)
    #expect(AmountUnit.quote.usd(3, price: 100) == 3)
    #expect(AmountUnit.linearContracts(multiplier: 0.01).usd(300, price: 100) == 300)
    #expect(AmountUnit.inverseContracts(multiplier: 10).usd(3, price: 100) == 30)
  }

  @Test("recorded books have the depth of the golden numbers", .enabled(if: SharedData.isPresent))
  func recorded() throws {
    func depth(_ file: String, _ symbol: String, _ unit: AmountUnit) throws -> [Double] {
      let book = try #require(
        OrderBookReader.read(SharedData.bytes(file), named: file, symbol: symbol, unit: unit).series.last)
      let (bid, ask) = (try #require(book.bids.first?.price), try #require(book.asks.first?.price))
      let mid = (bid + ask) / 2
      let bids = book.bids.filter { $0.price >= mid * 0.995 }.reduce(0) { $0 + $1.sizeUSD }
      let asks = book.asks.filter { $0.price <= mid * 1.005 }.reduce(0) { $0 + $1.sizeUSD }
      return [bids, asks]
    }
    #expect(try depth("books/bitmex_20210722.csv.gz", "XBTUSD", .quote) == [15_789_800, 15_017_600])
    let okx = try depth("books/okx_20220513.csv.gz", "BTC-USDT", .base)
    #expect(abs(okx[0] - 2_613_093.2227727016) < 1e-6 && abs(okx[1] - 1_655_334.902981063) < 1e-6)
    let dydx = try depth("books/dydx_v3_20211028.csv.gz", "ETH-USD", .base)
    #expect(abs(dydx[0] - 66_407_100.81560001) < 1e-6 && abs(dydx[1] - 64_267_404.53200001) < 1e-6)
  }
}

@Suite("Option chains")
struct OptionChainReaderTests {
  private let summary = """
    {"jsonrpc":"2.0","result":[
     {"instrument_name":"BTC-27MAR26-100000-C","underlying_price":90000,"creation_timestamp":1770326977001,
      "mark_price":0.05,"mark_iv":55.5,"bid_price":0.049,"ask_price":null,"open_interest":12.5,"volume":1},
     {"instrument_name":"BTC-27MAR26-100000-P","underlying_price":90000,"creation_timestamp":1770326977001,
      "mark_price":0.16,"mark_iv":56,"bid_price":0,"ask_price":0.17,"open_interest":3},
     {"instrument_name":"BTC-PERPETUAL","creation_timestamp":1770326977001},
     {"instrument_name":"BTC-7FEB26-90000-C","underlying_price":90000,"creation_timestamp":1770326977001,"mark_price":0.01,
      "mark_iv":70,"open_interest":1}],"usIn":1}
    """

  @Test("Deribit's summary is in coins and percent; the chain is in dollars and fractions")
  func deribit() throws {
    let reading = try OptionChainReader.read(summary.bytes, named: "f")
    let chain = try #require(reading.series.first)
    #expect(reading.series.count == 1 && chain.time == 1_770_326_978)
    #expect(chain.quotes.map(\.strike) == [90_000, 100_000, 100_000])
    #expect(chain.quotes.map(\.kind) == [.call, .call, .put])
    let call = chain.quotes[1]
    // 27 March 2026, 08:00.
    #expect(call.expiry == 1_774_598_400)
    #expect(call.mark == 4_500 && call.bid == 0.049 * 90_000 && call.ask == nil)
    #expect(call.markVolatility == 0.555 && call.openInterest == 12.5)
    #expect(chain.quotes[2].bid == nil)
  }

  @Test("an option of another coin, a wrong type and a missing price are refused with their place")
  func wrong() {
    let other = summary.replacing("BTC-7FEB26", with: "ETH-7FEB26")
    let kind = summary.replacing("\"mark_iv\":55.5", with: "\"mark_iv\":[]")
    let missing = summary.replacing("\"underlying_price\":90000,\"creation", with: "\"creation")
    for text in [other, kind, missing, "{\"result\":7}", "[7]", "{\"result\":[", "[]"] {
      let error = failure { _ = try OptionChainReader.read(text.bytes, named: "f") }
      #expect(error?.file == "f", "\(text)")
    }
  }

  @Test("the plain layout holds several chains; the rows of one option keep their time")
  func plain() throws {
    let text = """
      ts,expiry,strike,kind,forward,bid,ask,mark,mark_iv,open_interest
      1000,5000,10,call,11,1,1.2,1.1,0.5,7
      1000,5000,10,put,11,,0.2,,,
      2000,5000,10,call,11,1,1.2,1.1,0.5,7
      6000,5000,10,call,11,1,1.2,1.1,0.5,7
      2000,5000,-10,call,11,1,1.2,1.1,0.5,7
      """
    let reading = try OptionChainReader.read(text.bytes, named: "f")
    #expect(reading.series.map(\.time) == [1_000, 2_000])
    #expect(reading.series[0].quotes.count == 2 && reading.series[0].quotes[1].bid == nil)
    // One has expired, one has no strike.
    #expect(reading.quality.bad.count == 2)
  }

  @Test("a layout without time asks for one")
  func undated() {
    let lean =
      "#expiry,strike,right,open,high,low,close,volume,open_interest,implied_volatility\n,,,1,1,1,92,5,,\n20140613,70,C,1,1,1,22,0,14,0.3\n"
    #expect(
      failure { _ = try OptionChainReader.read(lean.bytes, named: "f") }
        == MarketDataError(file: "f", .undated))
    #expect(
      failure { _ = try OptionChainReader.read("{\"a\":{\"rows\":[]}}".bytes, named: "f") }
        == MarketDataError(file: "f", .noRows))
    #expect(throws: Never.self) { try OptionChainReader.read(lean.bytes, named: "f", at: 1_402_300_800) }
  }

  @Test("recorded chains read whole", .enabled(if: SharedData.isPresent))
  func recorded() throws {
    let bytes = try SharedData.bytes("options/deribit_tickers_20210722.json.gz")
    let chains = try ["BTC", "ETH"].map { try OptionChainReader.read(bytes, named: "f", ticker: $0) }
    #expect(chains.reduce(0) { $0 + $1.quality.rows } == 89)
    #expect(chains.reduce(0) { $0 + $1.series[0].quotes.count } == 10)
    #expect(failure { _ = try OptionChainReader.read(bytes, named: "f") } != nil)
    // Marks reprice: each lies between intrinsic value and forward.
    for quote in chains.flatMap({ $0.series[0].quotes }) {
      let mark = try #require(quote.mark)
      let intrinsic = quote.kind == .call ? quote.forward - quote.strike : quote.strike - quote.forward
      #expect(mark > intrinsic - 1e-6 * quote.forward && mark < max(quote.forward, quote.strike))
    }
    let lean = try OptionChainReader.read(
      SharedData.bytes("options/lean_aapl_20140609.csv.gz"), named: "f", at: 1_402_300_800)
    #expect(lean.series[0].quotes.first?.forward == 92.72)
    #expect(lean.quality.rows == 4_360)
    #expect(lean.quality.kept + lean.quality.duplicates.count + lean.quality.bad.count == 4_360)
    let model = try OptionChainReader.read(
      SharedData.bytes("options/stochvolmodels_iv_chains.json.gz"), named: "f", at: 1_634_774_400,
      ticker: "BTC")
    #expect(model.series[0].quotes.count == 49)
    #expect(model.series[0].quotes.first?.bidVolatility == 0.9231)
  }
}

@Suite("Venue margins")
struct VenueMarginTests {
  @Test("steps charge the whole position, from the first step on")
  func steps() throws {
    let json = """
      {"BTC-USD":{"initialMarginFraction":"0.04","maintenanceMarginFraction":"0.03","incrementalInitialMarginFraction":"0.01",
      "incrementalPositionSize":"1.5","baselinePositionSize":"9","maxPositionSize":"170","openInterest":"5885.4","oraclePrice":"61077.75"}}
      """
    let btc = try #require(VenueMarginReader.dYdXMarkets(json.bytes, named: "f").first)
    #expect(
      [1, 9, 9.1, 10.5, 10.6, 24, 170].map { (btc.initialRate(size: $0) * 100).rounded() } == [
        4, 4, 5, 5, 6, 14, 100,
      ])
    #expect(btc.maintenanceRate(size: 170) == 0.03)
  }

  @Test("brackets must follow each other and not grow cheaper")
  func brackets() throws {
    let json = """
      [{"symbol":"BTCUSDT","brackets":[
      {"bracket":1,"initialLeverage":125,"notionalCap":50000,"notionalFloor":0,"maintMarginRatio":0.004,"cum":0},
      {"bracket":2,"initialLeverage":100,"notionalCap":250000,"notionalFloor":50000,"maintMarginRatio":0.005,"cum":50}]}]
      """
    let margin = try #require(VenueMarginReader.binanceBrackets(json.bytes, named: "f").first)
    #expect(
      margin.brackets.map(\.initialRate) == [0.008, 0.01] && margin.brackets.map(\.cap) == [50_000, 250_000])
    for (old, new) in [
      ("\"notionalFloor\":50000", "\"notionalFloor\":60000"), ("0.005", "0.003"), ("100,", "200,"),
    ] {
      #expect(
        failure {
          _ = try VenueMarginReader.binanceBrackets(json.replacing(old, with: new).bytes, named: "f")
        } != nil)
    }
  }

  @Test("recorded tables read whole", .enabled(if: SharedData.isPresent))
  func recorded() throws {
    let cme = try VenueMarginReader.contractMargins(SharedData.bytes("margin/cme_BTC_clean.csv"), named: "f")
    #expect(cme.series.count == 128 && cme.quality.isClean)
    #expect(cme.series.allSatisfy { abs($0.initialUSD - 1.1 * $0.maintenanceUSD) <= 1 })
    let dydx = try VenueMarginReader.dYdXMarkets(
      SharedData.bytes("margin/dydx_v3_markets_20211028.json.gz"), named: "f")
    #expect(dydx.count == 27)
    let bitmex = try VenueMarginReader.bitMEXInstruments(
      SharedData.bytes("margin/bitmex_instruments_20210722.json.gz"), named: "f")
    let perpetual = try #require(bitmex.first { $0.symbol == "XBTUSD" })
    #expect(perpetual.base == 200 && perpetual.step == 100)
    #expect([180, 230].map(perpetual.maintenanceRate(size:)) == [0.0035, 0.007])
  }
}
