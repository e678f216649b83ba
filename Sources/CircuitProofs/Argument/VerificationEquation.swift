internal import Commitments
internal import Ristretto

/// Everything the verifier drew while replaying the transcript of one proof.
struct ReplayedChallenges {
  let alpha: Scalar
  let rows: RowChallenges
  let tau: Scalar
  let gammas: [Scalar]

  /// Replays the transcript and leaves it after the final scalars.
  init(
    _ parts: ProofParts, base: DigitBase, transcript: inout ArgumentTranscript
  ) throws(ArgumentFailure) {
    alpha = try transcript.drawAlpha(afterL: parts.CL, parts.CO, base: base)
    rows = try transcript.drawRowChallenges(afterR: parts.CR)
    tau = try transcript.drawTau(afterS: parts.CS)
    var gammas: [Scalar] = []
    for (X, R) in parts.rounds { gammas.append(try transcript.drawGamma(after: X, R)) }
    self.gammas = gammas
    transcript.absorbFinal(parts.l, parts.n)
  }
}

/// A proof that decoded, with its challenges: what is left is one equation over the group.
struct PreparedProof {
  let statement: Statement
  let parts: ProofParts
  let challenges: ReplayedChallenges
  /// C_S, C_O, C_L, C_R, V…, X₀, R₀, …
  let points: [Point]
  /// 32 bytes that depend on everything (`protocol` 7.1).
  let batchSeed: [UInt8]

  init(
    _ proof: CircuitProof, statement: Statement, commitments: [EncodedPoint], context: [UInt8],
    suite: GeneratorSuite
  ) throws(VerificationError) {
    var transcript = ArgumentTranscript(
      statement: statement, commitments: commitments, context: context, suite: suite)
    try self.init(
      proof, statement: statement, commitments: commitments, transcript: &transcript)
  }

  init(
    _ proof: CircuitProof, statement: Statement, commitments: [EncodedPoint],
    transcript: inout ArgumentTranscript
  ) throws(VerificationError) {
    guard commitments.count == statement.commitmentCount else {
      throw .wrongCommitmentCount(expected: statement.commitmentCount, actual: commitments.count)
    }
    parts = try ProofParts(decoding: proof, layout: statement.layout)
    do throws(ArgumentFailure) {
      challenges = try ReplayedChallenges(parts, base: statement.base, transcript: &transcript)
    } catch {
      throw .degenerateChallenge
    }
    self.statement = statement
    batchSeed = transcript.batchSeed()

    func decode(_ point: EncodedPoint, field: Int) throws(VerificationError) -> Point {
      do throws(DecodingError) { return try point.decoded() } catch {
        throw .undecodable(field: field, error)
      }
    }
    var points = [
      try decode(parts.CS, field: 3), try decode(parts.CO, field: 1),
      try decode(parts.CL, field: 0), try decode(parts.CR, field: 2),
    ]
    for (i, V) in commitments.enumerated() {
      do throws(DecodingError) { points.append(try V.decoded()) } catch {
        throw .undecodableCommitment(index: i, error)
      }
    }
    for (r, round) in parts.rounds.enumerated() {
      points.append(try decode(round.X, field: 4 + 2 * r))
      points.append(try decode(round.R, field: 5 + 2 * r))
    }
    self.points = points
  }
}

/// A sum of verification equations (`protocol` 9): scalars of the shared generators, and scalars and
/// points of the proofs. All equations in it hold if the sum is the identity, up to the weights.
struct VerificationSum {
  private var value = Scalar.zero
  private var linear: [Scalar] = []
  private var norm: [Scalar] = []
  private var pointScalars: [Scalar] = []
  private var points: [Point] = []

  /// Adds `weight` times the equation of one proof.
  mutating func add(_ proof: PreparedProof, weight: Scalar) throws(VerificationError) {
    let (statement, challenges) = (proof.statement, proof.challenges)
    let (layout, rows, tau) = (statement.layout, challenges.rows, challenges.tau)
    let (inverses, tauInverse): (PublicInverses, Scalar)
    do throws(ArgumentFailure) {
      inverses = try PublicInverses(
        alpha: challenges.alpha, challenges: rows, base: statement.base)
      tauInverse = try tau.challengeInverse()
    } catch {
      throw .degenerateChallenge
    }
    let vectors = PublicVectors(
      statement, alpha: challenges.alpha, challenges: rows, inverses: inverses)
    let pn = vectors.pn(at: tau, deltaInverse: inverses.delta)
    let c = vectors.c(at: tau, tauInverse: tauInverse, beta: rows.beta)
    let opening = UnfoldedOpening(
      lFinal: proof.parts.l, nFinal: proof.parts.n, gammas: challenges.gammas, rho: rows.rho,
      linearLength: layout.linearLength, normLength: layout.normLength)

    // v = ⟨c(τ), l̄⟩ + Σ_{j<t} μ^(2ᵏ(j+1))·n_final[j]²
    var v = Scalar.innerProduct(c, opening.l)
    for (j, n) in proof.parts.n.enumerated() {
      v += vectors.muPowers[((j + 1) << layout.rounds) - 1] * n.squared()
    }

    value += weight * (v - vectors.ps(at: tau, pn: pn))
    extend(&linear, to: layout.linearLength)
    for i in opening.l.indices { linear[i] += weight * opening.l[i] }
    extend(&norm, to: layout.normLength)
    for i in pn.indices { norm[i] += weight * (opening.n[i] - pn[i]) }

    let tau2 = tau.squared()
    let vHat = (tau2 * tau).doubled()
    var scalars = [-tauInverse, -rows.delta, -tau, -tau2]
    scalars += vectors.commitmentWeights.map { -(vHat * $0) }
    for gamma in challenges.gammas { scalars += [-gamma, .one - gamma.squared()] }
    pointScalars += scalars.map { weight * $0 }
    points += proof.points
  }

  /// True if the sum is the identity: one multi-scalar multiplication.
  func holds(generators: Generators) throws(VerificationError) -> Bool {
    let account: [Point]
    do throws(GeneratorError) {
      account = try generators.account(max(linear.count - 7, 0))
    } catch {
      throw .generators(error)
    }
    return Point.multiscalarMultiplicationVariableTime(
      [value] + linear + norm + pointScalars,
      [generators.value] + generators.blinding + account + generators.norm(norm.count) + points
    ).isIdentity
  }

  private func extend(_ scalars: inout [Scalar], to count: Int) {
    if scalars.count < count { scalars += Array(repeating: .zero, count: count - scalars.count) }
  }
}
