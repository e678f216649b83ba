internal import MarketData

/// What somebody earns who knows when margins change and sells before those who must (mechanisms M37, M60).
///
/// A margin rises after every fixed number of blocks, or at each block with a hazard decided by a beacon that
/// nobody knows beforehand. The rise makes accounts sell, which moves the price. A front-runner who sells one
/// block before a change buys back after it; in a block without change it pays the cost of trading for
/// nothing.
public struct FrontRunning: Hashable, Sendable {
  /// What it earned per block, as a share of what it trades.
  public let profitPerBlock: Double
  /// How many changes there were.
  public let changes: Int
  /// How many of them it had sold before.
  public let hits: Int

  /// When margins change.
  public enum Schedule: Hashable, Sendable {
    /// After each run of this number of blocks.
    case fixed(Int)
    /// At each block with this probability, by a beacon that is known only after the block before.
    case random(hazard: Double)
  }

  /// Simulates.
  ///
  /// - Parameters:
  ///   - move: by which share a change moves the price, 0 to 1.
  ///   - cost: of selling and buying back, as a share, 0 to 1.
  ///   - blocks: at least 1.
  public init(_ schedule: Schedule, move: Double, cost: Double, blocks: Int, seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    var (age, profit, changes, hits) = (0, 0.0, 0, 0)
    for _ in 0..<max(1, blocks) {
      age += 1
      // It knows the schedule and the time since the last change, and acts when that makes a gain probable.
      let (probability, happens): (Double, Bool)
      switch schedule {
      case .fixed(let interval):
        happens = age >= max(1, interval)
        probability = happens ? 1 : 0
      case .random(let hazard):
        probability = hazard
        happens = random.uniform() < hazard
      }
      let isIn = probability * move > cost
      if isIn { profit += (happens ? move : 0) - cost }
      if happens {
        changes += 1
        if isIn { hits += 1 }
        age = 0
      }
    }
    profitPerBlock = profit / Double(max(1, blocks))
    (self.changes, self.hits) = (changes, hits)
  }
}
