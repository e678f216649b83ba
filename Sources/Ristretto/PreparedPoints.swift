/// Points that many multi-scalar multiplications use, such as generators, with tables made once.
///
/// For each point: its multiples 1·P … 8·P in affine form (960 bytes) and the sum of the points up to it. A
/// range of prepared points is prepared as well, at no cost.
package struct PreparedPoints: Sendable {
  /// All points prepared together, with Z = 1.
  private let allPoints: [Point]
  /// 1·P … 8·P for each of them.
  let multiples: [AffinePoint]
  /// `sums[i]` is the sum of the first i points.
  private let sums: [Point]
  /// Which of them these are.
  let range: Range<Int>

  /// Prepares points.
  ///
  /// - Complexity: about 130 multiplications for each point, and one inversion.
  package init(_ points: [Point]) {
    var multiplesOfPoints: [Point] = []
    multiplesOfPoints.reserveCapacity(8 * points.count)
    var sums = [Point.identity]
    sums.reserveCapacity(points.count + 1)
    var sum = Point.identity
    for point in points {
      let first = CachedPoint(point)
      sum = sum.adding(first).extended
      sums.append(sum)
      var multiple = point
      multiplesOfPoints.append(multiple)
      for _ in 1..<8 {
        multiple = multiple.adding(first).extended
        multiplesOfPoints.append(multiple)
      }
    }
    let normalized = Point.normalized(multiplesOfPoints)
    allPoints = stride(from: 0, to: normalized.count, by: 8).map { normalized[$0] }
    multiples = normalized.map { AffinePoint(normalized: $0) }
    self.sums = sums
    range = 0..<points.count
  }

  private init(_ all: PreparedPoints, range: Range<Int>) {
    allPoints = all.allPoints
    multiples = all.multiples
    sums = all.sums
    self.range = range
  }

  /// The number of points.
  package var count: Int { range.count }

  /// The point at `index`.
  package subscript(index: Int) -> Point {
    precondition(index >= 0 && index < count, "index out of range")
    return allPoints[range.lowerBound + index]
  }

  /// The points of `bounds`, sharing the tables.
  package subscript(bounds: Range<Int>) -> PreparedPoints {
    precondition(bounds.lowerBound >= 0 && bounds.upperBound <= count, "range out of bounds")
    let start = range.lowerBound
    return PreparedPoints(self, range: start + bounds.lowerBound..<start + bounds.upperBound)
  }

  /// The points themselves.
  package var points: [Point] { Array(allPoints[range]) }

  /// The sum of the points of `bounds`.
  func sum(_ bounds: Range<Int>) -> Point {
    sums[range.lowerBound + bounds.upperBound] - sums[range.lowerBound + bounds.lowerBound]
  }
}
