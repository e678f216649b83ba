/// Profit and loss to second order (mechanism M18). Margins revalue in full; this is for quick checks and
/// sensitivities.
public enum DeltaGamma {
  /// ΔV ≈ Δ·dS + ½·Γ·dS² + vega·dσ, in USD.
  public static func profit(_ greeks: Greeks, priceChange dS: Double, volatilityChange dσ: Double = 0)
    -> Double
  {
    greeks.delta * dS + 0.5 * greeks.gamma * dS * dS + greeks.vega * dσ
  }

  /// The greatest error of ``profit(_:priceChange:volatilityChange:)`` when only the forward moves, by dS:
  /// ∣dS∣³/6·max ∣∂³V/∂F³∣ on the way. Nil when the forward would not stay positive, or has a kink on the
  /// way.
  public static func errorBound(_ option: Black76, priceChange dS: Double) -> Double? {
    let end = option.forward + dS
    let cube = dS.magnitude * dS.magnitude * dS.magnitude
    return option.greatestSpeed(from: min(option.forward, end), to: max(option.forward, end)).map {
      cube / 6 * $0
    }
  }

  /// The loss that a quadratic book exceeds with probability 1 − level, when prices move normally: Cornish
  /// and Fisher's expansion on the cumulants of δᵀx + ½·xᵀΓx, x ~ N(0, Σ).
  ///
  /// With A = ΓΣ: κ₁ = ½·tr A, κ₂ = ½·tr A² + δᵀΣδ, κ₃ = tr A³ + 3·δᵀΣAδ, κ₄ = 3·tr A⁴ + 12·δᵀΣA²δ.
  ///
  /// - Parameters:
  ///   - delta: δ, the book's deltas in USD per unit of price change.
  ///   - gamma: Γ, symmetric.
  ///   - covariance: Σ of the price changes over the horizon.
  ///   - level: such as 0.99; above ½.
  /// - Returns: nil when shapes differ, and when the expansion is outside its domain (``CornishFisher``).
  /// - SeeAlso: RiskMetrics Technical Document 1996, chapter 6.
  public static func valueAtRisk(
    delta: [Double], gamma: Matrix, covariance: Matrix, level: Double
  ) -> Double? {
    let n = delta.count
    guard n > 0, gamma.rows == n, gamma.columns == n, covariance.rows == n, covariance.columns == n else {
      return nil
    }
    var δ = Matrix(rows: n, columns: 1)
    δ.entries = delta
    // A is applied from the left of Σδ in the mixed terms: δᵀΣΓΣδ = (Σδ)ᵀΓ(Σδ)
    let A = gamma * covariance
    let A2 = A * A
    let Σδ = covariance * δ
    func trace(_ M: Matrix) -> Double { (0..<n).reduce(0) { $0 + M[$1, $1] } }
    func form(_ M: Matrix) -> Double { (δ.transposed * M).entries[0] }
    let κ1 = 0.5 * trace(A)
    let κ2 = 0.5 * trace(A2) + form(Σδ)
    let κ3 = trace(A2 * A) + 3 * form(covariance * (gamma * Σδ))
    let κ4 = 3 * trace(A2 * A2) + 12 * form(covariance * (gamma * (covariance * (gamma * Σδ))))
    guard κ2 >= 0, κ2.isFinite else { return nil }
    guard κ2 > 0 else { return max(0, -κ1) }
    let σ = κ2.squareRoot()
    // the loss is −ΔV, so odd cumulants change sign
    guard
      let expansion = CornishFisher(skewness: -κ3 / (κ2 * σ), excessKurtosis: κ4 / (κ2 * κ2)),
      let z = expansion.quantile(level)
    else { return nil }
    return -κ1 + z * σ
  }
}
