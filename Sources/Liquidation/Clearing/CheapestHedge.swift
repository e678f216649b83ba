internal import ExactIntegers
public import MarginRules

/// What may be traded for a hedge, and at which cost beside the mark.
public struct HedgeOffer: Hashable, Sendable {
  /// The instrument, by its place in the snapshot.
  public let instrument: Int
  /// How many lots can be bought.
  public let buyable: Int64
  /// How many lots can be sold.
  public let sellable: Int64
  /// What a lot costs beside the mark, in quanta: half the spread and the fee; not negative.
  public let costPerLot: Int64

  /// An offer.
  public init(instrument: Int, buyable: Int64, sellable: Int64, costPerLot: Int64) {
    self.instrument = instrument
    self.buyable = buyable
    self.sellable = sellable
    self.costPerLot = costPerLot
  }
}

/// The cheapest trades, in listed instruments only, that bring a book back within its requirement (mechanism
/// M51).
///
/// The rule of portfolio margin is convex in positions, so it is a linear program in lots bought and sold,
/// scenario reserves and bracket margins (margin B.4 and B.5), solved exactly. Lots are then rounded up to
/// whole ones and the rule itself decides; what rounding has spoilt is made good lot by lot.
public struct CheapestHedge: Hashable, Sendable {
  /// Lots by instrument, positive where they are bought; those of nothing are not here.
  public let trades: [Int: Int64]
  /// What all trades cost beside the mark, in quanta.
  public let cost: Int128
  /// The health after them.
  public let after: AccountHealth

  /// The hedge of an account, or nil if the offers do not suffice.
  ///
  /// - Parameters:
  ///   - rule: portfolio margin or cross margin.
  ///   - targetPpm: the health to reach; 1.0 is the requirement itself.
  /// - Throws: ``LiquidationError/margin(_:)``; ``LiquidationError/malformed`` for another rule, for an offer
  ///   of an instrument that is not listed, of negative lots or cost, or more than 64 offers.
  public init?(
    of portfolio: Portfolio, _ table: MarginTable, rule: AccountRule, offers: [HedgeOffer], targetPpm: Int64
  ) throws(LiquidationError) {
    var meter = try BookMeter(portfolio, table, rule: rule)
    guard offers.count <= 64, Set(offers.map(\.instrument)).count == offers.count,
      offers.allSatisfy({
        table.markFloor.indices.contains($0.instrument) && $0.buyable >= 0 && $0.sellable >= 0
          && $0.costPerLot >= 0
      })
    else { throw .malformed }
    guard !meter.health.covers(targetPpm) else {
      (trades, cost, after) = ([:], 0, meter.health)
      return
    }
    let problem = HedgeProblem(portfolio, table, rule: rule, offers: offers, targetPpm: targetPpm, meter)
    guard let found = problem.lots() else { return nil }
    var lots = found
    problem.apply(lots, to: &meter)
    var repairs = 0
    while !meter.health.covers(targetPpm) {
      guard repairs < 256, let better = problem.oneLotMore(lots, meter) else { return nil }
      repairs += 1
      lots = better
      meter = try BookMeter(portfolio, table, rule: rule)
      problem.apply(lots, to: &meter)
    }
    while let fewer = try problem.oneLotLess(lots) { lots = fewer }
    meter = try BookMeter(portfolio, table, rule: rule)
    problem.apply(lots, to: &meter)
    var trades: [Int: Int64] = [:]
    var cost: Int128 = 0
    for (offer, amount) in zip(offers, lots) where amount != 0 {
      trades[offer.instrument] = amount
      cost += problem.cost(offer, amount)
    }
    (self.trades, self.cost, after) = (trades, cost, meter.health)
  }
}

/// The rule as a linear program.
private struct HedgeProblem {
  let portfolio: Portfolio
  let table: MarginTable
  let rule: AccountRule
  let offers: [HedgeOffer]
  let targetPpm: Int64
  let meter: BookMeter

  init(
    _ portfolio: Portfolio, _ table: MarginTable, rule: AccountRule, offers: [HedgeOffer], targetPpm: Int64,
    _ meter: BookMeter
  ) {
    self.portfolio = portfolio
    self.table = table
    self.rule = rule
    self.offers = offers
    self.targetPpm = targetPpm
    self.meter = meter
  }

  /// What a lot traded takes from equity: the width of the mark and the cost.
  private func loss(_ offer: HedgeOffer) -> Int128 {
    Int128(table.markCeil[offer.instrument]) - Int128(table.markFloor[offer.instrument])
      + Int128(offer.costPerLot)
  }

  func cost(_ offer: HedgeOffer, _ lots: Int64) -> Int128 { loss(offer) * Int128(lots.magnitude) }

  func apply(_ lots: [Int64], to meter: inout BookMeter) {
    for (offer, amount) in zip(offers, lots) where amount != 0 {
      let i = offer.instrument
      let (old, new) = (meter.positions[i], meter.positions[i] + amount)
      // Bought at the higher mark and sold at the lower one; the position is valued at that of its side.
      let paid = Int128(amount) * Int128(amount > 0 ? table.markCeil[i] : table.markFloor[i])
      let change = table.markValue(i, new) - table.markValue(i, old)
      meter.change(i, to: new, cost: paid - change + Int128(offer.costPerLot) * Int128(amount.magnitude))
    }
  }

  /// How many lots to trade, rounded away from zero; nil if no lots suffice.
  func lots() -> [Int64]? {
    let n = offers.count
    let groups = rule == .portfolioMargin ? table.rowStart.count - 1 : 0
    // Lots bought, lots sold, bracket margin, contingency, then a reserve for each group.
    let (bracket, contingency, reserve) = (2 * n, 3 * n, 4 * n)
    let losses = offers.map(loss)
    var program = CoveringProgram(costs: losses + losses + [Int128](repeating: 0, count: 2 * n + groups))
    for (o, offer) in offers.enumerated() {
      let p = Int128(portfolio.positions[offer.instrument])
      program.require([(o, -1)], atLeast: -Int128(offer.buyable))
      program.require([(n + o, -1)], atLeast: -Int128(offer.sellable))
      for (slope, deduction) in pieces(offer.instrument) {
        // r ≥ slope·(p + u - v) - deduction
        program.require([(bracket + o, 1), (o, -slope), (n + o, slope)], atLeast: slope * p - deduction)
      }
      for slope in [Int128(table.contLong[offer.instrument]), -Int128(table.contShort[offer.instrument])] {
        program.require([(contingency + o, 1), (o, -slope), (n + o, slope)], atLeast: slope * p)
      }
    }
    let gains = groupGains()
    for g in 0..<groups {
      for row in table.rowStart[g]..<table.rowStart[g + 1] {
        var terms: [(variable: Int, value: Int128)] = [(reserve + g, 1)]
        for (o, offer) in offers.enumerated() where table.group[offer.instrument] == g {
          let k = table.pnlStart[offer.instrument] + row - table.rowStart[g]
          terms.append((o, Int128(table.pnlLong[k])))
          terms.append((n + o, Int128(table.pnlShort[k])))
        }
        program.require(terms, atLeast: -gains[row])
      }
    }
    let offered = Set(offers.map(\.instrument))
    var (brackets, contingencies): (Int128, Int128) = (0, 0)
    for i in 0..<table.count where !offered.contains(i) {
      brackets += table.bracketMargin(i, portfolio.positions[i])
      contingencies += table.contingency(i, portfolio.positions[i])
    }
    // 10⁶·(E - cost) - θ·tier·(Σ r) ≥ 0, everything over 10⁶ once more for θ.
    let equity = (0..<n).flatMap { o in [(o, -losses[o]), (n + o, -losses[o])] }
      .map { (variable: $0.0, value: $0.1 * Int128(onePpm)) }
    let θ = Int128(targetPpm)
    let scale = Int128(onePpm)
    func requirement(_ multiplier: Int128, _ variables: [Int], _ constant: Int128) {
      let weight = ceiling(θ * multiplier, scale)
      program.require(
        equity + variables.map { (variable: $0, value: -weight) },
        atLeast: weight * constant - meter.equity * scale)
    }
    requirement(table.tier, (0..<n).map { bracket + $0 }, brackets)
    if rule == .portfolioMargin {
      requirement(
        table.buffer, (0..<n).map { contingency + $0 } + (0..<groups).map { reserve + $0 }, contingencies)
    }
    guard let solution = program.minimum() else { return nil }
    return (0..<n).map { o in
      let net = solution.ceiling(o) - solution.ceiling(n + o)
      return min(max(net, -offers[o].sellable), offers[o].buyable)
    }
  }

  private func ceiling(_ a: Int128, _ b: Int128) -> Int128 { (a + b - 1) / b }

  /// R = max over pieces of slope·x - deduction, for both sides.
  private func pieces(_ i: Int) -> [(slope: Int128, deduction: Int128)] {
    var pieces: [(Int128, Int128)] = []
    for side in 0...1 {
      var (edge, deduction, last): (Int128, Int128, Int128) = (0, 0, 0)
      for k in table.bracketStart[2 * i + side]..<table.bracketStart[2 * i + side + 1] {
        let rate = Int128(table.bracketRate[k])
        deduction += (rate - last) * edge
        last = rate
        pieces.append((side == 0 ? rate : -rate, deduction))
        guard table.bracketCap[k] < .max else { break }
        edge += Int128(table.bracketCap[k])
      }
    }
    return pieces
  }

  private func groupGains() -> [Int128] {
    var gains = [Int128](repeating: 0, count: table.rowStart.last ?? 0)
    for i in 0..<table.count where portfolio.positions[i] != 0 {
      let (position, first) = (portfolio.positions[i], table.rowStart[table.group[i]])
      for row in first..<table.rowStart[table.group[i] + 1] {
        let k = table.pnlStart[i] + row - first
        gains[row] +=
          Int128(position.magnitude) * Int128(position >= 0 ? table.pnlLong[k] : table.pnlShort[k])
      }
    }
    return gains
  }

  /// One lot less of the dearest offer that can do without, or nil if none can.
  func oneLotLess(_ lots: [Int64]) throws(LiquidationError) -> [Int64]? {
    var best: (lots: [Int64], saved: Int128)?
    for (o, offer) in offers.enumerated() where lots[o] != 0 && loss(offer) > best?.saved ?? 0 {
      var fewer = lots
      fewer[o] -= lots[o].signum()
      var meter = try BookMeter(portfolio, table, rule: rule)
      apply(fewer, to: &meter)
      if meter.health.covers(targetPpm) { best = (fewer, loss(offer)) }
    }
    return best?.lots
  }

  /// The change by one lot that helps most.
  func oneLotMore(_ lots: [Int64], _ meter: BookMeter) -> [Int64]? {
    var best: (lots: [Int64], gain: Int128)?
    for (o, offer) in offers.enumerated() {
      for step in [1, -1] as [Int64] {
        let more = lots[o] + step
        guard (-offer.sellable...offer.buyable).contains(more) else { continue }
        let i = offer.instrument
        let after = meter.health(changing: i, to: meter.positions[i] + step, cost: loss(offer))
        let gain =
          Int128(targetPpm) * (meter.health.requirement - after.requirement) - Int128(onePpm) * loss(offer)
        if gain > best?.gain ?? 0 {
          var changed = lots
          changed[o] = more
          best = (changed, gain)
        }
      }
    }
    return best?.lots
  }
}

/// Keeping the net delta of a book within a band (mechanism M51): only what is beyond the edge is traded.
public enum DeltaBand {
  /// The lots to trade: 0 inside ±band, otherwise back to the edge that is nearer: -(Δ - sign(Δ)·band).
  ///
  /// - Parameters:
  ///   - delta: net lots; |Δ| < 2⁶².
  ///   - band: not negative.
  public static func trade(delta: Int64, band: Int64) -> Int64 {
    let band = max(0, band)
    if delta > band { return band - delta }
    return delta < -band ? -band - delta : 0
  }

  /// Whether a book counts as neutral: |Σ delta| ≤ band (mechanism M73).
  public static func isNeutral(delta: Int64, band: Int64) -> Bool {
    delta.magnitude <= max(0, band).magnitude
  }
}
