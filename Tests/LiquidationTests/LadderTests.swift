import CanonicalBytes
import Liquidation
import MarginRules
import TestSupport
import Testing

@Suite("Liquidation ladder")
struct LadderTests {
  @Test("the table says of every random book what the plain rule says of it", arguments: [1, 2, 3])
  func table(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    for _ in 0..<40 {
      let snapshot = try Desk.random(instruments: 7, rows: 9, using: &random)
      let table = MarginTable(snapshot)
      for rule in [AccountRule.portfolioMargin, .crossMargin] {
        var book = try Desk.book(under: snapshot, legs: 5, healthPpm: 1_000_000, using: &random)
        if rule == .crossMargin { for i in stride(from: 2, to: 7, by: 3) { book.positions[i] = 0 } }
        var meter = try BookMeter(book, table, rule: rule)
        for _ in 0..<6 {
          let plain = try AccountHealth(of: book, under: snapshot, rule: rule)
          #expect(meter.health == plain)
          #expect(
            plain.isLiquidatable
              == !(rule == .crossMargin
              ? try CrossMargin(of: book, under: snapshot, kind: .maintenance).isCovered
              : try PortfolioMargin(of: book, under: snapshot, kind: .maintenance).isCovered))
          let i = [0, 1, 3, 4, 6].randomElement(using: &random) ?? 0
          let new = Int64.random(in: -100_000...100_000, using: &random)
          let cost = Int128(Int64.random(in: 0...1_000_000, using: &random))
          // Lots change hands at the mark of the side they are on.
          let instrument = snapshot.instruments[i]
          func value(_ lots: Int64) -> Int128 {
            Int128(lots) * Int128(lots >= 0 ? instrument.markFloor : instrument.markCeil)
          }
          let tried = meter.health(changing: i, to: new, cost: cost)
          meter.change(i, to: new, cost: cost)
          #expect(meter.health == tried)
          book.cash += Int64(value(book.positions[i]) - value(new) - cost)
          book.positions[i] = new
        }
      }
    }
  }

  @Test
  func `G13: the share of a perpetual that is closed is seven tenths`() throws {
    // E 900, N 50,000, MM 1,000 (2 %), θ 1.25, penalty and slippage 1.5 %.
    let table = MarginTable(try Desk.linear(ppm: 20_000))
    let terms = Desk.terms {
      ($0.targetPpm, $0.slippagePpm, $0.penaltyLeastPpm, $0.penaltyMostPpm) = (1_250_000, 15_000, 0, 0)
      ($0.fullClosePpm, $0.dust) = (500_000, 0)
    }
    let book = Portfolio(positions: [50_000], holdings: [0], debts: [0], cash: 900_000_000 - 50_000_000_000)
    let plan = try ReductionPlan(for: book, table, rule: .crossMargin, terms)
    #expect(plan.stage == .reduced)
    #expect(plan.closings.map(\.lots) == [35_000])
    #expect(plan.after == AccountHealth(equity: 375_000_000, requirement: 300_000_000))
    // The same with a short position.
    let short = Portfolio(positions: [-50_000], holdings: [0], debts: [0], cash: 900_000_000 + 50_000_000_000)
    #expect(try ReductionPlan(for: short, table, rule: .crossMargin, terms).closings.map(\.lots) == [-35_000])
  }

  @Test
  func `G13b: 51.923077 of a loan are repaid, and its health is 1.1`() throws {
    let usd: Int64 = 1_000_000
    let loan = try LoanRepayment(
      collateral: 100 * usd, thresholdPpm: 800_000, debt: 85 * usd, bonusPpm: 50_000, targetPpm: 1_100_000)
    #expect(loan.repaid == 51_923_077)
    #expect(loan.seized == 54_519_230)
    let health = Double(100 * usd - loan.seized) * 0.8 / Double(85 * usd - loan.repaid)
    #expect((health - 1.1).magnitude < 1e-6)
    #expect(loan.badDebt == 0)
    // Where the bonus takes more health than repaying gives, everything is repaid.
    let helpless = try LoanRepayment(
      collateral: 100 * usd, thresholdPpm: 900_000, debt: 95 * usd, bonusPpm: 200_000, targetPpm: 1_000_000)
    #expect(helpless.repaid == 95 * usd && helpless.seized == 100 * usd)
    let under = try LoanRepayment(
      collateral: 50 * usd, thresholdPpm: 900_000, debt: 95 * usd, bonusPpm: 0, targetPpm: 1_000_000)
    #expect(under.badDebt == 45 * usd)
    #expect(throws: LiquidationError.healthy) {
      try LoanRepayment(
        collateral: 100 * usd, thresholdPpm: 900_000, debt: 90 * usd, bonusPpm: 0, targetPpm: 1_000_000)
    }
  }

  @Test("a plan restores the target, no lot of it can be left out, and no healthy account is touched")
  func plans() throws {
    var random = SplitMix64(seed: 11)
    let terms = Desk.terms { ($0.fullClosePpm, $0.dust) = (0, 0) }
    var partial = 0
    for _ in 0..<60 {
      let snapshot = try Desk.random(instruments: 6, rows: 7, using: &random)
      let table = MarginTable(snapshot)
      let health = Int64.random(in: 300_000...1_300_000, using: &random)
      let book = try Desk.book(under: snapshot, legs: 4, healthPpm: health, using: &random)
      let plan = try ReductionPlan(for: book, table, rule: .portfolioMargin, terms)
      guard plan.before.isLiquidatable else {
        #expect(plan.closings.isEmpty && plan.after == plan.before)
        continue
      }
      // Closing never opens: every leg ends between zero and where it was.
      var left = book
      for closing in plan.closings {
        let position = left.positions[closing.instrument]
        left.positions[closing.instrument] -= closing.lots
        #expect(closing.lots.signum() == position.signum())
        #expect(left.positions[closing.instrument].magnitude <= position.magnitude)
        // Sold at the lower mark or bought back at the higher one, less the cost.
        let instrument = snapshot.instruments[closing.instrument]
        left.cash +=
          closing.lots * (closing.lots > 0 ? instrument.markFloor : instrument.markCeil) - closing.cost
      }
      #expect(try AccountHealth(of: left, under: snapshot, rule: .portfolioMargin) == plan.after)
      guard !plan.isFullClose else { continue }
      partial += 1
      #expect(plan.after.covers(terms.targetPpm))
      for closing in plan.closings {
        // One lot less of any leg misses the target.
        var less = left
        let instrument = snapshot.instruments[closing.instrument]
        let one = closing.lots.signum()
        let cost =
          closing.cost - Self.cost(closing, lots: closing.lots.magnitude - 1, instrument, plan, terms)
        less.positions[closing.instrument] += one
        less.cash -= one * (one > 0 ? instrument.markFloor : instrument.markCeil) - cost
        #expect(try !AccountHealth(of: less, under: snapshot, rule: .portfolioMargin).covers(terms.targetPpm))
      }
    }
    #expect(partial > 15)
  }

  private static func cost(
    _ closing: Closing, lots: UInt64, _ instrument: Instrument, _ plan: ReductionPlan,
    _ terms: LiquidationTerms
  ) -> Int64 {
    let rate = terms.slippagePpm + Penalty.ratePpm(at: plan.before, terms)
    let scaled = Int128(lots) * Int128(instrument.markCeil) * Int128(rate)
    return Int64((scaled + 999_999) / 1_000_000) + Int64(lots) * instrument.feeExit
  }

  @Test("on small books a plan costs little more than the best of all ways to close")
  func exhaustive() throws {
    var random = SplitMix64(seed: 12)
    let terms = Desk.terms { ($0.fullClosePpm, $0.dust) = (0, 0) }
    var (cases, best, sum, worst) = (0, 0, 0.0, 1.0)
    for _ in 0..<40 {
      let snapshot = try Desk.random(instruments: 3, rows: 5, using: &random)
      let table = MarginTable(snapshot)
      var book = try Desk.book(under: snapshot, legs: 3, healthPpm: 900_000, using: &random)
      // Few lots, so that all ways can be tried.
      let steps: Int64 = 6
      book.positions = book.positions.map { min(max($0, -steps), steps) }
      let empty = try AccountHealth(of: book, under: snapshot, rule: .portfolioMargin)
      book.cash += Int64(empty.requirement * 9 / 10 - empty.equity)
      let plan = try ReductionPlan(for: book, table, rule: .portfolioMargin, terms)
      let rate = terms.slippagePpm + Penalty.ratePpm(at: plan.before, terms)
      var cheapest: Int128?
      func cost(_ i: Int, _ lots: Int64) -> Int128 {
        let instrument = snapshot.instruments[i]
        return (Int128(lots.magnitude) * Int128(instrument.markCeil) * Int128(rate) + 999_999) / 1_000_000
          + Int128(lots.magnitude) * Int128(instrument.feeExit)
      }
      let ranges = book.positions.map { min(0, $0)...max(0, $0) }
      for a in ranges[0] {
        for b in ranges[1] {
          for c in ranges[2] {
            var meter = try BookMeter(book, table, rule: .portfolioMargin)
            let costs = zip([a, b, c], 0...).map { cost($1, book.positions[$1] - $0) }
            for (i, position) in [a, b, c].enumerated() { meter.change(i, to: position, cost: costs[i]) }
            guard meter.health.covers(terms.targetPpm) else { continue }
            let all = costs.reduce(0, +)
            cheapest = min(cheapest ?? all, all)
          }
        }
      }
      guard let cheapest, cheapest > 0, !plan.isFullClose else { continue }
      cases += 1
      #expect(plan.cost >= cheapest)
      if plan.cost == cheapest { best += 1 }
      sum += Double(plan.cost) / Double(cheapest)
      worst = max(worst, Double(plan.cost) / Double(cheapest))
    }
    #expect(cases > 15)
    #expect(
      sum / Double(cases) < 1.1 && worst < 1.3,
      "mean \(sum / Double(cases)), worst \(worst), best in \(best) of \(cases)")
    #expect(best * 3 >= cases, "mean \(sum / Double(cases)), worst \(worst), best in \(best) of \(cases)")
  }

  @Test("stages follow health; nothing left means taking over; dust and hopeless books are closed whole")
  func stages() throws {
    let terms = LiquidationTerms.standard
    func stage(_ equity: Int128) -> LadderStage {
      LadderStage(AccountHealth(equity: equity, requirement: 1_000_000_000), terms)
    }
    #expect(stage(1_100_000_000) == .healthy && stage(1_099_999_999) == .warned)
    #expect(stage(1_000_000_000) == .warned && stage(999_999_999) == .reduced)
    #expect(stage(900_000_000) == .reduced && stage(899_999_999) == .liquidated)
    #expect(stage(1) == .liquidated && stage(0) == .takenOver && stage(-1) == .takenOver)
    #expect(LadderStage(AccountHealth(equity: 0, requirement: 0), terms) == .healthy)
    #expect(AccountHealth(equity: 5, requirement: 0).ppm == nil)
    #expect(AccountHealth(equity: -1, requirement: 3).ppm == -333_334)
    let table = MarginTable(try Desk.linear(ppm: 20_000))
    // Worth 999 USD: below the dust.
    let small = Portfolio(positions: [999], holdings: [0], debts: [0], cash: 19_000_000 - 999_000_000)
    let plan = try ReductionPlan(for: small, table, rule: .crossMargin, terms)
    #expect(plan.stage == .reduced && plan.isFullClose && plan.closings.map(\.lots) == [999])
  }

  @Test("penalties rise as health falls, never exceed what is left, and every quantum has an owner")
  func penalties() throws {
    var random = SplitMix64(seed: 13)
    let terms = LiquidationTerms.standard
    var last: Int64 = .max
    for equity in stride(from: 0 as Int128, through: 1_000_000, by: 1_000) {
      let rate = Penalty.ratePpm(at: AccountHealth(equity: equity, requirement: 1_000_000), terms)
      #expect(rate <= last && (terms.penaltyLeastPpm...terms.penaltyMostPpm).contains(rate))
      last = rate
    }
    #expect(last == terms.penaltyLeastPpm)
    for _ in 0..<500 {
      let value = Int64.random(in: 0...1_000_000_000_000, using: &random)
      let equity = Int64.random(in: -1_000_000...value / 50 + 10, using: &random)
      let penalty = try Penalty(value: value, ratePpm: 10_000, equity: equity, terms)
      #expect(penalty.charged == penalty.liquidator + penalty.insurance + penalty.venue)
      #expect(penalty.charged <= max(0, equity))
      #expect(
        [penalty.liquidator, penalty.insurance, penalty.venue, penalty.owedByInsurance].allSatisfy { $0 >= 0 }
      )
    }
    // LT·(1 + b) < 1
    for threshold in stride(from: 10_000 as Int64, through: 1_000_000, by: 7_919) {
      let most = Penalty.mostPpm(threshold: threshold)
      #expect(Int128(threshold) * Int128(1_000_000 + most) <= 1_000_000_000_000)
    }
  }

  @Test("terms are read back as written, and what is outside its range is named")
  func terms() throws {
    let terms = Desk.terms { $0.auction.curve = .linear(seconds: 3_600) }
    #expect(try LiquidationTerms(json: terms.json.encoded()) == terms)
    #expect(try LiquidationTerms(json: Array(#"{"version":1}"#.utf8)) == .standard)
    for bad in [
      #"{"version":2}"#, #"{"version":1,"targetPpm":999999}"#, #"{"version":1,"target":1}"#,
      #"{"version":1,"penaltyLeastPpm":20000}"#, #"{"version":1,"auction":{"curve":"linear"}}"#,
      #"{"version":1,"auction":{"stop":4}}"#, #"{"version":1,"liquidatorSharePpm":900000}"#, "[]", "",
    ] {
      #expect(throws: (any Error).self) { try LiquidationTerms(json: Array(bad.utf8)) }
    }
  }
}
