internal import Ristretto

/// The circuit folded by λ and μ, at τ: what the verifier needs of ``PublicVectors``, with the products by
/// powers of μ and τ put together.
///
///     p_n(τ)_s = μ^{−(s+1)}·(v + τ·r + τ²·l + δ⁻¹·τ³·o)_s = μ^{−(s+1)}·q_s + [s < nh]·ατ
///
/// where v, r, l, o are c_V, c_R, c_L, c_O before slot s is divided by μ^{s+1}. The term α·μ^{s+1} in r of
/// every digit is left out of q, so that nothing is multiplied by powers of μ that are divided away again:
///
///     |p_n(τ)|²_μ = Σ μ^{−(s+1)}·q_s² + 2ατ·Σ_{s<nh} q_s + (ατ)²·Σ_{s<nh} μ^{s+1}
///     p_s(τ) = |p_n(τ)|²_μ + 2K·τ³
///
/// That is three multiplications and a short one a slot, in vectors.
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
    let powers = forms.powers
    let mu = challenges.rho.squared()
    let tau2 = tau.squared()
    let tau3 = tau2 * tau
    let onO = inverses.delta * tau3

    // λ^e for all rows of section 4, and μ^(s+1) for s = nh … nh + nb + Q − 1.
    let lambda = powers.values(of: challenges.lambda)
    let muPowers = Scalar.geometricSequence(
      from: mu.power(nh + 1), ratio: mu, count: nb + Q)
    let digitSum = Scalar.geometricSum(from: mu, ratio: mu, count: nh)

    // What the links, the rows and the gates ask of the variables and of the gates' outputs, and K.
    let variables = forms.asked.combinations(of: lambda)
    var K = variables[A + Q]

    // v_s = λ^(C+7+s)
    var q = Array(lambda[(C + 7)..<(C + 7 + N)])
    // Of digits: r = w, without α·μ^(s+1), and o = w/α − w/(α + j) for the multiplicity of digit j.
    var constants: [(count: Int, value: Scalar)] = []
    if nh > 0 {
      let w = lambda[powers.reciprocals]
      let tauW = tau * w
      let reciprocals = inverses.reciprocals(times: onO * w)
      for j in 1...nm { q[j - 1] -= reciprocals[j] }
      let both = min(nm, nh)
      constants = [(both, tauW + reciprocals[0]), (nh - both, tauW)]
      for s in both..<nm { q[s] += reciprocals[0] }
      K += w * inverses.alpha * Scalar(nh) + digitSum
    }
    // Of bits: r = w, l = −w − μ^(s+1), with a w for each.
    for k in 0..<nb {
      let w = lambda[powers.bit(k)]
      q[nh + k] += (tau - tau2) * w - tau2 * muPowers[k]
    }
    // Of digits and bits: l is what the rows ask of the value that they belong to.
    forms.slotWeights.add(
      tau2, times: Array(variables[..<A] + lambda[powers.firstRow..<(powers.firstRow + S)]),
      andConstants: constants, to: &q)
    // Of gates: l and r the left and right side, o what is asked of the output.
    for g in 0..<Q {
      let slot = nh + nb + g
      q[slot] += tau2 * lambda[powers.left(g)] + tau * lambda[powers.right(g)]
      q[nm + g] += onO * (variables[A + g] - muPowers[nb + g])
    }

    self.q = q
    muInverse = inverses.mu
    digitCount = nh
    onDigits = alpha * tau
    let digits = Scalar.sum(q.span.extracting(0..<nh))
    constant = (K * tau3 + onDigits * digits).doubled() + onDigits.squared() * digitSum
    commitmentWeights = (0..<statement.commitmentCount).map { lambda[powers.commitment($0)] }
    kappa = lambda[1..<(C + 7)]
    coordinateCount = C
    beta = challenges.beta
    self.tau = tau
  }

  /// Subtracts `weight·p_n(τ)` from the scalars of the norm generators, and `weight·p_s(τ)` from that of the
  /// value.
  ///
  /// - Returns: what is to be added besides to the first nh scalars of norm generators.
  func subtractNorm(
    weighted weight: Scalar, from norm: inout [Scalar], value: inout Scalar
  ) -> (count: Int, value: Scalar) {
    let weights = Scalar.geometricSequence(
      from: -(weight * muInverse), ratio: muInverse, count: q.count)
    value += Scalar.addWeighed(weights, q, to: &norm) - weight * constant
    return (digitCount, -(weight * onDigits))
  }

  /// `c(τ) = (β·τ^(a_j) + κ_{R,j})_{j=1…7} ‖ κ`.
  func c(inverses: PublicInverses) -> [Scalar] {
    let powers = Scalar.geometricSequence(from: inverses.tau, ratio: tau, count: 9)
    let kappaR = [.zero] + kappa.suffix(6)
    let slots = zip(PublicVectors.blindingExponents, kappaR).map { beta * powers[$0 + 1] + $1 }
    return slots + kappa.prefix(coordinateCount)
  }
}
