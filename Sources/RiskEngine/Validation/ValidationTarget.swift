internal import RiskModels

/// What a margin should reach, and what it reached (`Documentation/Calibration.md`, 4).
public struct ValidationTarget: Hashable, Sendable {
  /// How it came out.
  public enum Verdict: String, Hashable, Sendable {
    /// Reached.
    case met
    /// Missed.
    case missed
    /// Missed by no more than what chance makes of so few events.
    case chance
    /// Not measured: there is no event, or the data does not go that far.
    case unknown
  }

  /// What it is about: "breaches within 8 h, over those of the better benchmark".
  public let name: String
  /// What was reached; nil where it was not measured.
  public let reached: Double?
  /// The limit.
  public let limit: Double
  /// Whether the limit is the least that is good, otherwise the most.
  public let isLeast: Bool
  /// How many events or epochs are behind the figure.
  public let count: Int
  /// How it came out.
  public let verdict: Verdict

  init(
    _ name: String, _ reached: Double?, atLeast least: Double? = nil, atMost most: Double? = nil, count: Int,
    isChance: Bool = false
  ) {
    self.name = name
    self.reached = reached
    limit = least ?? most ?? 0
    isLeast = least != nil
    self.count = count
    verdict =
      reached.map { x in
        let isMet = least.map { x >= $0 } ?? most.map { x <= $0 } ?? true
        return isMet ? .met : isChance ? .chance : .missed
      } ?? .unknown
  }
}

extension ValidationReport {
  /// The targets of this strategy. Those of benchmarks are for the strategies that follow the market, a flat
  /// rate is what static margin is.
  public var targets: [ValidationTarget] {
    guard strategy != .static else { return [] }
    var found: [ValidationTarget] = []
    for row in coverage where row.side == nil {
      let hours = row.horizon / 3_600
      let (flat, exponential) = (row.flat, row.exponential)
      found.append(
        ValidationTarget(
          "breaches within \(hours) h, over the better benchmark of the same mean", row.breachRatio,
          atMost: 1.1, count: row.own.breaches, isChance: row.isWithinChance))
      let best = flat.shortfall < exponential.shortfall ? flat : exponential
      found.append(
        ValidationTarget(
          "shortfall within \(hours) h, likewise", row.shortfallRatio, atMost: 1.1, count: row.own.breaches,
          isChance: row.own.shortfall - best.shortfall
            <= 1.96 * (row.own.squaredShortfall + best.squaredShortfall).squareRoot()))
    }
    found.append(
      ValidationTarget(
        "rank correlation with the next day's volatility", rankCorrelation,
        atLeast: strategy == .predictive ? 0.55 : 0.5, count: days))
    if strategy == .predictive {
      let averages = forecasts.filter { $0.name.hasPrefix("EWMA") }
      let own = forecasts.first { $0.name == ForecastLoss.expected }
      let best = averages.compactMap(\.loss).min()
      found.append(
        ValidationTarget(
          "QLIKE of the forecast, over that of the best average",
          own?.loss.flatMap { loss in best.flatMap { $0 > 0 ? loss / $0 : nil } }, atMost: 1,
          count: own?.count ?? 0))
    }
    let (long, short) = (longInitial, shortInitial)
    found.append(
      ValidationTarget(
        "greatest ratio of initial margin within 5 days",
        epochs > 1 ? max(long.fiveDays, short.fiveDays) : nil,
        atMost: 2.5, count: epochs))
    found.append(
      ValidationTarget(
        "peak over trough of initial margin", epochs > 1 ? max(long.peakToTrough, short.peakToTrough) : nil,
        atMost: 5, count: epochs))
    return found
  }
}
