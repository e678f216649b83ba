/// Reading of open interest.
public enum OpenInterestReader {
  /// Reads the open interest of one perpetual.
  ///
  /// Layouts: `ts,long,short` (also `time`, `long_usd`, `short_usd`) in USD; and Binance metrics,
  /// `create_time,…,sum_open_interest_value,…,count_long_short_ratio,…`, whose open interest in USD is
  /// divided by the ratio ρ of long to short accounts: long = 2·OI·ρ/(1 + ρ), short = 2·OI/(1 + ρ), so
  /// that both together are what longs and shorts hold. Without a ratio both are OI. A row is dropped as
  /// bad unless its numbers are finite and not negative.
  ///
  /// - Parameter present: the present in seconds since 1970; later rows are dropped and reported.
  public static func read(
    _ bytes: [UInt8], named file: String, present: Int64? = nil
  ) throws(MarketDataError) -> Reading<[OpenInterestPrint]> {
    var table = try Table(MarketFile.contents(bytes, named: file), named: file)
    guard let time = table.column("ts", "time", "create_time", "timestamp"),
      let sides = Sides(table)
    else { throw MarketDataError(file: file, .unknownLayout(columns: table.columns)) }
    var assembly = SeriesAssembly<OpenInterestPrint>(file: file, present: present)
    while try table.next() {
      let print = try sides.print(table, time: table.seconds(time))
      if print.longUSD >= 0, print.longUSD < .infinity, print.shortUSD >= 0, print.shortUSD < .infinity {
        assembly.add(print, time: print.time, line: table.line)
      } else {
        assembly.addBad(line: table.line)
      }
    }
    assembly.order { _ in 0 }
    if let interval = assembly.commonInterval(granularity: 60) {
      assembly.align(to: interval, tolerance: interval / 4)
    }
    return try assembly.finish()
  }

  /// Where a row says how much is long and how much is short.
  private enum Sides {
    case each(long: Int, short: Int)
    case total(Int, ratio: Int?)

    init?(_ table: Table) {
      if let long = table.column("long", "long_usd"), let short = table.column("short", "short_usd") {
        self = .each(long: long, short: short)
      } else if let total = table.column("sum_open_interest_value") {
        self = .total(total, ratio: table.column("count_long_short_ratio"))
      } else {
        return nil
      }
    }

    func print(_ table: Table, time: Int64) throws(MarketDataError) -> OpenInterestPrint {
      switch self {
      case .each(let long, let short):
        return OpenInterestPrint(
          time: time, longUSD: try table.number(long), shortUSD: try table.number(short))
      case .total(let total, let ratio):
        let total = try table.number(total)
        let ρ = try table.number(ratio) ?? 1
        guard ρ >= 0 else { return OpenInterestPrint(time: time, longUSD: -1, shortUSD: -1) }
        return OpenInterestPrint(
          time: time, longUSD: total * (2 * ρ / (1 + ρ)), shortUSD: total * (2 / (1 + ρ)))
      }
    }
  }
}
