/// Which number stands for a quantile that falls between two observations. The names are NumPy's.
public enum QuantileRule: Hashable, Sendable, CaseIterable {
  /// The line between the two: Hyndman and Fan's type 7.
  case linear
  /// The lower observation.
  case lower
  /// The higher observation: for losses, the cautious choice.
  case higher
}

/// Medians and quantiles.
public enum OrderStatistics {
  /// The quantile at p of a sample: position (n − 1)·p among the sorted observations, counted from zero.
  ///
  /// Nil for an empty sample, for p outside 0...1, or when an observation is not a number.
  public static func quantile(_ p: Double, of sample: [Double], rule: QuantileRule = .linear) -> Double? {
    guard !sample.contains(where: \.isNaN) else { return nil }
    return quantile(p, ofSorted: sample.sorted(), rule: rule)
  }

  /// The quantile of observations that are in increasing order already.
  public static func quantile(_ p: Double, ofSorted sorted: [Double], rule: QuantileRule = .linear) -> Double?
  {
    guard let last = sorted.indices.last, p >= 0, p <= 1 else { return nil }
    let position = Double(last) * p
    let below = min(Int(position.rounded(.down)), last)
    let above = min(Int(position.rounded(.up)), last)
    switch rule {
    case .lower: return sorted[below]
    case .higher: return sorted[above]
    case .linear:
      let (a, b) = (sorted[below], sorted[above])
      let t = position - Double(below)
      // from the nearer end, as NumPy does, so that t = 1 gives b exactly
      return t < 0.5 ? a + (b - a) * t : b - (b - a) * (1 - t)
    }
  }

  /// The middle observation, or the mean of the two in the middle; nil as for ``quantile(_:of:rule:)``.
  public static func median(of sample: [Double]) -> Double? {
    guard !sample.isEmpty, !sample.contains(where: \.isNaN) else { return nil }
    let sorted = sample.sorted()
    let middle = sorted.count / 2
    return sorted.count.isMultiple(of: 2) ? 0.5 * (sorted[middle - 1] + sorted[middle]) : sorted[middle]
  }
}
