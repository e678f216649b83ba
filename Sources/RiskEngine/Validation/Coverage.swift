public import MarginRules
internal import RiskModels

/// How often and by how much moves within a horizon exceeded a rate.
public struct Coverage: Hashable, Sendable {
  /// How many epochs were compared.
  public private(set) var count = 0
  /// In how many the move was further than the rate.
  public private(set) var breaches = 0
  /// The sum of what moves exceeded the rate by, in shares of notional.
  public private(set) var shortfall = 0.0
  /// The sum of the squares of the same, for what chance makes of the sum.
  public private(set) var squaredShortfall = 0.0
  /// The greatest excess.
  public private(set) var worst = 0.0
  /// When that was, in seconds since 1970.
  public private(set) var worstTime: Int64?

  /// Nothing compared.
  public init() {}

  /// Compares one move with one rate.
  public mutating func add(move: Double, rate: Double, at time: Int64) {
    count += 1
    guard move > rate else { return }
    breaches += 1
    shortfall += move - rate
    squaredShortfall += (move - rate) * (move - rate)
    if move - rate > worst { (worst, worstTime) = (move - rate, time) }
  }

  /// The share of epochs with a breach.
  public var share: Double { count > 0 ? Double(breaches) / Double(count) : 0 }

  /// Both together.
  public static func + (a: Coverage, b: Coverage) -> Coverage {
    var sum = a
    sum.count += b.count
    sum.breaches += b.breaches
    sum.shortfall += b.shortfall
    sum.squaredShortfall += b.squaredShortfall
    if b.worst > a.worst { (sum.worst, sum.worstTime) = (b.worst, b.worstTime) }
    return sum
  }
}

/// The statistical tests of one side and horizon, over epochs a horizon apart, so that no move counts twice.
public struct CoverageTest: Hashable, Sendable {
  /// How many epochs, and how many breaches.
  public let count: Int
  /// How many of them were breaches.
  public let breaches: Int
  /// Kupiec's test that breaches are as frequent as they should be, and its probability if they are.
  public let kupiec: Double
  /// Its probability if the level is right.
  public let kupiecProbability: Double
  /// Christoffersen's test that they do not follow each other, and of both together.
  public let independence: Double
  /// Its probability if breaches are independent.
  public let independenceProbability: Double
  /// Both statistics together, with two degrees of freedom.
  public let conditional: Double
  /// Their probability if both hold.
  public let conditionalProbability: Double
  /// Basel's light.
  public let light: TrafficColour

  /// The tests of whether each move exceeded its rate; nil for none.
  public init?(exceeded: [Bool], level: Double) {
    guard let test = Backtest(exceeded: exceeded, level: level) else { return nil }
    (count, breaches) = (test.count, test.exceedances)
    (kupiec, kupiecProbability) = (test.coverage.statistic, test.coverage.pValue)
    (independence, independenceProbability) = (test.independence.statistic, test.independence.pValue)
    conditional = test.conditionalCoverage.statistic
    conditionalProbability = test.conditionalCoverage.pValue
    light =
      switch test.trafficLight {
      case .green: .green
      case .yellow: .yellow
      case .red: .red
      }
  }

  /// Basel's verdicts.
  public enum TrafficColour: String, Hashable, Sendable {
    /// Nothing speaks against the model.
    case green
    /// Something does.
    case yellow
    /// It is almost surely wrong.
    case red
  }
}

/// Coverage of a strategy, and of two others that ask for the same margin on average: always the same, and in
/// proportion to volatility as it fades exponentially.
public struct CoverageComparison: Hashable, Sendable {
  /// The horizon in seconds.
  public let horizon: Int64
  /// The side, or nil for both together.
  public let side: LinearRate.Side?
  /// Of the strategy.
  public let own: Coverage
  /// Of a flat rate of the same mean.
  public let flat: Coverage
  /// Of a rate in proportion to volatility by RiskMetrics' rule with a half-life of a day, of the same mean.
  public let exponential: Coverage
  /// Of one with a half-life of eleven days (0.94 a day), of the same mean.
  public let slowExponential: Coverage
  /// The tests, of one side.
  public let test: CoverageTest?

  /// Breaches over those of the better of flat and exponential rates; nil where neither is breached.
  public var breachRatio: Double? {
    let best = min(flat.breaches, exponential.breaches)
    return best > 0 ? Double(own.breaches) / Double(best) : nil
  }

  /// Shortfall likewise.
  public var shortfallRatio: Double? {
    let best = min(flat.shortfall, exponential.shortfall)
    return best > 0 ? own.shortfall / best : nil
  }

  /// Whether the difference of breaches to the better benchmark is within what chance makes of counts: √ of
  /// their sum.
  public var isWithinChance: Bool {
    let best = min(flat.breaches, exponential.breaches)
    return Double(abs(own.breaches - best)) <= 1.96 * Double(own.breaches + best).squareRoot()
  }
}
