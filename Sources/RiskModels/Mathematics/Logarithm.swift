extension DeterministicMath {
  /// The natural logarithm.
  ///
  /// x = 2ᵏ·(1 + f) with 1 + f between √½ and √2, and ln(1 + f) = 2·artanh(s) for s = f/(2 + f), as a series
  /// in s², ∣s∣ ≤ 0.1716, whose remainder is below 2⁻⁵⁸.
  ///
  /// −∞ at zero, not a number below, ∞ at ∞.
  public static func log(_ x: Double) -> Double {
    guard x >= 0x1p-1022 else {
      if x > 0 { return log(x * 0x1p54) - 54 * (ln2High + ln2Low) }
      return x == 0 ? -.infinity : .nan
    }
    guard x < .infinity else { return x }
    let (k, mantissa) = splitAtSquareRootOfHalf(x)
    return logarithm(ofOnePlus: mantissa - 1, exponent: Double(k))
  }

  /// ln(1 + x), accurate near zero too.
  public static func logOnePlus(_ x: Double) -> Double {
    guard x > -0.2928, x < 0.4142 else { return log(1 + x) }
    return logarithm(ofOnePlus: x, exponent: 0)
  }

  /// xʸ for x ≥ 0: exact for y = ½, by repeated products for integers up to 32, else exp(y·ln x).
  ///
  /// Zero to a positive power is zero, anything to the power zero is one; negative `x` is not a number
  /// unless `y` is such an integer.
  public static func power(_ x: Double, _ y: Double) -> Double {
    if y == 0.5 { return x.squareRoot() }
    if y.magnitude <= 32, y == y.rounded(.towardZero) {
      var (result, base, n) = (1.0, x, Int(y.magnitude))
      while n > 0 {
        if n & 1 == 1 { result *= base }
        base *= base
        n >>= 1
      }
      return y < 0 ? 1 / result : result
    }
    if x == 0 { return y > 0 ? 0 : .infinity }
    return exp(y * log(x))
  }

  /// The exponent k and the mantissa between √½ and √2 with x = 2ᵏ·mantissa, for normal positive x.
  @inline(__always)
  static func splitAtSquareRootOfHalf(_ x: Double) -> (exponent: Int, mantissa: Double) {
    // the bits of √½: what is added carries into the exponent exactly when the mantissa is at least √2
    let squareRootOfHalf: UInt64 = 0x3FE6_A09E_667F_3BCD
    let one: UInt64 = 0x3FF0_0000_0000_0000
    let shifted = x.bitPattern &+ (one &- squareRootOfHalf)
    let k = Int(shifted >> 52) - 1023
    let mantissa = Double(bitPattern: x.bitPattern &- (UInt64(bitPattern: Int64(k)) << 52))
    return (k, mantissa)
  }

  /// ln(1 + f) + k·ln 2 for −0.2929 ≤ f ≤ 0.4143.
  @inline(__always)
  private static func logarithm(ofOnePlus f: Double, exponent k: Double) -> Double {
    let s = f / (2 + f)
    let z = s * s
    let z2 = z * z
    let z4 = z2 * z2
    // R = 2·artanh(s)/s − 2 = Σ 2·zⁿ/(2n + 1) for n from 1 to 11
    let a = ((2.0 / 3) + z * (2.0 / 5)) + z2 * ((2.0 / 7) + z * (2.0 / 9))
    let b = ((2.0 / 11) + z * (2.0 / 13)) + z2 * ((2.0 / 15) + z * (2.0 / 17))
    let c = ((2.0 / 19) + z * (2.0 / 21)) + z2 * (2.0 / 23)
    let R = z * (a + z4 * (b + z4 * c))
    // ln(1 + f) = f − (½f² − s·(½f² + R)), because 2s = f − s·f
    let h = 0.5 * f * f
    return k * ln2High - ((h - (s * (h + R) + k * ln2Low)) - f)
  }
}
