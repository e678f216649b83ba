internal import RiskModels

/// Leverage bounded by the probability of insolvency (M23): the least margin m* with
/// P(loss within h > m* - cost) ≤ ε, from the tail of standardised returns.
///
///     m* = q(1-ε)·σ·√h + cost
///
/// q(1-ε) is the quantile of losses in units of their own volatility: an order statistic while ε·N ≥ 1,
/// beyond that the tail of a generalised Pareto law (McNeil and Frey, "Estimation of tail-related risk
/// measures for heteroscedastic financial time series", 2000).
public enum InsolvencyCap {
  /// m* in ppm, rounded up.
  ///
  /// - Parameters:
  ///   - quantile: q(1-ε), in standard deviations, not negative.
  ///   - volatility: σ per √year.
  ///   - horizonSeconds: h.
  ///   - cost: what liquidation costs, as a fraction of notional.
  public static func ppm(
    quantile: Double, volatility: Double, horizonSeconds: Double, cost: Double
  ) -> Int64 {
    let root = (horizonSeconds / Double(Year.seconds)).squareRoot()
    return Rate.ceiling(max(0, quantile) * volatility * root + cost)
  }
}
