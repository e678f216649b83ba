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

  init(
    _ candidate: Candidate<Proof>, _ weights: (weight: Scalar, separator: Scalar)
  ) {
    (index, proof, points) = (candidate.index, candidate.proof, candidate.points)
    (weight, separator) = weights
  }
}

/// The part of a sum of equations that is over the points of the proofs themselves.
package struct OwnPoints: Sendable {
  /// A scalar for each point that is not summed yet.
  private var scalars: [Scalar] = []
  /// The points that are not summed yet, each proof's where they were decoded.
  private var points: [ArraySlice<Point>] = []
  private var summed = Point.identity

  /// No points.
  package init() {}

  /// Adds points, with as many scalars (precondition of a sum).
  package mutating func add(_ scalars: [Scalar], _ points: ArraySlice<Point>) {
    self.scalars += scalars
    self.points.append(points)
  }

  /// Sums what is there, which other threads may do for other parts of a batch.
  mutating func sum() {
    guard !scalars.isEmpty else { return }
    summed = value(with: [])
    (scalars, points) = ([], [])
  }

  /// Adds those of another sum.
  package mutating func add(_ other: OwnPoints) {
    scalars += other.scalars
    points += other.points
    summed += other.summed
  }

  /// Multiplies what they come to.
  package mutating func multiply(by factor: Scalar) {
    scalars = Scalar.products(factor, scalars)
    if !summed.isIdentity { summed = summed.multipliedVariableTime(by: factor) }
  }

  /// The sum of these and of shared points, with scalars for the first of them.
  package func value(with shared: [(points: FixedPoints, scalars: [Scalar])]) -> Point {
    var all: [Point] = []
    all.reserveCapacity(scalars.count)
    for each in points { all += each }
    return summed + Point.multiscalarMultiplicationVariableTime(shared, scalars, all)
  }
}

/// A weighted sum of the equations of proofs: all of them hold if it is the identity, up to the weights. It
/// is linear in the weights.
package protocol ProofSum: Sendable {
  associatedtype Proof: PreparedForSum

  /// The part over the proofs' own points.
  var own: OwnPoints { get set }

  /// The sum of no equations.
  init()
  /// Adds another sum.
  mutating func add(_ other: Self)
  /// Multiplies the sum.
  mutating func multiply(by factor: Scalar)
  /// The equations of some proofs, dealt out to as many groups as ``ProofGroup/limit`` says, or to one for
  /// each proof where there are no more of them than that.
  static func groups(
    of items: ArraySlice<WeightedProof<Proof>>
  ) throws(Proof.Failure) -> [ProofGroup<Self>]
}

extension ProofSum {
  /// The equation of one proof.
  init(_ item: WeightedProof<Proof>) throws(Proof.Failure) {
    self.init()
    for group in try Self.groups(of: [item]) { add(group.sum) }
  }
}

/// Proofs with the sum of their equations.
package struct ProofGroup<Sum: ProofSum>: Sendable {
  /// The most groups that proofs are dealt out to: as many as there are lanes.
  package static var limit: Int { 8 }

  /// The proofs.
  package var items: [WeightedProof<Sum.Proof>] = []
  /// The sum of their equations.
  package var sum = Sum()

  /// No proofs.
  package init() {}

  /// As many groups without proofs as `count` proofs are dealt out to.
  package static func empty(for count: Int) -> [ProofGroup] {
    Array(repeating: ProofGroup(), count: min(count, limit))
  }
}

/// A proof of a batch whose points decoded.
struct Candidate<Proof: PreparedForSum>: Sendable {
  let index: Int
  let proof: Proof
  let points: ArraySlice<Point>
}
