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
  let columnCount: Int
  /// Where each kind of each column ends in `rows` and `magnitudes`.
  let ends: [Int]
  let rows: [Int32]
  let magnitudes: [UInt64]
  /// Factors that are not short integers.
  let residues: [(row: Int, column: Int, factor: Scalar)]

  /// Collects entries; several at one place are added. There must be less than 2³¹ (precondition).
  package init(columnCount: Int, _ entries: [Entry]) {
    precondition(entries.count < Int(Int32.max), "2³¹ entries are too many")
    let kinds = Kind.allCases.count
    var residues: [(row: Int, column: Int, factor: Scalar)] = []
    // How many there are of each kind and column, and from that where they end.
    var counts = [Int](repeating: 0, count: kinds * columnCount)
    var lastRow = -1
    for entry in entries {
      precondition(entry.row >= 0 && (0..<columnCount).contains(entry.column), "no such place")
      lastRow = max(lastRow, entry.row)
      switch entry.factor {
      case .integer(0, _): continue
      case .integer(let magnitude, let isNegative):
        counts[kinds * entry.column + Kind(magnitude, isNegative: isNegative).rawValue] += 1
      case .residue(let factor): residues.append((entry.row, entry.column, factor))
      }
    }
    var (ends, end) = (counts, 0)
    for place in ends.indices {
      end += counts[place]
      ends[place] = end
    }
    // Each goes to the next place of its kind and column.
    var next = zip(ends, counts).map { $0 - $1 }
    var rows = [Int32](repeating: 0, count: end)
    var magnitudes = [UInt64](repeating: 0, count: end)
    for entry in entries {
      guard case .integer(let magnitude, let isNegative) = entry.factor, magnitude != 0 else { continue }
      let list = kinds * entry.column + Kind(magnitude, isNegative: isNegative).rawValue
      rows[next[list]] = Int32(entry.row)
      magnitudes[next[list]] = magnitude
      next[list] += 1
    }
    (self.ends, self.rows, self.magnitudes) = (ends, rows, magnitudes)
    rowCount = lastRow + 1
    (self.columnCount, self.residues) = (columnCount, residues)
  }

  /// `Σ_r weights[r]·M[r, c]` for every column c. Time depends on the matrix only.
  ///
  /// - Precondition: there are at least ``rowCount`` weights.
  /// - Complexity: 4 products of words for each integer, and as many as two products of scalars for each
  ///   column.
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
  let owners: [Int]
  let factors: [Scalar]
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

  /// Adds `factor·factorᵢ·a[ownerᵢ]` to `sums[i]` for every i, and constants besides: the first to as many of
  /// the sums as its count says, the next to those after these.
  ///
  /// - Precondition: every owner has an entry in `a`, there are enough sums, and the counts together are not
  ///   more than the factors.
  /// - Complexity: for short factors 7 products of words each.
  package func add(
    _ factor: Scalar, times a: [Scalar], andConstants runs: [(count: Int, value: Scalar)] = [],
    to sums: inout [Scalar]
  ) {
    let covered = runs.reduce(0) { $0 + $1.count }
    precondition(covered <= owners.count, "a factor for each constant")
    let scaled = Scalar.products(words == nil ? factor : factor * Scalar.shortRadix, a)
    if words == nil { Scalar.addProducts(factors, owners.map { scaled[$0] }, to: &sums) }
    let (owner, multiple) = (owners.span, scaled.span)
    var sum = sums.mutableSpan
    var next = 0
    for run in runs + [(count: owners.count - covered, value: .zero)] {
      let end = next + run.count
      if let words {
        let word = words.span
        for i in next..<end {
          sum[i] = Scalar.shortProduct(word[i], multiple[owner[i]], plus: sum[i], run.value)
        }
      } else if !run.value.isZero {
        for i in next..<end { sum[i] += run.value }
      }
      next = end
    }
  }
}

extension Scalar {
  /// `x·y / 2⁶⁴ + s + t mod ℓ`.
  ///
  /// (x·y + m·ℓ) / 2⁶⁴ with m < 2⁶⁴ is less than 2ℓ, and so the sum less than 4ℓ < 2²⁵⁵.
  @inline(__always)
  fileprivate static func shortProduct(
    _ x: UInt64, _ y: Scalar, plus s: Scalar, _ t: Scalar
  ) -> Scalar {
    var r = MontgomeryAccumulator()
    r.step(x, y)
    var carry: UInt64 = 0
    var u = (add(r.t0, s.m0, &carry), add(r.t1, s.m1, &carry), add(r.t2, s.m2, &carry), r.t3)
    u.3 = u.3 &+ s.m3 &+ carry
    carry = 0
    u = (add(u.0, t.m0, &carry), add(u.1, t.m1, &carry), add(u.2, t.m2, &carry), u.3)
    u.3 = u.3 &+ t.m3 &+ carry
    // 2ℓ less, unless that is negative
    let twice = (order0 &<< 1, order1 &<< 1, order3 &<< 1)
    var borrow: UInt64 = 0
    let v0 = subtract(u.0, twice.0, &borrow)
    let v1 = subtract(u.1, twice.1, &borrow)
    let v2 = subtract(u.2, 0, &borrow)
    let v3 = subtract(u.3, twice.2, &borrow)
    let less = borrow == 0
    return reducingOnce(less ? v0 : u.0, less ? v1 : u.1, less ? v2 : u.2, less ? v3 : u.3)
  }

  /// 2⁶⁴.
  fileprivate static let shortRadix = Scalar(reducing: Words(0, 1, 0, 0))
}
