internal import CRistretto

/// The permutation Keccak-f[1600] on eight states side by side, for transcripts that are replayed together.
/// It lies here because this module alone calls the kernels.
package enum KernelKeccak {
  /// Whether the kernel is used here and now.
  package static var isInUse: Bool { Kernels.areInUse }

  /// All 24 rounds.
  ///
  /// - Parameter words: lane i of state k at 8·i + k.
  /// - Precondition: ``isInUse``.
  package static func permute(_ words: inout InlineArray<200, UInt64>) {
    precondition(Kernels.areAvailable, "the processor has the kernel")
    var span = words.mutableSpan
    unsafe span.withUnsafeMutableBufferPointer { buffer in
      guard let start = buffer.baseAddress else { return }
      unsafe cristretto_keccak_8(start)
    }
  }
}
