internal import RiskModels

/// What moves are divided by before their tail is looked at: the volatility that rates are computed from, bar
/// by bar.
///
///     σ = w·σ_cycle + (1 - w)·min(√(v·fast + (1 - v)·slow), cap·σ_cycle)
///
/// fast and slow are fading means of the variances of bars.
struct FilterTerms {
  /// σ_cycle of one bar.
  var cycle: Double
  /// w.
  var cycleWeight: Double
  /// The most that the conditional volatility counts, as a multiple of σ_cycle.
  var cap: Double
  /// Half-life of the fast mean in bars.
  var fast: Double
  /// Half-life of the slow mean in bars.
  var slow: Double
  /// v.
  var fastWeight: Double
}

/// The quantiles of losses within the time that closing takes, in units of the volatility before them (M23):
/// filtered historical simulation.
///
/// Tails of single bars are fatter than those of what bars add up to, so each loss is that of a whole span;
/// spans overlap. Few spans say little of a quantile that one in a hundred exceeds, so what they show has
/// weight n/(n + 365), n the spans side by side, and the quantile of the normal law the rest. It is never
/// below that.
struct TailMeasures {
  /// For longs, of falls.
  let long: Double
  /// For shorts, of rises.
  let short: Double

  /// So many spans count as much as the normal law.
  private static let prior = 365.0
  /// Bars that the means are not warm in yet.
  private static let warmUp = 20

  /// - Parameters:
  ///   - returns: of bars, from close to close.
  ///   - variances: of the same bars.
  ///   - deviation: what moves are divided by.
  ///   - span: how many bars closing takes.
  ///   - probability: ε.
  ///   - tailShare: the share of the worst losses that a tail is fitted to.
  init(
    returns: ArraySlice<Double>, variances: ArraySlice<Double>, deviation terms: FilterTerms, span: Int,
    probability: Double, tailShare: Double
  ) {
    var falls: [Double] = []
    let level = 1 - probability
    let normal = NormalDistribution.quantile(level) ?? 0
    guard returns.count > span + Self.warmUp, returns.count == variances.count else {
      (long, short) = (normal, normal)
      return
    }
    falls.reserveCapacity(returns.count)
    let root = Double(span).squareRoot()
    let (fastDecay, slowDecay) = (Self.decay(terms.fast), Self.decay(terms.slow))
    // Both means begin with that of the first bars.
    let first = variances.prefix(Self.warmUp)
    var fast = first.reduce(0, +) / Double(first.count)
    var slow = fast
    var sum = returns.prefix(span).reduce(0, +)
    let (offset, start) = (variances.startIndex, returns.startIndex)
    for place in 0..<(returns.count - span) {
      // The span begins after the bar at `place`.
      let variance = variances[offset + place]
      fast = fastDecay * fast + (1 - fastDecay) * variance
      slow = slowDecay * slow + (1 - slowDecay) * variance
      sum += returns[start + place + span] - returns[start + place]
      guard place >= Self.warmUp else { continue }
      let conditional = (terms.fastWeight * fast + (1 - terms.fastWeight) * slow).squareRoot()
      let deviation =
        terms.cycleWeight * terms.cycle
        + (1 - terms.cycleWeight) * min(conditional, terms.cap * terms.cycle)
      if deviation > 0 { falls.append(-sum / (deviation * root)) }
    }
    let spans = Double(falls.count) / Double(span)
    let weight = spans / (spans + Self.prior)
    func quantile(_ losses: [Double]) -> Double {
      let fitted = ParetoTail(losses: losses, quantile: 1 - tailShare)?.valueAtRisk(level)
      let observed = fitted ?? OrderStatistics.quantile(level, of: losses, rule: .higher) ?? 0
      return normal + weight * max(0, observed - normal)
    }
    long = quantile(falls)
    short = quantile(falls.map { -$0 })
  }

  private static func decay(_ halfLife: Double) -> Double {
    DeterministicMath.power(0.5, 1 / max(1, halfLife))
  }
}
