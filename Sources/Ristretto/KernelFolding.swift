internal import CRistretto

extension Point {
  /// `Σₖ sₖ·P_{i·step + k·gap}` for every i < count, for public scalars: one round of folding, or several at
  /// once.
  ///
  /// - Parameters:
  ///   - points: P.
  ///   - count: how many sums.
  ///   - step: from the first point of a sum to that of the next.
  ///   - gap: from a point of a sum to its next.
  ///   - scalars: s, at least one (precondition: every index is one of a point).
  /// - Complexity: for each sum 253 doublings, and about 50 additions for each scalar of full length.
  package static func foldVariableTime(
    _ points: [Point], count: Int, step: Int, gap: Int, by scalars: [Scalar]
  ) -> [Point] {
    guard count > 0 else { return [] }
    precondition(!scalars.isEmpty && step >= 0 && gap >= 0, "something to fold")
    precondition((count - 1) * step + (scalars.count - 1) * gap < points.count, "enough points")
    if Kernels.areInUse, count >= kernelFoldCount,
      let scratch = KernelMemory(byteCount: cristretto_fold_scratch_size(scalars.count))
    {
      return unsafe Point.arrayFromKernel(count: count) { sums in
        unsafe scalars.span.withKernelScalars { factors in
          unsafe points.span.withKernelPoints { points in
            unsafe cristretto_fold_variable_time(
              count, scalars.count, factors, points, step, gap, scratch.start, sums)
          }
        }
      }
    }
    let vectors = scalars.indices.map { k in (0..<count).map { points[$0 * step + k * gap] } }
    return combineVariableTime(vectors, by: scalars)
  }

  /// Fewer sums are folded one by one: a group of lanes costs as much as this many.
  private static let kernelFoldCount = 4
}
