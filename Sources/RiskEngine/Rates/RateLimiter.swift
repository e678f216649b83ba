/// Asymmetric adjustment (M24): a rate tightens at once and relaxes slowly.
///
///     target ≥ current:             next = target, or phased in for open positions
///     target ≥ current·(1 - band):  next = current
///     otherwise:                    next = max(target, ⌈current·(1 - relaxation)⌉)
///
/// A missing target holds the rate. The state is one integer, and two more while a tightening is phased in.
public struct RateLimiter: Hashable, Sendable {
  /// How a rate may move.
  public struct Rule: Hashable, Sendable {
    /// The greatest share, in ppm, by which it relaxes in one epoch.
    public var relaxation: Int64
    /// It does not relax until it would by more than this share, in ppm.
    public var deadBand: Int64
    /// Over how many epochs a tightening is phased in; 1 for at once.
    public var phaseInEpochs: Int64
    /// The share of the target, in ppm, that applies at once while it is phased in.
    public var phaseInImmediate: Int64

    /// A rule; without phases tightening is never delayed.
    public init(
      relaxation: Int64, deadBand: Int64, phaseInEpochs: Int64 = 1,
      phaseInImmediate: Int64 = 1_000_000
    ) {
      self.relaxation = relaxation
      self.deadBand = deadBand
      self.phaseInEpochs = phaseInEpochs
      self.phaseInImmediate = phaseInImmediate
    }
  }

  /// The rate that is published, in ppm; nil before the first.
  public private(set) var current: Int64?
  /// For how many more epochs a tightening is being phased in.
  public private(set) var phasesLeft: Int64

  /// Before the first rate.
  public init() {
    current = nil
    phasesLeft = 0
  }

  /// As it was recorded.
  public init(current: Int64?, phasesLeft: Int64) {
    self.current = current
    self.phasesLeft = phasesLeft
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
      current = tightened(from: before, to: target, by: rule)
    } else {
      phasesLeft = 0
      let band = ceilingQuotient(Int128(before) * Int128(1_000_000 - rule.deadBand), 1_000_000)
      if target < band {
        let slowest = ceilingQuotient(
          Int128(before) * Int128(1_000_000 - rule.relaxation), 1_000_000)
        current = max(target, slowest)
      }
    }
    return current
  }

  /// In each phase an equal share of what is left; the part that applies at once always does.
  private mutating func tightened(from before: Int64, to target: Int64, by rule: Rule) -> Int64 {
    let left = phasesLeft == 0 ? rule.phaseInEpochs : phasesLeft
    guard left > 1 else {
      phasesLeft = 0
      return target
    }
    let step = ceilingQuotient(Int128(target - before), Int128(left))
    let immediate = ceilingQuotient(Int128(target) * Int128(rule.phaseInImmediate), 1_000_000)
    let next = min(target, max(before + step, immediate))
    phasesLeft = next == target ? 0 : left - 1
    return next
  }
}

extension RateLimiter {
  /// One epoch of an amount of which less is tighter, such as depth in whole dollars: it falls at once and
  /// rises by no more than the relaxation.
  public mutating func step(towardAmount target: Int64?, relaxation: Int64) -> Int64? {
    guard let target else { return current }
    if let before = current, target > before {
      let most = floorQuotient(Int128(before) * Int128(1_000_000 + relaxation), 1_000_000)
      current = min(target, max(most, before == 0 ? target : 1))
    } else {
      current = target
    }
    return current
  }
}
