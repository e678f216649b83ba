public import MarketData

/// Returns as differences of logarithms of prices.
public enum LogarithmicReturns {
  /// ln(p₁/p₀), ln(p₂/p₁), … of prices in order of time: one number fewer than prices. Nil when a price is
  /// not positive and finite.
  public static func between(_ prices: [Double]) -> [Double]? {
    var logarithms: [Double] = []
    logarithms.reserveCapacity(prices.count)
    for price in prices {
      guard price > 0, price < .infinity else { return nil }
      logarithms.append(DeterministicMath.log(price))
    }
    return zip(logarithms.dropFirst(), logarithms).map { $0 - $1 }
  }

  /// The returns from close to close of bars in order of time; nil as for ``between(_:)``.
  public static func ofCloses(_ bars: some Sequence<Bar>) -> [Double]? {
    between(bars.map(\.close))
  }

  /// The same of a stretch of a series: the numbers are the same, without a copy of the prices.
  public static func ofCloses(_ bars: ArraySlice<Bar>) -> [Double]? {
    var returns: [Double] = []
    returns.reserveCapacity(bars.count)
    var before: Double?
    for bar in bars {
      guard bar.close > 0, bar.close < .infinity else { return nil }
      let logarithm = DeterministicMath.log(bar.close)
      if let before { returns.append(logarithm - before) }
      before = logarithm
    }
    return returns
  }
}
