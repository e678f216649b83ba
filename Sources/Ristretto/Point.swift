/// An element of ristretto255, a group of prime order
/// ℓ = 2²⁵² + 27742317777372353535851937790883648493.
///
/// Held as one of the four points of the curve −x² + y² = 1 + d·x²·y² that stand for the element, in
/// extended coordinates: x = X/Z, y = Y/Z, T = X·Y/Z. Addition is complete: it has no exceptional cases,
/// and the identity is a point like any other. Operations take the same time for all points.
///
/// - SeeAlso: RFC 9496, section 4; Hisil, Wong, Carter, Dawson (eprint 2008/522), section 3.
public struct Point: Sendable, BitwiseCopyable {
  let X, Y, Z, T: FieldElement

  @inline(__always)
  init(X: FieldElement, Y: FieldElement, Z: FieldElement, T: FieldElement) {
    self.X = X
    self.Y = Y
    self.Z = Z
    self.T = T
  }

  /// The identity, `0·P` for every `P`.
  public static var identity: Point { Point(X: .zero, Y: .one, Z: .one, T: .zero) }

  /// The generator of RFC 9496, section 4: the base point of Ed25519.
  public static var basepoint: Point {
    Point(
      X: FieldElement(
        0x62d608f25d51a, 0x412a4b4f6592a, 0x75b7171a4b31d, 0x1ff60527118fe, 0x216936d3cd6e5),
      Y: FieldElement(
        0x6666666666658, 0x4cccccccccccc, 0x1999999999999, 0x3333333333333, 0x6666666666666),
      Z: .one,
      T: FieldElement(
        0x68ab3a5b7dda3, 0x0eea2a5eadbb, 0x2af8df483c27e, 0x332b375274732, 0x67875f0fd78b7))
  }

  /// Whether this is the identity.
  public var isIdentity: Bool { (X.isZero | Y.isZero).revealed }
}

extension Point: Equatable {
  /// Whether `a` and `b` stand for the same element: x₁·y₂ = y₁·x₂ or y₁·y₂ = x₁·x₂.
  ///
  /// - Complexity: 4 multiplications. Time does not depend on the points.
  /// - SeeAlso: RFC 9496, section 4.3.3.
  public static func == (a: Point, b: Point) -> Bool {
    let sameUpToSign = FieldElement.areEqual(a.X * b.Y, a.Y * b.X)
    let sameUpToRotation = FieldElement.areEqual(a.Y * b.Y, a.X * b.X)
    return (sameUpToSign | sameUpToRotation).revealed
  }
}

extension Point {
  /// The sum of two elements.
  public static func + (a: Point, b: Point) -> Point { a.adding(CachedPoint(b)).extended }

  /// The difference of two elements.
  public static func - (a: Point, b: Point) -> Point { a.subtracting(CachedPoint(b)).extended }

  /// The inverse in the group.
  public static prefix func - (a: Point) -> Point {
    Point(X: -a.X, Y: a.Y, Z: a.Z, T: -a.T)
  }

  /// Adds `b` to `a`.
  public static func += (a: inout Point, b: Point) {
    a = a + b
  }

  /// Subtracts `b` from `a`.
  public static func -= (a: inout Point, b: Point) {
    a = a - b
  }

  /// `2·self`.
  public func doubled() -> Point { ProjectivePoint(self).doubled().extended }
}
