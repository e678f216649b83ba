/// One volatility out of several (mechanisms M06 and M07). All per the same √time.
public enum VolatilityBlend {
  /// σ* = max(floor, w·realised + (1 − w)·implied, fast).
  ///
  /// Without an implied volatility the realised one takes its place: w counts as 1. What is nil, negative or
  /// not finite is left out. Never below any of `floor` and `fast`, and rising in every argument.
  ///
  /// - Parameters:
  ///   - floor: the least volatility that may be published.
  ///   - realized: the volatility measured over the ordinary window.
  ///   - implied: what options imply, if that is known.
  ///   - fast: the volatility measured over a short window, so that a rise shows at once.
  ///   - weight: w, from 0 to 1; outside counts as the nearest end.
  public static func blended(
    floor: Double, realized: Double?, implied: Double?, fast: Double?, weight: Double
  ) -> Double {
    let w = min(max(weight, 0), 1)
    var result = max(floor, 0)
    switch (usable(realized), usable(implied)) {
    case (let realized?, let implied?): result = max(result, w * realized + (1 - w) * implied)
    case (let only?, nil), (nil, let only?): result = max(result, only)
    case (nil, nil): break
    }
    return max(result, usable(fast) ?? 0)
  }

  private static func usable(_ x: Double?) -> Double? {
    x.flatMap { $0 >= 0 && $0 < .infinity ? $0 : nil }
  }
}
