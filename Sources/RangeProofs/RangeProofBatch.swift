internal import Commitments
public import Merlin
public import Ristretto

/// Range proofs of any mix of widths and counts, verified together.
///
/// The equations are added with weights that depend on every byte of every transcript, commitment and
/// proof; a false proof survives with probability at most 2⁻¹²⁶. If the sum is not the identity the batch
/// is bisected until each bad proof is known.
public struct RangeProofBatch: Sendable {
  /// A proof as it was added.
  private struct Entry: Sendable {
    let proof: RangeProof
    let commitments: [EncodedPoint]
    let width: RangeWidth
    let transcript: Transcript
  }

  private var entries: [Entry] = []

  /// An empty batch.
  public init() {}

  /// Number of proofs added.
  public var count: Int { entries.count }

  /// Adds a proof. Nothing is checked yet; one that does not decode will be rejected and stay out of the sum.
  public mutating func add(
    _ proof: RangeProof, commitments: [EncodedPoint], width: RangeWidth, transcript: Transcript
  ) {
    entries.append(
      Entry(proof: proof, commitments: commitments, width: width, transcript: transcript))
  }

  /// Verifies all proofs, on all cores.
  ///
  /// - Returns: for each proof, in the order of `add`, `nil` if it holds and the reason if not. It does not
  ///   depend on the number of cores.
  /// - Throws: ``RangeBatchError/empty`` if nothing was added.
  public func verify() throws(RangeBatchError) -> [RangeVerificationError?] {
    try verify(workers: nil)
  }

  /// The same with an upper limit to the number of threads.
  package func verify(workers: Int?) throws(RangeBatchError) -> [RangeVerificationError?] {
    guard !entries.isEmpty else { throw .empty }
    var errors: [RangeVerificationError?] = []
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
      domain: RangeVerificationSum.weightDomain, seeds: sound.map(\.proof.batchSeed))
    let weighted = sound.enumerated().map { position, candidate in
      let (weight, separator) = weights.weights(position)
      return (
        index: candidate.index,
        proof: WeightedRangeProof(
          proof: candidate.proof, points: candidate.points, weight: weight, separator: separator)
      )
    }
    bisect(weighted[...], failure: RangeVerificationError.equationFails) {
      items throws(RangeVerificationError) in
      try Self.sumHolds(items.map(\.proof), workers: workers)
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
    let proof: PreparedRangeProof
    let points: ArraySlice<Point>
  }

  /// Replays the transcripts and decodes the points, a part of the batch at a time.
  private func candidates(workers: Int?) -> [Result<Candidate, RangeVerificationError>] {
    let parts = Parallel.parts(
      of: entries.count, limit: Self.partLimit, least: Self.leastPart, workers: workers)
    let outcomes = Parallel.map(count: parts.count, workers: workers) { part in
      let prepared = parts[part].map { index in
        Result { () throws(RangeVerificationError) in
          let entry = entries[index]
          var replay = RangeTranscript(
            entry.transcript, width: entry.width, commitments: entry.commitments)
          return try PreparedRangeProof(
            entry.proof, commitments: entry.commitments, width: entry.width, transcript: &replay)
        }
      }
      var encodings: [EncodedPoint] = []
      for case .success(let proof) in prepared { encodings += proof.encodings }
      let decoded = DecodedPoints(encodings)
      var start = 0
      return zip(parts[part], prepared).map { index, outcome in
        Result { () throws(RangeVerificationError) in
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
  private static func sumHolds(
    _ items: [WeightedRangeProof], workers: Int?
  ) throws(RangeVerificationError) -> Bool {
    let parts = Parallel.parts(
      of: items.count, limit: partLimit, least: leastPart, workers: workers)
    let sums = Parallel.map(count: parts.count, workers: workers) { part in
      Result { () throws(RangeVerificationError) in
        var sum = try RangeVerificationSum(items[parts[part]])
        if parts.count > 1 { sum.sumOwnPoints() }
        return sum
      }
    }
    var total = try RangeVerificationSum([])
    for sum in sums { total.add(try sum.get()) }
    return total.holds(generators: .standard)
  }
}

/// Why a batch cannot be verified.
public enum RangeBatchError: Error, Hashable, Sendable {
  /// A batch without proofs says nothing and is refused.
  case empty
}
