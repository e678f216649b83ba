/// A scalar as the ratio of two short ones: γ = numerator / denominator mod ℓ.
///
/// The Euclidean algorithm on ℓ and γ runs through numbers rⱼ and tⱼ with rⱼ = ±tⱼ·γ mod ℓ, where rⱼ falls
/// from ℓ to 0 and |tⱼ| rises from 0 to ℓ with |tⱼ₊₁|·rⱼ ≤ ℓ. The first r below 2¹²⁷ has a predecessor of at
/// least 2¹²⁷, so its t is at most ℓ/2¹²⁷ < 2¹²⁶.
package struct ShortRatio {
  /// Up to sign less than 2¹²⁷.
  package let numerator: Scalar
  /// Less than 2¹²⁶, not 0.
  package let denominator: Scalar

  /// Time depends on the scalar.
  package init(_ gamma: Scalar) {
    var r0 = Words(Scalar.order0, Scalar.order1, 0, Scalar.order3)
    var r1 = gamma.words
    // |t| of r0 and r1; the signs alternate.
    var t0: UInt128 = 0
    var t1: UInt128 = 1
    var isNegative = false
    while r1.bitWidth > 127 {
      // (r0, t0) ← (r0 mod r1, t0 + ⌊r0/r1⌋·t1), by shifts and subtractions
      for shift in stride(from: r0.bitWidth - r1.bitWidth, through: 0, by: -1) {
        let multiple = r1.shiftedLeft(by: shift)
        var borrow: UInt64 = 0
        let difference = r0.subtracting(multiple, &borrow)
        if borrow == 0 {
          r0 = difference
          t0 += t1 << UInt128(shift)
        }
      }
      swap(&r0, &r1)
      swap(&t0, &t1)
      isNegative.toggle()
    }
    let r = Scalar(reducing: r1)
    numerator = isNegative ? -r : r
    denominator = Scalar(
      reducing: Words(
        UInt64(truncatingIfNeeded: t1), UInt64(truncatingIfNeeded: t1 >> 64), 0, 0))
  }
}

extension Words {
  /// The number of bits up to the highest one set.
  fileprivate var bitWidth: Int {
    if w3 != 0 { return 256 - w3.leadingZeroBitCount }
    if w2 != 0 { return 192 - w2.leadingZeroBitCount }
    if w1 != 0 { return 128 - w1.leadingZeroBitCount }
    return 64 - w0.leadingZeroBitCount
  }

  /// `self·2^shift`, which is < 2²⁵⁶.
  fileprivate func shiftedLeft(by shift: Int) -> Words {
    let bits = shift & 63
    func shifted(_ high: UInt64, _ low: UInt64) -> UInt64 {
      bits == 0 ? high : high << UInt64(bits) | low >> UInt64(64 - bits)
    }
    switch shift >> 6 {
    case 0: return Words(shifted(w0, 0), shifted(w1, w0), shifted(w2, w1), shifted(w3, w2))
    case 1: return Words(0, shifted(w0, 0), shifted(w1, w0), shifted(w2, w1))
    case 2: return Words(0, 0, shifted(w0, 0), shifted(w1, w0))
    default: return Words(0, 0, 0, shifted(w0, 0))
    }
  }

  /// The difference mod 2²⁵⁶ and whether it is negative, 0 or 1.
  fileprivate func subtracting(_ other: Words, _ borrow: inout UInt64) -> Words {
    Words(
      Scalar.subtract(w0, other.w0, &borrow), Scalar.subtract(w1, other.w1, &borrow),
      Scalar.subtract(w2, other.w2, &borrow), Scalar.subtract(w3, other.w3, &borrow))
  }
}
