internal import ExactIntegers
internal import ProofCore
internal import Ristretto
internal import Solvency
internal import Synchronization

/// Commitments after orders, `V + N·(±H_i + c·H_cash)`, computed from public values alone.
final class FarCommitments: Sendable {
  private let points = Mutex<[Point]>([])

  /// The commitment after the whole order at its worst price; nil if the account's does not decode.
  ///
  /// - Complexity: one decoding, one sum over two points of 62-bit scalars and one encoding.
  func commitment(
    after headroom: Headroom, from start: EncodedPoint, coordinateCount: Int
  ) -> EncodedPoint? {
    guard let V = try? start.decoded(), let H = generators(coordinateCount),
      let lots = Int64(exactly: headroom.lots)
    else { return nil }
    let (cash, overflow) = lots.multipliedReportingOverflow(by: headroom.cashPerLot)
    guard !overflow, Int(headroom.coordinate) < H.count, Int(headroom.cashCoordinate) < H.count
    else { return nil }
    let change = Point.multiscalarMultiplicationVariableTime(
      [Scalar(Int(headroom.side.sign * lots)), Scalar(Int(cash))],
      [H[Int(headroom.coordinate)], H[Int(headroom.cashCoordinate)]])
    return (V + change).encoded()
  }

  /// At least `count` generators of accounts.
  private func generators(_ count: Int) -> [Point]? {
    points.withLock { points in
      if points.count < count {
        guard let longer = try? Generators.standard.account(count) else { return nil }
        points = longer
      }
      return points
    }
  }
}
