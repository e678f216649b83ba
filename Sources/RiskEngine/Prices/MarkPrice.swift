internal import RiskModels

/// A price at an instant.
public struct TimedPrice: Hashable, Sendable {
  /// The instant in milliseconds since 1970.
  public var timeMilliseconds: Int64
  /// The price in USD.
  public var price: Double

  /// A price at an instant.
  public init(timeMilliseconds: Int64, price: Double) {
    self.timeMilliseconds = timeMilliseconds
    self.price = price
  }
}

/// The average of a price over time (M02).
public enum TimeWeightedAverage {
  /// Σ pᵢ·Δtᵢ / Σ Δtᵢ, where pᵢ applies from its instant up to the next one, that excluded.
  ///
  /// - Parameters:
  ///   - prices: in increasing order of time. The last one at or before `start` applies from `start` on.
  ///   - start: where the average begins, in milliseconds.
  ///   - end: where it ends, later than `start`; prices from there on count for nothing.
  ///   - maximumGap: how long one price may stand for, in milliseconds.
  /// - Returns: nil if there is no price at `start`, or any price stands for longer than `maximumGap`
  ///   until the next or the end.
  public static func average(
    of prices: some Collection<TimedPrice>, from start: Int64, to end: Int64, maximumGap: Int64
  ) -> Double? {
    var (sum, total) = (0.0, 0.0)
    var current: TimedPrice?
    // The price that applies until `time`, for the part of that within the window.
    func close(at time: Int64) -> Bool {
      guard let current else { return time <= start }
      guard time > start else { return true }
      guard current.timeMilliseconds >= time - maximumGap else { return false }
      let length = Double(time - max(current.timeMilliseconds, start))
      sum += current.price * length
      total += length
      return true
    }
    for price in prices {
      guard price.timeMilliseconds < end else { break }
      guard close(at: price.timeMilliseconds) else { return nil }
      current = price
    }
    guard close(at: end), total > 0 else { return nil }
    return sum / total
  }
}

/// The exponential average of what a perpetual trades at above its index (M02).
///
///     e ← e + (1 - exp(-Δt/τ)) · (x - e)
public struct PremiumAverage: Hashable, Sendable {
  /// The average in USD: 0 before the first observation.
  public private(set) var value: Double
  /// When the last observation was made, in milliseconds since 1970, if there was any.
  public private(set) var timeMilliseconds: Int64?
  /// τ in milliseconds.
  public let timeConstant: Double

  /// An average without observations.
  ///
  /// - Parameter timeConstant: τ in milliseconds, positive.
  public init(timeConstant: Double) {
    value = 0
    timeMilliseconds = nil
    self.timeConstant = timeConstant
  }

  /// Takes an observation of mid less index, in USD. The first is the average; one that is not later
  /// than the last, or not finite, is passed over.
  public mutating func add(_ premium: Double, at time: Int64) {
    guard premium.isFinite else { return }
    guard let last = timeMilliseconds else {
      (value, timeMilliseconds) = (premium, time)
      return
    }
    guard time > last else { return }
    let weight = -DeterministicMath.expMinusOne(-Double(time - last) / timeConstant)
    value += weight * (premium - value)
    timeMilliseconds = time
  }
}

/// The price that a perpetual is margined at (M02).
public enum MarkPrice {
  /// median(index + premium average, mid, last): one of the three alone moves nothing. Without a mid or
  /// a last price there is no median of three, and the index is the mark.
  public static func mark(
    index: Double, premium: PremiumAverage, mid: Double?, last: Double?
  ) -> Double {
    guard let mid, let last, mid > 0, last > 0 else { return index }
    return [index + premium.value, mid, last].sorted()[1]
  }
}
