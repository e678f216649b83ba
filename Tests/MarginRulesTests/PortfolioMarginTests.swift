import ExactIntegers
import MarginRules
import TestSupport
import Testing

@Suite("Portfolio margin")
struct PortfolioMarginTests {
  private let snapshot: RiskSnapshot

  init() throws {
    snapshot = try SnapshotFixture.snapshot()
  }

  @Test("the report is the inequalities in big integers, for accounts of every size")
  func agreesWithPlainIntegers() throws {
    var random = SplitMix64(seed: 4)
    var covered = 0
    for round in 0..<4_000 {
      let portfolio = SnapshotFixture.portfolio(bits: round % 41, using: &random)
      for kind in MarginKind.allCases {
        let report = try PortfolioMargin(of: portfolio, under: snapshot, kind: kind)
        let plain = PlainMargin(snapshot: snapshot, kind: kind)
        let split = plain.canonical(portfolio)
        #expect(
          Integer(report.equity) == plain.equity(split, debts: portfolio.debts, cash: portfolio.cash))
        #expect(Integer(report.bracketRequirement) == plain.brackets(split))
        #expect(Integer(report.contingency) == plain.contingency(split))
        let losses = report.groups.reduce(Integer(0)) { $0 + Integer($1.loss) }
        #expect(losses == plain.scenarioLosses(split))
        let slacks = plain.slacks(split, debts: portfolio.debts, cash: portfolio.cash)
        #expect(Integer(report.slackScenario) == slacks.scenario)
        #expect(Integer(report.slackBracket) == slacks.bracket)
        if slacks.scenario < 0 || slacks.bracket < 0 { #expect(!report.isCovered) }
        if report.isCovered { covered += 1 }
      }
    }
    #expect(covered > 500)
  }

  @Test("no division of a position into brackets costs less than filling the cheapest first")
  func bracketsAreConvex() throws {
    for kind in MarginKind.allCases {
      let plain = PlainMargin(snapshot: snapshot, kind: kind)
      for position in Int64(-14)...14 {
        var portfolio = SnapshotFixture.empty
        portfolio.positions[0] = position
        let report = try PortfolioMargin(of: portfolio, under: snapshot, kind: kind)
        let perp = snapshot.instruments[0]
        var split = plain.canonical(portfolio)
        var costs: [Integer] = []
        if position >= 0 {
          for parts in PlainMargin.splits(of: position, caps: perp.long.map(\.capLots)) {
            split.long[0] = parts
            costs.append(plain.brackets(split))
          }
        } else {
          for parts in PlainMargin.splits(of: -position, caps: perp.short.map(\.capLots)) {
            split.short[0] = parts
            costs.append(plain.brackets(split))
          }
        }
        #expect(costs.min() == Integer(report.bracketRequirement))
      }
    }
  }

  @Test("no division of a holding into tranches is worth more than filling the best first")
  func tranchesAreConcave() throws {
    for kind in MarginKind.allCases {
      let plain = PlainMargin(snapshot: snapshot, kind: kind)
      for holding in Int64(0)...40 {
        var portfolio = SnapshotFixture.empty
        portfolio.holdings[1] = holding
        let report = try PortfolioMargin(of: portfolio, under: snapshot, kind: kind)
        var split = plain.canonical(portfolio)
        let caps = snapshot.collateral[1].tranches.map(\.capLots)
        let values = PlainMargin.splits(of: holding, caps: caps).map { parts in
          split.holdings[1] = parts
          return plain.equity(split, debts: [0, 0], cash: 0)
        }
        #expect(values.max() == Integer(report.equity))
      }
    }
  }

  @Test("holding both sides of an instrument never helps")
  func paddingNeverHelps() {
    var random = SplitMix64(seed: 5)
    for round in 0..<2_000 {
      let portfolio = SnapshotFixture.portfolio(bits: 1 + round % 20, using: &random)
      let plain = PlainMargin(snapshot: snapshot, kind: MarginKind.allCases[round % 2])
      let split = plain.canonical(portfolio)
      var padded = split
      let lots = 1 + SnapshotFixture.amount(below: 20, using: &random)
      let i = round % 3 % 2
      padded.long[i][padded.long[i].count - 1] += lots
      padded.short[i][padded.short[i].count - 1] += lots
      let honest = plain.slacks(split, debts: portfolio.debts, cash: portfolio.cash)
      let other = plain.slacks(padded, debts: portfolio.debts, cash: portfolio.cash)
      #expect(other.scenario <= honest.scenario)
      #expect(other.bracket <= honest.bracket)
    }
  }

  @Test("holding and owing the same asset never helps")
  func loopsNeverHelp() throws {
    var random = SplitMix64(seed: 6)
    for round in 0..<2_000 {
      var portfolio = SnapshotFixture.portfolio(bits: 1 + round % 20, using: &random)
      let before = try PortfolioMargin(of: portfolio, under: snapshot, kind: .initial)
      let lots = SnapshotFixture.amount(below: 20, using: &random)
      portfolio.holdings[round % 2] += lots
      portfolio.debts[round % 2] += lots
      let after = try PortfolioMargin(of: portfolio, under: snapshot, kind: .initial)
      #expect(after.slackScenario <= before.slackScenario)
      #expect(after.slackBracket <= before.slackBracket)
    }
  }

  @Test
  func `A14: a loss in one group is not offset by a gain in another`() throws {
    var portfolio = SnapshotFixture.empty
    portfolio.positions = [10, -10]
    let report = try PortfolioMargin(of: portfolio, under: snapshot, kind: .initial)
    // In scenario 0 the first loses 1600 and the second gains 990; in scenario 1 +1500 and -3010.
    #expect(report.groups.map(\.loss) == [1_600, 3_010])
    #expect(report.groups.map(\.worstScenario) == [0, 1])
    #expect(report.groups.map(\.group) == ["g", "h"])
  }

  @Test("limits hold to the lot and come before the requirements")
  func limits() throws {
    var portfolio = SnapshotFixture.empty
    portfolio.cash = 1 << 40
    let verdict = { PortfolioMargin.verdict(on: portfolio, under: snapshot, kind: .initial) }
    for (position, isCovered) in [(100, true), (101, false), (-90, true), (-91, false)] as [(Int64, Bool)] {
      portfolio.positions[0] = position
      #expect(verdict() == (isCovered ? .covered : .refused(.positionLimit(instrument: "PERP"))))
    }
    portfolio.cash = 0
    #expect(verdict() == .refused(.positionLimit(instrument: "PERP")))
    portfolio.positions[0] = 0
    portfolio.cash = 1 << 40
    portfolio.debts[1] = 500
    #expect(verdict() == .covered)
    portfolio.debts[1] = 501
    #expect(verdict() == .refused(.borrowLimit(asset: "BTC")))
  }

  @Test("each requirement is refused by its name one quantum below, and met at equality")
  func boundaries() throws {
    var draft = SnapshotFixture.draft()
    draft.bufferPpm = 1_000_000
    draft.tiers.initial = 1_000_000
    draft.instruments[0].contLong = 0
    // One lot: mark 1000, margin 20, worst loss 160.
    let scenarioBinds = try RiskSnapshot(draft)
    draft.instruments[0].pnlLong = [-19, 0]
    draft.instruments[0].pnlShort = [0, 0]
    let bracketBinds = try RiskSnapshot(draft)
    for (snapshot, cash, refusal) in [
      (scenarioBinds, -1_000 + 160, .portfolioRequirement),
      (bracketBinds, -1_000 + 20, .bracketRequirement),
    ] as [(RiskSnapshot, Int64, MarginRefusal)] {
      var portfolio = SnapshotFixture.empty
      portfolio.positions[0] = 1
      portfolio.cash = cash
      #expect(PortfolioMargin.verdict(on: portfolio, under: snapshot, kind: .initial) == .covered)
      portfolio.cash -= 1
      #expect(
        PortfolioMargin.verdict(on: portfolio, under: snapshot, kind: .initial) == .refused(refusal))
    }
  }
}
