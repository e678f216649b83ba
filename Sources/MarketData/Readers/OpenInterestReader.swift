/// Reading of open interest.
public enum OpenInterestReader {
  /// Reads the open interest of one perpetual.
  ///
  /// Layouts: `ts,long,short` (also `time`, `long_usd`, `short_usd`) in USD; Binance metrics,
  /// `create_time,symbol,sum_open_interest,sum_open_interest_value,…,count_long_short_ratio,…`, whose open
  /// interest in USD is divided by the ratio ρ of long to short accounts: long = 2·OI·ρ/(1 + ρ), short =
  /// 2·OI/(1 + ρ), so that both together are what longs and shorts hold; and `ts,open_interest` in a unit
  /// that is stated. Where no ratio is known, because there is no such column or it is empty or zero, both
  /// sides are OI and no side is the larger.
  ///
  /// Open interest of zero in a file that has other rows stands for a number that is missing: such a row is
  /// left out and counted as a placeholder. A row is bad unless its numbers are finite and not negative.
  ///
  /// Coin-margined metrics count contracts in `sum_open_interest` and coins in `sum_open_interest_value`.
  /// They are told by symbol (`BTCUSD_PERP`) or by price, and read as contracts times their size in USD.
  ///
  /// - Parameters:
  ///   - unit: what the amount counts, if the listing says so: `sum_open_interest` where the file has it.
  ///   - contractSize: the USD of one contract, for symbols that are coin-margined, if the listing says so.
  ///   - coin: the underlying, for answers that have all coins in one (Hyperliquid).
  ///   - time: when it was known, in seconds since 1970, for an answer that does not say.
  ///   - prices: bars of the underlying, for units other than USD.
  ///   - present: the present in seconds since 1970; later rows are dropped and reported.
  /// - Throws: ``MarketDataProblem/unit(_:)`` where the unit is not known.
  public static func read(
    _ bytes: [UInt8], named file: String, unit: AmountUnit? = nil, contractSize: Double? = nil,
    of coin: String? = nil, at time: Int64? = nil, prices: BarSeries? = nil, present: Int64? = nil
  ) throws(MarketDataError) -> Reading<[OpenInterestPrint]> {
    try read(
      [MarketSource(name: file, bytes: bytes)], unit: unit, contractSize: contractSize, of: coin, at: time,
      prices: prices, present: present)
  }

  /// Reads the open interest of one perpetual from several files, in order of time whatever the order of the
  /// files.
  ///
  /// - Throws: ``MarketDataError`` for a file that cannot be used, and for files that do not fit each other.
  public static func read(
    _ files: [MarketSource], unit: AmountUnit? = nil, contractSize: Double? = nil, of coin: String? = nil,
    at listed: Int64? = nil, prices: BarSeries? = nil, present: Int64? = nil
  ) throws(MarketDataError) -> Reading<[OpenInterestPrint]> {
    var assembly = SeriesAssembly<OpenInterestRow>(file: files.name, present: present)
    var symbol = OneSymbol()
    var venue: VenueUnit?
    try files.forEachTable { table throws(MarketDataError) in
      let found = try VenueUnit(table)
      guard found?.unit == venue?.unit || assembly.isEmpty else {
        throw MarketDataError(
          file: table.file,
          .contradiction("counts open interest otherwise than the files of the series before it"))
      }
      venue = found
      if HyperliquidContexts.isLayout(of: table) {
        try HyperliquidContexts.read(&table, of: coin, at: listed, into: &assembly)
        assembly.endFile(table)
        return
      }
      let time = table.column(.time)
      guard time != nil || table.isFromJSON else {
        throw table.mismatch("open interest", missing: ["time"], known: known)
      }
      guard let amounts = Amounts(table) else {
        throw table.mismatch("open interest", missing: ["open interest"], known: known)
      }
      symbol.begin(table)
      while try table.next() {
        try symbol.check(table)
        // All rows are of one symbol.
        let name = try assembly.isEmpty ? table.label(amounts.symbol) : nil
        let row = OpenInterestRow(
          time: try instant(table, time, listed), long: try table.number(amounts.long),
          short: try table.number(amounts.short),
          value: try table.quote(amounts.value), amount: try table.quote(amounts.amount),
          // No ratio is negative: -1 stands for one that is missing.
          ratio: try table.quote(amounts.ratio).flatMap { $0 >= 0 ? $0 : nil },
          hasRatio: amounts.ratio != nil, symbol: name)
        assembly.add(row, line: table.line)
      }
      assembly.endFile(table)
    }
    assembly.quality.instrument = symbol.named
    return try assembly.openInterest(
      unit: unit, known: venue, contractSize: contractSize, prices: prices)
  }

  /// When a row was known.
  private static func instant(
    _ table: Table, _ column: Int?, _ listed: Int64?
  ) throws(MarketDataError) -> Int64 {
    if let column, !table.isEmpty(column) { return try table.seconds(column) }
    guard let listed else { throw MarketDataError(file: table.file, .undated) }
    return listed
  }

  /// What messages say is known.
  private static let known = [
    "time, long and short in USD",
    "Binance metrics (create_time, sum_open_interest, sum_open_interest_value)",
    "time and open interest, with openInterestUnit in market.json",
    "JSON of Binance, Bybit, OKX, Deribit, dYdX, Hyperliquid, Kraken Futures, BitMEX and ccxt",
  ]

  /// Where a row says how much is open.
  private struct Amounts {
    let long, short, value, amount, ratio, symbol: Int?

    init?(_ table: Table) {
      long = table.column(.long)
      short = table.column(.short)
      value = table.column(.openInterestValue)
      // OKX states contracts as `oi` and coins as `oiCcy`.
      amount = table.column(named: "oiccy") ?? table.column(.openInterestAmount)
      ratio = table.column(named: "countlongshortratio")
      symbol = table.column(.symbol)
      guard (long != nil && short != nil) || value != nil || amount != nil else { return nil }
    }
  }
}

extension Table {
  /// The text in a column, nil if there is no such column.
  fileprivate func label(_ column: Int?) throws(MarketDataError) -> String? {
    guard let column else { return nil }
    return try text(column)
  }
}
