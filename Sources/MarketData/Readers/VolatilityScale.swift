/// What volatilities of a chain are counted in where they are not what the layout has: percent, or fractions.
/// Prices say it.
///
/// An option at the money is worth about 0.4·F·σ·√T more than exercising it gives, and one beside it less. σ
/// over what the price makes of that is one or a few where both are of one kind, and a hundred times that for
/// percent.
struct VolatilityScale {
  /// What volatilities are multiplied by.
  let factor: Double
  /// What they count.
  let unit: String

  /// The least number of options near the money that it is told from.
  private static let leastQuotes = 6
  private static let year = 31_536_000.0

  /// Nil where volatilities are what they should be, or nothing says otherwise.
  static func of(_ quotes: [OptionChainReader.Stamped]) -> VolatilityScale? {
    var ratios: [Double] = []
    for stamped in quotes where ratios.count < 1_024 {
      let quote = stamped.quote
      let years = Double(quote.expiry - stamped.time) / year
      guard let mark = quote.mark, let volatility = quote.markVolatility,
        abs(quote.strike / quote.forward - 1) < 0.1,
        years > 1.0 / 365
      else { continue }
      let inside = quote.kind == .call ? quote.forward - quote.strike : quote.strike - quote.forward
      let timeValue = mark - max(0, inside)
      guard timeValue > 0 else { continue }
      ratios.append(0.4 * quote.forward * volatility * years.squareRoot() / timeValue)
    }
    guard ratios.count >= leastQuotes else { return nil }
    ratios.sort()
    switch ratios[ratios.count / 2] {
    case 50...1_000: return VolatilityScale(factor: 0.01, unit: "percent")
    case 0.005...0.1: return VolatilityScale(factor: 100, unit: "fractions")
    default: return nil
    }
  }
}

extension OptionQuote {
  fileprivate mutating func multiply(_ field: WritableKeyPath<OptionQuote, Double?>, by factor: Double) {
    self[keyPath: field] = self[keyPath: field].map { $0 * factor }
  }

  /// Brings all volatilities to another unit.
  mutating func scaleVolatilities(by factor: Double) {
    multiply(\.markVolatility, by: factor)
    multiply(\.bidVolatility, by: factor)
    multiply(\.askVolatility, by: factor)
  }
}
