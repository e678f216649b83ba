/// What longs paid shorts at one settlement of a perpetual.
public struct FundingPrint: Hashable, Sendable {
  /// The instant of settlement, in seconds since 1970 UTC.
  public var time: Int64
  /// The payment as a fraction of notional, normalised to eight hours; negative when shorts paid.
  public var ratePerEightHours: Double

  /// A settlement.
  public init(time: Int64, ratePerEightHours: Double) {
    self.time = time
    self.ratePerEightHours = ratePerEightHours
  }
}
