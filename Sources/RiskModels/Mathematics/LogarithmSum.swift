/// A sum of logarithms, as the logarithm of a product.
///
/// Exponents add up as integers and mantissas multiply, so a term costs one product instead of one logarithm.
/// The relative error of the product is at most n·2⁻⁵³ after n terms, and so is the absolute error of the
/// sum.
public struct LogarithmSum: Hashable, Sendable {
  private var mantissa: Double
  private var exponent: Int

  /// The empty sum, 0.
  public init() {
    mantissa = 1
    exponent = 0
  }

  /// Adds ln x for a positive normal x; other numbers count as the least or the greatest of these.
  @inline(__always)
  public mutating func add(_ x: Double) {
    let bits = (x >= 0x1p-1022 ? (x < .infinity ? x : .greatestFiniteMagnitude) : 0x1p-1022).bitPattern
    exponent += Int(bits >> 52) - 1023
    // both factors are in [1, 2)
    let product = mantissa * Double(bitPattern: bits & 0x000F_FFFF_FFFF_FFFF | 0x3FF0_0000_0000_0000)
    let carry = product >= 2
    mantissa = carry ? 0.5 * product : product
    exponent += carry ? 1 : 0
  }

  /// The sum.
  public var value: Double {
    DeterministicMath.log(mantissa) + Double(exponent) * DeterministicMath.ln2Low
      + Double(exponent) * DeterministicMath.ln2High
  }
}
