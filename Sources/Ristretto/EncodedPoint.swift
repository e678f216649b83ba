/// Thirty-two bytes that claim to encode a point: what travels in proofs and commitments.
///
/// Any bytes are allowed here; ``decoded()`` decides. Equality is equality of bytes, which for two encodings
/// that decode is equality of points.
public struct EncodedPoint: Hashable, Sendable, BitwiseCopyable {
  /// The number of bytes of an encoded point.
  public static var byteCount: Int { 32 }

  /// The bytes as a little-endian number.
  package let words: Words

  init(words: Words) {
    self.words = words
  }

  /// Takes the bytes as they are.
  ///
  /// - Throws: ``DecodingError/wrongLength(expected:actual:)`` unless there are 32 bytes.
  public init(_ bytes: [UInt8]) throws(DecodingError) {
    guard bytes.count == Self.byteCount else {
      throw .wrongLength(expected: Self.byteCount, actual: bytes.count)
    }
    words = Words(littleEndian: bytes)
  }

  /// Takes the 32 bytes from `start` on (precondition: there are as many).
  package init(_ bytes: Span<UInt8>, from start: Int) {
    words = Words(littleEndian: bytes, from: start)
  }

  /// The 32 bytes.
  public var bytes: [UInt8] { words.littleEndianBytes }

  /// The point, if the bytes are the encoding of one.
  ///
  /// - Complexity: one inverse square root: about 254 squarings. Time may depend on the bytes, which are
  ///   public.
  /// - Throws: ``DecodingError/notCanonical`` or ``DecodingError/notAPoint``.
  /// - SeeAlso: RFC 9496, section 4.3.1.
  public func decoded() throws(DecodingError) -> Point { try Point(decoding: self) }
}
