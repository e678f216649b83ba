internal import CanonicalBytes
internal import CircuitProofs
internal import ExactIntegers
internal import ProofCore
public import Ristretto
internal import Synchronization

/// What a reciprocal range proof is for: commitments `Vⱼ = vⱼ·B + γⱼ·B̃`, and lower ≤ vⱼ ≤ upper for all of
/// them.
///
/// Any number of commitments up to ``countLimit``, of which nothing has to be a power of two, and any bounds.
/// B and B̃ are those of ``RangeGenerators``, so that one commitment can have proofs of both kinds.
public struct ReciprocalRangeStatement: Hashable, Sendable {
  /// The most commitments of one proof.
  public static let countLimit = 256

  /// The commitments to the values.
  public let commitments: [EncodedPoint]
  /// The smallest and the largest value.
  public let bounds: RangeBounds

  /// A statement. What the verifier demands, never what a prover says.
  public init(commitments: [EncodedPoint], bounds: RangeBounds) {
    (self.commitments, self.bounds) = (commitments, bounds)
  }
}

extension RangeBounds {
  /// `0 … 2^bits − 1`; nil unless 1 ≤ bits ≤ 64.
  public init?(bits: Int) {
    guard (1...64).contains(bits) else { return nil }
    self.init(0, UInt64.max >> UInt64(64 - bits))
  }

  /// The n with `0 … 2ⁿ − 1`, if the bounds are such.
  package var bits: Int? {
    guard lower == 0, upper > 0, upper & (upper &+ 1) == 0 else { return nil }
    return 64 - upper.leadingZeroBitCount
  }
}

/// The circuit of a reciprocal range proof: variables `xⱼ` with `0 ≤ xⱼ ≤ upper − lower`, linked to the
/// commitments as `vⱼ = xⱼ + lower`. No rows, no gates.
struct RangeCircuit: Sendable {
  /// Its suite: R₁ = B̃ and H₁ = B, the rest derived from both (protocol 2).
  static let generators = Generators(suite: suite)

  private static let suite: GeneratorSuite = {
    let (B, blinding) = (RangeGenerators.standard.value, RangeGenerators.standard.blinding)
    do throws(GeneratorError) {
      return try GeneratorSuite(blinding: blinding.encoded(), account: [B.encoded()])
    } catch {
      preconditionFailure("B and B̃ are two points, and neither is the identity")
    }
  }()

  /// What the proof is bound to besides its statement: the caller's label, set apart from all other uses of
  /// the argument.
  static func context(label: [UInt8]) -> [UInt8] {
    var context = Array("solvency/reciprocal-range/v1".utf8)
    context.append(littleEndian: UInt32(label.count))
    return context + label
  }

  private struct Shape: Hashable {
    let count: Int
    let bounds: RangeBounds
  }

  /// The checked statements of shapes that were asked for: functions of the shape alone.
  private static let known = Mutex<[Shape: Statement]>([:])
  private static let knownLimit = 64

  /// The statement for a number of values; nil for a number that no proof has.
  static func statement(count: Int, bounds: RangeBounds) -> Statement? {
    guard (1...ReciprocalRangeStatement.countLimit).contains(count) else { return nil }
    let shape = Shape(count: count, bounds: bounds)
    if let statement = known.withLock({ $0[shape] }) { return statement }
    let lower = Integer(bounds.lower)
    let draft = StatementDraft(
      variableBounds: Array(repeating: Integer(bounds.upper) - lower, count: count),
      links: (0..<count).map { index in
        [0: AffineForm(terms: [AffineForm.Term(variable: index, coefficient: 1)], constant: lower)]
      },
      coordinateCount: 1)
    guard let statement = try? Statement(draft) else { return nil }
    known.withLock { known in
      if known.count >= knownLimit { known = [:] }
      known[shape] = statement
    }
    return statement
  }
}
