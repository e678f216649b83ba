/// What amounts are counted in: sizes of orders, volumes, open interest.
public enum AmountUnit: Hashable, Sendable {
  /// The base asset: USD = amount · price.
  case base
  /// The quote currency, as inverse contracts of one USD are: USD = amount.
  case quote
  /// Linear contracts of `multiplier` units of the base asset each: USD = amount · multiplier · price.
  case linearContracts(multiplier: Double)
  /// Inverse contracts of `multiplier` USD each: USD = amount · multiplier.
  case inverseContracts(multiplier: Double)

  /// An amount in USD, at a price.
  public func usd(_ amount: Double, price: Double) -> Double {
    switch self {
    case .base: amount * price
    case .quote: amount
    case .linearContracts(let multiplier): amount * multiplier * price
    case .inverseContracts(let multiplier): amount * multiplier
    }
  }

  /// An amount in the base asset, at a price.
  public func base(_ amount: Double, price: Double) -> Double {
    switch self {
    case .base: amount
    case .quote: amount / price
    case .linearContracts(let multiplier): amount * multiplier
    case .inverseContracts(let multiplier): amount * multiplier / price
    }
  }
}

extension AmountUnit: CustomStringConvertible {
  /// The unit in words.
  public var description: String {
    switch self {
    case .base: "the base asset"
    case .quote: "the quote currency"
    case .linearContracts(let multiplier): "contracts of \(plain(multiplier)) of the base asset"
    case .inverseContracts(let multiplier): "contracts of \(plain(multiplier)) USD"
    }
  }
}

/// A number without a fraction that says nothing.
func plain(_ value: Double) -> String {
  value == value.rounded() && abs(value) < 1e15 ? "\(Int64(value))" : "\(value)"
}
