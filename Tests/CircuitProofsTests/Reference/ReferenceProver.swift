import CircuitProofs
import ExactIntegers
import Ristretto

/// What the known answers record of a run.
struct ReferenceRun {
  var proof: ReferenceProof
  var challenges: ReferenceChallenges
  var vectors: ReferenceVectors
  var rS, cTau, lTau, nTau: [Scalar]
  /// What remains of F; empty for an honest prover.
  var leftover: Laurent
  var transcript: ReferenceTranscript
}

extension ReferenceStatement {
  /// The prover of protocol 7.2, honest or not.
  func prove(
    _ claim: ReferenceClaim, openings: [ReferenceOpening], context: [UInt8],
    variant: ReferenceVariant = .sound, cheat: ReferenceCheat = .none,
    draw: () -> Scalar = Scalar.random
  ) throws -> ReferenceRun {
    let all = generators(variant)
    let G = normGenerators(all, variant)
    let slots = [all.U] + all.R
    var transcript = ReferenceTranscript(
      self, commitments: openings.map { $0.commitment(all) }, context: context, variant: variant)
    func blinders(_ free: [Int]) -> [Scalar] {
      var r = [Scalar](repeating: .zero, count: 8)
      for slot in free { r[slot] = draw() }
      return r
    }
    func committed(_ r: [Scalar], _ n: [Scalar]) -> [UInt8] {
      (sum(r, slots) + sum(n, G)).encoded().bytes
    }
    // 1
    var (nL, nO) = try digits(claim)
    if case .multiplicityAfterAlpha = cheat {
      nO[0] = try fittedMultiplicity(nL: nL, nO: nO, alpha: transcript.early.alpha)
    }
    let rO = blinders([0, 1, 2, 3, 5, 6])
    let rL = blinders([0, 1, 2, 4, 5])
    let (CO, CL) = (committed(rO, nO), committed(rL, nL))
    var e = ReferenceChallenges()
    e.alpha = transcript.alpha(CL: CL, CO: CO, base: base)
    // 2
    let nR = try reciprocals(claim, nL: nL, alpha: e.alpha)
    var rR = blinders([0, 1, 3, 4])
    func parts(_ vectors: ReferenceVectors, lS: [Scalar], nS: [Scalar]) -> ReferenceParts {
      let vHat = vectors.combined(openings)
      return ReferenceParts(
        nS: nS, nO: nO, nL: nL, nR: nR, nV: vHat.n, lS: lS, vHat: vHat.values,
        rS: [Scalar](repeating: .zero, count: 8), rO: rO, rL: rL, rR: rR, rV: vHat.r)
    }
    if case .blinderAfterRows = cheat {
      var early = transcript.early
      early.alpha = e.alpha
      let none = [Scalar](repeating: .zero, count: max(C, layout.N))
      let F = try parts(
        ReferenceVectors(self, early, variant), lS: Array(none[..<C]), nS: Array(none[..<layout.N])
      ).error(ReferenceVectors(self, early, variant), early, variant)
      rR[2] = F[3] * (try early.beta.inverse())
    }
    let CR = committed(rR, nR)
    transcript.rows(CR: CR, &e)
    let vectors = try ReferenceVectors(self, e, variant)
    // 3
    let lS = (0..<C).map { _ in draw() }
    let nS = (0..<layout.N).map { _ in draw() }
    var secret = parts(vectors, lS: lS, nS: nS)
    try secret.solveMasks(vectors, e, variant)
    var leftover = try secret.error(vectors, e, variant)
    if case .maskAfterTau = cheat {
      let tau = transcript.early.tau
      secret.rS[0] -= tau * (try leftover.value(at: tau))
      leftover = try secret.error(vectors, e, variant)
    }
    if case .none = cheat, let row = leftover.support.first {
      throw ReferenceProverError.rowRemains(row)
    }
    let CS = (sum(secret.rS, slots) + sum(lS, all.H) + sum(nS, G)).encoded().bytes
    e.tau = transcript.tau(CS: CS)
    // 4
    var (l, n) = try secret.opened(vectors, e)
    let c = try vectors.c(variant, beta: e.beta).map { try $0.value(at: e.tau) }
    if case .squareInSlot(let slot) = cheat {
      n[slot] = try secret.fittedSquare(slot, l: l, n: n, c: c, vectors, e)
    }
    var run = ReferenceRun(
      proof: ReferenceProof(CL: CL, CO: CO, CR: CR, CS: CS), challenges: e, vectors: vectors,
      rS: secret.rS, cTau: c, lTau: l, nTau: n, leftover: leftover, transcript: transcript)
    var folding = ReferenceFolding(c: c, rho: e.rho, H: all.R + all.H, G: G)
    for r in 0..<layout.rounds {
      var (X, R) = try folding.messages(l: l, n: n, U: all.U)
      if case .messageAfterGamma = cheat, r == 0 {
        let error = try leftover.value(at: e.tau) * run.transcript.early.gamma.inverse()
        X -= sum([error], [all.U])
      }
      run.proof.rounds.append((X.encoded().bytes, R.encoded().bytes))
      let gamma = run.transcript.gamma(X: X.encoded().bytes, R: R.encoded().bytes)
      (l, n) = try folding.folded(l: l, n: n, gamma)
      folding.fold(gamma)
    }
    run.transcript.final(l: l, n: n)
    (run.proof.l, run.proof.n) = (l, n)
    return run
  }

  /// An honest proof with its commitments.
  func prove(
    _ x: [Integer], blindings: [Scalar], context: [UInt8], variant: ReferenceVariant = .sound
  ) throws -> (commitments: [[UInt8]], run: ReferenceRun) {
    let openings = openings(x, blindings: blindings)
    return (
      openings.map { $0.commitment(generators(variant)) },
      try prove(claim(x), openings: openings, context: context, variant: variant)
    )
  }
}
