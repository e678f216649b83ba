/// Reading of bars.
public enum BarReader {
  /// Reads the bars of one instrument from a file in any ``BarFormat``, oldest or newest first.
  ///
  /// A bar is dropped and reported as bad unless its prices are positive and finite,
  /// `low ≤ open, close ≤ high`, and its volumes are finite and not negative. Without a quote volume the
  /// base volume times the close takes its place. Times are rounded down to seconds.
  ///
  /// Where a file has both volumes, `low ≤ quote/base ≤ high` must hold, as they stand, exchanged or with a contract
  /// size, which is then what they count; see ``MarketDataProblem/unit(_:)``.
  ///
  /// - Parameters:
  ///   - interval: the length of a bar in seconds; nil for the distance that most neighbours have.
  ///   - unit: what the column of base volume counts, if something says so.
  ///   - present: the present in seconds since 1970; later bars are dropped and reported.
  public static func read(
    _ bytes: [UInt8], named file: String, interval: Int64? = nil, unit: AmountUnit? = nil,
    present: Int64? = nil
  ) throws(MarketDataError) -> Reading<BarSeries> {
    precondition(interval.map { $0 > 0 } ?? true, "an interval is positive")
    var table = try Table(MarketFile.contents(bytes, named: file), named: file)
    guard let layout = BarColumns(columns: table.columns, width: table.width) else {
      throw MarketDataError(file: file, .unknownLayout(columns: table.columns))
    }
    var assembly = SeriesAssembly<Bar>(file: file, present: present)
    while try table.next() {
      let bar = Bar(
        openTime: try table.seconds(layout.time), open: try table.number(layout.open),
        high: try table.number(layout.high), low: try table.number(layout.low),
        close: try table.number(layout.close), baseVolume: try table.number(layout.baseVolume),
        quoteVolume: try layout.quoteVolume.map(table.number) ?? .nan)
      assembly.add(bar, line: table.line)
    }
    return try assembly.bars(interval: interval, unit: unit)
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
    hasSoundPrices && baseVolume >= 0 && baseVolume < .infinity && quoteVolume >= 0
      && quoteVolume < .infinity
  }
}
