internal import RiskModels

/// How far something may move in a time, when a parameter says how far in an hour. Steps compound, so that
/// many short epochs and few long ones come to the same.
package enum Pace {
  private static let hour = 3_600.0

  /// 1 - (1 - share)^(seconds/hour) in ppm, rounded down: by how much something may relax.
  package static func relaxation(_ perHour: Int64, seconds: Int64) -> Int64 {
    let kept = DeterministicMath.power(max(0, 1 - Rate.fraction(perHour)), Double(max(0, seconds)) / hour)
    return Rate.floor(1 - kept).clamped(to: 0...1_000_000)
  }

  /// (1 + share)^(seconds/hour) - 1 in ppm, rounded up: by how much something may grow.
  package static func growth(_ perHour: Int64, seconds: Int64) -> Int64 {
    // Beyond a thousand hours everything may be reached.
    let hours = min(1_000, Double(max(0, seconds)) / hour)
    return Rate.ppm(DeterministicMath.power(1 + Rate.fraction(perHour), hours) - 1)
  }

  /// share^(seconds/hour): what is left of an excess of which so much is left after an hour.
  package static func memory(_ perHour: Double, seconds: Int64) -> Double {
    perHour > 0 ? DeterministicMath.power(perHour, Double(max(0, seconds)) / hour) : seconds > 0 ? 0 : 1
  }
}
