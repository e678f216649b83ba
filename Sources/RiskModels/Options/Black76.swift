public import MarketData

/// A European option on a forward, valued by Black's model of 1976 (mechanism M17).
///
/// With d₁ = ln(F/K)/(σ√T) + ½·σ√T and d₂ = d₁ − σ√T, a call is worth D·(F·Φ(d₁) − K·Φ(d₂)) and a put
/// D·(K·Φ(−d₂) − F·Φ(−d₁)), in USD per unit of the underlying. At or after expiry, or without volatility, it
/// is worth what exercising it gives.
///
/// An inverse option of a coin pays coins; it is worth the USD price over F.
///
/// - SeeAlso: Black, "The pricing of commodity contracts", 1976; golden number G5.
public struct Black76: Hashable, Sendable {
  /// The forward price F of the underlying; positive.
  public let forward: Double
  /// The strike K; positive.
  public let strike: Double
  /// The time T to expiry in years; zero and less is expired.
  public let years: Double
  /// The volatility σ per √year; not negative.
  public let volatility: Double
  /// Call or put.
  public let kind: OptionKind
  /// The value D now of one USD at expiry; positive.
  public let discount: Double

  /// An option, or nil unless F, K and D are positive, σ is not negative, and all are finite.
  public init?(
    forward: Double, strike: Double, years: Double, volatility: Double, kind: OptionKind, discount: Double = 1
  ) {
    guard forward > 0, forward < .infinity, strike > 0, strike < .infinity, years.isFinite, volatility >= 0,
      volatility < .infinity, discount > 0, discount < .infinity
    else { return nil }
    self.forward = forward
    self.strike = strike
    self.years = years
    self.volatility = volatility
    self.kind = kind
    self.discount = discount
  }

  /// max(0, ±(F − K))·D, the price without time or volatility.
  public var intrinsic: Double {
    discount * max(0, kind == .call ? forward - strike : strike - forward)
  }

  /// The price in USD per unit of the underlying; from ``intrinsic`` up to D·F for a call, D·K for a put.
  public var price: Double {
    guard let d = distances else { return intrinsic }
    let value: Double
    switch kind {
    case .call:
      value = forward * NormalDistribution.cumulative(d.d1) - strike * NormalDistribution.cumulative(d.d2)
    case .put:
      value = strike * NormalDistribution.cumulative(-d.d2) - forward * NormalDistribution.cumulative(-d.d1)
    }
    // rounding may leave the arbitrage bounds by a last bit
    return min(max(discount * value, intrinsic), discount * (kind == .call ? forward : strike))
  }

  /// The price of the inverse option in units of the underlying: price/F.
  public var coinPrice: Double { price / forward }

  /// The derivatives of the price.
  public var greeks: Greeks {
    guard let d = distances else {
      let inTheMoney = kind == .call ? forward > strike : forward < strike
      let delta = inTheMoney ? discount * (kind == .call ? 1 : -1) : 0
      return Greeks(delta: delta, gamma: 0, vega: 0, theta: 0, coinDelta: delta - coinPrice)
    }
    let density = NormalDistribution.density(d.d1)
    let delta =
      kind == .call ? NormalDistribution.cumulative(d.d1) : -NormalDistribution.cumulative(-d.d1)
    let root = years.squareRoot()
    return Greeks(
      delta: discount * delta, gamma: discount * density / (forward * d.deviation),
      vega: discount * forward * density * root,
      theta: -discount * forward * density * volatility / (2 * root),
      coinDelta: discount * delta - coinPrice)
  }

  /// The greatest ∣∂³price/∂F³∣ for forwards between two prices, which bounds the error of a delta-gamma
  /// approximation. Nil unless both prices are positive, or when the price has a kink between them.
  ///
  /// ∂³/∂F³ = −D·φ(d₁)·(d₁/s + 1)/(F²·s), s = σ√T, and φ(d)·(d/s + 1) has its extremes where d² + s·d = 1.
  public func greatestSpeed(from low: Double, to high: Double) -> Double? {
    guard low > 0, high >= low, high < .infinity else { return nil }
    guard let s = distances?.deviation else {
      return strike > low && strike < high ? nil : 0
    }
    func d1(_ price: Double) -> Double {
      (DeterministicMath.log(price) - DeterministicMath.log(strike)) / s + 0.5 * s
    }
    func h(_ d: Double) -> Double { (NormalDistribution.density(d) * (d / s + 1)).magnitude }
    let (a, b) = (d1(low), d1(high))
    let root = (s * s + 4).squareRoot()
    var most = max(h(a), h(b))
    for extreme in [0.5 * (root - s), -0.5 * (root + s)] where extreme > a && extreme < b {
      most = max(most, h(extreme))
    }
    return discount * most / (low * low * s)
  }

  /// d₁, d₂ and σ√T, or nil when the option has no time or volatility.
  private var distances: (d1: Double, d2: Double, deviation: Double)? {
    guard years > 0, volatility > 0 else { return nil }
    let s = volatility * years.squareRoot()
    guard s > 1e-12 else { return nil }
    let moneyness = DeterministicMath.log(forward) - DeterministicMath.log(strike)
    // beyond ±100 deviations probabilities are zero or one anyway
    let z = min(max(moneyness / s, -100), 100)
    let bounded = min(s, 100)
    return (z + 0.5 * bounded, z - 0.5 * bounded, s)
  }
}

/// Derivatives of an option's price.
public struct Greeks: Hashable, Sendable {
  /// ∂price/∂F, from −1 to 1 (times the discount).
  public let delta: Double
  /// ∂²price/∂F², per USD.
  public let gamma: Double
  /// ∂price/∂σ, in USD for a change of σ by 1 (100 percentage points).
  public let vega: Double
  /// ∂price/∂t at a constant discount, in USD per year.
  public let theta: Double
  /// F·∂(price/F)/∂F = delta − price/F: the delta of the inverse option in coins.
  public let coinDelta: Double
}
