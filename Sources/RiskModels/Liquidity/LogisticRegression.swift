/// The probability of an event as a sigmoid of features: p = 1/(1 + e^−(b₀ + b·x)).
public struct LogisticModel: Hashable, Sendable {
  /// b₀ and then one coefficient for each feature.
  public let coefficients: [Double]

  /// A model with given coefficients, b₀ first; nil if empty or if one is not finite.
  public init?(coefficients: [Double]) {
    guard !coefficients.isEmpty, coefficients.allSatisfy(\.isFinite) else { return nil }
    self.coefficients = coefficients
  }

  /// The probability for these features; nil when their number differs or the sum is not a number.
  public func probability(_ features: [Double]) -> Double? {
    guard features.count + 1 == coefficients.count else { return nil }
    var sum = coefficients[0]
    for (b, x) in zip(coefficients.dropFirst(), features) { sum += b * x }
    return sum.isNaN ? nil : DeterministicMath.sigmoid(sum)
  }

  /// Fits coefficients by maximum likelihood, with iteratively reweighted least squares.
  ///
  /// Each step solves XᵀWX·δ = Xᵀ(y − p), W = p·(1 − p), halved while the likelihood falls.
  ///
  /// - Parameters:
  ///   - features: one row for each observation, without the constant.
  ///   - events: whether each happened.
  ///   - ridge: a penalty ½·ridge·b² on each coefficient but b₀; keeps coefficients finite when a feature
  ///     tells events apart perfectly. Zero is plain maximum likelihood.
  /// - Returns: nil when rows differ in length or are fewer than coefficients, when no or every observation
  ///   is an event, or when the steps do not settle within 100.
  public init?(features: [[Double]], events: [Bool], ridge: Double = 0) {
    guard let width = features.first?.count, features.count == events.count, features.count > width + 1,
      features.allSatisfy({ $0.count == width && $0.allSatisfy(\.isFinite) }), events.contains(true),
      events.contains(false), ridge >= 0, ridge < .infinity
    else { return nil }
    let fit = Likelihood(features: features, events: events, ridge: ridge)
    var b = [Double](repeating: 0, count: width + 1)
    var value = fit.value(b)
    for _ in 0..<100 {
      guard let δ = fit.step(b) else { return nil }
      var size = 1.0
      var trial = zip(b, δ).map { $0 + size * $1 }
      while !(fit.value(trial) >= value), size > 1e-6 {
        size *= 0.5
        trial = zip(b, δ).map { $0 + size * $1 }
      }
      let gain = fit.value(trial) - value
      if gain >= 0 {
        b = trial
        value += gain
      }
      if gain <= 1e-12 * (1 + value.magnitude) {
        // so far away that probabilities are 0 or 1 to the last bit is not a maximum
        guard b.allSatisfy({ $0.isFinite }), value < -1e-6 else { return nil }
        coefficients = b
        return
      }
    }
    return nil
  }

  private struct Likelihood {
    let features: [[Double]]
    let events: [Bool]
    let ridge: Double

    func sum(_ b: [Double], _ x: [Double]) -> Double {
      var sum = b[0]
      for (coefficient, x) in zip(b.dropFirst(), x) { sum += coefficient * x }
      return sum
    }

    /// Σ ln p(yᵢ) − ½·ridge·Σb².
    func value(_ b: [Double]) -> Double {
      var total = 0.0
      for (x, event) in zip(features, events) {
        let t = event ? sum(b, x) : -sum(b, x)
        // ln(1/(1 + e⁻ᵗ)) without overflow
        total += min(t, 0) - DeterministicMath.logOnePlus(DeterministicMath.exp(-t.magnitude))
      }
      for coefficient in b.dropFirst() { total -= 0.5 * ridge * coefficient * coefficient }
      return total
    }

    func step(_ b: [Double]) -> [Double]? {
      let k = b.count
      var gradient = [Double](repeating: 0, count: k)
      var H = Matrix(rows: k, columns: k)
      for (x, event) in zip(features, events) {
        let p = DeterministicMath.sigmoid(sum(b, x))
        let row = [1] + x
        let w = p * (1 - p)
        for i in 0..<k {
          gradient[i] += ((event ? 1 : 0) - p) * row[i]
          for j in 0...i { H[i, j] += w * row[i] * row[j] }
        }
      }
      for i in 1..<max(k, 1) {
        gradient[i] -= ridge * b[i]
        H[i, i] += ridge
      }
      return H.choleskyFactor?.solveCholesky(gradient)
    }
  }

  /// Brier's score: the mean of (p − y)², 0 for perfect foresight, ¼ for always saying one half. Nil when
  /// there is nothing to score or the numbers differ.
  public static func brierScore(probabilities: [Double], events: [Bool]) -> Double? {
    guard !events.isEmpty, probabilities.count == events.count else { return nil }
    var sum = 0.0
    for (p, event) in zip(probabilities, events) {
      let d = p - (event ? 1 : 0)
      sum += d * d
    }
    return sum / Double(events.count)
  }
}
