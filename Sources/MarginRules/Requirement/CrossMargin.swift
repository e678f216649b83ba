/// Cross margin: equity covers the margin of brackets, without scenarios.
///
///     10⁶·E - θ·Σ brackets ≥ 0
///
/// Only instruments with brackets on both sides may be held: without brackets and scenarios an instrument
/// would need no margin.
public struct CrossMargin: MarginReport {
  /// E, in quanta.
  public let equity: Int128
  /// The margin of all brackets before θ, in quanta.
  public let bracketRequirement: Int128
  /// The left side of the requirement, in quanta times 10⁶.
  public let slack: Int128
  /// Whether the account is covered. Instruments that are not admitted come first, then the limits of
  /// positions and debts.
  public let verdict: MarginVerdict

  /// Applies the rule to a portfolio in the order of the snapshot.
  ///
  /// - Throws: ``MarginError/wrongCount(quantity:expected:actual:)``,
  ///   ``MarginError/amountOutOfBounds(_:)``.
  public init(
    of portfolio: Portfolio, under snapshot: RiskSnapshot, kind: MarginKind
  ) throws(MarginError) {
    try portfolio.checkBounds(under: snapshot)
    equity = try portfolio.equity(under: snapshot, kind: kind)
    bracketRequirement = try portfolio.bracketRequirement(under: snapshot, kind: kind)
    slack = try MarginRules.slack(
      of: equity, over: bracketRequirement, multiplier: snapshot.draft.tiers.multiplier(kind))
    let stranger = zip(snapshot.draft.instruments, portfolio.positions).first {
      ($0.long.isEmpty || $0.short.isEmpty) && $1 != 0
    }
    let refusal =
      stranger.map { .notAdmitted(coordinate: "position/\($0.0.id)") }
      ?? portfolio.brokenLimit(under: snapshot)
      ?? (slack < 0 ? .bracketRequirement : nil)
    verdict = refusal.map(MarginVerdict.refused) ?? .covered
  }
}
