public import MarketData

/// Which way a position profits.
public enum PositionSide: CaseIterable, Hashable, Sendable {
  /// From a rising price.
  case long
  /// From a falling price.
  case short

  /// +1 or −1.
  public var sign: Double { self == .long ? 1 : -1 }
}

/// How far one side of a market is crowded (mechanism M11).
public enum Crowding {
  /// How many spans of eight hours the mean and deviation of funding are taken over: ninety days of three.
  public static let fundingWindow = 270
  /// The least deviation of funding, per eight hours.
  public static let fundingDeviationFloor = 1e-5
  /// How many of these spans must have a payment.
  private static let leastFundingSpans = 243
  /// Eight hours, in seconds.
  private static let span: Int64 = 28_800
  /// How late or early a payment may be stamped, in seconds.
  private static let lateness: Int64 = 1_800

  /// How many deviations the funding of the last eight hours is above the mean of the 270 spans of eight
  /// hours before them, counted back from the last payment. A span's funding is the mean of its payments by
  /// the time they are for: payments every hour, every four hours and every eight hours at one rate give one
  /// score.
  ///
  /// Positive when longs pay unusually much. The deviation has n − 1 and is at least
  /// ``fundingDeviationFloor``. Nil where payments do not reach back ninety days, fewer than 243 spans have
  /// one, or one is not finite.
  ///
  /// - SeeAlso: golden number G10.
  public static func fundingScore(_ payments: some BidirectionalCollection<FundingPrint>) -> FundingScore? {
    guard let last = payments.last else { return nil }
    // Σ rate·time and Σ time of each span, the last first.
    var spans = [(paid: Double, time: Double, rate: Double)](repeating: (0, 0, 0), count: fundingWindow + 1)
    var reachesBack = false
    for payment in payments.reversed() {
      let (age, overflow) = last.time.subtractingReportingOverflow(payment.time)
      guard !overflow, age >= 0 else { return nil }
      let index = Int((age + lateness) / span)
      if index >= fundingWindow { reachesBack = true }
      guard index <= fundingWindow else { break }
      let time = Double(max(payment.interval, 1))
      spans[index].paid += payment.ratePerEightHours * time
      spans[index].rate = spans[index].time == 0 ? payment.ratePerEightHours : .nan
      spans[index].time += time
      guard payment.ratePerEightHours.isFinite else { return nil }
    }
    // One payment alone is its own mean, exactly.
    func rate(_ span: (paid: Double, time: Double, rate: Double)) -> Double {
      span.rate.isNaN ? span.paid / span.time : span.rate
    }
    let before = spans.dropFirst().filter { $0.time > 0 }.reversed().map(rate)
    guard reachesBack, before.count >= leastFundingSpans, let moments = Moments(of: before),
      let deviation = moments.sampleDeviation
    else { return nil }
    let (now, floored) = (rate(spans[0]), max(deviation, fundingDeviationFloor))
    return FundingScore(
      rate: now, mean: moments.mean, deviation: floored, score: (now - moments.mean) / floored)
  }

  /// s = (long − short)/(long + short), from −1 to 1; nil when nothing is open.
  ///
  /// On one perpetual both are equal and s is zero: use accounts, takers or the skew of the venue's own book.
  public static func imbalance(longUSD: Double, shortUSD: Double) -> Double? {
    let total = longUSD + shortUSD
    guard longUSD >= 0, shortUSD >= 0, total > 0, total < .infinity else { return nil }
    return (longUSD - shortUSD) / total
  }

  /// How far back imbalances are compared, in seconds: ninety days, as for funding.
  public static let imbalanceWindow: Int64 = 90 * 86_400

  /// How many deviations the last imbalance is above the mean of those in the ninety days before it; nil for
  /// fewer than 30 of them. The deviation is at least 0.01.
  public static func imbalanceScore(_ prints: some BidirectionalCollection<OpenInterestPrint>) -> Double? {
    imbalanceScore(Array(prints)[...])
  }

  /// The same of a stretch of a series in order of time, of which only the window is read.
  public static func imbalanceScore(_ prints: ArraySlice<OpenInterestPrint>) -> Double? {
    guard let end = prints.last,
      let last = imbalance(longUSD: end.longUSD, shortUSD: end.shortUSD)
    else { return nil }
    var first = prints.endIndex - 1
    while first > prints.startIndex, end.time - prints[first - 1].time <= imbalanceWindow { first -= 1 }
    let before = prints[first...].dropLast().compactMap {
      imbalance(longUSD: $0.longUSD, shortUSD: $0.shortUSD)
    }
    guard before.count >= 30, let moments = Moments(of: before), let deviation = moments.sampleDeviation
    else {
      return nil
    }
    return (last - moments.mean) / max(deviation, 0.01)
  }

  /// The factor on the initial margin of one side:
  /// m = clip(1 + a·max(0, z_f·side) + b·max(0, z_s·side), 1, cap).
  ///
  /// A score that is missing adds nothing, so only the over-represented side is charged.
  ///
  /// - Parameters:
  ///   - fundingScore: z_f.
  ///   - imbalanceScore: z_s.
  ///   - fundingWeight: a ≥ 0.
  ///   - imbalanceWeight: b ≥ 0.
  ///   - cap: the greatest factor; at least 1.
  public static func sideMultiplier(
    _ side: PositionSide, fundingScore: Double?, imbalanceScore: Double?, fundingWeight: Double,
    imbalanceWeight: Double, cap: Double
  ) -> Double {
    func excess(_ score: Double?) -> Double {
      guard let score, !score.isNaN else { return 0 }
      return max(0, score * side.sign)
    }
    let raw =
      1 + max(fundingWeight, 0) * excess(fundingScore) + max(imbalanceWeight, 0) * excess(imbalanceScore)
    return min(raw.isNaN ? cap : raw, max(cap, 1))
  }
}

/// A funding rate beside those before it.
public struct FundingScore: Hashable, Sendable {
  /// The last rate, per eight hours.
  public let rate: Double
  /// The mean of those before it.
  public let mean: Double
  /// Their deviation, floored.
  public let deviation: Double
  /// (rate − mean)/deviation.
  public let score: Double
}
