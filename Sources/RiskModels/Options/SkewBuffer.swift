/// How option skew turns into a liquidation buffer (mechanism M19).
public struct SkewBufferParameters: Hashable, Sendable {
  /// b₀, the buffer without skew.
  public var base = 1.0
  /// b₁ ≥ 0, what one deviation of skew adds.
  public var skewWeight = 0.1
  /// b₂ ≥ 0, what one deviation of the butterfly adds.
  public var butterflyWeight = 0.05
  /// The least buffer; at least 1.
  public var least = 1.0
  /// The greatest buffer.
  public var greatest = 2.5
  /// How many epochs mean and deviation are taken over.
  public var window = 720
  /// How many epochs it takes before they are used; until then the prior ones are.
  public var warmUp = 48
  /// The mean of skew and butterfly before there is history.
  public var priorMean = 0.03
  /// Their deviation before there is history, and the least one after.
  public var priorDeviation = 0.03
  /// What is left of the distance to half the greatest buffer after an epoch without a chain.
  public var staleDecay = 0.95

  /// The defaults.
  public init() {}
}

/// The multiplier on maintenance margin and gap quantile for each side, from one epoch's smile after another:
/// β = clip(b₀ + b₁·max(0, ±x) + b₂·max(0, z), least, greatest), where x is how many deviations RR25/ATM is
/// above its mean, + for long positions and − for short ones, and z the same of BF25/ATM.
///
/// Dear puts raise the buffer of longs, dear calls that of shorts. Without a fresh chain the last buffer
/// decays to half the greatest, and it is never below the least.
public struct SkewBuffer: Hashable, Sendable {
  /// The parameters.
  public let parameters: SkewBufferParameters
  /// β of long positions.
  public private(set) var long: Double
  /// β of short positions.
  public private(set) var short: Double
  private var skews: [Double] = []
  private var butterflies: [Double] = []
  private var next = 0

  /// Nothing observed: both buffers are the base.
  public init(_ parameters: SkewBufferParameters) {
    self.parameters = parameters
    long = Self.clip(parameters.base, parameters)
    short = long
  }

  /// β of a side.
  public func value(_ side: PositionSide) -> Double { side == .long ? long : short }

  /// Takes in an epoch's smile; nil when the chain is stale or has too few quotes. The smile is scored
  /// against the epochs before it.
  public mutating func update(_ smile: VolatilitySmile?) {
    guard let smile else {
      let target = Self.clip(0.5 * parameters.greatest, parameters)
      long = target + (long - target) * parameters.staleDecay
      short = target + (short - target) * parameters.staleDecay
      return
    }
    let (skew, butterfly) = (smile.skew, smile.butterfly / smile.atTheMoney)
    let x = score(skew, in: skews)
    let tails = max(parameters.butterflyWeight, 0) * max(0, score(butterfly, in: butterflies))
    let weight = max(parameters.skewWeight, 0)
    long = Self.clip(parameters.base + weight * max(0, x) + tails, parameters)
    short = Self.clip(parameters.base + weight * max(0, -x) + tails, parameters)
    if skews.count < max(parameters.window, 1) {
      skews.append(skew)
      butterflies.append(butterfly)
    } else {
      skews[next] = skew
      butterflies[next] = butterfly
      next = next + 1 == skews.count ? 0 : next + 1
    }
  }

  private func score(_ x: Double, in history: [Double]) -> Double {
    guard history.count >= max(parameters.warmUp, 2), let moments = Moments(of: history),
      let deviation = moments.sampleDeviation
    else { return (x - parameters.priorMean) / parameters.priorDeviation }
    return (x - moments.mean) / max(deviation, parameters.priorDeviation)
  }

  private static func clip(_ x: Double, _ parameters: SkewBufferParameters) -> Double {
    let least = max(parameters.least, 1)
    return min(max(x.isNaN ? parameters.greatest : x, least), max(parameters.greatest, least))
  }
}
