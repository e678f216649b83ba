public import MarketData

/// How prices of several sources become one (M01).
public struct PriceRules: Hashable, Sendable {
  /// How old a source's price may be, in milliseconds, unless the source has a limit of its own.
  public var maximumAge: Int64
  /// Limits of age for single sources.
  public var maximumAgeBySource: [String: Int64]
  /// How far a source may stand from the median of all, as a factor: it agrees when it is from
  /// median/(1 + d) to median·(1 + d).
  public var agreement: Double
  /// How many sources must be fresh and agree.
  public var quorum: Int

  /// These rules.
  ///
  /// - Parameters:
  ///   - agreement: not negative.
  ///   - quorum: at least 1.
  public init(
    maximumAge: Int64, maximumAgeBySource: [String: Int64] = [:], agreement: Double, quorum: Int
  ) {
    self.maximumAge = maximumAge
    self.maximumAgeBySource = maximumAgeBySource
    self.agreement = agreement
    self.quorum = quorum
  }

  /// How old a price of a source may be, in milliseconds.
  func maximumAge(of source: String) -> Int64 {
    maximumAgeBySource[source] ?? maximumAge
  }
}

/// What the sources of one asset together say at one instant.
public enum PriceStatus: Hashable, Sendable {
  /// Enough fresh sources agree.
  case fresh(AggregatedPrice)
  /// Too few do; nothing is extrapolated, and positions may only be closed.
  case stale(agreeing: Int, live: Int)

  /// The price, if it is fresh.
  public var price: AggregatedPrice? {
    guard case .fresh(let price) = self else { return nil }
    return price
  }
}

/// The price of one asset from several sources, with a margin on both sides (M01).
///
///     low, high = lower and upper median of the fresh sources
///     c = max(1.4826 · MAD/low, widest confidence of a source that agrees)
///     p⁻ = low · (1 - c),  p⁺ = high · (1 + c)
///
/// The medians are those of all fresh sources. Leaving out the ones that disagree, as an outlier filter
/// would, lets a minority of liars steer: they stand close together on the edge of what is honest, and
/// the honest price farthest from them is the one left out. Who disagrees only counts against the quorum.
/// So with n fresh sources and at most (n - 1)/2 liars among them, both medians lie between the least
/// and the greatest honest price, whatever the liars say.
public struct AggregatedPrice: Hashable, Sendable {
  /// The median for what an account holds: the lower of two in the middle.
  public var low: Double
  /// The median for what an account owes: the upper of two in the middle.
  public var high: Double
  /// The half-width of confidence as a fraction of the price, 0 to 1.
  public var confidence: Double
  /// How many fresh sources agree.
  public var agreeing: Int
  /// How many sources are fresh.
  public var live: Int
  /// The oldest of the times of sources that agree, in milliseconds since 1970.
  public var oldestMilliseconds: Int64

  /// What one unit held is worth at least: p⁻, at least 0.
  public var lower: Double { low * (1 - confidence) }

  /// What one unit owed is worth at most: p⁺.
  public var upper: Double { high * (1 + confidence) }

  /// What one lot held is worth, in quanta, rounded down; nil if it does not fit a snapshot.
  public func floor(lot: Lot) -> Int64? {
    ExactQuanta.value(ofPrice: lower, lot: lot, rounding: .down)
  }

  /// What one lot owed is worth, in quanta, rounded up; nil if it does not fit a snapshot.
  public func ceiling(lot: Lot) -> Int64? {
    ExactQuanta.value(ofPrice: upper, lot: lot, rounding: .up)
  }

  /// What the latest prices of each source say at an instant.
  ///
  /// - Parameters:
  ///   - observations: in order of time. Those later than `now` count for nothing; those before the
  ///     longest age allowed are not looked at.
  ///   - now: the instant in milliseconds since 1970.
  /// - Complexity: O(k log k) for k prices within the longest age.
  public static func aggregate(
    _ observations: some BidirectionalCollection<PriceObservation>, at now: Int64,
    rules: PriceRules
  ) -> PriceStatus {
    let fresh = latest(observations, at: now, rules: rules)
    guard !fresh.isEmpty else { return .stale(agreeing: 0, live: 0) }
    let prices = fresh.map(\.price).sorted()
    let (low, high) = (prices[(prices.count - 1) / 2], prices[prices.count / 2])
    let agreeing = fresh.filter { source in
      source.price >= low / (1 + rules.agreement) && source.price <= high * (1 + rules.agreement)
    }
    guard agreeing.count >= rules.quorum, let oldest = agreeing.map(\.timeMilliseconds).min() else {
      return .stale(agreeing: agreeing.count, live: fresh.count)
    }
    // Upper median of |pᵢ - p|; 1.4826 makes it the standard deviation of a normal law.
    let deviations = agreeing.map { abs($0.price - low) }.sorted()
    let deviation = 1.4826 * deviations[deviations.count / 2] / low
    let confidence = agreeing.reduce(deviation) { max($0, $1.confidence) }
    return .fresh(
      AggregatedPrice(
        low: low, high: high, confidence: min(confidence, 1), agreeing: agreeing.count,
        live: fresh.count, oldestMilliseconds: oldest))
  }

  /// How the lower median moved within a window: its value at the start and at each instant at which a
  /// source spoke, where enough sources were fresh and agreed. An average of these is an average of
  /// medians, which no single source can drag; an average of all that was said is not.
  ///
  /// - Parameters:
  ///   - observations: in order of time.
  ///   - start, end: the window in milliseconds, `end` excluded.
  /// - Complexity: that of ``aggregate(_:at:rules:)`` for each instant.
  public static func medians(
    of observations: some BidirectionalCollection<PriceObservation>, from start: Int64,
    to end: Int64, rules: PriceRules
  ) -> [TimedPrice] {
    var instants = [start]
    for observation in observations.reversed() where observation.timeMilliseconds < end {
      guard observation.timeMilliseconds > start else { break }
      if instants.last != observation.timeMilliseconds { instants.append(observation.timeMilliseconds) }
    }
    instants[1...].reverse()
    return instants.compactMap { instant in
      aggregate(observations, at: instant, rules: rules).price.map {
        TimedPrice(timeMilliseconds: instant, price: $0.low)
      }
    }
  }

  /// The last price of each source that is not too old, by name of source.
  private static func latest(
    _ observations: some BidirectionalCollection<PriceObservation>, at now: Int64, rules: PriceRules
  ) -> [PriceObservation] {
    let longest = rules.maximumAgeBySource.values.reduce(rules.maximumAge, max)
    var seen: Set<String> = []
    var latest: [PriceObservation] = []
    for observation in observations.reversed() where observation.timeMilliseconds <= now {
      let (age, overflow) = now.subtractingReportingOverflow(observation.timeMilliseconds)
      guard !overflow, age <= longest else { break }
      guard seen.insert(observation.source).inserted else { continue }
      let isSound = observation.price > 0 && observation.price < .infinity && observation.confidence >= 0
      if isSound, age <= rules.maximumAge(of: observation.source) { latest.append(observation) }
    }
    return latest.sorted { $0.source < $1.source }
  }
}
