// Σ sᵢ·Pᵢ for public scalars and few points (Straus with non-adjacent forms).
//
// Every scalar is written in non-adjacent form of width 5, digits ±1, ±3 … ±15, of which one in six is not 0;
// one chain of doublings serves all points.
//
// Cost for n points: 253 doublings, and for each point 8 additions for its table and about 253/6 = 42 for its
// digits.

/// Straus's algorithm with non-adjacent forms, in variable time.
package enum StrausVariableTime {
  /// Σ sᵢ·Pᵢ.
  ///
  /// - Parameter points: as many points as scalars.
  package static func sum(_ scalars: borrowing Span<Scalar>, _ points: [Point]) -> Point {
    let plan = DigitPlan(scalars)
    var table: [CachedPoint] = []
    table.reserveCapacity(8 * points.count)
    for (index, point) in points.enumerated() {
      CachedPoint.appendOddMultiples(of: point, count: plan.tableCounts[index], to: &table)
    }
    return plan.sum(table)
  }
}

/// The non-adjacent forms of some scalars, ordered by place: which table entry is added or subtracted when.
struct DigitPlan {
  private static let width = 5

  /// Indices into the joined tables, ordered by place, and at each place additions before subtractions.
  private var entries: [Int32]
  /// Where the entries start that are added at place k (2k), or subtracted there (2k + 1).
  private var starts: [Int]
  /// How many odd multiples 1·P, 3·P … of each point are used.
  let tableCounts: [Int]

  /// Time depends on the scalars.
  init(_ scalars: borrowing Span<Scalar>) {
    // All digits that are not 0, with their position in `starts`, the number of the scalar, and |digit| / 2.
    var digits: [(position: Int32, scalar: Int32, half: Int32)] = []
    digits.reserveCapacity(scalars.count * Scalar.nonAdjacentFormCount / Self.width)
    var tableCounts = [Int](repeating: 0, count: scalars.count)
    var starts = [Int](repeating: 0, count: 2 * Scalar.nonAdjacentFormCount + 1)
    for i in 0..<scalars.count {
      scalars[i].nonAdjacentFormVariableTime(width: Self.width) { place, digit in
        let half = Int(digit.magnitude &>> 1)
        tableCounts[i] = max(tableCounts[i], half + 1)
        let position = 2 &* place &+ (digit < 0 ? 1 : 0)
        starts[position + 1] += 1
        digits.append((Int32(position), Int32(i), Int32(half)))
      }
    }
    for position in 1..<starts.count {
      starts[position] += starts[position - 1]
    }
    var tableStarts: [Int32] = []
    var tableStart = 0
    for count in tableCounts {
      tableStarts.append(Int32(tableStart))
      tableStart += count
    }
    var next = starts
    entries = [Int32](repeating: 0, count: digits.count)
    for digit in digits {
      entries[next[Int(digit.position)]] = tableStarts[Int(digit.scalar)] + digit.half
      next[Int(digit.position)] += 1
    }
    self.starts = starts
    self.tableCounts = tableCounts
  }

  /// Σ sᵢ·Pᵢ.
  ///
  /// - Parameter table: for each point, as many of 1·P, 3·P … as ``tableCounts`` says, joined.
  func sum(_ table: [CachedPoint]) -> Point {
    var result = Point.identity
    // Doublings are put off until there is something to add.
    var doublings = 0
    for place in stride(from: Scalar.nonAdjacentFormCount - 1, through: 0, by: -1) {
      doublings += 1
      let start = starts[2 * place]
      let middle = starts[2 * place + 1]
      let end = starts[2 * place + 2]
      guard start < end else { continue }
      if end < entries.count {
        result = result.doubled(times: doublings)
      }
      doublings = 0
      for entry in entries[start..<middle] {
        result = result.adding(table[Int(entry)]).extended
      }
      for entry in entries[middle..<end] {
        result = result.subtracting(table[Int(entry)]).extended
      }
    }
    return result.doubled(times: entries.isEmpty ? 0 : doublings)
  }
}

extension CachedPoint {
  /// Appends the first `count` of 1·P, 3·P, 5·P …
  static func appendOddMultiples(of point: Point, count: Int, to table: inout [CachedPoint]) {
    guard count > 0 else { return }
    table.append(CachedPoint(point))
    guard count > 1 else { return }
    let twice = CachedPoint(point.doubled())
    var multiple = point
    for _ in 1..<count {
      multiple = multiple.adding(twice).extended
      table.append(CachedPoint(multiple))
    }
  }
}
