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
    var deciding: [Int] = []
    if case .requirements(let rows) = headroom.limit { deciding = rows }
    var requirements: [AccountExplanation.Requirement] = []
    var parted = 0
    for (index, requirement) in evaluation.requirements.enumerated() {
      let influence = influence.indices.contains(index) ? influence[index] : .none
      let isDeciding = deciding.contains(index)
      guard influence != .none || isDeciding else {
        requirements.append(
          AccountExplanation.Requirement(requirement: requirement, slackQuanta: nil, parts: []))
        continue
      }
      parted += 1
      let slack = try slack(of: requirement, index, rule, influence, headroom, isDeciding: isDeciding)
      requirements.append(
        try taken(
          apart: requirement, index, rule, slack, withParts: parted <= Self.mostPartedRequirements))
    }
    let incurable = try incurable(rule, evaluation, headroom)
    let binding = Self.binding(
      requirements, headroom, incurable, isCashCounted: influence.contains { $0 != .none })
    // What decides is taken apart in any case.
    if let binding, requirements[binding].parts.isEmpty {
      requirements[binding] = AccountExplanation.Requirement(
        requirement: requirements[binding].requirement, slackQuanta: requirements[binding].slackQuanta,
        parts: try parts(rule, binding, slope: nil))
    }
    let nearby = nearby(rule)
    var orders: [AccountExplanation.OrderRoom] = []
    if let nearby {
      let asked = Set(instruments)
      var listed: [String: Instrument] = [:]
      for instrument in rule.snapshot.instruments where asked.contains(instrument.id) {
        listed[instrument.id] = instrument
      }
      for instrument in instruments.compactMap({ listed[$0] }) {
        for isPurchase in [true, false] {
          orders.append(try room(rule, instrument, isPurchase: isPurchase, nearby))
        }
      }
    }
    return AccountExplanation(
      evaluation: evaluation, amounts: amounts(rule), headroom: headroom, requirements: requirements,
      incurable: incurable, binding: binding, orders: orders,
      withdrawals: try nearby.map { (nearby) throws(ProverError) in try withdrawals(rule, nearby) } ?? [],
      scenarios: scenarios(rule))
  }

  // MARK: Cash

  /// What fails with all the cash that the rule has room for; nil where the rule holds, or cash decides.
  private borrowing func incurable(
    _ rule: MarginRule, _ evaluation: Evaluation, _ headroom: MarginHeadroom
  ) throws(ProverError) -> AccountExplanation.Incurable? {
    guard evaluation.admission == .admitted, headroom.quanta == nil,
      !evaluation.requirements.allSatisfy(\.holds),
      let cash = rule.registry.index(of: Registry.cash)
    else { return nil }
    // The most cash that is admitted; with more of it no row fails that holds with less.
    var (admitted, refused) = (self[cash], SnapshotLimits.cash.upperBound)
    let last = try self.evaluation(rule, [(cash, refused)])
    if last.admission == .admitted {
      admitted = refused
    } else {
      while refused - admitted > 1 {
        let (half, _) = refused.subtractingReportingOverflow(admitted)
        let middle = admitted + half / 2
        if try self.evaluation(rule, [(cash, middle)]).admission == .admitted {
          admitted = middle
        } else {
          refused = middle
        }
      }
    }
    let rows = try self.evaluation(rule, [(cash, admitted)]).requirements
    let failing = rows.indices.filter { !rows[$0].holds }
    guard !failing.isEmpty else { return nil }
    let incurable = Set(failing)
    let others = try self.cash(rule) { rows in
      rows.indices.allSatisfy { incurable.contains($0) || rows[$0].holds }
    }
    return AccountExplanation.Incurable(
      rows: failing.filter { !rows[$0].supportsAdvice } + failing.filter { rows[$0].supportsAdvice },
      othersQuanta: others.map { Swift.max(0, -$0) } ?? 0)
  }

  /// How a requirement's value depends on cash.
  private enum CashInfluence: Equatable {
    /// It does not, or more cash lessens it.
    case none
    /// In proportion: one USD more of cash changes it by the slope.
    case proportional(slope: Int256)
    /// Otherwise.
    case other
  }

  /// For each requirement how cash changes it, by its values at three amounts a USD apart: around the book's
  /// own if the circuit has room for these, else above or below it. Empty where it has room for none.
  private borrowing func cashInfluence(_ rule: MarginRule) throws(ProverError) -> [CashInfluence] {
    guard let cash = rule.registry.index(of: Registry.cash) else { return [] }
    for offset in [-Self.usd, 0, -2 * Self.usd] {
      let first = Swift.min(
        Swift.max(self[cash] + offset, SnapshotLimits.cash.lowerBound),
        SnapshotLimits.cash.upperBound - 2 * Self.usd)
      var values: [[Int256]] = []
      for step in 0..<3 {
        let evaluation = try evaluation(rule, [(cash, first + Int64(step) * Self.usd)])
        guard evaluation.admission == .admitted else { break }
        values.append(evaluation.requirements.map(\.value))
      }
      guard values.count == 3 else { continue }
      return values[0].indices.map { index in
        let (before, after) = (values[1][index] &- values[0][index], values[2][index] &- values[1][index])
        guard .zero < before || .zero < after else { return .none }
        return before == after ? .proportional(slope: before) : .other
      }
    }
    return []
  }

  private static var usd: Int64 { 1_000_000 }

  /// The slack of a requirement in cash, with its slope where it is in proportion to cash from the book to
  /// there.
  ///
  /// A row that decides has that of the rule. Another one fails only farther, where a row that is not in
  /// proportion may hold again, as a square of equity does: nothing is said of it unless it fails already.
  private borrowing func slack(
    of requirement: Evaluation.Requirement, _ index: Int, _ rule: MarginRule, _ influence: CashInfluence,
    _ headroom: MarginHeadroom, isDeciding: Bool
  ) throws(ProverError) -> (quanta: Int64?, slope: Int256?) {
    switch influence {
    case .proportional(let slope):
      let quanta = Self.quanta(requirement.value.asInteger(), slope.asInteger())
      if isDeciding { return quanta == headroom.quanta ? (quanta, slope) : (headroom.quanta, nil) }
      guard let quanta, let least = headroom.quanta else { return (quanta, slope) }
      // A slack that the rule shows to be wrong, since the proportion does not go so far: it holds with less
      // cash, or the row is not among those that fail next.
      if case .requirements = headroom.limit { return quanta > least ? (quanta, slope) : (nil, nil) }
      return quanta < least ? (nil, nil) : (quanta, slope)
    case .other, .none:
      if isDeciding { return (headroom.quanta, nil) }
      guard !requirement.holds else { return (nil, nil) }
      return (try cash(rule) { $0.indices.contains(index) && $0[index].holds }, nil)
    }
  }

  /// A requirement with its slack in cash and, if asked for, its parts.
  private borrowing func taken(
    apart requirement: Evaluation.Requirement, _ index: Int, _ rule: MarginRule,
    _ slack: (quanta: Int64?, slope: Int256?), withParts: Bool
  ) throws(ProverError) -> AccountExplanation.Requirement {
    guard withParts else {
      return AccountExplanation.Requirement(requirement: requirement, slackQuanta: slack.quanta, parts: [])
    }
    var slope: Integer?
    if let found = slack.slope, try countsCashOnce(rule, index, found) { slope = found.asInteger() }
    return AccountExplanation.Requirement(
      requirement: requirement, slackQuanta: slack.quanta, parts: try parts(rule, index, slope: slope))
  }

  /// A slack in quanta of cash: `slope` is how much 10⁶ quanta change it.
  private static func quanta(_ slack: Integer, _ slope: Integer) -> Int64? {
    (slack * 1_000_000).floorDivided(by: slope).int64
  }

  /// Whether one USD more of cash changes one part alone, that of cash, so that a part divided by the slope
  /// is what it is in money.
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

  /// The parts of a slack; with a slope in quanta too, rounded so that running totals are rounded down, and
  /// the parts add up to the rounded slack.
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

  /// The requirement that decides: the first that fails with a quantum less than the rule needs, whose slack
  /// in cash is then that of the rule. Nil where the rule's range of cash ends before any does.
  ///
  /// Where it fails whatever the cash is, the first that no cash cures. Where no amount of cash decides
  /// otherwise, the one that fails, or is the tightest. Rows that hold advice up to its
  /// rule are 0 for some scenario whatever the book is: they decide nothing unless they fail.
  private static func binding(
    _ requirements: [AccountExplanation.Requirement], _ headroom: MarginHeadroom,
    _ incurable: AccountExplanation.Incurable?, isCashCounted: Bool
  ) -> Int? {
    if let first = incurable?.rows.first(where: { requirements.indices.contains($0) }) {
      // Of those that lack more cash than there is the one that lacks the most; first what lacks none.
      let rows = incurable?.rows.filter { requirements.indices.contains($0) } ?? []
      if rows.contains(where: { requirements[$0].slackQuanta == nil }) {
        return rows.first { requirements[$0].slackQuanta == nil }
      }
      return rows.min { (requirements[$0].slackQuanta ?? 0) < (requirements[$1].slackQuanta ?? 0) } ?? first
    }
    switch headroom.limit {
    case .requirements(let failing):
      return failing.first {
        requirements.indices.contains($0) && requirements[$0].slackQuanta == headroom.quanta
      }
    case .room where isCashCounted: return nil
    case .room, nil: break
    }
    let failing = requirements.indices.filter { !requirements[$0].requirement.holds }
    let candidates = failing.isEmpty ? Array(requirements.indices) : failing
    let real = candidates.filter { !requirements[$0].requirement.supportsAdvice }
    return (real.isEmpty ? candidates : real).min {
      // The smallest part of its bound; equalities come last.
      let (a, b) = (requirements[$0].requirement, requirements[$1].requirement)
      if a.bound.isZero || b.bound.isZero { return !a.bound.isZero }
      return a.value.asInteger() * b.bound < b.value.asInteger() * a.bound
    }
  }

  // MARK: Orders and withdrawals

  /// The books around this one; nil where it cannot be proved itself.
  private borrowing func nearby(_ rule: MarginRule) -> NearbyBooks? {
    withSpan { NearbyBooks(rule.compiled, around: $0) }
  }

  /// Whether the rule can be proved for the book with these amounts in place of its own.
  private static func isProvable(_ rule: MarginRule, _ changes: [Change], _ nearby: NearbyBooks) -> Bool {
    coordinateOutOfRange(rule, changes) == nil && nearby.isProvable(changes)
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

  /// The largest order at the mark that leaves the rule met and the position within `maxLots`: bought at the
  /// upper, sold at the lower mark.
  private borrowing func room(
    _ rule: MarginRule, _ instrument: Instrument, isPurchase: Bool, _ nearby: NearbyBooks
  ) throws(ProverError) -> AccountExplanation.OrderRoom {
    let price = isPurchase ? instrument.markCeil : instrument.markFloor
    let name = Registry.position(instrument.id)
    func nothing(_ limit: AccountExplanation.OrderRoom.Limit) -> AccountExplanation.OrderRoom {
      AccountExplanation.OrderRoom(
        instrument: instrument.id, isPurchase: isPurchase, lots: 0, valueQuanta: 0, limit: limit,
        isExact: true, holdsAgainAt: nil)
    }
    guard let position = rule.registry.index(of: name), let cash = rule.registry.index(of: Registry.cash)
    else { return nothing(.room(name)) }
    if rule.compiled.room(for: name) == .nothing { return nothing(.notCommitted(name)) }
    if price != 0, rule.compiled.room(for: Registry.cash) == .nothing {
      return nothing(.notCommitted(Registry.cash))
    }
    let (held, money) = (self[position], self[cash])
    /// The book after an order; nil where its cash is beyond 64 bits.
    func changes(_ lots: Int64) -> [Change]? {
      let (cost, costOverflow) = price.multipliedReportingOverflow(by: isPurchase ? -lots : lots)
      let (rest, overflow) = money.addingReportingOverflow(cost)
      guard !costOverflow, !overflow else { return nil }
      return [(position, held + (isPurchase ? lots : -lots)), (cash, rest)]
    }
    // Amounts of a book are below 2⁴⁰, and so is maxLots. A position beyond it already may only be reduced.
    let most = isPurchase ? instrument.maxLongLots : instrument.maxShortLots
    let signed = isPurchase ? held : -held
    let ofVenue = most.map { Swift.max(0, $0 - signed) }
    let isConvex = rule.compiled.isConvex
    let found = try LargestSize(
      upTo: Swift.min(SnapshotLimits.amounts.upperBound - signed, ofVenue ?? .max),
      turningAt: -signed, mayHaveGaps: !isConvex
    ) { (lots) throws(ProverError) in
      guard let changes = changes(lots) else { return false }
      return Self.isProvable(rule, changes, nearby)
    }
    let limit: AccountExplanation.OrderRoom.Limit =
      if let most, found.size == ofVenue { .maxLots(most) } else {
        try limit(rule, position, changes(found.size + 1))
      }
    return AccountExplanation.OrderRoom(
      instrument: instrument.id, isPurchase: isPurchase, lots: found.size,
      valueQuanta: Int64(clamping: Int128(found.size) * Int128(price)), limit: limit,
      isExact: isConvex && found.holdsAgainAt == nil, holdsAgainAt: found.holdsAgainAt)
  }

  /// What of the rule stops an order that would change the book so.
  private borrowing func limit(
    _ rule: MarginRule, _ position: Int, _ changes: [Change]?
  ) throws(ProverError) -> AccountExplanation.OrderRoom.Limit {
    guard let changes else { return .room(Registry.cash) }
    let name = rule.registry.names[position]
    let after = changes.first { $0.coordinate == position }?.amount ?? 0
    // The end that the position is beyond: the circuit's, or that of all books.
    func range() -> AccountExplanation.OrderRoom.Limit? {
      let all = CoordinateRange.range(of: name)
      var (lower, upper) = (Integer(all.lowerBound), Integer(all.upperBound))
      switch rule.compiled.room(for: name) {
      case .range(let least, let most):
        (lower, upper) = (Swift.max(lower, least), Swift.min(upper, most))
      case .linked(let range?):
        (lower, upper) = (Swift.max(lower, range.lowerBound), Swift.min(upper, range.upperBound))
      case .linked(nil), .nothing: break
      }
      let end = after < 0 ? lower : upper
      guard Integer(after) < lower || upper < Integer(after) else { return nil }
      return end.int64.map { .range(name, end: $0) }
    }
    if let coordinate = Self.coordinateOutOfRange(rule, changes) {
      return coordinate == name ? range() ?? .room(name) : .room(coordinate)
    }
    let evaluation = try evaluation(rule, changes)
    switch evaluation.admission {
    case .notAdmitted(let coordinate): return coordinate == name ? range() ?? .room(name) : .room(coordinate)
    case .beyondBound(let value): return range() ?? .room(value)
    case .admitted:
      // Rows that hold advice fail only with the requirement that it is for.
      let failing = evaluation.requirements.filter { !$0.holds }
      if let stated = failing.first(where: { !$0.supportsAdvice }) ?? failing.first {
        return .requirement(stated.name)
      }
      return .room(evaluation.requirements.first { $0.verdict != .holds }?.name ?? name)
    }
  }

  private borrowing func withdrawals(
    _ rule: MarginRule, _ nearby: NearbyBooks
  ) throws(ProverError) -> [AccountExplanation.Withdrawal] {
    let isConvex = rule.compiled.isConvex
    var withdrawals: [AccountExplanation.Withdrawal] = []
    for asset in rule.snapshot.collateral {
      guard let coordinate = rule.registry.index(of: Registry.holding(asset.id)), self[coordinate] > 0 else {
        continue
      }
      let found = try LargestSize(upTo: self[coordinate], mayHaveGaps: !isConvex) {
        (lots) throws(ProverError) in
        Self.isProvable(rule, [(coordinate, self[coordinate] - lots)], nearby)
      }
      withdrawals.append(
        AccountExplanation.Withdrawal(
          asset: asset.id, lots: found.size, isExact: isConvex && found.holdsAgainAt == nil,
          holdsAgainAt: found.holdsAgainAt))
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
