/// Elementary functions that give the same bits on every machine.
///
/// The platform's `exp` and `log` may differ in the last bit from one library or processor to the next,
/// and what the margin engine publishes must not. Everything here is built from the operations that IEEE
/// 754 defines to the bit: `+ − · /`, the square root, comparison, and the bits of a number. Swift neither
/// reorders nor fuses these.
///
/// | function | range | largest error found |
/// |---|---|---|
/// | ``exp(_:)`` | all | 1 ulp |
/// | ``expMinusOne(_:)`` | all | 3 ulp |
/// | ``log(_:)`` | x > 0 | 1 ulp |
/// | ``logOnePlus(_:)`` | x > −1 | 3 ulp |
/// | ``power(_:_:)`` | x ≥ 0 | 2⁻⁵²·(2 + ∣y·ln x∣) relative |
/// | ``sigmoid(_:)`` | all | 4 ulp |
/// | ``NormalDistribution/cumulative(_:)`` | x ≥ −37 | 8 ulp |
/// | ``NormalDistribution/quantile(_:)`` | 10⁻³⁰⁰ ≤ p < 1 | 4·10⁻¹⁵ relative, or 5·10⁻¹⁶ absolute |
/// | ``ErrorFunction/erf(_:)``, ``ErrorFunction/erfc(_:)`` | all, x ≤ 26 | 8 ulp |
public enum DeterministicMath {
  /// ln 2 in two parts; the first has 21 bits less than a number holds, so its product with an exponent is
  /// exact.
  static let ln2High = 0x1.62e42fee00000p-1
  static let ln2Low = 0x1.a39ef35793c76p-33
  /// 1/ln 2.
  static let reciprocalLn2 = 0x1.71547652b82fep+0
  /// 1.5·2⁵²: a number of magnitude below 2⁵¹, when this is added and taken away, is rounded to an integer.
  static let roundingShift = 0x1.8p52
  /// √(2π).
  static let squareRootOfTwoPi = 2.5066282746310002
  /// π.
  static let pi = 0x1.921fb54442d18p+1
}
