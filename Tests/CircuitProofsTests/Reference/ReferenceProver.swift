import CircuitProofs
import Commitments
import ExactIntegers
import Merlin
import Ristretto

/// What a prover says its variables, gate outputs and rows are. An honest one computes it from x.
struct ReferenceClaim {
  var x: [Integer]
  var z: [Integer]
  var y: [Integer]
}

/// How a prover can open a commitment; an honest one has nothing in `r` and `n`.
struct ReferenceOpening {
  /// On H₁ … H_C.
  var values: [Scalar]
  /// On R₁.
  var blinding: Scalar
  /// On U (index 0), R₁ … R₇, on top of `blinding`.
  var r = [Scalar](repeating: .zero, count: 8)
  /// On G₁ … G_N.
  var n: [Scalar]

  func commitment(_ generators: ReferenceGenerators) -> [UInt8] {
    (sum(values, generators.H) + sum([blinding], [generators.R[0]])
      + sum(r, [generators.U] + generators.R) + sum(n, generators.G)).encoded().bytes
  }
}

/// What the known answers record of a run.
struct ReferenceRun {
  var proof: ReferenceProof
  var challenges: ReferenceChallenges
  var vectors: ReferenceVectors
  var rS, cTau, lTau, nTau: [Scalar]
  /// Coefficients of F that no slot of C_S removes; empty for an honest prover.
  var leftover: Laurent
  var transcript: ReferenceTranscript
}

/// How a prover cheats.
enum ReferenceCheat {
  /// Not at all: an error in the value row ends the run.
  case none
  /// Leaves the rows that C_S cannot reach as they are.
  case ignoreLeftover
  /// Makes up for the error with the square of this norm slot.
  case squareInSlot(Int)
}

enum ReferenceProverError: Error, Hashable {
  /// The row of T with this exponent does not vanish.
  case rowRemains(Int)
  case notASquare
  case unreachableValue
}

extension ReferenceStatement {
  func claim(_ x: [Integer]) -> ReferenceClaim {
    let all = variables(x)
    return ReferenceClaim(
      x: x, z: Array(all[A...]), y: draft.rows.map { evaluate($0.form, all) })
  }

  func openings(_ x: [Integer], blindings: [Scalar]) -> [ReferenceOpening] {
    let all = variables(x)
    return zip(draft.links, blindings).map { link, s in
      ReferenceOpening(
        values: (0..<C).map { m in link[m].map { Scalar(evaluate($0, all)) } ?? .zero },
        blinding: s, n: [Scalar](repeating: .zero, count: layout.N))
    }
  }

  /// n_L and n_O.
  func digits(_ claim: ReferenceClaim) throws -> (nL: [Scalar], nO: [Scalar]) {
    var nL = [Scalar](repeating: .zero, count: layout.N)
    var nO = nL
    var (digit, bit) = (0, layout.nh)
    for (value, plan) in zip(claim.x + claim.y, layout.plans) {
      guard let parts = plan.decompose(value) else { throw ReferenceProverError.unreachableValue }
      for d in parts.digits {
        nL[digit] = Scalar(d)
        if d > 0 { nO[d - 1] += .one }
        digit += 1
      }
      for e in parts.bits {
        nL[bit] = Scalar(e)
        bit += 1
      }
    }
    let all = claim.x + claim.z
    for (g, gate) in draft.gates.enumerated() {
      nL[layout.nh + layout.nb + g] = Scalar(evaluate(gate.left, all))
      nO[layout.nm + g] = Scalar(claim.z[g])
    }
    return (nL, nO)
  }

  /// n_R.
  func reciprocals(_ claim: ReferenceClaim, nL: [Scalar], alpha: Scalar) throws -> [Scalar] {
    let all = claim.x + claim.z
    return try layout.slots.enumerated().map { s, slot in
      switch slot {
      case .digit: try (alpha + nL[s]).inverse()
      case .bit: nL[s]
      case .gate(let g): Scalar(evaluate(draft.gates[g].right, all))
      case .padding: .zero
      }
    }
  }

  /// The prover of `protocol` 7.2.
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
    // 1
    let (nL, nO) = try digits(claim)
    let rO = blinders([0, 1, 2, 3, 5, 6])
    let rL = blinders([0, 1, 2, 4, 5])
    let CO = (sum(rO, slots) + sum(nO, G)).encoded().bytes
    let CL = (sum(rL, slots) + sum(nL, G)).encoded().bytes
    var e = ReferenceChallenges()
    e.alpha = transcript.alpha(CL: CL, CO: CO, base: base)
    // 2
    let nR = try reciprocals(claim, nL: nL, alpha: e.alpha)
    let rR = blinders([0, 1, 3, 4])
    let CR = (sum(rR, slots) + sum(nR, G)).encoded().bytes
    transcript.rows(CR: CR, &e)
    let vectors = try ReferenceVectors(self, e, variant)
    // 3
    let lS = (0..<C).map { _ in draw() }
    let nS = (0..<layout.N).map { _ in draw() }
    let vHat = vectors.combined(openings)
    var parts = ReferenceParts(
      nS: nS, nO: nO, nL: nL, nR: nR, nV: vHat.n, lS: lS, vHat: vHat.values,
      rS: [Scalar](repeating: .zero, count: 8), rO: rO, rL: rL, rR: rR, rV: vHat.r)
    let F = try parts.error(vectors, e, variant)
    let betaInverse = try e.beta.inverse()
    for j in 1...7 { parts.rS[j] = F[variant.exponents[j - 1] - 1] * betaInverse }
    parts.rS[0] = -F[-1]
    for j in 2...7 { parts.rS[0] += vectors.kapR[j] * parts.rS[j] }
    let leftover = try parts.error(vectors, e, variant)
    if case .none = cheat, let row = leftover.support.first {
      throw ReferenceProverError.rowRemains(row)
    }
    let CS = (sum(parts.rS, slots) + sum(lS, all.H) + sum(nS, G)).encoded().bytes
    e.tau = transcript.tau(CS: CS)
    // 4
    var (l, n) = try parts.opened(vectors, e)
    let c = try vectors.c(variant, beta: e.beta).map { try $0.value(at: e.tau) }
    if case .squareInSlot(let slot) = cheat {
      n[slot] = .zero
      let v = try vectors.ps(e.delta).value(at: e.tau) + parts.slotPolynomials(e)[0].value(at: e.tau)
      let missing =
        v - ReferenceFolding.inner(c, l) - ReferenceFolding.inner(n, n, weight: e.mu)
      guard let root = try squareRoot(missing * vectors.mu[slot].inverse()) else {
        throw ReferenceProverError.notASquare
      }
      n[slot] = root
    }
    var run = ReferenceRun(
      proof: ReferenceProof(CL: CL, CO: CO, CR: CR, CS: CS), challenges: e, vectors: vectors,
      rS: parts.rS, cTau: c, lTau: l, nTau: n, leftover: leftover, transcript: transcript)
    var folding = ReferenceFolding(c: c, rho: e.rho, H: all.R + all.H, G: G)
    for _ in 0..<layout.rounds {
      let (X, R) = try folding.messages(l: l, n: n, U: all.U)
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
