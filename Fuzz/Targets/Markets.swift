import MarketData
import TestSupport

extension FuzzTarget {
  /// Files of market data: each reader, and a whole directory.
  static let markets: [FuzzTarget] = [
    FuzzTarget("market-listing", .json, seeds: ["Examples/market/market.json"]) { bytes in
      _ = try? MarketListing(json: bytes)
    },
    FuzzTarget("gzip", .bytes, seeds: ["Fuzz/Seeds/bars.csv.gz"]) { bytes in
      guard let contents = try? Gzip.decompress(bytes, limit: 1 << 20) else { return }
      guard contents.count <= 1 << 20 else { throw FuzzFailure("more than the limit") }
    },
    FuzzTarget("bars", .table, seeds: ["Fuzz/Seeds/bars.csv"]) { bytes in
      _ = try? BarReader.read(bytes, named: "input")
    },
    FuzzTarget("funding", .table, seeds: ["Fuzz/Seeds/funding.csv"]) { bytes in
      _ = try? FundingReader.read(bytes, named: "input")
    },
    FuzzTarget("open-interest", .table, seeds: ["Fuzz/Seeds/open-interest.csv"]) { bytes in
      _ = try? OpenInterestReader.read(bytes, named: "input")
    },
    FuzzTarget("order-book", .table, seeds: ["Fuzz/Seeds/books.csv"]) { bytes in
      _ = try? OrderBookReader.read(bytes, named: "input")
    },
    FuzzTarget("prices", .table, seeds: ["Fuzz/Seeds/prices.csv"]) { bytes in
      _ = try? PriceReader.read(bytes, named: "input")
    },
    FuzzTarget("option-chain", .table, seeds: ["Fuzz/Seeds/options.csv"]) { bytes in
      _ = try? OptionChainReader.read(bytes, named: "input")
    },
    FuzzTarget("zip", .bytes, made: { [zip] }) { bytes in
      guard let members = try? Zip.members(bytes, limit: 1 << 20) else { return }
      guard members.reduce(0, { $0 + $1.bytes.count }) <= 1 << 20 else {
        throw FuzzFailure("more than the limit")
      }
    },
    FuzzTarget("market-json", .json, made: { answers.map { Array($0.utf8) } }) { bytes in
      _ = try? BarReader.read(bytes, named: "input")
      _ = try? FundingReader.read(bytes, named: "input")
      _ = try? OpenInterestReader.read(bytes, named: "input", of: "BTC", at: 1_770_969_600)
      _ = try? OrderBookReader.read(bytes, named: "input", at: 1_770_969_600)
      _ = try? OptionChainReader.read(bytes, named: "input", at: 1_770_969_600)
      _ = try? PriceReader.read(bytes, named: "input")
      _ = try? HoldingsReader.read(bytes, named: "input")
    },
    FuzzTarget("venue-reports", .table, made: { [Array("ts,notional_usd\n1770969600,5\n".utf8)] }) { bytes in
      _ = try? LiquidationReader.read(bytes, named: "input")
      _ = try? InsuranceReader.read(bytes, named: "input")
      _ = try? AssetUsageReader.read(bytes, named: "input")
    },
    FuzzTarget(
      "holdings", .table, made: { ["asset,free,borrowed\nBTC,0.5,\n", crif].map { Array($0.utf8) } }
    ) {
      bytes in
      _ = try? HoldingsReader.read(bytes, named: "input")
    },
    FuzzTarget("holdings-json", .json, made: { accounts.map { Array($0.utf8) } }) { bytes in
      _ = try? HoldingsReader.read(bytes, named: "input")
    },
    FuzzTarget("margin-tables", .table, made: { marginTables.map { Array($0.utf8) } }) { bytes in
      let margins = try? VenueMarginReader.contractMargins(bytes, named: "input")
      _ = margins.map { VenueMarginReader.findings($0.series) }
      try checkSteps(try? VenueMarginReader.deribitTable(bytes, named: "input"))
    },
    FuzzTarget("margin-json", .json, made: { margins.map { Array($0.utf8) } }) { bytes in
      try checkBrackets(try? VenueMarginReader.ccxtTiers(bytes, named: "input"))
      try checkBrackets(try? VenueMarginReader.binanceBrackets(bytes, named: "input"))
      try checkSteps(try? VenueMarginReader.bitMEXInstruments(bytes, named: "input"))
      try checkSteps(try? VenueMarginReader.dYdXMarkets(bytes, named: "input"))
      try checkBrackets(try? VenueMarginReader.hyperliquidTables(bytes, named: "input"))
    },
    FuzzTarget("span", .text, made: { spans.map { Array($0.utf8) } }) { bytes in
      let file = try? SpanReader.read(bytes, named: "input")
      _ = file.map { VenueMarginReader.findings($0) }
    },
    FuzzTarget("market-import", .table, seeds: ["Fuzz/Seeds/bars.csv"]) { bytes in
      _ = try? MarketImport(source: .auto).directory([MarketSource(name: "BTC.csv", bytes: bytes)])
    },
    FuzzTarget("market", .table, seeds: ["Fuzz/Seeds/bars.csv"]) { bytes in
      // One file in every place of a directory that names one for each.
      _ = try? Market.load { path in path == Market.listingFile ? listing : bytes }
    },
  ]

  /// Answers of exchanges, one for each form.
  static let answers = [
    #"{"retCode":0,"result":{"symbol":"BTCUSDT","list":[["1770973200000","11","13","10","12","3","36"],["1770969600000","10","12","9","11","2","22"]]}}"#,
    #"{"jsonrpc":"2.0","result":{"volume":[2,3],"ticks":[1770969600000,1770973200000],"open":[10,11],"low":[9,10],"high":[12,13],"cost":[22,36],"close":[11,12]}}"#,
    #"[{"symbol":"BTCUSDT","fundingTime":1770969600000,"fundingRate":"0.0001"},{"symbol":"BTCUSDT","fundingTime":1770998400000,"fundingRate":"0.0002"}]"#,
    #"{"timestamp":1770969600000,"bids":[["10","2"],["9","1"]],"asks":[["11","3"]]}"#,
    #"{"coin":"BTC","time":1770969600000,"levels":[[{"px":"10","sz":"2","n":1}],[{"px":"11","sz":"3","n":4}]]}"#,
    #"[{"instrument_name":"BTC-27MAR26-100000-C","underlying_price":90000,"creation_timestamp":1770969600000,"mark_price":0.05,"mark_iv":55.5}]"#,
    #"[{"universe":[{"name":"BTC","szDecimals":5}]},[{"funding":"0","openInterest":"5","oraclePx":"3"}]]"#,
    #"{"columns":["timestamp","open","high","low","close","volume"],"data":[[1770969600000,10,12,9,11,2],[1770973200000,11,13,10,12,3]]}"#,
    #"[{"symbol":"BTCUSDT","positionAmt":"-0.25"},{"symbol":"ETHUSDT","positionAmt":"0"}]"#,
  ]

  /// Accounts, as exchanges export them.
  private static let accounts = [
    #"{"assets":[{"asset":"USDC","walletBalance":"23.5"}],"positions":[{"symbol":"BTCUSDT","positionAmt":"1.0"}]}"#,
    #"[{"symbol":"BTC/USD:BTC","contracts":25,"contractSize":100,"side":"short"}]"#,
    #"{"data":[{"instId":"BTC-USDT-SWAP","instType":"SWAP","pos":"10","posSide":"long"}]}"#,
    #"{"assetPositions":[{"type":"oneWay","position":{"coin":"BTC","szi":"-0.25","leverage":{"value":20}}}],"time":5}"#,
    #"{"BTC":{"free":0.4,"total":0.5},"free":{"BTC":0.4},"used":{"BTC":0.1},"total":{"BTC":0.5},"debt":{"USDC":2}}"#,
    #"{"balances":[{"asset":"BTC","free":"0.5","locked":"0.1"}]}"#,
  ]

  /// Sensitivities.
  private static let crif =
    "TradeID,RiskType,Qualifier,Bucket,Label1,Label2,Amount,AmountCurrency,AmountUSD\nt,Risk_FX,EUR,,,,5,USD,5\nt,Risk_IRCurve,USD,1,5y,OIS,7,USD,7\n"

  private static let marginTables = [
    "date,initial,maintenance\n20250620,100,90\n",
    "symbol,initial margin,maintenance margin,increase factor,price\nBTC,2%,1%,0.005%,100000\n",
  ]

  private static let margins = [
    #"{"BTC/USDT:USDT":[{"minNotional":0,"maxNotional":50000,"maintenanceMarginRate":0.004,"maxLeverage":125}]}"#,
    #"[{"symbol":"BTCUSDT","brackets":[{"initialLeverage":125,"notionalFloor":0,"notionalCap":50000,"maintMarginRatio":0.004}]}]"#,
    #"{"universe":[{"name":"BTC","maxLeverage":40,"marginTableId":56}],"marginTables":[[56,{"marginTiers":[{"lowerBound":"0.0","maxLeverage":40}]}]]}"#,
  ]

  private static let spans = [
    "2 XYZ BT    1USD$PN   BT        FUT2+\n81XYZBT        BT        FUT 202603            0000000"
      + String(repeating: "00000+", count: 9) + "\n82XYZBT        BT        FUT 202603            0000000"
      + String(repeating: "00000+", count: 7) + "\n",
    "<spanFile><exchange><exch>X</exch><futPf><pfCode>B</pfCode><currency>USD</currency><fut><pe>202603</pe><ra>"
      + String(repeating: "<a>1</a>", count: 16) + "</ra></fut></futPf></exchange></spanFile>",
  ]

  /// - Throws: ``FuzzFailure`` for brackets with a rate that no margin has.
  private static func checkBrackets(_ margins: [BracketMargin]?) throws {
    guard let margins else { return }
    _ = VenueMarginReader.findings(margins)
    for bracket in margins.flatMap(\.brackets) {
      guard bracket.floor < bracket.cap, bracket.maintenanceRate > 0, bracket.initialRate <= 1 else {
        throw FuzzFailure("accepted the bracket \(bracket)")
      }
    }
  }

  /// - Throws: ``FuzzFailure`` for steps that become brackets with a rate that no margin has.
  private static func checkSteps(_ margins: [StepMargin]?) throws {
    guard let margins else { return }
    _ = VenueMarginReader.findings(margins)
    try checkBrackets(margins.map { BracketMargin(symbol: $0.symbol, brackets: $0.brackets(count: 16)) })
  }

  /// An archive of one stored file.
  private static let zip: [UInt8] = {
    var zip = ZipWriter()
    zip.add("a.csv", Array("ts\n".utf8))
    return zip.archive
  }()

  private static let listing = Array(
    """
    {"version": 1, "underlyings": [{"id": "BTC", "bars": "bars.csv"}],
     "instruments": [{"id": "BTC-PERP", "kind": "perpetual", "underlying": "BTC", "lot": "0.001"}], "assets": []}
    """.utf8)
}
