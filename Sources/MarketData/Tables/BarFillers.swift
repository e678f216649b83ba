// Bars that a source writes where it has none: the last one again while its feed stands still, and flat ones
// without volume before the first trade and after the last.

extension SeriesAssembly<Bar> {
  /// How many bars in a row say the same before the rest of them are repetitions: prices and volume of a thin
  /// market may agree by chance, hardly three times.
  private static var leastRun: Int { 3 }
  /// The least number of bars without a trade at an end of a file that are fillers.
  private static var leastFillers: Int { 12 }
  /// The greatest share of the other bars without a trade: in a thin market those at an end are as good as
  /// others.
  private static var greatestStillShare: Double { 0.2 }
  /// How many bars a size of volumes is measured over.
  private static var volumeBlock: Int { 96 }
  /// From here on a change of that size is another unit, or worth a look.
  private static var volumeFactor: Double { 50 }

  /// Leaves out what repeats the bars before it, with prices that move and the same volume: that is no
  /// market, and the series is as old as the first of them.
  mutating func dropRepeated() {
    // A file of one bar over and over is not late, it is something else.
    guard let one = rows.first?.element, rows.contains(where: { !one.hasSameNumbers(as: $0.element) }) else {
      return
    }
    let isAnywhere = rows.indices.dropFirst(2).contains { i in
      let here = rows[i].element
      return here.hasSameNumbers(as: rows[i - 1].element) && here.hasSameNumbers(as: rows[i - 2].element)
        && here.high > here.low
    }
    guard isAnywhere else { return }
    var kept: [Row] = []
    kept.reserveCapacity(rows.count)
    var start = 0
    while start < rows.count {
      let first = rows[start].element
      var end = start + 1
      while end < rows.count, first.hasSameNumbers(as: rows[end].element) { end += 1 }
      let isRepeated = end - start >= Self.leastRun && first.high > first.low
      kept.append(contentsOf: isRepeated ? rows[start...start] : rows[start..<end])
      if isRepeated {
        for row in rows[(start + 1)..<end] {
          quality.add(
            .repeatedBar, line: row.line, "it has the very numbers of the bar before; is the feed alive?")
        }
      }
      start = end
    }
    if kept.count < rows.count { rows = kept }
  }

  /// Leaves out flat bars without volume before the first trade and after the last of a file whose other bars
  /// have some: they say no price, and would make a market calm that is not there.
  mutating func dropFillers() {
    func isStill(_ row: Row) -> Bool {
      row.element.baseVolume == 0 && row.element.quoteVolume == 0 && row.element.low == row.element.high
    }
    let leading = rows.prefix(while: isStill).count
    guard leading < rows.count else { return }
    let trailing = rows.reversed().prefix(while: isStill).count
    let middle = rows[leading..<(rows.count - trailing)]
    guard Double(middle.count(where: isStill)) <= Self.greatestStillShare * Double(middle.count) else {
      return
    }
    let (front, back) = (
      leading >= Self.leastFillers ? leading : 0, trailing >= Self.leastFillers ? trailing : 0
    )
    for row in rows.prefix(front) {
      quality.add(.filler, line: row.line, "nothing is traded before the first trade")
    }
    for row in rows.suffix(back) {
      quality.add(.filler, line: row.line, "nothing is traded after the last trade")
    }
    if front + back > 0 { rows = Array(rows[front..<(rows.count - back)]) }
  }

  /// Reports where the middle volume of some days is many times that of the days before, or a small part of
  /// it, and the price goes on: files of two sources that count differently were put together.
  mutating func reportVolumeJumps() {
    let block = Self.volumeBlock
    let middles = stride(from: 0, through: rows.count - block, by: block).map { start in
      let volumes = (start..<(start + block)).map { rows[$0].element.baseVolume }.sorted()
      return volumes[volumes.count / 2]
    }
    func isJump(_ before: Double, _ after: Double) -> Bool {
      before > 0 && after > 0 && max(after / before, before / after) > Self.volumeFactor
    }
    var index = 1
    while index < middles.count {
      let (before, after) = (middles[index - 1], middles[index])
      guard isJump(before, after) else {
        index += 1
        continue
      }
      // It stays, unless the file ends.
      guard index + 1 == middles.count || isJump(before, middles[index + 1]) else {
        index += 1
        continue
      }
      // The first bar that is nearer to what comes than to what was, for the third time in a row.
      let edge = before.squareRoot() * after.squareRoot()
      let range = ((index - 1) * block)..<((index + 1) * block)
      let place =
        range.dropLast(2).first { start in
          (start...(start + 2)).allSatisfy {
            let volume = rows[$0].element.baseVolume
            return before < after ? volume > edge : volume < edge
          }
        } ?? index * block
      quality.add(
        .volumeJump, line: rows[place].line,
        "the middle volume of \(block) bars goes from \(before) to \(after); were files of two units put together?"
      )
      index += 2
    }
  }
}

extension Bar {
  /// Whether another bar has the same prices and volumes.
  fileprivate func hasSameNumbers(as other: Bar) -> Bool {
    (open, high, low, close, baseVolume) == (other.open, other.high, other.low, other.close, other.baseVolume)
  }
}
