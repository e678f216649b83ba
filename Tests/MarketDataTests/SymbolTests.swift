import MarketData
import TestSupport
import Testing

@Suite("Symbols in files and instruments of a market")
struct SymbolTests {
  private static func listing(_ series: String) -> [UInt8] {
    """
    {"version": 1, "underlyings": [{"id": "BTC", \(series)}],
     "instruments": [{"id": "BTC-PERP", "kind": "perpetual", "underlying": "BTC", "lot": "0.001"}], "assets": []}
    """.bytes
  }

  private static func hours(_ count: Int, _ row: (Int) -> String) -> String {
    (0..<count).map { row(1_770_969_600 + 3_600 * $0) }.joined(separator: "\n")
  }

  private static let bars = "ts,open,high,low,close,volume_base\n" + hours(30) { "\($0),10,12,9,11,5" }

  /// The findings on symbols in a market with one more file.
  private func found(_ name: String, _ file: String, _ series: String) throws -> [DataFinding] {
    let market = try Market.load { path in
      switch path {
      case Market.listingFile: Self.listing(series)
      case "bars.csv": Self.bars.bytes
      case name: file.bytes
      default: nil
      }
    }
    return market.quality.flatMap(\.findings).filter { $0.code == "otherSymbol" }
  }

  private func barsNaming(_ symbol: String) -> String {
    "ts,symbol,open,high,low,close,volume_base\n" + Self.hours(30) { "\($0),\(symbol),10,12,9,11,5" }
  }

  @Test(
    "bars that name another coin than their instrument are noted as severe",
    arguments: [
      "ETHUSDT", "ETH-USDT-SWAP", "ETH/USDT:USDT", "XETHZUSD", "PI_ETHUSD", "tETHUSD", "ETH", "ETHUSD_PERP",
      "ETHUSDTM", "ETH-PERPETUAL", "BTCDOMUSDT", "1000PEPEUSDT", "BINANCEFTS_PERP_ETH_USDT", "ETHBTC",
      "ethusdt", "X:ETHUSD", "BINANCE:ETHUSDT.P",
    ])
  func others(_ symbol: String) throws {
    let findings = try found("other.csv", barsNaming(symbol), #""bars": "other.csv""#)
    #expect(findings.map(\.level) == [.severe] && findings.first?.line == 2)
  }

  @Test(
    "what venues call one coin is that coin, and other words are none",
    arguments: [
      "BTCUSDT", "BTC-USDT-SWAP", "BTC/USDT:USDT", "XBTUSD", "XXBTZUSD", "tBTCUSD", "tBTCF0:USTF0",
      "PI_XBTUSD",
      "PF_XBTUSD", "BTCTUSD", "BTC", "XBTUSDTM", "XBTM26", "BTCUSDH24", "BTC-PERPETUAL", "BTC-27MAR26",
      "BTCUSD_PERP",
      "BTCUSDT_240329", "BTC_USDC-PERPETUAL", "BTCPERP", "sBTCUSDT", "btcusdt", "BTC-EUR", "1h", "17",
      "linear", "", "X:BTCUSD", "BINANCE:BTCUSDT", "BINANCE:BTCUSDT.P", "tBTC:USD",
    ])
  func same(_ symbol: String) throws {
    #expect(try found("other.csv", barsNaming(symbol), #""bars": "other.csv""#).isEmpty)
  }

  @Test("multiples and names before a coin was renamed are of that coin")
  func aliases() throws {
    for (id, symbol) in [
      ("PEPE", "1000PEPEUSDT"), ("PEPE", "kPEPE"), ("SHIB", "SHIB1000USDT"), ("POL", "MATICUSDT"),
      ("DOGE", "XDGUSD"),
      ("1000PEPE", "PEPE-USDT-SWAP"), ("XBT", "BTCUSDT"), ("USDC", "USDC/USD"), ("A", "EOSUSDT"),
    ] {
      let listing = String(decoding: Self.listing(#""bars": "b.csv""#), as: UTF8.self)
        .replacing("BTC", with: id)
      let market = try Market.load { $0 == Market.listingFile ? listing.bytes : barsNaming(symbol).bytes }
      #expect(!market.quality.flatMap(\.findings).contains { $0.code == "otherSymbol" }, "\(id) \(symbol)")
    }
  }

  @Test(
    "every series and layout that carries a symbol is compared",
    arguments: [
      (
        #""bars": "f.json""#,
        #"{"retCode":0,"result":{"symbol":"ETHUSDT","list":["#
          + hours(30) { #"["\#($0)000","10","12","9","11","5","52"]"# }.replacing("\n", with: ",") + "]}}"
      ),
      (
        #""bars": "f.json""#,
        #"{"ETH/USDT": {"1h": ["# + hours(30) { "[\($0)000,10,12,9,11,5]" }.replacing("\n", with: ",") + "]}}"
      ),
      (
        #""bars": "f.json""#,
        "["
          + hours(30) {
            #"{"t":\#($0)000,"s":"ETH","o":"10","h":"12","l":"9","c":"11","v":"5"}"#
          }
          .replacing("\n", with: ",") + "]"
      ),
      (
        #""bars": "bars.csv", "funding": "f.json""#,
        #"[{"symbol":"ETHUSDT","fundingTime":1770969600000,"fundingRate":"0.0001"},{"symbol":"ETHUSDT","fundingTime":1770998400000,"fundingRate":"0.0002"}]"#
      ),
      (
        #""bars": "bars.csv", "openInterest": "f.json""#,
        #"[{"symbol":"ETHUSDT","sumOpenInterest":"5","sumOpenInterestValue":"55","timestamp":1770969600000},{"symbol":"ETHUSDT","sumOpenInterest":"5","sumOpenInterestValue":"56","timestamp":1770973200000}]"#
      ),
      (
        #""bars": "bars.csv", "books": [{"venue": "a", "file": "f.json"}]"#,
        #"{"symbol":"ETH/USDT","bids":[[10,2],[9,1]],"asks":[[11,3]],"timestamp":1770969600000}"#
      ),
      (
        #""bars": "bars.csv", "prices": "f.json""#,
        "source,symbol,ts,price\na,ETHUSDT,1770969600,10\na,ETHUSDT,1770969660,10\n"
      ),
      (
        #""bars": "bars.csv", "liquidations": "f.json""#,
        "ts,symbol,notional_usd\n1770969600,ETHUSDT,5\n"
      ),
    ])
  func everywhere(_ series: String, _ file: String) throws {
    #expect(try found("f.json", file, series).map(\.level) == [.severe])
  }
}
