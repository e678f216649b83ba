public import Merlin
public import Ristretto

/// The smallest and the largest value that may be proved, both public and included.
public struct RangeBounds: Hashable, Sendable {
  /// The smallest.
  public let lower: UInt64
  /// The largest.
  public let upper: UInt64

  /// Nil unless lower ≤ upper.
  public init?(_ lower: UInt64, _ upper: UInt64) {
    guard lower <= upper else { return nil }
    (self.lower, self.upper) = (lower, upper)
  }

  /// Whether a value is within the bounds. Constant time.
  func admits(_ value: UInt64) -> Bool {
    Self.borrow(value, lower) | Self.borrow(upper, value) == 0
  }

  /// 1 if a < b, else 0: the bit that a − b borrows.
  private static func borrow(_ a: UInt64, _ b: UInt64) -> UInt64 {
    ((~a & b) | (~(a ^ b) & (a &- b))) &>> 63
  }

  /// The shortest width that all differences of values within the bounds fit.
  public var width: RangeWidth {
    let widths = RangeWidth.allCases.sorted { $0.rawValue < $1.rawValue }
    return widths.first { $0.admits(upper - lower) } ?? .bits64
  }
}

/// What a range proof is for: any number of commitments, and bounds for their values.
///
/// A range proof covers 1, 2, 4, … 64 commitments to values below 2ⁿ. A statement gives it those from m
/// commitments `Vⱼ = vⱼ·B + γⱼ·B̃`:
///
///     without bounds   V₀ … V₍ₘ₋₁₎                                    0 ≤ vⱼ < 2ⁿ
///     lower, upper     V₀ − lower·B, upper·B − V₀, V₁ − lower·B, …    lower ≤ vⱼ ≤ upper
///
/// and then commitments to 0 with blinding 0, which are the identity, up to a power of two.
/// The verifier computes all of that; only V stands in a file.
///
/// With bounds, u = v − lower and w = upper − v are each in 0 … 2ⁿ − 1 modulo the order ℓ of the group, and u
/// + w = upper − lower modulo ℓ. Both sides are below 2⁶⁵ < ℓ, so they are equal as integers, and lower ≤ v ≤
/// upper holds of the integers as well. Bounds and commitments are bound to the transcript, since the points
/// that the proof covers stay the same when bounds and value move together.
public struct RangeStatement: Hashable, Sendable {
  /// The commitments to the values.
  public let commitments: [EncodedPoint]
  /// n.
  public let width: RangeWidth
  /// The bounds, if there are any.
  public let bounds: RangeBounds?

  /// A statement.
  public init(commitments: [EncodedPoint], width: RangeWidth, bounds: RangeBounds? = nil) {
    (self.commitments, self.width, self.bounds) = (commitments, width, bounds)
  }

  /// How many commitments to 0 complete a power of two.
  public var padding: Int { Self.padding(values: commitments.count, bounded: bounds != nil) }

  /// The number of commitments to 0 that completes a power of two for a number of values.
  public static func padding(values: Int, bounded: Bool) -> Int {
    let count = bounded ? 2 * values : values
    var power = 1
    while power < count { power *= 2 }
    return power - count
  }

  /// The commitments that the proof covers.
  ///
  /// - Throws: ``RangeVerificationError/unsupportedCount(_:)``, or
  ///   ``RangeVerificationError/undecodableCommitment(index:_:)`` with bounds.
  func covered() throws(RangeVerificationError) -> [EncodedPoint] {
    let (m, most) = (commitments.count, RangeGenerators.partyLimit)
    guard m > 0, m <= most, bounds == nil || 2 * m <= most else { throw .unsupportedCount(m) }
    var covered = commitments
    if let bounds {
      let (lower, upper) = (Self.point(bounds.lower), Self.point(bounds.upper))
      covered = []
      for (index, commitment) in commitments.enumerated() {
        let V: Point
        do throws(DecodingError) {
          V = try commitment.decoded()
        } catch {
          throw .undecodableCommitment(index: index, error)
        }
        covered += [(V - lower).encoded(), (upper - V).encoded()]
      }
    }
    return covered + [EncodedPoint](repeating: Point.identity.encoded(), count: padding)
  }

  /// `value·B`
  private static func point(_ value: UInt64) -> Point { Scalar(value) * RangeGenerators.standard.value }

  /// Binds bounds and commitments to a transcript; without bounds the transcript is as the dalek crate has
  /// it.
  func bind(_ transcript: inout Transcript) {
    guard let bounds else { return }
    transcript.append(Array("range bounds v1".utf8), label: "dom-sep")
    transcript.append(bounds.lower, label: "lower")
    transcript.append(bounds.upper, label: "upper")
    for commitment in commitments { transcript.append(commitment.bytes, label: "V") }
  }
}

extension RangeProof {
  /// Proves that values are within bounds, or below 2ⁿ without them, and commits to them; any number of
  /// values up to 64, or 32 with bounds.
  ///
  /// - Throws: ``RangeProvingError/valueOutOfRange(index:)`` at a value outside the bounds. The transcript is
  ///   then as it was.
  public static func prove(
    _ values: borrowing SecretBlock<UInt64>, blindings: borrowing SecretBlock<Scalar>, width: RangeWidth,
    bounds: RangeBounds?, transcript: inout Transcript
  ) throws(RangeProvingError) -> (proof: RangeProof, statement: RangeStatement) {
    let m = values.count
    guard m > 0, m <= RangeGenerators.partyLimit, bounds == nil || 2 * m <= RangeGenerators.partyLimit else {
      throw .unsupportedCount(m)
    }
    guard blindings.count == m else { throw .wrongBlindingCount(expected: m, actual: blindings.count) }
    if let bounds {
      for j in 0..<m where !bounds.admits(values[j]) { throw .valueOutOfRange(index: j) }
      guard width.admits(bounds.upper - bounds.lower) else { throw .boundsTooWide }
    }
    let statement = RangeStatement(
      commitments: RangeGenerators.standard.commit(to: values, blindings: blindings), width: width,
      bounds: bounds)
    let (parts, count) = (bounds == nil ? 1 : 2, m * (bounds == nil ? 1 : 2) + statement.padding)
    // v, or v − lower and upper − v, and zeros; γ, or γ and −γ, and zeros.
    let covered = SecretBlock<UInt64>(count: count) { i in
      guard i < parts * m else { return 0 }
      guard let bounds else { return values[i] }
      return i % 2 == 0 ? values[i / 2] &- bounds.lower : bounds.upper &- values[i / 2]
    }
    let masks = SecretBlock<Scalar>(count: count) { i in
      guard i < parts * m else { return .zero }
      guard bounds != nil else { return blindings[i] }
      return i % 2 == 0 ? blindings[i / 2] : .zero - blindings[i / 2]
    }
    var attempt = transcript
    statement.bind(&attempt)
    let (proof, commitments) = try prove(covered, blindings: masks, width: width, transcript: &attempt)
    guard (try? statement.covered()) == commitments else { throw .selfVerification(.equationFails) }
    transcript = attempt
    return (proof, statement)
  }

  /// Verifies a proof of a statement.
  ///
  /// - Throws: ``RangeVerificationError`` unless the proof holds. Variable time: everything is public.
  public func verify(
    _ statement: RangeStatement, transcript: inout Transcript
  ) throws(RangeVerificationError) {
    let covered = try statement.covered()
    var attempt = transcript
    statement.bind(&attempt)
    try verify(covered, width: statement.width, transcript: &attempt)
    transcript = attempt
  }
}

extension RangeProofBatch {
  /// Adds a proof of a statement. One whose commitments give no points will be rejected.
  public mutating func add(_ proof: RangeProof, statement: RangeStatement, transcript: Transcript) {
    var transcript = transcript
    statement.bind(&transcript)
    // Commitments that do not decode are refused when the batch decodes them.
    let covered = (try? statement.covered()) ?? statement.commitments
    add(proof, commitments: covered, width: statement.width, transcript: transcript)
  }
}
