/// The normal distribution of mean 0 and variance 1, bit for bit the same on every machine.
public enum NormalDistribution {
  /// φ(x) = e^(−x²/2)/√(2π).
  public static func density(_ x: Double) -> Double {
    exponentialOfMinusHalfSquare(x) / DeterministicMath.squareRootOfTwoPi
  }

  /// Φ(x), the probability of at most x. Accurate relative to Φ in the lower tail, where it is tiny.
  public static func cumulative(_ x: Double) -> Double {
    x < 0 ? upperTail(-x) : 1 - upperTail(x)
  }

  /// 1 − Φ(x), the probability of more than x, accurate in the upper tail.
  public static func survival(_ x: Double) -> Double {
    x > 0 ? upperTail(x) : 1 - upperTail(-x)
  }

  /// Φ⁻¹(p), or nil unless 0 < p < 1.
  ///
  /// Abramowitz and Stegun's rational guess, 26.2.23, is off by at most 4.5·10⁻⁴; two steps of Halley's
  /// method on Φ triple the number of correct digits each. Probabilities below 10⁻³⁰⁰ count as 10⁻³⁰⁰.
  public static func quantile(_ p: Double) -> Double? {
    guard p > 0, p < 1 else { return nil }
    if p == 0.5 { return 0 }
    return p < 0.5 ? lowerQuantile(p) : -lowerQuantile(1 - p)
  }

  /// Φ⁻¹(p) for 0 < p ≤ ½.
  private static func lowerQuantile(_ probability: Double) -> Double {
    let p = max(probability, 1e-300)
    let t = (-2 * DeterministicMath.log(p)).squareRoot()
    var x =
      (2.515517 + t * (0.802853 + t * 0.010328))
      / (1 + t * (1.432788 + t * (0.189269 + t * 0.001308))) - t
    for _ in 0..<2 {
      // u = (Φ(x) − p)/φ(x); Halley: x ← x − u/(1 + x·u/2), because φ′ = −x·φ
      let u = (cumulative(x) - p) / density(x)
      x -= u / (1 + 0.5 * x * u)
    }
    return x
  }

  /// 1 − Φ(x) for x ≥ 0.
  @inline(__always)
  private static func upperTail(_ x: Double) -> Double {
    // beyond 38.5 it is below the least number there is
    x < 39 ? exponentialOfMinusHalfSquare(x) * scaledTail(x) : (x.isNaN ? x : 0)
  }

  /// e^(x²/2)·(1 − Φ(x)) for x ≥ 0: a polynomial in t = (x − 4)/(x + 4), divided by 1 + x.
  ///
  /// The polynomial is the Chebyshev interpolant of degree 26 on −1 ≤ t ≤ 1, which is off by less than 2⁻⁵⁴,
  /// written in powers of t; it is well conditioned (Σ ∣cₙtⁿ∣ ≤ 1.7 times the sum).
  ///
  /// - SeeAlso: Shepherd, Laframboise, "Chebyshev approximation of (1 + 2x)·exp(x²)·erfc(x)", Mathematics of
  ///   Computation 36 (1981), for the form.
  static func scaledTail(_ x: Double) -> Double {
    let t = (x - 4) / (x + 4)
    let t2 = t * t
    var even = 1.2150315292579737e-11
    even = even * t2 + 9.975840281675829e-11
    even = even * t2 - 2.3909758560954607e-09
    even = even * t2 + 1.9877590086615577e-08
    even = even * t2 - 1.1405819667561067e-07
    even = even * t2 + 5.545351057486293e-07
    even = even * t2 - 2.61426070042354e-06
    even = even * t2 + 1.3627344150798229e-05
    even = even * t2 - 8.785329222964207e-05
    even = even * t2 + 0.000694897120184032
    even = even * t2 - 0.0050023785923607065
    even = even * t2 - 0.032197837428028876
    even = even * t2 + 0.013999634724424455
    var odd = 1.968773941157256e-10
    odd = odd * t2 - 1.9068104342795306e-09
    odd = odd * t2 + 8.858538843412724e-09
    odd = odd * t2 - 2.3315488161994288e-08
    odd = odd * t2 + 4.242344418455244e-09
    odd = odd * t2 + 4.029912427574402e-07
    odd = odd * t2 - 3.4316562688625695e-06
    odd = odd * t2 + 2.1249915729449347e-05
    odd = odd * t2 - 9.443023204456728e-05
    odd = odd * t2 - 0.0002856231002340135
    odd = odd * t2 + 0.017936097479808313
    odd = odd * t2 + 0.02860036405354698
    odd = odd * t2 - 0.09670347732652577
    return (0.47205320650984467 + (t * odd + t2 * even)) / (1 + x)
  }

  /// e^(−x²/2), with x² taken apart so that its rounding does not grow with x.
  @inline(__always)
  static func exponentialOfMinusHalfSquare(_ x: Double) -> Double {
    // x = h + l where h has 26 bits, so h² is exact; x² = h² + l·(x + h)
    let h = Double(bitPattern: x.bitPattern & 0xFFFF_FFFF_F800_0000)
    guard h.magnitude < 40 else { return x.isNaN ? x : 0 }
    let d = -0.5 * (x - h) * (x + h)
    // ∣d∣ < 2⁻¹⁵, so eᵈ = 1 + d + d²/2 + d³/6
    let e = DeterministicMath.exp(-0.5 * h * h)
    return e + e * (d * (1 + d * (0.5 + d * (1.0 / 6))))
  }
}

/// The error function, its complement, and the tail of chi-square that they give.
public enum ErrorFunction {
  /// erf(x) = 2/√π·∫₀ˣ e^(−t²) dt.
  public static func erf(_ x: Double) -> Double {
    guard x.magnitude >= 0.5 else {
      let z = x * x
      // 2/√π·Σ (−z)ⁿ/(n!·(2n + 1)), remainder below 2⁻⁵⁸
      var sum = 1.0 / 11_975_040_000
      sum = 1.0 / 918_086_400 - z * sum
      sum = 1.0 / 76_204_800 - z * sum
      sum = 1.0 / 6_894_720 - z * sum
      sum = 1.0 / 685_440 - z * sum
      sum = 1.0 / 75_600 - z * sum
      sum = 1.0 / 9_360 - z * sum
      sum = 1.0 / 1_320 - z * sum
      sum = 1.0 / 216 - z * sum
      sum = 1.0 / 42 - z * sum
      sum = 1.0 / 10 - z * sum
      sum = 1.0 / 3 - z * sum
      // 1.1283791670955126 = 2/√π
      return 1.1283791670955126 * (x - x * z * sum)
    }
    return x > 0 ? 1 - complement(x) : complement(-x) - 1
  }

  /// erfc(x) = 1 − erf(x), accurate in the upper tail.
  public static func erfc(_ x: Double) -> Double {
    if x >= 0.5 { return complement(x) }
    if x > -0.5 { return 1 - erf(x) }
    return x.isNaN ? x : 2 - complement(-x)
  }

  /// The probability that the square of a normal variable exceeds x ≥ 0: the tail of chi-square with one
  /// degree of freedom. One for negative x.
  public static func chiSquareOneSurvival(_ x: Double) -> Double {
    x > 0 ? erfc((0.5 * x).squareRoot()) : 1
  }

  /// The probability that chi-square with two degrees of freedom exceeds x ≥ 0: e^(−x/2). One for negative x.
  public static func chiSquareTwoSurvival(_ x: Double) -> Double {
    x > 0 ? DeterministicMath.exp(-0.5 * x) : 1
  }

  /// erfc(x) for x ≥ ½, as 2·e^(−x²)·e^(y²/2)·(1 − Φ(y)) at y = √2·x.
  @inline(__always)
  private static func complement(_ x: Double) -> Double {
    guard x < 28 else { return x.isNaN ? x : 0 }
    let h = Double(bitPattern: x.bitPattern & 0xFFFF_FFFF_F800_0000)
    let d = -(x - h) * (x + h)
    let e = DeterministicMath.exp(-h * h)
    // 1.4142135623730951 = √2
    let tail = NormalDistribution.scaledTail(1.4142135623730951 * x)
    return 2 * tail * (e + e * (d * (1 + d * (0.5 + d * (1.0 / 6)))))
  }
}
