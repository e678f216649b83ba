/// Puts the rows of a file into order of time, and reports what was wrong with them.
struct SeriesAssembly<Element> {
  /// One row as it was read.
  struct Row {
    /// When, in the unit of the series.
    let time: Int64
    /// Where in the file.
    let line: Int
    let element: Element
  }

  private(set) var quality: DataQuality
  private var rows: [Row] = []
  private let present: Int64?

  /// - Parameter present: the latest time a row may have, in the unit of the series.
  init(file: String, present: Int64?) {
    quality = DataQuality(file: file)
    self.present = present
  }

  /// Takes a row, or drops it if its time has not come.
  mutating func add(_ element: Element, time: Int64, line: Int) {
    quality.rows += 1
    if let present, time > present {
      quality.fromTheFuture.add(line: line)
    } else {
      rows.append(Row(time: time, line: line, element: element))
    }
  }

  /// Drops a row that contradicts itself.
  mutating func addBad(line: Int) {
    quality.rows += 1
    quality.bad.add(line: line)
  }

  /// Orders the rows and drops all but the first of those with the same time and key.
  mutating func order<Key: Hashable>(by key: (Element) -> Key) {
    let isBackwards =
      zip(rows, rows.dropFirst()).allSatisfy { $0.time >= $1.time }
      && (rows.first?.time ?? 0) > (rows.last?.time ?? 0)
    if isBackwards { rows.reverse() }
    var latest = Int64.min
    var isOrdered = true
    for row in rows {
      if row.time < latest {
        quality.reordered.add(line: row.line)
        isOrdered = false
      }
      latest = max(latest, row.time)
    }
    if !isOrdered { rows.sort { ($0.time, $0.line) < ($1.time, $1.line) } }

    var kept: [Row] = []
    kept.reserveCapacity(rows.count)
    var seen: Set<Key> = []
    for row in rows {
      if kept.last?.time != row.time { seen.removeAll(keepingCapacity: true) }
      if seen.insert(key(row.element)).inserted {
        kept.append(row)
      } else {
        quality.duplicates.add(line: row.line)
      }
    }
    rows = kept
  }

  /// The length of the grid that most neighbours keep, the shorter one of two as frequent; nil for
  /// fewer than two rows.
  ///
  /// - Parameter granularity: what distances are rounded to, for times that are stamped late.
  func commonInterval(granularity: Int64 = 1) -> Int64? {
    let distances = zip(rows, rows.dropFirst()).lazy.map { $1.time - $0.time }
    let rounded = distances.lazy.map { max(1, ($0 + granularity / 2) / granularity) * granularity }
    return mostFrequent(rounded)
  }

  /// Drops rows off the grid of an interval that most rows stand on, and reports what the grid misses.
  ///
  /// - Parameter tolerance: how far from the grid a time may be and still be meant for it.
  mutating func align(to interval: Int64, tolerance: Int64 = 0) {
    guard let phase = mostFrequent(rows.lazy.map { $0.time % interval }) else { return }
    var kept: [Row] = []
    kept.reserveCapacity(rows.count)
    for row in rows {
      let off = (row.time - phase) % interval
      guard min(abs(off), interval - abs(off)) <= tolerance else {
        quality.misaligned.add(line: row.line)
        continue
      }
      if let last = kept.last?.time {
        // Rounded to the nearest step, so that a tolerated delay is no gap.
        let steps = (row.time - last + interval / 2) / interval
        if steps > 1 {
          quality.gaps.append(
            DataGap(first: last + interval, last: last + (steps - 1) * interval, missing: steps - 1))
        }
      }
      kept.append(row)
    }
    rows = kept
  }

  /// Reports rows whose value leaps away from that before and is back in the next.
  mutating func flagOutliers(_ value: (Element) -> Double) {
    for i in rows.indices.dropFirst().dropLast() {
      let (before, here, after) = (
        value(rows[i - 1].element), value(rows[i].element), value(rows[i + 1].element)
      )
      let move = abs(here / before - 1)
      if move > DataQuality.outlierMove, abs(here / after - 1) > DataQuality.outlierMove,
        abs(after / before - 1) < move / 2
      {
        quality.outliers.add(line: rows[i].line)
      }
    }
  }

  /// The rows that are left and the report on them.
  ///
  /// - Throws: ``MarketDataProblem/noRows`` if nothing is left.
  mutating func finish() throws(MarketDataError) -> Reading<[Element]> where Element: Sendable {
    guard !rows.isEmpty else { throw MarketDataError(file: quality.file, .noRows) }
    quality.kept = rows.count
    return Reading(series: rows.map(\.element), quality: quality)
  }
}

/// The value that occurs most often, the smallest of those that do.
private func mostFrequent(_ values: some Sequence<Int64>) -> Int64? {
  var counts: [Int64: Int] = [:]
  for value in values { counts[value, default: 0] += 1 }
  return counts.min { ($1.value, $0.key) < ($0.value, $1.key) }?.key
}
