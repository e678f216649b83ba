/// What longs paid shorts at one settlement of a perpetual.
public struct FundingPrint: Hashable, Sendable {
  /// The instant of settlement, in seconds since 1970 UTC.
  public var time: Int64
  /// The payment as a fraction of notional, normalised to eight hours; negative when shorts paid.
  public var ratePerEightHours: Double
  /// For how many seconds it was paid.
  public var interval: Int64

  /// A settlement; by default for eight hours.
  public init(time: Int64, ratePerEightHours: Double, interval: Int64 = 28_800) {
    self.time = time
    self.ratePerEightHours = ratePerEightHours
    self.interval = interval
  }
}
