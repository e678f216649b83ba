internal import CanonicalBytes
internal import Merlin
internal import ProofCore
package import Ristretto

/// Where the prover's blinding scalars come from.
package protocol BlindingSource: ~Copyable {
  /// The next blinding, uniform in ℤ/ℓ to all who do not know the source.
  mutating func next() -> Scalar

  /// As many blindings as there is room for.
  mutating func fill(_ blindings: inout SecretBlock<Scalar>)

  /// Told of intermediate values by their name in the known answers; only ``KnownAnswerBlinding``
  /// keeps them.
  mutating func observe(_ name: String, _ values: @autoclosure () -> [Scalar])
}

/// Blindings from transcript, witness and system randomness together.
///
/// As long as one of the three is unknown to an attacker the blindings are, and two statements or two
/// witnesses never share them, even if the system's generator fails (protocol 13.10).
struct HedgedBlinding: ~Copyable, BlindingSource {
  private var randomness: TranscriptRandomness

  init(transcript: Transcript, witness: borrowing Witness, blindings: borrowing SecretBlock<Scalar>) {
    var source = transcript.randomnessSource()
    witness.values.withSpan { source.rekey(with: $0, label: "witness") }
    blindings.withSpan { source.rekey(with: $0, label: "blindings") }
    randomness = source.finalized()
  }

  mutating func next() -> Scalar { randomness.scalar() }

  mutating func fill(_ blindings: inout SecretBlock<Scalar>) {
    blindings.withMutableSpan { randomness.fill(&$0) }
  }

  mutating func observe(_ name: String, _ values: @autoclosure () -> [Scalar]) {}
}

/// The deterministic generator of the known answers: `s_i = SHA-512("bppp-kat-rng" ‖ seed ‖ le64(i))`
/// mod ℓ.
///
/// Two proofs from one seed reveal the witness. It is reachable from the tests and from
/// `vectors check` alone.
package struct KnownAnswerBlinding: BlindingSource {
  private let seed: [UInt8]
  private var index: UInt64 = 0
  /// Intermediate values of the last proof by their names in the known answers: the challenges, `K`, `cL` …
  /// `cV`, `r_S`, `c_tau`, `l_tau`, `n_tau`.
  package private(set) var observed: [String: [Scalar]] = [:]

  /// A generator that starts at `s₀`.
  package init(seed: [UInt8]) { self.seed = seed }

  package mutating func next() -> Scalar {
    var preimage = Array("bppp-kat-rng".utf8) + seed
    preimage.append(littleEndian: index)
    index += 1
    return Scalar(reducing: SHA512.hash(preimage))
  }

  package mutating func fill(_ blindings: inout SecretBlock<Scalar>) {
    for index in 0..<blindings.count { blindings[index] = next() }
  }

  package mutating func observe(_ name: String, _ values: @autoclosure () -> [Scalar]) {
    observed[name] = values()
  }
}
