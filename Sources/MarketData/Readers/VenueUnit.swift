/// What a source counts open interest in, where the layout of its answers and the symbol say which source it
/// is.
///
/// | source | told by | counts |
/// |---|---|---|
/// | OKX | `oiCcy` | coins |
/// | dYdX | `oraclePrice` | coins |
/// | Hyperliquid | `oraclePx` | coins |
/// | Binance, Bybit | JSON, symbols such as `BTCUSDT` | coins |
/// | Bybit, inverse | `category` | USD |
/// | Deribit | `instrument_name` | USD, or coins of names with an underscore (`BTC_USDC-PERPETUAL`) |
/// | Kraken Futures | symbols `PF_`, `FF_` and `PI_`, `FI_` | coins, and USD |
/// | BitMEX | `openValue`, `XBTUSD` and its futures | USD |
struct VenueUnit: Hashable {
  let unit: AmountUnit
  let source: String

  /// Nil where the file says its unit itself, or nothing says it.
  init?(_ table: Table) throws(MarketDataError) {
    guard !table.isWithoutHeader, table.column(.openInterestAmount) != nil,
      table.column(.openInterestValue) == nil
    else { return nil }
    if table.has("oiccy") {
      self.init("OKX", .base)
    } else if table.has("oracleprice") {
      self.init("dYdX", .base)
    } else if table.has("oraclepx") {
      self.init("Hyperliquid", .base)
    } else {
      guard let found = try Self.bySymbol(table) else { return nil }
      self = found
    }
  }

  private init(_ source: String, _ unit: AmountUnit) { (self.source, self.unit) = (source, unit) }

  private static func bySymbol(_ table: Table) throws(MarketDataError) -> VenueUnit? {
    var rows = try table.preview
    guard let column = table.column(.symbol), try rows.next() else { return nil }
    let symbol = try rows.text(column).uppercased()
    if table.has("instrumentname") { return VenueUnit("Deribit", symbol.contains("_") ? .base : .quote) }
    for (prefix, unit) in [("PF_", AmountUnit.base), ("FF_", .base), ("PI_", .quote), ("FI_", .quote)]
    where symbol.hasPrefix(prefix) {
      return VenueUnit("Kraken Futures", unit)
    }
    if table.has("openvalue") {
      return symbol.hasPrefix("XBT") && !symbol.contains("USDT") ? VenueUnit("BitMEX", .quote) : nil
    }
    if let category = table.column(named: "category"), try rows.text(category) == "inverse" {
      return VenueUnit("Bybit", .quote)
    }
    // BitMEX and KuCoin count contracts of their own size.
    guard !symbol.hasPrefix("XBT") else { return nil }
    let isPlain = symbol.utf8.allSatisfy {
      (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0)
        || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
    }
    guard table.isFromJSON, isPlain, ["USDT", "USDC", "BUSD", "FDUSD"].contains(where: symbol.hasSuffix)
    else {
      return nil
    }
    return VenueUnit("Binance and Bybit", .base)
  }
}

/// Answers `metaAndAssetCtxs` of Hyperliquid: the names of all coins in one list, `universe`, and what each
/// is worth and has open in another, in the same order.
enum HyperliquidContexts {
  static func isLayout(of table: Table) -> Bool {
    table.isFromJSON && table.has("szdecimals") && table.has("oraclepx") && table.has("openinterest")
      && table.has("name")
  }

  /// Takes the open interest of one coin, in coins, of each answer in the file.
  ///
  /// - Parameter listed: when it was known, in seconds, for an answer that does not say.
  static func read(
    _ table: inout Table, of coin: String?, at listed: Int64?,
    into assembly: inout SeriesAssembly<OpenInterestRow>
  ) throws(MarketDataError) {
    guard let name = table.column(named: "name"), let decimals = table.column(named: "szdecimals"),
      let oracle = table.column(named: "oraclepx"), let amount = table.column(named: "openinterest")
    else { return }
    let time = table.column(.time)
    var (names, section, index) = ([String](), -1, 0)
    while try table.next() {
      if table.section != section {
        if !table.isEmpty(decimals) { names = [] }
        (section, index) = (table.section, 0)
      }
      if !table.isEmpty(decimals) {
        names.append(try table.text(name))
        continue
      }
      guard !table.isEmpty(oracle) else { continue }
      defer { index += 1 }
      guard index < names.count else {
        throw table.failure(.contradiction("has more coins than names of coins"))
      }
      guard let coin else {
        throw MarketDataError(file: table.file, .contradiction("has all coins in one; name the underlying"))
      }
      guard names[index] == coin || SymbolName.underlying(of: names[index]) == coin else { continue }
      let instant: Int64
      if let time, !table.isEmpty(time) {
        instant = try table.seconds(time)
      } else {
        guard let listed else { throw MarketDataError(file: table.file, .undated) }
        instant = listed
      }
      assembly.add(
        OpenInterestRow(time: instant, amount: try table.quote(amount)), line: table.line)
    }
  }
}
