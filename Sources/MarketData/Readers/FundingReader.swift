/// Reading of funding payments.
public enum FundingReader {
  /// Eight hours, in seconds.
  static let eightHours: Int64 = 28_800
  /// How far from its hour a payment may be stamped, in seconds.
  static let tolerance: Int64 = 60

  /// Reads the funding payments of one perpetual, and normalises rates to eight hours.
  ///
  /// Layouts: `ts,funding_rate` (also `time` or `timestamp` and `rate`), each rate for the interval between
  /// payments; and Binance `calc_time,funding_interval_hours,last_funding_rate`, each for the interval in
  /// its row. The interval is the distance that most neighbours have; of a single payment it is eight
  /// hours. A payment is dropped as bad unless it is finite and smaller than the whole notional.
  ///
  /// - Parameter present: the present in seconds since 1970; later payments are dropped and reported.
  public static func read(
    _ bytes: [UInt8], named file: String, present: Int64? = nil
  ) throws(MarketDataError) -> Reading<[FundingPrint]> {
    var table = try Table(MarketFile.contents(bytes, named: file), named: file)
    guard let time = table.column("ts", "calc_time", "time", "timestamp"),
      let rate = table.column("funding_rate", "last_funding_rate", "rate")
    else { throw MarketDataError(file: file, .unknownLayout(columns: table.columns)) }
    let hours = table.column("funding_interval_hours")
    var assembly = SeriesAssembly<Payment>(file: file, present: present)
    while try table.next() {
      let payment = Payment(
        time: try table.seconds(time), rate: try table.number(rate),
        hours: try table.number(hours))
      if abs(payment.rate) < 1, payment.hours.map({ $0 > 0 && $0 <= 24 }) ?? true {
        assembly.add(payment, time: payment.time, line: table.line)
      } else {
        assembly.addBad(line: table.line)
      }
    }
    assembly.order { _ in 0 }
    let interval = assembly.commonInterval(granularity: tolerance) ?? eightHours
    // Venues change their interval, so a file that states it in each row has no grid.
    if hours == nil { assembly.align(to: interval, tolerance: min(tolerance, interval / 4)) }
    let reading = try assembly.finish()
    let prints = reading.series.map { payment in
      let length = payment.hours.map { 3_600 * $0 } ?? Double(interval)
      return FundingPrint(
        time: payment.time, ratePerEightHours: payment.rate * (Double(eightHours) / length))
    }
    return Reading(series: prints, quality: reading.quality)
  }

  private struct Payment {
    let time: Int64
    let rate: Double
    let hours: Double?
  }
}
