/// What winners give up when everything before them in the waterfall is used up (mechanism M47).
public struct SocialisedLoss: Hashable, Sendable {
  /// θ, the share of every winner's gain that is taken, in 0...1.
  public let share: Double
  /// What each winner gives, in USD, in the order of the winners.
  public let taken: [Double]
  /// What is still missing when all gains are taken, in USD.
  public let uncovered: Double

  /// Takes a deficit from gains in proportion: `θ = min(1, deficit/Σ gains)`.
  ///
  /// - Parameters:
  ///   - deficit: in USD; not negative.
  ///   - gains: in USD; those that are not positive give nothing.
  public init?(deficit: Double, gains: [Double]) {
    guard deficit.isFinite, deficit >= 0, gains.allSatisfy(\.isFinite) else { return nil }
    let all = gains.reduce(0) { $0 + max(0, $1) }
    let share = deficit == 0 ? 0 : all > 0 ? min(1, deficit / all) : 1
    self.share = share
    taken = gains.map { max(0, $0) * share }
    uncovered = max(0, deficit - all)
  }
}
