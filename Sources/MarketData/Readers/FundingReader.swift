/// Reading of funding payments.
public enum FundingReader {
  /// Reads the funding payments of one perpetual, and normalises rates to eight hours.
  ///
  /// Layouts: `ts,funding_rate` (also `time` or `timestamp` and `rate`), each rate for the time since the payment
  /// before it; Binance `calc_time,funding_interval_hours,last_funding_rate`, each for the interval in its row; and
  /// Tardis derivative tickers, `…,timestamp,…,funding_timestamp,funding_rate,…`, of which the last reading before each
  /// `funding_timestamp` is the payment. A payment is dropped as bad unless it is finite and smaller than the whole
  /// notional.
  ///
  /// - Parameter present: the present in seconds since 1970; later payments are dropped and reported.
  /// - Throws: ``MarketDataProblem/implausible(_:)`` for payments less than an hour apart: they are readings of a running
  ///   rate.
  public static func read(
    _ bytes: [UInt8], named file: String, present: Int64? = nil
  ) throws(MarketDataError) -> Reading<[FundingPrint]> {
    var table = try Table(MarketFile.contents(bytes, named: file), named: file)
    guard let time = table.column("ts", "calc_time", "time", "timestamp"),
      let rate = table.column("funding_rate", "last_funding_rate", "rate")
    else { throw MarketDataError(file: file, .unknownLayout(columns: table.columns)) }
    if let settlement = table.column("funding_timestamp") {
      return try FundingTicker.read(&table, time: time, settlement: settlement, rate: rate, present: present)
    }
    let hours = table.column("funding_interval_hours")
    var assembly = SeriesAssembly<FundingPayment>(file: file, present: present)
    while try table.next() {
      let payment = FundingPayment(
        time: try table.seconds(time), rate: try table.number(rate), hours: try table.quote(hours))
      assembly.add(payment, line: table.line)
    }
    return try assembly.payments()
  }
}

/// Readings of a running rate, of which each settlement makes one payment.
private enum FundingTicker {
  /// How long after the last reading a settlement may be for that to be its rate, in milliseconds.
  static let longestWait: Int64 = 3_600_000

  static func read(
    _ table: inout Table, time: Int, settlement: Int, rate: Int, present: Int64?
  ) throws(MarketDataError) -> Reading<[FundingPrint]> {
    /// The last reading before a settlement, both in milliseconds.
    struct Last {
      var time: Int64
      var rate: Double
      var line: Int
    }
    var assembly = SeriesAssembly<FundingPayment>(file: table.file, present: present)
    var last: [Int64: Last] = [:]
    var newest = Int64.min
    while try table.next() {
      // Before the first reading of a rate the fields are empty.
      guard !table.isEmpty(settlement), !table.isEmpty(rate) else { continue }
      let (instant, due) = (try table.milliseconds(time), try table.milliseconds(settlement))
      let value = try table.number(rate) as Double
      newest = max(newest, instant)
      guard instant <= due, !value.isNaN, instant >= last[due]?.time ?? .min else { continue }
      last[due] = Last(time: instant, rate: value, line: table.line)
    }
    for (due, reading) in last.sorted(by: { $0.key < $1.key }) {
      // What was foretold long before is not what was paid.
      guard due - reading.time <= longestWait, due <= newest + longestWait else {
        assembly.quality.add(
          .unfinished, line: reading.line,
          "the readings end before the settlement at \(UTCTime.text(due / 1_000))")
        assembly.quality.rows += 1
        continue
      }
      assembly.add(
        FundingPayment(time: due / 1_000, rate: reading.rate, hours: nil), line: reading.line)
    }
    return try assembly.payments()
  }
}
