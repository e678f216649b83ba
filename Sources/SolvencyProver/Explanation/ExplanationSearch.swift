internal import CircuitLanguage
internal import ExactIntegers
internal import MarginRules
internal import Ristretto
internal import Solvency

extension SecretBlock<Int64> {
  /// The most requirements that are taken apart.
  private static var mostPartedRequirements: Int { 16 }

  borrowing func heldInstruments(under rule: MarginRule) -> [String] {
    var held: [String] = []
    for instrument in rule.snapshot.instruments {
      guard let coordinate = rule.registry.index(of: Registry.position(instrument.id)), coordinate < count,
        self[coordinate] != 0
      else { continue }
      held.append(instrument.id)
    }
    return held
  }

  borrowing func explanation(
    _ rule: MarginRule, _ instruments: [String], evaluation: Evaluation, headroom: MarginHeadroom
  ) throws(ProverError) -> AccountExplanation {
    let slopes = try slopes(under: rule)
    var requirements: [AccountExplanation.Requirement] = []
    var parted = 0
    for (index, requirement) in evaluation.requirements.enumerated() {
      let slope = slopes.indices.contains(index) ? slopes[index].asInteger() : 0
      guard slope.signum > 0 else {
        requirements.append(
          AccountExplanation.Requirement(requirement: requirement, slackQuanta: nil, parts: []))
        continue
      }
      parted += 1
      let parts = parted <= Self.mostPartedRequirements ? try self.parts(rule, index, slope) : []
      requirements.append(
        AccountExplanation.Requirement(
          requirement: requirement, slackQuanta: Self.quanta(requirement.value.asInteger(), slope),
          parts: parts))
    }
    let isCovered = evaluation.isProvable
    var orders: [AccountExplanation.OrderRoom] = []
    if isCovered {
      for id in instruments {
        guard let instrument = rule.snapshot.instruments.first(where: { $0.id == id }) else { continue }
        for isPurchase in [true, false] {
          orders.append(try room(rule, instrument, isPurchase: isPurchase))
        }
      }
    }
    return AccountExplanation(
      evaluation: evaluation, headroom: headroom, requirements: requirements,
      binding: Self.binding(requirements), orders: orders,
      withdrawals: isCovered ? try withdrawals(rule) : [], scenarios: scenarios(rule))
  }

  /// A slack in quanta of cash: `slope` is how much 10⁶ quanta change it.
  private static func quanta(_ slack: Integer, _ slope: Integer) -> Int64? {
    (slack * 1_000_000).floorDivided(by: slope).int64
  }

  /// Rounded so that running totals are rounded down, and the parts add up to the rounded slack.
  private borrowing func parts(
    _ rule: MarginRule, _ index: Int, _ slope: Integer
  ) throws(ProverError) -> [AccountExplanation.Part] {
    let contributions: [SlackContribution]
    do throws(WitnessError) {
      contributions = try withSpan { span throws(WitnessError) in
        try rule.compiled.contributions(to: index, of: span)
      }
    } catch {
      throw .inconsistent
    }
    var parts: [AccountExplanation.Part] = []
    var (total, shown) = (Integer(0), Int64(0))
    for contribution in contributions {
      total += contribution.value.asInteger()
      // A running total beyond 2⁶³ quanta has no place in a table.
      guard let rounded = Self.quanta(total, slope) else { return [] }
      let (quanta, overflow) = rounded.subtractingReportingOverflow(shown)
      guard !overflow else { return [] }
      shown = rounded
      parts.append(
        AccountExplanation.Part(
          definition: contribution.definition, name: contribution.name, quanta: quanta))
    }
    return parts
  }

  /// The requirement that the least cash decides. Rows that hold advice up to its rule count no cash and are 0 for some
  /// scenario whatever the book is: they decide nothing unless they fail.
  private static func binding(_ requirements: [AccountExplanation.Requirement]) -> Int? {
    let failing = requirements.indices.filter { !requirements[$0].requirement.holds }
    let candidates = failing.isEmpty ? Array(requirements.indices) : failing
    let inMoney = candidates.filter { requirements[$0].slackQuanta != nil }
    if let least = inMoney.min(by: {
      (requirements[$0].slackQuanta ?? 0, $0) < (requirements[$1].slackQuanta ?? 0, $1)
    }) {
      return least
    }
    let real = candidates.filter { !requirements[$0].requirement.supportsAdvice }
    return (real.isEmpty ? candidates : real).min {
      // The smallest part of its bound; equalities come last.
      let (a, b) = (requirements[$0].requirement, requirements[$1].requirement)
      if a.bound.isZero || b.bound.isZero { return !a.bound.isZero }
      return a.value.asInteger() * b.bound < b.value.asInteger() * a.bound
    }
  }

  // MARK: Orders and withdrawals

  /// Whether the rule can be proved for the book with these amounts in place of its own.
  private borrowing func isProvable(
    _ rule: MarginRule, _ changes: [(coordinate: Int, amount: Int64)]
  ) throws(ProverError) -> Bool {
    for change in changes
    where !CoordinateRange.range(of: rule.registry.names[change.coordinate]).contains(change.amount) {
      return false
    }
    let changed = SecretBlock<Int64>(count: count) { index in
      changes.first { $0.coordinate == index }?.amount ?? self[index]
    }
    do throws(WitnessError) {
      return try changed.withSpan { span throws(WitnessError) in try rule.compiled.evaluate(span) }
        .isProvable
    } catch {
      throw .inconsistent
    }
  }

  /// The largest number up to which a condition holds, found by doubling from 1 and then halving; it holds for 0.
  private static func most(
    _ limit: Int64, _ holds: (Int64) throws(ProverError) -> Bool
  ) throws(ProverError) -> Int64 {
    var (good, bad) = (Int64(0), Int64(1))
    while bad <= limit, try holds(bad) {
      good = bad
      bad *= 2
    }
    bad = Swift.min(bad, limit + 1)
    while bad - good > 1 {
      let middle = good + (bad - good) / 2
      if try holds(middle) { good = middle } else { bad = middle }
    }
    return good
  }

  /// The largest order at the mark that leaves the rule met: bought at the upper, sold at the lower mark.
  private borrowing func room(
    _ rule: MarginRule, _ instrument: Instrument, isPurchase: Bool
  ) throws(ProverError) -> AccountExplanation.OrderRoom {
    let price = isPurchase ? instrument.markCeil : instrument.markFloor
    var lots = Int64(0)
    if let position = rule.registry.index(of: Registry.position(instrument.id)),
      let cash = rule.registry.index(of: Registry.cash)
    {
      lots = try Self.most(SnapshotLimits.amounts.upperBound) { lots throws(ProverError) in
        let (cost, costOverflow) = price.multipliedReportingOverflow(by: isPurchase ? -lots : lots)
        let (rest, overflow) = self[cash].addingReportingOverflow(cost)
        guard !costOverflow, !overflow else { return false }
        return try isProvable(
          rule, [(position, self[position] + (isPurchase ? lots : -lots)), (cash, rest)])
      }
    }
    return AccountExplanation.OrderRoom(
      instrument: instrument.id, isPurchase: isPurchase, lots: lots,
      valueQuanta: Int64(clamping: Int128(lots) * Int128(price)))
  }

  private borrowing func withdrawals(_ rule: MarginRule) throws(ProverError) -> [AccountExplanation
    .Withdrawal]
  {
    var withdrawals: [AccountExplanation.Withdrawal] = []
    for asset in rule.snapshot.collateral {
      guard let coordinate = rule.registry.index(of: Registry.holding(asset.id)), self[coordinate] > 0 else {
        continue
      }
      let lots = try Self.most(self[coordinate]) { lots throws(ProverError) in
        try isProvable(rule, [(coordinate, self[coordinate] - lots)])
      }
      withdrawals.append(AccountExplanation.Withdrawal(asset: asset.id, lots: lots))
    }
    return withdrawals
  }

  // MARK: Scenarios

  private borrowing func scenarios(_ rule: MarginRule) -> [AccountExplanation.ScenarioGain] {
    let snapshot = rule.snapshot
    var gains: [AccountExplanation.ScenarioGain] = []
    for (index, group) in snapshot.groups.enumerated() {
      var held: [(instrument: Instrument, lots: Int64)] = []
      for i in snapshot.instrumentIndices[index] {
        let instrument = snapshot.instruments[i]
        guard let coordinate = rule.registry.index(of: Registry.position(instrument.id)),
          self[coordinate] != 0
        else { continue }
        held.append((instrument, self[coordinate]))
      }
      guard !held.isEmpty else { continue }
      for (s, scenario) in group.scenarios.enumerated() {
        let sum = held.reduce(Int128(0)) { sum, position in
          let lots = Int128(position.lots)
          return sum
            + (lots >= 0
              ? lots * Int128(position.instrument.pnlLong[s])
              : -lots * Int128(position.instrument.pnlShort[s]))
        }
        gains.append(
          AccountExplanation.ScenarioGain(
            group: group.id, scenario: scenario, quanta: Int64(clamping: sum)))
      }
    }
    return gains
  }
}
