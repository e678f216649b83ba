public import MarketData

/// How far prices moved within a time from each bar on, for comparison with the margin that was asked then.
///
///     fall = 1 - least low / last close,   rise = highest high / last close - 1
///
/// over the bars that begin within the horizon. It looks ahead on purpose: it is what validation measures
/// against, and nothing that is published depends on it.
public struct FutureMoves: Sendable {
  /// Falls by the bar that they begin with.
  public let falls: [Double]
  /// Rises likewise.
  public let rises: [Double]
  private let times: [Int64]
  private let interval: Int64

  /// The moves within a horizon of whole bars, at least one.
  public init(_ series: BarSeries, within seconds: Int64) {
    let bars = series.bars
    interval = max(1, series.interval)
    let count = max(1, Int(seconds / interval))
    var falls = [Double](repeating: 0, count: bars.count)
    var rises = falls
    // Queues of candidates: the least low and the highest high of the next bars, from the last bar back.
    var (lows, highs) = ([Int](), [Int]())
    var (lowHead, highHead) = (0, 0)
    for i in bars.indices.reversed() {
      while lows.count > lowHead, bars[lows[lows.count - 1]].low >= bars[i].low { lows.removeLast() }
      while highs.count > highHead, bars[highs[highs.count - 1]].high <= bars[i].high { highs.removeLast() }
      lows.append(i)
      highs.append(i)
      while lows[lowHead] >= i + count { lowHead += 1 }
      while highs[highHead] >= i + count { highHead += 1 }
      guard i > 0, bars[i - 1].close > 0 else { continue }
      let price = bars[i - 1].close
      falls[i] = max(0, 1 - bars[lows[lowHead]].low / price)
      rises[i] = max(0, bars[highs[highHead]].high / price - 1)
    }
    (self.falls, self.rises) = (falls, rises)
    times = bars.map(\.openTime)
  }

  /// The first bar that begins at an instant or later; nil after the last one, or where a gap lies between.
  public func index(at time: Int64) -> Int? {
    var (lower, upper) = (0, times.count)
    while lower < upper {
      let middle = lower + (upper - lower) / 2
      if times[middle] < time { lower = middle + 1 } else { upper = middle }
    }
    guard lower > 0, lower < times.count, times[lower] - times[lower - 1] <= 2 * interval else { return nil }
    return lower
  }
}
