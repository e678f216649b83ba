/// What a drought is foretold from (mechanism M39). A feature that is not known is nil and counts as its
/// mean.
public struct DroughtFeatures: Hashable, Sendable {
  /// The change of the logarithm of depth over the last hour.
  public var depthChangeHour: Double?
  /// The change of the logarithm of depth over the last day.
  public var depthChangeDay: Double?
  /// How many deviations the spread is above its mean.
  public var spreadScore: Double?
  /// σ_fast/σ_slow.
  public var volatilityRatio: Double?
  /// How many deviations funding is from its mean.
  public var fundingScore: Double?
  /// Open interest over effective depth.
  public var interestToDepth: Double?
  /// The mean drought rate of this hour of the week in the past.
  public var hourOfWeekRate: Double?

  /// Nothing known.
  public init() {}

  /// How many there are.
  public static let count = 7

  var ordered: [Double?] {
    [
      depthChangeHour, depthChangeDay, spreadScore, volatilityRatio, fundingScore, interestToDepth,
      hourOfWeekRate,
    ]
  }
}

/// The probability that depth will fall below half its median within the horizon.
///
/// The coefficients are trained offline, given by the caller and published by their hash; this only applies
/// them.
public struct DroughtModel: Hashable, Sendable {
  /// The regression on standardised features.
  public let regression: LogisticModel
  /// The mean of each feature in training.
  public let means: [Double]
  /// The deviation of each feature in training; zero switches a feature off.
  public let deviations: [Double]
  /// Beyond how many deviations a feature is clipped.
  public static let clip = 8.0

  /// A model, or nil unless there are as many coefficients, means and deviations as features, all finite and
  /// no deviation negative.
  public init?(regression: LogisticModel, means: [Double], deviations: [Double]) {
    guard regression.coefficients.count == DroughtFeatures.count + 1, means.count == DroughtFeatures.count,
      deviations.count == DroughtFeatures.count, means.allSatisfy(\.isFinite),
      deviations.allSatisfy({ $0 >= 0 && $0 < .infinity })
    else { return nil }
    self.regression = regression
    self.means = means
    self.deviations = deviations
  }

  /// Fits a model to observations: means and deviations first, then the regression with a light ridge.
  ///
  /// Nil as for ``LogisticModel/init(features:events:ridge:)``.
  public init?(fitting observations: [DroughtFeatures], droughts: [Bool]) {
    var means: [Double] = []
    var deviations: [Double] = []
    for i in 0..<DroughtFeatures.count {
      let moments = Moments(of: observations.compactMap { $0.ordered[i] }.filter(\.isFinite))
      means.append(moments?.mean ?? 0)
      deviations.append((moments?.populationVariance ?? 0).squareRoot())
    }
    let rows = observations.map { Self.standardized($0, means, deviations) }
    guard let regression = LogisticModel(features: rows, events: droughts, ridge: 1e-3) else { return nil }
    self.init(regression: regression, means: means, deviations: deviations)
  }

  /// The probability, from 0 to 1.
  public func probability(_ features: DroughtFeatures) -> Double {
    regression.probability(Self.standardized(features, means, deviations)) ?? 1
  }

  /// The factor 1 + k·p by which rates rise, at most `cap`.
  public func rateFactor(_ features: DroughtFeatures, sensitivity k: Double, cap: Double) -> Double {
    min(1 + max(k, 0) * probability(features), max(cap, 1))
  }

  /// Whether a window was a drought: its least depth was below half the median before it.
  public static func isDrought(depths: [Double], medianBefore: Double) -> Bool {
    (depths.min() ?? 0) < 0.5 * medianBefore
  }

  private static func standardized(
    _ features: DroughtFeatures, _ means: [Double], _ deviations: [Double]
  ) -> [Double] {
    zip(features.ordered, zip(means, deviations)).map { feature, statistics in
      guard let x = feature, !x.isNaN, statistics.1 > 0 else { return 0 }
      return min(max((x - statistics.0) / statistics.1, -clip), clip)
    }
  }
}
