/// The sum of the last so many numbers, exactly.
///
/// Numbers are rounded to multiples of 2⁻⁸⁰ and added as integers, so what leaves the window leaves no trace: the
/// sum depends on the numbers in the window only, not on what came before.
struct RollingSum: Hashable, Sendable {
  /// The sum in units of 2⁻⁸⁰.
  private(set) var units: Int128 = 0

  /// A number from 0 to 2²⁰ in units of 2⁻⁸⁰; outside counts as the nearest end.
  static func units(of x: Double) -> Int128 {
    guard x >= 0x1p-81 else { return 0 }
    let bounded = min(x, 0x1p20)
    let significand = Int128(bounded.significandBitPattern | 1 << 52)
    // x = significand·2^(exponent − 52) = significand·2^(exponent + 28) units
    let shift = Int(bounded.exponent) + 28
    if shift >= 0 { return significand << Int128(shift) }
    // to the nearest, halves up
    return (significand + (1 << Int128(-shift - 1))) >> Int128(-shift)
  }

  /// The number of so many units.
  static func value(of units: Int128) -> Double {
    let high = Int64(truncatingIfNeeded: units >> 64)
    let low = UInt64(truncatingIfNeeded: units)
    return Double(high) * 0x1p-16 + Double(low) * 0x1p-80
  }

  mutating func add(_ units: Int128) { self.units += units }
  mutating func remove(_ units: Int128) { self.units -= units }
  var value: Double { Self.value(of: units) }
}
