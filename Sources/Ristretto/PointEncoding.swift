extension Point {
  /// The canonical encoding.
  ///
  /// - Complexity: one inverse square root: about 254 squarings. Time does not depend on the point.
  /// - SeeAlso: RFC 9496, section 4.3.2.
  public func encoded() -> EncodedPoint {
    let u1 = (Z + Y) * (Z - Y)
    let u2 = X * Y
    // I = 1/√(u₁·u₂²)
    let (_, I) = FieldElement.squareRoot(ofRatio: .one, u1 * u2.squared())
    let denominator1 = u1 * I
    let denominator2 = u2 * I
    let inverseZ = denominator1 * denominator2 * T

    // Of the four points that stand for the element, rotate to the one with x·y not negative, …
    let isRotated = (T * inverseZ).isNegative
    let x = FieldElement.choose(Y * .squareRootOfMinusOne, if: isRotated, else: X)
    let rotatedY = FieldElement.choose(X * .squareRootOfMinusOne, if: isRotated, else: Y)
    let denominator = FieldElement.choose(
      denominator1 * .inverseSquareRootOfAMinusD, if: isRotated, else: denominator2)
    // … then negate to the one with x not negative.
    let y = rotatedY.negated(if: (x * inverseZ).isNegative)
    let s = ((Z - y) * denominator).absoluteValue
    return EncodedPoint(words: s.words)
  }
}
