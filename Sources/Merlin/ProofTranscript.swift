package import Ristretto

/// What the order of a proof is written over, once for provers and verifiers: a ``Transcript``, or a
/// ``TranscriptReplay`` among others.
package protocol ProofTranscript {
  /// Appends a message of at most 2³² - 1 bytes.
  mutating func append(_ message: [UInt8], label: StaticString)
  /// Appends a number as a message of eight bytes in little-endian order.
  mutating func append(_ value: UInt64, label: StaticString)
  /// Appends the 32 bytes of a point as they were received.
  mutating func append(_ point: EncodedPoint, label: StaticString)
  /// Appends the canonical encoding of a scalar.
  mutating func append(_ scalar: Scalar, label: StaticString)
  /// Draws a scalar: 64 bytes, reduced mod ℓ.
  mutating func challengeScalar(label: StaticString) -> Scalar
  /// Draws bytes.
  mutating func challengeBytes(count: Int, label: StaticString) -> [UInt8]
}

extension Transcript: ProofTranscript {}
