internal import Commitments
internal import Ristretto

/// A sum of verification equations (`protocol` 9): scalars of the shared generators, and scalars and
/// points of the proofs. All equations in it hold if the sum is the identity, up to the weights.
struct VerificationSum: Sendable {
  /// Scalars of U, R₁ … R₇, H₁ …
  private var linear = [Scalar](repeating: .zero, count: 8)
  /// Scalars of G₁ …
  private var norm: [Scalar] = []
  private var scalars: [Scalar] = []
  private var points: [Point] = []
  /// `Σ` of those that were summed already.
  private var summed = Point.identity

  /// The equations of some proofs, each with its weight.
  init(_ items: ArraySlice<WeightedProof>) throws(VerificationError) {
    var inverses: [PublicInverses]
    do throws(ArgumentFailure) {
      inverses = try PublicInverses.all(items.map(\.proof))
    } catch {
      throw .degenerateChallenge
    }
    inverses.reverse()
    for item in items {
      guard let own = inverses.popLast() else { throw .degenerateChallenge }
      add(item, own)
    }
  }

  /// Adds `weight` times the equation of one proof.
  private mutating func add(_ item: WeightedProof, _ inverses: PublicInverses) {
    let (proof, weight) = (item.proof, item.weight)
    let (statement, challenges, parts) = (proof.statement, proof.challenges, proof.parts)
    let (layout, rows, tau) = (statement.layout, challenges.rows, challenges.tau)
    let circuit = CircuitEvaluation(
      statement, alpha: challenges.alpha, challenges: rows, tau: tau, inverses: inverses)
    extend(&linear, to: 1 + layout.linearLength)
    extend(&norm, to: layout.normLength)

    // l̄_i = l_final[i >> k]·Π_{r: bit r of i = 1} γ_r
    let gammas = challenges.gammas
    let size = 1 << gammas.count
    let weightsOfL = Scalar.subsetProducts(of: gammas, from: .one)
    var l: [Scalar] = []
    for entry in parts.l {
      l += Scalar.products(entry, Array(weightsOfL.prefix(layout.linearLength - l.count)))
    }
    Scalar.addProducts(weight, l, to: &linear, from: 1)

    // n̄_i = n_final[i >> k]·Π_r (bit r of i ? γ_r : ρ^(2ʳ)) = n_final[i >> k]·ρ^(2ᵏ−1)·Π_{r: bit r of i = 1} γ_r·ρ^(−2ʳ)
    var rhoInverse = inverses.rho
    let ratios = gammas.map { gamma in
      defer { rhoInverse = rhoInverse.squared() }
      return gamma * rhoInverse
    }
    let weightsOfN = Scalar.subsetProducts(of: ratios, from: weight * rows.rho.power(size - 1))
    for (j, entry) in parts.n.enumerated() {
      Scalar.addProducts(entry, weightsOfN, to: &norm, from: j * size)
    }
    circuit.subtractNorm(weighted: weight, from: &norm, value: &linear[0])

    // v = ⟨c(τ), l̄⟩ + Σ_{j<t} μ^(2ᵏ(j+1))·n_final[j]²
    var v = Scalar.innerProduct(circuit.c(inverses: inverses), l)
    let step = rows.rho.squared().power(size)
    var power = step
    for n in parts.n {
      v += power * n.squared()
      power *= step
    }
    linear[0] += weight * v

    let tau2 = tau.squared()
    let vHat = (tau2 * tau).doubled()
    scalars += [-inverses.tau, -rows.delta, -tau, -tau2].map { weight * $0 }
    let weightedV = -(weight * vHat)
    scalars += circuit.commitmentWeights.map { weightedV * $0 }
    for gamma in gammas {
      let weightedGamma = weight * gamma
      scalars += [-weightedGamma, weight - weightedGamma * gamma]
    }
    points += item.points
  }

  /// Sums the proofs' own points, which other threads may do for other parts of a batch.
  mutating func sumOwnPoints() {
    summed += Point.multiscalarMultiplicationVariableTime(scalars, points)
    (scalars, points) = ([], [])
  }

  /// Adds another sum.
  mutating func add(_ other: VerificationSum) {
    extend(&linear, to: other.linear.count)
    for i in other.linear.indices { linear[i] += other.linear[i] }
    extend(&norm, to: other.norm.count)
    for i in other.norm.indices { norm[i] += other.norm[i] }
    scalars += other.scalars
    points += other.points
    summed += other.summed
  }

  /// True if the sum is the identity.
  func holds(generators: Generators) throws(VerificationError) -> Bool {
    let fixedLinear: FixedPoints
    do throws(GeneratorError) {
      fixedLinear = try generators.fixedLinear(linear.count - 8)
    } catch {
      throw .generators(error)
    }
    let rest = Point.multiscalarMultiplicationVariableTime(
      [
        (points: fixedLinear, scalars: linear),
        (points: generators.fixedNorm(norm.count), scalars: norm),
      ], scalars, points)
    return (summed + rest).isIdentity
  }

  private func extend(_ scalars: inout [Scalar], to count: Int) {
    if scalars.count < count { scalars += Array(repeating: .zero, count: count - scalars.count) }
  }
}
