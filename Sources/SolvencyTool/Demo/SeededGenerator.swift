internal import Foundation

/// A generator of reproducible demonstration data: the same seed gives the same market and books. It is
/// predictable, so no blinding and no key ever comes from it.
///
/// - SeeAlso: Steele, Lea, Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014.
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  /// A number around 1 that is never far from it: uniform within `1 ± spread`.
  mutating func factor(spread: Double) -> Double {
    Double.random(in: 1 - spread...1 + spread, using: &self)
  }
}
