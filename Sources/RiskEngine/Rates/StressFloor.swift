/// What actually happened once, against models that never saw it: on 11 March 2020 every model asked 8 to 13
/// % for one day, and the next day lost 49 %.
///
/// The worst moves by horizon come from ``StressTable`` and from the market's own bars, as far as they were
/// known.
public struct StressFloor: Hashable, Sendable {
  /// The worst moves within 1, 2, 4, 8 and 24 hours, as fractions; none less than the one before.
  public var worstMoves: [Double]

  /// The horizons of ``worstMoves`` in seconds.
  public static let horizons: [Double] = [3_600, 7_200, 14_400, 28_800, 86_400]

  /// These moves, one for each horizon.
  public init(worstMoves: [Double]) {
    self.worstMoves = worstMoves
  }

  /// The larger of both at each horizon.
  public func deepened(by other: StressFloor) -> StressFloor {
    StressFloor(worstMoves: zip(worstMoves, other.worstMoves).map { max($0, $1) })
  }

  /// The worst move within any horizon: linear in √h between the known ones, and by √h beyond them.
  public func move(within seconds: Double) -> Double {
    let roots = Self.horizons.map { $0.squareRoot() }
    let root = max(0, seconds).squareRoot()
    guard worstMoves.count == roots.count else { return 1 }
    if root <= roots[0] { return worstMoves[0] * root / roots[0] }
    for i in 1..<roots.count where root <= roots[i] {
      let share = (root - roots[i - 1]) / (roots[i] - roots[i - 1])
      return worstMoves[i - 1] + (worstMoves[i] - worstMoves[i - 1]) * share
    }
    let last = roots.count - 1
    return min(1, worstMoves[last] * root / roots[last])
  }
}

/// How much of the worst move counts beside the model: max(x, (1 - w)·x + w·worst).
///
public struct StressBlend: Hashable, Sendable {
  /// w, in 0...1.
  public var weight: Double
  /// The worst move within the horizon, as a fraction.
  public var worstMove: Double

  /// A weight and a move.
  public init(weight: Double, worstMove: Double) {
    self.weight = weight
    self.worstMove = worstMove
  }

  /// The larger of a model's move and its blend with the worst one.
  public func applied(to move: Double) -> Double {
    max(move, (1 - weight) * move + weight * worstMove)
  }
}
