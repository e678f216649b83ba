/// How the price of a Dutch auction falls (mechanism M45).
///
/// - SeeAlso: MakerDAO `abaci.sol`, `StairstepExponentialDecrease` and `LinearDecrease`.
public enum AuctionPrice: Hashable, Sendable {
  /// By a share each step: `top·(1 − cut)^⌊t/step⌋`.
  case stairstep(cut: Double, step: Int64)
  /// In a straight line to zero: `top·(1 − t/τ)`.
  case linear(duration: Int64)

  /// The price after `seconds` seconds, or nil for malformed terms: cut outside 0...1, step or duration below
  /// 1, negative time or price.
  public func price(top: Double, after seconds: Int64) -> Double? {
    guard top.isFinite, top >= 0, seconds >= 0 else { return nil }
    switch self {
    case .stairstep(let cut, let step):
      guard (0...1).contains(cut), step >= 1 else { return nil }
      return top * Self.power(1 - cut, seconds / step)
    case .linear(let duration):
      guard duration >= 1 else { return nil }
      return seconds >= duration ? 0 : top * (Double(duration - seconds) / Double(duration))
    }
  }

  /// By squaring: about 2·log₂ n products.
  private static func power(_ base: Double, _ exponent: Int64) -> Double {
    var (result, square, rest) = (1.0, base, exponent)
    while rest > 0 {
      if rest & 1 == 1 { result *= square }
      square *= square
      rest >>= 1
    }
    return result
  }
}
