/// Reading of liquidations.
public enum LiquidationReader {
  /// Reads what a venue liquidated on one underlying: the columns `ts` (or `time`) and `notional_usd`.
  ///
  /// Several rows may have one time. A row is dropped as bad unless its notional is finite and not negative.
  ///
  /// - Parameters:
  ///   - bytes: the contents of the file, plain or gzip.
  ///   - file: its path in the market, for reports and errors.
  ///   - present: the present in seconds since 1970; later rows are dropped and reported.
  /// - Throws: ``MarketDataError`` for a file that is too large, damaged, without usable rows or of an
  ///   unknown layout. Bad rows are reported, not thrown.
  public static func read(
    _ bytes: [UInt8], named file: String, present: Int64? = nil
  ) throws(MarketDataError) -> Reading<[LiquidationPrint]> {
    var table = try Table(MarketFile.contents(bytes, named: file), named: file)
    let columns = try table.require([.time, .notional], of: "liquidations", known: ["ts, notional_usd"])
    let (time, notional) = (columns[0], columns[1])
    var assembly = SeriesAssembly<LiquidationPrint>(file: file, present: present)
    var symbol = OneSymbol()
    symbol.begin(table)
    while try table.next() {
      try symbol.check(table)
      let print = LiquidationPrint(
        time: try table.seconds(time), notionalUSD: try table.number(notional))
      if isAmount(print.notionalUSD) {
        assembly.add(print, time: print.time, line: table.line)
      } else {
        assembly.addBad(line: table.line, "an amount is negative or missing")
      }
    }
    assembly.endFile(table)
    assembly.quality.instrument = symbol.named
    // A venue that never liquidated anything has a header and nothing else.
    guard assembly.quality.rows > 0 else { return Reading(series: [], quality: assembly.quality) }
    // Two liquidations of one second are two, so no row is a duplicate of another.
    var row = 0
    try assembly.order(
      by: { _ in
        row += 1
        return row
      }, .init(areSame: { $0 == $1 }))
    return try assembly.finish()
  }
}

/// Reading of the state of an insurance fund.
public enum InsuranceReader {
  /// Reads what a fund holds and should hold: the columns `ts` (or `time`), `fund_usd` and `required_usd`.
  ///
  /// A row is dropped as bad unless its amounts are finite and not negative.
  ///
  /// - Parameters:
  ///   - bytes: the contents of the file, plain or gzip.
  ///   - file: its path in the market, for reports and errors.
  ///   - present: the present in seconds since 1970; later rows are dropped and reported.
  /// - Throws: ``MarketDataError`` for a file that is too large, damaged, without usable rows or of an
  ///   unknown layout. Bad rows are reported, not thrown.
  public static func read(
    _ bytes: [UInt8], named file: String, present: Int64? = nil
  ) throws(MarketDataError) -> Reading<[InsurancePrint]> {
    var table = try Table(MarketFile.contents(bytes, named: file), named: file)
    let columns = try table.require(
      [.time, .fund, .required], of: "the insurance fund", known: ["ts, fund_usd, required_usd"])
    let (time, fund, required) = (columns[0], columns[1], columns[2])
    var assembly = SeriesAssembly<InsurancePrint>(file: file, present: present)
    while try table.next() {
      let print = InsurancePrint(
        time: try table.seconds(time), fundUSD: try table.number(fund),
        requiredUSD: try table.number(required))
      if isAmount(print.fundUSD), isAmount(print.requiredUSD) {
        assembly.add(print, time: print.time, line: table.line)
      } else {
        assembly.addBad(line: table.line, "an amount is negative or missing")
      }
    }
    assembly.endFile(table)
    try assembly.order(by: { _ in 0 }, .init(areSame: { $0 == $1 }))
    return try assembly.finish()
  }
}

/// Reading of what is held and owed of an asset.
public enum AssetUsageReader {
  /// Reads the usage of one asset: the columns `ts` (or `time`), `supplied` and `borrowed` in units of the
  /// asset, and `backed_usd`, the debt that holdings of it back.
  ///
  /// A row is dropped as bad unless its amounts are finite and not negative.
  ///
  /// - Parameters:
  ///   - bytes: the contents of the file, plain or gzip.
  ///   - file: its path in the market, for reports and errors.
  ///   - present: the present in seconds since 1970; later rows are dropped and reported.
  /// - Throws: ``MarketDataError`` for a file that is too large, damaged, without usable rows or of an
  ///   unknown layout. Bad rows are reported, not thrown.
  public static func read(
    _ bytes: [UInt8], named file: String, present: Int64? = nil
  ) throws(MarketDataError) -> Reading<[AssetUsagePrint]> {
    var table = try Table(MarketFile.contents(bytes, named: file), named: file)
    let columns = try table.require(
      [.time, .supplied, .borrowed, .backed], of: "an asset's usage",
      known: ["ts, supplied, borrowed, backed_usd"])
    let (time, supplied, borrowed, backed) = (columns[0], columns[1], columns[2], columns[3])
    var assembly = SeriesAssembly<AssetUsagePrint>(file: file, present: present)
    while try table.next() {
      let print = AssetUsagePrint(
        time: try table.seconds(time), supplied: try table.number(supplied),
        borrowed: try table.number(borrowed), backedUSD: try table.number(backed))
      if isAmount(print.supplied), isAmount(print.borrowed), isAmount(print.backedUSD) {
        assembly.add(print, time: print.time, line: table.line)
      } else {
        assembly.addBad(line: table.line, "an amount is negative or missing")
      }
    }
    assembly.endFile(table)
    try assembly.order(by: { _ in 0 }, .init(areSame: { $0 == $1 }))
    return try assembly.finish()
  }
}

private func isAmount(_ amount: Double) -> Bool { amount >= 0 && amount < .infinity }
