public import MarginRules

/// One order of a plan: lots of an instrument that are closed.
public struct Closing: Hashable, Sendable {
  /// The instrument, by its place in the snapshot.
  public let instrument: Int
  /// How many lots are closed: positive where a long position is sold, negative where a short one is bought
  /// back.
  public let lots: Int64
  /// What closing them is expected to cost beside the mark, in quanta: slippage, fee and penalty, rounded up.
  public let cost: Int64
}

/// The cheapest sequence of reductions that takes an account back to its target health (mechanism M43).
///
/// Legs are closed in parts, the one first that buys most per quantum of cost; among equals that of the
/// earlier instrument. What a part buys is
///
///     relief = 10⁻⁶·θ·(R - R') - cost
///
/// with R the requirement before and R' after. When the target is met, as much of every leg is given back as
/// the target allows, so that no lot of the plan can be left out, other closings being as they are. Large and
/// small parts are tried, and giving back from the last leg and from the first; the cheapest plan counts, the
/// first of equals.
///
/// Everything is closed when no reduction helps, when what would be left is worth less than the dust, or when
/// health is below ``LiquidationTerms/fullClosePpm``.
public struct ReductionPlan: Hashable, Sendable {
  /// Where on the ladder the account is.
  public let stage: LadderStage
  /// The closings in the order of their execution; empty for an account that is not to be reduced.
  public let closings: [Closing]
  /// The health before.
  public let before: AccountHealth
  /// The health after, if everything costs what is expected.
  public let after: AccountHealth
  /// Whether every position is closed.
  public let isFullClose: Bool

  /// The expected cost of all closings, in quanta.
  public var cost: Int128 { closings.reduce(0) { $0 + Int128($1.cost) } }

  /// Plans for an account.
  ///
  /// - Parameters:
  ///   - portfolio: the account's book.
  ///   - rule: portfolio margin or cross margin.
  /// - Throws: ``LiquidationError/margin(_:)``, ``LiquidationError/overflow``, ``LiquidationError/malformed``
  ///   for another rule.
  /// - Complexity: some 10·n²·(rows + groups) products for n legs.
  public init(
    for portfolio: Portfolio, _ table: MarginTable, rule: AccountRule, _ terms: LiquidationTerms
  ) throws(LiquidationError) {
    let meter = try BookMeter(portfolio, table, rule: rule)
    before = meter.health
    stage = LadderStage(before, terms)
    guard before.isLiquidatable else {
      (closings, after, isFullClose) = ([], before, false)
      return
    }
    let ratePpm = Penalty.ratePpm(at: before, terms)
    var best: Planner?
    if stage == .reduced, meter.grossValue > Int128(terms.dust) {
      let legs = meter.positions.count { $0 != 0 }
      for divisions: UInt64 in legs <= 12 ? [1, 4, 16] : [1, 4] {
        var planner = Planner(meter, terms, ratePpm: ratePpm, divisions: divisions)
        guard planner.reachTarget() else { continue }
        for order in [planner.order.reversed(), planner.order] {
          var trimmed = planner
          for leg in order { trimmed.shrink(leg) }
          guard trimmed.meter.grossValue >= Int128(terms.dust) else { continue }
          if best.map({ trimmed.cost < $0.cost }) ?? true { best = trimmed }
        }
      }
    }
    var planner = best ?? Planner(meter, terms, ratePpm: ratePpm, divisions: 4)
    if best == nil { planner.closeAll() }
    closings = try planner.closings()
    after = planner.meter.health
    isFullClose = planner.meter.positions.allSatisfy { $0 == 0 }
  }
}

/// Closes legs of a book in memory.
private struct Planner {
  var meter: BookMeter
  let terms: LiquidationTerms
  let ratePpm: Int64
  /// Into how many parts a leg is cut.
  let divisions: UInt64
  private let start: [Int64]
  private let equity: Int128
  /// The order in which legs are first closed.
  private(set) var order: [Int] = []

  init(_ meter: BookMeter, _ terms: LiquidationTerms, ratePpm: Int64, divisions: UInt64) {
    self.meter = meter
    self.terms = terms
    self.ratePpm = ratePpm
    self.divisions = divisions
    equity = meter.equity
    start = meter.positions
  }

  /// What closing lots costs beside the mark, in quanta, rounded up.
  private func cost(_ i: Int, _ lots: UInt64) -> Int128 {
    let table = meter.table
    let rate = Int128(terms.slippagePpm + ratePpm)
    let scaled = Int128(lots) * Int128(table.markCeil[i].magnitude) * rate
    return (scaled + Int128(onePpm) - 1) / Int128(onePpm)
      + Int128(lots) * Int128(table.snapshot.draft.instruments[i].feeExit)
  }

  /// What going on from where a leg is costs: the cost of all its lots, rounded once, less what has been
  /// counted.
  private func cost(_ i: Int, to position: Int64) -> Int128 {
    cost(i, start[i].magnitude - position.magnitude)
      - cost(i, start[i].magnitude - meter.positions[i].magnitude)
  }

  /// What all closings cost so far.
  var cost: Int128 { equity - meter.equity }

  private func isMet(_ health: AccountHealth) -> Bool { health.covers(terms.targetPpm) }

  /// What a closing buys, scaled by 10⁶.
  private func relief(_ after: AccountHealth, cost: Int128) -> Int128 {
    let requirement = meter.health.requirement - after.requirement
    return Int128(terms.targetPpm) * requirement - Int128(onePpm) * cost
  }

  /// Closes parts until the target is met; false if it cannot be met by closing.
  mutating func reachTarget() -> Bool {
    while !isMet(meter.health) {
      guard let best = bestPart() else { return false }
      if !order.contains(best.leg) { order.append(best.leg) }
      meter.change(best.leg, to: best.position, cost: cost(best.leg, to: best.position))
    }
    return true
  }

  /// The part with most relief per cost.
  private func bestPart() -> (leg: Int, position: Int64)? {
    var best: (leg: Int, position: Int64, relief: Int128, cost: Int128)?
    for i in meter.positions.indices where meter.positions[i] != 0 {
      // A part of the leg as it was, or what is left of it.
      let part = max(1, start[i].magnitude / divisions)
      let left = meter.positions[i].magnitude
      let sizes = left > part ? [part, left] : [left]
      for size in sizes {
        let position = (meter.positions[i] < 0 ? -1 : 1) * Int64(left - size)
        let cost = cost(i, to: position)
        let relief = relief(meter.health(changing: i, to: position, cost: cost), cost: cost)
        guard relief > 0 else { continue }
        if let found = best {
          // relief/cost > relief'/cost', both costs positive; what costs nothing comes first.
          let (a, o1) = relief.multipliedReportingOverflow(by: max(found.cost, 1))
          let (b, o2) = found.relief.multipliedReportingOverflow(by: max(cost, 1))
          let isBetter =
            o1 || o2 ? relief / max(cost, 1) > found.relief / max(found.cost, 1) : a > b
          guard isBetter else { continue }
        }
        best = (i, position, relief, cost)
      }
    }
    return best.map { ($0.leg, $0.position) }
  }

  /// Gives back as much of a leg as the target allows, by bisection.
  mutating func shrink(_ i: Int) {
    let now = meter.positions[i]
    let sign: Int64 = start[i] < 0 ? -1 : 1
    var (kept, refused) = (Int64(now.magnitude), Int64(start[i].magnitude) + 1)
    while kept + 1 < refused {
      let middle = kept + (refused - kept) / 2
      if isMet(meter.health(changing: i, to: sign * middle, cost: cost(i, to: sign * middle))) {
        kept = middle
      } else {
        refused = middle
      }
    }
    let position = sign * kept
    guard position != now else { return }
    meter.change(i, to: position, cost: cost(i, to: position))
  }

  mutating func closeAll() {
    // Those first that carry most requirement for their cost, as long as any does.
    while let best = bestPart() {
      let i = best.leg
      order.append(i)
      meter.change(i, to: 0, cost: cost(i, to: 0))
    }
    for i in meter.positions.indices where meter.positions[i] != 0 {
      order.append(i)
      meter.change(i, to: 0, cost: cost(i, to: 0))
    }
  }

  func closings() throws(LiquidationError) -> [Closing] {
    var closings: [Closing] = []
    for i in order where start[i] != meter.positions[i] {
      let lots = start[i] - meter.positions[i]
      closings.append(
        Closing(instrument: i, lots: lots, cost: try ExactMoney.amount(cost(i, lots.magnitude))))
    }
    return closings
  }
}
