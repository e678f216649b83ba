internal import Liquidation
internal import MarginRules

/// Who must be looked at in a step: those whose equity less requirement may have come down to zero since they
/// were looked at last.
///
///     Σ∣lots∣·(M_i(now) - M_i(then)) ≥ slack(then)
///
/// with M_i the movement of all that a lot of instrument i puts into equity and requirement. Beyond the first
/// bracket margin is not in proportion to lots, so that larger positions are looked at in every step.
struct AccountWatch {
  private var movement: [Double]
  private var stableMovement = 0.0
  /// The lots up to which the bound holds in this step.
  private var bracket: [Int64]
  /// Slack + Σ∣lots∣·M at the last look; -1 for those that must be looked at.
  private var trigger: [Double]
  private var mustSeeAll = true

  init(accounts: Int, instruments: Int) {
    movement = [Double](repeating: 0, count: instruments)
    bracket = [Int64](repeating: 0, count: instruments)
    trigger = [Double](repeating: -1, count: accounts)
  }

  /// Takes in what has changed between two snapshots.
  mutating func move(from before: MarginTable, to after: MarginTable) {
    guard let distances = after.distances(to: before), distances.count == movement.count,
      before.snapshot.draft.collateral.count == after.snapshot.draft.collateral.count
    else {
      mustSeeAll = true
      return
    }
    for i in movement.indices {
      movement[i] += distances[i]
      bracket[i] = min(before.firstBracket(i), after.firstBracket(i))
    }
    let values = [before, after].map { table in
      Double(table.snapshot.draft.collateral.first?.tranches.map(\.valMM).min() ?? 0)
    }
    let tops = [before, after].map { table in
      Double(table.snapshot.draft.collateral.first?.tranches.map(\.valMM).max() ?? 0)
    }
    // Tranches may change their ends: what a lot is worth is between the least and the most of both.
    let isFlat = values == tops
    stableMovement +=
      isFlat ? (values[1] - values[0]).magnitude : max(tops[0], tops[1]) - min(values[0], values[1])
  }

  /// The accounts to look at, in order.
  mutating func due(_ population: Population, all: Bool) -> [Int] {
    var due: [Int] = []
    let everybody = all || mustSeeAll
    mustSeeAll = false
    var place = 0
    for account in trigger.indices {
      let end = population.start[account + 1]
      var reached = everybody
      var sum = Double(population.stable[account]) * stableMovement
      while place < end {
        let leg = population.legs[place]
        let size = Int64(leg.lots.magnitude)
        sum += Double(size) * movement[Int(leg.instrument)]
        if size > bracket[Int(leg.instrument)] { reached = true }
        place += 1
      }
      // A relative error of 10⁻⁹ covers every rounding of the sums.
      if reached || sum * 1.000_000_001 >= trigger[account] { due.append(account) }
    }
    return due
  }

  /// Notes an account as it is now.
  mutating func note(_ account: Int, _ health: AccountHealth, _ population: Population) {
    var slack = health.equity - health.requirement
    if let stop = population.stop[account] { slack = min(slack, health.equity - Int128(stop)) }
    var sum = Double(population.stable[account]) * stableMovement
    var isEmpty = true
    for leg in population.legs[population.start[account]..<population.start[account + 1]] where leg.lots != 0
    {
      isEmpty = false
      sum += Double(leg.lots.magnitude) * movement[Int(leg.instrument)]
    }
    trigger[account] = isEmpty ? .infinity : slack < 0 ? -1 : sum + Double(slack)
  }

  /// An account whose book somebody else has changed must be looked at.
  mutating func wake(_ account: Int) { trigger[account] = -1 }
}

extension MarginTable {
  /// The value of a leg without regard to its side, in quanta.
  func value(of leg: BookLeg) -> Int128 {
    Int128(leg.lots.magnitude) * Int128(snapshot.draft.instruments[Int(leg.instrument)].markCeil)
  }

  /// The price at which the account is liquidated over the price now, if only this leg's moves and rates stay
  /// in proportion to it; nil if no positive price does it.
  ///
  ///     E + x·v·(f - 1) = R + r·(f - 1),   f = 1 + (R - E)/(x·v - r)
  ///
  /// with r the leg's own requirement.
  func liquidationFactor(of leg: BookLeg, in health: AccountHealth) -> Double? {
    let own = self.health(of: [leg][...], other: 0, rule: .portfolioMargin).requirement
    let value = Double(value(of: leg)) * (leg.lots > 0 ? 1 : -1)
    let slope = value - Double(own)
    guard slope != 0 else { return nil }
    let factor = 1 + Double(health.requirement - health.equity) / slope
    guard factor > 0, leg.lots > 0 ? factor < 1 : factor > 1 else {
      return health.isLiquidatable ? 1 : nil
    }
    return factor
  }
}

extension Population {
  /// What the stable asset of an account counts for maintenance, in quanta.
  func stableValue(_ account: Int, _ table: MarginTable) -> Int128 {
    guard stable[account] > 0, let asset = table.snapshot.draft.collateral.first else { return 0 }
    var (rest, value): (Int64, Int128) = (stable[account], 0)
    for tranche in asset.tranches where rest > 0 {
      let part = min(rest, tranche.capLots ?? rest)
      value += Int128(part) * Int128(tranche.valMM)
      rest -= part
    }
    return value
  }

  /// The health of an account under portfolio margin.
  func health(_ account: Int, _ table: MarginTable) -> AccountHealth {
    table.health(
      of: open(account), other: Int128(cash[account]) + stableValue(account, table), rule: .portfolioMargin)
  }

  /// What all longs are worth, in USD.
  func longValue(_ table: MarginTable) -> Double {
    var sum: Int128 = 0
    for leg in legs where leg.lots > 0 { sum += table.value(of: leg) }
    return Double(sum) / 1e6
  }
}
