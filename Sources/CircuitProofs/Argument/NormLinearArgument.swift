internal import Ristretto

/// The weighted norm linear argument (`protocol` 8): knowledge of l and n with
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
/// one would be a free quadratic residue, `protocol` 13.2).
///
/// The rounds may take variable time: l and n are masked by the full-width uniform l_S, n_S, r_S and
/// are simulated from public data in `protocol` 12.6.
struct NormLinearProver {
  /// The generator of the value.
  let U: Point
  private var l: [Scalar]
  private var n: [Scalar]
  private var c: [Scalar]
  private var H: [Point]
  /// The generators of n are `scale·G`: the factor ρ of G' = ρ·(G₀ + γρ⁻¹·G₁) is kept apart, so that a
  /// round costs one short multiplication for each surviving generator.
  private var G: [Point]
  private var scale = Scalar.one
  private var rho: Scalar
  private var rhoInverse: Scalar

  init(
    l: [Scalar], n: [Scalar], c: [Scalar], rho: Scalar, U: Point, H: [Point], G: [Point]
  ) throws(ArgumentFailure) {
    self.U = U
    (self.l, self.n, self.c, self.H, self.G, self.rho) = (l, n, c, H, G, rho)
    rhoInverse = try rho.challengeInverse()
  }

  /// The messages X and R of the next round.
  func messages() -> (X: Point, R: Point) {
    let (l0, l1) = (evens(l), odds(l))
    let (c0, c1) = (evens(c), odds(c))
    let (n0, n1) = (evens(n), odds(n))
    let mu2 = rho.squared().squared()
    let weights = Scalar.geometricSequence(from: mu2, ratio: mu2, count: n1.count)

    // v_X = 2ρ⁻¹⟨n₀, n₁⟩_{μ²} + ⟨c₀, l₁⟩ + ⟨c₁, l₀⟩,  v_R = |n₁|²_{μ²} + ⟨c₁, l₁⟩
    var (cross, vR) = (Scalar.zero, Scalar.zero)
    for s in n1.indices {
      let weighted = weights[s] * n1[s]
      cross += weighted * n0[s]
      vR += weighted * n1[s]
    }
    var vX = (rhoInverse * cross).doubled()
    for s in l1.indices {
      vX += c0[s] * l1[s] + c1[s] * l0[s]
      vR += c1[s] * l1[s]
    }

    // X = v_X·U + ⟨l₁, H₀⟩ + ⟨l₀, H₁⟩ + ρ⟨n₁, G₀⟩ + ρ⁻¹⟨n₀, G₁⟩,  R = v_R·U + ⟨l₁, H₁⟩ + ⟨n₁, G₁⟩
    let (onEven, onOdd) = (rho * scale, rhoInverse * scale)
    var X = ([vX], [U])
    var R = ([vR], [U])
    func append(_ term: Scalar, _ point: Point, to sum: inout ([Scalar], [Point])) {
      sum.0.append(term)
      sum.1.append(point)
    }
    for s in l1.indices {
      append(l1[s], H[2 * s], to: &X)
      append(l0[s], H[2 * s + 1], to: &X)
      append(l1[s], H[2 * s + 1], to: &R)
    }
    for s in n1.indices {
      append(onEven * n1[s], G[2 * s], to: &X)
      append(onOdd * n0[s], G[2 * s + 1], to: &X)
      append(scale * n1[s], G[2 * s + 1], to: &R)
    }
    return (
      Point.multiscalarMultiplicationVariableTime(X.0, X.1),
      Point.multiscalarMultiplicationVariableTime(R.0, R.1)
    )
  }

  /// Folds all vectors by the challenge γ.
  mutating func fold(by gamma: Scalar) throws(ArgumentFailure) {
    l = fold(l, by: gamma)
    c = fold(c, by: gamma)
    let (n0, n1) = (evens(n), odds(n))
    n = n1.indices.map { rhoInverse * n0[$0] + gamma * n1[$0] }

    let lone = H.count % 2 == 1 ? H.suffix(1) : []
    H = Point.foldVariableTime(evens(Array(H.dropLast(lone.count))), odds(H), by: gamma) + lone
    // κ·(G₀ + γρ⁻¹·G₁) for some κ costs fewer doublings than G₀ + γρ⁻¹·G₁; κ⁻¹ goes to the scale.
    let folded = Point.foldRescaledVariableTime(evens(G), odds(G), by: gamma * rhoInverse)
    G = folded.points
    scale *= rho * (try folded.factor.challengeInverse())
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

  private func evens<T>(_ a: [T]) -> [T] { stride(from: 0, to: a.count, by: 2).map { a[$0] } }
  private func odds<T>(_ a: [T]) -> [T] { stride(from: 1, to: a.count, by: 2).map { a[$0] } }
}

/// The verifier's side of the folding: the opened vectors spread over all original generators.
///
///     l̄_i = l_final[i >> k]·Π_{r: bit r of i = 1} γ_r
///     n̄_i = n_final[i >> k]·Π_r (bit r of i ? γ_r : ρ^(2ʳ))
struct UnfoldedOpening {
  let l: [Scalar]
  let n: [Scalar]

  init(
    lFinal: [Scalar], nFinal: [Scalar], gammas: [Scalar], rho: Scalar, linearLength: Int,
    normLength: Int
  ) {
    var (wl, wn, rhoPower) = ([Scalar.one], [Scalar.one], rho)
    for gamma in gammas {
      wl += wl.map { $0 * gamma }
      wn = wn.map { $0 * rhoPower } + wn.map { $0 * gamma }
      rhoPower = rhoPower.squared()
    }
    let (k, mask) = (gammas.count, (1 << gammas.count) - 1)
    l = (0..<linearLength).map { wl[$0 & mask] * lFinal[$0 >> k] }
    n = (0..<normLength).map { wn[$0 & mask] * nFinal[$0 >> k] }
  }
}
