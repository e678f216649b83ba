internal import Ristretto

/// The circuit folded by λ and μ into four vectors and a constant (protocol 6): what both sides
/// compute from the statement and the challenges α, ρ, λ, δ.
///
///     p_n(T) = c_V + T·c_R + T²·c_L + δ⁻¹·T³·c_O
///     p_s(T) = |p_n(T)|²_μ + 2K·T³
struct PublicVectors {
  /// `μ^(s+1)` for every norm slot s.
  let muPowers: [Scalar]
  let cL: [Scalar]
  let cR: [Scalar]
  let cO: [Scalar]
  let cV: [Scalar]
  /// `K = ⟨μ, a_m⟩ − ⟨λ, a_l⟩`.
  let K: Scalar
  /// `κ_m = λᵐ` on H_m, m = 1 … C.
  let kappaH: [Scalar]
  /// `κ_{R,j}` on R_j, j = 1 … 7: 0 for j = 1, `λ^(C+j−1)` after.
  let kappaR: [Scalar]
  /// `a_i = λ^(iD)`: the weight of commitment i.
  let commitmentWeights: [Scalar]

  init(
    _ statement: Statement, alpha: Scalar, challenges: RowChallenges, inverses: PublicInverses
  ) {
    let (forms, layout) = (statement.storage.compiled, statement.layout)
    let (nh, nb, nm, N) = (
      layout.digitSlots, layout.bitSlots, layout.multiplicities, layout.normLength
    )
    let (A, Q, S, C) = (
      statement.variableCount, statement.gateCount, statement.rowCount, statement.coordinateCount
    )
    let powers = forms.powers
    let mu = challenges.rho.squared()

    // λ^e for all rows of section 4.
    let lambda = powers.values(of: challenges.lambda)
    let muPowers = Scalar.geometricSequence(from: mu, ratio: mu, count: N)

    var cL = [Scalar](repeating: .zero, count: N)
    var cR = cL
    var cO = cL
    let variables = forms.asked.combinations(of: lambda)
    var K = variables[A + Q]

    if nh > 0 {
      let w = lambda[powers.reciprocals]
      let reciprocals = inverses.reciprocals(times: w)
      for s in 0..<nh { cR[s] = w }
      for j in 1...nm { cO[j - 1] = reciprocals[0] - reciprocals[j] }
      K += reciprocals[0] * Scalar(nh)
    }
    for g in 0..<Q {
      let slot = nh + nb + g
      cL[slot] += lambda[powers.left(g)]
      cR[slot] += lambda[powers.right(g)]
      cO[nm + g] -= muPowers[slot]
    }
    for q in 0..<nb {
      let w = lambda[powers.bit(q)]
      cR[nh + q] += w
      cL[nh + q] -= w + muPowers[nh + q]
    }
    for s in 0..<nh {
      cR[s] += alpha * muPowers[s]
      K += muPowers[s]
    }
    // Everything the rows ask of x_i and y_j goes to their digits.
    forms.slotWeights.add(
      .one, times: Array(variables[..<A] + lambda[powers.firstRow..<(powers.firstRow + S)]), to: &cL
    )
    for g in 0..<Q { cO[nm + g] += variables[A + g] }

    // Divide slot s by μ^(s+1).
    let muInverses = Scalar.geometricSequence(from: inverses.mu, ratio: inverses.mu, count: N)
    self.cL = Scalar.products(cL, muInverses)
    self.cR = Scalar.products(cR, muInverses)
    self.cO = Scalar.products(cO, muInverses)
    cV = Scalar.products(Array(lambda[(C + 7)..<(C + 7 + N)]), muInverses)
    self.K = K
    self.muPowers = muPowers
    kappaH = Array(lambda[1..<(C + 1)])
    kappaR = [.zero] + lambda[(C + 1)..<(C + 7)]
    commitmentWeights = (0..<statement.commitmentCount).map { lambda[powers.commitment($0)] }
  }

  /// `p_n(τ)`.
  func pn(at tau: Scalar, deltaInverse: Scalar) -> [Scalar] {
    let tau2 = tau.squared()
    var pn = cV
    Scalar.addProducts(tau, cR, to: &pn)
    Scalar.addProducts(tau2, cL, to: &pn)
    Scalar.addProducts(tau2 * tau * deltaInverse, cO, to: &pn)
    return pn
  }

  /// The exponents of T on R₁ … R₇. There is no 4: C_S must not reach the value row T³, or every
  /// statement could be proved (protocol 13.1).
  static let blindingExponents = [-1, 1, 2, 3, 5, 6, 7]

  /// `c(τ) = (β·τ^(a_j) + κ_{R,j})_{j=1…7} ‖ κ`.
  func c(at tau: Scalar, tauInverse: Scalar, beta: Scalar) -> [Scalar] {
    let powers = Scalar.geometricSequence(from: tauInverse, ratio: tau, count: 9)
    let slots = zip(Self.blindingExponents, kappaR).map { beta * powers[$0 + 1] + $1 }
    return slots + kappaH
  }
}
