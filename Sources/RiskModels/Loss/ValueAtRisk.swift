/// The loss that is exceeded with probability 1 − level, by four methods (mechanism M14). Losses are
/// positive.
///
/// Horizons scale by √h only where returns are independent. Every one-day model missed 12 March 2020 by far,
/// so a stress floor stands beside them (trap 7).
///
/// - SeeAlso: Jorion, "Value at Risk"; golden numbers G4, G4b.
public enum ValueAtRisk {
  /// The least number of losses a margin should rest on.
  public static let leastCount = 250

  /// mean + z·deviation, z = Φ⁻¹(level). Nil unless 0 < level < 1 and the deviation is not negative.
  public static func normal(mean: Double, deviation: Double, level: Double) -> Double? {
    guard deviation >= 0, let z = NormalDistribution.quantile(level) else { return nil }
    let value = mean + z * deviation
    return value.isFinite ? value : nil
  }

  /// The empirical quantile of losses. Nil for fewer than ``leastCount`` losses, or when one is not a number.
  public static func historical(_ losses: [Double], level: Double, rule: QuantileRule = .higher) -> Double? {
    guard losses.count >= leastCount else { return nil }
    return OrderStatistics.quantile(level, of: losses, rule: rule)
  }

  /// mean + z_cf·deviation, with z corrected for the skewness and kurtosis of the losses. Nil for fewer than
  /// ``leastCount`` losses, and outside the domain of the expansion: use
  /// ``filtered(returns:level:decay:skip:rule:)`` then.
  public static func cornishFisher(_ losses: [Double], level: Double) -> Double? {
    guard losses.count >= leastCount, let moments = Moments(of: losses),
      let deviation = moments.sampleDeviation,
      let expansion = CornishFisher(skewness: moments.skewness, excessKurtosis: moments.excessKurtosis),
      let z = expansion.quantile(level)
    else { return nil }
    return moments.mean + z * deviation
  }

  /// Filtered historical simulation: returns are divided by the volatility that was forecast for them, the
  /// quantile of their losses is taken, and multiplied by the volatility forecast now.
  ///
  /// The volatility is the exponentially weighted one before each return; the first `skip` returns only warm
  /// it up.
  ///
  /// - Returns: nil for fewer than ``leastCount`` returns after the first, or when nothing moved.
  /// - SeeAlso: Hull, White 1998; Barone-Adesi, Giannopoulos, Vosper 1999.
  public static func filtered(
    returns: [Double], level: Double, decay: Double, skip: Int = 30, rule: QuantileRule = .higher
  ) -> Double? {
    guard let scaled = standardizedLosses(returns: returns, decay: decay, skip: skip),
      scaled.losses.count >= leastCount,
      let quantile = OrderStatistics.quantile(level, of: scaled.losses, rule: rule)
    else { return nil }
    return quantile * scaled.deviation
  }

  /// −r/σ of each return but the first `skip`, σ the exponentially weighted volatility before it, and σ now.
  /// Nil when there is none or one is not finite.
  static func standardizedLosses(
    returns: [Double], decay: Double, skip: Int
  ) -> (losses: [Double], deviation: Double)? {
    var variance = ExponentialVariance(decay: decay)
    var losses: [Double] = []
    for (i, r) in returns.enumerated() {
      guard r.isFinite else { return nil }
      if i >= max(skip, 1), let deviation = variance.deviation {
        // a market that did not move yet has no scale
        guard deviation > 0 else { return nil }
        losses.append(-r / deviation)
      }
      variance.update(r)
    }
    guard let deviation = variance.deviation, !losses.isEmpty else { return nil }
    return (losses, deviation)
  }
}

/// Cornish and Fisher's expansion of a quantile in skewness S and excess kurtosis K:
/// z_cf = z + (z² − 1)·S/6 + (z³ − 3z)·K/24 − (2z³ − 5z)·S²/36.
///
/// - SeeAlso: Maillard, "A user's guide to the Cornish Fisher expansion", 2012, for its domain.
public struct CornishFisher: Hashable, Sendable {
  /// S.
  public let skewness: Double
  /// K.
  public let excessKurtosis: Double

  /// An expansion, or nil unless z_cf rises with z everywhere on 1 ≤ z ≤ 4.
  public init?(skewness S: Double, excessKurtosis K: Double) {
    guard S.isFinite, K.isFinite else { return nil }
    skewness = S
    excessKurtosis = K
    // the slope is a + b·z + c·z²; it is least at an end or at its turning point
    let a = 1 - K / 8 + 5 * S * S / 36
    let b = S / 3
    let c = K / 8 - S * S / 6
    func slope(_ z: Double) -> Double { a + z * (b + c * z) }
    var least = min(slope(1), slope(4))
    if c > 0 {
      let turn = -b / (2 * c)
      if turn > 1, turn < 4 { least = min(least, slope(turn)) }
    }
    guard least > 0 else { return nil }
  }

  /// z_cf at z = Φ⁻¹(level); nil unless z is between 1 and 4, where the expansion is known to rise.
  public func quantile(_ level: Double) -> Double? {
    guard let z = NormalDistribution.quantile(level), z >= 1, z <= 4 else { return nil }
    let (S, K) = (skewness, excessKurtosis)
    let z2 = z * z
    return z + (z2 - 1) * S / 6 + z * (z2 - 3) * K / 24 - z * (2 * z2 - 5) * S * S / 36
  }
}
