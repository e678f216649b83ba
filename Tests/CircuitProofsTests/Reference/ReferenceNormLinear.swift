import Ristretto

/// The state of the weighted norm linear argument of protocol 8, folded literally: generators,
/// public coefficients and commitment change in every round.
struct ReferenceFolding {
  var c: [Scalar]
  var rho: Scalar
  var H: [Point]
  var G: [Point]
  var mu: Scalar { rho * rho }

  /// Even and odd entries; an absent partner is `filler`.
  static func halves<T>(_ values: [T], _ filler: T) -> ([T], [T]) {
    let even = stride(from: 0, to: values.count, by: 2).map { values[$0] }
    let odd = stride(from: 1, to: values.count + 1, by: 2).map {
      $0 < values.count ? values[$0] : filler
    }
    return (even, Array(odd.prefix(even.count)))
  }

  /// ⟨a, b⟩ weighted with w, w², w³ ….
  static func inner(_ a: [Scalar], _ b: [Scalar], weight: Scalar = .one) -> Scalar {
    var (total, power) = (Scalar.zero, Scalar.one)
    for (x, y) in zip(a, b) {
      power *= weight
      total += power * x * y
    }
    return total
  }

  /// X and R of a round.
  func messages(l: [Scalar], n: [Scalar], U: Point) throws -> (X: Point, R: Point) {
    let (l0, l1) = Self.halves(l, .zero)
    let (c0, c1) = Self.halves(c, .zero)
    let (n0, n1) = Self.halves(n, .zero)
    let (H0, H1) = Self.halves(H, .identity)
    let (G0, G1) = Self.halves(G, .identity)
    let (muSquared, rhoInverse) = (mu * mu, try rho.inverse())
    let vX =
      (rhoInverse + rhoInverse) * Self.inner(n0, n1, weight: muSquared)
      + Self.inner(c0, l1) + Self.inner(c1, l0)
    let vR = Self.inner(n1, n1, weight: muSquared) + Self.inner(c1, l1)
    let X =
      sum([vX], [U]) + sum(l1, H0) + sum(l0, H1) + sum(n1.map { rho * $0 }, G0)
      + sum(n0.map { rhoInverse * $0 }, G1)
    let R = sum([vR], [U]) + sum(l1, H1) + sum(n1, G1)
    return (X, R)
  }

  /// Folds the public side with γ.
  mutating func fold(_ gamma: Scalar) {
    let (c0, c1) = Self.halves(c, .zero)
    let (H0, H1) = Self.halves(H, .identity)
    let (G0, G1) = Self.halves(G, .identity)
    c = zip(c0, c1).map { $0 + gamma * $1 }
    H = zip(H0, H1).map { $0 + $1.multipliedVariableTime(by: gamma) }
    G = zip(G0, G1).map { sum([rho, gamma], [$0, $1]) }
    rho *= rho
  }

  /// Folds the prover's side with γ; to be called before `fold`.
  func folded(l: [Scalar], n: [Scalar], _ gamma: Scalar) throws -> (l: [Scalar], n: [Scalar]) {
    let (l0, l1) = Self.halves(l, .zero)
    let (n0, n1) = Self.halves(n, .zero)
    let rhoInverse = try rho.inverse()
    return (
      zip(l0, l1).map { $0 + gamma * $1 }, zip(n0, n1).map { rhoInverse * $0 + gamma * $1 }
    )
  }

  /// v U + ⟨l, H⟩ + ⟨n, G⟩ with v = ⟨c, l⟩ + |n|²_μ.
  func opened(l: [Scalar], n: [Scalar], U: Point) -> Point {
    let v = Self.inner(c, l) + Self.inner(n, n, weight: mu)
    return sum([v], [U]) + sum(l, H) + sum(n, G)
  }
}
