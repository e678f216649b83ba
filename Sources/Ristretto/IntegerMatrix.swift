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
/// Kept by columns, of each first the positive integers, then the negative ones, then the residues: the sums of a
/// column go over the rows, and are reduced once.
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

  /// Where the parts of a column end among the integers and residues of all.
  private struct Column: Sendable {
    let positiveEnd: Int
    let negativeEnd: Int
    let residueEnd: Int
  }

  /// One more than the last row with an entry.
  package let rowCount: Int
  private let columns: [Column]
  private let rows: [Int32]
  private let magnitudes: [UInt64]
  private let residues: [(row: Int, factor: Scalar)]

  /// Collects entries; several at one place are added.
  package init(columnCount: Int, _ entries: [Entry]) {
    var positive = [[(row: Int, magnitude: UInt64)]](repeating: [], count: columnCount)
    var negative = positive
    var other = [[(row: Int, factor: Scalar)]](repeating: [], count: columnCount)
    for entry in entries {
      precondition(entry.row >= 0, "rows are counted from 0")
      switch entry.factor {
      case .integer(0, _): continue
      case .integer(let magnitude, false): positive[entry.column].append((entry.row, magnitude))
      case .integer(let magnitude, true): negative[entry.column].append((entry.row, magnitude))
      case .residue(let factor): other[entry.column].append((entry.row, factor))
      }
    }
    var (columns, rows, magnitudes) = ([Column](), [Int32](), [UInt64]())
    var residues: [(row: Int, factor: Scalar)] = []
    for column in 0..<columnCount {
      for (row, magnitude) in positive[column] + negative[column] {
        rows.append(Int32(row))
        magnitudes.append(magnitude)
      }
      residues += other[column]
      columns.append(
        Column(
          positiveEnd: rows.count - negative[column].count, negativeEnd: rows.count,
          residueEnd: residues.count))
    }
    rowCount = (entries.map(\.row).max() ?? -1) + 1
    (self.columns, self.rows, self.magnitudes, self.residues) = (columns, rows, magnitudes, residues)
  }

  /// `Σ_r weights[r]·M[r, c]` for every column c. Time depends on the matrix only.
  ///
  /// - Precondition: there are at least ``rowCount`` weights.
  /// - Complexity: 4 products of words for each integer, and as many as a few products of scalars for each column.
  package func combinations(of weights: [Scalar]) -> [Scalar] {
    precondition(weights.count >= rowCount, "a weight for each row")
    var (next, nextResidue) = (0, 0)
    let (rows, magnitudes, weights) = (rows.span, magnitudes.span, weights.span)
    return columns.map { column in
      var sum = MultipleSum()
      // Rows were found to be less than rowCount, and there are as many magnitudes as rows.
      while next < column.positiveEnd {
        unsafe sum.add(magnitudes[unchecked: next], weights[unchecked: Int(rows[unchecked: next])])
        next &+= 1
      }
      while next < column.negativeEnd {
        unsafe sum.subtract(
          magnitudes[unchecked: next], weights[unchecked: Int(rows[unchecked: next])])
        next &+= 1
      }
      var total = sum.value
      while nextResidue < column.residueEnd {
        let (row, factor) = residues[nextResidue]
        total += weights[row] * factor
        nextResidue += 1
      }
      return total
    }
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
    guard let words, !Kernels.areInUseForScalars else {
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
