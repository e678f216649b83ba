internal import ExactIntegers
internal import MarginRules
public import MarketData

/// Which way a value is rounded to quanta of 10⁻⁶ USD.
public enum QuantaRounding: Hashable, Sendable {
  /// Towards minus infinity: what an account holds.
  case down
  /// Towards plus infinity: what an account owes.
  case up
}

/// Values in USD as whole quanta of 10⁻⁶ USD, rounded once and exactly.
public enum ExactQuanta {
  /// The value in quanta of `lot` at a price in USD:
  ///
  ///     round(price · lot · 10⁶).
  ///
  /// A binary fraction is a rational number, and the product is rounded as one: nothing is lost before
  /// the one rounding.
  ///
  /// - Returns: nil if the price is not finite or the value does not fit the coefficients of a snapshot.
  public static func value(ofPrice price: Double, lot: Lot, rounding: QuantaRounding) -> Int64? {
    guard price.isFinite else { return nil }
    // price = significand · 2^exponent with an integral significand below 2⁵³.
    let significand = price.significandBits(scaledBy: 52)
    let exponent = price == 0 ? 0 : Int(price.exponent) - 52
    // 10⁶ quanta in a dollar, 10¹² units of lots in one of the asset.
    var numerator = Integer(significand) * Integer(lot.units)
    var denominator = Integer(1_000_000)
    if exponent >= 0 {
      numerator = numerator * .powerOfTwo(exponent)
    } else {
      denominator = denominator * .powerOfTwo(-exponent)
    }
    let quanta =
      switch rounding {
      case .down: numerator.floorDivided(by: denominator)
      case .up: numerator.ceilingDivided(by: denominator)
      }
    guard let word = quanta.int64, SnapshotLimits.coefficients.contains(word) else { return nil }
    return word
  }
}

extension Double {
  /// The significand with its sign, times 2^bits: an integer for 52 bits and more.
  fileprivate func significandBits(scaledBy bits: Int) -> Int64 {
    guard self != 0 else { return 0 }
    let scaled = Int64(significand * Double(sign: .plus, exponent: bits, significand: 1))
    return sign == .minus ? -scaled : scaled
  }
}
