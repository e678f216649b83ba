public import MarketData

/// How the variance of a price is estimated from bars (mechanism M05).
public enum VarianceEstimator: String, CaseIterable, Hashable, Sendable {
  /// The mean square of the returns from close to close.
  case closeToClose
  /// From the range: H²/(4·ln 2). Parkinson 1980.
  case parkinson
  /// ½·H² − (2·ln 2 − 1)·C². Garman and Klass 1980.
  case garmanKlass
  /// h·(h − c) + l·(l − c): free of the drift. Rogers and Satchell 1991.
  case rogersSatchell
  /// Gaps at the open, open to close, and Rogers and Satchell, weighed for least variance. Yang and Zhang
  /// 2000.
  case yangZhang
  /// π/2·∣rᵢ∣·∣rᵢ₋₁∣: what is left of the variance when jumps are taken out. Barndorff-Nielsen and Shephard
  /// 2004.
  case bipower
}

/// The variance of the logarithm of a price over one bar, as six estimators see it in the same bars.
///
/// With o the logarithm of the open less that of the close before, and h, l, c those of high, low and close
/// less that of the open, H = h − l and means over n bars:
///
/// | estimator | variance per bar |
/// |---|---|
/// | close to close | mean (o + c)² |
/// | Parkinson | mean H²/(4·ln 2) |
/// | Garman-Klass | mean (½·H² − (2·ln 2 − 1)·c²) |
/// | Rogers-Satchell | mean (h·(h − c) + l·(l − c)) |
/// | Yang-Zhang | var o + k·var c + (1 − k)·RS, var with n − 1, k = 0.34/(1.34 + (n + 1)/(n − 1)) |
/// | bipower | π/2·Σ∣rᵢ∣·∣rᵢ₋₁∣/(n − 1) with r = o + c |
///
/// A bar that never moved adds zero to each. None is below zero.
///
/// - SeeAlso: the sources named in ``VarianceEstimator``; golden number G1.
public struct RealizedVariance: Hashable, Sendable {
  /// The number of bars n that were used.
  public let count: Int
  /// The number of bars left out because they are not ``MarketData/Bar/isSound``.
  public let rejected: Int
  /// The sum of squared returns from close to close: the realised variance of the whole stretch.
  public let sumOfSquares: Double
  private let variances: [Double]

  /// The estimates from bars in order of time.
  ///
  /// - Parameters:
  ///   - bars: bars of one length in order of time.
  ///   - previousClose: the close before the first bar; nil counts the first bar's open as it.
  /// - Returns: nil for fewer than two usable bars.
  public init?(of bars: some Sequence<Bar>, previousClose: Double? = nil) {
    var sums = Sums()
    var previous = previousClose.flatMap { $0 > 0 && $0 < .infinity ? DeterministicMath.log($0) : nil }
    var rejected = 0
    for bar in bars {
      guard bar.isSound else {
        rejected += 1
        continue
      }
      previous = sums.add(bar, previous: previous)
    }
    guard sums.count > 1 else { return nil }
    count = sums.count
    self.rejected = rejected
    sumOfSquares = sums.returns
    variances = VarianceEstimator.allCases.map { max(sums.variance($0), 0) }
  }

  /// The variance over one bar.
  public func perBar(_ estimator: VarianceEstimator) -> Double {
    zip(VarianceEstimator.allCases, variances).first { $0.0 == estimator }?.1 ?? 0
  }

  /// The volatility per √year: √(variance · bars in a year).
  ///
  /// - Parameters:
  ///   - estimator: which of the estimates.
  ///   - barsPerYear: see ``Year/bars(of:)``.
  public func annualVolatility(_ estimator: VarianceEstimator, barsPerYear: Double) -> Double {
    (perBar(estimator) * barsPerYear).squareRoot()
  }

  /// The share of the variance that came in jumps: 1 − bipower/close-to-close, from 0 to 1.
  public var jumpShare: Double {
    let whole = perBar(.closeToClose)
    return whole > 0 ? max(0, 1 - perBar(.bipower) / whole) : 0
  }
}

/// What the estimators need of the bars, added up bar by bar.
private struct Sums {
  var count = 0
  /// Σr², Σ∣rᵢ∣·∣rᵢ₋₁∣
  var (returns, neighbours) = (0.0, 0.0)
  /// ΣH², Σ(h·(h − c) + l·(l − c))
  var (ranges, rogersSatchell) = (0.0, 0.0)
  var opens = RunningMoments()
  var closes = RunningMoments()
  /// Σc²
  var bodies = 0.0
  private var lastReturn = 0.0

  /// Adds a bar whose close before had this logarithm, and returns the logarithm of its own close.
  mutating func add(_ bar: Bar, previous: Double?) -> Double {
    let open = DeterministicMath.log(bar.open)
    let close = bar.close == bar.open ? open : DeterministicMath.log(bar.close)
    let h = bar.high == bar.open ? 0 : DeterministicMath.log(bar.high) - open
    let l = bar.low == bar.open ? 0 : DeterministicMath.log(bar.low) - open
    let o = open - (previous ?? open)
    let c = close - open
    let r = close - (previous ?? open)
    returns += r * r
    if count > 0 { neighbours += r.magnitude * lastReturn.magnitude }
    ranges += (h - l) * (h - l)
    rogersSatchell += h * (h - c) + l * (l - c)
    bodies += c * c
    opens.add(o)
    closes.add(c)
    lastReturn = r
    count += 1
    return close
  }

  func variance(_ estimator: VarianceEstimator) -> Double {
    let n = Double(count)
    // 0.6931471805599453 = ln 2
    let ln2 = 0.6931471805599453
    switch estimator {
    case .closeToClose: return returns / n
    case .parkinson: return ranges / n / (4 * ln2)
    case .garmanKlass: return (0.5 * ranges - (2 * ln2 - 1) * bodies) / n
    case .rogersSatchell: return rogersSatchell / n
    case .yangZhang:
      let k = 0.34 / (1.34 + (n + 1) / (n - 1))
      return (opens.sampleVariance ?? 0) + k * (closes.sampleVariance ?? 0) + (1 - k) * (rogersSatchell / n)
    case .bipower: return 0.5 * DeterministicMath.pi * neighbours / (n - 1)
    }
  }
}
