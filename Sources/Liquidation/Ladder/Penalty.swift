/// What a liquidated account pays beside the loss of trading, and who has it (mechanism M44).
///
/// The rate rises in a straight line as health falls, so that those who liquidate the worst accounts are paid
/// best, and never beyond what is left:
///
///     rate = least + (most - least)·clip((1 - health)/(1 - floor), 0, 1)
///     charged = min(⌈rate·value⌉, equity),  rate ≤ 1/LT - 1 where collateral counts by LT
public struct Penalty: Hashable, Sendable {
  /// What the account is charged, in quanta.
  public let charged: Int64
  /// What the liquidator has of it, in quanta.
  public let liquidator: Int64
  /// What the insurance has of it, in quanta; remainders are here.
  public let insurance: Int64
  /// What the venue has of it, in quanta.
  public let venue: Int64
  /// What the insurance owes the liquidator because the account could not pay its share, in quanta.
  public let owedByInsurance: Int64

  /// The rate at a health, in ppm, rounded down.
  public static func ratePpm(at health: AccountHealth, _ terms: LiquidationTerms) -> Int64 {
    guard health.isLiquidatable, let ppm = health.ppm else { return terms.penaltyLeastPpm }
    let below = min(max(0, onePpm - max(0, ppm)), onePpm - terms.penaltyFloorPpm)
    let span = Int128(terms.penaltyMostPpm - terms.penaltyLeastPpm)
    return terms.penaltyLeastPpm
      + Int64(span * Int128(below) / Int128(onePpm - terms.penaltyFloorPpm))
  }

  /// The most that a bonus may be so that closing a loan never lowers its health: 1/LT - 1 in ppm, rounded
  /// down.
  ///
  /// - Parameter thresholdPpm: LT, the share of collateral that counts, in 1 ... 1,000,000.
  public static func mostPpm(threshold thresholdPpm: Int64) -> Int64 {
    let threshold = min(max(1, thresholdPpm), onePpm)
    return Int64(Int128(onePpm) * Int128(onePpm) / Int128(threshold)) - onePpm
  }

  /// The penalty for closing positions worth `value` at a rate.
  ///
  /// - Parameters:
  ///   - value: what is closed, in quanta; not negative.
  ///   - equity: what the account has left after trading, in quanta.
  /// - Throws: ``LiquidationError/overflow``, ``LiquidationError/malformed`` for a negative value.
  public init(
    value: Int64, ratePpm: Int64, equity: Int64, _ terms: LiquidationTerms
  ) throws(LiquidationError) {
    guard value >= 0, ratePpm >= 0 else { throw .malformed }
    let due = try ExactMoney.amount(
      ExactMoney.ceil(Int128(value), times: Int128(ratePpm), over: Int128(onePpm)))
    let earned = try ExactMoney.share(terms.liquidatorSharePpm, of: due)
    charged = min(due, max(0, equity))
    liquidator = min(earned, charged)
    venue = min(
      try ExactMoney.share(onePpm - terms.liquidatorSharePpm - terms.insuranceSharePpm, of: charged),
      charged - liquidator)
    insurance = charged - liquidator - venue
    owedByInsurance = earned - liquidator
  }
}
