public import MarginRules

/// Steps by which trading stops when the market breaks, and resumes (M46).
///
///     level 1: margin widens, positions may only be reduced
///     level 2: no opening; liquidations and auctions go on
///     level 3: everything stops, since nothing has a price
///
/// A level is entered at once. It is left one step at a time, each after a time without any cause for it, so
/// the breaker never flaps, and while the market is extreme level 1 is not left: what reopens inside a crash
/// opens into it. Halting liquidations is dangerous: only level 3 does.
public struct CircuitBreaker: Hashable, Sendable {
  /// What the breaker watches.
  public struct Signals: Hashable, Sendable {
    /// |return| of the last interval over its standard deviation.
    public var sigmas: Double
    /// |return| of the last interval, as a fraction.
    public var move: Double
    /// Depth over its usual value; 1 where it is not known.
    public var depthShare: Double
    /// Liquidated notional over what the market absorbs (M55); 0 where it is not known.
    public var liquidationLoad: Double
    /// Whether there is a price.
    public var hasPrice: Bool
    /// Insurance over what it should hold; 1 where it is not known.
    public var insuranceShare: Double
    /// Whether the regime is extreme.
    public var isExtreme: Bool

    /// A calm market but for what is given.
    public init(
      sigmas: Double = 0, move: Double = 0, depthShare: Double = 1, liquidationLoad: Double = 0,
      hasPrice: Bool = true, insuranceShare: Double = 1, isExtreme: Bool = false
    ) {
      self.sigmas = sigmas
      self.move = move
      self.depthShare = depthShare
      self.liquidationLoad = liquidationLoad
      self.hasPrice = hasPrice
      self.insuranceShare = insuranceShare
      self.isExtreme = isExtreme
    }
  }

  /// Where the levels begin.
  public struct Thresholds: Hashable, Sendable {
    /// Level 1 from this number of standard deviations on.
    public var sigmas: Double
    /// Level 1 below this share of usual depth.
    public var depthShare: Double
    /// Level 2 from this move on.
    public var move: Double
    /// Level 3 from this move on.
    public var halt: Double
    /// Level 2 above this load.
    public var liquidationLoad: Double
    /// Level 3 below this share of insurance.
    public var insuranceShare: Double
    /// After this number of seconds without cause a level is left.
    public var coolDown: Int64

    /// These thresholds.
    public init(
      sigmas: Double, depthShare: Double, move: Double, halt: Double, liquidationLoad: Double = 1,
      insuranceShare: Double = 0, coolDown: Int64
    ) {
      self.sigmas = sigmas
      self.depthShare = depthShare
      self.move = move
      self.halt = halt
      self.liquidationLoad = liquidationLoad
      self.insuranceShare = insuranceShare
      self.coolDown = coolDown
    }

    /// The level that signals ask for. What is not a number asks for the level that it would decide.
    public func level(of signals: Signals) -> Int64 {
      if !signals.hasPrice || !(signals.move < halt) || !(signals.insuranceShare >= insuranceShare) {
        3
      } else if !(signals.move < move) || !(signals.liquidationLoad <= liquidationLoad) {
        2
      } else if !(signals.sigmas < sigmas) || !(signals.depthShare >= depthShare) || signals.isExtreme {
        1
      } else {
        0
      }
    }
  }

  /// The level, 0 to 3.
  public private(set) var level: Int64
  /// For how many seconds there has been no cause for it.
  public private(set) var quietSeconds: Int64

  /// Not tripped.
  public init() {
    level = 0
    quietSeconds = 0
  }

  /// As it was recorded.
  public init(level: Int64, quietSeconds: Int64) {
    self.level = level.clamped(to: 0...3)
    self.quietSeconds = max(0, quietSeconds)
  }

  /// One epoch, the given number of seconds after the one before.
  public mutating func step(_ signals: Signals, _ thresholds: Thresholds, elapsed: Int64) {
    let asked = thresholds.level(of: signals)
    if asked >= level {
      level = asked
      quietSeconds = 0
      return
    }
    quietSeconds += max(0, elapsed)
    if quietSeconds >= thresholds.coolDown {
      level -= 1
      quietSeconds = 0
    }
  }

  /// What may be done with an instrument at this level, less what is closed for other reasons.
  public func flags(_ open: InstrumentFlags) -> InstrumentFlags {
    guard level > 0 else { return open }
    return InstrumentFlags(
      openLong: false, openShort: false, closeOnly: true, stale: open.stale)
  }
}
