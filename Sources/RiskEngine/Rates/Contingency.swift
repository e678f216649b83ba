/// Charges beside the scenarios, for what they do not show (M29). They count every lot, long and short, so
/// they are never less than a charge on the net.
public enum Contingency {
  /// What a short option is charged at least: a share of the value of the underlying, since a cheap option
  /// far from the money loses nothing in any scenario.
  ///
  /// - Parameters:
  ///   - underlyingValue: the value of the underlying of one lot, in quanta.
  ///   - share: in ppm.
  /// - SeeAlso: Deribit portfolio margin, contingency of net short options; CME SPAN, short option minimum.
  public static func shortOption(underlyingValue: Int64, share: Int64) -> Int64 {
    Quanta.charge(underlyingValue, ppm: share)
  }

  /// What a lot of an option is charged for closing it where the market is made: half of a spread that is a
  /// share of its mark, and of one in volatility.
  ///
  ///     charge = ⌈10⁶·(spread·mark + points·vega)·size⌉
  ///
  /// - Parameters:
  ///   - mark: the value of an option on one unit, in USD.
  ///   - vega: the value of one unit of volatility, in USD.
  ///   - size: what one lot is in units of the underlying.
  ///   - spread: of the mark, as a fraction.
  ///   - points: in units of volatility.
  public static func closing(
    mark: Double, vega: Double, size: Double, spread: Double, points: Double
  ) -> Int64 {
    // What is not a number is charged the most.
    -Quanta.floorOfGain(dollars: -(spread * mark + points * max(0, vega)) * size)
  }

  /// What every lot of a future is charged for the spread between contracts on one underlying: the scenarios
  /// move them together.
  public static func basis(lotValue: Int64, share: Int64) -> Int64 {
    Quanta.charge(lotValue, ppm: share)
  }
}
