/// What a mixture of assets earns for its risk (mechanism M69), from returns by asset: each row of a sample
/// one period.
public enum PortfolioTheory {
  /// (mean - risk-free)/deviation·√periods, of returns of one portfolio; nil for fewer than two, or none that
  /// differ.
  ///
  /// - Parameters:
  ///   - riskFree: the rate of one period.
  ///   - periods: how many there are in a year.
  public static func sharpe(_ returns: [Double], riskFree: Double = 0, periods: Double) -> Double? {
    guard let moments = Moments(of: returns), returns.count > 1, periods > 0 else { return nil }
    let variance = moments.populationVariance * Double(returns.count) / Double(returns.count - 1)
    guard variance > 0 else { return nil }
    return (moments.mean - riskFree) / variance.squareRoot() * periods.squareRoot()
  }

  /// Σ w·σ over the deviation of the whole: 1 without any diversification; nil without risk.
  public static func diversificationRatio(_ weights: [Double], covariance C: Matrix) -> Double? {
    guard weights.count == C.rows, C.rows == C.columns else { return nil }
    let variance = quadratic(weights, C)
    guard variance > 0 else { return nil }
    var sum = 0.0
    for (i, w) in weights.enumerated() { sum += w.magnitude * max(0, C[i, i]).squareRoot() }
    return sum / variance.squareRoot()
  }

  /// w'Cw.
  public static func quadratic(_ w: [Double], _ C: Matrix) -> Double {
    var sum = 0.0
    for i in w.indices { for j in w.indices { sum += w[i] * C[i, j] * w[j] } }
    return sum
  }

  /// The weights of least variance with 0 ≤ w ≤ cap and Σw = 1; nil if the caps do not reach 1 or C is not
  /// square.
  public static func minimumVariance(_ C: Matrix, cap: Double = 1) -> [Double]? {
    optimum(C, returns: nil, cap: cap, aversion: 1)
  }

  /// The weights of the greatest Sharpe ratio with 0 ≤ w ≤ cap and Σw = 1; nil as for
  /// ``minimumVariance(_:cap:)``, and if no asset is expected to earn more than the risk-free rate.
  ///
  /// The ratio is quasi-concave, so that it is the best among the optima of mean - a/2·variance over a, found
  /// by a search for a.
  ///
  /// - Parameter expected: returns above the risk-free rate.
  public static func maximumSharpe(_ C: Matrix, expected: [Double], cap: Double = 1) -> [Double]? {
    guard expected.count == C.rows, expected.contains(where: { $0 > 0 }) else { return nil }
    func ratio(_ w: [Double]) -> Double {
      let variance = quadratic(w, C)
      guard variance > 0 else { return -.infinity }
      return zip(w, expected).reduce(0) { $0 + $1.0 * $1.1 } / variance.squareRoot()
    }
    func at(_ logarithm: Double) -> [Double]? {
      optimum(C, returns: expected, cap: cap, aversion: DeterministicMath.exp(logarithm))
    }
    // Golden section over ln a.
    let golden = 0.618_033_988_749_894_9
    var (low, high) = (-6.0, 12.0)
    var (x, y) = (high - golden * (high - low), low + golden * (high - low))
    guard var fx = at(x), var fy = at(y) else { return nil }
    for _ in 0..<60 {
      if ratio(fx) > ratio(fy) {
        (high, y, fy) = (y, x, fx)
        x = high - golden * (high - low)
        guard let found = at(x) else { return nil }
        fx = found
      } else {
        (low, x, fx) = (x, y, fy)
        y = low + golden * (high - low)
        guard let found = at(y) else { return nil }
        fy = found
      }
    }
    return ratio(fx) > ratio(fy) ? fx : fy
  }

  /// Minimises a/2·w'Cw - μ·w over the simplex with caps, by moving weight between the pair of assets whose
  /// marginal costs differ most, each time as far as helps: the conditions of Karush, Kuhn and Tucker hold
  /// when no pair differs.
  private static func optimum(_ C: Matrix, returns: [Double]?, cap: Double, aversion: Double) -> [Double]? {
    let n = C.rows
    guard n > 0, C.columns == n, cap > 0, cap * Double(n) >= 1 - 1e-12, C.entries.allSatisfy(\.isFinite)
    else {
      return nil
    }
    var w = [Double](repeating: 1 / Double(n), count: n)
    var gradient = (0..<n).map { i in
      var sum = 0.0
      for j in 0..<n { sum += C[i, j] * w[j] }
      return aversion * sum - (returns?[i] ?? 0)
    }
    let scale = gradient.map(\.magnitude).max() ?? 1
    for _ in 0..<200_000 {
      guard let up = (0..<n).filter({ w[$0] < cap }).min(by: { gradient[$0] < gradient[$1] }),
        let down = (0..<n).filter({ w[$0] > 0 }).max(by: { gradient[$0] < gradient[$1] })
      else { break }
      let difference = gradient[down] - gradient[up]
      guard difference > 1e-13 * max(scale, 1e-300) else { break }
      let curvature = aversion * (C[up, up] + C[down, down] - 2 * C[up, down])
      let most = min(cap - w[up], w[down])
      let step = curvature > 0 ? min(most, difference / curvature) : most
      guard step > 0 else { break }
      w[up] += step
      w[down] = step == w[down] ? 0 : w[down] - step
      for i in 0..<n { gradient[i] += aversion * step * (C[i, up] - C[i, down]) }
    }
    return w
  }
}

/// How well capital is used, and what flows where (mechanism M72).
public enum CapitalUse {
  /// Notional over required margin; nil where nothing is required.
  public static func efficiency(notional: Double, requirement: Double) -> Double? {
    requirement > 0 ? notional / requirement : nil
  }

  /// Volume over mean collateral; nil without collateral.
  public static func turnover(volume: Double, collateral: [Double]) -> Double? {
    guard let mean = Moments(of: collateral)?.mean, mean > 0 else { return nil }
    return volume / mean
  }

  /// How many deviations the last net flow is from those before it; nil for fewer than three before it or
  /// none that differ.
  public static func flowScore(_ flows: [Double]) -> Double? {
    guard let last = flows.last, flows.count > 3, let before = Moments(of: flows.dropLast()) else {
      return nil
    }
    let deviation = before.populationVariance.squareRoot()
    return deviation > 0 ? (last - before.mean) / deviation : nil
  }

  /// The greatest notional over equity of a day; infinite where notional stands on no equity, nil without
  /// moments.
  public static func peakLeverage(_ moments: [(notional: Double, equity: Double)]) -> Double? {
    moments.map { $0.notional <= 0 ? 0 : $0.equity > 0 ? $0.notional / $0.equity : .infinity }.max()
  }

  /// The price below which buying and redeeming for 1 earns more than the fee, and so the floor that
  /// arbitrage holds while redemption works; 0 while it does not (mechanism M73).
  public static func redemptionFloor(fee: Double, isRedeemable: Bool) -> Double {
    isRedeemable ? max(0, 1 - max(0, fee)) : 0
  }
}
