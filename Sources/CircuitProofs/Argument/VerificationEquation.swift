internal import ProofCore
internal import Ristretto

/// A sum of verification equations (protocol 9): scalars of the shared generators, and scalars and
/// points of the proofs. All equations in it hold if the sum is the identity, up to the weights.
struct VerificationSum: ProofSum {
  /// Scalars of U, R₁ … R₇, H₁ …
  private var linear = [Scalar](repeating: .zero, count: 8)
  /// Scalars of G₁ …
  private var norm: [Scalar] = []
  /// At k, what is still to be added to the first k scalars of G₁ …
  private var onFirst: [Scalar] = []
  /// Scalars and points of the proofs.
  var own: OwnPoints

  /// The equations of some proofs, each with its weight.
  init(_ items: ArraySlice<WeightedProof<PreparedProof>>) throws(VerificationError) {
    own = OwnPoints(capacity: items.reduce(0) { $0 + $1.points.count })
    var rest = items
    while !rest.isEmpty {
      let some = rest.prefix(Self.invertedTogether)
      let inverses: [PublicInverses]
      do throws(ArgumentFailure) {
        inverses = try PublicInverses.all(some.map(\.proof))
      } catch {
        throw .degenerateChallenge
      }
      var groups: [ObjectIdentifier: [(item: WeightedProof<PreparedProof>, inverses: PublicInverses)]] = [:]
      for (item, ofItem) in zip(some, inverses) {
        groups[ObjectIdentifier(item.proof.statement.storage), default: []].append((item, ofItem))
      }
      for group in groups.values { add(group) }
      rest = rest.dropFirst(some.count)
    }
    var onAll = Scalar.zero
    for s in norm.indices.reversed() {
      onAll += onFirst[s + 1]
      norm[s] += onAll
    }
    onFirst = []
  }

  /// The proofs that share an inversion: more would save little, and their inverses would leave the caches.
  private static let invertedTogether = 32

  /// Adds the equations of proofs of one statement, in lanes where that serves.
  private mutating func add(_ items: [(item: WeightedProof<PreparedProof>, inverses: PublicInverses)]) {
    guard let statement = items.first?.item.proof.statement else { return }
    guard Kernels.areInUse, items.count >= Self.leastInLanes, let circuit = statement.storage.compiled.lanes,
      var equations = LaneEquations(circuit)
    else {
      for (item, inverses) in items { add(item, inverses) }
      return
    }
    extend(toPlacesOf: statement.layout)
    for start in stride(from: 0, to: items.count, by: LaneInputs.laneCount) {
      var inputs = LaneInputs(circuit)
      for (lane, (item, inverses)) in items[start...].prefix(LaneInputs.laneCount).enumerated() {
        let (proof, weight) = (item.proof, item.weight)
        let (challenges, rows, tau) = (proof.challenges, proof.challenges.rows, proof.challenges.tau)
        let (mu, alphaTau) = (rows.rho.squared(), challenges.alpha * tau)
        let size = 1 << challenges.gammas.count
        var rhoInverse = inverses.rho
        let ratios = challenges.gammas.map { gamma in
          defer { rhoInverse = rhoInverse.squared() }
          return gamma * rhoInverse
        }
        let rhoPower = rows.rho.power(size - 1)
        // ρ^(2·(2ᵏ − 1))·ρ² = μ^(2ᵏ)
        inputs.set(
          lane: lane,
          [
            rows.lambda, mu, inverses.mu, challenges.alpha, alphaTau, inverses.alpha, tau, inverses.tau,
            tau.squared() * tau * inverses.delta, weight, rows.beta, weight * rhoPower,
            rhoPower.squared() * mu,
          ], challenges.gammas, ratios, proof.parts.l, proof.parts.n, inverses.inverted)
        onFirst[statement.layout.digitSlots] -= weight * alphaTau
        addOwnPoints(
          item, inverses,
          commitmentWeights: statement.storage.compiled.powers.commitmentWeights(of: rows.lambda))
      }
      equations.add(inputs)
    }
    let totals = equations.totals
    for (i, scalar) in totals.linear.enumerated() { linear[i] += scalar }
    for (i, scalar) in totals.norm.enumerated() { norm[i] += scalar }
  }

  /// Fewer proofs are not worth the lanes.
  private static let leastInLanes = 3

  /// Adds `weight` times the equation of one proof.
  private mutating func add(_ item: WeightedProof<PreparedProof>, _ inverses: PublicInverses) {
    let (proof, weight) = (item.proof, item.weight)
    let (statement, challenges, parts) = (proof.statement, proof.challenges, proof.parts)
    let (layout, rows, tau) = (statement.layout, challenges.rows, challenges.tau)
    let circuit = CircuitEvaluation(
      statement, alpha: challenges.alpha, challenges: rows, tau: tau, inverses: inverses)
    extend(toPlacesOf: layout)

    // l̄_i = l_final[i >> k]·Π_{r: bit r of i = 1} γ_r
    let gammas = challenges.gammas
    let size = 1 << gammas.count
    let weightsOfL = Scalar.subsetProducts(of: gammas, from: .one)
    var l: [Scalar] = []
    for entry in parts.l {
      l += Scalar.products(entry, Array(weightsOfL.prefix(layout.linearLength - l.count)))
    }
    Scalar.addProducts(weight, l, to: &linear, from: 1)

    // n̄_i = n_final[i >> k]·Π_r (bit r of i ? γ_r : ρ^(2ʳ))
    //     = n_final[i >> k]·ρ^(2ᵏ−1)·Π_{r: bit r of i = 1} γ_r·ρ^(−2ʳ)
    var rhoInverse = inverses.rho
    let ratios = gammas.map { gamma in
      defer { rhoInverse = rhoInverse.squared() }
      return gamma * rhoInverse
    }
    let weightsOfN = Scalar.subsetProducts(of: ratios, from: weight * rows.rho.power(size - 1))
    for (j, entry) in parts.n.enumerated() {
      Scalar.addProducts(entry, weightsOfN, to: &norm, from: j * size)
    }
    let onDigits = circuit.subtractNorm(weighted: weight, from: &norm, value: &linear[0])
    onFirst[onDigits.count] += onDigits.value

    // v = ⟨c(τ), l̄⟩ + Σ_{j<t} μ^(2ᵏ(j+1))·n_final[j]²
    var v = Scalar.innerProduct(circuit.c(inverses: inverses), l)
    let step = rows.rho.squared().power(size)
    var power = step
    for n in parts.n {
      v += power * n.squared()
      power *= step
    }
    linear[0] += weight * v

    addOwnPoints(item, inverses, commitmentWeights: circuit.commitmentWeights)
  }

  /// Adds the terms of the points that come with a proof.
  private mutating func addOwnPoints(
    _ item: WeightedProof<PreparedProof>, _ inverses: PublicInverses, commitmentWeights: [Scalar]
  ) {
    let (weight, challenges) = (item.weight, item.proof.challenges)
    let (rows, tau) = (challenges.rows, challenges.tau)
    let tau2 = tau.squared()
    let vHat = (tau2 * tau).doubled()
    own.scalars += [-inverses.tau, -rows.delta, -tau, -tau2].map { weight * $0 }
    let weightedV = -(weight * vHat)
    own.scalars += commitmentWeights.map { weightedV * $0 }
    for gamma in challenges.gammas {
      let weightedGamma = weight * gamma
      own.scalars += [-weightedGamma, weight - weightedGamma * gamma]
    }
    own.points += item.points
  }

  /// Adds another sum.
  mutating func add(_ other: VerificationSum) {
    extend(&linear, to: other.linear.count)
    for i in other.linear.indices { linear[i] += other.linear[i] }
    extend(&norm, to: other.norm.count)
    for i in other.norm.indices { norm[i] += other.norm[i] }
    own.add(other.own)
  }

  /// The sum: the identity if all equations hold.
  func value(generators: Generators) throws(VerificationError) -> Point {
    let fixedLinear: FixedPoints
    do throws(GeneratorError) {
      fixedLinear = try generators.fixedLinear(linear.count - 8)
    } catch {
      throw .generators(error)
    }
    return own.value(with: [
      (points: fixedLinear, scalars: linear),
      (points: generators.fixedNorm(norm.count), scalars: norm),
    ])
  }

  /// Makes room for the scalars of a statement's generators.
  private mutating func extend(toPlacesOf layout: StatementLayout) {
    extend(&linear, to: 1 + layout.linearLength)
    extend(&norm, to: layout.normLength)
    extend(&onFirst, to: norm.count + 1)
  }

  private func extend(_ scalars: inout [Scalar], to count: Int) {
    if scalars.count < count { scalars += Array(repeating: .zero, count: count - scalars.count) }
  }
}
