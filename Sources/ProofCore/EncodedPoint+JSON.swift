package import CanonicalBytes
package import Ristretto

extension JSONNode {
  /// 32 bytes in the place of a point.
  package func point() throws(DocumentError) -> EncodedPoint {
    let bytes = try bytes(hexOfCount: EncodedPoint.byteCount)
    guard let point = try? EncodedPoint(bytes) else {
      throw failure(.wrongByteCount(expected: EncodedPoint.byteCount, actual: bytes.count))
    }
    return point
  }
}
