internal import MarginRules
internal import Solvency

/// The values that a coordinate of a book may take.
///
/// | coordinate | unit | range |
/// |---|---|---|
/// | cash | value quanta | ±(2⁶² − 1) |
/// | position | lots | ±(2⁴⁰ − 1) |
/// | holding, debt | lots | 0 … 2⁴⁰ − 1 |
/// | any other, of a venue's own circuit | its own | ±(2⁶² − 1) |
package enum CoordinateRange {
  /// The range of the coordinate of this name.
  package static func range(of name: String) -> ClosedRange<Int64> {
    let lots = SnapshotLimits.amounts
    if name.hasPrefix(Registry.position("")) { return -lots.upperBound...lots.upperBound }
    if name.hasPrefix(Registry.holding("")) || name.hasPrefix(Registry.debt("")) { return lots }
    return SnapshotLimits.cash
  }
}
