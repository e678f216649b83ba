/// How a market's depth is smoothed (mechanism M09).
public struct EffectiveDepthParameters: Hashable, Sendable {
  /// How many epochs the window of the worst depth has.
  public var window: Int
  /// The weight that the average keeps after one epoch.
  public var decay: Double
  /// The quantile of the window that counts as its worst.
  public var worstQuantile: Double

  /// Parameters; by default a week of hours, a half-life of one day, and the twentieth worst.
  public init(window: Int = 168, decay: Double = 0.9715, worstQuantile: Double = 0.05) {
    self.window = max(window, 1)
    self.decay = min(max(decay, 0), 1)
    self.worstQuantile = min(max(worstQuantile, 0), 1)
  }
}

/// The depth that can be relied upon: the exponentially weighted average of the smaller side, or the low
/// quantile of the window, or the depth just now, whichever is least.
public struct EffectiveDepth: Hashable, Sendable {
  /// How it is smoothed.
  public let parameters: EffectiveDepthParameters
  private var average: Double?
  /// The depths of the window, a ring.
  private var recent: [Double] = []
  private var next = 0
  private var last = 0.0

  /// Nothing observed.
  public init(_ parameters: EffectiveDepthParameters) {
    self.parameters = parameters
  }

  /// Takes in the smaller side's depth in USD at an epoch. A crossed, one-sided or stale book has depth zero;
  /// so does what is negative or not finite.
  public mutating func update(_ depthUSD: Double) {
    let depth = depthUSD >= 0 && depthUSD < .infinity ? depthUSD : 0
    average = average.map { parameters.decay * $0 + (1 - parameters.decay) * depth } ?? depth
    if recent.count < parameters.window {
      recent.append(depth)
    } else {
      recent[next] = depth
      next = next + 1 == recent.count ? 0 : next + 1
    }
    last = depth
  }

  /// The effective depth in USD; zero before the first observation.
  public var value: Double {
    guard let average,
      let worst = OrderStatistics.quantile(parameters.worstQuantile, of: recent, rule: .lower)
    else { return 0 }
    return min(average, worst, last)
  }

  /// The median depth of the window in USD, or nil before the first observation.
  public var median: Double? { OrderStatistics.median(of: recent) }
}

/// One venue's depth and how far it is relied upon.
public struct VenueDepth: Hashable, Sendable {
  /// The depth in USD.
  public var depthUSD: Double
  /// w, from 0 to 1.
  public var weight: Double

  /// A venue.
  public init(depthUSD: Double, weight: Double) {
    self.depthUSD = depthUSD
    self.weight = weight
  }
}

/// Depth that is spread over venues (mechanism M09).
public enum Fragmentation {
  /// Σ w·D over venues, in USD. Negative depths or weights count as zero, weights above 1 as 1.
  public static func totalDepthUSD(_ venues: [VenueDepth]) -> Double {
    venues.reduce(0) { $0 + weighted($1) }
  }

  /// Herfindahl and Hirschman's Σ share² of the weighted depths: 1 for one venue, 1/n for n equal ones. Nil
  /// when there is no depth at all.
  public static func herfindahl(_ venues: [VenueDepth]) -> Double? {
    Concentration.herfindahl(venues.map(weighted))
  }

  private static func weighted(_ venue: VenueDepth) -> Double {
    let product = min(max(venue.weight, 0), 1) * max(venue.depthUSD, 0)
    return product.isFinite ? product : 0
  }
}
