// Bars that are not bars of a market, though they are sound: averages that charts draw, and volumes that run
// on.

extension SeriesAssembly<Bar> {
  /// The least number of bars by which a file is judged.
  private static var leastBars: Int { 48 }
  /// The share of bars that must say so.
  private static var share: Double { 0.95 }
  /// How near to the middle of the bar before an open is its middle, as a part of that bar's body.
  private static var nearness: Double { 0.05 }

  /// Reports Heikin-Ashi bars: each opens in the middle of the body of the one before, where bars of a market
  /// open about where that closed. Their moves are averages, and smaller than those of the market.
  mutating func reportSmoothed() {
    var (judged, middles, firstLine) = (0, 0, 0)
    for i in rows.indices.dropFirst() {
      let (before, here) = (rows[i - 1].element, rows[i].element)
      let body = abs(before.close - before.open)
      // Of a body that is smaller than what is written of a price nothing is seen.
      guard body > 1e-4 * before.close else { continue }
      judged += 1
      guard abs(here.open - (before.open + before.close) / 2) <= Self.nearness * body else { continue }
      if middles == 0 { firstLine = rows[i].line }
      middles += 1
    }
    guard judged >= Self.leastBars, Double(middles) >= Self.share * Double(judged) else { return }
    quality.add(
      .smoothed,
      RowFaults(
        count: middles, firstLine: firstLine,
        reason: "bars open in the middle of those before, as Heikin-Ashi bars do; export plain bars"))
  }

  /// Reports volumes that only grow, but for a few new beginnings: sums since midnight, or since the feed
  /// began.
  mutating func reportRunningVolume() {
    var (judged, grown, firstLine) = (0, 0, 0)
    for i in rows.indices.dropFirst() {
      let (before, here) = (rows[i - 1].element.baseVolume, rows[i].element.baseVolume)
      guard before > 0, here > 0, before != here else { continue }
      judged += 1
      guard here > before else { continue }
      if grown == 0 { firstLine = rows[i].line }
      grown += 1
    }
    guard judged >= Self.leastBars, 2 * judged >= rows.count, Double(grown) >= 0.9 * Double(judged) else {
      return
    }
    quality.add(
      .runningVolume,
      RowFaults(
        count: grown, firstLine: firstLine,
        reason: "volumes grow from bar to bar; are they sums since the day began?"))
  }
}
