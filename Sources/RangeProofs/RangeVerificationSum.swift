internal import Ristretto

/// A range proof that decoded, with its challenges: what is left is one equation over the group.
struct PreparedRangeProof {
  let width: RangeWidth
  let parts: RangeProofParts
  let challenges: RangeChallenges
  /// A, S, T₁, T₂, L₀, R₀, …, V…
  let points: [Point]
  let commitmentCount: Int
  /// 32 bytes that depend on everything.
  let batchSeed: [UInt8]

  init(
    _ proof: RangeProof, commitments: [EncodedPoint], width: RangeWidth,
    transcript: inout RangeTranscript
  ) throws(RangeVerificationError) {
    guard RangeProof.isSupported(count: commitments.count) else {
      throw .unsupportedCount(commitments.count)
    }
    self.width = width
    commitmentCount = commitments.count
    parts = try RangeProofParts(decoding: proof, width: width, count: commitments.count)
    do throws(DegenerateChallenge) {
      challenges = try RangeChallenges(parts, transcript: &transcript)
    } catch {
      throw .degenerateChallenge
    }
    batchSeed = transcript.batchSeed(parts.a, parts.b)

    func decode(_ encoded: EncodedPoint, field: Int) throws(RangeVerificationError) -> Point {
      let point: Point
      do throws(DecodingError) { point = try encoded.decoded() } catch {
        throw .undecodable(field: field, error)
      }
      guard !point.isIdentity else { throw .identity(field: field) }
      return point
    }
    var points = [
      try decode(parts.A, field: 0), try decode(parts.S, field: 1),
      try decode(parts.T1, field: 2), try decode(parts.T2, field: 3),
    ]
    for (r, round) in parts.rounds.enumerated() {
      points.append(try decode(round.L, field: 7 + 2 * r))
      points.append(try decode(round.R, field: 8 + 2 * r))
    }
    for (j, V) in commitments.enumerated() {
      do throws(DecodingError) { points.append(try V.decoded()) } catch {
        throw .undecodableCommitment(index: j, error)
      }
    }
    self.points = points
  }
}

/// A weighted sum of verification equations: scalars of the shared generators, and scalars and points of
/// the proofs. With c random, one proof contributes
///
///     A + x·S + c·x·T₁ + c·x²·T₂ + Σ u_k²·L_k + Σ u_k⁻²·R_k + c·Σ z^{2+j}·V_j
///       − (μ + c·τₓ)·B̃ + (w·(t̂ − a·b) + c·(δ(y, z) − t̂))·B
///       + Σ (−z − a·s_i)·G_i + Σ (z + y⁻ⁱ·(z^{2+j}·2^{i mod n} − b·s_i⁻¹))·H_i
///
/// which is the identity for a valid proof: the equation of t̂ (with weight c) and the inner-product argument
/// unrolled (eprint 2017/1066, section 6.2), with s_i = Π u_k^{±1} by the bits of i.
struct RangeVerificationSum {
  /// The domain of the weights of a batch.
  static let weightDomain: StaticString = "solvency/range-batch/v1"

  private var value = Scalar.zero
  private var blinding = Scalar.zero
  /// By party and position in its chain, ``RangeGenerators/chainLength`` to a party.
  private var g: [Scalar] = []
  private var h: [Scalar] = []
  private var pointScalars: [Scalar] = []
  private var points: [Point] = []

  /// Adds `weight` times the equation of a proof, whose own two parts are kept apart by `separator`.
  mutating func add(
    _ proof: PreparedRangeProof, weight: Scalar, separator c: Scalar
  ) throws(RangeVerificationError) {
    let (n, m) = (proof.width.rawValue, proof.commitmentCount)
    let (parts, challenges) = (proof.parts, proof.challenges)
    let (y, z, x, w) = (challenges.y, challenges.z, challenges.x, challenges.w)
    var inverses = challenges.u + [y]
    do throws(InversionError) { try Scalar.invert(&inverses) } catch { throw .degenerateChallenge }
    let yInverse = inverses.removeLast()

    let squares = challenges.u.map { $0.squared() }
    let zPowers = Scalar.geometricSequence(from: z.squared(), ratio: z, count: m)
    let twoPowers = Scalar.geometricSequence(from: .one, ratio: Scalar(2), count: n)
    // s_0 = Π u_k⁻¹; setting bit j of i multiplies by the square of the challenge that folded it.
    var s = [inverses.reduce(Scalar.one, *)]
    for square in squares.reversed() { s += s.map { $0 * square } }

    extend(&g, to: m * RangeGenerators.chainLength)
    extend(&h, to: m * RangeGenerators.chainLength)
    let (weightedZ, weightedA, weightedB) = (weight * z, weight * parts.a, weight * parts.b)
    let weightedTwos = twoPowers.map { weight * $0 }
    var yPower = Scalar.one
    for j in 0..<m {
      for i in 0..<n {
        let index = j * n + i
        let slot = j * RangeGenerators.chainLength + i
        g[slot] -= weightedZ + weightedA * s[index]
        // s_i⁻¹ = s_{nm−1−i}
        let inner = zPowers[j] * weightedTwos[i] - weightedB * s[n * m - 1 - index]
        h[slot] += weightedZ + yPower * inner
        yPower *= yInverse
      }
    }

    let basepoint =
      w * (parts.tHat - parts.a * parts.b)
      + c * (Self.delta(n: n, zPowers: zPowers, y: y, z: z) - parts.tHat)
    value += weight * basepoint
    blinding -= weight * (parts.mu + c * parts.tauX)

    var scalars = [.one, x, c * x, c * x.squared()]
    for (square, inverse) in zip(squares, inverses) { scalars += [square, inverse.squared()] }
    scalars += zPowers.map { c * $0 }
    pointScalars += scalars.map { weight * $0 }
    points += proof.points
  }

  /// `δ(y, z) = (z − z²)·Σ_{i<nm} yⁱ − Σ_j z^{3+j}·(2ⁿ − 1)`.
  private static func delta(n: Int, zPowers: [Scalar], y: Scalar, z: Scalar) -> Scalar {
    // Σ yⁱ over a power of two of terms: (1 + y)(1 + y²)(1 + y⁴)…
    var (sum, power) = (Scalar.one, y)
    for _ in 0..<(n * zPowers.count).trailingZeroBitCount {
      sum *= .one + power
      power = power.squared()
    }
    let ones = Scalar(n == 64 ? UInt64.max : (1 << UInt64(n)) - 1)
    return (z - z.squared()) * sum - z * zPowers.reduce(.zero, +) * ones
  }

  /// True if the sum is the identity: one multi-scalar multiplication.
  func holds(generators: RangeGenerators) -> Bool {
    let length = RangeGenerators.chainLength
    let used = (0..<min(length, g.count)).last { i in
      stride(from: i, to: g.count, by: length).contains { !g[$0].isZero || !h[$0].isZero }
    }
    let prefix = used.map { $0 + 1 } ?? 0
    let (G, H) = generators.vectors(parties: g.count / length, length: prefix)
    let kept = g.indices.filter { $0 % length < prefix }
    return Point.multiscalarMultiplicationVariableTime(
      [value, blinding] + kept.map { g[$0] } + kept.map { h[$0] } + pointScalars,
      [generators.value, generators.blinding] + G + H + points
    ).isIdentity
  }

  private func extend(_ scalars: inout [Scalar], to count: Int) {
    if scalars.count < count { scalars += Array(repeating: .zero, count: count - scalars.count) }
  }
}
