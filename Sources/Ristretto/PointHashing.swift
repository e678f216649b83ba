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
