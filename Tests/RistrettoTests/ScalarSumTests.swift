import Ristretto
import Testing

@Suite("Sums of scalars that are reduced once")
struct ScalarSumTests {
  /// The number whose Montgomery form is ℓ − 1, the largest there is, and others at the edges.
  private static let edges: [Scalar] = {
    let radix = Scalar(reducing: Words(0, 0, 0, 1 << 63)) * Scalar(2 as UInt64)
    let inverse = (try? radix.inverse()) ?? .zero
    return [-inverse, inverse, .zero, .one, -Scalar.one]
  }()

  private static let magnitudes: [UInt64] = [0, 1, 2, 4, 63, 1 << 32, UInt64.max - 1, .max]

  private func factor(_ generator: inout SeededGenerator) -> Multiplier {
    switch Int.random(in: 0..<8, using: &generator) {
    case 0: .residue(generator.scalar())
    case 1..<4:
      .integer(magnitude: .random(in: 0..<9, using: &generator), isNegative: .random(using: &generator))
    default:
      .integer(
        magnitude: Self.magnitudes[Int.random(in: 0..<8, using: &generator)],
        isNegative: .random(using: &generator))
    }
  }

  @Test("the columns of a matrix are summed as one product after the other", arguments: Path.all)
  func matrix(path: Path) {
    var generator = SeededGenerator(seed: 76)
    for (rowCount, columnCount, entryCount) in [
      (0, 0, 0), (1, 1, 0), (1, 1, 1), (5, 3, 9), (40, 7, 500), (300, 50, 4_000),
    ] {
      let entries = (0..<entryCount).map { _ in
        (
          row: Int.random(in: 0..<rowCount, using: &generator),
          column: Int.random(in: 0..<columnCount, using: &generator), factor: factor(&generator)
        )
      }
      let weights = (0..<(rowCount + 2)).map { _ in
        Bool.random(using: &generator)
          ? generator.scalar() : Self.edges.randomElement(using: &generator) ?? .one
      }
      var expected = [Scalar](repeating: .zero, count: columnCount)
      for entry in entries { expected[entry.column] += weights[entry.row] * entry.factor.scalar }
      let matrix = IntegerMatrix(
        columnCount: columnCount,
        entries.map { IntegerMatrix.Entry(row: $0.row, column: $0.column, factor: $0.factor) })
      path.run { #expect(matrix.combinations(of: weights) == expected) }
    }
  }

  @Test("columns full of the largest factors do not overflow", arguments: [false, true])
  func extremes(isNegative: Bool) {
    let count = 10_000
    let factor = Multiplier.integer(magnitude: .max, isNegative: isNegative)
    let matrix = IntegerMatrix(
      columnCount: 1,
      (0..<count).map { IntegerMatrix.Entry(row: $0, column: 0, factor: factor) })
    for edge in Self.edges {
      let sum = matrix.combinations(of: [Scalar](repeating: edge, count: count))
      #expect(sum == [Scalar(UInt64(count)) * factor.scalar * edge])
      let products = Scalar.innerProduct(
        [Scalar](repeating: edge, count: count), [Scalar](repeating: Self.edges[0], count: count))
      #expect(products == Scalar(UInt64(count)) * edge * Self.edges[0])
    }
  }

  @Test("a factor and its negative have the sum 0")
  func negatives() {
    var generator = SeededGenerator(seed: 77)
    for _ in 0..<100 {
      let factor = factor(&generator)
      #expect((factor.scalar + factor.negated.scalar).isZero)
      #expect(factor.negated.negated == factor)
    }
  }

  @Test("multiples go to their sums, with factors short and long", arguments: Path.all, [false, true])
  func multiples(path: Path, isShort: Bool) {
    var generator = SeededGenerator(seed: 78)
    for count in [0, 1, 7, 8, 100] {
      let factors = (0..<count).map { _ in
        isShort
          ? Multiplier.integer(
            magnitude: Self.magnitudes[Int.random(in: 0..<8, using: &generator)], isNegative: false)
          : factor(&generator)
      }
      let owners = (0..<count).map { _ in Int.random(in: 0..<5, using: &generator) }
      let (common, sums) = (generator.scalar(), (0..<(count + 2)).map { _ in generator.scalar() })
      let expected = sums.indices.map { i in
        i < count ? sums[i] + common * Self.edges[owners[i]] * factors[i].scalar : sums[i]
      }
      path.run {
        var totals = sums
        let multiples = OwnedMultiples(owners: owners, factors: factors)
        multiples.add(common, times: Self.edges, to: &totals)
        #expect(totals == expected)
        // The largest sums there are before they are reduced, and constants for some only.
        let first = count / 3
        let runs = [(count: first, value: Self.edges[0]), (count: count / 2 - first, value: common)]
        totals = [Scalar](repeating: Self.edges[0], count: count + 2)
        multiples.add(common, times: Self.edges, andConstants: runs, to: &totals)
        #expect(
          totals
            == sums.indices.map { i in
              let constant = i < first ? Self.edges[0] : i < count / 2 ? common : .zero
              return Self.edges[0] + constant + expected[i] - sums[i]
            })
      }
    }
  }
}
