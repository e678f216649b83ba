import CanonicalBytes
import MarketData
import RiskEngine
import TestSupport
import Testing

/// The same for formats that leave something to the listing, come in parts, or state what the plain files do
/// not; see ``FormatRoundTripTests``.
@Suite("A market in formats that leave something to the listing")
struct ListedRoundTripTests {
  private typealias Plain = FormatRoundTripTests

  /// A file in the format of a source, and the plain one that says the same, each with what the listing says
  /// of it.
  struct Pair: Sendable {
    let path: String
    let text: String
    var listed = ""
    let plain: String
    var plainListed = ""
  }

  private static func time(_ seconds: Int) -> String { UTCTime.text(Int64(seconds)) }

  // MARK: Bars

  private static func plainBars(_ row: (Plain.Row) -> String = { "\($0.v),\($0.q)" }) -> String {
    Plain.csv("ts,open,high,low,close,volume_base,volume_quote") {
      "\($0.t),\($0.o),\($0.h),\($0.l),\($0.c),\(row($0))"
    }
  }

  /// "2026-02-13 09-PM"
  private static func hourOfTwelve(_ seconds: Int) -> String {
    let text = time(seconds)
    let hour = Int(text.dropFirst(11).prefix(2)) ?? 0
    let number = hour % 12 == 0 ? 12 : hour % 12
    return "\(text.prefix(10)) \(number < 10 ? "0" : "")\(number)-\(hour < 12 ? "AM" : "PM")"
  }

  private static let bars: [String: Pair] = [
    "CryptoDataDownload, hours of twelve": Pair(
      path: "bars/BTC.csv",
      text: "www.CryptoDataDownload.com\n"
        + Plain.csv("Date,Symbol,Open,High,Low,Close,Volume BTC,Volume USD") {
          "\(hourOfTwelve($0.t)),BTCUSD,\($0.o),\($0.h),\($0.l),\($0.c),\($0.v),\($0.q)"
        }, plain: plainBars()),
    "CryptoDataDownload, seconds": Pair(
      path: "bars/BTC.csv",
      text: Plain.csv("unix,date,symbol,open,high,low,close,Volume BTC,Volume USD") {
        "\($0.t),\(time($0.t).replacing("T", with: " ").dropLast()),BTC/USD,\($0.o),\($0.h),\($0.l),\($0.c),\($0.v),\($0.q)"
      }, plain: plainBars()),
    "CryptoDataDownload, dollars first": Pair(
      path: "bars/BTC.csv",
      text: Plain.csv("Unix,Date,Symbol,Open,High,Low,Close,Volume USDT,Volume BTC,tradecount") {
        "\($0.ms),\(time($0.t)),BTCUSDT,\($0.o),\($0.h),\($0.l),\($0.c),\($0.q),\($0.v),7"
      }, plain: plainBars()),
    "OKX spot": Pair(
      path: "bars/BTC.csv",
      text: #"{"code":"0","data":["#
        + Plain.bars.reversed().map {
          #"["\#($0.ms)","\#($0.o)","\#($0.h)","\#($0.l)","\#($0.c)","\#($0.v)","\#($0.q)","\#($0.q)","1"]"#
        }.joined(separator: ",") + "]}", plain: plainBars()),
    "Binance stream": Pair(
      path: "bars/BTC.csv",
      text: Plain.bars.map {
        #"{"e":"kline","E":\#($0.ms + 3_600_001),"s":"BTCUSDT","k":{"t":\#($0.ms),"T":\#($0.ms + 3_599_999),"s":"BTCUSDT","i":"1h","o":"\#($0.o)","c":"\#($0.c)","h":"\#($0.h)","l":"\#($0.l)","v":"\#($0.v)","q":"\#($0.q)","x":true}}"#
      }.joined(separator: "\n"), plain: plainBars()),
  ]

  // MARK: Funding

  private static let funding: [String: Pair] = [
    // The rate of the last hour, whenever it is stamped.
    "Deribit": Pair(
      path: "funding/BTC.csv",
      text: #"{"jsonrpc":"2.0","result":["#
        + Plain.paid.map {
          #"{"timestamp":\#(1_000 * $0.t),"index_price":1,"prev_index_price":1,"interest_8h":0.5,"interest_1h":\#($0.rate)}"#
        }.joined(separator: ",") + "]}",
      plain: "ts,funding_rate,funding_interval_hours\n"
        + Plain.paid.map { "\($0.t),\($0.rate),1" }.joined(separator: "\n")),
    "Tardis derivative_ticker": Pair(
      path: "funding/BTC.csv",
      text:
        "exchange,symbol,timestamp,local_timestamp,funding_timestamp,funding_rate,predicted_funding_rate,open_interest,last_price,index_price,mark_price\n"
        + Plain.paid.flatMap { payment in
          // Earlier readings of the rate say something else.
          [(3_000, "0.7"), (600, payment.rate)].map { before, rate in
            "binance-futures,BTCUSDT,\(payment.t - before)000000,\(payment.t - before)000321,\(payment.t)000000,\(rate),,5,1,1,1"
          }
        }.joined(separator: "\n"),
      plain: "ts,funding_rate\n" + Plain.paid.map { "\($0.t),\($0.rate)" }.joined(separator: "\n")),
  ]

  // MARK: Order books

  private static func levels(
    _ book: (t: Int, bids: [[String]], asks: [[String]])
  ) -> String {
    book.bids.map { "alpha,BTC,\(book.t),bid,\($0[0]),\($0[1])\n" }.joined()
      + book.asks.map { "alpha,BTC,\(book.t),ask,\($0[0]),\($0[1])\n" }.joined()
  }

  /// A row for each book, with a column for each price and size.
  private static let wide: String = {
    let depth = Plain.snapshots.map { max($0.bids.count, $0.asks.count) }.max() ?? 0
    var lines = ["timestamp"]
    for place in 1...depth {
      lines[0] += ",bid_price_\(place),bid_qty_\(place),ask_price_\(place),ask_qty_\(place)"
    }
    for book in Plain.snapshots {
      var fields = ["\(book.t)"]
      for place in 0..<depth {
        fields += place < book.bids.count ? book.bids[place] : ["", ""]
        fields += place < book.asks.count ? book.asks[place] : ["", ""]
      }
      lines.append(fields.joined(separator: ","))
    }
    return lines.joined(separator: "\n")
  }()

  private static let books: [String: Pair] = {
    let path = "books/BTC-alpha.csv"
    let header = "venue,symbol,ts,side,price,size\n"
    let all = header + Plain.snapshots.map(levels).joined()
    guard let last = Plain.snapshots.last else { return [:] }
    let one = header + levels(last)
    let listed = #", "time": \#(last.t)"#
    let named = { (pair: [String]) in #"{"price":"\#(pair[0])","size":"\#(pair[1])"}"# }
    return [
      // The time of a book is that of its newest level.
      "Kraken": Pair(
        path: path,
        text: Plain.lines { t, bids, asks in
          let stamped = { (pair: [String]) in #"["\#(pair[0])","\#(pair[1])",\#(t - 60)]"# }
          let newest = #"["\#(asks[0][0])","\#(asks[0][1])",\#(t)]"#
          let rest = asks.dropFirst().map(stamped)
          return
            #"{"error":[],"result":{"XXBTZUSD":{"asks":[\#(([newest] + rest).joined(separator: ","))],"bids":\#(Plain.pairs(bids, stamped))}}}"#
        }, plain: all),
      "Coinbase Exchange": Pair(
        path: path,
        text: Plain.lines {
          let level = { (pair: [String]) in #"["\#(pair[0])","\#(pair[1])",3]"# }
          return
            #"{"bids":\#(Plain.pairs($1, level)),"asks":\#(Plain.pairs($2, level)),"sequence":5,"auction_mode":false,"auction":null,"time":"\#(time($0))"}"#
        }, plain: all),
      "a column for each price and size": Pair(path: path, text: wide, plain: all),
      // Answers without a time: the listing says it.
      "Binance spot": Pair(
        path: path,
        text: #"{"lastUpdateId":7,"bids":\#(Plain.pairs(last.bids)),"asks":\#(Plain.pairs(last.asks))}"#,
        listed: listed, plain: one),
      "dYdX": Pair(
        path: path,
        text: #"{"bids":\#(Plain.pairs(last.bids, named)),"asks":\#(Plain.pairs(last.asks, named))}"#,
        listed: listed, plain: one),
    ]
  }()

  // MARK: Open interest

  private static let interest: [String: Pair] = {
    let path = "open-interest/BTC.csv"
    let rows = Plain.interest.map { (t: $0.t, usd: $0.usd, coins: "\((Double($0.usd) ?? 0) / 100_000)") }
    let inCoins = "time,open_interest\n" + rows.map { "\($0.t),\($0.coins)" }.joined(separator: "\n")
    let inDollars = "time,open_interest_usd\n" + rows.map { "\($0.t),\($0.usd)" }.joined(separator: "\n")
    guard let last = rows.last else { return [:] }
    let one = "time,open_interest\n\(last.t),\(last.coins)\n"
    let base = #", "openInterestUnit": "base""#
    let listed = #", "openInterestTime": \#(last.t)"#
    func coins(_ text: String) -> Pair { Pair(path: path, text: text, plain: inCoins, plainListed: base) }
    func all(_ item: ((t: Int, usd: String, coins: String)) -> String, _ separator: String = ",") -> String {
      rows.map(item).joined(separator: separator)
    }
    return [
      "Bybit": coins(
        #"{"retCode":0,"result":{"symbol":"BTCUSDT","category":"linear","list":["#
          + all { #"{"openInterest":"\#($0.coins)","timestamp":"\#(1_000 * $0.t)"}"# } + "]}}"),
      "OKX": coins(
        #"{"code":"0","data":["#
          + all { #"{"instId":"BTC-USDT-SWAP","oi":"5","oiCcy":"\#($0.coins)","ts":"\#(1_000 * $0.t)"}"# }
          + "]}"),
      "Deribit, linear": coins(
        "["
          + all {
            #"{"instrument_name":"BTC_USDC-PERPETUAL","open_interest":\#($0.coins),"timestamp":\#(1_000 * $0.t),"mark_price":1}"#
          } + "]"),
      "Binance, one a line": coins(
        all({ #"{"symbol":"BTCUSDT","openInterest":"\#($0.coins)","time":\#(1_000 * $0.t)}"# }, "\n")),
      "Kraken Futures, linear": coins(
        all(
          {
            #"{"result":"success","tickers":[{"symbol":"PF_XBTUSD","markPrice":1,"openInterest":\#($0.coins)}],"serverTime":"\#(time($0.t))"}"#
          }, "\n")),
      "Kraken Futures, inverse": Pair(
        path: path,
        text: all(
          {
            #"{"result":"success","tickers":[{"symbol":"PI_XBTUSD","markPrice":1,"openInterest":\#($0.usd)}],"serverTime":"\#(time($0.t))"}"#
          }, "\n"), plain: inDollars),
      "Binance metrics": Pair(
        path: path,
        text:
          "create_time,symbol,sum_open_interest,sum_open_interest_value,count_toptrader_long_short_ratio,sum_toptrader_long_short_ratio,count_long_short_ratio,sum_taker_long_short_vol_ratio\n"
          + all(
            {
              "\(time($0.t).replacing("T", with: " ").dropLast()),BTCUSDT,\($0.coins),\($0.usd),,,,"
            }, "\n"), plain: inDollars),
      "dYdX": Pair(
        path: path,
        text:
          #"{"markets":{"BTC-USD":{"ticker":"BTC-USD","status":"ACTIVE","oraclePrice":"3","openInterest":"\#(last.coins)"}}}"#,
        listed: listed, plain: one, plainListed: base),
      "Hyperliquid": Pair(
        path: path,
        text:
          #"[{"universe":[{"name":"ETH","szDecimals":4},{"name":"BTC","szDecimals":5}]},[{"funding":"0","openInterest":"9","oraclePx":"3"},{"funding":"0","openInterest":"\#(last.coins)","oraclePx":"3"}]]"#,
        listed: listed, plain: one, plainListed: base),
    ]
  }()

  // MARK: Chains of options

  private static let chains: [String: Pair] = {
    let header = "ts,expiry,strike,kind,forward,bid,ask\n"
    let plain = Plain.options.map {
      "\($0.t),\($0.expiry),\($0.strike),\($0.kind),\($0.forward),\($0.dollars[0]),\($0.dollars[1])"
    }.joined(separator: "\n")
    return [
      "Binance": Pair(
        path: "options/BTC.csv",
        text: "["
          + Plain.quotes {
            let parts = $0.name.split(separator: "-")
            let day = time($0.expiry).prefix(10).replacing("-", with: "").dropFirst(2)
            return
              #"{"symbol":"BTC-\#(day)-\#(parts[2])-\#(parts[3])","bidPrice":"\#($0.dollars[0])","askPrice":"\#($0.dollars[1])","openTime":\#(1_000 * ($0.t - 86_400)),"closeTime":\#(1_000 * $0.t),"strikePrice":"\#($0.strike)","exercisePrice":"\#($0.forward)"}"#
          } + "]", plain: header + plain)
    ]
  }()

  private static let pairs: [String: Pair] = {
    let kinds = [
      ("bars", bars), ("funding", funding), ("books", books), ("open interest", interest), ("chains", chains),
    ]
    return Dictionary(
      uniqueKeysWithValues: kinds.flatMap { kind, pairs in pairs.map { ("\(kind): \($0.key)", $0.value) } })
  }()

  @Test("gives the snapshot of the plain files", arguments: pairs.keys.sorted())
  func same(_ format: String) throws {
    let pair = try #require(Self.pairs[format])
    let plain = try Plain.published(pair.path, pair.plain, pair.plainListed)
    #expect(try Plain.published(pair.path, pair.text, pair.listed) == plain)
  }

  @Test("several formats, one of them in an archive, are one series")
  func parts() throws {
    let half = Plain.bars.count / 2
    let plain = try Plain.published("bars/BTC.csv", Self.plainBars())
    var zip = ZipWriter()
    let klines = Plain.bars.prefix(half).map {
      "\($0.ms),\($0.o),\($0.h),\($0.l),\($0.c),\($0.v),\($0.ms + 3_599_999),\($0.q),5,1,1,0\n"
    }
    zip.add("BTCUSDT-1h.csv", Array(klines.joined().utf8))
    let page =
      #"{"retCode":0,"result":{"category":"linear","symbol":"BTCUSDT","list":["#
      + Plain.bars.dropFirst(half).reversed().map {
        #"["\#($0.ms)","\#($0.o)","\#($0.h)","\#($0.l)","\#($0.c)","\#($0.v)","\#($0.q)"]"#
      }.joined(separator: ",") + "]}}"
    let listing = String(decoding: Plain.files[Market.listingFile] ?? [], as: UTF8.self)
      .replacing(#""bars/BTC.csv""#, with: #"["b.json", "a.zip"]"#)
    #expect(
      try Plain.published([
        "a.zip": zip.archive, "b.json": Array(page.utf8), Market.listingFile: Array(listing.utf8),
      ]) == plain)
  }
}
