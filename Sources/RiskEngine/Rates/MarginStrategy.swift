/// The generations of margin (M31): how volatility enters the rates. All publish the same kind of snapshot.
public enum MarginStrategy: String, CaseIterable, Hashable, Sendable {
  /// A fixed volatility, whatever the market does.
  case `static`
  /// The measured volatility, and a buffer for the skew of options.
  case buffer
  /// The larger of the measured and the forecast volatility, raised by the probability that depth dries up.
  case predictive

  /// The volatility per √year that margin is computed from.
  ///
  ///     static:     σ = fixed
  ///     buffer:     σ = measured
  ///     predictive: σ = max(measured, forecast · (1 + k·p))
  ///
  /// - Parameters:
  ///   - forecast: the forecast for the next horizon; nil while there is too little history, and then the
  ///     measured volatility counts alone.
  ///   - drought: the probability p in 0...1 that depth halves, times its coefficient k ≥ 0 (M39).
  public func volatility(
    fixed: Double, measured: Double, forecast: Double?, drought: Double
  ) -> Double {
    switch self {
    case .static: fixed
    case .buffer: measured
    case .predictive: max(measured, (forecast ?? measured) * (1 + drought))
    }
  }
}
