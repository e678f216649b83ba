package import Ristretto

/// Verification of many proofs by one sum, in blocks on all cores, and the search for those that fail.
package struct BatchVerifier<Sum: ProofSum>: Sendable {
  package typealias Proof = Sum.Proof
  package typealias Failure = Sum.Proof.Failure

  private let domain: StaticString
  let workers: Int?

  /// - Parameters:
  ///   - domain: that of the weights.
  ///   - workers: an upper limit to the number of threads; `nil` sets none.
  package init(domain: StaticString, workers: Int?) {
    self.domain = domain
    self.workers = workers
  }

  /// For each proof `nil` if it holds and the reason if not. It does not depend on the number of threads.
  ///
  /// - Parameters:
  ///   - count: the number of proofs.
  ///   - prepare: replays the transcripts of the proofs of a part.
  ///   - value: the sum of the equations of some proofs.
  package func failures(
    count: Int, prepare: @Sendable (Range<Int>) -> [Result<Proof, Failure>],
    value: @Sendable (Sum) throws(Failure) -> Point
  ) -> [Failure?] {
    var failures: [Failure?] = []
    failures.reserveCapacity(count)
    var sound: [Candidate<Proof>] = []
    for outcome in candidates(count: count, prepare) {
      switch outcome {
      case .success(let candidate):
        failures.append(nil)
        sound.append(candidate)
      case .failure(let failure): failures.append(failure)
      }
    }
    let weights = BatchWeights(domain: domain, seeds: sound.map(\.proof.batchSeed))
    let weighted = sound.enumerated().map { WeightedProof($1, weights.weights($0)) }
    for (index, failure) in falseProofs(of: blocks(of: weighted), value) { failures[index] = failure }
    return failures
  }

  /// Verifies a single proof, whose transcript was replayed.
  package static func verify(
    _ proof: Proof, domain: StaticString, value: (Sum) throws(Failure) -> Point
  ) throws(Failure) {
    let decoded = DecodedPoints(proof.encodings)
    if let objection = proof.objection(to: decoded, from: 0) { throw objection }
    let weights = BatchWeights(domain: domain, seeds: [proof.batchSeed])
    let candidate = Candidate(index: 0, proof: proof, points: decoded.points[...])
    let sum = try Sum(WeightedProof(candidate, weights.weights(0)))
    guard try value(sum).isIdentity else { throw Proof.falseEquation }
  }

  /// The most proofs whose points are decoded together.
  private static var partLimit: Int { 512 }
  /// Parts are not made smaller than this for the sake of more threads.
  private static var leastPart: Int { 24 }

  /// Replays the transcripts and decodes the points, a part of the batch at a time.
  private func candidates(
    count: Int, _ prepare: @Sendable (Range<Int>) -> [Result<Proof, Failure>]
  ) -> [Result<Candidate<Proof>, Failure>] {
    let parts = Parallel.parts(of: count, limit: Self.partLimit, least: Self.leastPart, workers: workers)
    let outcomes = Parallel.map(count: parts.count, workers: workers) { part in
      let prepared = prepare(parts[part])
      var encodings: [EncodedPoint] = []
      for case .success(let proof) in prepared { encodings += proof.encodings }
      let decoded = DecodedPoints(encodings)
      var start = 0
      return zip(parts[part], prepared).map { index, outcome in
        Result { () throws(Failure) in
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
}
