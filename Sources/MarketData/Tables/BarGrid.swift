// Bars stand on a grid, and grids move: with daylight saving time, when a source changes its interval, or
// where files of several intervals follow each other. Each stretch has the grid of its own rows; what is left
// out are single rows between those of a grid, never the newest stretch.

extension SeriesAssembly<Bar> {
  /// From this number on, equal distances that are multiples of the interval are another interval rather than
  /// gaps.
  private static var leastStretch: Int { 24 }
  /// From this number on, other equal distances are another interval rather than disorder.
  private static var leastOtherStretch: Int { 8 }
  /// From this number on at the end they are.
  private static var leastNewestStretch: Int { 3 }

  /// A stretch of rows with one distance.
  private struct Stretch {
    var rows: Range<Int>
    let interval: Int64
  }

  /// Puts the bars on grids of one interval: drops rows off the grid, makes bars of several intervals into
  /// the longest, and reports gaps.
  ///
  /// - Returns: the length of a bar in seconds.
  /// - Throws: ``MarketDataProblem/noRows`` where one row alone does not say how long it is, and
  ///   ``MarketDataProblem/implausible(_:)`` where the file changes to an interval of which the longest
  ///   is not a multiple.
  mutating func align(to given: Int64?) throws(MarketDataError) -> Int64 {
    guard let common = given ?? commonInterval() else {
      try close()
      throw quality.failure(
        .implausible("one bar alone does not say how long it is; add the one before it"),
        line: rows.first?.line)
    }
    var interval = common
    if !isRegular(common) {
      let stretches = given == nil ? stretches(common) : []
      if stretches.count > 1 {
        interval = stretches.reduce(0) { max($0, $1.interval) }
        for stretch in stretches where interval % stretch.interval != 0 {
          throw quality.failure(
            .implausible(
              "bars of \(stretch.interval) s follow those of \(interval) s, which is not a multiple; "
                + "keep those of one length in a file"),
            line: rows[stretch.rows.lowerBound].line)
        }
        lengthen(to: interval)
      }
      dropMisaligned(interval)
    }
    reportGaps(interval)
    return interval
  }

  private func isRegular(_ interval: Int64) -> Bool {
    zip(rows, rows.dropFirst()).allSatisfy { $1.time - $0.time == interval }
  }

  // MARK: Intervals

  /// The stretches of rows with intervals of their own; one where there is one interval.
  private func stretches(_ common: Int64) -> [Stretch] {
    var found = [Stretch(rows: 0..<rows.count, interval: common)]
    var start = 1
    while start < rows.count {
      let distance = rows[start].time - rows[start - 1].time
      var end = start + 1
      while end < rows.count, rows[end].time - rows[end - 1].time == distance { end += 1 }
      let current = found[found.count - 1].interval
      if distance != current, isInterval(distance, count: end - start, common, isLast: end == rows.count) {
        // The row at the beginning of the first distance is of the new length already.
        let first = start - 1
        found[found.count - 1].rows = found[found.count - 1].rows.lowerBound..<first
        found.append(Stretch(rows: first..<rows.count, interval: distance))
      }
      start = end
    }
    found.removeAll(where: \.rows.isEmpty)
    return Set(found.map(\.interval)).count > 1 ? found : []
  }

  /// Whether this number of equal distances makes an interval.
  private func isInterval(_ distance: Int64, count: Int, _ common: Int64, isLast: Bool) -> Bool {
    if distance == common { return count >= Self.leastOtherStretch }
    if distance % common == 0 { return count >= Self.leastStretch }
    return count >= (isLast ? Self.leastNewestStretch : Self.leastOtherStretch)
  }

  /// Makes every bar into one of this length, on the grid of the newest. What has not ended yet at the end of
  /// the last bar is left out.
  private mutating func lengthen(to interval: Int64) {
    let last = rows[rows.count - 1]
    // Bars of the longest interval, where they are newest, keep their grid; shorter ones go on that from
    // 1970.
    let newest = rows.count > 1 ? last.time - rows[rows.count - 2].time : interval
    let phase = newest == interval ? last.time % interval : 0
    let end = last.time + newest
    var longer: [Row] = []
    for row in rows {
      let start = row.time - (row.time - phase) % interval
      if let index = longer.indices.last, longer[index].time == start {
        longer[index] = Row(
          time: start, line: longer[index].line, element: longer[index].element.extended(by: row.element))
        quality.add(.regridded, line: row.line)
      } else {
        var bar = row.element
        bar.openTime = start
        longer.append(Row(time: start, line: row.line, element: bar))
      }
    }
    if let bar = longer.last, bar.time + interval > end {
      quality.add(.unfinished, line: bar.line)
      longer.removeLast()
    }
    rows = longer
  }

  // MARK: Phases

  /// Drops rows that stand within a bar, and single rows between those of one grid.
  private mutating func dropMisaligned(_ interval: Int64) {
    // A bar may begin an hour early once, when clocks go forward.
    let least = interval > 3_600 ? interval - 3_600 : interval
    let runs = phases(interval)
    var kept: [Row] = []
    kept.reserveCapacity(rows.count)
    for (index, run) in runs.enumerated() {
      let isLast = index == runs.count - 1
      // A row alone, after which the grid is what it was before, is not part of it.
      let isStray =
        run.count == 1 && !isLast
        && (index == 0
          || phase(runs[index - 1].lowerBound, interval) == phase(runs[index + 1].lowerBound, interval))
      for row in rows[run] {
        if isStray || kept.last.map({ row.time - $0.time < least }) ?? false {
          quality.add(.misaligned, line: row.line)
        } else {
          kept.append(row)
        }
      }
    }
    rows = kept
  }

  private func phase(_ index: Int, _ interval: Int64) -> Int64 { rows[index].time % interval }

  /// The longest runs of rows with one phase.
  private func phases(_ interval: Int64) -> [Range<Int>] {
    var runs: [Range<Int>] = []
    var start = 0
    for i in rows.indices.dropFirst() where phase(i, interval) != phase(start, interval) {
      runs.append(start..<i)
      start = i
    }
    return rows.isEmpty ? [] : runs + [start..<rows.count]
  }
}

extension Bar {
  /// This bar and a later one as one.
  func extended(by later: Bar) -> Bar {
    Bar(
      openTime: openTime, open: open, high: max(high, later.high), low: min(low, later.low),
      close: later.close, baseVolume: baseVolume + later.baseVolume,
      quoteVolume: quoteVolume + later.quoteVolume)
  }
}
