/// Reading of bars.
public enum BarReader {
  /// Reads the bars of one instrument, oldest or newest first: columns by name, rows without names as
  /// exchanges give them, or JSON; `Documentation/Market-Formats.md` lists the layouts.
  ///
  /// A bar is dropped and reported as bad unless its prices are positive and finite,
  /// `low ≤ open, close ≤ high`, and its volumes are finite and not negative. Without a quote volume the
  /// base volume times the close takes its place. Times are rounded down to seconds.
  ///
  /// Where a file has both volumes, `low ≤ quote/base ≤ high` must hold, as they stand, exchanged or with a
  /// contract size, which is then what they count; see ``MarketDataProblem/unit(_:)``.
  ///
  /// - Parameters:
  ///   - interval: the length of a bar in seconds; nil for the distance that most neighbours have.
  ///   - unit: what the column of base volume counts, if something says so.
  ///   - present: the present in seconds since 1970; later bars are dropped and reported.
  /// - Throws: ``MarketDataError`` for a file that is too large, damaged, without usable rows or of an
  ///   unknown layout. Bad rows are reported, not thrown.
  public static func read(
    _ bytes: [UInt8], named file: String, interval: Int64? = nil, unit: AmountUnit? = nil,
    present: Int64? = nil
  ) throws(MarketDataError) -> Reading<BarSeries> {
    try read([MarketSource(name: file, bytes: bytes)], interval: interval, unit: unit, present: present)
  }

  /// Reads the bars of one instrument from several files, in order of time whatever the order of the files.
  ///
  /// - Throws: ``MarketDataError`` for a file that cannot be used, and for files that do not fit each other.
  public static func read(
    _ files: [MarketSource], interval: Int64? = nil, unit: AmountUnit? = nil, present: Int64? = nil
  ) throws(MarketDataError) -> Reading<BarSeries> {
    precondition(interval.map { $0 > 0 } ?? true, "an interval is positive")
    var assembly = SeriesAssembly<Bar>(file: files.name, present: present)
    var symbol = OneSymbol()
    var isStampedAtEnd = false
    try files.forEachTable { table throws(MarketDataError) in
      let layout = try BarLayout(table)
      guard layout.isStampedAtEnd == isStampedAtEnd || assembly.isEmpty else {
        throw MarketDataError(
          file: table.file,
          .contradiction("stamps bars with their end, and other files of the series with their beginning"))
      }
      isStampedAtEnd = layout.isStampedAtEnd
      table.meanings = table.isWithoutHeader ? layout.meanings(width: table.width) : []
      if let clock = layout.clock { table.splitTime = SplitTime(day: layout.time, clock: clock) }
      symbol.begin(table)
      while try table.next() {
        try symbol.check(table)
        let bar = try bar(table, layout)
        if try layout.isUnfinished(table) {
          assembly.quality.rows += 1
          assembly.quality.add(.unfinished, line: table.line, "its row says so")
        } else {
          assembly.add(bar, line: table.line)
          if assembly.quality.rows == 4_096, let count = table.estimatedRows {
            assembly.rows.reserveCapacity(count)
          }
        }
      }
      assembly.endFile(table)
    }
    assembly.quality.instrument = symbol.named
    var reading = try assembly.bars(interval: interval, unit: unit)
    if isStampedAtEnd {
      for i in reading.series.bars.indices { reading.series.bars[i].openTime -= reading.series.interval }
    }
    return reading
  }

  /// The bar of a row as the file states it; a volume that it does not state is NaN.
  private static func bar(_ table: Table, _ layout: BarLayout) throws(MarketDataError) -> Bar {
    Bar(
      openTime: try table.seconds(layout.time), open: try table.number(layout.open),
      high: try table.number(layout.high), low: try table.number(layout.low),
      close: try table.number(layout.close),
      baseVolume: try table.number(layout.baseVolume) ?? .nan,
      quoteVolume: try table.number(layout.quoteVolume) ?? .nan)
  }
}

extension BarLayout {
  /// Whether a row says that its bar is not over.
  fileprivate func isUnfinished(_ table: Table) throws(MarketDataError) -> Bool {
    guard let finished, finished < table.width else { return false }
    return ["0", "false"].contains(try table.text(finished).lowercased())
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
