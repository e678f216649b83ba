internal import ExactIntegers
public import Ristretto

/// A Pedersen commitment to a vector: `V = Σ v_m·H_m + s·R₁`, one point that hides and binds all
/// coordinates.
///
/// Hiding is perfect if the blinding `s` is uniform; binding rests on discrete logarithms in
/// ristretto255. Commitments to two vectors add up to the commitment to their sum.
public struct VectorCommitment: Hashable, Sendable {
  /// The canonical encoding of `point`.
  public let encoded: EncodedPoint
  /// The group element.
  public let point: Point

  /// The commitment that is a given group element.
  public init(_ point: Point) {
    self.point = point
    encoded = point.encoded()
  }

  /// Decodes a commitment received from outside. The identity is legal.
  ///
  /// - Throws: `DecodingError.notCanonical`, `DecodingError.notAPoint`.
  public init(decoding bytes: EncodedPoint) throws(DecodingError) {
    point = try bytes.decoded()
    encoded = bytes
  }

  /// Commits to scalars `v₁ … v_C` with the blinding `s`. Constant time in both.
  ///
  /// - Throws: ``GeneratorError`` if the suite has fewer account generators than coordinates.
  public static func commit(
    to values: Span<Scalar>, blinding: Scalar, generators: Generators
  ) throws(GeneratorError) -> VectorCommitment {
    let fixed = try generators.fixedLinear(values.count)
    // R₁, R₂ … R₇ not used, H₁ …
    let scalars = SecretBlock<Scalar>(count: 7 + values.count) {
      $0 == 0 ? blinding : $0 < 7 ? .zero : values[$0 - 7]
    }
    return VectorCommitment(scalars.withSpan { fixed.sum($0, from: 1) })
  }

  /// Commits to signed integers, one per coordinate. Constant time in values and blinding.
  ///
  /// With u_m = v_m + 2⁶³, which are words, and s = s₀ + 2⁶⁴·s₁ + 2¹²⁸·s₂ + 2¹⁹²·s₃,
  ///
  ///     V = Σ s_i·(2^(64·i)·R₁) + Σ u_m·H_{m+1} − 2⁶³·Σ H_{m+1}
  ///
  /// takes a quarter of the doublings and additions that numbers mod ℓ would.
  ///
  /// - Throws: ``GeneratorError`` if the suite has fewer account generators than coordinates.
  public static func commit(
    to values: Span<Int64>, blinding: Scalar, generators: Generators
  ) throws(GeneratorError) -> VectorCommitment {
    let (fixed, offset) = try generators.fixedWords(values.count)
    let words = blinding.words
    let scalars = SecretBlock<Scalar>(count: 4 + values.count) { place in
      switch place {
      case 0: Scalar(words.w0)
      case 1: Scalar(words.w1)
      case 2: Scalar(words.w2)
      case 3: Scalar(words.w3)
      default: Scalar(UInt64(bitPattern: values[place - 4]) ^ 1 << 63)
      }
    }
    return VectorCommitment(scalars.withSpan { fixed.sum($0, bits: UInt64.bitWidth) } - offset)
  }

  /// `V + delta·H_{coordinate+1}`: the commitment after a public change of one coordinate, counted
  /// from 0. The blinding stays.
  ///
  /// - Throws: ``GeneratorError`` if the suite has no such account generator.
  public func updated(
    adding delta: Int64, at coordinate: Int, generators: Generators
  ) throws(GeneratorError) -> VectorCommitment {
    let H = try generators.account(coordinate + 1)[coordinate]
    return VectorCommitment(point + H.multipliedVariableTime(by: Scalar(Int(delta))))
  }

  /// The commitment to the sum of two vectors, blinded by the sum of their blindings.
  public static func + (a: VectorCommitment, b: VectorCommitment) -> VectorCommitment {
    VectorCommitment(a.point + b.point)
  }

  /// Equality of encodings.
  public static func == (a: VectorCommitment, b: VectorCommitment) -> Bool { a.encoded == b.encoded }

  /// Feeds the encoding.
  public func hash(into hasher: inout Hasher) { hasher.combine(encoded) }
}
