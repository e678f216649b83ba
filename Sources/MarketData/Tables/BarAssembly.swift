extension SeriesAssembly<Bar> {
  /// Takes a bar as a file states it, volumes NaN where it states none, or drops it if its prices contradict
  /// themselves.
  mutating func add(_ bar: Bar, line: Int) {
    if bar.hasSoundPrices, !(bar.baseVolume < 0), !(bar.quoteVolume < 0), bar.baseVolume != .infinity,
      bar.quoteVolume != .infinity
    {
      add(bar, time: bar.openTime, line: line)
    } else {
      addBad(line: line, bar.fault)
    }
  }

  /// The series of all bars that were taken: in order of time, on a grid, with volumes in one unit.
  ///
  /// - Parameters:
  ///   - interval: the length of a bar in seconds; nil for what the file shows.
  ///   - unit: what volumes are counted in, where the listing says so.
  mutating func bars(
    interval: Int64? = nil, unit: AmountUnit? = nil
  ) throws(MarketDataError) -> Reading<BarSeries> {
    // A bar that was in progress when its file was taken has traded less than the same bar later.
    try order(
      by: { _ in 0 },
      Doubles(
        areSame: { $0.says($1) },
        isSecondBetter: { a, b in
          b.high >= a.high && b.low <= a.low && !(b.baseVolume < a.baseVolume)
            && !(b.quoteVolume < a.quoteVolume)
        }))
    if rows.isEmpty { try close() }
    let hasVolume = try settleVolumes(unit)
    dropRepeated()
    if hasVolume { dropFillers() }
    let interval = try align(to: interval)
    if hasVolume {
      reportVolumeJumps()
      reportRunningVolume()
    }
    reportSmoothed()
    reportJumps()
    flagOutliers()
    let reading = try finish()
    return Reading(
      series: BarSeries(interval: interval, bars: reading.series, hasVolume: hasVolume),
      quality: reading.quality)
  }

  /// The least move from one bar to the next that is looked at: prices do not double or halve between two
  /// trades.
  private static var leastJump: Double { 1.9 }
  /// How many times a power of ten the move of a close may be, or the power the move, to be a change of unit.
  private static var decadeWidth: Double { 1.122 }

  /// Reports where the price is suddenly of another size and stays there: a redenomination, a split, another
  /// unit.
  ///
  /// Between the close of a bar and the open of the next there is no time for a move, so there any factor of
  /// ``leastJump`` counts; from close to close only powers of ten do.
  private mutating func reportJumps() {
    for i in rows.indices.dropFirst() {
      let (before, here) = (rows[i - 1].element, rows[i].element)
      guard !Self.isNear(before.close, here.open) || !Self.isNear(before.close, here.close) else { continue }
      let factor = here.close / before.close
      guard !Self.isNear(before.close, here.open) || Self.isPowerOfTen(factor) else { continue }
      // What comes back at once is an outlier.
      if i + 1 < rows.count, Self.isNear(before.close, rows[i + 1].element.close) { continue }
      let times = factor >= 1 ? "× \(Self.rounded(factor))" : "÷ \(Self.rounded(1 / factor))"
      quality.add(
        .jump, line: rows[i].line,
        "the price goes from \(before.close) to \(here.close), \(times); after a redenomination or split "
          + "\(factor >= 1 ? "multiply" : "divide") the prices before it by \(Self.rounded(max(factor, 1 / factor))) "
          + "and their volumes the other way, or begin the file there")
    }
  }

  /// Reports bars whose close leaps away from that before and is back in the next, and those of which only
  /// the high or the low leaps away.
  private mutating func flagOutliers() {
    for i in rows.indices.dropFirst().dropLast() {
      let (before, here, after) = (
        rows[i - 1].element.close, rows[i].element.close, rows[i + 1].element.close
      )
      let move = abs(here / before - 1)
      if move > DataQuality.outlierMove, abs(here / after - 1) > DataQuality.outlierMove,
        abs(after / before - 1) < move / 2
      {
        quality.add(.outlier, line: rows[i].line, "the close is \(here) between \(before) and \(after)")
      }
    }
    for i in rows.indices {
      let bar = rows[i].element
      var (least, most) = (min(bar.open, bar.close), max(bar.open, bar.close))
      if i > 0 {
        let close = rows[i - 1].element.close
        (least, most) = (min(least, close), max(most, close))
      }
      if i + 1 < rows.count {
        let open = rows[i + 1].element.open
        (least, most) = (min(least, open), max(most, open))
      }
      if bar.high > Self.leastJump * most {
        quality.add(
          .outlier, line: rows[i].line, "the high is \(bar.high), and no price beside it is above \(most)")
      } else if Self.leastJump * bar.low < least {
        quality.add(
          .outlier, line: rows[i].line, "the low is \(bar.low), and no price beside it is below \(least)")
      }
    }
  }

  private static func isNear(_ a: Double, _ b: Double) -> Bool {
    a < leastJump * b && b < leastJump * a
  }

  /// Whether a factor is 10, 100, … or 1/10, 1/100, …, give or take what a market moves.
  private static func isPowerOfTen(_ factor: Double) -> Bool {
    var rest = max(factor, 1 / factor)
    guard rest < 1e12 else { return true }
    while rest > 10 * Self.decadeWidth { rest /= 10 }
    return rest > 10 / Self.decadeWidth
  }

  private static func rounded(_ factor: Double) -> String {
    let whole = factor.rounded()
    return abs(factor / whole - 1) < 0.03 && whole < 1e15
      ? "\(Int64(whole))" : "\((factor * 100).rounded() / 100)"
  }
}

extension Bar {
  /// Whether prices are positive, finite and in their order.
  var hasSoundPrices: Bool {
    // A comparison with NaN is false.
    low > 0 && low <= min(open, close) && max(open, close) <= high && high < .infinity && !open.isNaN
      && !close.isNaN
  }

  /// Whether another bar has the same prices and volumes, stated or not.
  fileprivate func says(_ other: Bar) -> Bool {
    (open, high, low, close) == (other.open, other.high, other.low, other.close)
      && (baseVolume == other.baseVolume || (baseVolume.isNaN && other.baseVolume.isNaN))
      && (quoteVolume == other.quoteVolume || (quoteVolume.isNaN && other.quoteVolume.isNaN))
  }

  /// Why it is not sound, in a few words.
  var fault: String {
    for (name, price) in [("open", open), ("high", high), ("low", low), ("close", close)] {
      if price.isNaN { return "\(name) is not a number" }
      if price <= 0 { return "\(name) is \(price), not positive" }
      if price == .infinity { return "\(name) is infinite" }
    }
    if baseVolume < 0 || quoteVolume < 0 { return "a volume is negative" }
    if baseVolume == .infinity || quoteVolume == .infinity { return "a volume is infinite" }
    return
      "low \(low), open \(open), close \(close), high \(high) are not in this order: low ≤ open, close ≤ high"
  }
}
