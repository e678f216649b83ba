/// How a rate moves with the market: what a member must find, and how fast.
///
/// - SeeAlso: Murphy, Vasios and Vause, "A comparative analysis of tools to limit the procyclicality of
///   initial margin requirements", Bank of England, 2016.
public struct Procyclicality: Hashable, Sendable {
  /// Greatest over least.
  public let peakToTrough: Double
  /// The greatest ratio of a rate to one of the 1, 5 and 30 days before it.
  public let day: Double
  /// The same of five days.
  public let fiveDays: Double
  /// The same of thirty days.
  public let month: Double
  /// When the greatest ratio within five days ended, in seconds since 1970.
  public let fiveDaysTime: Int64?
  /// How often it turned: rose after it had fallen or the other way round, each by ``leastMove`` of notional
  /// at least.
  public let turns: Int
  /// How many of them within a day of the turn before.
  public let reversals: Int

  /// What counts as a move of a rate: a tenth of a percent of notional.
  public static let leastMove = 0.001

  /// Of rates above 0 in order of time.
  public init(times: [Int64], rates: [Double]) {
    let positive = rates.filter { $0 > 0 }
    let (least, most) = (positive.min() ?? 1, positive.max() ?? 1)
    peakToTrough = most / least
    (day, _) = Self.greatestRatio(times, rates, within: 86_400)
    (fiveDays, fiveDaysTime) = Self.greatestRatio(times, rates, within: 5 * 86_400)
    (month, _) = Self.greatestRatio(times, rates, within: 30 * 86_400)
    (turns, reversals) = Self.turns(times, rates)
  }

  private static func greatestRatio(
    _ times: [Int64], _ rates: [Double], within seconds: Int64
  ) -> (ratio: Double, time: Int64?) {
    var (greatest, time) = (1.0, Int64?.none)
    // The least rate of the window, by index, ascending in value from its front.
    var (least, head) = ([Int](), 0)
    for index in rates.indices {
      while head < least.count, times[least[head]] < times[index] - seconds { head += 1 }
      if head < least.count, rates[least[head]] > 0 {
        let ratio = rates[index] / rates[least[head]]
        if ratio > greatest { (greatest, time) = (ratio, times[index]) }
      }
      while least.count > head, rates[least[least.count - 1]] >= rates[index] { least.removeLast() }
      least.append(index)
    }
    return (greatest, time)
  }

  private static func turns(_ times: [Int64], _ rates: [Double]) -> (turns: Int, reversals: Int) {
    var (turns, reversals, direction) = (0, 0, 0.0)
    var last: Int64?
    // The furthest that the rate went in the present direction.
    var extreme = rates.first ?? 0
    for (time, rate) in zip(times, rates) {
      if direction * (rate - extreme) > 0 {
        extreme = rate
      } else if abs(rate - extreme) >= leastMove {
        if direction != 0 {
          turns += 1
          if let last, time - last < 86_400 { reversals += 1 }
          last = time
        }
        direction = rate > extreme ? 1 : -1
        extreme = rate
      }
    }
    return (turns, reversals)
  }
}
