public import MarginRules

/// When proofs fall due (M33).
///
/// A proof keeps its account current for
///
///     T = clip(T₀ / d, T_min, T_max)      d = 1 calm or normal, 2 under stress, 4 in extreme markets
///
/// seconds, by the regime of the snapshot in force. An account that stays silent is stale from its deadline
/// on, and liquidatable after the grace.
public struct MarginCallSchedule: Hashable, Sendable {
  /// T₀, in seconds.
  public var interval: UInt64
  /// T_min, in seconds.
  public var shortest: UInt64
  /// T_max, in seconds.
  public var longest: UInt64
  /// How long an account may wait with a proof after a fill that none covered, in seconds.
  public var afterFill: UInt64
  /// From stale to liquidatable, in seconds.
  public var grace: UInt64

  /// A schedule of these parts.
  public init(
    interval: UInt64, shortest: UInt64, longest: UInt64, afterFill: UInt64, grace: UInt64
  ) {
    self.interval = interval
    self.shortest = shortest
    self.longest = longest
    self.afterFill = afterFill
    self.grace = grace
  }

  /// Eight hours in normal markets, two in extreme ones; ten minutes after a fill; half an hour of grace.
  public static let production = MarginCallSchedule(
    interval: 28_800, shortest: 900, longest: 86_400, afterFill: 600, grace: 1_800)

  /// T for a snapshot.
  public func interval(under regime: Regime) -> UInt64 {
    let divisor: UInt64 =
      switch regime {
      case .calm, .normal: 1
      case .stress: 2
      case .extreme: 4
      }
    return max(shortest, min(longest, interval / divisor))
  }
}
