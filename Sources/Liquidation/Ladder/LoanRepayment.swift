/// How much of a loan is repaid from its collateral so that its health is θ again (mechanism M43):
///
///     (C - r·(1 + b))·LT ≥ θ·(D - r)   ⟹   r = (θ·D - C·LT)/(θ - LT·(1 + b)), within 0 ... D
///
/// Everything is repaid when the bonus takes more health than repaying gives: θ ≤ LT·(1 + b).
///
/// - SeeAlso: Aave v3, LiquidationLogic; golden number G13b.
public struct LoanRepayment: Hashable, Sendable {
  /// r: the debt that is repaid, in quanta.
  public let repaid: Int64
  /// r·(1 + b), the collateral that is taken for it, in quanta, rounded down and at most all of it.
  public let seized: Int64
  /// The part of the repaid debt that no collateral covers, in quanta: bad debt.
  public let badDebt: Int64

  /// - Parameters:
  ///   - collateral: C ≥ 0, in quanta.
  ///   - thresholdPpm: LT, in 0 ... 1,000,000.
  ///   - debt: D ≥ 0, in quanta.
  ///   - bonusPpm: b ≥ 0.
  ///   - targetPpm: θ ≥ 1.
  /// - Throws: ``LiquidationError/healthy`` for a loan whose health is 1 or more,
  ///   ``LiquidationError/malformed`` for numbers outside these ranges, ``LiquidationError/overflow``.
  public init(
    collateral: Int64, thresholdPpm: Int64, debt: Int64, bonusPpm: Int64, targetPpm: Int64
  ) throws(LiquidationError) {
    guard collateral >= 0, debt >= 0, (0...onePpm).contains(thresholdPpm), (0...onePpm).contains(bonusPpm),
      (onePpm...16 * onePpm).contains(targetPpm), Int128(debt) < ExactMoney.limit
    else { throw .malformed }
    let (one, C, D) = (Int128(onePpm), Int128(collateral), Int128(debt))
    let (LT, θ) = (Int128(thresholdPpm), Int128(targetPpm))
    guard C * LT < one * D else { throw .healthy }
    // Both sides times 10¹²: the denominator is θ - LT·(1 + b).
    let denominator = θ * one - LT * (one + Int128(bonusPpm))
    let needed = θ * D - C * LT
    let r = denominator > 0 ? min(D, (needed * one + denominator - 1) / denominator) : D
    let wanted = r * (one + Int128(bonusPpm)) / one
    repaid = try ExactMoney.amount(r)
    seized = try ExactMoney.amount(min(C, wanted))
    badDebt = try ExactMoney.amount(max(0, r - C))
  }
}
