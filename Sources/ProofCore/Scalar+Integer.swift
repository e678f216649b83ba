package import ExactIntegers
package import Ristretto

extension Scalar {
  /// The residue of a public integer mod ℓ.
  package init(_ value: Integer) {
    if let word = value.int {
      self.init(word)
      return
    }
    // 253 bits fit 32 bytes, and 512 bits the wide reduction; longer integers are reduced exactly.
    let magnitude =
      value.magnitude.bitWidth <= 512 ? value.magnitude : value.magnitude.modulo(Self.order)
    guard let bytes = magnitude.littleEndianBytes(count: 64) else {
      preconditionFailure("a magnitude below 2⁵¹² fits 64 bytes")
    }
    let residue = Scalar(reducing: bytes)
    self = value.signum < 0 ? -residue : residue
  }

  /// The residue of a secret integer mod ℓ, in constant time.
  package init(_ value: Int256) {
    let limbs = value.limbs
    self.init(reducingTwosComplement: Words(limbs[0], limbs[1], limbs[2], limbs[3]))
  }

  /// ℓ = 2²⁵² + 27742317777372353535851937790883648493.
  package static let order =
    Integer.powerOfTwo(252) + Integer(UInt128(27_742_317_777_372_353_535_851_937_790_883_648_493))
}
