import ExactIntegers
import ProofCore
import Ristretto

extension Scalar {
  /// The power with a non-negative exponent.
  func raised(to exponent: Integer) -> Scalar {
    var result = Scalar.one
    for byte in (exponent.littleEndianBytes(count: 32) ?? []).reversed() {
      for bit in (0..<8).reversed() {
        result = result.squared()
        if byte >> UInt8(bit) & 1 == 1 { result *= self }
      }
    }
    return result
  }
}

/// A square root mod ℓ, or `nil`. ℓ ≡ 5 mod 8, so a^((ℓ+3)/8) is a root of a or of −a.
func squareRoot(_ a: Scalar) throws -> Scalar? {
  let root = a.raised(to: (Scalar.order + 3).floorDivided(by: 8))
  if root.squared() == a { return root }
  let i = Scalar(2).raised(to: (Scalar.order - 1).floorDivided(by: 4))
  return (root * i).squared() == a ? root * i : nil
}
