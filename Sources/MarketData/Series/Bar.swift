/// What one instrument traded at during one interval.
///
/// Prices are in the quote currency and positive; `low ≤ open, close ≤ high`. Readers report and drop
/// bars that are not so.
public struct Bar: Hashable, Sendable {
  /// The first second of the interval, in seconds since 1970 UTC.
  public var openTime: Int64
  /// The first price.
  public var open: Double
  /// The highest price.
  public var high: Double
  /// The lowest price.
  public var low: Double
  /// The last price.
  public var close: Double
  /// The amount traded, in units of the base asset; not negative.
  public var baseVolume: Double
  /// The amount traded, in the quote currency; `baseVolume · close` where the source has none.
  public var quoteVolume: Double

  /// A bar that opened at this time.
  public init(
    openTime: Int64, open: Double, high: Double, low: Double, close: Double, baseVolume: Double,
    quoteVolume: Double
  ) {
    self.openTime = openTime
    self.open = open
    self.high = high
    self.low = low
    self.close = close
    self.baseVolume = baseVolume
    self.quoteVolume = quoteVolume
  }
}

/// Bars of one instrument, in strictly increasing order of time, each at a multiple of the interval from
/// the first. Bars may be missing.
public struct BarSeries: Hashable, Sendable {
  /// The length of a bar in seconds.
  public var interval: Int64
  /// The bars.
  public var bars: [Bar]
  /// Whether volumes are known; where they are not, all are zero.
  public var hasVolume: Bool

  /// Bars of this length.
  public init(interval: Int64, bars: [Bar], hasVolume: Bool = true) {
    self.interval = interval
    self.bars = bars
    self.hasVolume = hasVolume
  }
}
