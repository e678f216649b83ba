/// One funding payment as a file states it.
struct FundingPayment {
  /// The instant of settlement, in seconds since 1970.
  let time: Int64
  /// What was paid, as a fraction of notional.
  let rate: Double
  /// For how many hours, where the row says so.
  let hours: Double?
}

extension SeriesAssembly<FundingPayment> {
  /// The intervals that venues pay at, in seconds.
  private static var intervals: [Int64] { [1, 2, 4, 6, 8, 12, 24].map { $0 * 3_600 } }
  /// Eight hours, in seconds: what a payment alone is for.
  private static var usual: Int64 { 28_800 }
  /// How many times an interval a distance may be, or the interval the distance.
  private static var likeness: Double { 1.1 }
  /// Two payments nearer than this are one, stamped twice.
  private static var tolerance: Int64 { 60 }
  /// Payments are no nearer than this, in seconds: an hour, less what a stamp may be late.
  private static var least: Int64 { 2_700 }

  /// Where the middle of all rates is beyond this for eight hours, in size, they count something else: 0.3 %
  /// three times a day makes more than three times the notional in a year.
  private static var largeRate: Double { 0.003 }
  /// From this number of payments on their middle says something.
  private static var leastPayments: Int { 10 }

  /// Takes a payment, or drops it if it is not finite or larger than the notional.
  mutating func add(_ payment: FundingPayment, line: Int) {
    if !(abs(payment.rate) < 1) {
      addBad(
        line: line,
        payment.rate.isNaN ? "the rate is not a number" : "the rate \(payment.rate) is not below 1")
    } else if let hours = payment.hours, !(hours > 0 && hours <= 24) {
      addBad(line: line, "the interval is \(hours) hours")
    } else {
      add(payment, time: payment.time, line: line)
    }
  }

  /// The payments in order of time, normalised to eight hours.
  ///
  /// The interval of a payment is what its row says, or its distance from the one before, as the nearest of
  /// 1, 2, 4, 6, 8, 12 and 24 hours: venues change it. A longer distance that is none of these, or happens
  /// once between two equal ones, is a gap.
  mutating func payments() throws(MarketDataError) -> Reading<[FundingPrint]> {
    try order(by: { _ in 0 }, Doubles(areSame: { $0.rate == $1.rate }))
    var last = Int64.min
    drop(.duplicate) { row in
      let isDoubled = last != .min && row.time - last < Self.tolerance
      if !isDoubled { last = row.time }
      return isDoubled
    }
    if let distance = commonInterval(granularity: Self.tolerance), distance < Self.least, rows.count > 2 {
      throw quality.failure(
        .implausible(
          "payments \(distance) s apart are readings of a running rate and no payments; keep one row for each "
            + "settlement, or name the column of settlements funding_timestamp"),
        line: rows[1].line)
    }
    let intervals = settledIntervals()
    for (i, interval) in intervals.enumerated().dropFirst() {
      let steps = (rows[i].time - rows[i - 1].time + interval / 2) / interval
      guard steps > 1 else { continue }
      quality.gaps.append(
        DataGap(
          first: rows[i - 1].time + interval, last: rows[i - 1].time + (steps - 1) * interval,
          missing: steps - 1))
    }
    let perEightHours = zip(rows, intervals).map { row, interval in
      abs(row.element.rate) * Double(Self.usual) / (row.element.hours.map { 3_600 * $0 } ?? Double(interval))
    }
    if rows.count >= Self.leastPayments, perEightHours.sorted()[rows.count / 2] > Self.largeRate {
      for (row, rate) in zip(rows, perEightHours) where rate > Self.largeRate {
        quality.add(
          .largeRate, line: row.line,
          "the rate \(row.element.rate) makes \((100 * 1_095 * rate).rounded()) % a year; are these percent, basis points or rates of "
            + "a year?")
      }
    }
    let reading = try finish()
    let prints = zip(reading.series, intervals).map { payment, interval in
      let length = payment.hours.map { 3_600 * $0 } ?? Double(interval)
      return FundingPrint(
        time: payment.time, ratePerEightHours: payment.rate * (Double(Self.usual) / length),
        interval: Int64(length))
    }
    return Reading(series: prints, quality: reading.quality)
  }

  /// For how many seconds each payment is.
  private func settledIntervals() -> [Int64] {
    let distances = zip(rows, rows.dropFirst()).map { $1.time - $0.time }
    var intervals: [Int64] = []
    for (i, row) in rows.enumerated() {
      if let hours = row.element.hours {
        intervals.append(Int64(hours * 3_600))
      } else if i == 0 {
        intervals.append(distances.first.map(Self.nearest) ?? Self.usual)
      } else {
        let distance = distances[i - 1]
        let (before, after) = (intervals[i - 1], i < distances.count ? Self.nearest(distances[i]) : nil)
        let interval = Self.nearest(distance)
        // Between no two payments of one interval, or once between two others: a gap and no interval.
        let isOdd =
          Self.error(distance, interval) > Self.likeness || interval > Self.usual && after != interval
        let isGap = distance > before && (after == before || isOdd)
        intervals.append(isGap ? before : interval)
      }
    }
    return intervals
  }

  /// The interval nearest to a distance, by ratio.
  private static func nearest(_ distance: Int64) -> Int64 {
    var best = usual
    for interval in intervals where error(distance, interval) < error(distance, best) { best = interval }
    return best
  }

  /// How many times one is the other, the larger over the smaller.
  private static func error(_ distance: Int64, _ interval: Int64) -> Double {
    let ratio = Double(max(distance, 1)) / Double(interval)
    return max(ratio, 1 / ratio)
  }
}
