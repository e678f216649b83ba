import MarketData
import TestSupport
import Testing

@Suite("Positions and balances")
struct HoldingsTests {
  private func read(_ text: String, _ units: [String: AmountUnit] = [:]) throws -> [String] {
    try HoldingsReader.read(text.bytes, named: "f", units: units).amounts.map {
      "\($0.section) \($0.symbol) \($0.amount) \($0.unit)"
    }
  }

  @Test(
    "what a size counts is said by the venue's own names: coins, dollars, contracts of a size",
    arguments: [
      (#"[{"symbol":"BTCUSDT","positionAmt":"-0.25"}]"#, "position BTCUSDT -0.25 the base asset"),
      (
        #"{"result":{"list":[{"symbol":"BTCUSD","side":"Sell","size":"1000"}],"category":"inverse"}}"#,
        "position BTCUSD -1000 the quote currency"
      ),
      (
        #"{"result":{"list":[{"symbol":"BTCUSDT","side":"Buy","size":"0.5"}],"category":"linear"}}"#,
        "position BTCUSDT 0.5 the base asset"
      ),
      (
        #"[{"symbol":"BTC/USD:BTC","contracts":25,"contractSize":100,"side":"short"}]"#,
        "position BTC/USD:BTC -25 contracts of 100 USD"
      ),
      (
        #"[{"symbol":"BTC/USDT:USDT","contracts":25,"contractSize":0.01,"side":"long"}]"#,
        "position BTC/USDT:USDT 25 contracts of 0.01 of the base asset"
      ),
      (
        #"{"result":[{"instrument_name":"BTC_USDC-PERPETUAL","size":0.25,"direction":"buy"}]}"#,
        "position BTC_USDC-PERPETUAL 0.25 the base asset"
      ),
      (
        #"{"result":[{"instrument_name":"BTC-PERPETUAL","size":-50,"size_currency":-0.0008,"direction":"sell"}]}"#,
        "position BTC-PERPETUAL -50 the quote currency"
      ),
      (
        #"{"result":[{"instrument_name":"BTC-27MAR26-60000-C","size":0.5,"direction":"buy"}]}"#,
        "position BTC-27MAR26-60000-C 0.5 the base asset"
      ),
      (
        #"{"assetPositions":[{"type":"oneWay","position":{"coin":"BTC","szi":"-0.25","leverage":{"value":20}}}],"time":5}"#,
        "position BTC -0.25 the base asset"
      ),
      (
        #"{"data":[{"instId":"BTC-USDT","instType":"MARGIN","pos":"2"}]}"#,
        "position BTC-USDT 2 the base asset"
      ),
      ("symbol,size,side,unit\nBTC-PERP,500,long,USD\n", "position BTC-PERP 500 the quote currency"),
    ])
  func units(_ text: String, _ amount: String) throws {
    #expect(try read(text) == [amount])
  }

  @Test(
    "contracts whose size nothing states are refused with what to say, and read once it is said",
    arguments: [
      (
        #"{"data":[{"instId":"BTC-USDT-SWAP","instType":"SWAP","pos":"10","posSide":"long"}]}"#,
        "BTC-USDT-SWAP"
      ),
      (
        #"{"data":[{"instId":"BTC-USD-SWAP","instType":"SWAP","pos":"10","posSide":"long"}]}"#, "BTC-USD-SWAP"
      ),
      (#"[{"symbol":"BTC/USDT:USDT","contracts":25,"contractSize":null,"side":"long"}]"#, "BTC/USDT:USDT"),
      (#"[{"symbol":"BTCUSD_PERP","positionAmt":"3"}]"#, "BTCUSD_PERP"),
      ("symbol,size,side,unit\nBTC-PERP,500,long,contracts\n", "BTC-PERP"),
    ])
  func contracts(_ text: String, _ name: String) throws {
    let error = try #require(failure { _ = try read(text) })
    #expect("\(error)".contains("--contract-size '\(name)="), "\(error)")
    let amounts = try read(text, [name: .inverseContracts(multiplier: 100)])
    #expect(amounts.count == 1 && amounts[0].hasSuffix("contracts of 100 USD"))
  }

  @Test("an account of positions and balances is both, and what is locked is held as well")
  func both() throws {
    let account =
      #"{"assets":[{"asset":"USDC","walletBalance":"23.5"}],"positions":[{"symbol":"BTCUSDT","positionAmt":"1.0"}]}"#
    #expect(
      try read(account) == [
        "holding USDC 23.5 the base asset", "position BTCUSDT 1.0 the base asset",
      ])
    let spot =
      #"{"balances":[{"asset":"BTC","free":"0.5","locked":"0.1"},{"asset":"X","free":"0","locked":"0"}]}"#
    #expect(try read(spot) == ["holding BTC 0.5 the base asset", "holding BTC 0.1 the base asset"])
    // What is whole already is not made more.
    #expect(
      try read(#"[{"coin":"USDC","total":"14.6","hold":"4"}]"#) == ["holding USDC 14.6 the base asset"])
    let ccxt =
      #"{"info":{},"BTC":{"free":0.4,"used":0.1,"total":0.5},"timestamp":null,"free":{"BTC":0.4},"used":{"BTC":0.1},"total":{"BTC":0.5,"X":0},"debt":{"USDC":2}}"#
    #expect(try read(ccxt) == ["holding BTC 0.5 the base asset", "debt USDC 2 the base asset"])
    // A balance below zero is what was borrowed, once.
    #expect(
      try read("ccy,cashBal,liab\nBTC,-0.5,0.5\nUSDC,3,1\n") == [
        "debt BTC 0.5 the base asset", "holding USDC 3 the base asset", "debt USDC 1 the base asset",
      ])
    #expect(
      try read("asset,free,locked,borrowed,interest\nBTC,3,0,2,0.1\n") == [
        "holding BTC 3 the base asset", "debt BTC 2 the base asset", "debt BTC 0.1 the base asset",
      ])
    #expect(
      try read(#"{"balances":[{"asset":"BTC","amount":"0.5"}]}"#) == ["holding BTC 0.5 the base asset"])
    #expect(try read("coin,amount\nBTC,0.5\n") == ["holding BTC 0.5 the base asset"])
  }

  @Test(
    "amounts that nobody knows, and sides that contradict their sign, are refused with their line",
    arguments: [
      "asset,free\nBTC,nan\n", "asset,free\nBTC,inf\n", "asset,free\nBTC,null\n", "asset,free\nBTC,0;5\n",
      "symbol,size,side\nBTC-PERP,-0.5,buy\n", "symbol,size,side\nBTC-PERP,0.5,up\n",
      "symbol,size,side,unit\nBTC-PERP,5,long,ETH\n",
    ])
  func unknown(_ text: String) {
    #expect(failure { _ = try read(text) }?.line == 2)
  }

  @Test("rows of one name are told, since one may be there twice")
  func repeated() throws {
    let export = try HoldingsReader.read("asset,free\nBTC,1\nBTC,1\nETH,1\nETH,0\n".bytes, named: "f")
    #expect(export.rows == ["holding/BTC": 2, "holding/ETH": 1] && export.amounts.count == 3)
    let row = #"[{"symbol":"BTC-PERP","size":"-0.25","side":"short"}]"#
    for text in [row + "\n" + row, "asset,free\nBTC,1\nETH,2\nasset,free\nBTC,1\nETH,2\n"] {
      let doubled = failure { _ = try HoldingsReader.read(text.bytes, named: "f") }
      #expect(doubled.map { "\($0)" }?.contains("everything twice") == true)
    }
    // What is free and what is locked may be as much.
    #expect(try HoldingsReader.read("asset,free,locked\nBTC,1,1\n".bytes, named: "f").amounts.count == 2)
  }

  private static let crif = "RiskType,Qualifier,Bucket,Label1,Label2,Amount,AmountCurrency,AmountUSD\n"

  @Test("sensitivities to prices are positions in dollars, whichever column says them")
  func sensitivities() throws {
    let export = try HoldingsReader.read(
      (Self.crif + """
        Risk_Equity,ISIN:X,1,,,5,EUR,6
        Risk_Commodity,BTC,16,,,7,USD,7.0
        Risk_FX,EUR,,,,-8,USD,
        Risk_FX,USD,,,,9,USD,9
        Risk_IRCurve,USD,1,5y,OIS,9,USD,9

        """).bytes, named: "f")
    #expect(
      export.amounts.map { "\($0.symbol) \($0.amount) \($0.unit)" } == [
        "ISIN:X 6 contracts of 100 USD", "BTC 7.0 contracts of 100 USD", "EUR -8 contracts of 100 USD",
      ])
    #expect(export.notRepresented.values.reduce(0, +) == 2)
    let plain = "RiskType,Qualifier,Amount,AmountCurrency\nRisk_Equity,X,5,USD\n"
    #expect(try read(plain) == ["position X 5 contracts of 100 USD"])
    for row in [
      "Risk_Equity,X,1,,,5,EUR,", "Risk_Equity,X,1,,,5,USD,-5", "Risk_Equities,X,1,,,5,USD,5",
      "Risk_Equity,X,1,,,5,USD,five",
    ] {
      #expect(failure { _ = try read(Self.crif + row + "\n") }?.line == 2, "\(row)")
    }
    #expect(failure { _ = try read(Self.crif + "Risk_IRVol,USD,1,5y,,5,USD,5\n") } != nil)
    #expect(
      failure { _ = try read("RiskType,Qualifier,Amount,AmountCurrency\nRisk_Equity,X,5,EUR\n") }?.line == 2)
  }
}
