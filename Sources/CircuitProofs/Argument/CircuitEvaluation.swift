internal import Ristretto

/// The circuit folded by λ and μ, at τ: what the verifier needs of ``PublicVectors``, with the products by powers of μ
/// and τ put together.
///
///     p_n(τ)_s = μ^{−(s+1)}·q_s        q = v + τ·r + τ²·l + δ⁻¹·τ³·o
///     p_s(τ) = |p_n(τ)|²_μ + 2K·τ³ = ⟨p_n(τ), q⟩ + 2K·τ³
///
/// where v, r, l, o are c_V, c_R, c_L, c_O before slot s is divided by μ^{s+1}. That is six multiplications a slot, in
/// vectors.
struct CircuitEvaluation {
  /// `q`.
  private let q: [Scalar]
  /// `μ⁻¹`.
  private let muInverse: Scalar
  /// `2K·τ³`.
  private let constant: Scalar
  /// `a_i = λ^(iD)`: the weight of commitment i.
  let commitmentWeights: [Scalar]
  /// `κ_m = λᵐ`, m = 1 … C + 6: H_m for m ≤ C, R₂ … R₇ after.
  private let kappa: ArraySlice<Scalar>
  private let coordinateCount: Int
  private let beta: Scalar
  private let tau: Scalar

  init(
    _ statement: Statement, alpha: Scalar, challenges: RowChallenges, tau: Scalar,
    inverses: PublicInverses
  ) {
    let (forms, layout) = (statement.storage.compiled, statement.layout)
    let (nh, nb, nm, N) = (
      layout.digitSlots, layout.bitSlots, layout.multiplicities, layout.normLength
    )
    let (A, Q, S, C) = (
      statement.variableCount, statement.gateCount, statement.rowCount, statement.coordinateCount
    )
    let D = layout.commitmentStride
    let mu = challenges.rho.squared()
    let tau2 = tau.squared()
    let tau3 = tau2 * tau
    let onO = inverses.delta * tau3

    // λ^e for all rows of section 4, and μ^(s+1).
    let firstRow = statement.commitmentCount * D
    let firstGate = firstRow + S + 1
    let lambda = Scalar.geometricSequence(
      from: .one, ratio: challenges.lambda, count: firstGate + 2 * Q + nb)
    let muPowers = Scalar.geometricSequence(from: mu, ratio: mu, count: N)

    // What the links, the rows and the gates ask of the variables and of the gates' outputs.
    var variables = [Scalar](repeating: .zero, count: A + Q)
    var K = Scalar.zero
    for link in forms.index.links {
      forms.residues.subtract(
        link.form, times: lambda[link.commitment * D + link.coordinate + 1], from: &variables,
        constant: &K)
    }
    for j in 0..<S {
      forms.residues.subtract(
        forms.index.row(j), times: lambda[firstRow + j], from: &variables, constant: &K)
    }
    for g in 0..<Q {
      let (left, right) = (lambda[firstGate + 2 * g], lambda[firstGate + 1 + 2 * g])
      forms.residues.subtract(forms.index.left(g), times: left, from: &variables, constant: &K)
      forms.residues.subtract(forms.index.right(g), times: right, from: &variables, constant: &K)
    }

    // v_s = λ^(C+7+s)
    var q = Array(lambda[(C + 7)..<(C + 7 + N)])
    // Of digits: r = w + α·μ^(s+1), and o = w/α − w/(α + j) for the multiplicity of digit j.
    if nh > 0 {
      let w = lambda[firstRow + S]
      let tauW = tau * w
      for s in 0..<nh { q[s] += tauW }
      Scalar.addProducts(tau * alpha, Array(muPowers[..<nh]), to: &q)
      let perAlpha = w * inverses.alphaPlusDigit[0]
      for j in 1...nm { q[j - 1] += onO * (perAlpha - w * inverses.alphaPlusDigit[j]) }
      K += perAlpha * Scalar(nh)
      K += Scalar.geometricSum(from: mu, ratio: mu, count: nh)
    }
    // Of bits: r = w, l = −w − μ^(s+1), with a w for each.
    for (slot, w) in zip(nh..<(nh + nb), lambda[(firstGate + 2 * Q)...]) {
      q[slot] += tau * w - tau2 * (w + muPowers[slot])
    }
    // Of digits and bits: l is what the rows ask of the value that they belong to.
    let asked = (variables[..<A] + lambda[firstRow..<(firstRow + S)]).map { tau2 * $0 }
    Scalar.addProducts(forms.slotWeights, forms.slotOwners.map { asked[$0] }, to: &q)
    // Of gates: l and r the left and right side, o what is asked of the output.
    for g in 0..<Q {
      let slot = nh + nb + g
      q[slot] += tau2 * lambda[firstGate + 2 * g] + tau * lambda[firstGate + 1 + 2 * g]
      q[nm + g] += onO * (variables[A + g] - muPowers[slot])
    }

    self.q = q
    muInverse = inverses.mu
    constant = (K * tau3).doubled()
    commitmentWeights = (0..<statement.commitmentCount).map { lambda[$0 * D] }
    kappa = lambda[1..<(C + 7)]
    coordinateCount = C
    beta = challenges.beta
    self.tau = tau
  }

  /// Subtracts `weight·p_n(τ)` from the scalars of the norm generators, and `weight·p_s(τ)` from that of the value.
  func subtractNorm(weighted weight: Scalar, from norm: inout [Scalar], value: inout Scalar) {
    let inversePowers = Scalar.geometricSequence(
      from: weight * muInverse, ratio: muInverse, count: q.count)
    let pn = Scalar.products(inversePowers, q)
    value -= Scalar.innerProduct(pn, q) + weight * constant
    for s in pn.indices { norm[s] -= pn[s] }
  }

  /// `c(τ) = (β·τ^(a_j) + κ_{R,j})_{j=1…7} ‖ κ`.
  func c(inverses: PublicInverses) -> [Scalar] {
    let powers = Scalar.geometricSequence(from: inverses.tau, ratio: tau, count: 9)
    let kappaR = [.zero] + kappa.suffix(6)
    let slots = zip(PublicVectors.blindingExponents, kappaR).map { beta * powers[$0 + 1] + $1 }
    return slots + kappa.prefix(coordinateCount)
  }
}
