import CanonicalBytes

/// Refuses times that no market has: they are misread, and every number computed from them is wrong.
enum Plausibility {
  /// Instants of market data, in seconds since 1970: 1980 to 2099.
  static let instants: ClosedRange<Int64> = 315_532_800...4_102_444_799
  /// The longest time between two neighbours of a series: four hundred days.
  static let longestStep: Int64 = 400 * UTCTime.day
  /// The shortest bar, in seconds.
  static let leastInterval: Int64 = 10

  /// Checks the times of a series.
  ///
  /// - Parameter isRegular: whether its rows follow each other; liquidations and reports need not.
  static func check(_ quality: DataQuality, isRegular: Bool) throws(MarketDataError) {
    guard let span = quality.span else { return }
    for (time, line) in [(span.lowerBound, quality.firstLine), (span.upperBound, quality.lastLine)]
    where !instants.contains(time) {
      throw quality.failure(
        .implausible(
          "its time is read as \(UTCTime.text(time)), which is not from 1980 to 2099; write seconds, milliseconds, "
            + "microseconds or nanoseconds since 1970, or dates such as 2026-02-05T21:29:37Z"),
        line: line)
    }
    if isRegular, let step = quality.longestStep, step.end - step.start > longestStep {
      throw quality.failure(
        .implausible(
          "nothing from \(UTCTime.text(step.start)) to \(UTCTime.text(step.end)), "
            + "\((step.end - step.start) / UTCTime.day) days; correct the time, or begin the file after the gap"
        ),
        line: step.line)
    }
  }

  /// Checks the length of bars.
  static func check(interval: Int64, _ quality: DataQuality) throws(MarketDataError) {
    guard interval < leastInterval else { return }
    throw quality.failure(
      .implausible(
        "bars of \(interval) s: the times are misread, or give bars of \(leastInterval) s or longer, such as a minute"
      ),
      line: quality.firstLine)
  }
}
