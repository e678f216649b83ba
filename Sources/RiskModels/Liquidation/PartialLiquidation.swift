/// How much of a position or loan is closed so that what is left is healthy again (mechanism M43).
public enum PartialLiquidation {
  /// The smallest share of a position that is closed so that equity covers θ times the maintenance margin of
  /// the rest:
  ///
  ///     E − x·N·c ≥ θ·(1 − x)·M   ⟹   x = (θ·M − E)/(θ·M − N·c), within 0...1
  ///
  /// Everything is closed when closing costs as much as it frees: θ·M ≤ N·c.
  ///
  /// - Parameters:
  ///   - equity: E, in USD.
  ///   - notional: N ≥ 0, in USD.
  ///   - maintenance: M ≥ 0, the maintenance margin of the whole position, in USD.
  ///   - target: θ ≥ 1.
  ///   - cost: c, penalty and slippage as a share of what is closed.
  /// - Returns: the share, or nil for numbers that are not finite or negative where they must not be.
  public static func closedShare(
    equity: Double, notional: Double, maintenance: Double, target: Double, cost: Double
  ) -> Double? {
    let all = [equity, notional, maintenance, target, cost]
    guard all.allSatisfy(\.isFinite), notional >= 0, maintenance >= 0, target >= 1, cost >= 0 else {
      return nil
    }
    let needed = target * maintenance - equity
    guard needed > 0 else { return 0 }
    let freed = target * maintenance - notional * cost
    guard freed > 0 else { return 1 }
    return min(1, needed / freed)
  }

  /// The debt that is repaid from collateral, with a bonus for the one who repays it, so that the health
  /// factor is θ:
  ///
  ///     (C − r·(1 + b))·LT = θ·(D − r)   ⟹   r = (θ·D − C·LT)/(θ − LT·(1 + b)), within 0...D
  ///
  /// Everything is repaid when the bonus takes more health than repaying gives: θ ≤ LT·(1 + b).
  ///
  /// - Parameters:
  ///   - collateral: C ≥ 0, in USD.
  ///   - threshold: LT, the share of collateral that counts, in 0...1.
  ///   - debt: D ≥ 0, in USD.
  ///   - bonus: b ≥ 0.
  ///   - target: θ ≥ 1.
  /// - SeeAlso: Aave v3, LiquidationLogic; v4, target health factor.
  public static func repaidDebt(
    collateral: Double, threshold: Double, debt: Double, bonus: Double, target: Double
  ) -> Double? {
    let all = [collateral, threshold, debt, bonus, target]
    guard all.allSatisfy(\.isFinite), collateral >= 0, (0...1).contains(threshold), debt >= 0,
      bonus >= 0, target >= 1
    else { return nil }
    let needed = target * debt - collateral * threshold
    guard needed > 0 else { return 0 }
    let gained = target - threshold * (1 + bonus)
    guard gained > 0 else { return debt }
    return min(debt, needed / gained)
  }
}
