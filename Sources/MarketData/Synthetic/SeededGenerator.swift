/// A generator of reproducible numbers: the same seed gives the same ones on every machine. It is
/// predictable, so nothing secret may come from it.
///
/// - SeeAlso: Steele, Lea, Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014.
public struct SeededGenerator: RandomNumberGenerator, Hashable, Sendable {
  private var state: UInt64

  /// The generator that starts at this seed.
  public init(seed: UInt64) {
    state = seed
  }

  /// The next 64 bits.
  public mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  /// A number from 0 to below 1: the next 53 bits, exactly.
  public mutating func uniform() -> Double {
    Double(next() >> 11) / 0x1p53
  }

  /// A number of mean 0, variance 1 and nearly normal law within ±6: the sum of twelve uniform ones less 6
  /// (Irwin, Hall 1927), summed in integers and so exact.
  public mutating func nearlyNormal() -> Double {
    var sum: Int64 = 0
    for _ in 0..<6 {
      let bits = next()
      sum += Int64(bits >> 32) + Int64(bits & 0xFFFF_FFFF)
    }
    return Double(sum - 6 << 32) / 0x1p32
  }
}
