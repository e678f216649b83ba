internal import Foundation

/// European options on a forward, undiscounted.
///
///     call = F·N(d₁) − K·N(d₂)      put = K·N(−d₂) − F·N(−d₁)
///     d₁ = (ln(F/K) + σ²T/2) / (σ√T),  d₂ = d₁ − σ√T
///
/// - SeeAlso: F. Black, "The pricing of commodity contracts", 1976.
struct Black76 {
  enum Kind: String, CaseIterable, Sendable {
    case call = "C"
    case put = "P"
  }

  let kind: Kind
  /// K, in the currency of the forward.
  let strike: Double
  /// T, in years.
  let expiry: Double

  /// The price for a forward `F` and a volatility `σ` per √year, both positive. At `T = 0` what the
  /// option pays.
  func price(forward F: Double, volatility: Double) -> Double {
    let deviation = volatility * expiry.squareRoot()
    guard deviation > 0 else { return payoff(at: F) }
    let d1 = log(F / strike) / deviation + deviation / 2
    let d2 = d1 - deviation
    return switch kind {
    case .call: F * Self.normal(d1) - strike * Self.normal(d2)
    case .put: strike * Self.normal(-d2) - F * Self.normal(-d1)
    }
  }

  private func payoff(at F: Double) -> Double {
    switch kind {
    case .call: max(F - strike, 0)
    case .put: max(strike - F, 0)
    }
  }

  /// N(x), the distribution function of the standard normal distribution.
  private static func normal(_ x: Double) -> Double { erfc(-x / 2.0.squareRoot()) / 2 }
}
