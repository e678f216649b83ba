internal import RiskModels

/// What slows the reaction of a venue down, and the margin for moves in the meantime (M03, M13).
public enum GapMargin {
  /// How far a price moves within a delay, at a confidence:
  ///
  ///     g = z · σ · √(τ / year).
  ///
  /// - Parameters:
  ///   - quantile: z of the standard normal law: 2.326 for 99 %.
  ///   - volatility: σ per √year.
  ///   - delay: τ in seconds, not negative.
  /// - Returns: a fraction of the price.
  public static func rate(quantile: Double, volatility: Double, delay: Double) -> Double {
    quantile * volatility * (delay / Double(Year.seconds)).squareRoot()
  }

  /// How much a congested chain slows everything down (M13):
  ///
  ///     φ = min(φmax, 1 + k · max(0, gas/median - 1)).
  ///
  /// - Parameters:
  ///   - gasPrice: the present price of gas, in any unit.
  ///   - median: the median of thirty days in that unit. Without a positive one nothing is known, and
  ///     the result is the cap.
  ///   - sensitivity: k, not negative.
  ///   - cap: φmax, at least 1.
  public static func congestion(
    gasPrice: Double, median: Double, sensitivity: Double, cap: Double
  ) -> Double {
    guard median > 0, gasPrice >= 0, gasPrice < .infinity else { return cap }
    return min(cap, 1 + sensitivity * max(0, gasPrice / median - 1))
  }
}

/// The delay between a price moving and a venue acting upon it (M03).
public struct ReactionDelay: Hashable, Sendable {
  /// How long a block takes, in seconds.
  public var blockTime: Double
  /// How many blocks must follow before a price counts.
  public var confirmations: Int
  /// How long a transaction waits when nothing is congested, in seconds.
  public var queueDelay: Double
  /// The delay taken where the age of prices is not known, and the most that is taken, in seconds.
  public var ceiling: Double

  /// These delays.
  public init(blockTime: Double, confirmations: Int, queueDelay: Double, ceiling: Double) {
    self.blockTime = blockTime
    self.confirmations = confirmations
    self.queueDelay = queueDelay
    self.ceiling = ceiling
  }

  /// τ = age + block time · confirmations + queue · φ, in seconds and at most the ceiling.
  ///
  /// - Parameters:
  ///   - oracleAge: the age of the price in seconds, or its 99 % quantile; nil if it is not known.
  ///   - congestion: φ, at least 1.
  public func total(oracleAge: Double?, congestion: Double) -> Double {
    guard let oracleAge, oracleAge >= 0 else { return ceiling }
    let total = oracleAge + blockTime * Double(confirmations) + queueDelay * congestion
    return min(total, ceiling)
  }

  /// The 99 % quantile of delays, the conservative order statistic: the ⌈0.99·n⌉-th smallest.
  ///
  /// - Returns: nil without observations.
  public static func quantile99(_ delays: some Collection<Double>) -> Double? {
    let sorted = delays.sorted()
    guard !sorted.isEmpty else { return nil }
    // ⌈99·n/100⌉ in integers.
    return sorted[(99 * sorted.count + 99) / 100 - 1]
  }
}
