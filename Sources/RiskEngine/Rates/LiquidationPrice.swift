/// The price at which equity equals the maintenance requirement of one position in brackets (M42), other
/// things being equal.
///
///     long:   p* = -(B + dedₖ) / (n·(1 - mₖ))
///     short:  p* = (B + dedₖ) / (|n|·(1 + mₖ))
///
/// with B the account's value apart from the position's mark, and k the bracket that holds n·p*.
public struct LiquidationPrice: Hashable, Sendable {
  /// Notional of each bracket but the last in USD, and the rate of each bracket.
  public var widths: [Double]
  /// Maintenance rates as fractions, one more than widths, never falling.
  public var rates: [Double]

  /// Brackets of notional, or nil unless there is one more rate than widths and all rates are below 1.
  public init?(widths: [Double], rates: [Double]) {
    guard rates.count == widths.count + 1, rates.allSatisfy({ 0 <= $0 && $0 < 1 }) else { return nil }
    self.widths = widths
    self.rates = rates
  }

  /// p*, or nil when no positive price liquidates the position.
  ///
  /// - Parameters:
  ///   - amount: n, negative for short; not zero.
  ///   - value: B = cash + other equity: for a position entered at p₀ with equity E₀, E₀ - n·p₀.
  public func price(amount: Double, value: Double) -> Double? {
    var (edge, deduction, last) = (0.0, 0.0, 0.0)
    for (k, rate) in rates.enumerated() {
      deduction += (rate - last) * edge
      last = rate
      let upper = k < widths.count ? edge + widths[k] : Double.infinity
      let price =
        amount > 0
        ? -(value + deduction) / (amount * (1 - rate))
        : (value + deduction) / (-amount * (1 + rate))
      let notional = abs(amount) * price
      if price > 0, notional >= edge, notional <= upper { return price }
      edge = upper
    }
    return nil
  }
}
