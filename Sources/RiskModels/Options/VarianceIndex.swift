public import MarketData

/// Implied variance without a model, and the index of volatility made of it (mechanism M07).
///
/// - SeeAlso: CBOE, "VIX white paper"; Deribit, "DVOL".
public enum VarianceIndex {
  /// The least number of strikes on either side of the forward.
  public static let leastStrikes = 3

  /// σ² = 2/T·Σ ΔK/K²·Q(K) − (F/K₀ − 1)²/T for one expiry, per year.
  ///
  /// K₀ is the greatest strike not above F; Q(K) is the middle price of the put below K₀, of the call above
  /// it, and the mean of both at K₀; ΔK is half the distance between the neighbours of K, at the ends the
  /// distance to the one. Interest is taken as zero. A quote without a price has the one that its volatility
  /// gives; quotes with neither, or outside the arbitrage bounds, are left out.
  ///
  /// - Parameters:
  ///   - quotes: options of one expiry with one forward.
  ///   - time: the instant of the quotes, in seconds since 1970.
  /// - Returns: nil with fewer than ``leastStrikes`` strikes below or above K₀, or at or after expiry.
  public static func variance(_ quotes: some Sequence<OptionQuote>, at time: Int64) -> Double? {
    var puts: [Double: Double] = [:]
    var calls: [Double: Double] = [:]
    var first: OptionQuote?
    for quote in quotes {
      first = first ?? quote
      guard let price = sound(quote, at: time) else { continue }
      if quote.kind == .call { calls[quote.strike] = price } else { puts[quote.strike] = price }
    }
    guard let first else { return nil }
    let F = first.forward
    let T = ImpliedVolatility.years(from: time, to: first.expiry)
    let strikes = Set(puts.keys).union(calls.keys).sorted()
    guard T > 0, let K0 = strikes.last(where: { $0 <= F }) else { return nil }
    // one price for each strike that has the one it needs
    var ladder: [(strike: Double, price: Double)] = []
    for K in strikes {
      let price: Double?
      if K < K0 {
        price = puts[K]
      } else if K > K0 {
        price = calls[K]
      } else {
        price = atTheMoney(put: puts[K], call: calls[K], forward: F, strike: K)
      }
      if let price { ladder.append((K, price)) }
    }
    guard ladder.count(where: { $0.strike < K0 }) >= leastStrikes,
      ladder.count(where: { $0.strike > K0 }) >= leastStrikes
    else { return nil }
    var sum = 0.0
    for (i, rung) in ladder.enumerated() {
      let below = ladder[max(i - 1, 0)].strike
      let above = ladder[min(i + 1, ladder.count - 1)].strike
      let ΔK = i == 0 || i == ladder.count - 1 ? above - below : 0.5 * (above - below)
      sum += ΔK / (rung.strike * rung.strike) * rung.price
    }
    let offset = F / K0 - 1
    let variance = (2 * sum - offset * offset) / T
    return variance > 0 && variance < .infinity ? variance : nil
  }

  /// The volatility over a horizon per √year, from a chain: the total variances of the expiries around it,
  /// interpolated on a line.
  ///
  /// With no expiry on one side of the horizon the nearest on the other stands for it, if it is within a
  /// third and three times the horizon.
  ///
  /// - Parameters:
  ///   - chain: quotes of one underlying at one instant, of any expiries.
  ///   - days: the horizon; 30 for the usual index.
  /// - Returns: √variance, or nil when no expiry near enough has one.
  public static func volatility(_ chain: OptionChain, days: Double = 30) -> Double? {
    let horizon = days / 365
    var terms: [(years: Double, value: Double)] = []
    for (expiry, quotes) in byExpiry(chain) {
      guard let variance = variance(quotes, at: chain.time) else { continue }
      terms.append((ImpliedVolatility.years(from: chain.time, to: expiry), variance))
    }
    return TermInterpolation.variance(terms, horizon: horizon).map { $0.squareRoot() }
  }

  /// The quotes of each expiry, the nearest first.
  static func byExpiry(_ chain: OptionChain) -> [(expiry: Int64, quotes: [OptionQuote])] {
    var groups: [(expiry: Int64, quotes: [OptionQuote])] = []
    for quote in chain.quotes.sorted(by: { $0.expiry < $1.expiry }) {
      if groups.last?.expiry == quote.expiry {
        groups[groups.count - 1].quotes.append(quote)
      } else {
        groups.append((quote.expiry, [quote]))
      }
    }
    return groups
  }

  /// The middle price when it is inside the arbitrage bounds: not below what exercising gives, not above F or
  /// K. Some chains have volatilities and no prices; Black's formula makes one into the other.
  private static func sound(_ quote: OptionQuote, at time: Int64) -> Double? {
    guard let price = ImpliedVolatility.middle(of: quote) ?? modelled(quote, at: time), quote.strike > 0,
      quote.forward > 0
    else { return nil }
    let (F, K) = (quote.forward, quote.strike)
    let intrinsic = max(0, quote.kind == .call ? F - K : K - F)
    return price >= intrinsic && price <= (quote.kind == .call ? F : K) ? price : nil
  }

  private static func modelled(_ quote: OptionQuote, at time: Int64) -> Double? {
    guard let volatility = ImpliedVolatility.of(quote, at: time) else { return nil }
    return Black76(
      forward: quote.forward, strike: quote.strike,
      years: ImpliedVolatility.years(from: time, to: quote.expiry), volatility: volatility, kind: quote.kind)?
      .price
  }

  /// The mean of put and call; of one alone, with the other by parity, call − put = F − K.
  private static func atTheMoney(put: Double?, call: Double?, forward F: Double, strike K: Double) -> Double?
  {
    switch (put, call) {
    case (let put?, let call?): 0.5 * (put + call)
    case (let put?, nil): put + 0.5 * (F - K)
    case (nil, let call?): call - 0.5 * (F - K)
    case (nil, nil): nil
    }
  }
}

/// Interpolation between expiries on a line in total variance.
enum TermInterpolation {
  /// The variance per year at a horizon in years, from variances per year at other times; see
  /// ``VarianceIndex/volatility(_:days:)``.
  static func variance(_ terms: [(years: Double, value: Double)], horizon: Double) -> Double? {
    let usable = terms.filter { $0.years > 0 && $0.value.isFinite }.sorted { $0.years < $1.years }
    let near = usable.last { $0.years <= horizon }
    let far = usable.first { $0.years >= horizon }
    switch (near, far) {
    case (let a?, let b?):
      guard b.years > a.years else { return a.value }
      let w = (horizon - a.years) / (b.years - a.years)
      return (a.years * a.value * (1 - w) + b.years * b.value * w) / horizon
    case (let only?, nil), (nil, let only?):
      return only.years >= horizon / 3 && only.years <= 3 * horizon ? only.value : nil
    case (nil, nil): return nil
    }
  }
}
