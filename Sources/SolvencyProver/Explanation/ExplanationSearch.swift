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

  private borrowing func amounts(_ rule: MarginRule) -> [AccountExplanation.Amount] {
    var amounts: [AccountExplanation.Amount] = []
    for (index, name) in rule.registry.names.enumerated() where index < count && self[index] != 0 {
      amounts.append(AccountExplanation.Amount(coordinate: name, value: self[index]))
    }
    return amounts
  }

  borrowing func explanation(
    _ rule: MarginRule, _ instruments: [String], evaluation: Evaluation, headroom: MarginHeadroom
  ) throws(ProverError) -> AccountExplanation {
    let influence = try cashInfluence(rule)
    var requirements: [AccountExplanation.Requirement] = []
    var parted = 0
    for (index, requirement) in evaluation.requirements.enumerated() {
      guard influence.indices.contains(index), influence[index] != .none else {
        requirements.append(
          AccountExplanation.Requirement(requirement: requirement, slackQuanta: nil, parts: []))
        continue
      }
      parted += 1
      requirements.append(
        try taken(
          apart: requirement, index, rule, influence[index],
          withParts: parted <= Self.mostPartedRequirements))
    }
    // What decides is taken apart in any case.
    if let binding = Self.binding(requirements), requirements[binding].parts.isEmpty {
      requirements[binding] = AccountExplanation.Requirement(
        requirement: requirements[binding].requirement, slackQuanta: requirements[binding].slackQuanta,
        parts: try parts(rule, binding, slope: nil))
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
      evaluation: evaluation, amounts: amounts(rule), headroom: headroom, requirements: requirements,
      binding: Self.binding(requirements), orders: orders,
      withdrawals: isCovered ? try withdrawals(rule) : [], scenarios: scenarios(rule))
  }

  // MARK: Cash

  /// How a requirement's value depends on cash.
  private enum CashInfluence: Equatable {
    /// It does not, or more cash lessens it.
    case none
    /// In proportion: one USD more of cash changes it by the slope.
    case proportional(slope: Int256)
    /// Otherwise.
    case other
  }

  /// For each requirement how cash changes it, by its values at three amounts a USD apart.
  private borrowing func cashInfluence(_ rule: MarginRule) throws(ProverError) -> [CashInfluence] {
    guard let cash = rule.registry.index(of: Registry.cash) else { return [] }
    let first = Swift.min(
      Swift.max(self[cash] - Self.usd, SnapshotLimits.cash.lowerBound),
      SnapshotLimits.cash.upperBound - 2 * Self.usd)
    var values: [[Int256]] = []
    for step in 0..<3 {
      let changed = SecretBlock<Int64>(count: count) {
        $0 == cash ? first + Int64(step) * Self.usd : self[$0]
      }
      values.append(try changed.evaluation(rule).requirements.map(\.value))
    }
    guard values[0].count == values[2].count, values[1].count == values[2].count else { return [] }
    return values[0].indices.map { index in
      let (before, after) = (values[1][index] &- values[0][index], values[2][index] &- values[1][index])
      guard .zero < before || .zero < after else { return .none }
      return before == after ? .proportional(slope: before) : .other
    }
  }

  private static var usd: Int64 { 1_000_000 }

  /// A requirement that cash changes, with its slack in cash and, if asked for, its parts.
  private borrowing func taken(
    apart requirement: Evaluation.Requirement, _ index: Int, _ rule: MarginRule, _ influence: CashInfluence,
    withParts: Bool
  ) throws(ProverError) -> AccountExplanation.Requirement {
    guard case .proportional(let slope) = influence else {
      let slack = try cash(rule) { $0.indices.contains(index) && $0[index].holds }
      return AccountExplanation.Requirement(
        requirement: requirement, slackQuanta: slack,
        parts: withParts ? try parts(rule, index, slope: nil) : [])
    }
    let isMoney = withParts ? try countsCashOnce(rule, index, slope) : false
    return AccountExplanation.Requirement(
      requirement: requirement,
      slackQuanta: Self.quanta(requirement.value.asInteger(), slope.asInteger()),
      parts: withParts ? try parts(rule, index, slope: isMoney ? slope.asInteger() : nil) : [])
  }

  /// A slack in quanta of cash: `slope` is how much 10⁶ quanta change it.
  private static func quanta(_ slack: Integer, _ slope: Integer) -> Int64? {
    (slack * 1_000_000).floorDivided(by: slope).int64
  }

  /// Whether one USD more of cash changes one part alone, that of cash, so that a part divided by the slope is what it
  /// is in money.
  private borrowing func countsCashOnce(
    _ rule: MarginRule, _ index: Int, _ slope: Int256
  ) throws(ProverError) -> Bool {
    guard let cash = rule.registry.index(of: Registry.cash) else { return false }
    let step = self[cash] > SnapshotLimits.cash.upperBound - Self.usd ? -Self.usd : Self.usd
    let changed = SecretBlock<Int64>(count: count) { $0 == cash ? self[$0] + step : self[$0] }
    var changes: [PartName: Int256] = [:]
    for contribution in try contributions(rule, index) {
      changes[PartName(definition: contribution.definition, name: contribution.name), default: .zero] =
        .zero &- contribution.value
    }
    for contribution in try changed.contributions(rule, index) {
      let key = PartName(definition: contribution.definition, name: contribution.name)
      changes[key] = changes[key, default: .zero] &+ contribution.value
    }
    let moved = changes.filter { $0.value != .zero }
    guard moved.count == 1, let only = moved.first, only.key.name == Registry.cash else { return false }
    return only.value == (step > 0 ? slope : .zero &- slope)
  }

  private borrowing func contributions(
    _ rule: MarginRule, _ index: Int
  ) throws(ProverError) -> [SlackContribution] {
    do throws(WitnessError) {
      return try withSpan { span throws(WitnessError) in
        try rule.compiled.contributions(to: index, of: span)
      }
    } catch {
      throw .inconsistent
    }
  }

  /// The parts of a slack; with a slope in quanta too, rounded so that running totals are rounded down, and the parts add
  /// up to the rounded slack.
  private borrowing func parts(
    _ rule: MarginRule, _ index: Int, slope: Integer?
  ) throws(ProverError) -> [AccountExplanation.Part] {
    let contributions = try contributions(rule, index)
    let plain = contributions.map {
      AccountExplanation.Part(
        definition: $0.definition, name: $0.name, value: $0.value, quanta: nil, factors: $0.factors)
    }
    guard let slope else { return plain }
    var parts: [AccountExplanation.Part] = []
    var (total, shown) = (Integer(0), Int64(0))
    for contribution in contributions {
      total += contribution.value.asInteger()
      // A running total beyond 2⁶³ quanta has no place in a table.
      guard let rounded = Self.quanta(total, slope) else { return plain }
      let (quanta, overflow) = rounded.subtractingReportingOverflow(shown)
      guard !overflow else { return plain }
      shown = rounded
      parts.append(
        AccountExplanation.Part(
          definition: contribution.definition, name: contribution.name, value: contribution.value,
          quanta: quanta, factors: contribution.factors))
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
  private borrowing func isProvable(_ rule: MarginRule, _ changes: [Change]) throws(ProverError) -> Bool {
    guard Self.coordinateOutOfRange(rule, changes) == nil else { return false }
    return try evaluation(rule, changes).isProvable
  }

  /// An amount in place of the book's own.
  private typealias Change = (coordinate: Int, amount: Int64)

  /// The first coordinate that no book may have so much of.
  private static func coordinateOutOfRange(_ rule: MarginRule, _ changes: [Change]) -> String? {
    changes.lazy.map { (rule.registry.names[$0.coordinate], $0.amount) }
      .first { !CoordinateRange.range(of: $0).contains($1) }?.0
  }

  private borrowing func evaluation(
    _ rule: MarginRule, _ changes: [Change]
  ) throws(ProverError) -> Evaluation {
    try SecretBlock<Int64>(count: count) { index in
      changes.first { $0.coordinate == index }?.amount ?? self[index]
    }.evaluation(rule)
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
    let name = Registry.position(instrument.id)
    guard let position = rule.registry.index(of: name), let cash = rule.registry.index(of: Registry.cash)
    else {
      return AccountExplanation.OrderRoom(
        instrument: instrument.id, isPurchase: isPurchase, lots: 0, valueQuanta: 0, limit: .room(name))
    }
    let (held, money) = (self[position], self[cash])
    /// The book after an order; nil where its cash is beyond 64 bits.
    func changes(_ lots: Int64) -> [Change]? {
      let (cost, costOverflow) = price.multipliedReportingOverflow(by: isPurchase ? -lots : lots)
      let (rest, overflow) = money.addingReportingOverflow(cost)
      guard !costOverflow, !overflow else { return nil }
      return [(position, held + (isPurchase ? lots : -lots)), (cash, rest)]
    }
    let lots = try Self.most(SnapshotLimits.amounts.upperBound) { lots throws(ProverError) in
      guard let changes = changes(lots) else { return false }
      return try isProvable(rule, changes)
    }
    return AccountExplanation.OrderRoom(
      instrument: instrument.id, isPurchase: isPurchase, lots: lots,
      valueQuanta: Int64(clamping: Int128(lots) * Int128(price)),
      limit: try limit(rule, instrument, position, changes(lots + 1)))
  }

  /// What stops an order that would change the book so.
  private borrowing func limit(
    _ rule: MarginRule, _ instrument: Instrument, _ position: Int, _ changes: [Change]?
  ) throws(ProverError) -> AccountExplanation.OrderRoom.Limit {
    guard let changes else { return .room(Registry.cash) }
    let after = changes.first { $0.coordinate == position }?.amount ?? 0
    let most = after < 0 ? instrument.maxShortLots : instrument.maxLongLots
    func room(_ name: String) -> AccountExplanation.OrderRoom.Limit {
      guard let most, after.magnitude > most.magnitude else { return .room(name) }
      return .maxLots(most)
    }
    let name = rule.registry.names[position]
    if let coordinate = Self.coordinateOutOfRange(rule, changes) {
      return coordinate == name ? room(name) : .room(coordinate)
    }
    let evaluation = try evaluation(rule, changes)
    switch evaluation.admission {
    case .notAdmitted(let coordinate): return coordinate == name ? room(name) : .room(coordinate)
    case .beyondBound(let value): return room(value)
    case .admitted:
      // Rows that hold advice fail only with the requirement that it is for.
      let failing = evaluation.requirements.filter { !$0.holds }
      if let stated = failing.first(where: { !$0.supportsAdvice }) ?? failing.first {
        return .requirement(stated.name)
      }
      return .room(evaluation.requirements.first { $0.verdict != .holds }?.name ?? name)
    }
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

/// What a part of a slack is told from others by.
private struct PartName: Hashable {
  let definition: String?
  let name: String
}
