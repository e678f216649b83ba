internal import CRistretto

/// Sums of products in lanes. `nil` where the kernels do not serve: portable code does then.
enum KernelSums {
  /// Of how many points on secret sums go to the kernels.
  static let secretCount = 4

  /// Of how many points on public sums go to the kernels.
  static let publicCount = 2

  /// Smallest number of points for which buckets are faster than Straus's algorithm.
  static let bucketCount = 160

  /// Rows and bucket entries are counted in 25 bits.
  private static let limit = 1 << 25

  /// Σ sᵢ·Pᵢ in time that depends only on the number of points and the bound.
  ///
  /// - Parameters:
  ///   - scalars: secret, each < 2^bits.
  ///   - points: as many, at least one.
  static func sum(
    _ scalars: borrowing Span<Scalar>, bits: Int, _ points: borrowing Span<Point>
  ) -> Point? {
    straus(scalars, bits: bits, points, holdsSecrets: true)
  }

  /// Σ sᵢ·Pᵢ for public scalars.
  ///
  /// - Parameter points: as many as scalars, at least one.
  static func sumVariableTime(
    _ scalars: borrowing Span<Scalar>, _ points: borrowing Span<Point>
  ) -> Point? {
    if points.count >= bucketCount, points.count < limit {
      return buckets(scalars, points, windowBits: windowBits(count: points.count))
    }
    return straus(scalars, bits: StrausConstantTime.fullBits, points, holdsSecrets: false)
  }

  static func straus(
    _ scalars: borrowing Span<Scalar>, bits: Int, _ points: borrowing Span<Point>, holdsSecrets: Bool
  ) -> Point? {
    guard
      let scratch = KernelMemory(
        byteCount: cristretto_straus_scratch_size(), holdsSecrets: holdsSecrets)
    else { return nil }
    let count = points.count
    return unsafe Point.fromKernel { sum in
      unsafe scalars.withKernelScalars { scalars in
        unsafe points.withKernelPoints { points in
          unsafe cristretto_straus(count, scalars, UInt32(bits), points, scratch.start, sum)
        }
      }
    }
  }

  static func buckets(
    _ scalars: borrowing Span<Scalar>, _ points: borrowing Span<Point>, windowBits: Int
  ) -> Point? {
    let count = points.count
    let c = UInt32(windowBits)
    guard let rows = KernelMemory(cristretto_row.self, count: count),
      let scratch = KernelMemory(byteCount: cristretto_buckets_scratch_size(count, c))
    else { return nil }
    return unsafe Point.fromKernel { sum in
      unsafe points.withKernelPoints { points in
        unsafe cristretto_prepare(count, points, rows.values(cristretto_row.self))
      }
      unsafe scalars.withKernelScalars { scalars in
        unsafe cristretto_buckets_variable_time(
          count, scalars, rows.values(cristretto_row.self), c, scratch.start, sum)
      }
    }
  }

  /// The window that makes ⌈252/c⌉·(7M·n + 17M·2^(c−1)) smallest: an addition of a row costs 7
  /// multiplications, and every bucket two additions of 8.5 in the running sums.
  static func windowBits(count n: Int) -> Int {
    func cost(_ c: Int) -> Int {
      (Scalar.balancedBits + c - 1) / c * (7 * n + 17 << (c - 1))
    }
    return (4...15).min { cost($0) < cost($1) } ?? 8
  }
}
