internal import RiskModels

/// The buffers for skew (M19): puts that are dear against calls warn longs, calls that are dear warn shorts.
///
///     x = (RR/ATM - mean)/σ,  long = clip(1 + slope·max(0, x), 1, cap),  short with -x
///
/// Without quotes a buffer keeps a share of its excess each epoch, so it fades.
struct SkewBuffers {
  let long: Double
  let short: Double

  init(_ smile: VolatilitySmile?, last: UnderlyingState, terms: UnderlyingTerms) {
    guard MarginStrategy.allCases[Int(terms[.strategy])] != .static else {
      (long, short) = (1, 1)
      return
    }
    guard let smile else {
      let memory = terms.fraction(.skewMemory)
      long = 1 + memory * (last.skewLong - 1)
      short = 1 + memory * (last.skewShort - 1)
      return
    }
    let x = (smile.skew - terms.fraction(.skewMean)) / terms.fraction(.skewDeviation)
    let range = 1...terms.fraction(.skewCap)
    let slope = terms.fraction(.skewSlope)
    long = (1 + slope * max(0, x)).clamped(to: range)
    short = (1 + slope * max(0, -x)).clamped(to: range)
  }
}
