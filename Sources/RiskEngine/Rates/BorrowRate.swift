public import MarginRules

/// The price of borrowed money by how much of it is lent out (M36), with a kink: gentle below the target,
/// steep above.
///
///     r(u) = r₀ + r₁·min(u, u*)/u* + r₂·max(0, u - u*)/(1 - u*)
///
/// - SeeAlso: Aave v2, `DefaultReserveInterestRateStrategy.sol`.
public struct BorrowRate: Hashable, Sendable {
  /// r₀ a year.
  public var base: Double
  /// r₁: what is added from u = 0 to the kink.
  public var slope: Double
  /// r₂: what is added from the kink to u = 1.
  public var steepSlope: Double
  /// u*, above 0 and at most 1.
  public var kink: Double

  /// A rate with a kink, or nil unless 0 < u* ≤ 1.
  public init?(base: Double, slope: Double, steepSlope: Double, kink: Double) {
    guard kink > 0, kink <= 1 else { return nil }
    self.base = base
    self.slope = slope
    self.steepSlope = steepSlope
    self.kink = kink
  }

  /// What interest is multiplied by in a regime, in ppm: 1 + s in stress and 1 + 2·s while the market is
  /// extreme, when what is lent is needed most; s in ppm.
  public static func multiple(in regime: Regime, stress: Int64) -> Int64 {
    switch regime {
    case .calm, .normal: 1_000_000
    case .stress: 1_000_000 + stress
    case .extreme: 1_000_000 + 2 * stress
    }
  }

  /// r(u) a year; u outside 0...1 counts as the nearer end.
  public func yearly(utilisation: Double) -> Double {
    let u = utilisation.clamped(to: 0...1)
    let gentle = base + slope * min(u, kink) / kink
    guard u > kink else { return gentle }
    return gentle + steepSlope * (u - kink) / (1 - kink)
  }
}

/// A debt that grows with time: the index starts at one and every debt is its principal times the index over
/// the index when it was taken (M36).
public struct AccrualIndex: Hashable, Sendable {
  /// The unit: 10¹⁸ is one.
  public static let one: Int128 = 1_000_000_000_000_000_000

  /// The index in units of 10⁻¹⁸.
  public private(set) var value: Int128

  /// An index, at least one.
  public init(value: Int128 = AccrualIndex.one) {
    self.value = max(Self.one, value)
  }

  /// Grows the index by a yearly rate over some seconds, compounding every second to second order, rounded
  /// up: index·(1 + x + x²/2 + x³/6) with x = r·t/year.
  ///
  /// - Parameters:
  ///   - rate: r in ppm a year, 0 to 10⁸.
  ///   - seconds: t, 0 to one year.
  public mutating func accrue(yearly rate: Int64, seconds: Int64) {
    let rate = Int128(rate.clamped(to: 0...100_000_000))
    let seconds = Int128(seconds.clamped(to: 0...31_536_000))
    // x in 10⁻¹⁸: at most 100·10¹⁸ = 10²⁰
    let x = Int128(ceilingDivide(rate * seconds * 1_000_000_000_000, 31_536_000))
    let square = ceilingDivide(multiply(x, x), 2)
    let cube = ceilingDivide(multiply(multiply(x, x), x), 6)
    value = multiply(value, Self.one + x + square + cube)
  }

  /// ⌈a·b / 10¹⁸⌉ without a product of 128 bits: a = a₁·10⁹ + a₀.
  private func multiply(_ a: Int128, _ b: Int128) -> Int128 {
    let half: Int128 = 1_000_000_000
    let (high, low) = a.quotientAndRemainder(dividingBy: half)
    // a·b/10¹⁸ = (a₁·b + a₀·b/10⁹) / 10⁹
    let (top, overflow) = high.multipliedReportingOverflow(by: b)
    let (bottom, lowOverflow) = low.multipliedReportingOverflow(by: b)
    guard !overflow, !lowOverflow else { return Int128.max / Self.one }
    return ceilingDivide(top + ceilingDivide(bottom, half), half)
  }

  private func ceilingDivide(_ a: Int128, _ b: Int128) -> Int128 {
    let (quotient, remainder) = a.quotientAndRemainder(dividingBy: b)
    return remainder > 0 ? quotient + 1 : quotient
  }

  /// A debt taken at another index, now: ⌈principal·index / then⌉, nil if it does not fit.
  public func debt(_ principal: Int64, since then: AccrualIndex) -> Int64? {
    let (product, overflow) = Int128(principal).multipliedReportingOverflow(by: value)
    guard !overflow else { return nil }
    return Int64(exactly: ceilingDivide(product, then.value))
  }
}

/// Fees that grow with risk (M36).
public enum DynamicFee {
  /// The fee for leverage in ppm of notional: f = f₀·max(0, z)·tier, rounded up, at most the cap.
  ///
  /// - Parameters:
  ///   - base: f₀ in ppm.
  ///   - deviation: z, standard deviations of volatility above its mean.
  ///   - tier: the place of the bracket that is traded in, from 1.
  public static func leverage(base: Int64, deviation: Double, tier: Int, cap: Int64) -> Int64 {
    min(cap, Rate.ceiling(Rate.fraction(base) * max(0, deviation) * Double(max(0, tier))))
  }

  /// The fee for trading in ppm of notional: base·(1 + a·max(0, x - 1)) + premium, rounded up, at most the
  /// cap.
  ///
  /// - Parameters:
  ///   - base: in ppm.
  ///   - slope: a.
  ///   - ratio: x, fast over slow volatility.
  ///   - skewPremium: in ppm, for trades that grow an imbalance.
  public static func trading(
    base: Int64, slope: Double, ratio: Double, skewPremium: Int64 = 0, cap: Int64
  ) -> Int64 {
    let fee = Rate.ceiling(Rate.fraction(base) * (1 + slope * max(0, ratio - 1)))
    return min(cap, fee + max(0, skewPremium))
  }
}
