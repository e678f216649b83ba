/// Initial margin that grows with what is open on the whole venue (M26), so that splitting an account does
/// not help.
///
///     IM_eff = min(100 %, IM + (OI - lower)/(upper - lower)·(100 % - IM))    for OI > lower
///
/// - SeeAlso: dYdX v4, `protocol/x/perpetuals/types/liquidity_tier.go`, `GetInitialMarginQuoteQuantums`; it
///   rounds up as well.
public struct OpenInterestScaling: Hashable, Sendable {
  /// From here on the rate rises, in whole units of open interest.
  public var lower: Int64
  /// From here on it is 100 %; 0 disables.
  public var upper: Int64

  /// These caps.
  public init(lower: Int64, upper: Int64) {
    self.lower = lower
    self.upper = upper
  }

  /// The rate in ppm that a rate becomes, rounded up; a rate above 100 % stays.
  public func ppm(_ rate: Int64, openInterest: Int64) -> Int64 {
    guard upper > 0, openInterest > lower, rate < 1_000_000 else { return rate }
    guard openInterest < upper else { return 1_000_000 }
    let rise = Int128(openInterest - lower) * Int128(1_000_000 - rate)
    return min(1_000_000, rate + ceilingQuotient(rise, Int128(upper - lower)))
  }
}

/// Whether a side may still grow (M26).
public enum OpenInterestCap {
  /// Whether positions of a side with this much open may be opened; a cap of 0 means no cap.
  public static func admitsOpening(openInterest: Double, cap: Int64) -> Bool {
    cap == 0 || openInterest < Double(cap)
  }
}
