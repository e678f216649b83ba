// The front of multi-scalar multiplication: which algorithm serves which call. Kernels first where they are
// in use; what they do not serve, and everything elsewhere, goes to the portable algorithms.

extension Point {
  /// `s·P`. Time does not depend on either.
  ///
  /// - Complexity: 64 additions and 252 doublings.
  public static func * (s: Scalar, P: Point) -> Point {
    let scalars = ScratchBuffer(repeating: s, count: 1)
    return scalars.withSpan { StrausConstantTime.sum($0, bits: StrausConstantTime.fullBits, [P]) }
  }

  /// `s·self` for a public scalar.
  public func multipliedVariableTime(by s: Scalar) -> Point {
    StrausVariableTime.sum([s].span, [self])
  }

  /// Σ sᵢ·Pᵢ. Time depends only on the number of points.
  ///
  /// - Parameters:
  ///   - scalars: n scalars, secret.
  ///   - points: n points (precondition), public.
  /// - Complexity: 64 additions for each point and 8 for its table; 252 doublings for every 512 points.
  public static func multiscalarMultiplication(
    _ scalars: borrowing Span<Scalar>, _ points: [Point]
  ) -> Point {
    multiscalarMultiplication(scalars, bits: StrausConstantTime.fullBits, points)
  }

  /// Σ sᵢ·Pᵢ. Time depends only on the number of points and the public bound.
  ///
  /// - Parameters:
  ///   - scalars: n scalars, secret, each < 2^bits. The caller answers for it: nothing secret is checked, and
  ///     a larger scalar gives another sum.
  ///   - bits: 1 … 253 (precondition).
  ///   - points: n points (precondition), public.
  /// - Complexity: ⌈bits/4⌉ additions for each point and 8 for its table; `bits` doublings for every 512
  ///   points.
  public static func multiscalarMultiplication(
    _ scalars: borrowing Span<Scalar>, bits: Int, _ points: [Point]
  ) -> Point {
    precondition(scalars.count == points.count, "as many scalars as points")
    precondition((1...StrausConstantTime.fullBits).contains(bits), "1 ≤ bits ≤ 253")
    if Kernels.areInUse, points.count >= KernelSums.secretCount,
      let sum = KernelSums.sum(scalars, bits: bits, points.span)
    {
      return sum
    }
    return StrausConstantTime.sum(scalars, bits: bits, points)
  }

  /// Σ sᵢ·Pᵢ over prepared points. Time depends only on the number of points and the public bound.
  ///
  /// - Parameters:
  ///   - scalars: n scalars, secret, each < 2^bits. The caller answers for it: nothing secret is checked, and
  ///     a larger scalar gives another sum.
  ///   - bits: 1 … 253 (precondition).
  ///   - points: n prepared points (precondition), public.
  /// - Complexity: ⌈bits/4⌉ additions for each point; `bits` doublings for every 512 points.
  package static func multiscalarMultiplication(
    _ scalars: borrowing Span<Scalar>, bits: Int, _ points: PreparedPoints
  ) -> Point {
    precondition(scalars.count == points.count, "as many scalars as points")
    precondition((1...StrausConstantTime.fullBits).contains(bits), "1 ≤ bits ≤ 253")
    return StrausConstantTime.sum(scalars, bits: bits, points)
  }

  /// Σ sᵢ·Pᵢ for public scalars.
  ///
  /// - Parameters:
  ///   - scalars: n scalars.
  ///   - points: n points (precondition).
  /// - Complexity: about 50 additions for each point when there are few; for n points W·(n + 2^c), W =
  ///   ⌈252/c⌉, with the best window c when there are many.
  public static func multiscalarMultiplicationVariableTime(
    _ scalars: borrowing Span<Scalar>, _ points: [Point]
  ) -> Point {
    precondition(scalars.count == points.count, "as many scalars as points")
    if Kernels.areInUse, points.count >= KernelSums.publicCount,
      let sum = KernelSums.sumVariableTime(scalars, points.span)
    {
      return sum
    }
    guard points.count >= pippengerCount else { return StrausVariableTime.sum(scalars, points) }
    return Pippenger.sum(scalars, points, windowBits: Pippenger.windowBits(count: points.count))
  }

  /// Σ sᵢ·Pᵢ for public scalars.
  ///
  /// - Parameters:
  ///   - scalars: n scalars.
  ///   - points: n points (precondition).
  public static func multiscalarMultiplicationVariableTime(
    _ scalars: [Scalar], _ points: [Point]
  ) -> Point {
    multiscalarMultiplicationVariableTime(scalars.span, points)
  }

  /// Smallest number of points for which Pippenger's algorithm is faster than Straus's: at 96 points it is 3%
  /// slower, at 128 points 4% faster (one core of a Sapphire Rapids server).
  private static let pippengerCount = 112
}
