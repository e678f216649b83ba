public import MarketData

extension ObservedStress {
  /// The worst moves of a whole series.
  public init(_ series: BarSeries) {
    self.init()
    update(series.bars[...], interval: series.interval)
  }

  /// Reads the bars that ended since the last ones.
  ///
  ///     fall within k bars up to bar i = 1 - min low(i-k+1 ... i) / close(i-k)
  ///
  /// A bar longer than a horizon counts for it by the square root of time.
  ///
  /// - Complexity: linear in the new bars, however many a horizon has.
  mutating func update(_ bars: ArraySlice<Bar>, interval: Int64) {
    guard let last = bars.last, interval > 0, last.openTime + interval > through else { return }
    var first = bars.endIndex
    while first > bars.startIndex, bars[first - 1].openTime + interval > through { first -= 1 }
    for (place, horizon) in StressFloor.horizons.enumerated() {
      let count = max(1, Int(horizon / Double(interval)))
      let share = min(1, horizon / Double(interval)).squareRoot()
      let (fall, rise) = Self.worst(bars, from: first, within: count, interval: interval)
      Self.note(&falls[place], fall.move * share, fall.time)
      Self.note(&rises[place], rise.move * share, rise.time)
    }
    through = last.openTime + interval
  }

  private static func note(_ worst: inout Worst, _ move: Double, _ time: Int64) {
    let ppm = min(100_000_000, Rate.ppm(move))
    if ppm > worst.move { worst = Worst(move: ppm, time: time) }
  }

  /// The worst fall and rise within a number of bars that end in one of the bars from `first` on. Windows
  /// slide: the least low and the highest high of each are at the front of a queue of candidates.
  private static func worst(
    _ bars: ArraySlice<Bar>, from first: Int, within count: Int, interval: Int64
  ) -> (fall: (move: Double, time: Int64), rise: (move: Double, time: Int64)) {
    var (fall, rise) = ((move: 0.0, time: Int64(0)), (move: 0.0, time: Int64(0)))
    var (lows, highs) = (SlidingExtreme(), SlidingExtreme())
    for i in max(bars.startIndex, first - count + 1)..<bars.endIndex {
      let bar = bars[i]
      lows.push(-bar.low, at: i, count: count)
      highs.push(bar.high, at: i, count: count)
      let before = i - count
      guard i >= first, before >= bars.startIndex, bars[before].close > 0 else { continue }
      // Bars of another stretch, before a gap, are not a move within the horizon.
      guard bar.openTime - bars[before].openTime <= Int64(count + 1) * interval else { continue }
      let close = bars[before].close
      let end = bar.openTime + interval
      if let low = lows.front, 1 + low / close > fall.move { fall = (1 + low / close, end) }
      if let high = highs.front, high / close - 1 > rise.move { rise = (high / close - 1, end) }
    }
    return (fall, rise)
  }
}

/// The greatest of the last numbers, of a given count.
private struct SlidingExtreme {
  private var candidates: [(index: Int, value: Double)] = []
  private var head = 0

  var front: Double? { head < candidates.count ? candidates[head].value : nil }

  mutating func push(_ value: Double, at index: Int, count: Int) {
    while head < candidates.count, candidates[head].index <= index - count { head += 1 }
    while candidates.count > head, let last = candidates.last, last.value <= value { candidates.removeLast() }
    candidates.append((index, value))
    if head > 4_096 {
      candidates.removeFirst(head)
      head = 0
    }
  }
}
