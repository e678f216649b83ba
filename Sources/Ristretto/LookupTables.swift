// Tables of the multiples 1·P … 8·P, read at a secret index by scanning all of it.

extension CachedPoint {
  @inline(__always)
  static var identity: CachedPoint {
    CachedPoint(
      sum: FieldElement.one.loose, difference: FieldElement.one.loose,
      twiceZ: LooseFieldElement(2, 0, 0, 0, 0), product: .zero)
  }
}

/// The signed digit `nibble − 8` of a secret scalar, as sign and magnitude.
struct SignedDigit {
  /// 0 … 8
  let magnitude: UInt64
  let isNegative: Mask

  /// - Parameter nibble: 0 … 15.
  @inline(__always)
  init(offsetNibble nibble: UInt64) {
    let digit = nibble &- 8
    let sign = 0 &- (digit &>> 63)
    magnitude = (digit ^ sign) &- sign
    isNegative = Mask(bit: digit &>> 63)
  }
}

extension LooseFieldElement {
  /// `a` if `condition` is set, otherwise `b`.
  @inline(__always)
  static func choose(
    _ a: LooseFieldElement, if condition: Mask, else b: LooseFieldElement
  ) -> LooseFieldElement {
    LooseFieldElement(
      condition.choose(a.a0, b.a0), condition.choose(a.a1, b.a1), condition.choose(a.a2, b.a2),
      condition.choose(a.a3, b.a3), condition.choose(a.a4, b.a4))
  }
}

extension CachedPoint {
  /// 1·P … 8·P.
  static func multiples(of point: Point) -> [CachedPoint] {
    let first = CachedPoint(point)
    var multiples = [first]
    multiples.reserveCapacity(8)
    var multiple = point
    for _ in 1..<8 {
      multiple = multiple.adding(first).extended
      multiples.append(CachedPoint(multiple))
    }
    return multiples
  }

  /// `digit·P`, every entry read.
  ///
  /// - Parameters:
  ///   - table: tables of ``multiples(of:)``, one after the other.
  ///   - start: where the table of P starts.
  @inline(__always)
  static func select(
    _ digit: SignedDigit, from table: [CachedPoint], at start: Int
  ) -> CachedPoint {
    var result = CachedPoint.identity
    for k in 0..<8 {
      let entry = table[start &+ k]
      let isEntry = Mask(isZero: digit.magnitude ^ UInt64(truncatingIfNeeded: k &+ 1))
      result = CachedPoint(
        sum: .choose(entry.sum, if: isEntry, else: result.sum),
        difference: .choose(entry.difference, if: isEntry, else: result.difference),
        twiceZ: .choose(entry.twiceZ, if: isEntry, else: result.twiceZ),
        product: .choose(entry.product, if: isEntry, else: result.product))
    }
    return CachedPoint(
      sum: .choose(result.difference, if: digit.isNegative, else: result.sum),
      difference: .choose(result.sum, if: digit.isNegative, else: result.difference),
      twiceZ: result.twiceZ, product: result.product.negated(if: digit.isNegative))
  }
}

extension AffinePoint {
  /// `digit·P`, every entry read.
  ///
  /// - Parameters:
  ///   - table: tables of 1·P … 8·P, one after the other.
  ///   - start: where the table of P starts.
  @inline(__always)
  static func select(
    _ digit: SignedDigit, from table: [AffinePoint], at start: Int
  ) -> AffinePoint {
    var result = AffinePoint.identity
    for k in 0..<8 {
      let entry = table[start &+ k]
      let isEntry = Mask(isZero: digit.magnitude ^ UInt64(truncatingIfNeeded: k &+ 1))
      result = AffinePoint(
        sum: .choose(entry.sum, if: isEntry, else: result.sum),
        difference: .choose(entry.difference, if: isEntry, else: result.difference),
        product: .choose(entry.product, if: isEntry, else: result.product))
    }
    return AffinePoint(
      sum: .choose(result.difference, if: digit.isNegative, else: result.sum),
      difference: .choose(result.sum, if: digit.isNegative, else: result.difference),
      product: result.product.negated(if: digit.isNegative))
  }
}
