// Powers mod p = 2²⁵⁵ − 19: inversion and square roots.

extension FieldElement {
  /// `self` squared `count` times: `self^(2^count)`.
  @inline(never)
  package func squared(times count: Int) -> FieldElement {
    var result = self
    for _ in 0..<count {
      result = result.squared()
    }
    return result
  }

  /// The powers 2²⁵⁰ − 1 and 11 of `self`, from which every power needed here is a few steps away.
  ///
  /// - Complexity: 249 squarings and 11 multiplications.
  private var powersTowardsPrime: (twoTo250MinusOne: FieldElement, eleven: FieldElement) {
    // xₖ = self^(2ᵏ − 1)
    let square = squared()
    let nine = square.squared(times: 2) * self
    let eleven = nine * square
    let x5 = eleven.squared() * nine
    let x10 = x5.squared(times: 5) * x5
    let x20 = x10.squared(times: 10) * x10
    let x40 = x20.squared(times: 20) * x20
    let x50 = x40.squared(times: 10) * x10
    let x100 = x50.squared(times: 50) * x50
    let x200 = x100.squared(times: 100) * x100
    let x250 = x200.squared(times: 50) * x50
    return (x250, eleven)
  }

  /// `1 / self`, or 0 for 0: the power p − 2 = 2²⁵⁵ − 21.
  package var inverseOrZero: FieldElement {
    let powers = powersTowardsPrime
    return powers.twoTo250MinusOne.squared(times: 5) * powers.eleven
  }

  /// `self^((p − 5)/8)`, where (p − 5)/8 = 2²⁵² − 3.
  private var powerFifthEighth: FieldElement {
    powersTowardsPrime.twoTo250MinusOne.squared(times: 2) * self
  }

  /// The non-negative square root of `u/v`, or of `√−1·u/v` if `u/v` is not a square.
  ///
  /// | u | v | wasSquare | root |
  /// |---|---|---|---|
  /// | 0 | any | set | 0 |
  /// | not 0 | 0 | not set | 0 |
  /// | u/v is a square | | set | √(u/v) |
  /// | u/v is not a square | | not set | √(√−1·u/v) |
  ///
  /// - SeeAlso: RFC 9496, section 4.2, `SQRT_RATIO_M1`.
  package static func squareRoot(
    ofRatio u: FieldElement, _ v: FieldElement
  ) -> (wasSquare: Mask, root: FieldElement) {
    // r = u·v³·(u·v⁷)^((p − 5)/8)
    let v3 = v.squared() * v
    let v7 = v3.squared() * v
    let r = u * v3 * (u * v7).powerFifthEighth
    let check = v * r.squared()
    let minusU = -u
    let isRoot = areEqual(check, u)
    let isRootOfMinus = areEqual(check, minusU)
    let isRootOfMinusTimesI = areEqual(check, minusU * .squareRootOfMinusOne)
    let rotated = r * .squareRootOfMinusOne
    let root = choose(rotated, if: isRootOfMinus | isRootOfMinusTimesI, else: r)
    return (isRoot | isRootOfMinus, root.absoluteValue)
  }

  /// Replaces every element by its inverse.
  ///
  /// - Precondition: no element is 0; a 0 would make every result 0.
  /// - Complexity: 3 multiplications for each element and one inversion.
  static func invert(_ elements: inout [FieldElement]) {
    // before[i] = Π elements[..<i]
    var before: [FieldElement] = []
    before.reserveCapacity(elements.count)
    var product = FieldElement.one
    for element in elements {
      before.append(product)
      product = product * element
    }
    // rest = 1 / Π elements[...i]
    var rest = product.inverseOrZero
    for i in elements.indices.reversed() {
      let inverse = rest * before[i]
      rest = rest * elements[i]
      elements[i] = inverse
    }
  }
}
