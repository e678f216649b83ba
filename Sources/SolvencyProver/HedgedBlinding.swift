internal import Merlin
internal import Ristretto

/// Secret scalars that depend on what they hide, on what else is at hand, and on the system's random bytes.
///
///     transcript(domain, public parts) ── rekey(secrets)* ──▶ rekey(system) ──▶ scalars
///
/// Were the system's generator broken, or a fixed one, two different books would still never share a
/// blinding: their commitments differ in it, and nobody without the secrets knows it.
extension RandomnessSource {
  /// A source for one purpose, before any secret went in.
  ///
  /// - Parameters:
  ///   - domain: what the scalars are for.
  ///   - parts: what everybody may know of it.
  static func hedged(domain: StaticString, _ parts: [[UInt8]]) -> RandomnessSource {
    var transcript = Transcript(domain)
    for part in parts { transcript.append(part, label: "part") }
    return transcript.randomnessSource()
  }

  /// `count` scalars, in guarded memory.
  ///
  /// - Parameter systemBytes: 32 bytes of the system's.
  consuming func scalars(_ count: Int, systemBytes: [UInt8]) -> SecretBlock<Scalar> {
    var randomness = finalized(systemBytes: systemBytes)
    return SecretBlock(count: count) { _ in randomness.scalar() }
  }
}
