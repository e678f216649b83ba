internal import CConstantTime

/// A secret truth value: all 64 bits set, or none.
///
/// Field code never branches on a secret. It computes a mask, combines masks with `&`, `|` and `~`, and lets
/// the mask choose between two values that were both computed. A mask passes through `opaque_word` when it is
/// made, so that the optimiser does not recognise the comparison behind it and compile the choice to a
/// branch.
package struct Mask: Sendable, BitwiseCopyable {
  /// 0 or 2⁶⁴ − 1.
  let bits: UInt64

  @inline(__always)
  private init(bits: UInt64) {
    self.bits = bits
  }

  /// Set if `bit` is 1.
  ///
  /// - Parameter bit: 0 or 1.
  @inline(__always)
  package init(bit: UInt64) {
    assert(bit <= 1)
    bits = opaque_word(0 &- bit)
  }

  /// Set if `word` is 0.
  @inline(__always)
  package init(isZero word: UInt64) {
    // The top bit of w | −w is set unless w = 0.
    self.init(bit: ((word | (0 &- word)) &>> 63) ^ 1)
  }

  @inline(__always)
  package static prefix func ~ (a: Mask) -> Mask { Mask(bits: ~a.bits) }

  @inline(__always)
  package static func & (a: Mask, b: Mask) -> Mask { Mask(bits: a.bits & b.bits) }

  @inline(__always)
  package static func | (a: Mask, b: Mask) -> Mask { Mask(bits: a.bits | b.bits) }

  /// `a` if the mask is set, otherwise `b`.
  @inline(__always)
  package func choose(_ a: UInt64, _ b: UInt64) -> UInt64 {
    b ^ (bits & (a ^ b))
  }

  /// The truth value as a `Bool`, which the caller may branch on: it is no longer secret.
  @inline(__always)
  package var revealed: Bool { bits != 0 }
}
