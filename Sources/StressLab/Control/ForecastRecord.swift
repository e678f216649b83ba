internal import RiskModels

/// What an account was told of the probability of its liquidation, against what happened (mechanism M50).
public struct ForecastRecord: Hashable, Sendable {
  /// Of ten equal bands of probability: how many forecasts, their sum, and how many came true.
  public private(set) var counts = [Int](repeating: 0, count: 10)
  /// The sums of the probabilities in each band.
  public private(set) var sums = [Double](repeating: 0, count: 10)
  /// How many were liquidated within the horizon, in each band.
  public private(set) var events = [Int](repeating: 0, count: 10)
  /// The sum of (p - y)².
  private(set) var squares = 0.0

  /// No forecast.
  public init() {}

  /// Forecasts by band.
  init(counts: [Int], sums: [Double], events: [Int], squares: Double) {
    (self.counts, self.sums, self.events, self.squares) = (counts, sums, events, squares)
  }

  /// Adds a forecast and whether it came true.
  ///
  /// - Parameter probability: 0 to 1.
  public mutating func add(_ probability: Double, happened: Bool) {
    let p = min(max(probability, 0), 1)
    let band = min(9, Int(p * 10))
    counts[band] += 1
    sums[band] += p
    if happened { events[band] += 1 }
    let error = p - (happened ? 1 : 0)
    squares += error * error
  }

  /// How many forecasts.
  public var total: Int { counts.reduce(0, +) }

  /// Brier's score: the mean of (p - y)², 0 for perfect foresight; nil without forecasts.
  public var brierScore: Double? { total > 0 ? squares / Double(total) : nil }

  /// The score of saying of everybody the share that was liquidated; nil without forecasts.
  public var climatologyScore: Double? {
    guard total > 0 else { return nil }
    let share = Double(events.reduce(0, +)) / Double(total)
    return share * (1 - share)
  }

  /// The reliability curve: of each band that has forecasts, what was said on average and what happened.
  public var reliability: [Point] {
    counts.indices.compactMap { band in
      counts[band] > 0
        ? Point(
          said: sums[band] / Double(counts[band]), happened: Double(events[band]) / Double(counts[band]),
          count: counts[band]) : nil
    }
  }

  /// A point of the curve.
  public struct Point: Hashable, Sendable {
    /// The mean of what was said.
    public let said: Double
    /// The share that came true.
    public let happened: Double
    /// How many forecasts.
    public let count: Int
  }
}

/// What a venue does before an account is liquidated (mechanism M50).
public enum EarlyNotice: String, CaseIterable, Hashable, Sendable {
  /// Nothing.
  case none
  /// It is told.
  case notice
  /// It is offered a reduction that the venue carries out for it.
  case offer
  /// An auction is prepared: bids are asked for beforehand.
  case auction

  /// What a probability of liquidation calls for: 5 %, 20 % and 50 %.
  public init(_ probability: Double) {
    switch probability {
    case 0.5...: self = .auction
    case 0.2..<0.5: self = .offer
    case 0.05..<0.2: self = .notice
    default: self = .none
    }
  }
}

/// What positions may be closed by force within a horizon, and whether depth bears it: Σ notional·P against
/// depth.
public enum HazardFlow {
  /// Expected forced flow over what depth absorbs; infinite without depth.
  public static func ratio(_ positions: [(notional: Double, probability: Double)], depth: Double) -> Double {
    let flow = positions.reduce(0) { $0 + $1.notional * $1.probability }
    return depth > 0 ? flow / depth : flow > 0 ? .infinity : 0
  }
}
