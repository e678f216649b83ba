public import Ristretto

/// Points and scalars.
extension Transcript {
  /// Appends the 32 bytes of a point as they were received.
  public mutating func append(_ point: EncodedPoint, label: StaticString) {
    append(point.bytes, label: label)
  }

  /// Appends the canonical encoding of a scalar, 32 bytes in little-endian order.
  public mutating func append(_ scalar: Scalar, label: StaticString) {
    append(scalar.encoded(), label: label)
  }

  /// Draws a scalar: 64 bytes, read in little-endian order and reduced mod ℓ.
  public mutating func challengeScalar(label: StaticString) -> Scalar {
    Scalar(reducing: challengeBytes(count: Scalar.wideByteCount, label: label))
  }
}
