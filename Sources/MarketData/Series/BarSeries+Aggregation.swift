extension BarSeries {
  /// The bars as bars of an hour, where they are shorter and an hour is a multiple; the bars themselves
  /// otherwise.
  var hourly: BarSeries {
    interval < 3_600 ? aggregated(to: 3_600) ?? self : self
  }

  /// Longer bars: each holds the bars that begin within it, on a grid that begins at 1970.
  ///
  /// Open of the first, close of the last, highest high, lowest low, sums of volumes. A longer bar
  /// without any shorter one is missing; one with some missing is made of the rest.
  ///
  /// - Parameter longer: the length of the new bars in seconds, a multiple of ``interval``.
  /// - Returns: nil if it is not a multiple.
  public func aggregated(to longer: Int64) -> BarSeries? {
    guard interval > 0, longer >= interval, longer % interval == 0 else { return nil }
    var result = BarSeries(interval: longer, bars: [], hasVolume: hasVolume)
    for bar in bars {
      let start = bar.openTime - bar.openTime % longer
      if let last = result.bars.indices.last, result.bars[last].openTime == start {
        result.bars[last] = result.bars[last].extended(by: bar)
      } else {
        var first = bar
        first.openTime = start
        result.bars.append(first)
      }
    }
    return result
  }
}
