/// Reading of bars.
public enum BarReader {
  /// Reads the bars of one instrument from a file in any ``BarFormat``, oldest or newest first.
  ///
  /// A bar is dropped and reported as bad unless its prices are positive and finite,
  /// `low ≤ open, close ≤ high`, and its volumes are finite and not negative. Without a quote volume the
  /// base volume times the close takes its place. Times are rounded down to seconds.
  ///
  /// - Parameters:
  ///   - interval: the length of a bar in seconds; nil for the distance that most neighbours have.
  ///   - present: the present in seconds since 1970; later bars are dropped and reported.
  public static func read(
    _ bytes: [UInt8], named file: String, interval: Int64? = nil, present: Int64? = nil
  ) throws(MarketDataError) -> Reading<BarSeries> {
    precondition(interval.map { $0 > 0 } ?? true, "an interval is positive")
    var table = try Table(MarketFile.contents(bytes, named: file), named: file)
    guard let layout = BarColumns(columns: table.columns, width: table.width) else {
      throw MarketDataError(file: file, .unknownLayout(columns: table.columns))
    }
    var assembly = SeriesAssembly<Bar>(file: file, present: present)
    while try table.next() {
      var bar = Bar(
        openTime: try table.seconds(layout.time), open: try table.number(layout.open),
        high: try table.number(layout.high), low: try table.number(layout.low),
        close: try table.number(layout.close), baseVolume: try table.number(layout.baseVolume),
        quoteVolume: 0)
      bar.quoteVolume = try layout.quoteVolume.map(table.number) ?? bar.baseVolume * bar.close
      if bar.isSound {
        assembly.add(bar, time: bar.openTime, line: table.line)
      } else {
        assembly.addBad(line: table.line)
      }
    }
    assembly.order { _ in 0 }
    guard let interval = interval ?? assembly.commonInterval() else {
      // One bar alone does not say how long it is.
      throw MarketDataError(file: file, .noRows)
    }
    assembly.align(to: interval)
    assembly.flagOutliers(\.close)
    let reading = try assembly.finish()
    return Reading(
      series: BarSeries(interval: interval, bars: reading.series), quality: reading.quality)
  }
}

extension Optional where Wrapped == Int {
  /// What `read` gives for a column, if there is one.
  fileprivate func map(
    _ read: (Int) throws(MarketDataError) -> Double
  ) throws(MarketDataError) -> Double? {
    guard let self else { return nil }
    return try read(self)
  }
}

extension Bar {
  /// Whether prices are positive, finite and in their order, and volumes finite and not negative.
  public var isSound: Bool {
    // A comparison with NaN is false.
    low > 0 && low <= min(open, close) && max(open, close) <= high && high < .infinity
      && !open.isNaN && !close.isNaN && baseVolume >= 0 && baseVolume < .infinity && quoteVolume >= 0
      && quoteVolume < .infinity
  }
}
