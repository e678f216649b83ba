/// Bounds that keep the failure of one asset from others (M35): what all accounts together may have borrowed
/// against it or of it. Scenario groups do the rest, since no gain of one offsets a loss of another.
public struct Isolation: Hashable, Sendable {
  /// The most debt in quanta that the asset may back; nil for any.
  public var ceiling: Int64?
  /// Debt in quanta that it backs now.
  public var backed: Int64

  /// The state of an asset.
  public init(ceiling: Int64?, backed: Int64) {
    self.ceiling = ceiling
    self.backed = backed
  }

  /// Whether the asset may back so much more debt, in quanta.
  public func admits(_ debt: Int64) -> Bool {
    guard let ceiling else { return true }
    let (sum, overflow) = backed.addingReportingOverflow(debt)
    return !overflow && sum <= ceiling
  }

  /// What is still to be borrowed against it, in quanta; nil for any amount.
  public var headroom: Int64? {
    ceiling.map { max(0, $0 - backed) }
  }
}

/// An asset that is paused is worth nothing once its notice is over; until then what it backs may be closed.
public enum PausedAsset {
  /// The weight in ppm of an asset whose weight would be this.
  ///
  /// - Parameters:
  ///   - pausedFor: for how many seconds it has been paused; nil while it is not.
  ///   - notice: for how many seconds it keeps its weight.
  public static func weight(_ weight: Int64, pausedFor seconds: Int64?, notice: Int64) -> Int64 {
    guard let seconds else { return weight }
    return seconds <= notice ? weight : 0
  }
}
