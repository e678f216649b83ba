internal import Ristretto

/// The circuit folded by λ and μ, at τ: what the verifier needs of ``PublicVectors``, with the products by powers of μ
/// and τ put together.
///
///     p_n(τ)_s = μ^{−(s+1)}·(v + τ·r + τ²·l + δ⁻¹·τ³·o)_s = μ^{−(s+1)}·q_s + [s < nh]·ατ
///
/// where v, r, l, o are c_V, c_R, c_L, c_O before slot s is divided by μ^{s+1}. The term α·μ^{s+1} in r of every digit is
/// left out of q, so that nothing is multiplied by powers of μ that are divided away again:
///
///     |p_n(τ)|²_μ = Σ μ^{−(s+1)}·q_s² + 2ατ·Σ_{s<nh} q_s + (ατ)²·Σ_{s<nh} μ^{s+1}
///     p_s(τ) = |p_n(τ)|²_μ + 2K·τ³
///
/// That is four multiplications a slot, in vectors.
struct CircuitEvaluation {
  /// `q`.
  private let q: [Scalar]
  /// nh.
  private let digitCount: Int
  /// ατ.
  private let onDigits: Scalar
  /// `μ⁻¹`.
  private let muInverse: Scalar
  /// `2K·τ³ + 2ατ·Σ_{s<nh} q_s + (ατ)²·Σ_{s<nh} μ^{s+1}`.
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

    // λ^e for all rows of section 4, and μ^(s+1) for s = nh … nh + nb + Q − 1.
    let firstRow = statement.commitmentCount * D
    let firstGate = firstRow + S + 1
    let lambda = Scalar.geometricSequence(
      from: .one, ratio: challenges.lambda, count: firstGate + 2 * Q + nb)
    let muPowers = Scalar.geometricSequence(
      from: mu.power(nh + 1), ratio: mu, count: nb + Q)
    let digitSum = Scalar.geometricSum(from: mu, ratio: mu, count: nh)

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
    // Of digits: r = w, without α·μ^(s+1), and o = w/α − w/(α + j) for the multiplicity of digit j.
    if nh > 0 {
      let w = lambda[firstRow + S]
      let tauW = tau * w
      for s in 0..<nh { q[s] += tauW }
      let perAlpha = w * inverses.alphaPlusDigit[0]
      for j in 1...nm { q[j - 1] += onO * (perAlpha - w * inverses.alphaPlusDigit[j]) }
      K += perAlpha * Scalar(nh)
      K += digitSum
    }
    // Of bits: r = w, l = −w − μ^(s+1), with a w for each.
    for (k, w) in lambda[(firstGate + 2 * Q)...].enumerated() {
      q[nh + k] += tau * w - tau2 * (w + muPowers[k])
    }
    // Of digits and bits: l is what the rows ask of the value that they belong to.
    let asked = (variables[..<A] + lambda[firstRow..<(firstRow + S)]).map { tau2 * $0 }
    Scalar.addProducts(forms.slotWeights, forms.slotOwners.map { asked[$0] }, to: &q)
    // Of gates: l and r the left and right side, o what is asked of the output.
    for g in 0..<Q {
      let slot = nh + nb + g
      q[slot] += tau2 * lambda[firstGate + 2 * g] + tau * lambda[firstGate + 1 + 2 * g]
      q[nm + g] += onO * (variables[A + g] - muPowers[nb + g])
    }

    self.q = q
    muInverse = inverses.mu
    digitCount = nh
    onDigits = alpha * tau
    var digits = Scalar.zero
    for s in 0..<nh { digits += q[s] }
    constant = (K * tau3 + onDigits * digits).doubled() + onDigits.squared() * digitSum
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
    let onDigits = weight * onDigits
    for s in 0..<digitCount { norm[s] -= pn[s] + onDigits }
    for s in digitCount..<pn.count { norm[s] -= pn[s] }
  }

  /// `c(τ) = (β·τ^(a_j) + κ_{R,j})_{j=1…7} ‖ κ`.
  func c(inverses: PublicInverses) -> [Scalar] {
    let powers = Scalar.geometricSequence(from: inverses.tau, ratio: tau, count: 9)
    let kappaR = [.zero] + kappa.suffix(6)
    let slots = zip(PublicVectors.blindingExponents, kappaR).map { beta * powers[$0 + 1] + $1 }
    return slots + kappa.prefix(coordinateCount)
  }
}
