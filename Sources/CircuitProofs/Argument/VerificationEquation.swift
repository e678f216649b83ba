internal import ProofCore
internal import Ristretto

/// A sum of verification equations (protocol 9): scalars of the shared generators, and scalars and
/// points of the proofs. All equations in it hold if the sum is the identity, up to the weights.
struct VerificationSum: ProofSum {
  /// Scalars of U, R₁ … R₇, H₁ …
  private var linear = [Scalar](repeating: .zero, count: 8)
  /// Scalars of G₁ …
  private var norm: [Scalar] = []
  /// What is still to be added to the first `count` scalars of G₁ …, a term for each count.
  private var onFirst: [(count: Int, value: Scalar)] = []
  /// Scalars and points of the proofs.
  var own = OwnPoints()

  init() {}

  /// The proofs that share an inversion: more would save little, and their inverses would leave the caches.
  private static let invertedTogether = 32

  /// The equations of some proofs, each with its weight: those of one statement together, dealt out one after
  /// another.
  static func groups(
    of items: ArraySlice<WeightedProof<PreparedProof>>
  ) throws(VerificationError) -> [ProofGroup<VerificationSum>] {
    var places: [ObjectIdentifier: Int] = [:]
    var byStatement: [[WeightedProof<PreparedProof>]] = []
    for item in items {
      let statement = ObjectIdentifier(item.proof.statement.storage)
      if let place = places[statement] {
        byStatement[place].append(item)
      } else {
        places[statement] = byStatement.count
        byStatement.append([item])
      }
    }
    var groups = ProofGroup<VerificationSum>.empty(for: items.count)
    var position = 0
    for items in byStatement {
      try add(items, to: &groups, from: position)
      position += items.count
    }
    return groups
  }

  /// Deals proofs of one statement out to groups, in lanes where that serves.
  private static func add(
    _ items: [WeightedProof<PreparedProof>], to groups: inout [ProofGroup<VerificationSum>],
    from position: Int
  ) throws(VerificationError) {
    guard let statement = items.first?.proof.statement else { return }
    if Kernels.areInUse, items.count >= leastInLanes, let circuit = statement.storage.compiled.lanes,
      let equations = LaneEquations(circuit)
    {
      return try addInLanes(items, to: &groups, from: position, equations, of: circuit)
    }
    try forEachInverted(items) { some in
      for (place, item, inverses) in some {
        let group = (position + place) % groups.count
        groups[group].items.append(item)
        groups[group].sum.add(item, inverses)
      }
    }
  }

  /// The group of a proof is its lane: there are as many.
  private static func addInLanes(
    _ items: [WeightedProof<PreparedProof>], to groups: inout [ProofGroup<VerificationSum>],
    from position: Int,
    _ equations: consuming LaneEquations, of circuit: LaneCircuit
  ) throws(VerificationError) {
    let laneCount = LaneInputs.laneCount
    for start in stride(from: 0, to: items.count, by: laneCount * LaneEquations.groupLimit) {
      let some = items[start..<min(start + laneCount * LaneEquations.groupLimit, items.count)]
      var inputs: [LaneInputs] = []
      for place in some.indices {
        if (place - start) % laneCount == 0 { inputs.append(LaneInputs(circuit)) }
        inputs[inputs.count - 1].set(some[place], lane: (position + place) % groups.count)
      }
      let own: [LaneOwnScalars]
      do throws(InversionError) { own = try equations.add(inputs) } catch { throw .degenerateChallenge }
      for place in some.indices {
        let lane = (position + place) % groups.count
        let left = own[(place - start) / laneCount]
        groups[lane].items.append(some[place])
        groups[lane].sum.addOnFirst(
          some[place].proof.statement.layout.digitSlots, left.onDigits(lane: lane))
        groups[lane].sum.own.add(left.scalars(lane: lane), some[place].points)
      }
    }
    let sums = equations.sums
    for place in 0..<min(items.count, groups.count) {
      let lane = (position + place) % groups.count
      groups[lane].sum.add(linear: sums[lane].linear, norm: sums[lane].norm)
    }
  }

  /// Calls `body` with proofs that share an inversion, their places among `items` and their inverses.
  private static func forEachInverted(
    _ items: [WeightedProof<PreparedProof>],
    _ body: ([(place: Int, item: WeightedProof<PreparedProof>, inverses: PublicInverses)]) -> Void
  ) throws(VerificationError) {
    for start in stride(from: 0, to: items.count, by: invertedTogether) {
      let some = items[start..<min(start + invertedTogether, items.count)]
      let inverses: [PublicInverses]
      do throws(ArgumentFailure) {
        inverses = try PublicInverses.all(some.map(\.proof))
      } catch {
        throw .degenerateChallenge
      }
      body(zip(some.indices, zip(some, inverses)).map { ($0, $1.0, $1.1) })
    }
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
    addOnFirst(onDigits.count, onDigits.value)

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
    var scalars = [-inverses.tau, -rows.delta, -tau, -tau2].map { weight * $0 }
    let weightedV = -(weight * vHat)
    scalars += commitmentWeights.map { weightedV * $0 }
    for gamma in challenges.gammas {
      let weightedGamma = weight * gamma
      scalars += [-weightedGamma, weight - weightedGamma * gamma]
    }
    own.add(scalars, item.points)
  }

  /// Adds another sum.
  mutating func add(_ other: VerificationSum) {
    add(linear: other.linear, norm: other.norm)
    for (count, value) in other.onFirst { addOnFirst(count, value) }
    own.add(other.own)
  }

  /// Multiplies the sum.
  mutating func multiply(by factor: Scalar) {
    linear = Scalar.products(factor, linear)
    norm = Scalar.products(factor, norm)
    onFirst = onFirst.map { ($0.count, factor * $0.value) }
    own.multiply(by: factor)
  }

  /// The sum: the identity if all equations hold.
  func value(generators: Generators) throws(VerificationError) -> Point {
    let fixedLinear: FixedPoints
    do throws(GeneratorError) {
      fixedLinear = try generators.fixedLinear(linear.count - 8)
    } catch {
      throw .generators(error)
    }
    var norm = norm
    for (count, value) in onFirst {
      for s in 0..<count { norm[s] += value }
    }
    return own.value(with: [
      (points: fixedLinear, scalars: linear),
      (points: generators.fixedNorm(norm.count), scalars: norm),
    ])
  }

  /// Makes room for the scalars of a statement's generators.
  private mutating func extend(toPlacesOf layout: StatementLayout) {
    Self.extend(&linear, to: 1 + layout.linearLength)
    Self.extend(&norm, to: layout.normLength)
  }

  private static func extend(_ scalars: inout [Scalar], to count: Int) {
    if scalars.count < count { scalars += Array(repeating: .zero, count: count - scalars.count) }
  }

  private mutating func add(linear: [Scalar], norm: [Scalar]) {
    Self.add(linear, to: &self.linear)
    Self.add(norm, to: &self.norm)
  }

  private static func add(_ scalars: [Scalar], to sums: inout [Scalar]) {
    guard !sums.isEmpty else {
      sums = scalars
      return
    }
    extend(&sums, to: scalars.count)
    for i in scalars.indices { sums[i] += scalars[i] }
  }

  /// Adds `value` to the first `count` scalars of G₁ …, in the end: there are as many.
  private mutating func addOnFirst(_ count: Int, _ value: Scalar) {
    if let place = onFirst.firstIndex(where: { $0.count == count }) {
      onFirst[place].value += value
    } else {
      onFirst.append((count, value))
    }
  }
}

extension LaneInputs {
  /// Puts a proof in a lane.
  fileprivate mutating func set(_ item: WeightedProof<PreparedProof>, lane: Int) {
    let (challenges, parts) = (item.proof.challenges, item.proof.parts)
    let rows = challenges.rows
    set(
      lane: lane,
      Challenges(
        lambda: rows.lambda, rho: rows.rho, alpha: challenges.alpha, beta: rows.beta, delta: rows.delta,
        tau: challenges.tau, weight: item.weight),
      gammas: challenges.gammas, l: parts.l, n: parts.n)
  }
}
