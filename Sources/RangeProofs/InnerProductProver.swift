internal import Ristretto

/// The inner-product argument (eprint 2017/1066, section 3): knowledge of a and b with
///
///     P = ⟨a, G⟩ + ⟨b, H'⟩ + ⟨a, b⟩·Q,   H'ᵢ = y⁻ⁱ·Hᵢ
///
/// Each round halves the vectors:
///
///     L = ⟨a_lo, G_hi⟩ + ⟨b_hi, H'_lo⟩ + ⟨a_lo, b_hi⟩·Q     a' = u·a_lo + u⁻¹·a_hi    G' = u⁻¹·G_lo + u·G_hi
///     R = ⟨a_hi, G_lo⟩ + ⟨b_lo, H'_hi⟩ + ⟨a_hi, b_lo⟩·Q     b' = u⁻¹·b_lo + u·b_hi    H' = u·H'_lo + u⁻¹·H'_hi
///
/// Variable time: in a range proof a and b are the opened l(x) and r(x), masked by the full-width uniform
/// s_L and s_R.
struct InnerProductProver {
  private let Q: Point
  private var a: [Scalar]
  private var b: [Scalar]
  /// The generators of a are `gScale·G`: the factor u⁻¹ of `u⁻¹·(G_lo + u²·G_hi)` is kept apart, so that
  /// a round costs one multiplication for each surviving generator.
  private var G: [Point]
  private var gScale = Scalar.one
  /// The generators of b are `hScale·y⁻ⁱ·Hᵢ`; folding keeps the sequence geometric.
  private var H: [Point]
  private var hScale = Scalar.one
  private let yInverse: Scalar

  init(Q: Point, a: [Scalar], b: [Scalar], G: [Point], H: [Point], yInverse: Scalar) {
    (self.Q, self.a, self.b, self.G, self.H, self.yInverse) = (Q, a, b, G, H, yInverse)
  }

  /// The messages L and R of the next round.
  func messages() -> (L: Point, R: Point) {
    let half = a.count / 2
    let (lo, hi) = (0..<half, half..<a.count)
    let hWeights = Scalar.geometricSequence(from: hScale, ratio: yInverse, count: a.count)

    func message(_ aHalf: Range<Int>, _ gHalf: Range<Int>, _ bHalf: Range<Int>, _ hHalf: Range<Int>) -> Point
    {
      var scalars = a[aHalf].map { gScale * $0 }
      scalars += zip(b[bHalf], hWeights[hHalf]).map { $0 * $1 }
      scalars.append(Scalar.innerProduct(Array(a[aHalf]), Array(b[bHalf])))
      return Point.multiscalarMultiplicationVariableTime(scalars, G[gHalf] + H[hHalf] + [Q])
    }
    return (message(lo, hi, hi, lo), message(hi, lo, lo, hi))
  }

  /// Folds by the challenge u.
  mutating func fold(by u: Scalar, inverse uInverse: Scalar) {
    let half = a.count / 2
    a = (0..<half).map { u * a[$0] + uInverse * a[half + $0] }
    b = (0..<half).map { uInverse * b[$0] + u * b[half + $0] }

    let power = Scalar.geometricSequence(from: .one, ratio: yInverse, count: half + 1)[half]
    G = Point.foldVariableTime(Array(G[..<half]), Array(G[half...]), by: u.squared())
    H = Point.foldVariableTime(
      Array(H[..<half]), Array(H[half...]), by: uInverse.squared() * power)
    gScale *= uInverse
    hScale *= u
  }

  /// a and b when one entry of each is left.
  var opened: (a: Scalar, b: Scalar) { (a[0], b[0]) }
}
