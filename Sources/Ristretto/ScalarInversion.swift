extension Scalar {
  /// `1 / self mod ℓ`: the power ℓ − 2.
  ///
  /// - Complexity: about 300 multiplications. Time depends only on whether the number is 0.
  /// - Throws: ``InversionError/zero`` for 0.
  public func inverse() throws(InversionError) -> Scalar {
    guard !isZero else { throw .zero }
    // powers[k] = self^k
    var powers: InlineArray<16, Scalar> = .init(repeating: .one)
    for k in 1..<16 {
      powers[k] = powers[k - 1] * self
    }
    // ℓ − 2 = 2²⁵² + r with r < 2¹²⁵: a 1, then 124 zero bits, then the 32 hexadecimal digits of r.
    let low: UInt128 = UInt128(Self.order1) &<< 64 | UInt128(Self.order0 - 2)
    var result = self
    for _ in 0..<124 {
      result = result.squared()
    }
    for shift in stride(from: UInt128(124), through: 0, by: -4) {
      result = result.squared().squared().squared().squared()
      result = result * powers[Int(truncatingIfNeeded: low &>> shift & 15)]
    }
    return result
  }

  /// Replaces every scalar by its inverse.
  ///
  /// - Complexity: 3 multiplications for each scalar and one inversion. Time depends only on the count, and
  ///   on whether any scalar is 0.
  /// - Throws: ``InversionError/zero`` if any scalar is 0; then none is changed.
  public static func invert(_ all: inout [Scalar]) throws(InversionError) {
    var span = all.mutableSpan
    try invert(&span)
  }

  /// Replaces every scalar by its inverse; see ``invert(_:)-([Scalar])``.
  ///
  /// - Throws: ``InversionError/zero`` if any scalar is 0; then none is changed.
  public static func invert(_ all: inout MutableSpan<Scalar>) throws(InversionError) {
    guard !all.isEmpty else { return }
    // before[i] = Π all[..<i]
    var before = ScratchBuffer(repeating: Scalar.one, count: all.count)
    var product = Scalar.one
    for i in 0..<all.count {
      before[i] = product
      product *= all[i]
    }
    // rest = 1 / Π all[...i]
    var rest = try product.inverse()
    for i in stride(from: all.count - 1, through: 0, by: -1) {
      let inverse = rest * before[i]
      rest *= all[i]
      all[i] = inverse
    }
  }

  /// The inverses of public scalars, for which nothing is wiped, in lanes: each half of them is multiplied
  /// with the other until one is left, and what that is inverted is taken apart in the same way.
  ///
  /// - Complexity: 3 multiplications for each scalar, all but the last few in lanes, and one inversion.
  /// - Throws: ``InversionError/zero`` if any scalar is 0.
  package static func inversesOfPublic(_ scalars: [Scalar]) throws(InversionError) -> [Scalar] {
    guard !scalars.isEmpty else { return [] }
    // Of a level with an odd number of scalars, the one behind the pairs is on the next as it is.
    var levels = [scalars]
    var top = scalars
    while top.count > 1 {
      let pairs = top.count / 2
      top = products(Array(top[..<pairs]), Array(top.suffix(pairs))) + top[pairs..<(top.count - pairs)]
      levels.append(top)
    }
    var inverses = [try top[0].inverse()]
    for level in levels.dropLast().reversed() {
      let pairs = level.count / 2
      let both = Array(inverses[..<pairs])
      let left = products(both, Array(level.suffix(pairs)))
      inverses = left + inverses[pairs...] + products(both, Array(level[..<pairs]))
    }
    return inverses
  }
}
