extension HeterogeneousFit {
  /// Coefficients that were fitted before and recorded, or nil unless there are four and all numbers are finite.
  ///
  /// - Parameters:
  ///   - coefficients: b₀, b₁ (day), b₂ (week), b₃ (month).
  ///   - residualDeviation: the standard deviation of the residuals.
  ///   - leastObserved: the floor of forecasts.
  ///   - count: the number of observations that they were fitted to, if that is known.
  public init?(
    coefficients: [Double], residualDeviation: Double, leastObserved: Double, count: Int = 0
  ) {
    guard coefficients.count == 4,
      (coefficients + [residualDeviation, leastObserved]).allSatisfy(\.isFinite)
    else { return nil }
    self.coefficients = coefficients
    self.residualDeviation = residualDeviation
    self.leastObserved = leastObserved
    self.count = count
  }
}
