/// The probability that a price reaches a liquidation price within a time (mechanism M20).
///
/// The logarithm of the price moves as a Brownian motion with deviation σ per √year and drift μ per year.
/// With a = ∣ln(p/p_liq)∣ and μ taken as the drift away from the barrier,
///
///     P = Φ((−a − μT)/(σ√T)) + e^(−2μa/σ²)·Φ((−a + μT)/(σ√T)),   P = 2·Φ(−a/(σ√T)) without drift.
///
/// - SeeAlso: the reflection principle; golden number G19.
public struct TouchProbability: Hashable, Sendable {
  /// a.
  private let distance: Double
  private let price: Double
  private let sign: Double
  private let volatility: Double
  private let years: Double
  private let drift: Double
  private let isTouched: Bool

  /// The state of a position.
  ///
  /// - Parameters:
  ///   - side: long or short.
  ///   - price: p > 0 now.
  ///   - liquidationPrice: p_liq. A long position has it below the price and is touched when the price is not
  ///     above it; a short one the other way round. Zero or less is never reached by a long position.
  ///   - volatility: σ ≥ 0 per √year.
  ///   - years: T; zero and less is now.
  ///   - drift: of the logarithm of the price per year.
  /// - Returns: nil when the price is not positive, σ is negative, or a number is not finite.
  public init?(
    _ side: PositionSide, price: Double, liquidationPrice: Double, volatility: Double, years: Double,
    drift: Double = 0
  ) {
    guard price > 0, price < .infinity, liquidationPrice.isFinite, volatility >= 0, volatility < .infinity,
      years.isFinite, drift.isFinite
    else { return nil }
    sign = side.sign
    self.price = price
    isTouched = side == .long ? price <= liquidationPrice : price >= liquidationPrice
    distance =
      liquidationPrice > 0
      ? (DeterministicMath.log(price) - DeterministicMath.log(liquidationPrice)).magnitude : .infinity
    self.volatility = volatility
    self.years = max(years, 0)
    self.drift = drift * side.sign
  }

  /// P, from 0 to 1.
  public var probability: Double {
    if isTouched { return 1 }
    guard distance < .infinity else { return 0 }
    let s = volatility * years.squareRoot()
    guard s > 0 else { return distance + drift * years <= 0 && years > 0 ? 1 : 0 }
    if drift == 0 { return min(1, 2 * NormalDistribution.cumulative(-distance / s)) }
    let direct = NormalDistribution.cumulative((-distance - drift * years) / s)
    let tail = NormalDistribution.cumulative((-distance + drift * years) / s)
    let exponent = -2 * drift * distance / (volatility * volatility)
    // the product tends to zero where the exponential alone overflows
    let reflected = tail > 0 ? DeterministicMath.exp(min(exponent + DeterministicMath.log(tail), 0)) : 0
    return min(1, direct + reflected)
  }

  /// ∂P/∂p without drift, per unit of price: negative for long positions, −2·φ(a/s)/(p·s), s = σ√T. Zero once
  /// touched, and where s is zero.
  public var priceSensitivity: Double {
    guard let (z, s) = standardized else { return 0 }
    return -sign * 2 * NormalDistribution.density(z) / (price * s)
  }

  /// ∂P/∂σ without drift, for a change of σ by 1: 2·φ(a/s)·a/(s·σ), never negative.
  public var volatilitySensitivity: Double {
    guard let (z, _) = standardized else { return 0 }
    return 2 * NormalDistribution.density(z) * z / volatility
  }

  private var standardized: (z: Double, s: Double)? {
    let s = volatility * years.squareRoot()
    guard !isTouched, s > 0, distance < .infinity else { return nil }
    return (distance / s, s)
  }
}

/// How a total of the engine, such as the sum of maintenance margins or the volume to liquidate, changes with
/// a price: its Greeks (mechanism M20).
public struct EngineSensitivity: Hashable, Sendable {
  /// The total at the price.
  public let value: Double
  /// Its first derivative, (f(p + h) − f(p − h))/2h.
  public let first: Double
  /// Its second derivative, (f(p + h) − 2·f(p) + f(p − h))/h².
  public let second: Double

  /// The derivatives of a total by a price, from its values a relative step up and down; nil unless the price
  /// and the step are positive, the step below 1, and the values finite.
  public init?(atPrice p: Double, relativeStep: Double = 1e-3, of total: (Double) -> Double) {
    guard p > 0, p < .infinity, relativeStep > 0, relativeStep < 1 else { return nil }
    let h = p * relativeStep
    let (down, here, up) = (total(p - h), total(p), total(p + h))
    guard down.isFinite, here.isFinite, up.isFinite else { return nil }
    value = here
    first = (up - down) / (2 * h)
    second = (up - 2 * here + down) / (h * h)
  }
}
