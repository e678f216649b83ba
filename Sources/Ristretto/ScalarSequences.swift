extension Scalar {
  /// `first, first·ratio, first·ratio², …`, `count` of them, by iteration.
  package static func geometricSequence(from first: Scalar, ratio: Scalar, count: Int) -> [Scalar] {
    var power = first
    return (0..<count).map { _ in
      defer { power *= ratio }
      return power
    }
  }

  /// `⟨a, b⟩ = Σ aᵢ·bᵢ`.
  ///
  /// - Precondition: `a` and `b` have the same length.
  package static func innerProduct(_ a: [Scalar], _ b: [Scalar]) -> Scalar {
    precondition(a.count == b.count, "as many scalars on both sides")
    return a.indices.reduce(.zero) { $0 + a[$1] * b[$1] }
  }
}
