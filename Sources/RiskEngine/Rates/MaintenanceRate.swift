internal import RiskModels

/// Dynamic leverage (M22): the margin of the first bracket from what the market does now.
///
///     MM = clip(z·σ·√h + impact + gap + fee, least, greatest)
///     IM = max(r·MM, 1/L, m*)·crowding·openInterest
///     L_max = ⌊1/IM⌋
///
/// with σ per √year, h the time to close a position in years, impact from depth (``ImpactCost``), gap from
/// latency (M03), m* from ``InsolvencyCap``. Every term that grows raises the rate.
public struct MaintenanceRate: Hashable, Sendable {
  /// z: how many standard deviations are covered.
  public var lossMultiple: Double
  /// σ per √year.
  public var volatility: Double
  /// h in seconds.
  public var horizonSeconds: Double
  /// What closing the reference position loses, as a fraction of notional.
  public var impact: Double
  /// What the price may move before a liquidation is final, as a fraction.
  public var gap: Double
  /// The liquidation fee as a fraction of notional.
  public var fee: Double
  /// Multiplies everything but the fee: the buffer for skew (M19), at least 1.
  public var skewBuffer: Double
  /// The worst move within the horizon and its weight.
  public var stress: StressBlend

  /// The terms of a rate without skew and stress.
  public init(
    lossMultiple: Double, volatility: Double, horizonSeconds: Double, impact: Double, gap: Double,
    fee: Double, skewBuffer: Double = 1, stress: StressBlend = StressBlend(weight: 0, worstMove: 0)
  ) {
    self.lossMultiple = lossMultiple
    self.volatility = volatility
    self.horizonSeconds = horizonSeconds
    self.impact = impact
    self.gap = gap
    self.fee = fee
    self.skewBuffer = skewBuffer
    self.stress = stress
  }

  /// z·σ·√h, the move within the horizon.
  public var move: Double {
    lossMultiple * volatility * (horizonSeconds / Double(Year.seconds)).squareRoot()
  }

  /// The sum of all terms before floor and ceiling.
  public var unbounded: Double {
    (stress.applied(to: move) + impact + gap) * skewBuffer + fee
  }

  /// The rate in ppm, rounded up.
  public func ppm(in range: ClosedRange<Int64>) -> Int64 {
    Rate.ceiling(unbounded).clamped(to: range)
  }
}

/// The time that closing a position takes: at least the latency of the chain, and as long as trading takes at
/// a share of the usual volume (M22).
///
///     h = max(least, latency, Q / (k·ADV) days), at most the ceiling
public enum LiquidationHorizon {
  /// h in seconds.
  ///
  /// - Parameters:
  ///   - notional: Q, the position in USD.
  ///   - dailyVolume: ADV in USD; 0 gives the greatest horizon.
  ///   - participation: k, the share of volume that may be traded, above 0.
  public static func seconds(
    least: Double, greatest: Double, latency: Double, notional: Double, dailyVolume: Double,
    participation: Double
  ) -> Double {
    let traded = participation * dailyVolume
    guard traded > 0 else { return greatest }
    return min(greatest, max(least, latency, 86_400 * notional / traded))
  }
}

/// Initial margin from maintenance margin (M22).
public enum InitialRate {
  /// IM in ppm: max(⌈r·MM⌉, ⌈1/L⌉, m*), no less than MM; multipliers follow one by one.
  ///
  /// - Parameters:
  ///   - maintenance: MM in ppm.
  ///   - ratio: r in ppm, at least 1 000 000.
  ///   - leverageCap: L, at least 1.
  ///   - insolvency: m* in ppm (M23).
  public static func ppm(
    maintenance: Int64, ratio: Int64, leverageCap: Int64, insolvency: Int64
  ) -> Int64 {
    max(
      maintenance, Rate.product(maintenance, ratio),
      ceilingQuotient(1_000_000, Int128(max(1, leverageCap))), insolvency)
  }

  /// ⌊1/IM⌋: the greatest whole leverage at a rate in ppm.
  public static func greatestLeverage(at rate: Int64) -> Int64 {
    rate > 0 ? 1_000_000 / rate : 1_000_000
  }
}
