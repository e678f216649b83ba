/// What an instrument is on, as names of instruments and files say it.
enum SymbolName {
  /// Currencies that prices are quoted in, the longer first.
  private static let quotes = [
    "FDUSD", "USDT", "USDC", "BUSD", "TUSD", "USDE", "USDS", "USDD", "ZUSD", "ZEUR", "UST", "USD", "EUR",
    "GBP",
    "JPY", "KRW", "TRY", "BRL", "AUD", "PERP", "SWAP",
  ]
  /// Names of coins on some exchanges, and those before a coin was renamed one to one.
  private static let aliases = [
    "XBT": "BTC", "XXBT": "BTC", "UBTC": "BTC", "XETH": "ETH", "UETH": "ETH", "USOL": "SOL", "XDG": "DOGE",
    "XXDG": "DOGE", "XXRP": "XRP", "XLTC": "LTC", "XXLM": "XLM", "STR": "XLM", "XXMR": "XMR", "XZEC": "ZEC",
    "XETC": "ETC", "BCHABC": "BCH", "BCC": "BCH", "BCHSV": "BSV", "DSH": "DASH", "IOT": "IOTA",
    "MIOTA": "IOTA",
    "XRB": "XNO", "NANO": "XNO", "MATIC": "POL", "RNDR": "RENDER", "KLAY": "KAIA", "TONCOIN": "TON",
    "FTM": "S",
    "EOS": "A", "ALG": "ALGO", "ATO": "ATOM", "MNA": "MANA", "QTM": "QTUM",
  ]
  /// What stands before a coin on Kraken Futures: `PF_XBTUSD`, `PI_ETHUSD`.
  private static let families = ["PF", "PI", "FI", "FF", "PV"]
  /// What an instrument is, and no coin.
  private static let kinds: Set<String> = [
    "PERPETUAL", "PERP", "SWAP", "FUTURE", "FUTURES", "SPOT", "LINEAR", "INVERSE", "OPTION", "INDEX", "MARK",
  ]
  /// How many coins one unit of an instrument is, where that is said in its name: `1000PEPE`, `SHIB1000`.
  private static let multiples = ["1000000", "100000", "10000", "1000", "1M"]

  /// The coin of a symbol: BTC of `BTCUSDT`, `BTC-USD-SWAP`, `BTC/USDT:USDT`, `XXBTZUSD`,
  /// `BTC-27MAR26-100000-C`. Nil if nothing is left.
  static func underlying(of symbol: String) -> String? {
    let upper = symbol.uppercased()
    guard let first = upper.split(whereSeparator: isSeparator).first else { return nil }
    var coin = String(first)
    if families.contains(coin) {
      coin = upper.split(separator: "_").dropFirst().first.map(String.init) ?? coin
    }
    if let known = aliases[coin] { return known }
    let name = withoutQuote(coin) ?? aliases[coin] ?? coin
    return isName(name) ? name : nil
  }

  /// The coin that a symbol names beyond doubt, as it is called today, without how many one unit is: BTC of
  /// `tBTCUSD`, `XBTUSDTM` and `BINANCEFTS_PERP_BTC_USDT` as well, PEPE of `1000PEPEUSDT` and `kPEPE`. Nil
  /// for other words.
  ///
  /// - Parameter isBare: whether a word without a currency of account may be a coin.
  static func coin(in symbol: String, isBare: Bool = true) -> String? {
    var text = symbol[...]
    // Bitfinex writes `tBTCUSD`, Phemex `sBTCUSDT`, and `kPEPE` is a thousand.
    if let first = text.first, "tsuck".contains(first), text.dropFirst().first?.isUppercase == true {
      text = text.dropFirst()
    }
    var parts = withoutExchange(text.uppercased()).split(whereSeparator: isSeparator).map(String.init)
    if let first = parts.first, families.contains(first) { parts.removeFirst() }
    guard let first = parts.first else { return nil }
    let found: String?
    if let quote = parts.indices.dropFirst().first(where: { isQuote(parts[$0]) }) {
      found = parts[quote - 1]
    } else if let coin = withoutQuote(contract(first)) {
      found = coin
    } else {
      // `BTC-PERPETUAL`, `BTC-27MAR26`, and a coin alone.
      let isContract = parts.count > 1 && (kinds.contains(parts[1]) || parts[1].filter(\.isNumber).count >= 2)
      let isCoin = parts.count == 1 && isBare && text == text.uppercased()
      found = isContract || isCoin || aliases[first] != nil ? first : nil
    }
    return found.flatMap { single(contract($0)) }
  }

  /// Whether two names are of one coin; true where one of them names none.
  static func areAlike(_ a: String, _ b: String) -> Bool {
    guard let a = coin(in: a), let b = coin(in: b) else { return true }
    return a == b
  }

  /// A symbol without the exchange before it: `BTCUSDT.P` of `BINANCE:BTCUSDT.P`. Of `BTC:USD` and
  /// `BTC/USDT:USDT` the whole, since a currency of account stands behind the colon.
  private static func withoutExchange(_ symbol: String) -> Substring {
    let halves = symbol.split(separator: ":", omittingEmptySubsequences: false)
    guard halves.count == 2, halves[0].allSatisfy({ $0.isLetter || $0.isNumber }),
      let pair = halves[1].split(whereSeparator: isSeparator).first.map(String.init),
      !isQuote(pair), withoutQuote(pair) != nil
    else {
      return symbol[...]
    }
    return halves[1]
  }

  private static func isSeparator(_ character: Character) -> Bool { "-/_:. ".contains(character) }

  private static func isName(_ name: String) -> Bool {
    (1...MarketLimits.underlyingLength).contains(name.utf8.count)
      && name.utf8.allSatisfy {
        (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0)
          || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
      }
  }

  private static func isQuote(_ part: String) -> Bool {
    // Bitfinex calls what perpetuals settle in `USTF0`.
    quotes.contains(part) && part != "PERP" && part != "SWAP" || part == "USTF0"
  }

  /// What is before the currency of account; nil if there is none.
  private static func withoutQuote(_ pair: String) -> String? {
    guard let quote = quotes.first(where: { isQuote($0, endOf: pair) }) else { return nil }
    var coin = String(pair.dropLast(quote.utf8.count))
    if coin.hasSuffix("Z"), aliases[String(coin.dropLast())] != nil { coin.removeLast() }
    return aliases[coin] ?? coin
  }

  /// Whether a pair ends with a currency of account. `XBTUSD` and `DOTUSD` end with USD, not with TUSD.
  private static func isQuote(_ quote: String, endOf pair: String) -> Bool {
    guard pair.hasSuffix(quote), pair.utf8.count > quote.utf8.count else { return false }
    let coin = String(pair.dropLast(quote.utf8.count))
    return quote != "TUSD" || coin.utf8.count > 2 && !quotes.contains(coin)
  }

  /// A symbol without what stands for its contract: KuCoin's `XBTUSDTM`, and the month of `XBTM26`,
  /// `BTCUSDH24` and `BTCF0`.
  private static func contract(_ symbol: String) -> String {
    if symbol.hasSuffix("USDTM") || symbol.hasSuffix("USDM") || symbol.hasSuffix("USDCM") {
      return String(symbol.dropLast())
    }
    if symbol.hasSuffix("F0") { return String(symbol.dropLast(2)) }
    let year = symbol.reversed().prefix { $0.isNumber }.count
    guard year == 2, let month = symbol.dropLast(2).last, "FGHJKMNQUVXZ".contains(month), symbol.count > 5
    else {
      return symbol
    }
    return String(symbol.dropLast(3))
  }

  /// The name of one coin.
  private static func single(_ name: String) -> String? {
    var coin = name
    if let multiple = multiples.first(where: { coin.hasPrefix($0) && coin.count >= $0.count + 2 }),
      coin.dropFirst(multiple.count).contains(where: \.isLetter)
    {
      coin.removeFirst(multiple.count)
    } else if coin.hasSuffix("1000"), coin.count > 5 {
      coin.removeLast(4)
    }
    coin = aliases[coin] ?? coin
    guard isName(coin), coin.contains(where: \.isLetter), !kinds.contains(coin) else { return nil }
    return coin
  }
}
