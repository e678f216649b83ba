extension HeterogeneousFit {
  /// Coefficients that were fitted before and recorded, or nil unless there are four or five and all numbers are finite.
  ///
  /// - Parameters:
  ///   - coefficients: b₀, b₁ (day), b₂ (week), b₃ (month), and b₄ of the implied variance if it is used.
  ///   - residualDeviation: the standard deviation of the residuals.
  ///   - leastObserved: the floor of forecasts.
  ///   - count: the number of observations that they were fitted to, if that is known.
  public init?(
    coefficients: [Double], residualDeviation: Double, leastObserved: Double, count: Int = 0
  ) {
    guard (4...5).contains(coefficients.count),
      (coefficients + [residualDeviation, leastObserved]).allSatisfy(\.isFinite)
    else { return nil }
    self.coefficients = coefficients
    self.residualDeviation = residualDeviation
    self.leastObserved = leastObserved
    self.count = count
  }
}
