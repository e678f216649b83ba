/// The year that volatility is annualised by: 365 days, since these markets never close.
public enum Year {
  /// Seconds in a year.
  public static let seconds: Int64 = 31_536_000

  /// How many bars of this length, in seconds, there are in a year.
  public static func bars(of interval: Int64) -> Double {
    Double(seconds) / Double(interval)
  }
}
