/// Asymmetric adjustment (M24): a rate tightens at once, or as fast as its ramp lets it, and relaxes slowly.
///
///     target ≥ current:             next = min(target, ⌈current·(1 + tightening)⌉)
///     target ≥ current·(1 - band):  next = current
///     otherwise:                    next = max(target, ⌈current·(1 - relaxation)⌉)
///
/// A missing target holds the rate. The state is one integer.
public struct RateLimiter: Hashable, Sendable {
  /// How a rate may move in one epoch.
  public struct Rule: Hashable, Sendable {
    /// The greatest share, in ppm, by which it relaxes.
    public var relaxation: Int64
    /// It does not relax until it would by more than this share, in ppm.
    public var deadBand: Int64
    /// The greatest share, in ppm, by which it tightens; nil for at once.
    public var tightening: Int64?

    /// A rule; without a greatest share tightening is never delayed.
    public init(relaxation: Int64, deadBand: Int64, tightening: Int64? = nil) {
      self.relaxation = relaxation
      self.deadBand = deadBand
      self.tightening = tightening
    }
  }

  /// The rate that is published, in ppm; nil before the first.
  public private(set) var current: Int64?

  /// Before the first rate, or as it was recorded.
  public init(current: Int64? = nil) {
    self.current = current
  }

  /// One epoch.
  ///
  /// - Parameter target: the rate that the market asks for, in ppm; nil if it is not known.
  /// - Returns: the rate to publish; nil as long as there never was one.
  public mutating func step(toward target: Int64?, by rule: Rule) -> Int64? {
    guard let target else { return current }
    guard let before = current else {
      current = target
      return target
    }
    if target > before {
      let fastest = rule.tightening.map { share in
        // A rate of nothing has no share to grow by.
        before > 0 ? ceilingQuotient(Int128(before) * (1_000_000 + Int128(share)), 1_000_000) : target
      }
      current = min(target, fastest ?? target)
    } else {
      let band = ceilingQuotient(Int128(before) * Int128(1_000_000 - rule.deadBand), 1_000_000)
      if target < band {
        let slowest = ceilingQuotient(
          Int128(before) * Int128(1_000_000 - rule.relaxation), 1_000_000)
        current = max(target, slowest)
      }
    }
    return current
  }
}

extension RateLimiter {
  /// One epoch of an amount of which less is tighter, such as depth in whole dollars: it falls at once and
  /// rises by no more than a share in ppm.
  public mutating func step(towardAmount target: Int64?, growth: Int64) -> Int64? {
    guard let target else { return current }
    if let before = current, target > before {
      let most = floorQuotient(Int128(before) * (1_000_000 + Int128(growth)), 1_000_000)
      current = min(target, max(most, before == 0 ? target : 1))
    } else {
      current = target
    }
    return current
  }
}
