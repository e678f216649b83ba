public import Commitments
public import Ristretto

/// Proofs of one suite, of any mix of statements, verified together.
///
/// All generators are shared, so that a further proof costs only its own few points. The equations are
/// added with weights that depend on every byte of every statement, commitment, context and proof:
///
///     seed = SHA-512("bppp-polytope-v1/batch" ‖ seed₀ ‖ seed₁ ‖ …)
///     e₀ = 1,  e_p = LE(first 16 bytes of SHA-512(seed ‖ le32(p))), lowest bit set
///
/// A false proof survives with probability at most 2⁻¹²⁷. If the sum is not the identity the batch is
/// bisected until each bad proof is known.
public struct ProofBatch: Sendable {
  /// A proof as it was added.
  private struct Entry: Sendable {
    let proof: CircuitProof
    let statement: Statement
    let commitments: [EncodedPoint]
    let context: [UInt8]
  }

  /// The generators all proofs are verified under.
  public let generators: Generators
  private var entries: [Entry] = []

  /// An empty batch.
  public init(generators: Generators) { self.generators = generators }

  /// Number of proofs added.
  public var count: Int { entries.count }

  /// Adds a proof. Nothing is checked yet; one that does not decode will be rejected and stay out of the sum.
  public mutating func add(
    _ proof: CircuitProof, of statement: Statement, commitments: [EncodedPoint], context: [UInt8]
  ) {
    entries.append(
      Entry(proof: proof, statement: statement, commitments: commitments, context: context))
  }

  /// Verifies all proofs, on all cores.
  ///
  /// - Returns: for each proof, in the order of `add`, `nil` if it holds and the reason if not. It does not
  ///   depend on the number of cores.
  /// - Throws: ``BatchError/empty`` if nothing was added.
  public func verify() throws(BatchError) -> [VerificationError?] { try verify(workers: nil) }

  /// The same with an upper limit to the number of threads.
  package func verify(workers: Int?) throws(BatchError) -> [VerificationError?] {
    guard !entries.isEmpty else { throw .empty }
    var errors: [VerificationError?] = []
    var sound: [Candidate] = []
    for outcome in candidates(workers: workers) {
      switch outcome {
      case .success(let candidate):
        errors.append(nil)
        sound.append(candidate)
      case .failure(let error): errors.append(error)
      }
    }
    let weights = BatchWeights(
      domain: "bppp-polytope-v1/batch", seeds: sound.map(\.proof.batchSeed))
    let weighted = sound.enumerated().map { position, candidate in
      (
        index: candidate.index,
        proof: WeightedProof(
          proof: candidate.proof, points: candidate.points, weight: weights[position])
      )
    }
    bisect(weighted[...], failure: VerificationError.equationFails) {
      items throws(VerificationError) in
      try sumHolds(items.map(\.proof), workers: workers)
    } report: { item, error in
      errors[item.index] = error
    }
    return errors
  }

  /// The most proofs whose points are decoded and summed together.
  private static let partLimit = 512
  /// Parts are not made smaller than this for the sake of more threads.
  private static let leastPart = 24

  /// A proof whose points decoded.
  private struct Candidate: Sendable {
    let index: Int
    let proof: PreparedProof
    let points: ArraySlice<Point>
  }

  /// Replays the transcripts and decodes the points, a part of the batch at a time.
  private func candidates(workers: Int?) -> [Result<Candidate, VerificationError>] {
    let parts = Parallel.parts(
      of: entries.count, limit: Self.partLimit, least: Self.leastPart, workers: workers)
    let outcomes = Parallel.map(count: parts.count, workers: workers) { part in
      let prepared = parts[part].map { index in
        Result { () throws(VerificationError) in
          let entry = entries[index]
          return try PreparedProof(
            entry.proof, statement: entry.statement, commitments: entry.commitments,
            context: entry.context, suite: generators.suite)
        }
      }
      var encodings: [EncodedPoint] = []
      for case .success(let proof) in prepared { encodings += proof.encodings }
      let decoded = DecodedPoints(encodings)
      var start = 0
      return zip(parts[part], prepared).map { index, outcome in
        Result { () throws(VerificationError) in
          let proof = try outcome.get()
          let points = start..<(start + proof.encodings.count)
          start = points.upperBound
          if let objection = proof.objection(to: decoded, from: points.lowerBound) {
            throw objection
          }
          return Candidate(index: index, proof: proof, points: decoded.points[points])
        }
      }
    }
    return Array(outcomes.joined())
  }

  /// Whether the weighted sum of some proofs is the identity.
  private func sumHolds(
    _ items: [WeightedProof], workers: Int?
  ) throws(VerificationError) -> Bool {
    let parts = Parallel.parts(
      of: items.count, limit: Self.partLimit, least: Self.leastPart, workers: workers)
    let sums = Parallel.map(count: parts.count, workers: workers) { part in
      Result { () throws(VerificationError) in
        var sum = try VerificationSum(items[parts[part]])
        if parts.count > 1 { sum.sumOwnPoints() }
        return sum
      }
    }
    var total = try VerificationSum([])
    for sum in sums { total.add(try sum.get()) }
    return try total.holds(generators: generators)
  }
}

/// Why a batch cannot be verified.
public enum BatchError: Error, Hashable, Sendable {
  /// A batch without proofs says nothing and is refused.
  case empty
}
