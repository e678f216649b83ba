/// Reading of funding payments.
public enum FundingReader {
  /// Reads the funding payments of one perpetual, and normalises rates to eight hours.
  ///
  /// Layouts: time and rate by name, or JSON with such members, each rate for the time since the payment
  /// before it, or for the hours in its row, as Binance's archive and BitMEX state them; and Tardis
  /// derivative tickers, `…,timestamp,…,funding_timestamp,funding_rate,…`, of which the last reading before
  /// each `funding_timestamp` is the payment. A payment is dropped as bad unless it is finite and smaller
  /// than the whole notional.
  ///
  /// - Parameters:
  ///   - bytes: the contents of the file, plain or gzip.
  ///   - file: its path in the market, for reports and errors.
  ///   - present: the present in seconds since 1970; later payments are dropped and reported.
  /// - Throws: ``MarketDataProblem/implausible(_:)`` for payments less than an hour apart: they are readings
  ///   of a running rate.
  public static func read(
    _ bytes: [UInt8], named file: String, present: Int64? = nil
  ) throws(MarketDataError) -> Reading<[FundingPrint]> {
    try read([MarketSource(name: file, bytes: bytes)], present: present)
  }

  /// Reads the funding payments of one perpetual from several files, in order of time whatever the order of
  /// the files.
  ///
  /// - Throws: ``MarketDataError`` for a file that cannot be used, and for files that do not fit each other.
  public static func read(
    _ files: [MarketSource], present: Int64? = nil
  ) throws(MarketDataError) -> Reading<[FundingPrint]> {
    var assembly = SeriesAssembly<FundingPayment>(file: files.name, present: present)
    var symbol = OneSymbol()
    try files.forEachTable { table throws(MarketDataError) in
      let layout = try FundingLayout(table)
      symbol.begin(table)
      var readings = FundingReadings()
      while try table.next() {
        try symbol.check(table)
        guard let settlement = layout.settlement else {
          assembly.add(
            FundingPayment(
              time: try table.seconds(layout.time), rate: try layout.rate(table),
              hours: try layout.hours(table)),
            line: table.line)
          continue
        }
        // Before the first reading of a rate the fields are empty.
        guard !table.isEmpty(settlement) else { continue }
        readings.add(
          try layout.rate(table), at: try table.milliseconds(layout.time),
          for: try table.milliseconds(settlement), line: table.line)
      }
      readings.settle(into: &assembly)
      assembly.endFile(table)
    }
    assembly.quality.instrument = symbol.named
    return try assembly.payments()
  }
}
