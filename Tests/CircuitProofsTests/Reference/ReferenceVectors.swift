import CircuitProofs
import ExactIntegers
import ProofCore
import Ristretto

/// The challenges of protocol 1 that come before the folding rounds.
struct ReferenceChallenges {
  var alpha = Scalar.one
  var rho = Scalar.one
  var lambda = Scalar.one
  var beta = Scalar.one
  var delta = Scalar.one
  var tau = Scalar.one
  /// Of the round at hand.
  var gamma = Scalar.one
  var mu: Scalar { rho * rho }
}

/// `base` to a power that may be negative.
func power(_ base: Scalar, _ exponent: Int) throws -> Scalar {
  var result = Scalar.one
  let factor = exponent < 0 ? try base.inverse() : base
  for _ in 0..<exponent.magnitude { result *= factor }
  return result
}

/// The public vectors of protocol 6, entry by entry.
struct ReferenceVectors {
  let cL, cR, cO, cV: [Scalar]
  let K: Scalar
  /// μ^(s+1).
  let mu: [Scalar]
  /// a_i = λ^(iD).
  let a: [Scalar]
  /// kapR_j at index j, 0 … 7.
  let kapR: [Scalar]
  /// kap_m at index m − 1.
  let kap: [Scalar]

  init(
    _ statement: ReferenceStatement, _ challenges: ReferenceChallenges, _ variant: ReferenceVariant
  ) throws {
    let (layout, draft) = (statement.layout, statement.draft)
    let (A, Q, S, C, k) = (statement.A, statement.Q, statement.S, statement.C, statement.k)
    let (N, D, nh, nb, nm) = (layout.N, layout.D, layout.nh, layout.nb, layout.nm)
    let alpha = challenges.alpha
    let firstGateSlot = nh + nb

    var mu: [Scalar] = []
    for s in 0..<N { mu.append((s == 0 ? .one : mu[s - 1]) * challenges.mu) }
    var lambda = [Scalar.one]
    let exponents = max(k * D + S + 1 + 2 * Q + nb, C + 7 + N) + 1
    for _ in 0..<exponents { lambda.append(lambda[lambda.count - 1] * challenges.lambda) }

    var cL = [Scalar](repeating: .zero, count: N)
    var (cR, cO) = (cL, cL)
    var variables = [Scalar](repeating: .zero, count: A + Q)
    var K = Scalar.zero

    func subtract(_ form: AffineForm, _ w: Scalar) {
      for term in form.terms { variables[term.variable] -= w * Scalar(term.coefficient) }
      K += w * Scalar(form.constant)
    }
    for (i, link) in draft.links.enumerated() {
      for (m, form) in link { subtract(form, lambda[i * D + m + 1]) }
    }
    for (j, row) in draft.rows.enumerated() { subtract(row.form, lambda[k * D + j]) }
    // The reciprocal row.
    let w = lambda[k * D + S]
    let alphaInverse = try alpha.inverse()
    for s in 0..<nh { cR[s] += w }
    if nh > 0 {
      for j in 1..<statement.base {
        cO[j - 1] -= w * (try (alpha + Scalar(j)).inverse() - alphaInverse)
      }
    }
    K += w * Scalar(nh) * alphaInverse
    for (g, gate) in draft.gates.enumerated() {
      let slot = firstGateSlot + g
      let (left, right) = (lambda[k * D + S + 1 + 2 * g], lambda[k * D + S + 2 + 2 * g])
      cL[slot] += left
      cR[slot] += right
      subtract(gate.left, left)
      subtract(gate.right, right)
      cO[nm + g] -= mu[slot]
    }
    for q in 0..<nb {
      let (slot, w) = (nh + q, lambda[k * D + S + 1 + 2 * Q + q])
      cR[slot] += w
      cL[slot] -= w
      cL[slot] -= mu[slot]
    }
    for s in 0..<nh {
      cR[s] += alpha * mu[s]
      K += mu[s]
    }
    // Distribute.
    for (s, slot) in layout.slots.enumerated() {
      switch slot {
      case .digit(let value, let weight), .bit(let value, let weight):
        cL[s] += Scalar(weight) * (value < A ? variables[value] : lambda[k * D + value - A])
      case .gate, .padding: break
      }
    }
    for g in 0..<Q { cO[nm + g] += variables[A + g] }
    for s in 0..<N {
      let inverse = try mu[s].inverse()
      cL[s] *= inverse
      cR[s] *= inverse
      cO[s] *= inverse
    }
    (self.cL, self.cR, self.cO, self.K, self.mu) = (cL, cR, cO, K, mu)
    a = (0..<k).map { i in (0..<(i * D)).reduce(Scalar.one) { p, _ in p * challenges.lambda } }
    kap = (1...C).map { lambda[$0] }
    if variant.hasShapeRows {
      cV = try (0..<N).map { try lambda[C + 7 + $0] * mu[$0].inverse() }
      kapR = (0...7).map { $0 <= 1 ? .zero : lambda[C + $0 - 1] }
    } else {
      cV = [Scalar](repeating: .zero, count: N)
      kapR = [Scalar](repeating: .zero, count: 8)
    }
  }

  /// p_n(T) in slot s.
  func pn(_ s: Int, _ delta: Scalar) throws -> Laurent {
    Laurent([0: cV[s], 1: cR[s], 2: cL[s], 3: try delta.inverse() * cO[s]])
  }

  /// p_s(T) = |p_n(T)|²_μ + 2K·T³.
  func ps(_ delta: Scalar) throws -> Laurent {
    var result = Laurent([3: K + K])
    for s in mu.indices {
      let p = try pn(s, delta)
      result = result + (p * p).scaled(by: mu[s])
    }
    return result
  }

  /// c(T): the entries for R₁ … R₇, then those for H₁ … H_C.
  func c(_ variant: ReferenceVariant, beta: Scalar) -> [Laurent] {
    (1...7).map { Laurent([0: kapR[$0]]) + Laurent([variant.exponents[$0 - 1]: beta]) }
      + kap.map { Laurent([0: $0]) }
  }
}
