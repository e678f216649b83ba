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
    isNegative = Mask(bit: digit &>> 63)
    magnitude = (digit ^ isNegative.bits) &- isNegative.bits
  }

  @inline(__always)
  func hasMagnitude(_ k: UInt64) -> Mask { Mask(isZero: magnitude ^ k) }
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

// A scan masks every entry, with all bits for the one at the index and none for the others, and joins them.
// The limbs are taken as vectors for it, in the order in which they lie in memory.

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

  @inline(__always)
  private var limbs: (SIMD16<UInt64>, SIMD4<UInt64>) {
    (
      SIMD16(
        sum.a0, sum.a1, sum.a2, sum.a3, sum.a4, difference.a0, difference.a1, difference.a2,
        difference.a3, difference.a4, twiceZ.a0, twiceZ.a1, twiceZ.a2, twiceZ.a3, twiceZ.a4,
        product.a0),
      SIMD4(product.a1, product.a2, product.a3, product.a4)
    )
  }

  @inline(__always)
  private init(limbs v: SIMD16<UInt64>, _ w: SIMD4<UInt64>) {
    self.init(
      sum: LooseFieldElement(v[0], v[1], v[2], v[3], v[4]),
      difference: LooseFieldElement(v[5], v[6], v[7], v[8], v[9]),
      twiceZ: LooseFieldElement(v[10], v[11], v[12], v[13], v[14]),
      product: FieldElement(v[15], w[0], w[1], w[2], w[3]))
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
    let identity = CachedPoint.identity.limbs
    let isIdentity = digit.hasMagnitude(0)
    var v = identity.0 & SIMD16(repeating: isIdentity.bits)
    var w = identity.1 & SIMD4(repeating: isIdentity.bits)
    for k in 0..<8 {
      let entry = table[start &+ k].limbs
      let isEntry = digit.hasMagnitude(UInt64(truncatingIfNeeded: k &+ 1))
      v |= entry.0 & SIMD16(repeating: isEntry.bits)
      w |= entry.1 & SIMD4(repeating: isEntry.bits)
    }
    let result = CachedPoint(limbs: v, w)
    return CachedPoint(
      sum: .choose(result.difference, if: digit.isNegative, else: result.sum),
      difference: .choose(result.sum, if: digit.isNegative, else: result.difference),
      twiceZ: result.twiceZ, product: result.product.negated(if: digit.isNegative))
  }
}

extension AffinePoint {
  /// The limbs, and a 0.
  @inline(__always)
  private var limbs: SIMD16<UInt64> {
    SIMD16(
      sum.a0, sum.a1, sum.a2, sum.a3, sum.a4, difference.a0, difference.a1, difference.a2,
      difference.a3, difference.a4, product.a0, product.a1, product.a2, product.a3, product.a4, 0)
  }

  @inline(__always)
  private init(limbs v: SIMD16<UInt64>) {
    self.init(
      sum: LooseFieldElement(v[0], v[1], v[2], v[3], v[4]),
      difference: LooseFieldElement(v[5], v[6], v[7], v[8], v[9]),
      product: FieldElement(v[10], v[11], v[12], v[13], v[14]))
  }

  /// `digit·P`, every entry read.
  ///
  /// - Parameters:
  ///   - table: tables of 1·P … 8·P, one after the other.
  ///   - start: where the table of P starts.
  @inline(__always)
  static func select(
    _ digit: SignedDigit, from table: [AffinePoint], at start: Int
  ) -> AffinePoint {
    var v = AffinePoint.identity.limbs & SIMD16(repeating: digit.hasMagnitude(0).bits)
    for k in 0..<8 {
      let isEntry = digit.hasMagnitude(UInt64(truncatingIfNeeded: k &+ 1))
      v |= table[start &+ k].limbs & SIMD16(repeating: isEntry.bits)
    }
    let result = AffinePoint(limbs: v)
    return AffinePoint(
      sum: .choose(result.difference, if: digit.isNegative, else: result.sum),
      difference: .choose(result.sum, if: digit.isNegative, else: result.difference),
      product: result.product.negated(if: digit.isNegative))
  }
}
