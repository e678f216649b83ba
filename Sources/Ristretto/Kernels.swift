internal import CRistretto

#if canImport(Darwin)
  internal import Darwin
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Glibc
#endif

/// Whether sums, vectors, decodings and permutations go through the kernels of `CRistretto`.
///
/// Kernels and portable code compute the same values: a proof, a verdict and an encoding do not depend on
/// which of them ran. Coordinates of a point may differ, as the same element has many.
package enum Kernels {
  /// Whether this processor has the instructions that the kernels are written for.
  package static let areAvailable = cristretto_is_available() && formsAgree

  /// Whether the environment asks for portable code: `SOLVENCY_PORTABLE=1`. Read once.
  package static let areForbidden: Bool = {
    guard let value = unsafe getenv("SOLVENCY_PORTABLE") else { return false }
    return unsafe String(cString: value) == "1"
  }()

  /// Set while portable code is asked for in this process, on this thread: by comparisons of the two.
  @TaskLocal package static var isPortable = false

  private static let areAllowed = areAvailable && !areForbidden

  /// Whether the kernels are used here and now.
  package static var areInUse: Bool { areAllowed && !isPortable }

  /// The instructions that are used here and now, for reports: "AVX2", say, or "portable Swift".
  package static var name: String {
    areInUse ? unsafe String(cString: cristretto_backend()) : "portable Swift"
  }

  /// Whether values have the same form in memory on both sides.
  ///
  /// | here | there |
  /// |---|---|
  /// | ``Point``: 4·5 limbs < 2⁵¹ + 2¹³, X first | `cristretto_point` |
  /// | ``Scalar``: 4 words < ℓ, Montgomery | `cristretto_scalar` |
  /// | ``EncodedPoint``: 4 little-endian words | `cristretto_encoding` |
  private static var formsAgree: Bool {
    UInt64(1).littleEndian == 1
      && MemoryLayout<Point>.stride == MemoryLayout<cristretto_point>.stride
      && MemoryLayout<Scalar>.stride == MemoryLayout<cristretto_scalar>.stride
      && MemoryLayout<EncodedPoint>.stride == MemoryLayout<cristretto_encoding>.stride
  }
}
