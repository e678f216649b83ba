internal import ProofCore
internal import Ristretto

/// A weighted sum of verification equations: scalars of the shared generators, and scalars and points of
/// the proofs. With c random, one proof contributes
///
///     A + x·S + c·x·T₁ + c·x²·T₂ + Σ u_k²·L_k + Σ u_k⁻²·R_k + c·Σ z^{2+j}·V_j
///       − (μ + c·τₓ)·B̃ + (w·(t̂ − a·b) + c·(δ(y, z) − t̂))·B
///       + Σ (−z − a·s_i)·G_i + Σ (z + y⁻ⁱ·(z^{2+j}·2^{i mod n} − b·s_i⁻¹))·H_i
///
/// which is the identity for a valid proof: the equation of t̂ (with weight c) and the inner-product argument
/// unrolled (eprint 2017/1066, section 6.2), with s_i = Π u_k^{±1} by the bits of i.
///
/// The scalars of G and H are sums of products over the bits of i, and of powers, so that each costs one
/// multiplication: a·s_i and its weight grow from a·s₀ by doubling, b·s_i⁻¹·y⁻ⁱ likewise, and z^{2+j}·2^i·y⁻ⁱ
/// is a geometric sequence. The terms −z and z are the same for all generators of a value, and enter once for
/// all proofs.
struct RangeVerificationSum: ProofSum {
  /// The domain of the weights of a batch.
  static let weightDomain: StaticString = "solvency/range-batch/v1"

  /// Values in the proof with most of them, so far.
  private var parties = 1
  /// Scalars of ``RangeGenerators/fixed(parties:)``, without those of ``commonToChains``.
  private var shared = [Scalar](repeating: .zero, count: RangeGenerators.index(party: 1))
  /// For each width and party, the sum of the weighted z, which all n generators Gᵢ lose and Hᵢ get.
  private var commonToChains: [RangeWidth: [Scalar]] = [:]
  /// Scalars and points of the proofs.
  var own: OwnPoints

  init() { own = OwnPoints() }

  /// The equations of some proofs, each with its weight, dealt out one after another.
  static func groups(
    of items: ArraySlice<WeightedProof<PreparedRangeProof>>
  ) throws(RangeVerificationError) -> [ProofGroup<RangeVerificationSum>] {
    // 1/u_k and 1/y of all proofs, with one inversion.
    var challenges: [Scalar] = []
    for item in items {
      challenges += item.proof.challenges.u
      challenges.append(item.proof.challenges.y)
    }
    let inverses: [Scalar]
    do throws(InversionError) {
      inverses = try Scalar.inversesOfPublic(challenges)
    } catch {
      throw .degenerateChallenge
    }
    var groups = ProofGroup<RangeVerificationSum>.empty(for: items.count)
    var start = 0
    for (position, item) in items.enumerated() {
      let end = start + item.proof.challenges.u.count
      let place = position % groups.count
      groups[place].items.append(item)
      groups[place].sum.add(item, uInverses: inverses[start..<end], yInverse: inverses[end])
      start = end + 1
    }
    return groups
  }

  /// Adds the equation of a proof, as its weights say.
  private mutating func add(
    _ item: WeightedProof<PreparedRangeProof>, uInverses: ArraySlice<Scalar>, yInverse: Scalar
  ) {
    let (proof, weight, c) = (item.proof, item.weight, item.separator)
    let (n, m) = (proof.width.rawValue, proof.commitmentCount)
    let (parts, challenges) = (proof.parts, proof.challenges)
    let (y, z, x, w) = (challenges.y, challenges.z, challenges.x, challenges.w)
    let squares = challenges.u.map { $0.squared() }
    let inverseSquares = uInverses.map { $0.squared() }
    let zPowers = Scalar.geometricSequence(from: z.squared(), ratio: z, count: m)
    extend(toParties: m)

    // −a·s_i: s₀ = Π u_k⁻¹, and bit j of i multiplies by the square of the challenge that folded it.
    let onG = Scalar.subsetProducts(
      of: squares.reversed(), from: -(weight * parts.a * uInverses.reduce(Scalar.one, *)))
    // −b·s_i⁻¹·y⁻ⁱ: bit j of i multiplies by the inverse square and by y^(−2ʲ).
    var yPower = yInverse
    let factors = inverseSquares.reversed().map { inverseSquare in
      defer { yPower = yPower.squared() }
      return inverseSquare * yPower
    }
    let onH = Scalar.subsetProducts(
      of: factors, from: -(weight * parts.b * challenges.u.reduce(Scalar.one, *)))
    // z^{2+j}·2ⁱ·y⁻⁽ʲⁿ⁺ⁱ⁾ for party j
    let ratio = yInverse.doubled()
    let yInverseToWidth = yInverse.power(n)
    var first = weight * z.squared()
    let weightedZ = weight * z
    commonToChains[proof.width, default: []].add([Scalar](repeating: weightedZ, count: m))
    for j in 0..<m {
      let powers = Scalar.geometricSequence(from: first, ratio: ratio, count: n)
      first *= z * yInverseToWidth
      let (g, h) = (
        RangeGenerators.index(party: j),
        RangeGenerators.index(party: j) + RangeGenerators.chainLength
      )
      for i in 0..<n {
        shared[g + i] += onG[j * n + i]
        shared[h + i] += onH[j * n + i] + powers[i]
      }
    }

    let basepoint =
      w * (parts.tHat - parts.a * parts.b)
      + c * (Self.delta(n: n, zPowers: zPowers, y: y, z: z) - parts.tHat)
    shared[0] += weight * basepoint
    shared[1] -= weight * (parts.mu + c * parts.tauX)

    let (weightedX, weightedC) = (weight * x, weight * c)
    var scalars = [weight, weightedX, c * weightedX, c * weightedX * x]
    for (square, inverseSquare) in zip(squares, inverseSquares) {
      scalars += [weight * square, weight * inverseSquare]
    }
    scalars += zPowers.map { weightedC * $0 }
    own.add(scalars, item.points)
  }

  /// `δ(y, z) = (z − z²)·Σ_{i<nm} yⁱ − Σ_j z^{3+j}·(2ⁿ − 1)`.
  private static func delta(n: Int, zPowers: [Scalar], y: Scalar, z: Scalar) -> Scalar {
    let sum = Scalar.geometricSum(
      ratio: y, logarithmOfCount: (n * zPowers.count).trailingZeroBitCount)
    let ones = Scalar(n == 64 ? UInt64.max : (1 << UInt64(n)) - 1)
    return (z - z.squared()) * sum - z * zPowers.reduce(.zero, +) * ones
  }

  /// Adds another sum.
  mutating func add(_ other: RangeVerificationSum) {
    extend(toParties: other.parties)
    shared.add(other.shared)
    for (width, sums) in other.commonToChains { commonToChains[width, default: []].add(sums) }
    own.add(other.own)
  }

  /// Multiplies the sum.
  mutating func multiply(by factor: Scalar) {
    shared = Scalar.products(factor, shared)
    commonToChains = commonToChains.mapValues { Scalar.products(factor, $0) }
    own.multiply(by: factor)
  }

  /// The sum: the identity if all equations hold.
  func value(generators: RangeGenerators) -> Point {
    var scalars = shared
    for (width, sums) in commonToChains {
      for (party, sum) in sums.enumerated() {
        for i in 0..<width.rawValue {
          scalars[RangeGenerators.index(party: party, i)] -= sum
          scalars[RangeGenerators.index(party: party, i) + RangeGenerators.chainLength] += sum
        }
      }
    }
    return own.value(with: [(points: generators.fixed(parties: parties), scalars: scalars)])
  }

  private mutating func extend(toParties count: Int) {
    guard count > parties else { return }
    let missing = RangeGenerators.index(party: count) - shared.count
    shared += [Scalar](repeating: .zero, count: missing)
    parties = count
  }
}

extension [Scalar] {
  /// Adds another vector, which may be longer.
  fileprivate mutating func add(_ other: [Scalar]) {
    for i in other.indices {
      if i < count { self[i] += other[i] } else { append(other[i]) }
    }
  }
}

extension Scalar {
  /// `2·self`.
  fileprivate func doubled() -> Scalar { self + self }
}
