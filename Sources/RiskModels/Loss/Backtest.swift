/// Whether losses exceeded a forecast value at risk as often as they should (mechanism M16).
///
/// - SeeAlso: Kupiec 1995; Christoffersen 1998; Basel Committee 1996; golden number G4c.
public struct Backtest: Hashable, Sendable {
  /// T, the number of forecasts.
  public let count: Int
  /// x, how many were exceeded.
  public let exceedances: Int
  /// 1 − level, how often each should be.
  public let expectedRate: Double
  /// How many forecasts followed one that was (not) exceeded and were (not) exceeded: [before][after].
  private let transitions: [[Int]]

  /// A back-test of whether each forecast was exceeded, in order of time; nil for none or unless 0 < level <
  /// 1.
  public init?(exceeded: [Bool], level: Double) {
    guard !exceeded.isEmpty, level > 0, level < 1 else { return nil }
    count = exceeded.count
    exceedances = exceeded.count { $0 }
    expectedRate = 1 - level
    var transitions = [[0, 0], [0, 0]]
    for (before, after) in zip(exceeded, exceeded.dropFirst()) {
      transitions[before ? 1 : 0][after ? 1 : 0] += 1
    }
    self.transitions = transitions
  }

  /// A back-test of losses against the forecasts made for them; nil when the numbers differ.
  public init?(losses: [Double], forecasts: [Double], level: Double) {
    guard losses.count == forecasts.count else { return nil }
    self.init(exceeded: zip(losses, forecasts).map { $0 > $1 }, level: level)
  }

  /// How often a forecast was exceeded: x/T.
  public var rate: Double { Double(exceedances) / Double(count) }

  /// Kupiec's test of the rate: LR = −2·ln[(1 − p)^(T−x)·pˣ/((1 − x/T)^(T−x)·(x/T)ˣ)], chi-square with one
  /// degree of freedom.
  public var coverage: LikelihoodRatio {
    let (T, x) = (Double(count), Double(exceedances))
    let null = Self.logLikelihood(x, T - x, rate: expectedRate)
    let free = Self.logLikelihood(x, T - x, rate: x / T)
    return LikelihoodRatio(statistic: max(0, 2 * (free - null)), degreesOfFreedom: 1)
  }

  /// Christoffersen's test that exceedances do not follow each other, chi-square with one degree of freedom.
  public var independence: LikelihoodRatio {
    let n = transitions.map { $0.map(Double.init) }
    let all = n[0][0] + n[0][1] + n[1][0] + n[1][1]
    let rate = all > 0 ? (n[0][1] + n[1][1]) / all : 0
    func rateAfter(_ row: [Double]) -> Double { row[0] + row[1] > 0 ? row[1] / (row[0] + row[1]) : 0 }
    let free =
      Self.logLikelihood(n[0][1], n[0][0], rate: rateAfter(n[0]))
      + Self.logLikelihood(n[1][1], n[1][0], rate: rateAfter(n[1]))
    let null = Self.logLikelihood(n[0][1] + n[1][1], n[0][0] + n[1][0], rate: rate)
    return LikelihoodRatio(statistic: max(0, 2 * (free - null)), degreesOfFreedom: 1)
  }

  /// Both tests at once: the sum of their statistics, chi-square with two degrees of freedom.
  public var conditionalCoverage: LikelihoodRatio {
    LikelihoodRatio(statistic: coverage.statistic + independence.statistic, degreesOfFreedom: 2)
  }

  /// Basel's light: green while a sound model would have at most this many exceedances with probability below
  /// 95 %, yellow below 99.99 %, red beyond. For 250 days at 99 %: green to 4, yellow to 9.
  public var trafficLight: TrafficLight {
    let cumulative = Self.binomialCumulative(exceedances, of: count, rate: expectedRate)
    return cumulative < 0.95 ? .green : cumulative < 0.9999 ? .yellow : .red
  }

  /// events·ln rate + others·ln(1 − rate), with 0·ln 0 = 0.
  private static func logLikelihood(_ events: Double, _ others: Double, rate: Double) -> Double {
    (events > 0 ? events * DeterministicMath.log(rate) : 0)
      + (others > 0 ? others * DeterministicMath.logOnePlus(-rate) : 0)
  }

  /// P(X ≤ x) of a binomial variable, added up term by term in logarithms.
  static func binomialCumulative(_ x: Int, of n: Int, rate p: Double) -> Double {
    guard x < n else { return 1 }
    var logarithm = Double(n) * DeterministicMath.logOnePlus(-p)
    let odds = DeterministicMath.log(p) - DeterministicMath.logOnePlus(-p)
    var sum = DeterministicMath.exp(logarithm)
    for k in 0..<max(x, 0) {
      logarithm += DeterministicMath.log(Double(n - k) / Double(k + 1)) + odds
      sum += DeterministicMath.exp(logarithm)
    }
    return min(sum, 1)
  }
}

/// Basel's verdict on a model.
public enum TrafficLight: String, CaseIterable, Hashable, Sendable {
  /// Nothing speaks against it.
  case green
  /// Something does.
  case yellow
  /// It is almost surely wrong.
  case red
}

/// A statistic that is chi-square when the model is right.
public struct LikelihoodRatio: Hashable, Sendable {
  /// −2·ln of the ratio of likelihoods; not negative.
  public let statistic: Double
  /// 1 or 2.
  public let degreesOfFreedom: Int

  /// The probability of a greater statistic when the model is right.
  public var pValue: Double {
    degreesOfFreedom == 1
      ? ErrorFunction.chiSquareOneSurvival(statistic) : ErrorFunction.chiSquareTwoSurvival(statistic)
  }
}
