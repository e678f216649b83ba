extension Int256 {
  /// The value of a public integer, or nil when it is outside [-2²⁵⁵, 2²⁵⁵ - 1].
  public init?(exactly value: Integer) {
    self.init(truncating: value)
    guard asInteger() == value else { return nil }
  }

  /// A public integer modulo 2²⁵⁶.
  ///
  /// A coefficient too long for 256 bits may be truncated and multiplied all the same: the result is
  /// exact whenever the true one fits.
  public init(truncating value: Integer) {
    if case .word(let word) = value.storage {
      self.init(word)
      return
    }
    let limbs = value.limbs.limbs
    func limb(_ index: Int) -> UInt64 { index < limbs.count ? UInt64(limbs[index]) : 0 }
    let magnitude = Int256(low: limb(0), limb(1), limb(2), high: limb(3))
    self = value.isNegative ? -magnitude : magnitude
  }

  /// The same value as an integer of any size. Its time and memory depend on the value: for a secret,
  /// only where the value may be shown.
  public func asInteger() -> Integer {
    if let small = int64 { return Integer(small) }
    // |-2²⁵⁵| = 2²⁵⁵ has the limbs that `magnitude` leaves in place.
    let m = magnitude
    let limbs: [UInt] =
      if m.l3 != 0 {
        [UInt(m.l0), UInt(m.l1), UInt(m.l2), UInt(m.l3)]
      } else if m.l2 != 0 {
        [UInt(m.l0), UInt(m.l1), UInt(m.l2)]
      } else if m.l1 != 0 {
        [UInt(m.l0), UInt(m.l1)]
      } else {
        [UInt(m.l0)]
      }
    return Integer(Magnitude(limbs), negative: isNegative)
  }
}
