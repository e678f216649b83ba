internal import RiskModels

/// Dynamic leverage (M22): the margin of the first bracket from what the market does now.
///
///     move = w·S(z·σ_cycle·√h) + (1 - w)·z·σ_conditional·√h,   S(x) = max(x, (1 - s)·x + s·worst move within h)
///     MM = clip(move + impact + gap + fee, least, greatest)
///     IM = max(r₀·MM, min(r·MM, r·MM_cycle), 1/L, m*)·crowding·openInterest
///     L_max = ⌊1/IM⌋
///
/// with σ per √year, h the time to close a position in years, impact from depth (``ImpactCost``), gap from
/// latency (M03), m* from ``InsolvencyCap``, and MM_cycle the rate that the part through the cycle asks for
/// alone. Every term that grows raises the rate. The part through the cycle keeps calm from setting a trap:
/// its weight w is a quarter at least (Regulation 153/2013, article 28).
public struct MaintenanceRate: Hashable, Sendable {
  /// z: how many standard deviations are covered.
  public var lossMultiple: Double
  /// σ through the cycle, per √year.
  public var cycle: Double
  /// σ as it is expected now, per √year.
  public var conditional: Double
  /// w, in 0...1.
  public var cycleWeight: Double
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
    lossMultiple: Double, cycle: Double, conditional: Double, cycleWeight: Double, horizonSeconds: Double,
    impact: Double, gap: Double, fee: Double, skewBuffer: Double = 1,
    stress: StressBlend = StressBlend(weight: 0, worstMove: 0)
  ) {
    self.lossMultiple = lossMultiple
    self.cycle = cycle
    self.conditional = conditional
    self.cycleWeight = cycleWeight
    self.horizonSeconds = horizonSeconds
    self.impact = impact
    self.gap = gap
    self.fee = fee
    self.skewBuffer = skewBuffer
    self.stress = stress
  }

  /// z·√h.
  private var root: Double { lossMultiple * (horizonSeconds / Double(Year.seconds)).squareRoot() }

  /// S(z·σ_cycle·√h), the move within the horizon through the cycle.
  public var cycleMove: Double { stress.applied(to: root * cycle) }

  /// z·σ_conditional·√h, the move within the horizon as it is expected now.
  public var conditionalMove: Double { root * conditional }

  /// Both by their weights.
  public var move: Double { cycleWeight * cycleMove + (1 - cycleWeight) * conditionalMove }

  /// The sum of all terms before floor and ceiling.
  public var unbounded: Double {
    (move + impact + gap) * skewBuffer + fee
  }

  /// The rate of the part through the cycle alone: what is asked for when now is like always.
  public var throughTheCycle: MaintenanceRate {
    var rate = self
    rate.cycleWeight = 1
    return rate
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

/// Initial margin from maintenance margin (M22): a buffer on top of it that is there in calm and is used up
/// while what the market does now asks for more than what holds through the cycle, down to what is always
/// left. Anyone who must find margin in a crash so finds less at once (Regulation 153/2013, article
/// 28(1)(a)), and what covers the move is no less.
public enum InitialRate {
  /// IM in ppm: max(⌈r₀·MM⌉, min(⌈r·MM⌉, ⌈r·MM_cycle⌉), ⌈1/L⌉, m*), no less than MM; multipliers follow one
  /// by one.
  ///
  /// - Parameters:
  ///   - maintenance: MM in ppm.
  ///   - cycle: MM_cycle in ppm.
  ///   - ratio: r in ppm, at least 1 000 000.
  ///   - least: r₀ in ppm, at least 1 000 000 and at most r.
  ///   - leverageCap: L, at least 1.
  ///   - insolvency: m* in ppm (M23).
  public static func ppm(
    maintenance: Int64, cycle: Int64, ratio: Int64, least: Int64, leverageCap: Int64, insolvency: Int64
  ) -> Int64 {
    max(
      maintenance, Rate.product(maintenance, least), Rate.product(min(maintenance, cycle), ratio),
      ceilingQuotient(1_000_000, Int128(max(1, leverageCap))), insolvency)
  }

  /// ⌊1/IM⌋: the greatest whole leverage at a rate in ppm.
  public static func greatestLeverage(at rate: Int64) -> Int64 {
    rate > 0 ? 1_000_000 / rate : 1_000_000
  }
}
