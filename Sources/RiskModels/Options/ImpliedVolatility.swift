public import MarketData

/// The volatility at which Black's model gives a price (mechanism M07).
public enum ImpliedVolatility {
  /// The greatest volatility that is looked for, per √year.
  public static let greatest = 20.0

  /// Solves for σ.
  ///
  /// Newton's method on the price of the option that is out of the money, whose vega is the same, from the
  /// volatility of greatest vega, √(2·∣ln(F/K)∣/T), inside a bracket that is halved where Newton would leave
  /// it.
  ///
  /// - Parameters:
  ///   - price: in USD per unit of the underlying, discounted.
  ///   - forward: F > 0, in USD per unit of the underlying.
  ///   - strike: K > 0, in the same unit.
  ///   - years: time to expiry in years of 365 days.
  ///   - kind: call or put.
  ///   - discount: the value now of 1 USD at expiry, above 0.
  /// - Returns: nil when the option has expired, or when the price is not above what exercising gives and
  ///   below F for a call, K for a put (all times the discount), or needs more than ``greatest``.
  public static func solve(
    price: Double, forward: Double, strike: Double, years: Double, kind: OptionKind, discount: Double = 1
  ) -> Double? {
    guard
      let option = Black76(
        forward: forward, strike: strike, years: years, volatility: 0, kind: kind, discount: discount),
      years > 0, price > option.intrinsic, price < discount * (kind == .call ? forward : strike)
    else { return nil }
    // the option out of the money has the same time value, by parity
    let outKind: OptionKind = forward < strike ? .call : .put
    let target = price - option.intrinsic
    func at(_ σ: Double) -> Black76? {
      Black76(
        forward: forward, strike: strike, years: years, volatility: σ, kind: outKind, discount: discount)
    }
    guard let top = at(greatest)?.price, target < top else { return nil }
    var (low, high) = (0.0, greatest)
    let moneyness = DeterministicMath.log(forward) - DeterministicMath.log(strike)
    var σ = min(max((2 * moneyness.magnitude / years).squareRoot(), 0.05), 0.5 * greatest)
    for _ in 0..<200 {
      guard let option = at(σ) else { return nil }
      let error = option.price - target
      if error > 0 { high = σ } else { low = σ }
      let next = σ - error / option.greeks.vega
      let isInside = next > low && next < high
      // what is left is the rounding of a price, which is that of the forward or the strike
      if error.magnitude <= 0x1p-53 * discount * max(forward, strike) {
        if isInside { σ = next }
        break
      }
      guard high - low > 1e-15 * high else { break }
      σ = isInside ? next : 0.5 * (low + high)
    }
    return σ > 0 && σ.isFinite ? σ : nil
  }

  /// The implied volatility of a quote at an instant: the venue's own of bid and ask (their mean) or of its
  /// mark when it publishes them, else solved from the middle of bid and ask, else from the mark.
  ///
  /// Nil when none of these can be had, or the quote violates the arbitrage bounds.
  public static func of(_ quote: OptionQuote, at time: Int64) -> Double? {
    if let bid = quote.bidVolatility, let ask = quote.askVolatility, bid > 0, ask >= bid, ask < greatest {
      return 0.5 * (bid + ask)
    }
    if let mark = quote.markVolatility, mark > 0, mark < greatest { return mark }
    guard let price = middle(of: quote) else { return nil }
    return solve(
      price: price, forward: quote.forward, strike: quote.strike, years: years(from: time, to: quote.expiry),
      kind: quote.kind)
  }

  /// The middle of bid and ask when both are there and not crossed, else the mark; nil when there is neither.
  public static func middle(of quote: OptionQuote) -> Double? {
    if let bid = quote.bid, let ask = quote.ask, bid > 0, ask >= bid { return 0.5 * (bid + ask) }
    return quote.mark.flatMap { $0 > 0 ? $0 : nil }
  }

  /// The years of 365 days from an instant to another, in seconds since 1970.
  public static func years(from time: Int64, to expiry: Int64) -> Double {
    (Double(expiry) - Double(time)) / Double(Year.seconds)
  }
}
