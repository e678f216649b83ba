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

  var quality: DataQuality
  var rows: [Row] = []
  /// Where the rows of each file begin.
  private var fileStarts = [0]
  private let present: Int64?
  /// How many units of the series' time a second has: 1 or 1,000.
  private let ticks: Int64

  /// - Parameters:
  ///   - present: the latest time a row may have, in the unit of the series.
  ///   - ticks: how many units of that a second has.
  init(file: String, present: Int64?, ticks: Int64 = 1) {
    quality = DataQuality(file: file)
    self.present = present
    self.ticks = ticks
  }

  /// Rows in order of time that another assembly has put together, and the report on them.
  init(quality: DataQuality, rows: [Row]) {
    self.quality = quality
    self.rows = rows
    present = nil
    ticks = 1
  }

  /// Takes a row, or drops it if its time has not come.
  mutating func add(_ element: Element, time: Int64, line: Int) {
    quality.rows += 1
    if let present, time > present {
      quality.add(.future, line: line)
    } else {
      rows.append(Row(time: time, line: line, element: element))
    }
  }

  /// Drops a row that contradicts itself.
  ///
  /// - Parameter reason: what is wrong with it; made for the first only.
  mutating func addBad(line: Int, _ reason: @autoclosure () -> String = "") {
    quality.rows += 1
    quality.add(.bad, line: line, reason())
  }

  /// Whether no row was taken yet.
  var isEmpty: Bool { quality.rows == 0 }

  /// Ends a file: notes its name and its headers between rows, and turns it around if it runs backwards
  /// throughout.
  mutating func endFile(_ table: Table) {
    quality.files.append(SeriesFile(name: table.file, linesBefore: table.lineOffset))
    quality.add(.header, table.headers)
    let start = fileStarts.last ?? 0
    if isBackwards(from: start) {
      // In place, since there may be millions.
      var (first, last) = (start, rows.count - 1)
      while first < last {
        rows.swapAt(first, last)
        (first, last) = (first + 1, last - 1)
      }
    }
    if rows.count > start { fileStarts.append(rows.count) }
  }

  /// Whether no row from a place on is later than the one before, and not all are of one time.
  private func isBackwards(from start: Int) -> Bool {
    let file = rows[start...]
    return zip(file, file.dropFirst()).allSatisfy { $0.time >= $1.time }
      && (file.first?.time ?? 0) > (file.last?.time ?? 0)
  }

  /// Puts files in the order of their first rows.
  private mutating func orderFiles() {
    let files = zip(fileStarts, fileStarts.dropFirst()).map { rows[$0..<$1] }
    defer { fileStarts = [0] }
    guard files.count > 1 else { return }
    rows = files.enumerated().sorted { a, b in
      (a.element.first?.time ?? 0, a.offset) < (b.element.first?.time ?? 0, b.offset)
    }.flatMap(\.element)
  }

  /// Drops rows for a fault that was found later.
  mutating func drop(_ fault: RowFault, where isFaulty: (Row) -> Bool) {
    var kept: [Row] = []
    kept.reserveCapacity(rows.count)
    for row in rows {
      if isFaulty(row) {
        quality.add(fault, line: row.line)
      } else {
        kept.append(row)
      }
    }
    rows = kept
  }

  /// What becomes of rows with the same time and key.
  struct Doubles {
    /// Whether two say the same.
    let areSame: (Element, Element) -> Bool
    /// Whether the second counts although the first came before; of bars the one that is further along.
    var isSecondBetter: (Element, Element) -> Bool = { _, _ in false }
    /// Whether a series in which many differ is another thing than it is taken for.
    var areRefused = true
  }

  /// From this number of rows on that repeat a time with other numbers, if they are a tenth of all, the file
  /// is refused.
  private static var leastConflicts: Int { 4 }

  /// Orders the rows and drops all but one of those with the same time and key: the first, or the better.
  ///
  /// - Throws: ``MarketDataProblem/implausible(_:)`` where a tenth of the rows have the time of another and
  ///   other numbers: two series in one, or times that lack the hour.
  mutating func order<Key: Hashable>(
    by key: (Element) -> Key, _ doubles: Doubles
  ) throws(MarketDataError) {
    orderFiles()
    var latest = Int64.min
    var isOrdered = true
    var isStrict = true
    for row in rows {
      if row.time <= latest { isStrict = false }
      if row.time < latest {
        quality.add(.reordered, line: row.line)
        isOrdered = false
      }
      latest = max(latest, row.time)
    }
    guard !isStrict else { return }
    if !isOrdered { rows.sort { ($0.time, $0.line) < ($1.time, $1.line) } }

    var kept: [Row] = []
    kept.reserveCapacity(rows.count)
    // Where in `kept` the row of a key stands, among those of one time.
    var places: [Key: Int] = [:]
    for row in rows {
      if kept.last?.time != row.time { places.removeAll(keepingCapacity: true) }
      guard let place = places[key(row.element)] else {
        places[key(row.element)] = kept.count
        kept.append(row)
        continue
      }
      guard !doubles.areSame(kept[place].element, row.element) else {
        quality.add(.duplicate, line: row.line)
        continue
      }
      let isBetter = doubles.isSecondBetter(kept[place].element, row.element)
      quality.add(.conflict, line: isBetter ? kept[place].line : row.line)
      if isBetter { kept[place] = row }
    }
    let (count, total) = (quality[.conflict].count, rows.count)
    rows = kept
    guard doubles.areRefused, count >= Self.leastConflicts, 10 * count >= total else { return }
    throw quality.failure(
      .implausible(
        "\(count) of \(total) rows have the time of another and other numbers; are they of two instruments, or do the "
          + "times lack the hour? Keep one row for each instant"),
      line: quality[.conflict].firstLine)
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

  /// Reports where rows at about one interval are missing.
  ///
  /// - Parameter interval: in the unit of the series.
  mutating func reportGaps(_ interval: Int64) {
    guard interval > 0 else { return }
    for (before, row) in zip(rows, rows.dropFirst()) {
      // Rounded to the nearest step, so that a late stamp is not a gap.
      let steps = (row.time - before.time + interval / 2) / interval
      guard steps > 1 else { continue }
      quality.gaps.append(
        DataGap(
          first: (before.time + interval) / ticks, last: (before.time + (steps - 1) * interval) / ticks,
          missing: steps - 1))
    }
  }

  /// The rows that are left and the report on them.
  ///
  /// - Throws: ``MarketDataProblem/noRows`` if there were none,
  ///   ``MarketDataProblem/noUsableRows(rows:reason:)`` if all were dropped.
  mutating func finish() throws(MarketDataError) -> Reading<[Element]> where Element: Sendable {
    try close()
    return Reading(series: rows.map(\.element), quality: quality)
  }

  /// Completes the report.
  mutating func close() throws(MarketDataError) {
    guard let first = rows.first, let last = rows.last else {
      let worst = RowFault.allCases.filter(\.isDropped).max { quality[$0].count < quality[$1].count }
      guard quality.rows > 0, let worst, quality[worst].count > 0 else {
        throw MarketDataError(file: quality.file, .noRows)
      }
      let faults = quality[worst]
      throw quality.failure(
        .noUsableRows(rows: quality.rows, reason: faults.reason.isEmpty ? worst.rawValue : faults.reason),
        line: faults.firstLine)
    }
    quality.kept = rows.count
    quality.span = first.time / ticks...max(first.time, last.time) / ticks
    (quality.firstLine, quality.lastLine) = (first.line, last.line)
    var longest = Int64(-1)
    for (before, row) in zip(rows, rows.dropFirst()) where row.time - before.time > longest {
      longest = row.time - before.time
      quality.longestStep = DataStep(
        start: before.time / ticks, end: row.time / ticks, line: max(before.line, row.line))
    }
  }
}

/// The value that occurs most often, the smallest of those that do.
func mostFrequent(_ values: some Sequence<Int64>) -> Int64? {
  var counts: [Int64: Int] = [:]
  // Neighbours are mostly alike.
  var (last, run) = (Int64(0), 0)
  for value in values {
    if value != last {
      if run > 0 { counts[last, default: 0] += run }
      (last, run) = (value, 0)
    }
    run += 1
  }
  if run > 0 { counts[last, default: 0] += run }
  return counts.min { ($1.value, $0.key) < ($0.value, $1.key) }?.key
}
