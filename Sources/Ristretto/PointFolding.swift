extension Point {
  /// `aᵢ + γ·bᵢ` for every i, for a public scalar: one round of folding a vector of generators.
  ///
  /// - Parameters:
  ///   - a: the first vector.
  ///   - b: the second vector, as long as the first (precondition).
  ///   - gamma: γ, public.
  /// - Complexity: for each element 253 doublings and about 50 additions. When a common factor of the whole
  ///   vector does not matter, ``foldRescaledVariableTime(_:_:by:)`` takes about half of that.
  public static func foldVariableTime(_ a: [Point], _ b: [Point], by gamma: Scalar) -> [Point] {
    combineVariableTime([a, b], by: [.one, gamma])
  }

  /// `Σₖ sₖ·vₖᵢ` for every i, for public scalars: several rounds of folding at once.
  ///
  /// The digits of the scalars are found once for all i.
  ///
  /// - Parameters:
  ///   - vectors: v₀ … v₍ₘ₋₁₎, m ≥ 1 vectors of the same length (precondition).
  ///   - scalars: s₀ … s₍ₘ₋₁₎ (precondition).
  /// - Complexity: for each i 253 doublings, and about 50 additions for each scalar of full length.
  public static func combineVariableTime(_ vectors: [[Point]], by scalars: [Scalar]) -> [Point] {
    precondition(vectors.count == scalars.count, "as many scalars as vectors")
    guard let count = vectors.first?.count else { return [] }
    precondition(vectors.allSatisfy { $0.count == count }, "vectors of one length")
    let plan = DigitPlan(scalars.span)
    var table: [CachedPoint] = []
    return (0..<count).map { i in
      table.removeAll(keepingCapacity: true)
      for (k, vector) in vectors.enumerated() {
        CachedPoint.appendOddMultiples(of: vector[i], count: plan.tableCounts[k], to: &table)
      }
      return plan.sum(table)
    }
  }

  /// `κ·(aᵢ + γ·bᵢ)` for every i, for a public scalar, with a factor κ that makes it cheap.
  ///
  /// By a half-length Euclidean division there are numbers κ and κ·γ mod ℓ of at most 127 bits each, up to
  /// sign, so that κ·aᵢ + (κ·γ)·bᵢ takes half of the doublings.
  ///
  /// - Parameters:
  ///   - a: the first vector.
  ///   - b: the second vector, as long as the first (precondition).
  ///   - gamma: γ, public.
  /// - Complexity: for each element 127 doublings and about 60 additions.
  public static func foldRescaledVariableTime(
    _ a: [Point], _ b: [Point], by gamma: Scalar
  ) -> RescaledPoints {
    let ratio = ShortRatio(gamma)
    return RescaledPoints(
      points: combineVariableTime([a, b], by: [ratio.denominator, ratio.numerator]),
      factor: ratio.denominator)
  }

  /// `2^count·self`.
  package func doubled(times count: Int) -> Point {
    guard count > 0 else { return self }
    var result = ProjectivePoint(self)
    for _ in 1..<count {
      result = result.doubled().projective
    }
    return result.doubled().extended
  }
}

/// A vector of points known up to a public factor.
public struct RescaledPoints: Sendable {
  /// κ·Pᵢ for every i.
  public let points: [Point]
  /// κ, not 0.
  public let factor: Scalar
}
