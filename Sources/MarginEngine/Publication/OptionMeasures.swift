internal import MarketData
internal import RiskModels

/// What a chain of options says of volatility at about 30 days (M07, M19).
struct ChainMeasures {
  /// Volatility at the money, per √year.
  var atTheMoney: Double
  /// Volatility of the 25-delta put less that of the 25-delta call, over that at the money.
  var riskReversal: Double?

  /// The term that is looked for, in days.
  static let days = 30.0

  /// - Returns: nil unless an expiry has at least four volatilities.
  init?(_ chain: OptionChain, at time: Int64) {
    var expiries: [Int64] = []
    for quote in chain.quotes where quote.expiry > time && expiries.last != quote.expiry {
      expiries.append(quote.expiry)
    }
    let target = Double(time) + Self.days * 86_400
    for expiry in expiries.sorted(by: { abs(Double($0) - target) < abs(Double($1) - target) }) {
      guard let smile = Smile(chain, expiry: expiry, at: time) else { continue }
      atTheMoney = smile.atTheMoney
      riskReversal = smile.volatility(callDelta: 0.75).flatMap { put in
        smile.volatility(callDelta: 0.25).map { call in (put - call) / smile.atTheMoney }
      }
      return
    }
    return nil
  }
}

/// Volatility by call delta at one expiry, of options out of the money, linear between quotes.
private struct Smile {
  private let points: [(delta: Double, volatility: Double)]

  init?(_ chain: OptionChain, expiry: Int64, at time: Int64) {
    let years = Double(expiry - time) / Double(Year.seconds)
    points = chain.quotes.compactMap { quote in
      guard quote.expiry == expiry, let σ = quote.markVolatility, σ > 0, σ < 20,
        quote.forward > 0, quote.strike > 0,
        // puts below the forward, calls above
        (quote.kind == .call) == (quote.strike >= quote.forward)
      else { return nil }
      let spread = σ * years.squareRoot()
      let d1 = DeterministicMath.log(quote.forward / quote.strike) / spread + spread / 2
      return (NormalDistribution.cumulative(d1), σ)
    }.sorted { $0.delta < $1.delta }
    guard points.count >= 4, volatility(callDelta: 0.5) != nil else { return nil }
  }

  var atTheMoney: Double { volatility(callDelta: 0.5) ?? 0 }

  /// Nil outside the quotes: nothing is extrapolated.
  func volatility(callDelta: Double) -> Double? {
    guard let above = points.firstIndex(where: { $0.delta >= callDelta }) else { return nil }
    if points[above].delta == callDelta { return points[above].volatility }
    guard above > 0 else { return nil }
    let (a, b) = (points[above - 1], points[above])
    return a.volatility + (b.volatility - a.volatility) * (callDelta - a.delta) / (b.delta - a.delta)
  }
}

/// The buffers for skew (M19): puts that are dear against calls warn longs, calls that are dear warn shorts.
///
///     x = (RR/ATM - mean)/σ,  long = clip(1 + slope·max(0, x), 1, cap),  short with -x
///
/// Without quotes a buffer keeps a share of its excess each epoch, so it fades.
struct SkewBuffer {
  var long: Double
  var short: Double

  init(_ chain: ChainMeasures?, last: UnderlyingState, terms: UnderlyingTerms) {
    guard MarginStrategy.allCases[Int(terms[.strategy])] != .static else {
      (long, short) = (1, 1)
      return
    }
    guard let reversal = chain?.riskReversal else {
      let memory = terms.fraction(.skewMemory)
      long = 1 + memory * (last.skewLong - 1)
      short = 1 + memory * (last.skewShort - 1)
      return
    }
    let x = (reversal - terms.fraction(.skewMean)) / terms.fraction(.skewDeviation)
    let range = 1...terms.fraction(.skewCap)
    let slope = terms.fraction(.skewSlope)
    long = (1 + slope * max(0, x)).clamped(to: range)
    short = (1 + slope * max(0, -x)).clamped(to: range)
  }
}

/// One option to be revalued under many moves of its forward and its volatility (M17, M28).
///
///     call = F·Φ(d₁) - K·Φ(d₂),  put = K·Φ(-d₂) - F·Φ(-d₁),  d₁,₂ = ln(F/K)/(σ√T) ± σ√T/2
///
/// at interest rate 0, since margin is in the currency of the forward.
struct OptionRevaluation {
  let isCall: Bool
  let forward: Double
  let strike: Double
  let volatility: Double
  /// √T, 0 at and after expiry.
  private let rootTime: Double
  /// ln(F/K)
  private let moneyness: Double

  init(isCall: Bool, forward: Double, strike: Double, volatility: Double, years: Double) {
    self.isCall = isCall
    self.forward = forward
    self.strike = strike
    self.volatility = volatility
    rootTime = max(0, years).squareRoot()
    moneyness = DeterministicMath.log(forward / strike)
  }

  /// The value at F·(1 + move) and σ·multiplier.
  ///
  /// - Parameter logarithm: ln(1 + move).
  func value(move: Double, logarithm: Double, multiplier: Double) -> Double {
    let moved = forward * (1 + move)
    let spread = volatility * multiplier * rootTime
    guard spread > 0, moved > 0 else {
      return max(0, isCall ? moved - strike : strike - moved)
    }
    let d1 = (moneyness + logarithm) / spread + spread / 2
    let d2 = d1 - spread
    return isCall
      ? moved * NormalDistribution.cumulative(d1) - strike * NormalDistribution.cumulative(d2)
      : strike * NormalDistribution.cumulative(-d2) - moved * NormalDistribution.cumulative(-d1)
  }

  /// The value now.
  var value: Double { self.value(move: 0, logarithm: 0, multiplier: 1) }

  /// The volatility at which the value is a price, by bisection; nil if the price is outside what any volatility up
  /// to 20 gives.
  static func impliedVolatility(
    isCall: Bool, forward: Double, strike: Double, years: Double, price: Double
  ) -> Double? {
    func value(_ σ: Double) -> Double {
      OptionRevaluation(
        isCall: isCall, forward: forward, strike: strike, volatility: σ, years: years
      ).value
    }
    var (low, high) = (0.001, 20.0)
    guard price >= value(low), price <= value(high) else { return nil }
    for _ in 0..<60 {
      let middle = (low + high) / 2
      if value(middle) < price { low = middle } else { high = middle }
    }
    return (low + high) / 2
  }
}
