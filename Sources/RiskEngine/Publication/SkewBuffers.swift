internal import RiskModels

/// The buffers for skew (M19): puts that are dear against calls warn longs, calls that are dear warn shorts,
/// and tails that are dear against the middle warn both.
///
///     x = (RR/ATM - mean)/σ,  z = (BF/ATM - mean)/σ
///     long = clip(1 + slope·max(0, x) + slope·max(0, z), 1, cap),  short with -x
///
/// Without fresh quotes a buffer moves to half the cap, or to 1 if that is more, or if there never was a
/// chain; in each hour it keeps a share of the way.
struct SkewBuffers {
  let long: Double
  let short: Double

  /// - Parameter hasChain: whether there ever was a chain.
  init(_ smile: VolatilitySmile?, hasChain: Bool, last: UnderlyingState, terms: UnderlyingTerms) {
    guard MarginStrategy.allCases[Int(terms[.strategy])] != .static else {
      (long, short) = (1, 1)
      return
    }
    let cap = terms.fraction(.skewCap)
    guard let smile else {
      let memory = Pace.memory(terms.fraction(.skewMemory), seconds: terms.elapsed)
      let rest = hasChain ? max(1, cap / 2) : 1
      long = rest + memory * (last.skewLong - rest)
      short = rest + memory * (last.skewShort - rest)
      return
    }
    let x = (smile.skew - terms.fraction(.skewMean)) / terms.fraction(.skewDeviation)
    let z =
      (smile.butterfly / smile.atTheMoney - terms.fraction(.skewButterflyMean))
      / terms.fraction(.skewButterflyDeviation)
    let slope = terms.fraction(.skewSlope)
    let tails = terms.fraction(.skewButterflySlope) * max(0, z)
    long = (1 + slope * max(0, x) + tails).clamped(to: 1...cap)
    short = (1 + slope * max(0, -x) + tails).clamped(to: 1...cap)
  }
}
