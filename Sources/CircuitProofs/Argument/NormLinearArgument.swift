internal import Ristretto

/// The weighted norm linear argument (protocol 8): knowledge of l and n with
///
///     C = v·U + ⟨l, (R, H)⟩ + ⟨n, G⟩,   v = ⟨c, l⟩ + |n|²_μ,   μ = ρ²
///
/// Each round sends X and R and halves both vectors:
///
///     l' = l₀ + γ·l₁      c' = c₀ + γ·c₁      H' = H₀ + γ·H₁
///     n' = ρ⁻¹·n₀ + γ·n₁                      G' = ρ·G₀ + γ·G₁
///
/// with the even entries in part 0, the odd ones in part 1. An odd last entry of l has no partner and
/// is carried over; n always pairs up, because N = t·2ᵏ with a real generator in every slot (an absent
/// one would be a free quadratic residue, protocol 13.2).
///
/// Generators are not folded in every round: see ``FoldedGenerators``.
///
/// The rounds may take variable time: l and n are masked by the full-width uniform l_S, n_S, r_S and
/// are simulated from public data in protocol 12.6.
struct NormLinearProver {
  private var l: [Scalar]
  private var n: [Scalar]
  private var c: [Scalar]
  /// R, H, which stand for l.
  private var H: FoldedGenerators
  /// The generators of n are `scale·G`: the factor ρ of G' = ρ·(G₀ + γρ⁻¹·G₁) is kept apart.
  private var G: FoldedGenerators
  private var scale = Scalar.one
  private var rho: Scalar
  private var rhoInverse: Scalar
  /// The generator of the value.
  private let U: Point

  /// - Parameters:
  ///   - linear: U, R₁ … R₇, H₁ …
  ///   - norm: G₁ …
  init(
    l: [Scalar], n: [Scalar], c: [Scalar], rho: Scalar, rhoInverse: Scalar, linear: FixedPoints,
    norm: FixedPoints
  ) {
    (self.l, self.n, self.c, self.rho, self.rhoInverse) = (l, n, c, rho, rhoInverse)
    H = FoldedGenerators(linear, from: 1, count: l.count, scaling: .exact)
    G = FoldedGenerators(norm, from: 0, count: n.count, scaling: .rescaled)
    U = linear.points[0]
  }

  /// The messages X and R of the next round.
  func messages() -> (X: Point, R: Point) {
    let (l0, l1) = (evens(l), odds(l))
    let (c0, c1) = (evens(c), odds(c))
    let (n0, n1) = (evens(n), odds(n))
    let mu2 = rho.squared().squared()
    let weights = Scalar.geometricSequence(from: mu2, ratio: mu2, count: n1.count)

    // v_X = 2ρ⁻¹⟨n₀, n₁⟩_{μ²} + ⟨c₀, l₁⟩ + ⟨c₁, l₀⟩,  v_R = |n₁|²_{μ²} + ⟨c₁, l₁⟩
    let weighted = Scalar.products(weights, n1)
    var vX = (rhoInverse * Scalar.innerProduct(weighted, n0)).doubled()
    var vR = Scalar.innerProduct(weighted, n1)
    vX += Scalar.innerProduct(Array(c0[..<l1.count]), l1)
    vX += Scalar.innerProduct(c1, Array(l0[..<c1.count]))
    vR += Scalar.innerProduct(c1, l1)

    // X = v_X·U + ⟨l₁, H₀⟩ + ⟨l₀, H₁⟩ + ρ⟨n₁, G₀⟩ + ρ⁻¹⟨n₀, G₁⟩,  R = v_R·U + ⟨l₁, H₁⟩ + ⟨n₁, G₁⟩
    let onEven = Scalar.products(rho * scale, n1)
    let onOdd = Scalar.products(rhoInverse * scale, n0)
    let X = sum(vX, interleaved(l1, Array(l0[..<l1.count])), interleaved(onEven, onOdd))
    let R = sum(
      vR, interleaved([], l1), interleaved([], Scalar.products(scale, n1)))
    return (X, R)
  }

  /// `v·U + ⟨s, H⟩ + ⟨t, G⟩`; a lone last generator of l is left out.
  private func sum(_ v: Scalar, _ s: [Scalar], _ t: [Scalar]) -> Point {
    var sum = MixedSum()
    H.add(s, including: v, of: U, to: &sum)
    G.add(t, to: &sum)
    return sum.valueVariableTime
  }

  /// Folds all vectors by the challenge γ.
  mutating func fold(by gamma: Scalar) {
    l = fold(l, by: gamma)
    c = fold(c, by: gamma)
    n = Scalar.fold(n, by: rhoInverse, gamma)
    H.fold(by: gamma)
    scale *= rho * G.fold(by: gamma * rhoInverse)
    rho = rho.squared()
    rhoInverse = rhoInverse.squared()
  }

  /// The vectors to be opened after the last round.
  var opened: (l: [Scalar], n: [Scalar]) { (l, n) }

  /// `a₀ + γ·a₁`, a lone last entry unchanged.
  private func fold(_ a: [Scalar], by gamma: Scalar) -> [Scalar] {
    stride(from: 0, to: a.count, by: 2).map { s in
      s + 1 < a.count ? a[s] + gamma * a[s + 1] : a[s]
    }
  }

  private func evens(_ a: [Scalar]) -> [Scalar] { stride(from: 0, to: a.count, by: 2).map { a[$0] } }
  private func odds(_ a: [Scalar]) -> [Scalar] { stride(from: 1, to: a.count, by: 2).map { a[$0] } }

  /// `even₀, odd₀, even₁, odd₁, …`; no even ones are zeros.
  private func interleaved(_ even: [Scalar], _ odd: [Scalar]) -> [Scalar] {
    var all: [Scalar] = []
    all.reserveCapacity(2 * odd.count)
    for index in odd.indices {
      all.append(even.isEmpty ? .zero : even[index])
      all.append(odd[index])
    }
    return all
  }
}
