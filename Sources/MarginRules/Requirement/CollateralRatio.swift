/// The collateral ratio of a loan: one asset held, one asset owed, nothing else.
///
///     10⁶·val·held ≥ healthy·debt·owed,    held ≤ cap of the first tranche
///
/// with the value of the first tranche: a larger holding belongs under another rule.
public struct CollateralRatio: MarginReport {
  /// The asset that is held; nil when none is.
  public let heldAsset: String?
  /// The asset that is owed; nil when none is.
  public let owedAsset: String?
  /// The value of what is held, in quanta.
  public let collateralValue: Int128
  /// The value of what is owed, in quanta.
  public let debtValue: Int128
  /// 10⁶·collateralValue - healthy·debtValue, in quanta times 10⁶.
  public let slack: Int128
  /// Whether the loan is covered. Amounts that are not admitted come first, then the cap, then the
  /// limit of the debt.
  public let verdict: MarginVerdict

  /// Applies the rule to a portfolio in the order of the snapshot.
  ///
  /// - Throws: ``MarginError/wrongCount(quantity:expected:actual:)``,
  ///   ``MarginError/amountOutOfBounds(_:)``.
  public init(
    of portfolio: Portfolio, under snapshot: RiskSnapshot, kind: MarginKind
  ) throws(MarginError) {
    try portfolio.checkBounds(under: snapshot)
    let assets = snapshot.draft.collateral
    let held = portfolio.holdings.indices.filter { portfolio.holdings[$0] != 0 }
    let owed = portfolio.debts.indices.filter { portfolio.debts[$0] != 0 }
    heldAsset = held.first.map { assets[$0].id }
    owedAsset = owed.first.map { assets[$0].id }
    let collateral = held.first.map { c in
      Int128(assets[c].tranches[0].value(kind)) * Int128(portfolio.holdings[c])
    }
    let debt = owed.first.map { d in Int128(assets[d].debt(kind)) * Int128(portfolio.debts[d]) }
    collateralValue = collateral ?? 0
    debtValue = debt ?? 0
    slack = try MarginRules.slack(
      of: collateralValue, over: debtValue, multiplier: snapshot.draft.tiers.healthy)

    let cappedAsset = held.first.flatMap { c in
      assets[c].tranches[0].capLots.flatMap { portfolio.holdings[c] > $0 ? assets[c].id : nil }
    }
    let stranger = Self.coordinate(in: portfolio, under: snapshot, beyond: held, owed)
    let refusal =
      stranger.map(MarginRefusal.notAdmitted(coordinate:))
      ?? cappedAsset.map(MarginRefusal.collateralCap(asset:))
      ?? portfolio.brokenLimit(under: snapshot)
      ?? (slack < 0 ? .collateralRatio : nil)
    verdict = refusal.map(MarginVerdict.refused) ?? .covered
  }

  /// The first amount, other than one holding and one debt, that is not zero.
  private static func coordinate(
    in portfolio: Portfolio, under snapshot: RiskSnapshot, beyond held: [Int], _ owed: [Int]
  ) -> String? {
    if portfolio.cash != 0 { return "cash" }
    if let i = portfolio.positions.firstIndex(where: { $0 != 0 }) {
      return "position/\(snapshot.draft.instruments[i].id)"
    }
    if held.count > 1 { return "holding/\(snapshot.draft.collateral[held[1]].id)" }
    if owed.count > 1 { return "debt/\(snapshot.draft.collateral[owed[1]].id)" }
    return nil
  }
}
