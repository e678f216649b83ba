import CircuitProofs
import Merlin
import Ristretto

/// The fields of a proof (protocol 10).
struct ReferenceProof {
  var CL, CO, CR, CS: [UInt8]
  var rounds: [(X: [UInt8], R: [UInt8])] = []
  var l: [Scalar] = []
  var n: [Scalar] = []

  var bytes: [UInt8] {
    CL + CO + CR + CS + rounds.flatMap { $0.X + $0.R } + (l + n).flatMap { $0.encoded() }
  }

  var proof: CircuitProof { CircuitProof(bytes: bytes) }

  init(CL: [UInt8], CO: [UInt8], CR: [UInt8], CS: [UInt8]) {
    (self.CL, self.CO, self.CR, self.CS) = (CL, CO, CR, CS)
  }

  /// Splits bytes; `nil` for a wrong length or a scalar that is not canonical.
  init?(_ bytes: [UInt8], layout: ReferenceLayout) {
    guard bytes.count == layout.proofByteCount else { return nil }
    var fields = stride(from: 0, to: bytes.count, by: 32).map { Array(bytes[$0..<($0 + 32)]) }[...]
    self.init(
      CL: fields.removeFirst(), CO: fields.removeFirst(), CR: fields.removeFirst(),
      CS: fields.removeFirst())
    for _ in 0..<layout.rounds { rounds.append((fields.removeFirst(), fields.removeFirst())) }
    let scalars = fields.compactMap { try? Scalar(canonicalBytes: $0) }
    guard scalars.count == layout.lf + layout.t else { return nil }
    l = Array(scalars[..<layout.lf])
    n = Array(scalars[layout.lf...])
  }
}

/// What the verifier of protocol 9 computes from a proof.
struct ReferenceVerification {
  /// The left side less the right side of the folded claim; the identity if the proof holds.
  let residual: Point
  let challenges: ReferenceChallenges
  let vectors: ReferenceVectors
  let batchSeed: [UInt8]
  /// The transcript after the whole proof, "batch" included.
  let transcript: ReferenceTranscript
  /// c and the generators of l after the last round.
  let finalFolding: ReferenceFolding

  var holds: Bool { residual.isIdentity && !transcript.isDegenerate }
}

extension ReferenceStatement {
  func generators(_ variant: ReferenceVariant) -> ReferenceGenerators {
    ReferenceGenerators(suite: suite, account: C, norm: layout.N)
  }

  /// G₁ … G_N as the variant sees them.
  func normGenerators(_ all: ReferenceGenerators, _ variant: ReferenceVariant) -> [Point] {
    all.G.enumerated().map { s, G in s < layout.N0 || variant.padsWithGenerators ? G : .identity }
  }

  /// Recomputes everything by literal folding; `nil` if something does not decode.
  func verification(
    of bytes: [UInt8], commitments: [[UInt8]], context: [UInt8],
    variant: ReferenceVariant = .sound
  ) throws -> ReferenceVerification? {
    func point(_ bytes: [UInt8]) -> Point? { try? EncodedPoint(bytes).decoded() }
    guard commitments.count == k, let proof = ReferenceProof(bytes, layout: layout),
      let CL = point(proof.CL), let CO = point(proof.CO), let CR = point(proof.CR),
      let CS = point(proof.CS)
    else { return nil }
    let V = commitments.compactMap(point)
    let (X, R) = (proof.rounds.compactMap { point($0.X) }, proof.rounds.compactMap { point($0.R) })
    guard V.count == k, X.count == layout.rounds, R.count == layout.rounds else { return nil }

    var transcript = ReferenceTranscript(
      self, commitments: commitments, context: context, variant: variant)
    var e = ReferenceChallenges()
    e.alpha = transcript.alpha(CL: proof.CL, CO: proof.CO, base: base)
    transcript.rows(CR: proof.CR, &e)
    e.tau = transcript.tau(CS: proof.CS)
    guard !transcript.isDegenerate else { return nil }

    let all = generators(variant)
    let vectors = try ReferenceVectors(self, e, variant)
    let (tau, tauInverse) = (e.tau, try e.tau.inverse())
    // C(τ) = p_s U + ⟨p_n, G⟩ + τ⁻¹ C_S + δ C_O + τ C_L + τ² C_R + τ³ 2 Σ a_i V_i
    var folding = ReferenceFolding(
      c: try vectors.c(variant, beta: e.beta).map { try $0.value(at: tau) }, rho: e.rho,
      H: all.R + all.H, G: normGenerators(all, variant))
    let pn = try vectors.mu.indices.map { try vectors.pn($0, e.delta).value(at: tau) }
    let tauCubed = tau * tau * tau
    var C =
      sum([try vectors.ps(e.delta).value(at: tau)], [all.U]) + sum(pn, folding.G)
      + sum([tauInverse, e.delta, tau, tau * tau], [CS, CO, CL, CR])
      + sum(vectors.a.map { $0 * (tauCubed + tauCubed) }, V)
    for r in 0..<layout.rounds {
      let gamma = transcript.gamma(X: proof.rounds[r].X, R: proof.rounds[r].R)
      C += sum([gamma, gamma * gamma - .one], [X[r], R[r]])
      folding.fold(gamma)
    }
    transcript.final(l: proof.l, n: proof.n)
    let seed = transcript.batchSeed()
    return ReferenceVerification(
      residual: C - folding.opened(l: proof.l, n: proof.n, U: all.U), challenges: e,
      vectors: vectors, batchSeed: seed, transcript: transcript, finalFolding: folding)
  }

  /// Whether the variant's verifier accepts.
  func accepts(
    _ bytes: [UInt8], commitments: [[UInt8]], context: [UInt8],
    variant: ReferenceVariant = .sound
  ) throws -> Bool {
    try verification(of: bytes, commitments: commitments, context: context, variant: variant)?.holds
      ?? false
  }
}
