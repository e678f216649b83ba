extension DeterministicMath {
  /// eˣ.
  ///
  /// x = k·ln 2 + r with an integer k and ∣r∣ ≤ ½·ln 2, and eˣ = 2ᵏ·eʳ, where eʳ is its Taylor polynomial of
  /// degree 13, whose remainder is below 2⁻⁵⁷.
  ///
  /// Infinite above 709.78, zero below −745.13, not a number only for what is not one.
  public static func exp(_ x: Double) -> Double {
    guard x < 709.782712893384 else { return x.isNaN ? x : .infinity }
    guard x > -745.1332191019412 else { return x.isNaN ? x : 0 }
    let k = (x * reciprocalLn2 + roundingShift) - roundingShift
    let high = x - k * ln2High
    let low = k * ln2Low
    let r = high - low
    // eʳ = 1 + r + r²·q(r), and r = high − low
    let y = 1 + (high + (r * r * exponentialTail(r) - low))
    return scale(y, byTwoTo: Int(k))
  }

  /// eˣ − 1, accurate near zero too.
  public static func expMinusOne(_ x: Double) -> Double {
    guard x > -0.3465, x < 0.3465 else { return exp(x) - 1 }
    return x + x * x * exponentialTail(x)
  }

  /// 1/(1 + e⁻ˣ), between 0 and 1.
  public static func sigmoid(_ x: Double) -> Double {
    if x >= 0 { return 1 / (1 + exp(-x)) }
    let e = exp(x)
    return e / (1 + e)
  }

  /// (eʳ − 1 − r)/r² = Σ rⁿ⁻²/n! for n from 2 to 13, summed as a tree for speed.
  @inline(__always)
  private static func exponentialTail(_ r: Double) -> Double {
    let r2 = r * r
    let r4 = r2 * r2
    let a = (0.5 + r * (1.0 / 6)) + r2 * ((1.0 / 24) + r * (1.0 / 120))
    let b = ((1.0 / 720) + r * (1.0 / 5040)) + r2 * ((1.0 / 40320) + r * (1.0 / 362_880))
    let c =
      ((1.0 / 3_628_800) + r * (1.0 / 39_916_800)) + r2 * ((1.0 / 479_001_600) + r * (1.0 / 6_227_020_800))
    return a + r4 * (b + r4 * c)
  }

  /// y·2ᵏ for y in [½, 2] and −1080 ≤ k ≤ 1024, rounded once.
  @inline(__always)
  static func scale(_ y: Double, byTwoTo k: Int) -> Double {
    if k >= -1020, k <= 1022 { return y * powerOfTwo(k) }
    if k > 0 { return y * 2 * powerOfTwo(k - 1) }
    return y * powerOfTwo(k + 200) * 0x1p-200
  }

  /// 2ᵏ for −1022 ≤ k ≤ 1023.
  @inline(__always)
  static func powerOfTwo(_ k: Int) -> Double {
    Double(bitPattern: UInt64(k + 1023) << 52)
  }
}
