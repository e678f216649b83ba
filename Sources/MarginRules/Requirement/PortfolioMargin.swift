/// Portfolio margin: equity covers both the scenario losses of all groups and the margin of brackets.
///
///     10⁶·E - β·(Σ z_g + contingency) ≥ 0    the portfolio requirement
///     10⁶·E - θ·Σ brackets            ≥ 0    the bracket requirement
///
/// where z_g is the worst loss of group g, from 0 to 2⁶² - 1, and no position or debt exceeds its limit. β
/// is the snapshot's buffer for initial margin and 1.0 for maintenance margin; θ is the tier of the kind.
///
/// - SeeAlso: margin B.4, inequalities I1 to I5.
public struct PortfolioMargin: MarginReport {
  /// E, in quanta.
  public let equity: Int128
  /// The margin of all brackets before θ, in quanta.
  public let bracketRequirement: Int128
  /// The scenario losses, one for each group of the snapshot.
  public let groups: [ScenarioLoss]
  /// The contingency of all positions, in quanta.
  public let contingency: Int128
  /// The left side of the portfolio requirement, in quanta times 10⁶.
  public let slackScenario: Int128
  /// The left side of the bracket requirement, in quanta times 10⁶.
  public let slackBracket: Int128
  /// Whether the account is covered. Limits of positions come first, then those of debts and of
  /// scenario losses, then the portfolio requirement, then the bracket requirement.
  public let verdict: MarginVerdict

  /// What a group of instruments can lose.
  public struct ScenarioLoss: Hashable, Sendable {
    /// The name of the group.
    public let group: String
    /// z: the loss in the worst scenario, or 0 if none of them loses; in quanta.
    public let loss: Int128
    /// The number of the scenario with the lowest gain, the first of equals.
    public let worstScenario: Int
  }

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
    groups = try Self.losses(of: portfolio, under: snapshot)
    var contingency = ExactSum()
    for (i, instrument) in snapshot.draft.instruments.enumerated() {
      try contingency.add(instrument.contLong, times: portfolio.longLots(i))
      try contingency.add(instrument.contShort, times: portfolio.shortLots(i))
    }
    self.contingency = contingency.total
    var requirement = contingency
    for group in groups { try requirement.add(group.loss) }
    slackScenario = try slack(
      of: equity, over: requirement.total, multiplier: snapshot.draft.buffer(kind))
    slackBracket = try slack(
      of: equity, over: bracketRequirement, multiplier: snapshot.draft.tiers.multiplier(kind))
    let excess = groups.first { $0.loss > Int128(SnapshotLimits.totals.upperBound) }
    let refusal =
      portfolio.brokenLimit(under: snapshot)
      ?? excess.map { .lossLimit(group: $0.group) }
      ?? (slackScenario < 0 ? .portfolioRequirement : nil)
      ?? (slackBracket < 0 ? .bracketRequirement : nil)
    verdict = refusal.map(MarginVerdict.refused) ?? .covered
  }

  private static func losses(
    of portfolio: Portfolio, under snapshot: RiskSnapshot
  ) throws(MarginError) -> [ScenarioLoss] {
    var losses: [ScenarioLoss] = []
    for (group, members) in zip(snapshot.draft.groups, snapshot.instrumentIndices) {
      var worst: (gain: Int128, row: Int)?
      for row in group.scenarios.indices {
        var gain = ExactSum()
        for i in members {
          let instrument = snapshot.draft.instruments[i]
          try gain.add(instrument.pnlLong[row], times: portfolio.longLots(i))
          try gain.add(instrument.pnlShort[row], times: portfolio.shortLots(i))
        }
        if worst.map({ gain.total < $0.gain }) ?? true { worst = (gain.total, row) }
      }
      losses.append(
        ScenarioLoss(
          group: group.id, loss: max(0, -(worst?.gain ?? 0)), worstScenario: worst?.row ?? 0))
    }
    return losses
  }
}
