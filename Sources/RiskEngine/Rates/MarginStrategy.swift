/// The generations of margin (M31): how volatility enters the rates. All publish the same kind of snapshot.
public enum MarginStrategy: String, CaseIterable, Hashable, Sendable {
  /// A fixed volatility, whatever the market does.
  case `static`
  /// The measured volatility, and a buffer for the skew of options.
  case buffer
  /// The forecast volatility, raised by the probability that depth dries up.
  case predictive

  /// The conditional volatility per √year that margin is computed from, and the strategy that it is of.
  ///
  ///     static:     σ = fixed
  ///     buffer:     σ = measured
  ///     predictive: σ = forecast · (1 + k·p), and as buffer without a forecast
  ///
  /// - Parameters:
  ///   - forecast: what is expected of the next day; nil while there is too little history.
  ///   - drought: the probability p in 0...1 that depth halves, times its coefficient k ≥ 0 (M39).
  public func volatility(
    fixed: Double, measured: Double, forecast: Double?, drought: Double
  ) -> (volatility: Double, effective: MarginStrategy) {
    switch self {
    case .static: (fixed, .static)
    case .buffer: (measured, .buffer)
    case .predictive:
      forecast.map { ($0 * (1 + drought), .predictive) } ?? (measured * (1 + drought), .buffer)
    }
  }
}
