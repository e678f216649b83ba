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
/// Generators are not folded in every round. After j rounds without, the generator of aᵢ is Σ_B w_B·G_{B·len
/// + i} over the 2ʲ blocks of length len, so that L and R are sums over the generators as they were, which
/// have tables at first; then several rounds are folded at once.
///
/// Variable time, though a and b come from secrets: they are the opened l(x) and r(x), masked by the
/// full-width uniform s_L and s_R. The uncompressed protocol sends them as they are, so that neither they
/// nor their timing tell anything about the values.
struct InnerProductProver {
  /// `Q = w·B`.
  private let w: Scalar
  private var a: [Scalar]
  private var b: [Scalar]
  private let yInverse: Scalar

  /// The generators of the last folding, and `y⁻ᵐ` of the round it was.
  private var base: Base
  /// `w_B` of the blocks for a, and what they have in common: `gScale·w_B`, w₀ = 1.
  private var gWeights = [Scalar.one]
  private var gScale = Scalar.one
  /// The same for b, without the y⁻ⁱ within a block.
  private var hWeights = [Scalar.one]
  private var hScale = Scalar.one

  init(
    w: Scalar, a: [Scalar], b: [Scalar], yInverse: Scalar, generators: RangeGenerators,
    width: RangeWidth, count: Int
  ) {
    (self.w, self.a, self.b, self.yInverse) = (w, a, b, yInverse)
    base = .shared(generators.fixed(parties: count), width: width.rawValue, parties: count)
  }

  /// The messages L and R of the next round.
  func messages() -> (L: Point, R: Point) {
    let half = a.count / 2
    let (aLow, aHigh) = (Array(a[..<half]), Array(a[half...]))
    let (bLow, bHigh) = (Array(b[..<half]), Array(b[half...]))
    let yPowers = Scalar.geometricSequence(from: hScale, ratio: yInverse, count: a.count)
    func message(_ a: [Scalar], onHigh: Bool, _ b: [Scalar]) -> Point {
      let onG = Scalar.products(gScale, a)
      let onH = Scalar.products(b, Array(onHigh ? yPowers[..<half] : yPowers[half...]))
      return base.sumVariableTime(
        w * Scalar.innerProduct(a, b), onG, gWeights, half: onHigh ? 1 : 0, onH, hWeights)
    }
    return (message(aLow, onHigh: true, bHigh), message(aHigh, onHigh: false, bLow))
  }

  /// Folds by the challenge u.
  mutating func fold(by u: Scalar, inverse uInverse: Scalar) {
    let half = a.count / 2
    a = (0..<half).map { u * a[$0] + uInverse * a[half + $0] }
    b = (0..<half).map { uInverse * b[$0] + u * b[half + $0] }
    // Block B splits in two: G_lo + u²·G_hi with the factor u⁻¹ kept apart, H_lo + u⁻²·y^(−half)·H_hi with u.
    let onHigh = u.squared()
    let yHalf = uInverse.squared() * yInverse.power(half)
    gWeights = gWeights.flatMap { [$0, $0 * onHigh] }
    hWeights = hWeights.flatMap { [$0, $0 * yHalf] }
    gScale *= uInverse
    hScale *= u
    if gWeights.count >= base.blockLimit, half > 1 {
      base.fold(gWeights, hWeights)
      (gWeights, hWeights) = ([.one], [.one])
    }
  }

  /// a and b when one entry of each is left.
  var opened: (a: Scalar, b: Scalar) { (a[0], b[0]) }
}

/// The generators of the vectors a and b at the last folding, in blocks.
private enum Base {
  /// The generators of m parties as they are shared, n of each chain.
  case shared(FixedPoints, width: Int, parties: Int)
  /// What they were folded to.
  case folded(G: [Point], H: [Point])

  private var count: Int {
    switch self {
    case .shared(_, let width, let parties): width * parties
    case .folded(let G, _): G.count
    }
  }

  /// As many blocks are folded at once.
  ///
  /// Portable code folds every round: that is cheaper than sums over more points. In lanes sums cost less
  /// than folding, and folding eight blocks at once costs less than three rounds of folding; few generators
  /// are not folded at all.
  var blockLimit: Int {
    guard Kernels.areInUse else { return 2 }
    return count <= 16 ? .max : 8
  }

  /// `q·B + Σ_B (w_B·⟨s, G of the one half of block B⟩ + v_B·⟨t, H of the other half⟩)`.
  ///
  /// - Parameters:
  ///   - half: the half for G, 0 low or 1 high; H has the other.
  func sumVariableTime(
    _ q: Scalar, _ s: [Scalar], _ w: [Scalar], half: Int, _ t: [Scalar], _ v: [Scalar]
  ) -> Point {
    let length = s.count
    switch self {
    case .shared(let points, let width, let parties):
      var scalars = [Scalar](
        repeating: .zero, count: RangeGenerators.index(party: parties))
      scalars[0] = q
      for block in w.indices {
        let gStart = (2 * block + half) * length
        let hStart = (2 * block + 1 - half) * length
        Self.spread(Scalar.products(w[block], s), from: gStart, width: width, offset: 0, to: &scalars)
        Self.spread(
          Scalar.products(v[block], t), from: hStart, width: width,
          offset: RangeGenerators.chainLength, to: &scalars)
      }
      return Point.multiscalarMultiplicationVariableTime([(points: points, scalars: scalars)])
    case .folded(let G, let H):
      var (scalars, points) = ([q], [RangeGenerators.standard.value])
      for block in w.indices {
        let gStart = (2 * block + half) * length
        let hStart = (2 * block + 1 - half) * length
        scalars += Scalar.products(w[block], s)
        points += G[gStart..<(gStart + length)]
        scalars += Scalar.products(v[block], t)
        points += H[hStart..<(hStart + length)]
      }
      return Point.multiscalarMultiplicationVariableTime(scalars, points)
    }
  }

  /// Puts the scalars of consecutive generators where they lie among the shared ones.
  private static func spread(
    _ scalars: [Scalar], from start: Int, width: Int, offset: Int, to all: inout [Scalar]
  ) {
    for (k, scalar) in scalars.enumerated() {
      let (party, i) = (start + k).quotientAndRemainder(dividingBy: width)
      all[RangeGenerators.index(party: party, i) + offset] = scalar
    }
  }

  /// Replaces the generators by `Σ_B w_B·G_{B·len + i}` and `Σ_B v_B·H_{B·len + i}`.
  mutating func fold(_ w: [Scalar], _ v: [Scalar]) {
    let length = count / w.count
    let (G, H): ([Point], [Point])
    switch self {
    case .shared(let points, let width, let parties):
      func folded(_ weights: [Scalar], offset: Int) -> [Point]? {
        points.foldVariableTime(count: length, by: weights) { i, block in
          let (party, j) = (block * length + i).quotientAndRemainder(dividingBy: width)
          return RangeGenerators.index(party: party, j) + offset
        }
      }
      if let g = folded(w, offset: 0), let h = folded(v, offset: RangeGenerators.chainLength) {
        self = .folded(G: g, H: h)
        return
      }
      (G, H) = RangeGenerators.standard.vectors(parties: parties, length: width)
    case .folded(let g, let h):
      (G, H) = (g, h)
    }
    self = .folded(
      G: Point.foldVariableTime(G, count: length, step: 1, gap: length, by: w),
      H: Point.foldVariableTime(H, count: length, step: 1, gap: length, by: v))
  }
}
