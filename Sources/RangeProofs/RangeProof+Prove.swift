public import Merlin
public import Ristretto

extension RangeProof {
  /// Proves that values have at most n bits, and commits to them.
  ///
  /// - Parameters:
  ///   - values: 1, 2, 4, … or 64 secret values.
  ///   - blindings: γ, one for each value.
  ///   - width: n.
  ///   - transcript: what the proof is bound to; extended as the dalek crate does.
  /// - Returns: the proof and the commitments `V = v·B + γ·B̃`.
  /// - Throws: ``RangeProvingError``. The transcript is then as it was.
  ///
  /// Blinders are drawn from transcript, witness and system randomness together. The finished proof is
  /// verified before it is returned. Constant time in values and blindings up to the masked vectors.
  public static func prove(
    _ values: borrowing SecretBlock<UInt64>, blindings: borrowing SecretBlock<Scalar>,
    width: RangeWidth, transcript: inout Transcript
  ) throws(RangeProvingError) -> (proof: RangeProof, commitments: [EncodedPoint]) {
    try prove(values, blindings: blindings, width: width, transcript: &transcript) {
      SystemRandom.bytes(32)
    }
  }

  /// The same with 32 bytes for each attempt from a source other than the system. The same bytes for the same
  /// values give the same proof.
  package static func prove(
    _ values: borrowing SecretBlock<UInt64>, blindings: borrowing SecretBlock<Scalar>,
    width: RangeWidth, transcript: inout Transcript, systemBytes: () -> [UInt8]
  ) throws(RangeProvingError) -> (proof: RangeProof, commitments: [EncodedPoint]) {
    let m = values.count
    guard isSupported(count: m) else { throw .unsupportedCount(m) }
    guard blindings.count == m else {
      throw .wrongBlindingCount(expected: m, actual: blindings.count)
    }
    for j in 0..<m where !width.admits(values[j]) { throw .valueOutOfRange(index: j) }
    let generators = RangeGenerators.standard
    let commitments = generators.commit(to: values, blindings: blindings)

    while true {
      var attempt = RangeTranscript(transcript, width: width, commitments: commitments)
      // After n, m and V: two proofs of the same values over other widths or commitments share no blinder.
      var source = attempt.transcript.randomnessSource()
      values.withSpan { source.rekey(with: $0, label: "values") }
      blindings.withSpan { source.rekey(with: $0, label: "blindings") }
      var randomness = source.finalized(systemBytes: systemBytes())
      let prover = RangeProver(width: width, count: m, generators: generators)
      let proof: RangeProof
      do throws(DegenerateChallenge) {
        proof = RangeProof(
          try prover.prove(values, blindings, transcript: &attempt, randomness: &randomness))
      } catch {
        continue
      }
      var replay = transcript
      do throws(RangeVerificationError) {
        try proof.verify(commitments, width: width, transcript: &replay)
      } catch {
        throw .selfVerification(error)
      }
      transcript = replay
      return (proof, commitments)
    }
  }

  /// Whether a proof can be for `m` values.
  static func isSupported(count m: Int) -> Bool {
    (1...RangeGenerators.partyLimit).contains(m) && m.nonzeroBitCount == 1
  }
}

/// The prover of eprint 2017/1066, section 4.2, for m values of n bits.
///
///     a_L ∈ {0, 1}^{nm}: the bits       a_R = a_L − 1
///     l(X) = a_L − z·1 + s_L·X
///     r(X) = yⁿᵐ ∘ (a_R + z·1 + s_R·X) + z²·(z^j·2ⁱ)_{j,i}
///     t(X) = ⟨l(X), r(X)⟩ = t₀ + t₁·X + t₂·X²
///
/// A, S, T₁, T₂ and the polynomials are computed in constant time.
struct RangeProver {
  private let width: RangeWidth
  private let count: Int
  private let generators: RangeGenerators
  /// B, B̃ and the chains of all parties.
  private let fixed: FixedPoints

  init(width: RangeWidth, count: Int, generators: RangeGenerators) {
    self.width = width
    self.count = count
    self.generators = generators
    fixed = generators.fixed(parties: count)
  }

  func prove(
    _ values: borrowing SecretBlock<UInt64>, _ blindings: borrowing SecretBlock<Scalar>,
    transcript: inout RangeTranscript<Transcript>, randomness: inout TranscriptRandomness
  ) throws(DegenerateChallenge) -> RangeProofParts {
    let (n, N) = (width.rawValue, width.rawValue * count)

    // A = α·B̃ + ⟨a_L, G⟩ + ⟨a_R, H⟩,  S = ρ·B̃ + ⟨s_L, G⟩ + ⟨s_R, H⟩
    let bits = SecretBlock<UInt64>(count: N) { (values[$0 / n] &>> UInt64($0 % n)) & 1 }
    var masks = SecretBlock<Scalar>(repeating: .zero, count: 2 * N + 4)
    masks.withMutableSpan { randomness.fill(&$0) }
    let (alpha, rho) = (masks[2 * N], masks[2 * N + 1])
    let (tau1, tau2) = (masks[2 * N + 2], masks[2 * N + 3])
    let A = commitBits(bits, blinding: alpha)
    let SEncoded = commitMasks(masks, blinding: rho)
    let (y, z) = try transcript.drawYZ(after: A, SEncoded)

    // The coefficients of l and r, and t₁ and t₂.
    let z2 = z.squared()
    let zPowers = Scalar.geometricSequence(from: z2, ratio: z, count: count)
    let twoPowers = Scalar.geometricSequence(from: .one, ratio: Scalar(2), count: n)
    let yPowers = Scalar.geometricSequence(from: .one, ratio: y, count: N)
    let l0 = SecretBlock<Scalar>(count: N) { Scalar(bits[$0]) - z }
    let r0 = SecretBlock<Scalar>(count: N) {
      yPowers[$0] * (Scalar(bits[$0]) - .one + z) + zPowers[$0 / n] * twoPowers[$0 % n]
    }
    var (t1, t2) = (Scalar.zero, Scalar.zero)
    for i in 0..<N {
      let r1 = yPowers[i] * masks[N + i]
      t1 += l0[i] * r1 + masks[i] * r0[i]
      t2 += masks[i] * r1
    }
    let (T1, T2) = (commit(t1, blinding: tau1), commit(t2, blinding: tau2))
    let x = try transcript.drawX(after: T1, T2)

    // Open l(x), r(x), t̂ = ⟨l, r⟩, τₓ = τ₁·x + τ₂·x² + Σ z^{2+j}·γ_j, μ = α + ρ·x.
    let l = (0..<N).map { l0[$0] + masks[$0] * x }
    let r = (0..<N).map { r0[$0] + yPowers[$0] * masks[N + $0] * x }
    let tHat = Scalar.innerProduct(l, r)
    var tauX = (tau1 + tau2 * x) * x
    for j in 0..<count { tauX += zPowers[j] * blindings[j] }
    let mu = alpha + rho * x
    let w = try transcript.drawW(after: tHat, tauX, mu, vectorLength: N)

    var argument = InnerProductProver(
      w: w, a: l, b: r, yInverse: try inverse(y), generators: generators, width: width, count: count)
    var rounds: [(L: EncodedPoint, R: EncodedPoint)] = []
    for _ in 0..<N.trailingZeroBitCount {
      let messages = argument.messages()
      let (L, R) = (messages.L.encoded(), messages.R.encoded())
      rounds.append((L, R))
      let u = try transcript.drawU(after: L, R)
      argument.fold(by: u, inverse: try inverse(u))
    }
    return RangeProofParts(
      A: A, S: SEncoded, T1: T1, T2: T2, tHat: tHat, tauX: tauX, mu: mu, rounds: rounds,
      a: argument.opened.a, b: argument.opened.b)
  }

  /// `α·B̃ + Σ bᵢ·Gᵢ − Σ (1 − bᵢ)·Hᵢ`.
  private func commitBits(
    _ bits: borrowing SecretBlock<UInt64>, blinding alpha: Scalar
  ) -> EncodedPoint {
    let n = width.rawValue
    let ones = SecretBlock<Scalar>(count: bits.count) { Scalar(bits[$0]) }
    let zeros = SecretBlock<Scalar>(count: bits.count) { Scalar(1 &- bits[$0]) }
    var sum = commitBlinding(alpha)
    for j in 0..<count {
      let (g, part) = (RangeGenerators.index(party: j), (j * n)..<((j + 1) * n))
      sum += ones.withSpan { fixed.sum($0.extracting(part), bits: 1, from: g) }
      sum -= zeros.withSpan {
        fixed.sum($0.extracting(part), bits: 1, from: g + RangeGenerators.chainLength)
      }
    }
    return sum.encoded()
  }

  /// `ρ·B̃ + ⟨s_L, G⟩ + ⟨s_R, H⟩` of the masks s_L ‖ s_R ‖ ….
  private func commitMasks(
    _ masks: borrowing SecretBlock<Scalar>, blinding rho: Scalar
  ) -> EncodedPoint {
    let (n, N) = (width.rawValue, width.rawValue * count)
    guard n == RangeGenerators.chainLength else {
      // Chains are used in part: a sum for each party would cost its doublings every time.
      let (G, H) = generators.vectors(parties: count, length: n)
      let sum = masks.withSpan {
        Point.multiscalarMultiplication($0.extracting(0..<2 * N), G + H)
      }
      return (sum + commitBlinding(rho)).encoded()
    }
    // B̃, and G and H of each party in turn.
    let scalars = SecretBlock<Scalar>(count: 1 + 2 * N) { index in
      guard index > 0 else { return rho }
      let (party, i) = (index - 1).quotientAndRemainder(dividingBy: 2 * n)
      return i < n ? masks[party * n + i] : masks[N + party * n + i - n]
    }
    return scalars.withSpan { fixed.sum($0, from: 1).encoded() }
  }

  /// `s·B̃`.
  private func commitBlinding(_ s: Scalar) -> Point {
    let scalars = SecretBlock<Scalar>(repeating: s, count: 1)
    return scalars.withSpan { fixed.sum($0, from: 1) }
  }

  /// `t·B + τ·B̃`.
  private func commit(_ t: Scalar, blinding tau: Scalar) -> EncodedPoint {
    let scalars = SecretBlock<Scalar>(count: 2) { $0 == 0 ? t : tau }
    return scalars.withSpan { fixed.sum($0).encoded() }
  }

  private func inverse(_ challenge: Scalar) throws(DegenerateChallenge) -> Scalar {
    do throws(InversionError) { return try challenge.inverse() } catch { throw DegenerateChallenge() }
  }
}
