internal import ExactIntegers
internal import Merlin
internal import ProofCore
internal import Ristretto

/// The prover of protocol 7.2, one attempt at a time.
///
/// The commitments C_L, C_O, C_R, C_S, the digits, multiplicities, reciprocals and F(T) are computed in
/// constant time; the folding rounds work on masked vectors and may be variable time
/// (`NormLinearProver`).
struct Prover: ~Copyable {
  let statement: Statement
  /// U, R₁ … R₇, H₁ … H_C.
  private let linear: FixedPoints
  /// G₁ … G_N.
  private let norm: FixedPoints
  private let vectors: WitnessVectors
  /// `v_{i,m}`: coordinate m of commitment i at `i·C + m`.
  private let coordinates: SecretBlock<Scalar>

  /// - Throws: ``ProvingError`` if the witness does not fulfil the statement, or the suite cannot provide
  ///   the generators.
  init(
    _ statement: Statement, witness: borrowing Witness, generators: Generators
  ) throws(ProvingError) {
    let fixedLinear: FixedPoints
    do throws(GeneratorError) {
      fixedLinear = try generators.fixedLinear(statement.coordinateCount)
    } catch {
      throw .generators(error)
    }
    let assignment = try Self.assign(statement, witness)
    self.statement = statement
    linear = fixedLinear
    norm = generators.fixedNorm(statement.layout.normLength)
    vectors = WitnessVectors(statement, assignment)
    coordinates = Self.coordinates(of: statement, assignment)
  }

  private static func assign(
    _ statement: Statement, _ witness: borrowing Witness
  ) throws(ProvingError) -> Assignment {
    do throws(StatementViolation) {
      return try statement.assign(witness)
    } catch {
      throw .violation(error)
    }
  }

  /// The committed coordinates `link_i[m](x, z)`, those in no link 0.
  private static func coordinates(
    of statement: Statement, _ assignment: borrowing Assignment
  ) -> SecretBlock<Scalar> {
    let (forms, C) = (statement.storage.compiled, statement.coordinateCount)
    let integers = forms.plain.integers
    var all = SecretBlock<Scalar>(repeating: .zero, count: statement.commitmentCount * C)
    for link in forms.index.links {
      let value = assignment.variables.withSpan { integers.value(link.form, at: $0) }
      all[link.commitment * C + link.coordinate] = Scalar(value)
    }
    return all
  }

  /// `V_i = Σ_m link_i[m](x, z)·H_{m+1} + s_i·R₁`.
  func commitment(_ index: Int, blinding: Scalar) -> EncodedPoint {
    let C = statement.coordinateCount
    // R₁, R₂ … R₇ not used, H₁ …
    var scalars = SecretBlock<Scalar>(repeating: .zero, count: 7 + C)
    scalars[0] = blinding
    for m in 0..<C { scalars[7 + m] = coordinates[index * C + m] }
    return scalars.withSpan { linear.sum($0, from: 1).encoded() }
  }

  /// Runs the argument once.
  func prove<Source: BlindingSource & ~Copyable>(
    blindings: borrowing SecretBlock<Scalar>, transcript: inout ArgumentTranscript<Transcript>,
    using source: inout Source
  ) throws(ArgumentFailure) -> ProofParts {
    let layout = statement.layout
    let (N, C) = (layout.normLength, statement.coordinateCount)

    // 1. Digits, bits, left values; multiplicities and gate outputs.
    let rO = BlindingRows.sample(BlindingRows.freeInO, from: &source)
    let rL = BlindingRows.sample(BlindingRows.freeInL, from: &source)
    let digitBits = statement.base.bitWidth
    let countBits = Int.bitWidth - layout.digitSlots.leadingZeroBitCount
    let CL = commit(
      rL, vectors.nL, small: layout.digitSlots + layout.bitSlots, bits: digitBits,
      used: layout.digitSlots + layout.bitSlots + layout.gateSlots)
    let CO = commit(
      rO, vectors.nO, small: layout.multiplicities, bits: countBits,
      used: layout.multiplicities + layout.gateSlots)
    let alpha = try transcript.drawAlpha(afterL: CL, CO, base: statement.base)

    // 2. Reciprocals, bits, right values.
    let nR = try vectors.nR(alpha: alpha)
    let rR = BlindingRows.sample(BlindingRows.freeInR, from: &source)
    let CR = commit(
      rR, nR, small: 0, bits: 0,
      used: layout.digitSlots + layout.bitSlots + layout.gateSlots)
    let challenges = try transcript.drawRowChallenges(afterR: CR)
    let inverses = try PublicInverses(
      alpha: alpha, challenges: challenges, base: statement.base)
    let betaInverse = try challenges.beta.challengeInverse()
    let publicVectors = PublicVectors(
      statement, alpha: alpha, challenges: challenges, inverses: inverses)
    source.observe("alpha", [alpha])
    observe(challenges, publicVectors, with: &source)

    // 3. Masks, and the slots of C_S that cancel every error term but the value row.
    var lS = SecretBlock<Scalar>(repeating: .zero, count: C)
    source.fill(&lS)
    var nS = SecretBlock<Scalar>(repeating: .zero, count: N)
    source.fill(&nS)
    // v̂_m = 2·Σ a_i·v_{i,m},  r_V = (0, 2·Σ a_i·s_i, 0, …).
    var vHat = SecretBlock<Scalar>(repeating: .zero, count: C)
    var rV = SecretBlock<Scalar>(repeating: .zero, count: 8)
    for (i, weight) in publicVectors.commitmentWeights.enumerated() {
      for m in 0..<C { vHat[m] += (weight * coordinates[i * C + m]).doubled() }
      rV[1] += (weight * blindings[i]).doubled()
    }
    let rows = BlindingRows(rO: rO, rL: rL, rR: rR, rV: rV)
    let errors = ErrorTerms(
      nS: nS, nO: vectors.nO, nL: vectors.nL, nR: nR, lS: lS, vHat: vHat, rows: rows,
      publicVectors: publicVectors, challenges: challenges, deltaInverse: inverses.delta)
    guard errors.valueRowVanishes else { throw .inconsistent }
    let rS = errors.cancellingSlots(betaInverse: betaInverse, kappaR: publicVectors.kappaR)
    source.observe("r_S", (0..<8).map { rS[$0] })
    let CS = commitMasks(rS, lS, nS)
    let tau = try transcript.drawTau(afterS: CS)

    // 4. l(τ) and n(τ), masked by l_S, n_S and r_S.
    let tauInverse = try tau.challengeInverse()
    let (tau2, delta) = (tau.squared(), challenges.delta)
    let tau3 = tau2 * tau
    var l: [Scalar] = []
    for j in 1...7 {
      var slot = tauInverse * rS[j] + delta * rows.rO[j]
      slot += tau * rows.rL[j] + tau2 * rows.rR[j]
      l.append(slot + tau3 * rows.rV[j])
    }
    for m in 0..<C { l.append(tauInverse * lS[m] + tau3 * vHat[m]) }
    var n = publicVectors.pn(at: tau, deltaInverse: inverses.delta)
    nS.withSpan { Scalar.addProducts(tauInverse, $0, to: &n) }
    vectors.nO.withSpan { Scalar.addProducts(delta, $0, to: &n) }
    vectors.nL.withSpan { Scalar.addProducts(tau, $0, to: &n) }
    nR.withSpan { Scalar.addProducts(tau2, $0, to: &n) }

    let c = publicVectors.c(at: tau, tauInverse: tauInverse, beta: challenges.beta)
    source.observe("tau", [tau])
    source.observe("c_tau", c)
    source.observe("l_tau", l)
    source.observe("n_tau", n)

    return try fold(
      l: l, n: n, c: c, rho: challenges.rho, rhoInverse: inverses.rho, (CL, CO, CR, CS),
      transcript: &transcript)
  }

  private func observe<Source: BlindingSource & ~Copyable>(
    _ challenges: RowChallenges, _ publicVectors: PublicVectors, with source: inout Source
  ) {
    source.observe("rho", [challenges.rho])
    source.observe("lam", [challenges.lambda])
    source.observe("beta", [challenges.beta])
    source.observe("delta", [challenges.delta])
    source.observe("K", [publicVectors.K])
    source.observe("cL", publicVectors.cL)
    source.observe("cR", publicVectors.cR)
    source.observe("cO", publicVectors.cO)
    source.observe("cV", publicVectors.cV)
  }

  /// The norm linear argument on the opened vectors.
  private func fold(
    l: [Scalar], n: [Scalar], c: [Scalar], rho: Scalar, rhoInverse: Scalar,
    _ heads: (CL: EncodedPoint, CO: EncodedPoint, CR: EncodedPoint, CS: EncodedPoint),
    transcript: inout ArgumentTranscript<Transcript>
  ) throws(ArgumentFailure) -> ProofParts {
    var argument = NormLinearProver(
      l: l, n: n, c: c, rho: rho, rhoInverse: rhoInverse, linear: linear, norm: norm)
    var rounds: [(X: EncodedPoint, R: EncodedPoint)] = []
    for _ in 0..<statement.layout.rounds {
      let messages = argument.messages()
      let (X, R) = (messages.X.encoded(), messages.R.encoded())
      rounds.append((X, R))
      argument.fold(by: try transcript.drawGamma(after: X, R))
    }
    let (lFinal, nFinal) = argument.opened
    transcript.absorbFinal(lFinal, nFinal)
    return ProofParts(
      CL: heads.CL, CO: heads.CO, CR: heads.CR, CS: heads.CS, rounds: rounds, l: lFinal, n: nFinal)
  }

  /// `r[0]·U + Σ r[j]·R_j + ⟨n, G⟩` where the first `small` entries of n are below 2^bits and entries
  /// from `used` on are 0: both follow from the layout.
  private func commit(
    _ r: borrowing SecretBlock<Scalar>, _ n: borrowing SecretBlock<Scalar>, small: Int, bits: Int,
    used: Int
  ) -> EncodedPoint {
    var sum = r.withSpan { linear.sum($0) }
    sum += n.withSpan { norm.sum($0.extracting(small..<used), from: small) }
    if small > 0 {
      sum += n.withSpan { norm.sum($0.extracting(0..<small), bits: bits) }
    }
    return sum.encoded()
  }

  /// `C_S = r_S[0]·U + Σ r_S[j]·R_j + ⟨l_S, H⟩ + ⟨n_S, G⟩`.
  private func commitMasks(
    _ rS: borrowing SecretBlock<Scalar>, _ lS: borrowing SecretBlock<Scalar>,
    _ nS: borrowing SecretBlock<Scalar>
  ) -> EncodedPoint {
    let scalars = SecretBlock<Scalar>(count: 8 + lS.count) { $0 < 8 ? rS[$0] : lS[$0 - 8] }
    return (scalars.withSpan { linear.sum($0) } + nS.withSpan { norm.sum($0) }).encoded()
  }
}
