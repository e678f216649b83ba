// Σ sᵢ·Pᵢ for public scalars and few points (Straus with non-adjacent forms).
//
// Every scalar is written in non-adjacent form of width 5, digits ±1, ±3 … ±15, of which one in six is not 0;
// one chain of doublings serves all points.
//
// Cost for n points: 253 doublings, and for each point 8 additions for its table and about 253/6 = 42 for its
// digits.

/// Straus's algorithm with non-adjacent forms, in variable time.
enum StrausVariableTime {
  private static let width = 5

  static func sum(_ scalars: borrowing Span<Scalar>, _ points: [Point]) -> Point {
    let n = points.count
    // Digit k of scalar i at k·n + i, so that a step of the chain reads neighbours.
    var digits = [Int8](repeating: 0, count: n * Scalar.nonAdjacentFormCount)
    var top = -1
    for i in 0..<n {
      scalars[i].nonAdjacentFormVariableTime(width: width) { place, digit in
        digits[place * n + i] = digit
        top = max(top, place)
      }
    }
    var table: [CachedPoint] = []
    table.reserveCapacity(8 * n)
    for point in points {
      CachedPoint.appendOddMultiples(of: point, to: &table)
    }

    var result = ProjectivePoint.identity
    for place in stride(from: top, through: 0, by: -1) {
      var completed = result.doubled()
      for i in 0..<n {
        let digit = Int(digits[place &* n &+ i])
        if digit > 0 {
          completed = completed.extended.adding(table[8 &* i &+ digit &>> 1])
        } else if digit < 0 {
          completed = completed.extended.subtracting(table[8 &* i &- (digit + 1) / 2])
        }
      }
      if place == 0 { return completed.extended }
      result = completed.projective
    }
    return .identity
  }
}

extension CachedPoint {
  /// Appends 1·P, 3·P … 15·P.
  static func appendOddMultiples(of point: Point, to table: inout [CachedPoint]) {
    let twice = CachedPoint(point.doubled())
    var multiple = point
    table.append(CachedPoint(multiple))
    for _ in 1..<8 {
      multiple = multiple.adding(twice).extended
      table.append(CachedPoint(multiple))
    }
  }
}
