/// How far trading moves a price (mechanism M10).
public enum PriceImpact {
  /// Amihud's illiquidity: the mean of ∣r∣ per USD traded, over the bars with trades. Nil if no bar has
  /// trades.
  ///
  /// It falls when volume explodes in a crash, so a margin must never rest on it alone.
  ///
  /// - SeeAlso: Amihud 2002; golden number G6.
  public static func amihud(returns: [Double], volumesUSD: [Double]) -> Double? {
    var sum = 0.0
    var count = 0
    for (r, volume) in zip(returns, volumesUSD) where volume > 0 && volume < .infinity && r.isFinite {
      sum += r.magnitude / volume
      count += 1
    }
    return count > 0 ? sum / Double(count) : nil
  }

  /// Kyle's λ: the slope of returns on signed volume, r = a + λ·v, by least squares, with its standard error.
  ///
  /// Nil for fewer than three observations, or when the volume never changes.
  ///
  /// - SeeAlso: Kyle 1985.
  public static func kyle(returns: [Double], signedVolumesUSD: [Double]) -> KyleSlope? {
    guard returns.count == signedVolumesUSD.count, returns.count > 2 else { return nil }
    // in units of the greatest volume, so that both columns are of one size
    let unit = signedVolumesUSD.map(\.magnitude).max() ?? 0
    guard unit > 0, unit < .infinity else { return nil }
    var design = Matrix(rows: returns.count, columns: 2)
    for (i, v) in signedVolumesUSD.enumerated() {
      design[i, 0] = 1
      design[i, 1] = v / unit
    }
    guard let fit = LeastSquares(design: design, response: returns) else { return nil }
    return KyleSlope(lambda: fit.coefficients[1] / unit, standardError: fit.standardErrors[1] / unit)
  }

  /// The square-root law: I(Q) = Y·σ·√(Q/V), the fraction by which the price has moved after Q is traded.
  ///
  /// - Parameters:
  ///   - usd: Q, at least 0.
  ///   - dailyVolatility: σ per √day.
  ///   - dailyVolumeUSD: V, the average volume of a day.
  ///   - prefactor: Y, about 1.
  /// - Returns: nil when nothing is traded in a day, so that no price can be given.
  ///
  /// - SeeAlso: Almgren, Thum, Hauptmann, Li 2005; Bouchaud, Farmer, Lillo 2009.
  public static func squareRoot(
    usd: Double, dailyVolatility: Double, dailyVolumeUSD: Double, prefactor: Double = 1
  ) -> Double? {
    guard dailyVolumeUSD > 0, dailyVolumeUSD < .infinity, dailyVolatility >= 0, prefactor >= 0 else {
      return nil
    }
    let impact = prefactor * dailyVolatility * (max(usd, 0) / dailyVolumeUSD).squareRoot()
    return impact.isFinite ? impact : nil
  }

  /// What trading Q costs on average under the square-root law, as a fraction of Q: ⅔·I(Q), because
  /// ∫₀^Q I(q) dq = ⅔·Q·I(Q). Nil as for ``squareRoot(usd:dailyVolatility:dailyVolumeUSD:prefactor:)``.
  public static func squareRootCost(
    usd: Double, dailyVolatility: Double, dailyVolumeUSD: Double, prefactor: Double = 1
  ) -> Double? {
    squareRoot(
      usd: usd, dailyVolatility: dailyVolatility, dailyVolumeUSD: dailyVolumeUSD, prefactor: prefactor
    ).map { $0 * 2 / 3 }
  }
}

/// Kyle's λ and how well it is known.
public struct KyleSlope: Hashable, Sendable {
  /// The return per USD of signed volume.
  public let lambda: Double
  /// The standard error of that.
  public let standardError: Double
}
