extension Scalar {
  /// The number of digits of a non-adjacent form: one more than the bits of a scalar.
  static let nonAdjacentFormCount = 254

  /// Signed digits, sparse: self = Σ digits[k]·2ᵏ, each digit 0 or odd with |digit| < 2^(width − 1), and at
  /// most one of `width` neighbours not 0. Time depends on the value.
  ///
  /// - Parameters:
  ///   - width: 2 … 8.
  ///   - store: called with the place and the value of each digit that is not 0, from the lowest place.
  @inline(__always)
  func nonAdjacentFormVariableTime(width: Int, store: (Int, Int8) -> Void) {
    let w = words
    let modulus: UInt64 = 1 << UInt64(width)
    // What is left of the number: the bits from `place` up, plus `carry`.
    var place = 0
    var carry: UInt64 = 0
    while place < Self.nonAdjacentFormCount {
      let window = w.bits(from: place) & (modulus - 1) &+ carry
      if window & 1 == 0 {
        // Even with the carry: the carry, if any, passes through a 1 bit.
        place += 1
        continue
      }
      if window < modulus / 2 {
        carry = 0
        store(place, Int8(truncatingIfNeeded: window))
      } else {
        carry = 1
        store(place, Int8(truncatingIfNeeded: Int64(window) - Int64(modulus)))
      }
      place += width
    }
  }
}

extension Words {
  /// The 64 bits from bit `start` up; bits above 255 are 0.
  @inline(__always)
  func bits(from start: Int) -> UInt64 {
    let shift = UInt64(truncatingIfNeeded: start & 63)
    let (low, high): (UInt64, UInt64)
    switch start &>> 6 {
    case 0: (low, high) = (w0, w1)
    case 1: (low, high) = (w1, w2)
    case 2: (low, high) = (w2, w3)
    case 3: (low, high) = (w3, 0)
    default: (low, high) = (0, 0)
    }
    return low &>> shift | (high &<< 1) &<< (63 &- shift)
  }
}
