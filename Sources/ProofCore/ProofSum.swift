package import Ristretto

/// A proof in the right form, with its challenges: what is left is to decode its points, and one equation
/// over the group.
package protocol PreparedForSum: Sendable {
  /// Why a proof is refused.
  associatedtype Failure: Error, Sendable

  /// The points of its equation, as they were received.
  var encodings: [EncodedPoint] { get }
  /// 32 bytes that depend on every byte of the proof and of what it speaks about.
  var batchSeed: [UInt8] { get }
  /// What a proof is refused with whose equation does not hold.
  static var falseEquation: Failure { get }

  /// Why the points, decoded from `start` on, cannot be those of a proof.
  func objection(to decoded: DecodedPoints, from start: Int) -> Failure?
}

/// A proof whose points decoded, with the weights of its equations among others.
package struct WeightedProof<Proof: PreparedForSum>: Sendable {
  /// Its place in its batch.
  let index: Int
  /// The proof.
  package let proof: Proof
  /// Its points, in the order of ``PreparedForSum/encodings``.
  package let points: ArraySlice<Point>
  /// `e_p`.
  package let weight: Scalar
  /// What keeps the parts of the equation apart, of proofs that consist of two.
  package let separator: Scalar

  fileprivate init(
    _ candidate: Candidate<Proof>, _ weights: (weight: Scalar, separator: Scalar)
  ) {
    (index, proof, points) = (candidate.index, candidate.proof, candidate.points)
    (weight, separator) = weights
  }
}

/// The part of a sum of equations that is over the points of the proofs themselves.
package struct OwnPoints: Sendable {
  /// A scalar for each point that is not summed yet.
  package var scalars: [Scalar] = []
  /// The points that are not summed yet.
  package var points: [Point] = []
  private var summed = Point.identity

  /// No points, with room for some.
  package init(capacity: Int) {
    scalars.reserveCapacity(capacity)
    points.reserveCapacity(capacity)
  }

  /// Sums what is there, which other threads may do for other parts of a batch.
  mutating func sum() {
    summed += Point.multiscalarMultiplicationVariableTime(scalars, points)
    (scalars, points) = ([], [])
  }

  /// Adds those of another sum.
  package mutating func add(_ other: OwnPoints) {
    scalars += other.scalars
    points += other.points
    summed += other.summed
  }

  /// Whether these and shared points, with scalars for the first of them, have the sum 0.
  package func isIdentity(with shared: [(points: FixedPoints, scalars: [Scalar])]) -> Bool {
    (summed + Point.multiscalarMultiplicationVariableTime(shared, scalars, points)).isIdentity
  }
}

/// A weighted sum of the equations of proofs: all of them hold if it is the identity, up to the weights.
package protocol ProofSum: Sendable {
  associatedtype Proof: PreparedForSum

  /// The part over the proofs' own points.
  var own: OwnPoints { get set }

  /// The equations of some proofs.
  init(_ items: ArraySlice<WeightedProof<Proof>>) throws(Proof.Failure)
  /// Adds another sum.
  mutating func add(_ other: Self)
}

/// A proof of a batch whose points decoded.
private struct Candidate<Proof: PreparedForSum>: Sendable {
  let index: Int
  let proof: Proof
  let points: ArraySlice<Point>
}

/// Verification of many proofs by one sum, in parts on all cores, and the search for those that fail.
package struct BatchVerifier<Sum: ProofSum>: Sendable {
  package typealias Proof = Sum.Proof
  package typealias Failure = Sum.Proof.Failure

  private let domain: StaticString
  private let workers: Int?

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
  ///   - isIdentity: whether the sum of the equations of some proofs is the identity.
  package func failures(
    count: Int, prepare: @Sendable (Range<Int>) -> [Result<Proof, Failure>],
    isIdentity: (Sum) throws(Failure) -> Bool
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
    bisect(weighted[...], failure: Proof.falseEquation) { items throws(Failure) in
      try isIdentity(try sum(of: items))
    } report: { item, failure in
      failures[item.index] = failure
    }
    return failures
  }

  /// Verifies a single proof, whose transcript was replayed.
  package static func verify(
    _ proof: Proof, domain: StaticString, isIdentity: (Sum) throws(Failure) -> Bool
  ) throws(Failure) {
    let decoded = DecodedPoints(proof.encodings)
    if let objection = proof.objection(to: decoded, from: 0) { throw objection }
    let weights = BatchWeights(domain: domain, seeds: [proof.batchSeed])
    let candidate = Candidate(index: 0, proof: proof, points: decoded.points[...])
    let sum = try Sum([WeightedProof(candidate, weights.weights(0))])
    guard try isIdentity(sum) else { throw Proof.falseEquation }
  }

  /// The most proofs whose points are decoded and summed together.
  private static var partLimit: Int { 512 }
  /// Parts are not made smaller than this for the sake of more threads.
  private static var leastPart: Int { 24 }

  private func parts(of count: Int) -> [Range<Int>] {
    Parallel.parts(of: count, limit: Self.partLimit, least: Self.leastPart, workers: workers)
  }

  /// Replays the transcripts and decodes the points, a part of the batch at a time.
  private func candidates(
    count: Int, _ prepare: @Sendable (Range<Int>) -> [Result<Proof, Failure>]
  ) -> [Result<Candidate<Proof>, Failure>] {
    let parts = parts(of: count)
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

  /// The sum of the equations of some proofs.
  private func sum(of items: ArraySlice<WeightedProof<Proof>>) throws(Failure) -> Sum {
    let parts = parts(of: items.count)
    let sums = Parallel.map(count: parts.count, workers: workers) { part in
      Result { () throws(Failure) in
        let (start, end) = (parts[part].lowerBound, parts[part].upperBound)
        var sum = try Sum(items[(items.startIndex + start)..<(items.startIndex + end)])
        if parts.count > 1 { sum.own.sum() }
        return sum
      }
    }
    var total = try Sum([])
    for sum in sums { total.add(try sum.get()) }
    return total
  }
}
