import CanonicalBytes
import MarginRules
import MarketData
import RiskEngine
import Testing

/// A made-up market that is written as each source writes it gives the snapshot, byte for byte, that the
/// plain files give.
@Suite("A market in the format of each source")
struct FormatRoundTripTests {
  static let files: [String: [UInt8]] = Dictionary(
    uniqueKeysWithValues: SyntheticMarket(seed: 5, days: 40).directory().map { ($0.path, $0.bytes) })

  /// The rows of a plain file, as text.
  static func rows(_ path: String) -> [[String]] {
    String(decoding: files[path] ?? [], as: UTF8.self).split(separator: "\n").dropFirst().map { line in
      line.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    }
  }

  /// The bytes of the snapshot of the market with another file for one of its series.
  ///
  /// - Parameter listed: what the listing says of the file, after its path: `, "time": 5`.
  static func published(_ path: String, _ text: String, _ listed: String = "") throws -> [UInt8] {
    let name = "\"\(path)\""
    let listing = String(decoding: files[Market.listingFile] ?? [], as: UTF8.self)
      .replacing(name, with: name + listed)
    return try published([path: Array(text.utf8), Market.listingFile: Array(listing.utf8)])
  }

  /// The bytes of the snapshot of the market with other files.
  static func published(_ changed: [String: [UInt8]]) throws -> [UInt8] {
    let market = try Market.load { changed[$0] ?? files[$0] }
    let engine = try SnapshotPublisher(market: market, configuration: .standard, tracing: .none)
    let time = SyntheticMarket(seed: 5, days: 40).end
    return try engine.publish(at: time, state: .initial, previous: .zero, beacon: .zero).snapshot
      .canonicalBytes
  }

  // MARK: Bars

  /// One bar as text; `q` is its quote volume.
  struct Row {
    let t: Int
    let o, h, l, c, v, q: String
    var ms: Int { 1_000 * t }
    /// The time as RFC 3339.
    var iso: String { UTCTime.text(Int64(t)) }
  }

  static let bars: [Row] = rows("bars/BTC.csv").map { row in
    // Half of the volume at the low and half at the high, which is a price between them.
    let (high, low, volume) = (Double(row[2]) ?? 0, Double(row[3]) ?? 0, Double(row[5]) ?? 0)
    return Row(
      t: Int(row[0]) ?? 0, o: row[1], h: row[2], l: row[3], c: row[4], v: row[5],
      q: "\((volume * (high + low) / 2).rounded())")
  }

  static func csv(_ header: String, _ line: (Row) -> String) -> String {
    (header.isEmpty ? [] : [header]).joined() + (header.isEmpty ? "" : "\n")
      + bars.map(line).joined(separator: "\n") + "\n"
  }

  private static func array(_ item: (Row) -> String) -> String {
    "[" + bars.map(item).joined(separator: ",") + "]"
  }

  private static func newestFirst(_ item: (Row) -> String) -> String {
    "[" + bars.reversed().map(item).joined(separator: ",") + "]"
  }

  private static func column(_ value: (Row) -> String) -> String { array(value) }

  /// Formats that state the volume in coins alone.
  private static let oneVolume: [String: String] = [
    "ccxt": array { "[\($0.ms),\($0.o),\($0.h),\($0.l),\($0.c),\($0.v)]" },
    "ccxt dictionary": #"{"BTC/USDT:USDT":{"1h":"#
      + array { "[\($0.ms),\($0.o),\($0.h),\($0.l),\($0.c),\($0.v)]" } + "}}",
    "Coinbase Exchange": newestFirst { "[\($0.t),\($0.l),\($0.h),\($0.o),\($0.c),\($0.v)]" },
    "Coinbase Advanced": #"{"candles":"#
      + newestFirst {
        #"{"start":"\#($0.t)","low":"\#($0.l)","high":"\#($0.h)","open":"\#($0.o)","close":"\#($0.c)","volume":"\#($0.v)"}"#
      } + "}",
    "Kraken": #"{"error":[],"result":{"XXBTZUSD":"#
      + array { #"[\#($0.t),"\#($0.o)","\#($0.h)","\#($0.l)","\#($0.c)","\#($0.c)","\#($0.v)",7]"# }
      + #","last":1}}"#,
    "Kraken history": csv("") { "\($0.t),\($0.o),\($0.h),\($0.l),\($0.c),\($0.v),12" },
    "Kraken Futures": #"{"candles":"#
      + array {
        #"{"time":\#($0.ms),"open":"\#($0.o)","high":"\#($0.h)","low":"\#($0.l)","close":"\#($0.c)","volume":"\#($0.v)"}"#
      } + #","more_candles":false}"#,
    "Hyperliquid": array {
      #"{"T":\#($0.ms + 3_599_999),"c":"\#($0.c)","h":"\#($0.h)","i":"1h","l":"\#($0.l)","n":7,"o":"\#($0.o)","s":"BTC","t":\#($0.ms),"v":"\#($0.v)"}"#
    },
    "Bitfinex": newestFirst { "[\($0.ms),\($0.o),\($0.c),\($0.h),\($0.l),\($0.v)]" },
    "TradingView": csv("time,open,high,low,close,Volume") {
      "\($0.t),\($0.o),\($0.h),\($0.l),\($0.c),\($0.v)"
    },
    "freqtrade": csv("date,open,high,low,close,volume") {
      "\($0.iso.replacing("T", with: " ").replacing("Z", with: "+00:00")),\($0.o),\($0.h),\($0.l),\($0.c),\($0.v)"
    },
    "MetaTrader": csv("<DATE>\t<TIME>\t<OPEN>\t<HIGH>\t<LOW>\t<CLOSE>\t<TICKVOL>\t<VOL>\t<SPREAD>") {
      "\($0.iso.prefix(10).replacing("-", with: "."))\t\($0.iso.dropFirst(11).prefix(8))\t\($0.o)\t\($0.h)\t\($0.l)\t\($0.c)\t17\t\($0.v)\t3"
    },
    "MetaTrader terminal": csv("") {
      "\($0.iso.prefix(10).replacing("-", with: ".")),\($0.iso.dropFirst(11).prefix(5)),\($0.o),\($0.h),\($0.l),\($0.c),\($0.v)"
    },
    "pandas records": array {
      #"{"timestamp":\#($0.ms),"open":\#($0.o),"high":\#($0.h),"low":\#($0.l),"close":\#($0.c),"volume":\#($0.v)}"#
    },
    "pandas split": #"{"columns":["timestamp","open","high","low","close","volume"],"index":"#
      + array { "\($0.t)" }
      + #","data":"# + array { "[\($0.ms),\($0.o),\($0.h),\($0.l),\($0.c),\($0.v)]" } + "}",
    "one document a line": bars.map {
      #"{"ts":"\#($0.iso)","open":\#($0.o),"high":\#($0.h),"low":\#($0.l),"close":\#($0.c),"volume":\#($0.v)}"#
    }.joined(separator: "\n"),
  ]

  /// Formats that state both volumes.
  private static let bothVolumes: [String: String] = [
    "Binance": array {
      #"[\#($0.ms),"\#($0.o)","\#($0.h)","\#($0.l)","\#($0.c)","\#($0.v)",\#($0.ms + 3_599_999),"\#($0.q)",5,"1","1","0"]"#
    },
    "Binance archive": csv("") {
      "\($0.ms),\($0.o),\($0.h),\($0.l),\($0.c),\($0.v),\($0.ms + 3_599_999),\($0.q),5,1,1,0"
    },
    "Binance archive with header": csv(
      "open_time,open,high,low,close,volume,close_time,quote_volume,count,taker_buy_volume,taker_buy_quote_volume,ignore"
    ) { "\($0.ms),\($0.o),\($0.h),\($0.l),\($0.c),\($0.v),\($0.ms + 3_599_999),\($0.q),5,1,1,0" },
    "Bybit": #"{"retCode":0,"retMsg":"OK","result":{"category":"linear","symbol":"BTCUSDT","list":"#
      + newestFirst { #"["\#($0.ms)","\#($0.o)","\#($0.h)","\#($0.l)","\#($0.c)","\#($0.v)","\#($0.q)"]"# }
      + #"},"time":1}"#,
    "OKX": #"{"code":"0","msg":"","data":"#
      + newestFirst {
        #"["\#($0.ms)","\#($0.o)","\#($0.h)","\#($0.l)","\#($0.c)","1","\#($0.v)","\#($0.q)","1"]"#
      } + "}",
    "Deribit": #"{"jsonrpc":"2.0","result":{"ticks":"# + column { "\($0.ms)" } + #","status":"ok","open":"#
      + column { $0.o } + #","high":"# + column { $0.h } + #","low":"# + column { $0.l } + #","close":"#
      + column { $0.c } + #","volume":"# + column { $0.v } + #","cost":"# + column { $0.q } + "}}",
    "dYdX": #"{"candles":"#
      + newestFirst {
        #"{"startedAt":"\#($0.iso.dropLast()).000Z","ticker":"BTC-USD","low":"\#($0.l)","high":"\#($0.h)","open":"\#($0.o)","close":"\#($0.c)","baseTokenVolume":"\#($0.v)","usdVolume":"\#($0.q)"}"#
      } + "}",
    "BitMEX": newestFirst {
      #"{"timestamp":"\#(UTCTime.text(Int64($0.t + 3_600)))","symbol":"XBTUSD","open":\#($0.o),"high":\#($0.h),"low":\#($0.l),"close":\#($0.c),"trades":9,"volume":1,"turnover":3,"homeNotional":\#($0.v),"foreignNotional":\#($0.q)}"#
    },
    "KuCoin": #"{"code":"200000","data":"#
      + newestFirst { #"["\#($0.t)","\#($0.o)","\#($0.c)","\#($0.h)","\#($0.l)","\#($0.v)","\#($0.q)"]"# }
      + "}",
    "Gate": array {
      #"["\#($0.t)","\#($0.q)","\#($0.c)","\#($0.h)","\#($0.l)","\#($0.o)","\#($0.v)","true"]"#
    },
    "Bitget": #"{"code":"00000","data":"#
      + array {
        #"["\#($0.ms)","\#($0.o)","\#($0.h)","\#($0.l)","\#($0.c)","\#($0.v)","\#($0.q)","\#($0.q)"]"#
      } + "}",
    "MEXC": array {
      #"[\#($0.ms),"\#($0.o)","\#($0.h)","\#($0.l)","\#($0.c)","\#($0.v)",\#($0.ms + 3_600_000),"\#($0.q)"]"#
    },
    "HTX": #"{"ch":"market.btcusdt.kline.60min","status":"ok","ts":1770980000123,"data":"#
      + newestFirst {
        #"{"id":\#($0.t),"open":\#($0.o),"close":\#($0.c),"low":\#($0.l),"high":\#($0.h),"amount":\#($0.v),"vol":\#($0.q),"count":7}"#
      } + "}",
    "CryptoDataDownload": "https://www.CryptoDataDownload.com\n"
      + "Unix,Date,Symbol,Open,High,Low,Close,Volume BTC,Volume USDT,tradecount\n"
      + bars.reversed().map {
        "\($0.ms),\($0.iso),BTCUSDT,\($0.o),\($0.h),\($0.l),\($0.c),\($0.v),\($0.q),7"
      }.joined(separator: "\n"),
  ]

  @Test("bars with the volume in coins", arguments: oneVolume.keys.sorted())
  func barsInCoins(of format: String) throws {
    let plain = try Self.published(
      "bars/BTC.csv", String(decoding: Self.files["bars/BTC.csv"] ?? [], as: UTF8.self))
    #expect(try Self.published("bars/BTC.csv", Self.oneVolume[format] ?? "") == plain)
  }

  @Test("bars with both volumes", arguments: bothVolumes.keys.sorted())
  func barsInBoth(of format: String) throws {
    let plain = try Self.published(
      "bars/BTC.csv",
      Self.csv("ts,open,high,low,close,volume_base,volume_quote") {
        "\($0.t),\($0.o),\($0.h),\($0.l),\($0.c),\($0.v),\($0.q)"
      })
    #expect(try Self.published("bars/BTC.csv", Self.bothVolumes[format] ?? "") == plain)
  }

  // MARK: Funding

  static let paid: [(t: Int, rate: String)] = rows("funding/BTC.csv").map {
    (t: Int($0[0]) ?? 0, rate: $0[1])
  }

  private static func payments(_ item: (Int, String) -> String) -> String {
    "[" + paid.reversed().map(item).joined(separator: ",") + "]"
  }

  private static let venueFunding: [String: String] = [
    "Binance": payments {
      #"{"symbol":"BTCUSDT","fundingTime":\#(1_000 * $0 + 4),"fundingRate":"\#($1)","markPrice":"1"}"#
    },
    "Binance archive": "calc_time,funding_interval_hours,last_funding_rate\n"
      + paid.map { "\(1_000 * $0.t),8,\($0.rate)" }.joined(separator: "\n"),
    "Bybit": #"{"retCode":0,"result":{"category":"linear","list":"#
      + payments { #"{"symbol":"BTCUSDT","fundingRate":"\#($1)","fundingRateTimestamp":"\#(1_000 * $0)"}"# }
      + #"},"time":1}"#,
    "OKX": #"{"code":"0","data":"#
      + payments {
        #"{"instId":"BTC-USDT-SWAP","fundingRate":"0.5","realizedRate":"\#($1)","fundingTime":"\#(1_000 * $0)"}"#
      } + "}",
    "BitMEX": payments {
      #"{"timestamp":"\#(UTCTime.text(Int64($0)))","symbol":"XBTUSD","fundingInterval":"2000-01-01T08:00:00.000Z","fundingRate":\#($1),"fundingRateDaily":1}"#
    },
    "ccxt": payments {
      #"{"info":{},"symbol":"BTC/USDT:USDT","fundingRate":\#($1),"timestamp":\#(1_000 * $0),"datetime":"x"}"#
    },
    "Coinbase International": #"{"results":"#
      + payments {
        #"{"instrument_id":"1","funding_rate":"\#($1)","event_time":"\#(UTCTime.text(Int64($0)))"}"#
      } + "}",
    "Hyperliquid": payments {
      #"{"coin":"BTC","fundingRate":"\#($1)","premium":"0","time":\#(1_000 * $0 + 21)}"#
    },
    "dYdX": #"{"historicalFunding":"#
      + payments {
        #"{"ticker":"BTC-USD","rate":"\#($1)","price":"9","effectiveAt":"\#(UTCTime.text(Int64($0)))"}"#
      } + "}",
    "Kraken Futures": #"{"result":"success","rates":"#
      + payments {
        #"{"timestamp":"\#(UTCTime.text(Int64($0)))","fundingRate":7.5,"relativeFundingRate":\#($1)}"#
      } + "}",
  ]

  @Test("funding", arguments: venueFunding.keys.sorted())
  func payments(of format: String) throws {
    let plain = try Self.published(
      "funding/BTC.csv", String(decoding: Self.files["funding/BTC.csv"] ?? [], as: UTF8.self))
    #expect(try Self.published("funding/BTC.csv", Self.venueFunding[format] ?? "") == plain)
  }

  // MARK: Order books

  /// The books of one venue: time, bids and asks from the best.
  static let snapshots: [(t: Int, bids: [[String]], asks: [[String]])] = {
    var books: [Int: (bids: [[String]], asks: [[String]])] = [:]
    for row in rows("books/BTC-alpha.csv") {
      let t = Int(row[2]) ?? 0
      if row[3] == "bid" {
        books[t, default: ([], [])].bids.append([row[4], row[5]])
      } else {
        books[t, default: ([], [])].asks.append([row[4], row[5]])
      }
    }
    return books.sorted { $0.key < $1.key }.map { ($0.key, $0.value.bids, $0.value.asks) }
  }()

  static func lines(_ book: (Int, [[String]], [[String]]) -> String) -> String {
    snapshots.map { book($0.t, $0.bids, $0.asks) }.joined(separator: "\n")
  }

  static func pairs(
    _ side: [[String]], _ level: ([String]) -> String = { #"["\#($0[0])","\#($0[1])"]"# }
  ) -> String {
    "[" + side.map(level).joined(separator: ",") + "]"
  }

  private static let venueBooks: [String: String] = [
    "Binance": lines {
      #"{"lastUpdateId":7,"E":\#(1_000 * $0),"T":\#(1_000 * $0),"bids":\#(pairs($1)),"asks":\#(pairs($2))}"#
    },
    "Bybit": lines {
      #"{"retCode":0,"result":{"s":"BTCUSDT","b":\#(pairs($1)),"a":\#(pairs($2)),"ts":\#(1_000 * $0),"u":1},"time":\#(1_000 * $0 + 9)}"#
    },
    "OKX": lines {
      #"{"code":"0","data":[{"asks":\#(pairs($2)),"bids":\#(pairs($1)),"ts":"\#(1_000 * $0)"}]}"#
    },
    "Coinbase": lines {
      let level = { (pair: [String]) in #"{"price":"\#(pair[0])","size":"\#(pair[1])"}"# }
      return
        #"{"pricebook":{"product_id":"BTC-USD","bids":\#(pairs($1, level)),"asks":\#(pairs($2, level)),"time":"\#(UTCTime.text(Int64($0)))"}}"#
    },
    "Hyperliquid": lines {
      let level = { (pair: [String]) in #"{"px":"\#(pair[0])","sz":"\#(pair[1])","n":1}"# }
      return #"{"coin":"BTC","time":\#(1_000 * $0),"levels":[\#(pairs($1, level)),\#(pairs($2, level))]}"#
    },
    "Deribit": lines {
      let level = { (pair: [String]) in "[\(pair[0]),\(pair[1])]" }
      return
        #"{"jsonrpc":"2.0","result":{"timestamp":\#(1_000 * $0),"instrument_name":"BTC_USDC-PERPETUAL","bids":\#(pairs($1, level)),"asks":\#(pairs($2, level))}}"#
    },
    "BitMEX": "["
      + snapshots.flatMap { book in
        (book.bids.map { ("Buy", $0) } + book.asks.map { ("Sell", $0) }).map { side, pair in
          #"{"symbol":"XBTUSD","id":1,"side":"\#(side)","size":\#(pair[1]),"price":\#(pair[0]),"timestamp":"\#(UTCTime.text(Int64(book.t)))"}"#
        }
      }.joined(separator: ",") + "]",
    "ccxt": lines {
      #"{"symbol":"BTC/USDT","bids":\#(pairs($1)),"asks":\#(pairs($2)),"timestamp":\#(1_000 * $0),"datetime":"x","nonce":null}"#
    },
    "Tardis book_snapshot": {
      let depth = snapshots.map { max($0.bids.count, $0.asks.count) }.max() ?? 0
      let names = (0..<depth).flatMap { i in
        ["asks[\(i)].price", "asks[\(i)].amount", "bids[\(i)].price", "bids[\(i)].amount"]
      }
      let lines = snapshots.map { book in
        let fields = (0..<depth).flatMap { i in
          (i < book.asks.count ? book.asks[i] : ["", ""]) + (i < book.bids.count ? book.bids[i] : ["", ""])
        }
        return (["binance-futures", "BTCUSDT", "\(book.t)000000", "\(book.t)000321"] + fields).joined(
          separator: ",")
      }
      return
        ((["exchange", "symbol", "timestamp", "local_timestamp"] + names).joined(separator: ",") + "\n"
        + lines.joined(separator: "\n"))
    }(),
  ]

  @Test("order books", arguments: venueBooks.keys.sorted())
  func books(of format: String) throws {
    let plain = try Self.published(
      "books/BTC-alpha.csv", String(decoding: Self.files["books/BTC-alpha.csv"] ?? [], as: UTF8.self))
    #expect(try Self.published("books/BTC-alpha.csv", Self.venueBooks[format] ?? "") == plain)
  }

  // MARK: Open interest

  static let interest: [(t: Int, usd: String)] = rows("open-interest/BTC.csv").map {
    (t: Int($0[0]) ?? 0, usd: $0[1])
  }

  private static let venueInterest: [String: String] = [
    "Binance": "["
      + interest.map {
        #"{"symbol":"BTCUSDT","sumOpenInterest":"\#((Double($0.usd) ?? 0) / 100_000)","sumOpenInterestValue":"\#($0.usd)","timestamp":\#(1_000 * $0.t)}"#
      }.joined(separator: ",") + "]",
    "OKX": #"{"code":"0","data":["#
      + interest.map {
        #"{"instId":"BTC-USDT-SWAP","oi":"5","oiCcy":"\#((Double($0.usd) ?? 0) / 100_000)","oiUsd":"\#($0.usd)","ts":"\#(1_000 * $0.t)"}"#
      }.joined(separator: ",") + "]}",
    "ccxt": "["
      + interest.map {
        #"{"symbol":"BTC/USDT:USDT","openInterestAmount":null,"openInterestValue":\#($0.usd),"timestamp":\#(1_000 * $0.t),"info":{}}"#
      }.joined(separator: ",") + "]",
    "Bybit, inverse": #"{"retCode":0,"result":{"symbol":"BTCUSD","category":"inverse","list":["#
      + interest.map { #"{"openInterest":"\#($0.usd)","timestamp":"\#(1_000 * $0.t)"}"# }.joined(
        separator: ",") + "]}}",
    "Deribit": "["
      + interest.map {
        #"{"instrument_name":"BTC-PERPETUAL","open_interest":\#($0.usd),"timestamp":\#(1_000 * $0.t),"mark_price":1}"#
      }.joined(separator: ",") + "]",
    "BitMEX": "["
      + interest.map {
        #"{"symbol":"XBTUSD","openInterest":\#($0.usd),"openValue":7,"timestamp":"\#(UTCTime.text(Int64($0.t)))"}"#
      }.joined(separator: ",") + "]",
  ]

  @Test("open interest", arguments: venueInterest.keys.sorted())
  func openInterest(of format: String) throws {
    let plain = try Self.published(
      "open-interest/BTC.csv",
      "time,open_interest_usd\n" + Self.interest.map { "\($0.t),\($0.usd)" }.joined(separator: "\n"))
    #expect(try Self.published("open-interest/BTC.csv", Self.venueInterest[format] ?? "") == plain)
  }

  // MARK: Chains of options

  /// An option of the last chain: prices in coins and in dollars, volatilities in percent and as fractions,
  /// whose texts give the very numbers that are computed from each other.
  struct Option {
    let t, expiry: Int
    let name, strike, kind, forward, interest: String
    let coins, percents: [String]

    /// Bid, ask and mark in USD.
    var dollars: [String] { coins.map { "\((Double($0) ?? 0) * (Double(forward) ?? 0))" } }
    /// Volatilities of mark, bid and ask as fractions.
    var fractions: [String] { percents.map { "\((Double($0) ?? 0) / 100)" } }
  }

  static let options: [Option] = {
    let all = rows("options/BTC.csv")
    let last = all.compactMap { Int($0[0]) }.max() ?? 0
    let months = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"]
    return all.filter { Int($0[0]) == last }.map { row in
      let expiry = Int(row[1]) ?? 0
      let day = UTCTime.text(Int64(expiry)).prefix(10).split(separator: "-").compactMap { Int($0) }
      let forward = Double(row[4]) ?? 1
      return Option(
        t: last, expiry: expiry,
        name: "BTC-\(day[2])\(months[day[1] - 1])\(day[0] % 100)-\(row[2])-\(row[3] == "call" ? "C" : "P")",
        strike: row[2], kind: row[3], forward: row[4], interest: row[11],
        coins: [5, 6, 7].map { "\(((Double(row[$0]) ?? 0) / forward * 1e6).rounded() / 1e6)" },
        percents: [8, 9, 10].map { "\(((Double(row[$0]) ?? 0) * 1e4).rounded() / 1e2)" })
    }
  }()

  /// The chain as this package writes it, with these parts of each quote.
  static func plainChain(prices: Bool = true, volatilities: Bool = true) -> String {
    let names =
      ["ts", "expiry", "strike", "kind", "forward"] + (prices ? ["bid", "ask", "mark"] : [])
      + (volatilities ? ["mark_iv", "bid_iv", "ask_iv"] : []) + ["open_interest"]
    let lines = options.map { option in
      (["\(option.t)", "\(option.expiry)", option.strike, option.kind, option.forward]
        + (prices ? option.dollars : []) + (volatilities ? option.fractions : []) + [option.interest])
        .joined(separator: ",")
    }
    return ([names.joined(separator: ",")] + lines).joined(separator: "\n")
  }

  static func quotes(_ quote: (Option) -> String) -> String {
    options.map(quote).joined(separator: ",")
  }

  private static let venueChains: [String: (text: String, plain: String)] = [
    "Deribit": (
      #"{"jsonrpc":"2.0","result":["#
        + quotes {
          #"{"instrument_name":"\#($0.name)","underlying_price":\#($0.forward),"bid_price":\#($0.coins[0]),"ask_price":\#($0.coins[1]),"mark_price":\#($0.coins[2]),"mark_iv":\#($0.percents[0]),"bid_iv":\#($0.percents[1]),"ask_iv":\#($0.percents[2]),"open_interest":\#($0.interest),"creation_timestamp":\#(1_000 * $0.t)}"#
        } + "]}", plainChain()
    ),
    "Bybit": (
      #"{"retCode":0,"result":{"category":"option","list":["#
        + quotes {
          #"{"symbol":"\#($0.name)","bid1Price":"\#($0.dollars[0])","ask1Price":"\#($0.dollars[1])","markPrice":"\#($0.dollars[2])","markIv":"\#($0.fractions[0])","bid1Iv":"\#($0.fractions[1])","ask1Iv":"\#($0.fractions[2])","underlyingPrice":"\#($0.forward)","openInterest":"\#($0.interest)"}"#
        } + #"]},"time":\#(1_000 * (options.first?.t ?? 0))}"#, plainChain()
    ),
    "Tardis options_chain": (
      "exchange,symbol,timestamp,local_timestamp,type,strike_price,expiration,open_interest,bid_price,bid_iv,ask_price,ask_iv,mark_price,mark_iv,underlying_price\n"
        + options.map {
          "deribit,\($0.name),\($0.t)000000,\($0.t)000321,\($0.kind),\($0.strike),\($0.expiry)000000,\($0.interest),\($0.coins[0]),\($0.percents[1]),\($0.coins[1]),\($0.percents[2]),\($0.coins[2]),\($0.percents[0]),\($0.forward)"
        }.joined(separator: "\n"), plainChain()
    ),
    "OKX": (
      #"{"code":"0","data":["#
        + quotes {
          let parts = $0.name.split(separator: "-")
          let day = UTCTime.text(Int64($0.expiry)).prefix(10).replacing("-", with: "").dropFirst(2)
          return
            #"{"instId":"BTC-USD-\#(day)-\#(parts[2])-\#(parts[3])","fwdPx":"\#($0.forward)","markVol":"\#($0.fractions[0])","bidVol":"\#($0.fractions[1])","askVol":"\#($0.fractions[2])","oi":"\#($0.interest)","ts":"\#(1_000 * $0.t)"}"#
        } + "]}", plainChain(prices: false)
    ),
    "ccxt": (
      "{"
        + quotes {
          let parts = $0.name.split(separator: "-")
          let day = UTCTime.text(Int64($0.expiry)).prefix(10).replacing("-", with: "").dropFirst(2)
          let symbol = "BTC/USD:BTC-\(day)-\(parts[2])-\(parts[3])"
          return
            #""\#(symbol)":{"info":{},"symbol":"\#(symbol)","timestamp":\#(1_000 * $0.t),"openInterest":\#($0.interest),"bidPrice":\#($0.coins[0]),"askPrice":\#($0.coins[1]),"markPrice":\#($0.coins[2]),"underlyingPrice":\#($0.forward)}"#
        } + "}", plainChain(volatilities: false)
    ),
  ]

  @Test("chains of options", arguments: venueChains.keys.sorted())
  func chains(of format: String) throws {
    #expect(Self.options.count > 40)
    let chain = try #require(Self.venueChains[format])
    let plain = try Self.published("options/BTC.csv", chain.plain)
    #expect(try Self.published("options/BTC.csv", chain.text) == plain)
    let snapshot = try RiskSnapshot(canonicalBytes: plain)
    #expect(snapshot.instruments.contains { $0.kind == .call && $0.group == "BTC" })
  }
}
