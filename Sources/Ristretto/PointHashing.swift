internal import CRistretto

extension Point {
  /// The number of bytes from which a point is derived.
  public static var uniformByteCount: Int { 64 }

  /// A point whose discrete logarithm is unknown to everybody, derived from 64 uniform bytes, such as a hash.
  ///
  /// Every point is reached, near uniformly: the sum of two points, each mapped from half of the bytes.
  ///
  /// - Parameter uniformBytes: 64 bytes (precondition).
  /// - Complexity: two inverse square roots. Time does not depend on the bytes.
  /// - SeeAlso: RFC 9496, section 4.3.4.
  public init(uniformBytes: [UInt8]) {
    precondition(uniformBytes.count == Self.uniformByteCount, "64 uniform bytes are needed")
    // The top bit of each half is ignored.
    let first = FieldElement(words: Words(littleEndian: uniformBytes, from: 0))
    let second = FieldElement(words: Words(littleEndian: uniformBytes, from: 32))
    self = Point(mapping: first) + Point(mapping: second)
  }

  /// The points of as many strings of 64 uniform bytes, one after the other, each as ``init(uniformBytes:)``
  /// derives it.
  ///
  /// - Parameter bytes: a multiple of 64 (precondition).
  /// - Complexity: two inverse square roots each, in lanes where the kernels are in use.
  package static func derived(fromUniformBytes bytes: [UInt8]) -> [Point] {
    precondition(bytes.count % uniformByteCount == 0, "64 uniform bytes are needed for each point")
    let count = bytes.count / uniformByteCount
    guard Kernels.areInUse, count >= kernelMappingCount else {
      return (0..<count).map {
        Point(uniformBytes: Array(bytes[($0 * uniformByteCount)..<(($0 + 1) * uniformByteCount)]))
      }
    }
    let words = (0..<(8 * count)).map { index in
      (0..<8).reduce(0 as UInt64) { $0 | UInt64(bytes[8 * index + $1]) &<< UInt64(8 * $1) }
    }
    return unsafe arrayFromKernel(count: count) { points in unsafe cristretto_map(count, words, points) }
  }

  /// Fewer are derived one by one: a group of lanes costs as much as this many.
  private static let kernelMappingCount = 3

  /// The element that the field element `t` is mapped to: RFC 9496, section 4.3.4, `MAP`.
  private init(mapping t: FieldElement) {
    // r = i·t², u = (r + 1)(1 − d²), v = (−1 − r·d)(r + d)
    let r = FieldElement.squareRootOfMinusOne * t.squared()
    let u = (r + .one) * .oneMinusDSquared
    let v = (-FieldElement.one - r * .d) * (r + .d)
    let (wasSquare, root) = FieldElement.squareRoot(ofRatio: u, v)
    let otherRoot = -(root * t).absoluteValue
    let s = FieldElement.choose(root, if: wasSquare, else: otherRoot)
    let c = FieldElement.choose(-.one, if: wasSquare, else: r)
    // N = c·(r − 1)·(d − 1)² − v
    let N = c * (r - .one) * .dMinusOneSquared - v
    // w₀ = 2s·v, w₁ = N·√(a·d − 1), w₂ = 1 − s², w₃ = 1 + s²
    let w0 = (s + s) * v
    let w1 = N * .squareRootOfADMinusOne
    let ss = s.squared()
    let w2 = FieldElement.one - ss
    let w3 = FieldElement.one + ss
    self.init(X: w3 * w0, Y: w2 * w1, Z: w3 * w1, T: w2 * w0)
  }
}
