/// The mean of the losses in the tail beyond a level (mechanism M15). Losses are positive.
public enum ExpectedShortfall {
  /// ES = (Σ of the ⌊k⌋ worst + (k − ⌊k⌋)·the next)/k with k = (1 − level)·N: the exact tail mean of the
  /// empirical distribution, and the optimum of Rockafellar and Uryasev's programme.
  ///
  /// - Returns: nil unless 0 ≤ level < 1 and N ≥ 1/(1 − level), or when a loss is not a number.
  /// - SeeAlso: Rockafellar, Uryasev 2000; golden number G4.
  public static func historical(_ losses: [Double], level: Double) -> Double? {
    guard level >= 0, level < 1, !losses.contains(where: \.isNaN) else { return nil }
    // (1 − level)·N a hair below an integer by rounding counts as it
    let k = (1 - level) * Double(losses.count)
    guard k >= 1 - 1e-9 else { return nil }
    let sorted = losses.sorted(by: >)
    let whole = min(Int((k + 1e-9).rounded(.down)), sorted.count)
    var sum = 0.0
    for loss in sorted.prefix(whole) { sum += loss }
    let rest = max(k - Double(whole), 0)
    if rest > 0, whole < sorted.count { sum += rest * sorted[whole] }
    return sum / k
  }

  /// mean + deviation·φ(z)/(1 − level), z = Φ⁻¹(level). Nil as for
  /// ``ValueAtRisk/normal(mean:deviation:level:)``.
  public static func normal(mean: Double, deviation: Double, level: Double) -> Double? {
    guard deviation >= 0, let z = NormalDistribution.quantile(level) else { return nil }
    return mean + deviation * NormalDistribution.density(z) / (1 - level)
  }

  /// τ + Σ max(0, loss − τ)/((1 − level)·N), which is at least the expected shortfall for every τ and equal
  /// to it at the value at risk: the form that a linear proof uses.
  public static func bound(_ losses: [Double], level: Double, threshold τ: Double) -> Double? {
    guard level >= 0, level < 1, !losses.isEmpty else { return nil }
    var sum = 0.0
    for loss in losses { sum += max(0, loss - τ) }
    return τ + sum / ((1 - level) * Double(losses.count))
  }
}
