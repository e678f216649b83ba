internal import CRistretto

/// A checked statement as the kernel takes it that computes eight verification equations side by side.
@safe package final class LaneCircuit: @unchecked Sendable {
  /// Counts, in the letters of the documentation of the protocol.
  package struct Shape: Sendable {
    let nh, nb, Q, nm, N, A, S, C, rounds, finalLinear, finalNorm, base: Int
    let commitmentCount, stride, powerCount, firstRow, firstBit: Int

    /// - Parameters:
    ///   - digits: nh, nb, nm and b.
    ///   - values: A, Q, S and C.
    ///   - folding: N, k and the lengths of what is left of l and n.
    ///   - commitments: k and D.
    ///   - powers: how many powers of λ have a place, and the places of those of the first row and the first
    ///     bit: after D + (k − 1)·(C + 1) of the commitments.
    package init(
      digits: (slots: Int, bits: Int, multiplicities: Int, base: Int),
      values: (variables: Int, gates: Int, rows: Int, coordinates: Int),
      folding: (length: Int, rounds: Int, finalLinear: Int, finalNorm: Int),
      commitments: (count: Int, stride: Int),
      powers: (count: Int, firstRow: Int, firstBit: Int)
    ) {
      (nh, nb, nm, base) = (digits.slots, digits.bits, digits.multiplicities, digits.base)
      (A, Q, S, C) = (values.variables, values.gates, values.rows, values.coordinates)
      (N, rounds) = (folding.length, folding.rounds)
      (finalLinear, finalNorm) = (folding.finalLinear, folding.finalNorm)
      (commitmentCount, stride) = commitments
      (powerCount, firstRow, firstBit) = (powers.count, powers.firstRow, powers.firstBit)
    }
  }

  package let shape: Shape
  fileprivate let circuit: cristretto_circuit
  /// What the circuit points to.
  private let memory: [KernelList]

  /// Memory that outlives a call.
  private final class KernelList {
    let memory: KernelMemory

    init(_ memory: consuming KernelMemory) { self.memory = memory }
  }

  /// - Parameters:
  ///   - asked: what the forms ask, entry (power of λ, variable, gate or constant).
  ///   - slotWeights: the weights of digits and bits.
  /// - Returns: nil if the matrix is another statement's, or memory cannot be had.
  package init?(_ shape: Shape, asked: IntegerMatrix, slotWeights: OwnedMultiples) {
    guard slotWeights.factors.count == shape.nh + shape.nb,
      asked.columnCount == shape.A + shape.Q + 1, asked.rowCount <= shape.powerCount,
      slotWeights.owners.allSatisfy({ (0..<(shape.A + shape.S)).contains($0) }),
      shape.commitmentCount > 0,
      shape.firstRow == shape.stride + (shape.commitmentCount - 1) * (shape.C + 1)
    else { return nil }
    var memory: [KernelList] = []
    func list<T: BitwiseCopyable>(_ values: [T]) -> UnsafePointer<T>? {
      guard let block = KernelMemory(T.self, count: max(values.count, 1)) else { return nil }
      let start = unsafe block.values(T.self)
      unsafe start.initialize(from: values, count: values.count)
      memory.append(KernelList(block))
      return unsafe UnsafePointer(start)
    }
    guard let ends = unsafe list(asked.ends.map { UInt32($0) }),
      let places = unsafe list(asked.rows.map { UInt32($0) }),
      let magnitudes = unsafe list(asked.magnitudes),
      let residuePlaces = unsafe list(asked.residues.map { UInt32($0.row) }),
      let residueColumns = unsafe list(asked.residues.map { UInt32($0.column) }),
      let residues = unsafe list(asked.residues.map(\.factor.kernelForm)),
      let owners = unsafe list(slotWeights.owners.map { UInt32($0) }),
      let weights = unsafe list(slotWeights.factors.map(\.kernelForm)),
      let doublings = unsafe list(Self.doublings(shape, slotWeights))
    else { return nil }
    self.shape = shape
    unsafe circuit = cristretto_circuit(
      digits: UInt32(shape.nh), bits: UInt32(shape.nb), gates: UInt32(shape.Q),
      multiplicities: UInt32(shape.nm), length: UInt32(shape.N), variables: UInt32(shape.A),
      rows: UInt32(shape.S), coordinates: UInt32(shape.C), rounds: UInt32(shape.rounds),
      final_linear: UInt32(shape.finalLinear), final_norm: UInt32(shape.finalNorm), base: UInt32(shape.base),
      commitments: UInt32(shape.commitmentCount), stride: UInt32(shape.stride),
      powers: UInt32(shape.powerCount), first_row: UInt32(shape.firstRow), first_bit: UInt32(shape.firstBit),
      ends: ends, places: places, magnitudes: magnitudes, residue_count: asked.residues.count,
      residue_places: residuePlaces, residue_columns: residueColumns, residues: residues, owners: owners,
      weights: weights, doublings: doublings)
    self.memory = memory
  }

  /// Of each slot how many doublings take the next weight of the same value to its own, or 0: a digit's are
  /// log₂ b, a bit's is one, and weights that stand otherwise to each other are multiplied.
  private static func doublings(_ shape: Shape, _ slotWeights: OwnedMultiples) -> [UInt8] {
    let (owners, factors) = (slotWeights.owners, slotWeights.factors)
    return factors.indices.map { slot in
      let next = slot + 1
      guard next < factors.count, next != shape.nh, owners[next] == owners[slot] else { return 0 }
      let doublings = slot < shape.nh ? shape.base.trailingZeroBitCount : 1
      let multiple = factors[next] * Scalar(1 << UInt64(doublings))
      return multiple == factors[slot] ? UInt8(doublings) : 0
    }
  }
}

/// What is drawn and opened in up to eight proofs, one in each lane, in the order of the header.
package struct LaneInputs {
  /// The proofs of one call.
  package static var laneCount: Int { 8 }

  /// What was drawn for one proof, and the weight of its equation.
  package struct Challenges {
    let all: InlineArray<7, Scalar>

    package init(
      lambda: Scalar, rho: Scalar, alpha: Scalar, beta: Scalar, delta: Scalar, tau: Scalar, weight: Scalar
    ) {
      all = [lambda, rho, alpha, beta, delta, tau, weight]
    }
  }

  fileprivate private(set) var scalars: [Scalar]
  private let count: Int

  /// No proofs yet: lanes without one add nothing, as their weight is 0, and can be inverted.
  package init(_ circuit: LaneCircuit) {
    let shape = circuit.shape
    count = CRISTRETTO_INPUTS + shape.rounds + shape.finalLinear + shape.finalNorm
    scalars = [Scalar](repeating: .one, count: count * Self.laneCount)
    let weights = CRISTRETTO_WEIGHT * Self.laneCount
    for lane in 0..<Self.laneCount { scalars[weights + lane] = .zero }
  }

  /// Puts the scalars of a proof in a lane: with γ_r, what is left of l, and of n, as many as there are
  /// (precondition).
  package mutating func set(
    lane: Int, _ challenges: Challenges, gammas: [Scalar], l: [Scalar], n: [Scalar]
  ) {
    precondition(
      challenges.all.count + gammas.count + l.count + n.count == count, "as many scalars as the kernel reads")
    var place = lane
    for k in challenges.all.indices {
      scalars[place] = challenges.all[k]
      place += Self.laneCount
    }
    for list in [gammas, l, n] {
      for value in list {
        scalars[place] = value
        place += Self.laneCount
      }
    }
  }
}

/// Of up to eight proofs the scalars of their own points.
package struct LaneOwnScalars {
  private let all: [Scalar]

  fileprivate init(_ all: [Scalar]) { self.all = all }

  /// The scalars of C_S, C_O, C_L, C_R, V…, X₀, R₀, … of the proof in a lane.
  package func scalars(lane: Int) -> [Scalar] {
    let count = all.count / LaneInputs.laneCount - 1
    return (0..<count).map { all[$0 * LaneInputs.laneCount + lane] }
  }

  /// −weight·ατ of the proof in a lane, to be added to the scalar of each digit.
  package func onDigits(lane: Int) -> Scalar { all[all.count - LaneInputs.laneCount + lane] }
}

/// Sums of verification equations of one statement, still apart by lanes.
package struct LaneEquations: ~Copyable {
  /// The most groups of eight proofs that share an inversion.
  package static var groupLimit: Int { 8 }

  private let circuit: LaneCircuit
  private let scratch: KernelMemory
  private let inversions: KernelMemory
  private let inversionSize: Int
  private let linear: KernelMemory
  private let norm: KernelMemory

  /// - Returns: nil if memory cannot be had.
  package init?(_ circuit: LaneCircuit) {
    func sums(_ count: Int) -> KernelMemory? {
      let size = cristretto_equations_sums_size(count)
      guard let memory = KernelMemory(byteCount: size) else { return nil }
      unsafe memory.start.initializeMemory(as: UInt8.self, repeating: 0, count: size)
      return memory
    }
    var form = unsafe circuit.circuit
    inversionSize = unsafe cristretto_equations_inversion_size(&form)
    guard let scratch = KernelMemory(byteCount: unsafe cristretto_equations_scratch_size(&form)),
      let inversions = KernelMemory(byteCount: inversionSize * Self.groupLimit),
      let linear = sums(8 + circuit.shape.C), let norm = sums(circuit.shape.N)
    else { return nil }
    self.circuit = circuit
    self.scratch = scratch
    self.inversions = inversions
    self.linear = linear
    self.norm = norm
  }

  /// Adds the equations of some proofs, but for the terms of the proofs' own points, and for −weight·ατ on
  /// each digit. One inversion serves all of them.
  ///
  /// - Parameter groups: at most ``groupLimit`` times eight proofs (precondition).
  /// - Returns: what is left out, for each group.
  /// - Throws: ``InversionError/zero`` if a challenge is one of the few without an inverse; nothing is added
  ///   then.
  package mutating func add(_ groups: [LaneInputs]) throws(InversionError) -> [LaneOwnScalars] {
    precondition(groups.count <= Self.groupLimit, "no more groups than there is memory for")
    var form = unsafe circuit.circuit
    var products = [Scalar](repeating: .one, count: groups.count * LaneInputs.laneCount)
    for (index, group) in groups.enumerated() {
      let memory = unsafe inversions.start + index * inversionSize
      let inputs = group.scalars
      unsafe inputs.span.withKernelScalars { scalars in
        unsafe products.withKernelScalars(from: index * LaneInputs.laneCount) { products in
          unsafe cristretto_equations_products(&form, scalars, memory, products)
        }
      }
    }
    var inverses = try Scalar.inversesOfPublic(products)
    let shape = circuit.shape
    let ownCount = (shape.commitmentCount + 2 * shape.rounds + 5) * LaneInputs.laneCount
    return groups.indices.map { index in
      let memory = unsafe inversions.start + index * inversionSize
      var own = [Scalar](repeating: .zero, count: ownCount)
      let inputs = groups[index].scalars
      unsafe inputs.span.withKernelScalars { scalars in
        unsafe inverses.withKernelScalars(from: index * LaneInputs.laneCount) { inverses in
          unsafe own.withKernelScalars(from: 0) { own in
            unsafe cristretto_equations_add(
              &form, scalars, inverses, memory, scratch.start, linear.start, norm.start, own)
          }
        }
      }
      return LaneOwnScalars(own)
    }
  }

  /// For each lane the scalars of U, R₁ … R₇, H₁ …, and those of G₁ …
  package var sums: [(linear: [Scalar], norm: [Scalar])] {
    func byLanes(_ memory: borrowing KernelMemory, _ count: Int) -> [[Scalar]] {
      let lanes = LaneInputs.laneCount
      var all = [Scalar](repeating: .zero, count: lanes * count)
      unsafe all.withKernelScalars(from: 0) { unsafe cristretto_equations_sums(count, memory.start, $0) }
      return (0..<lanes).map { lane in (0..<count).map { all[lanes * $0 + lane] } }
    }
    return Array(zip(byLanes(linear, 8 + circuit.shape.C), byLanes(norm, circuit.shape.N)))
  }
}
