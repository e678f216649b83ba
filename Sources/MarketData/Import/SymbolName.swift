/// What an instrument is on, as names of instruments and files say it.
enum SymbolName {
  /// Currencies that prices are quoted in, the longer first.
  private static let quotes = ["FDUSD", "USDT", "USDC", "BUSD", "USDE", "USD", "EUR", "PERP", "SWAP"]
  /// Names of coins on some exchanges.
  private static let aliases = ["XBT": "BTC", "XXBT": "BTC", "XETH": "ETH", "XDG": "DOGE"]

  /// The coin of a symbol: BTC of `BTCUSDT`, `BTC-USD-SWAP`, `BTC/USDT:USDT`, `XXBTZUSD`,
  /// `BTC-27MAR26-100000-C`. Nil if nothing is left.
  static func underlying(of symbol: String) -> String? {
    let upper = symbol.uppercased()
    guard let first = upper.split(whereSeparator: { "-/_:. ".contains($0) }).first else { return nil }
    var coin = String(first)
    // `PF_XBTUSD`, `PI_ETHUSD` of Kraken Futures.
    if ["PF", "PI", "FI", "FF", "PV"].contains(coin) {
      coin = upper.split(separator: "_").dropFirst().first.map(String.init) ?? coin
    }
    if let known = aliases[coin] { return known }
    if let quote = quotes.first(where: { coin.hasSuffix($0) && coin.utf8.count > $0.utf8.count }) {
      coin.removeLast(quote.utf8.count)
      if coin.hasSuffix("Z"), aliases[String(coin.dropLast())] != nil { coin.removeLast() }
    }
    let name = aliases[coin] ?? coin
    let isName = name.utf8.allSatisfy {
      (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0)
        || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
    }
    return isName && (1...MarketLimits.underlyingLength).contains(name.utf8.count) ? name : nil
  }
}
