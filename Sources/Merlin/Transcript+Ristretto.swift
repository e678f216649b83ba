public import Ristretto

/// Points and scalars.
extension Transcript {
  /// Appends the 32 bytes of a point as they were received.
  public mutating func append(_ point: EncodedPoint, label: StaticString) {
    label.withBytes { append(point.words, label: $0) }
  }

  /// Appends the canonical encoding of a scalar, 32 bytes in little-endian order.
  public mutating func append(_ scalar: Scalar, label: StaticString) {
    let words = scalar.words
    label.withBytes { append(words, label: $0) }
  }

  /// Draws a scalar: 64 bytes, read in little-endian order and reduced mod ℓ.
  public mutating func challengeScalar(label: StaticString) -> Scalar {
    var bytes = InlineArray<64, UInt8>(repeating: 0)
    label.withBytes { label in
      var span = bytes.mutableSpan
      fillChallenge(&span, label: label)
    }
    return Scalar(reducing: bytes.span)
  }
}
