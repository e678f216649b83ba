import MarketData
import TestSupport
import Testing

@Suite("JSON of exchanges and libraries")
struct JSONTableTests {
  private static let expected = [
    Bar(openTime: 1_770_969_600, open: 10, high: 12, low: 9, close: 11, baseVolume: 2, quoteVolume: 22),
    Bar(openTime: 1_770_973_200, open: 11, high: 13, low: 10, close: 12, baseVolume: 3, quoteVolume: 36),
  ]

  @Test(
    "bars of each exchange and of ccxt are the same bars",
    arguments: [
      // Binance
      #"[[1770969600000,"10","12","9","11","2",1770973199999,"22",5,"1","1","0"],[1770973200000,"11","13","10","12","3",1770976799999,"36",5,"1","1","0"]]"#,
      // Bybit, newest first
      #"{"retCode":0,"retMsg":"OK","result":{"category":"linear","symbol":"BTCUSDT","list":[["1770973200000","11","13","10","12","3","36"],["1770969600000","10","12","9","11","2","22"]]},"time":1770980000000}"#,
      // OKX
      #"{"code":"0","msg":"","data":[["1770973200000","11","13","10","12","300","3","36","1"],["1770969600000","10","12","9","11","200","2","22","1"]]}"#,
      // Coinbase Exchange: time, low, high, open, close
      "[[1770973200,10,13,11,12,3],[1770969600,9,12,10,11,2]]",
      // Coinbase Advanced
      #"{"candles":[{"start":"1770973200","low":"10","high":"13","open":"11","close":"12","volume":"3"},{"start":"1770969600","low":"9","high":"12","open":"10","close":"11","volume":"2"}]}"#,
      // Kraken
      #"{"error":[],"result":{"XXBTZUSD":[[1770969600,"10","12","9","11","10.5","2",7],[1770973200,"11","13","10","12","11.5","3",9]],"last":1770969600}}"#,
      // Kraken Futures
      #"{"candles":[{"time":1770969600000,"open":"10","high":"12","low":"9","close":"11","volume":"2"},{"time":1770973200000,"open":"11","high":"13","low":"10","close":"12","volume":"3"}],"more_candles":false}"#,
      // Deribit
      #"{"jsonrpc":"2.0","result":{"volume":[2,3],"ticks":[1770969600000,1770973200000],"status":"ok","open":[10,11],"low":[9,10],"high":[12,13],"cost":[22,36],"close":[11,12]},"usIn":1,"usOut":2,"testnet":false}"#,
      // dYdX
      #"{"candles":[{"startedAt":"2026-02-13T09:00:00.000Z","ticker":"BTC-USD","resolution":"1HOUR","low":"10","high":"13","open":"11","close":"12","baseTokenVolume":"3","usdVolume":"36","trades":9},{"startedAt":"2026-02-13T08:00:00.000Z","ticker":"BTC-USD","resolution":"1HOUR","low":"9","high":"12","open":"10","close":"11","baseTokenVolume":"2","usdVolume":"22","trades":7}]}"#,
      // Hyperliquid: t and T
      #"[{"T":1770973199999,"t":1770969600000,"s":"BTC","i":"1h","o":"10","c":"11","h":"12","l":"9","v":"2","n":7},{"T":1770976799999,"t":1770973200000,"s":"BTC","i":"1h","o":"11","c":"12","h":"13","l":"10","v":"3","n":9}]"#,
      // BitMEX: stamped with the end, volume in contracts
      #"[{"timestamp":"2026-02-13T10:00:00.000Z","symbol":"XBTUSD","open":11,"high":13,"low":10,"close":12,"trades":9,"volume":36,"vwap":11.5,"lastSize":1,"turnover":300000000,"homeNotional":3,"foreignNotional":36},{"timestamp":"2026-02-13T09:00:00.000Z","symbol":"XBTUSD","open":10,"high":12,"low":9,"close":11,"trades":7,"volume":22,"vwap":10.5,"lastSize":1,"turnover":200000000,"homeNotional":2,"foreignNotional":22}]"#,
      // ccxt: arrays, and a dictionary of symbols and intervals
      "[[1770969600000, 10, 12, 9, 11, 2], [1770973200000, 11.0, 13.0, 10.0, 12.0, 3.0]]",
      #"{"BTC/USDT": {"1h": [[1770969600000, 10, 12, 9, 11, 2], [1770973200000, 11, 13, 10, 12, 3]]}}"#,
      // pandas: records, and split
      #"[{"timestamp":1770969600000,"open":10,"high":12,"low":9,"close":11,"volume":2},{"timestamp":1770973200000,"open":11,"high":13,"low":10,"close":12,"volume":3}]"#,
      #"{"columns":["timestamp","open","high","low","close","volume"],"index":[0,1],"data":[[1770969600000,10,12,9,11,2],[1770973200000,11,13,10,12,3]]}"#,
      // One document for each line
      "{\"ts\":1770969600,\"open\":10,\"high\":12,\"low\":9,\"close\":11,\"volume\":2}\n{\"ts\":1770973200,\"open\":11,\"high\":13,\"low\":10,\"close\":12,\"volume\":3}\n",
      // Pages of answers
      #"[{"code":"0","data":[["1770973200000","11","13","10","12","300","3","36","1"]]},{"code":"0","data":[["1770969600000","10","12","9","11","200","2","22","1"]]}]"#,
      // HTX: amount in coins, vol in dollars
      #"{"status":"ok","ch":"x","data":[{"id":1770973200,"open":11,"close":12,"low":10,"high":13,"amount":3,"vol":36,"count":9,"ts":1770973200},{"id":1770969600,"open":10,"close":11,"low":9,"high":12,"amount":2,"vol":22,"count":7,"ts":1770969600}]}"#,
    ])
  func bars(_ text: String) throws {
    let reading = try BarReader.read(text.bytes, named: "f")
    #expect(reading.series == BarSeries(interval: 3_600, bars: Self.expected))
    #expect(reading.quality.isClean)
  }

  @Test(
    "funding of each exchange is normalised to eight hours",
    arguments: [
      (
        #"[{"symbol":"BTCUSDT","fundingTime":1770969600000,"fundingRate":"0.0001","markPrice":"1"},{"symbol":"BTCUSDT","fundingTime":1770998400000,"fundingRate":"0.0002","markPrice":"1"}]"#,
        1.0
      ),
      (
        #"{"retCode":0,"result":{"category":"linear","list":[{"symbol":"BTCUSDT","fundingRate":"0.0002","fundingRateTimestamp":"1770998400000"},{"symbol":"BTCUSDT","fundingRate":"0.0001","fundingRateTimestamp":"1770969600000"}]},"time":1771000000000}"#,
        1.0
      ),
      (
        #"{"code":"0","data":[{"fundingRate":"0.9","realizedRate":"0.0002","fundingTime":"1770998400000","instId":"BTC-USD-SWAP"},{"fundingRate":"0.9","realizedRate":"0.0001","fundingTime":"1770969600000","instId":"BTC-USD-SWAP"}]}"#,
        1.0
      ),
      (
        #"{"jsonrpc":"2.0","result":[{"timestamp":1770969600000,"index_price":1,"prev_index_price":1,"interest_8h":0.5,"interest_1h":0.0001},{"timestamp":1770973200000,"index_price":1,"prev_index_price":1,"interest_8h":0.5,"interest_1h":0.0002}]}"#,
        8.0
      ),
      (
        #"{"historicalFunding":[{"ticker":"BTC-USD","rate":"0.0002","price":"9","effectiveAt":"2026-02-13T09:00:00Z"},{"ticker":"BTC-USD","rate":"0.0001","price":"9","effectiveAt":"2026-02-13T08:00:00Z"}]}"#,
        8.0
      ),
      (
        #"[{"coin":"BTC","fundingRate":"0.0001","premium":"0.3","time":1770969600021},{"coin":"BTC","fundingRate":"0.0002","premium":"0.3","time":1770973200033}]"#,
        8.0
      ),
      (
        #"[{"timestamp":"2026-02-13T08:00:00Z","symbol":"XBTUSD","fundingInterval":"2000-01-01T08:00:00Z","fundingRate":0.0001,"fundingRateDaily":0.0003},{"timestamp":"2026-02-13T16:00:00Z","symbol":"XBTUSD","fundingInterval":"2000-01-01T08:00:00Z","fundingRate":0.0002,"fundingRateDaily":0.0006}]"#,
        1.0
      ),
      (
        #"{"result":"success","rates":[{"timestamp":"2026-02-13T08:00:00Z","fundingRate":7.5,"relativeFundingRate":0.0001},{"timestamp":"2026-02-13T09:00:00Z","fundingRate":7.5,"relativeFundingRate":0.0002}]}"#,
        8.0
      ),
      (
        #"[{"info":{"fundingRate":"9"},"symbol":"BTC/USDT:USDT","fundingRate":0.0001,"timestamp":1770969600000,"datetime":"2026-02-13T08:00:00.000Z"},{"info":{},"symbol":"BTC/USDT:USDT","fundingRate":0.0002,"timestamp":1770998400000,"datetime":"2026-02-13T16:00:00.000Z"}]"#,
        1.0
      ),
      (
        #"{"results":[{"instrument_id":"1","funding_rate":"0.0001","mark_price":"9","event_time":"2026-02-13T08:00:00Z"},{"instrument_id":"1","funding_rate":"0.0002","mark_price":"9","event_time":"2026-02-13T09:00:00Z"}]}"#,
        8.0
      ),
    ])
  func funding(_ text: String, _ factor: Double) throws {
    let reading = try FundingReader.read(text.bytes, named: "f")
    #expect(reading.series.map(\.ratePerEightHours) == [0.0001 * factor, 0.0002 * factor])
    #expect(reading.series.first?.time == 1_770_969_600 && reading.quality.isClean)
  }

  @Test(
    "open interest of each exchange that states it in dollars",
    arguments: [
      #"[{"symbol":"BTCUSDT","sumOpenInterest":"5","sumOpenInterestValue":"500","timestamp":1770969600000},{"symbol":"BTCUSDT","sumOpenInterest":"5","sumOpenInterestValue":"600","timestamp":1770973200000}]"#,
      #"[{"symbol":"BTC/USDT:USDT","openInterestAmount":5,"openInterestValue":500,"timestamp":1770969600000,"datetime":null,"info":{}},{"symbol":"BTC/USDT:USDT","openInterestAmount":5,"openInterestValue":600,"timestamp":1770973200000,"datetime":null,"info":{}}]"#,
      #"{"code":"0","data":[{"instId":"BTC-USD-SWAP","oi":"5","oiCcy":"6","oiUsd":"500","ts":"1770969600000"},{"instId":"BTC-USD-SWAP","oi":"5","oiCcy":"6","oiUsd":"600","ts":"1770973200000"}]}"#,
    ])
  func openInterest(_ text: String) throws {
    let reading = try OpenInterestReader.read(text.bytes, named: "f")
    #expect(reading.series.map(\.longUSD) == [500, 600] && reading.series.map(\.shortUSD) == [500, 600])
  }

  @Test(
    "books of each exchange are the same book",
    arguments: [
      #"{"lastUpdateId":7,"E":1770969600000,"T":1770969600000,"bids":[["10","2"],["9","1"]],"asks":[["11","3"]]}"#,
      #"{"retCode":0,"result":{"s":"BTCUSDT","b":[["10","2"],["9","1"]],"a":[["11","3"]],"ts":1770969600000,"u":1,"seq":2},"time":1770969600500}"#,
      #"{"code":"0","data":[{"asks":[["11","3","0","1"]],"bids":[["10","2","0","1"],["9","1","0","1"]],"ts":"1770969600000"}]}"#,
      #"{"bids":[["10","2",1],["9","1",1]],"asks":[["11","3",1]],"sequence":5,"time":"2026-02-13T08:00:00Z"}"#,
      #"{"pricebook":{"product_id":"BTC-USD","bids":[{"price":"10","size":"2"},{"price":"9","size":"1"}],"asks":[{"price":"11","size":"3"}],"time":"2026-02-13T08:00:00Z"}}"#,
      #"{"error":[],"result":{"XXBTZUSD":{"asks":[["11","3",1770969500]],"bids":[["10","2",1770969600],["9","1",1770969400]]}}}"#,
      #"{"jsonrpc":"2.0","result":{"timestamp":1770969600000,"instrument_name":"BTC-PERPETUAL","bids":[[10,2],[9,1]],"asks":[[11,3]],"stats":{"high":1}},"usOut":1770969700000000}"#,
      #"{"coin":"BTC","time":1770969600000,"levels":[[{"px":"10","sz":"2","n":1},{"px":"9","sz":"1","n":1}],[{"px":"11","sz":"3","n":4}]]}"#,
      #"[{"symbol":"XBTUSD","id":1,"side":"Sell","size":3,"price":11,"timestamp":"2026-02-13T08:00:00Z"},{"symbol":"XBTUSD","id":2,"side":"Buy","size":2,"price":10,"timestamp":"2026-02-13T08:00:00Z"},{"symbol":"XBTUSD","id":3,"side":"Buy","size":1,"price":9,"timestamp":"2026-02-13T08:00:00Z"}]"#,
      #"{"symbol":"BTC/USDT","bids":[[10,2],[9,1]],"asks":[[11,3]],"timestamp":1770969600000,"datetime":"x","nonce":null}"#,
    ])
  func books(_ text: String) throws {
    let reading = try OrderBookReader.read(text.bytes, named: "f")
    #expect(
      reading.series == [
        OrderBook(
          timeMilliseconds: 1_770_969_600_000,
          bids: [BookLevel(price: 10, sizeUSD: 20), BookLevel(price: 9, sizeUSD: 9)],
          asks: [BookLevel(price: 11, sizeUSD: 33)])
      ])
  }

  @Test("a book that does not say when it was taken asks for the time; a file of several has as many books")
  func bookTimes() throws {
    let undated = #"{"bids":[{"price":"10","size":"2"}],"asks":[{"price":"11","size":"3"}]}"#
    #expect(
      failure { _ = try OrderBookReader.read(undated.bytes, named: "f") }
        == MarketDataError(file: "f", .undated))
    #expect(
      try OrderBookReader.read(undated.bytes, named: "f", at: 5).series.map(\.timeMilliseconds) == [5_000])
    let lines = (1...3).map {
      #"{"bids":[[10,\#($0)]],"asks":[[11,1]],"timestamp":\#(1_770_969_600_000 + $0)}"#
    }
    let several = try OrderBookReader.read(lines.joined(separator: "\n").bytes, named: "f")
    #expect(several.series.map { $0.bids.map(\.sizeUSD) } == [[10], [20], [30]])
  }

  @Test(
    "chains of each exchange are in dollars and fractions",
    arguments: [
      #"[{"instrument_name":"BTC-27MAR26-100000-C","underlying_price":90000,"creation_timestamp":1770969600000,"mark_price":0.05,"mark_iv":55.5,"bid_price":0.04,"ask_price":null,"open_interest":12.5}]"#,
      #"{"retCode":0,"result":{"category":"option","list":[{"symbol":"BTC-27MAR26-100000-C-USDT","bid1Price":"3600","bid1Iv":"0","ask1Price":"0","ask1Iv":"0","markPrice":"4500","markIv":"0.555","indexPrice":"1","underlyingPrice":"90000","openInterest":"12.5"}]},"time":1770969600000}"#,
    ])
  func chains(_ text: String) throws {
    let chain = try #require(OptionChainReader.read(text.bytes, named: "f").series.first)
    #expect(chain.time == 1_770_969_600)
    let quote = try #require(chain.quotes.first)
    #expect(
      quote.strike == 100_000 && quote.kind == .call && quote.forward == 90_000
        && quote.expiry == 1_774_598_400)
    #expect(quote.mark == 4_500 && quote.bid == 3_600 && quote.ask == nil)
    #expect(quote.markVolatility == 0.555 && quote.openInterest == 12.5)
  }

  @Test("OKX's summary has volatilities and no prices; ccxt's dictionary has prices")
  func otherChains() throws {
    let okx =
      #"{"code":"0","data":[{"instType":"OPTION","instId":"BTC-USD-260327-100000-C","uly":"BTC-USD","bidVol":"0.5","askVol":"","markVol":"0.555","fwdPx":"90000","ts":"1770969600000"}]}"#
    let summary = try #require(OptionChainReader.read(okx.bytes, named: "f").series.first)
    #expect(summary.time == 1_770_969_600 && summary.quotes.map(\.markVolatility) == [0.555])
    #expect(summary.quotes.map(\.bidVolatility) == [0.5] && summary.quotes.map(\.askVolatility) == [nil])
    let ccxt =
      #"{"BTC/USD:BTC-260327-100000-C":{"info":{"x":1},"currency":"BTC","symbol":"BTC/USD:BTC-260327-100000-C","timestamp":1770969600000,"datetime":"x","impliedVolatility":55,"openInterest":2,"bidPrice":0.04,"askPrice":null,"markPrice":0.05,"underlyingPrice":90000}}"#
    let quotes = try #require(OptionChainReader.read(ccxt.bytes, named: "f").series.first).quotes
    #expect(
      quotes.map(\.mark) == [4_500] && quotes.map(\.bid) == [3_600] && quotes.map(\.openInterest) == [2])
  }

  @Test("Volatilities of ccxt's greeks are in percent or fractions by exchange, and none is taken")
  func greeks() throws {
    let text =
      #"[{"symbol":"BTC/USD:BTC-260327-100000-C","timestamp":1770969600000,"delta":0.5,"bidImpliedVolatility":15,"askImpliedVolatility":16,"markImpliedVolatility":15.5,"bidPrice":0.019,"askPrice":0.021,"markPrice":0.02,"underlyingPrice":100000}]"#
    let quotes = try #require(OptionChainReader.read(text.bytes, named: "f").series.first).quotes
    #expect(quotes.map(\.bidVolatility) == [nil] && quotes.map(\.askVolatility) == [nil])
    #expect(quotes.map(\.markVolatility) == [nil] && quotes.map(\.mark) == [2_000])
  }

  @Test(
    "Tardis' history makes a chain at each whole hour and at the end, of the last quote of each option by then"
  )
  func tardis() throws {
    let header =
      "exchange,symbol,timestamp,local_timestamp,type,strike_price,expiration,open_interest,last_price,bid_price,bid_amount,bid_iv,ask_price,ask_amount,ask_iv,mark_price,mark_iv,underlying_index,underlying_price,delta,gamma,vega,theta,rho"
    func row(_ symbol: String, _ seconds: Double, mark: Double) -> String {
      let micros = Int64(seconds * 1_000_000)
      return
        "deribit,\(symbol),\(micros),\(micros),call,100000,1774598400000000,5,,0.04,1,50,,1,60,\(mark),55.5,SYN,90000,0,0,0,0,0"
    }
    let lines = [
      header, row("BTC-27MAR26-100000-C", 1_770_969_600.5, mark: 0.05),
      row("BTC-27MAR26-100000-C", 1_770_970_000, mark: 0.06),
      row("BTC-27MAR26-120000-C", 1_770_971_000, mark: 0.01),
      row("BTC-27MAR26-100000-C", 1_770_973_300, mark: 0.07),
    ]
    let reading = try OptionChainReader.read(lines.joined(separator: "\n").bytes, named: "f")
    #expect(reading.series.map(\.time) == [1_770_973_200, 1_770_973_300])
    #expect(
      reading.series.map { $0.quotes.compactMap(\.mark) } == [[5_400, 900], [6_300.000000000001, 900]])
    #expect(reading.series[0].quotes.map(\.markVolatility) == [0.555, 0.555])
    let other = lines.joined(separator: "\n").replacing("deribit,", with: "okex-options,")
    #expect(failure { _ = try OptionChainReader.read(other.bytes, named: "f") } != nil)
  }

  @Test(
    "what is JSON and not what it should be is said with its members, and an error of an exchange with its words"
  )
  func wrong() throws {
    let error = failure {
      _ = try BarReader.read(#"{"code":-1121,"msg":"Invalid symbol."}"#.bytes, named: "f")
    }
    #expect(error?.description.contains("Invalid symbol.") == true)
    let funding = #"[{"symbol":"B","fundingRate":"1","fundingTime":1}]"#
    let mismatch = failure { _ = try BarReader.read(funding.bytes, named: "f") }
    #expect(
      mismatch?.description.contains("is JSON, objects with the members \"symbol\", \"fundingRate\"") == true)
    for text in [
      "{", "[", "[[1,2", #"{"a":}"#, #"[{"a":1},]"#, #"[{"a":1} {"b":2}]"#, "[1,2]x", #"["a]"#, "[tru]",
    ] {
      let error = failure { _ = try BarReader.read(text.bytes, named: "f") }
      #expect(error != nil, "\(text)")
    }
    let place = failure { _ = try BarReader.read("[\n [1,2],\n [1,2,}\n]".bytes, named: "f") }
    #expect(place?.line == 3 && place?.column == 7)
  }

  @Test("text cut anywhere, changed anywhere, and nested deep never traps")
  func damage() throws {
    let texts = [
      #"{"retCode":0,"result":{"list":[["1770973200000","11","13","10","12","3","36"],["1","2","3","4","5","6","7"]]}}"#,
      #"{"lastUpdateId":7,"E":1770969600000,"bids":[["10","2"],["9","1"]],"asks":[["11","3"]]}"#,
      #"[{"instrument_name":"BTC-27MAR26-100000-C","underlying_price":90000,"timestamp":1770969600000,"mark_iv":5}]"#,
      #"{"a":{"columns":["ts","open","x"],"data":[[1,2,3]]},"levels":[[{"px":"1","sz":"2"}],[]]}"#,
      #"{"ticks":[1,2],"open":[1,2],"high":[1,2],"low":[1,2],"close":[1,2],"volume":[1,2]}"#,
    ]
    var random = SplitMix64(seed: 5)
    for text in texts {
      for count in 0...text.utf8.count { try? readAll(Array(text.bytes.prefix(count))) }
      for _ in 0..<400 {
        var bytes = text.bytes
        for _ in 0..<Int.random(in: 1...4, using: &random) {
          let signs = "[]{},:\"\\ 0n-".bytes
          bytes[Int.random(in: bytes.indices, using: &random)] = signs.randomElement(using: &random) ?? 0
        }
        try? readAll(bytes)
      }
    }
    for deep in [String(repeating: "[", count: 100_000), String(repeating: "{\"a\":", count: 100_000)] {
      #expect(failure { _ = try BarReader.read(deep.bytes, named: "f") } != nil)
    }
  }

  private func readAll(_ bytes: [UInt8]) throws {
    _ = try? BarReader.read(bytes, named: "f")
    _ = try? FundingReader.read(bytes, named: "f")
    _ = try? OpenInterestReader.read(bytes, named: "f")
    _ = try? OrderBookReader.read(bytes, named: "f")
    _ = try? OptionChainReader.read(bytes, named: "f")
    _ = try? PriceReader.read(bytes, named: "f")
  }
}
