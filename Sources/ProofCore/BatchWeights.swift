internal import CanonicalBytes
package import Ristretto

/// The weights under which the equations of a batch are added, fixed by the seeds of all its proofs:
///
///     seed = SHA-512(domain ‖ seed₀ ‖ seed₁ ‖ …)
///     e₀ = 1,  e_p = LE(first 16 bytes of SHA-512(seed ‖ le32(p))), lowest bit set
///
/// Each seed depends on every byte of its proof and of what the proof speaks about, so one who chooses a
/// proof chooses the weights of all anew.
package struct BatchWeights: Sendable {
  private let seed: [UInt8]

  /// Weights under a domain, from one seed of 32 bytes for each proof.
  package init(domain: StaticString, seeds: [[UInt8]]) {
    seed = SHA512.hash(Array(domain.description.utf8) + seeds.joined())
  }

  /// `e_p`, and a second weight from the next 16 bytes, for proofs that consist of two equations.
  package func weights(_ position: Int) -> (weight: Scalar, separator: Scalar) {
    var preimage = seed
    preimage.append(littleEndian: UInt32(position))
    let digest = SHA512.hash(preimage)
    return (
      position == 0 ? .one : Self.scalar(digest, from: 0), Self.scalar(digest, from: 16)
    )
  }

  private static func scalar(_ digest: [UInt8], from start: Int) -> Scalar {
    func word(_ index: Int) -> UInt64 {
      (0..<8).reduce(0) { $0 | UInt64(digest[start + 8 * index + $1]) << UInt64(8 * $1) }
    }
    return Scalar(reducing: Words(word(0) | 1, word(1), 0, 0))
  }
}
