/// How risky an account is, from 0 to 1000 (mechanism M21): ⌈1000·(1 − e^(−(w₁·u + w₂·H + w₃·ρ)))⌉, where u
/// is its requirement over its equity after haircuts, H the concentration and ρ the correlation of its
/// holdings.
///
/// In integers throughout: shares are in ppm, and the exponential is in fixed point.
public struct RiskScore: Hashable, Sendable {
  /// w₁ in ppm.
  public let utilizationWeight: Int64
  /// w₂ in ppm.
  public let concentrationWeight: Int64
  /// w₃ in ppm.
  public let correlationWeight: Int64

  /// The greatest score.
  public static let greatest: Int64 = 1_000

  /// Weights in ppm; each is taken as at least 0 and at most 100.
  public init(utilizationWeight: Int64, concentrationWeight: Int64, correlationWeight: Int64) {
    func bounded(_ weight: Int64) -> Int64 { min(max(weight, 0), 100_000_000) }
    self.utilizationWeight = bounded(utilizationWeight)
    self.concentrationWeight = bounded(concentrationWeight)
    self.correlationWeight = bounded(correlationWeight)
  }

  /// The score; 1000 without equity. It never falls when the requirement, the concentration or the
  /// correlation rises, or the equity falls, and it is 0 when all three are.
  ///
  /// - Parameters:
  ///   - requirement: in quanta; below zero counts as zero.
  ///   - equity: after haircuts, in quanta.
  ///   - concentration: H in ppm, from 0 to 1 000 000; outside counts as the nearest end.
  ///   - correlation: ρ in ppm, likewise.
  public func score(
    requirement: Int128, equity: Int128, concentration: Int64, correlation: Int64
  ) -> Int64 {
    guard equity > 0 else { return Self.greatest }
    // u is capped at 1000, far beyond where the score is 1000
    let cap: Int128 = 1_000_000_000
    let required = max(requirement, 0)
    let isBeyond = required / equity >= 1_000
    // required < 1000·equity here; both are shrunk until their product with a million fits
    var (numerator, denominator) = (required, equity)
    while numerator > Int128.max / 2_000_000 {
      numerator = numerator / 2 + 1
      denominator = max(denominator / 2, 1)
    }
    let u = isBeyond ? cap : min((numerator * 1_000_000 + denominator - 1) / denominator, cap)
    func share(_ x: Int64) -> Int128 { Int128(min(max(x, 0), 1_000_000)) }
    // in units of 10⁻¹²: below 2⁵⁷·…, no overflow
    let exponent =
      Int128(utilizationWeight) * u + Int128(concentrationWeight) * share(concentration)
      + Int128(correlationWeight) * share(correlation)
    guard exponent > 0 else { return 0 }
    // 50·10¹² is e⁻⁵⁰, nothing
    let bounded = min(exponent, 50_000_000_000_000)
    let e = FixedPointExponential.ofNegative(UInt64((bounded << 32) / 1_000_000_000_000))
    let left = Int128(FixedPointExponential.one) - Int128(e)
    return Int64((left * Int128(Self.greatest) + Int128(FixedPointExponential.one) - 1) >> 62)
  }
}

/// e⁻ˣ in integers.
public enum FixedPointExponential {
  /// The number 1, with 62 bits after the point.
  public static let one: UInt64 = 1 << 62

  /// e⁻ˣ with 62 bits after the point, for x with 32 bits after the point. Off by less than 2⁻⁵⁶, and never
  /// rising with x.
  ///
  /// x = k·ln 2 + r with 0 ≤ r < ln 2; e⁻ʳ is its Taylor series of 22 terms, whose rest is below 2⁻⁷⁰, and
  /// 2⁻ᵏ a shift.
  public static func ofNegative(_ x: UInt64) -> UInt64 {
    // ln 2 with 62 bits after the point
    let ln2: Int128 = 3_196_577_161_300_663_915
    let wide = Int128(x) << 30
    let k = wide / ln2
    guard k < 62 else { return 0 }
    let r = wide - k * ln2
    // 1 − r·(1 − r/2·(1 − r/3·(…)))
    let one = Int128(Self.one)
    var sum = one
    for n in (1...22).reversed() {
      sum = one - ((r * sum) >> 62) / Int128(n)
    }
    return UInt64(sum >> k)
  }
}
