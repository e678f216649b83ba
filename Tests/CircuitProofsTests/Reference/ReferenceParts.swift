import Ristretto

extension ReferenceVectors {
  /// The opening of V̂ = 2 Σ a_i V_i: slots with the blindings in slot 1, account values, norm part.
  func combined(_ openings: [ReferenceOpening]) -> (r: [Scalar], values: [Scalar], n: [Scalar]) {
    func total(_ part: (ReferenceOpening) -> [Scalar], _ count: Int) -> [Scalar] {
      zip(a, openings).reduce([Scalar](repeating: .zero, count: count)) { sum, item in
        zip(sum, part(item.1)).map { $0 + (item.0 + item.0) * $1 }
      }
    }
    var r = total(\.r, 8)
    r[1] += total({ [$0.blinding] }, 1)[0]
    return (r, total(\.values, kap.count), total(\.n, mu.count))
  }
}

/// Every opening the prover holds, and the polynomials made of them.
struct ReferenceParts {
  var nS, nO, nL, nR, nV: [Scalar]
  var lS, vHat: [Scalar]
  var rS, rO, rL, rR, rV: [Scalar]
  /// On H₁ … H_C in C_O, C_L, C_R: 0 for an honest prover.
  var lO: [Scalar] = []
  var lL: [Scalar] = []
  var lR: [Scalar] = []

  /// w(T) in slot s.
  func w(_ s: Int, _ e: ReferenceChallenges) -> Laurent {
    Laurent([-1: nS[s], 0: e.delta * nO[s], 1: nL[s], 2: nR[s], 3: nV[s]])
  }

  /// r_j(T) of all openings, C_S included, j = 0 … 7.
  func slotPolynomials(_ e: ReferenceChallenges) -> [Laurent] {
    (0...7).map {
      Laurent([-1: rS[$0], 0: e.delta * rO[$0], 1: rL[$0], 2: rR[$0], 3: rV[$0]])
    }
  }

  /// The polynomials of l on H₁ … H_C.
  func accountPolynomials(_ e: ReferenceChallenges) -> [Laurent] {
    lS.indices.map {
      Laurent([
        -1: lS[$0], 0: lO.isEmpty ? .zero : e.delta * lO[$0], 1: lL.isEmpty ? .zero : lL[$0],
        2: lR.isEmpty ? .zero : lR[$0], 3: vHat[$0],
      ])
    }
  }

  /// F(T): the value of C(T) on U less ⟨c(T), l(T)⟩ + |n(T)|²_μ; 0 for a complete proof.
  func error(
    _ vectors: ReferenceVectors, _ e: ReferenceChallenges, _ variant: ReferenceVariant
  ) throws -> Laurent {
    let r = slotPolynomials(e)
    var F = Laurent([3: vectors.K + vectors.K]) + r[0]
    for s in vectors.mu.indices {
      // |p_n|² cancels: n = w + p_n.
      let (w, p) = (w(s, e), try vectors.pn(s, e.delta))
      F = F - (w * (w + p + p)).scaled(by: vectors.mu[s])
    }
    let c = vectors.c(variant, beta: e.beta)
    for (cj, lj) in zip(c, r[1...] + accountPolynomials(e)) { F = F - cj * lj }
    return F
  }

  /// l(τ) and n(τ).
  func opened(
    _ vectors: ReferenceVectors, _ e: ReferenceChallenges
  ) throws -> (l: [Scalar], n: [Scalar]) {
    (
      try (slotPolynomials(e)[1...] + accountPolynomials(e)).map { try $0.value(at: e.tau) },
      try vectors.mu.indices.map {
        try (w($0, e) + vectors.pn($0, e.delta)).value(at: e.tau)
      }
    )
  }
}
