public import MarketData
public import RiskEngine
internal import RiskModels

/// One hour of a recorded market: what could be known of its depth, and whether a drought followed (mechanism
/// M39).
public struct DroughtObservation: Hashable, Sendable {
  /// The end of the hour, in seconds since 1970.
  public let time: Int64
  /// The features in the order and units of the engine, nil where not known: changes of ln depth over an hour
  /// and a day, score of the spread, fast over slow volatility, ∣score of funding∣, open interest over depth,
  /// dry share of this hour.
  public let features: [Double?]
  /// Whether the least depth of the next hours was below half of the median before.
  public let isDrought: Bool

  /// An observation; features are seven.
  public init(time: Int64, features: [Double?], isDrought: Bool) {
    self.time = time
    self.features = features
    self.isDrought = isDrought
  }

  /// Records a market: every hour of its order books with a week before it and the horizon after it.
  ///
  /// - Parameter horizon: hours in which depth is watched.
  public static func record(_ series: UnderlyingSeries, horizon: Int = 4) -> [DroughtObservation] {
    let hour: Int64 = 3_600
    let times = series.books.flatMap { $0.books.map { $0.timeMilliseconds / 1_000 } }
    guard let first = times.min(), let last = times.max(), horizon > 0 else { return [] }
    let start = (first + hour - 1) / hour * hour
    // Depth and spread on a grid of hours: the last book of each venue, no older than two hours.
    var (depths, spreads): ([Double?], [Double?]) = ([], [])
    var cursors = series.books.map { _ in 0 }
    for time in stride(from: start, through: last, by: Int(hour)) {
      var (depth, spread): (Double?, Double?) = (nil, nil)
      for (v, venue) in series.books.enumerated() {
        while cursors[v] + 1 < venue.books.count, venue.books[cursors[v] + 1].timeMilliseconds <= time * 1_000
        {
          cursors[v] += 1
        }
        guard cursors[v] < venue.books.count else { continue }
        let book = venue.books[cursors[v]]
        guard book.timeMilliseconds <= time * 1_000, time - book.timeMilliseconds / 1_000 <= 2 * hour,
          let measured = BookDepth(book)
        else { continue }
        depth = (depth ?? 0) + measured.minimumDepthUSD(withinBps: 100) * Double(venue.weightPpm) / 1e6
        spread = min(spread ?? .infinity, measured.spreadBps)
      }
      depths.append(depth)
      spreads.append(spread)
    }
    let bars = Array(series.upTo(.max).hourly)
    var found: [DroughtObservation] = []
    let week = 168
    for place in depths.indices where place >= week && place + horizon < depths.count {
      let time = start + Int64(place) * hour
      let known = depths[(place - week)..<place].compactMap(\.self)
      let next = depths[(place + 1)...(place + horizon)].compactMap(\.self)
      guard let now = depths[place], now > 0, known.count > week / 2, next.count == horizon,
        let median = OrderStatistics.median(of: known)
      else { continue }
      func change(_ back: Int) -> Double? {
        depths[place - back].flatMap { $0 > 0 ? DeterministicMath.log(now) - DeterministicMath.log($0) : nil }
      }
      let pastSpreads = spreads[(place - week)..<place].compactMap(\.self)
      let hours = (1...8).compactMap { back -> Double? in
        let index = place - back * week + 1
        return depths.indices.contains(index) ? depths[index].map { $0 < 0.5 * median ? 1 : 0 } : nil
      }
      found.append(
        DroughtObservation(
          time: time,
          features: [
            change(1), change(24), score(spreads[place], among: pastSpreads), volatilityRatio(bars, at: time),
            fundingScore(series.funding, at: time),
            series.openInterest.last { $0.time <= time }.map { ($0.longUSD + $0.shortUSD) / 2 / now },
            hours.isEmpty ? nil : hours.reduce(0, +) / Double(hours.count),
          ], isDrought: DroughtModel.isDrought(depths: next, medianBefore: median)))
    }
    return found
  }

  private static func score(_ value: Double?, among past: [Double]) -> Double? {
    guard let value, let moments = Moments(of: past), moments.populationVariance > 0 else { return nil }
    return (value - moments.mean) / moments.populationVariance.squareRoot()
  }

  /// Deviation of the last day over that of the last thirty.
  private static func volatilityRatio(_ bars: [Bar], at time: Int64) -> Double? {
    guard let end = bars.lastIndex(where: { $0.openTime + 3_600 <= time }), end >= 720 else { return nil }
    func deviation(_ count: Int) -> Double {
      var sum = 0.0
      for k in (end - count + 1)...end {
        let r = DeterministicMath.log(bars[k].close / bars[k - 1].close)
        sum += r * r
      }
      return (sum / Double(count)).squareRoot()
    }
    let slow = deviation(719)
    return slow > 0 ? deviation(24) / slow : nil
  }

  private static func fundingScore(_ funding: [FundingPrint], at time: Int64) -> Double? {
    guard let end = funding.lastIndex(where: { $0.time <= time }), end >= 30 else { return nil }
    let past = funding[max(0, end - 270)..<end].map(\.ratePerEightHours)
    return score(funding[end].ratePerEightHours, among: past)?.magnitude
  }
}

/// Coefficients of the engine's drought model, fitted to what was recorded (mechanism M39).
///
/// Until a venue has fitted its own the coefficients of the standard configuration are a prior: a judgement,
/// not a measurement.
public struct DroughtFit: Hashable, Sendable {
  /// b₀ to b₇, in the engine's units.
  public let coefficients: [Double]
  /// How many observations it was fitted to, and how many of them were droughts.
  public let fitted: Int
  /// Of those.
  public let droughts: Int
  /// How well it foretells the later observations that it was not fitted to.
  public let test: ForecastRecord
  /// The same of the prior.
  public let prior: ForecastRecord
  /// The probability that a drought is given a greater one than no drought, on the later observations; nil
  /// without both.
  public let areaUnderCurve: Double?

  /// Fits to the first seven tenths and tests on the rest.
  ///
  /// - Returns: nil for fewer than 200 observations, fewer than ten droughts among the first, or a fit that
  ///   does not settle.
  public init?(_ observations: [DroughtObservation], prior configuration: EngineConfiguration) {
    let sorted = observations.sorted { $0.time < $1.time }
    let edge = sorted.count * 7 / 10
    let (before, after) = (sorted[..<edge], sorted[edge...])
    droughts = before.count { $0.isDrought }
    guard sorted.count >= 200, droughts >= 10,
      let model = LogisticModel(
        features: before.map(Self.standardised), events: before.map(\.isDrought), ridge: 1e-3),
      let prior = LogisticModel(
        coefficients: DroughtMeasures.parameters.map { Double(configuration[$0]) / 1e6 })
    else { return nil }
    coefficients = model.coefficients
    fitted = before.count
    var (test, priorTest) = (ForecastRecord(), ForecastRecord())
    var (dry, wet): ([Double], [Double]) = ([], [])
    for observation in after {
      let x = Self.standardised(observation)
      guard let p = model.probability(x), let q = prior.probability(x) else { continue }
      test.add(p, happened: observation.isDrought)
      priorTest.add(q, happened: observation.isDrought)
      if observation.isDrought { dry.append(p) } else { wet.append(p) }
    }
    (self.test, self.prior) = (test, priorTest)
    guard !dry.isEmpty, !wet.isEmpty else {
      areaUnderCurve = nil
      return
    }
    wet.sort()
    var sum = 0.0
    for p in dry {
      let below = Double(wet.partition(below: p, orEqual: false))
      let upTo = Double(wet.partition(below: p, orEqual: true))
      sum += (below + upTo) / 2
    }
    areaUnderCurve = sum / Double(dry.count) / Double(wet.count)
  }

  /// Features as the engine standardises them: unknown ones are their mean.
  private static func standardised(_ observation: DroughtObservation) -> [Double] {
    zip(observation.features, zip(DroughtMeasures.means, DroughtMeasures.scales)).map { value, unit in
      guard let value, value.isFinite else { return 0 }
      return min(max((value - unit.0) / unit.1, -DroughtModel.clip), DroughtModel.clip)
    }
  }

  /// The engine's parameters that hold the coefficients, with their values in ppm.
  public var parameters: [(parameter: Parameter, ppm: Int64)] {
    zip(DroughtMeasures.parameters, coefficients).map {
      ($0, Int64(Swift.min(Swift.max($1 * 1e6, -2e7), 2e7)))
    }
  }
}

extension [Double] {
  /// How many of an ascending list are below a value, or at most it.
  fileprivate func partition(below value: Double, orEqual: Bool) -> Int {
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      if self[middle] < value || (orEqual && self[middle] == value) {
        low = middle + 1
      } else {
        high = middle
      }
    }
    return low
  }
}
