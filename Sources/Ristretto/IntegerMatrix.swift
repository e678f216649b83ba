/// A factor of a scalar: an integer of up to 64 bits and a sign, which costs little, or any residue.
package enum Multiplier: Hashable, Sendable {
  /// `magnitude`, or `−magnitude`.
  case integer(magnitude: UInt64, isNegative: Bool)
  /// A number mod ℓ.
  case residue(Scalar)

  /// The factor mod ℓ.
  package var scalar: Scalar {
    switch self {
    case .integer(let magnitude, let isNegative):
      isNegative ? -Scalar(magnitude) : Scalar(magnitude)
    case .residue(let scalar): scalar
    }
  }

  /// The factor with the other sign.
  package var negated: Multiplier {
    switch self {
    case .integer(let magnitude, let isNegative):
      .integer(magnitude: magnitude, isNegative: !isNegative)
    case .residue(let scalar): .residue(-scalar)
    }
  }
}

/// A public matrix of factors, most of them 0 and nearly all of the others short integers.
///
/// Kept by columns: the sums of a column go over the rows, and are reduced once.
package struct IntegerMatrix: Sendable {
  /// A factor that is not 0.
  package struct Entry: Sendable {
    let row: Int
    let column: Int
    let factor: Multiplier

    /// The factor at a row and a column, both 0 or more.
    package init(row: Int, column: Int, factor: Multiplier) {
      self.row = row
      self.column = column
      self.factor = factor
    }
  }

  /// The kinds of factors, in the order in which a column has them.
  private enum Kind: Int, CaseIterable {
    /// Less than 2³².
    case short, negativeShort
    /// Up to 64 bits.
    case long, negativeLong

    init(_ magnitude: UInt64, isNegative: Bool) {
      if magnitude >> 32 == 0 {
        self = isNegative ? .negativeShort : .short
      } else {
        self = isNegative ? .negativeLong : .long
      }
    }
  }

  /// One more than the last row with an entry.
  package let rowCount: Int
  /// The columns.
  private let columnCount: Int
  /// Where each kind of each column ends in `rows` and `magnitudes`.
  private let ends: [Int]
  private let rows: [Int32]
  private let magnitudes: [UInt64]
  /// Factors that are no short integers.
  private let residues: [(row: Int, column: Int, factor: Scalar)]

  /// Collects entries; several at one place are added. There must be less than 2³¹ (precondition).
  package init(columnCount: Int, _ entries: [Entry]) {
    precondition(entries.count < Int(Int32.max), "2³¹ entries are too many")
    let kinds = Kind.allCases.count
    var lists = [[(row: Int32, magnitude: UInt64)]](repeating: [], count: kinds * columnCount)
    var residues: [(row: Int, column: Int, factor: Scalar)] = []
    for entry in entries {
      precondition(entry.row >= 0 && (0..<columnCount).contains(entry.column), "no such place")
      switch entry.factor {
      case .integer(0, _): continue
      case .integer(let magnitude, let isNegative):
        let kind = Kind(magnitude, isNegative: isNegative)
        lists[kinds * entry.column + kind.rawValue].append((Int32(entry.row), magnitude))
      case .residue(let factor): residues.append((entry.row, entry.column, factor))
      }
    }
    var end = 0
    ends = lists.map { list in
      end += list.count
      return end
    }
    let all = lists.joined()
    (rows, magnitudes) = (all.map(\.row), all.map(\.magnitude))
    rowCount = (entries.map(\.row).max() ?? -1) + 1
    (self.columnCount, self.residues) = (columnCount, residues)
  }

  /// `Σ_r weights[r]·M[r, c]` for every column c. Time depends on the matrix only.
  ///
  /// - Precondition: there are at least ``rowCount`` weights.
  /// - Complexity: 4 products of words for each integer, and as many as two products of scalars for each column.
  package func combinations(of weights: [Scalar]) -> [Scalar] {
    precondition(weights.count >= rowCount, "a weight for each row")
    let kinds = Kind.allCases.count
    var start = 0
    var sums = (0..<columnCount).map { column in
      let ends = ends[(kinds * column)..<(kinds * (column + 1))]
      defer { start = ends[ends.startIndex + 3] }
      return sum(from: start, to: ends, of: weights.span)
    }
    for (row, column, factor) in residues { sums[column] += weights[row] * factor }
    return sums
  }

  /// The sum of one column, but for residues.
  ///
  /// Rows were found to be less than rowCount, and there are as many magnitudes as rows.
  private func sum(
    from start: Int, to ends: ArraySlice<Int>, of weights: borrowing Span<Scalar>
  ) -> Scalar {
    let (rows, magnitudes, first) = (rows.span, magnitudes.span, ends.startIndex)
    let end = (ends[first], ends[first + 1], ends[first + 2], ends[first + 3])
    var next = start
    var positive = ShortMultipleSum()
    while next < end.0 {
      unsafe positive.add(magnitudes[unchecked: next], weights[unchecked: Int(rows[unchecked: next])])
      next &+= 1
    }
    var negative = ShortMultipleSum()
    while next < end.1 {
      unsafe negative.add(magnitudes[unchecked: next], weights[unchecked: Int(rows[unchecked: next])])
      next &+= 1
    }
    var sum = MultipleSum()
    sum.add(positive)
    sum.subtract(negative)
    while next < end.2 {
      unsafe sum.add(magnitudes[unchecked: next], weights[unchecked: Int(rows[unchecked: next])])
      next &+= 1
    }
    while next < end.3 {
      unsafe sum.subtract(magnitudes[unchecked: next], weights[unchecked: Int(rows[unchecked: next])])
      next &+= 1
    }
    return sum.value
  }
}

/// Public multiples of a few scalars, each of which has several: `factorᵢ·a[ownerᵢ]`.
package struct OwnedMultiples: Sendable {
  private let owners: [Int]
  private let factors: [Scalar]
  /// The factors, if none is longer than 64 bits or negative.
  private let words: [UInt64]?

  /// As many owners as factors (precondition).
  package init(owners: [Int], factors: [Multiplier]) {
    precondition(owners.count == factors.count, "a factor for each owner")
    self.owners = owners
    self.factors = factors.map(\.scalar)
    let words = factors.compactMap { factor -> UInt64? in
      guard case .integer(let magnitude, false) = factor else { return nil }
      return magnitude
    }
    self.words = words.count == factors.count ? words : nil
  }

  /// Adds `factor·factorᵢ·a[ownerᵢ]` to `sums[i]` for every i.
  ///
  /// - Precondition: every owner has an entry in `a`, and there are enough sums.
  /// - Complexity: for short factors 7 products of words each.
  package func add(_ factor: Scalar, times a: [Scalar], to sums: inout [Scalar]) {
    guard let words else {
      let scaled = Scalar.products(factor, a)
      return Scalar.addProducts(factors, owners.map { scaled[$0] }, to: &sums)
    }
    let scaled = Scalar.products(factor * Scalar.shortRadix, a)
    for i in words.indices {
      sums[i] += Scalar.shortProduct(words[i], scaled[owners[i]])
    }
  }
}

extension Scalar {
  /// `x·y / 2⁶⁴ mod ℓ`.
  ///
  /// (x·y + m·ℓ) / 2⁶⁴ with m < 2⁶⁴ is less than 2ℓ.
  @inline(__always)
  fileprivate static func shortProduct(_ x: UInt64, _ y: Scalar) -> Scalar {
    var t = MontgomeryAccumulator()
    t.step(x, y)
    return reducingOnce(t.t0, t.t1, t.t2, t.t3)
  }

  /// 2⁶⁴.
  fileprivate static let shortRadix = Scalar(reducing: Words(0, 1, 0, 0))
}
