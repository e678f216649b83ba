import ExactIntegers
import MarginRules
import TestSupport
import Testing

@Suite("Limits in every rule")
struct RuleLimitsTests {
  @Test("a position or debt one lot beyond its limit is refused by every rule that admits it")
  func limits() throws {
    let snapshot = try SnapshotFixture.snapshot()
    var long = SnapshotFixture.empty
    long.cash = 1 << 40
    long.positions[0] = 101
    var debtor = SnapshotFixture.empty
    debtor.holdings[0] = 1_000
    debtor.debts[0] = 501
    for kind in MarginKind.allCases {
      let position = MarginVerdict.refused(.positionLimit(instrument: "PERP"))
      #expect(CrossMargin.verdict(on: long, under: snapshot, kind: kind) == position)
      #expect(ValueAtRisk.verdict(on: long, under: snapshot, kind: kind) == position)
      let debt = MarginVerdict.refused(.borrowLimit(asset: "USD"))
      #expect(CrossMargin.verdict(on: debtor, under: snapshot, kind: kind) == debt)
      #expect(ValueAtRisk.verdict(on: debtor, under: snapshot, kind: kind) == debt)
      #expect(CollateralRatio.verdict(on: debtor, under: snapshot, kind: kind) == debt)
    }
  }

  @Test("a scenario loss of 2⁶² quanta is refused even when equity covers it")
  func lossLimit() throws {
    var draft = SnapshotFixture.draft()
    draft.instruments[0].maxLongLots = nil
    // 2¹⁴ lots lose 2⁴⁸ each, exactly 2⁶².
    draft.instruments[0].pnlLong = [-(1 << 48), 0]
    draft.instruments[0].pnlShort = [0, 0]
    draft.collateral[0].tranches = [Tranche(capLots: nil, valIM: 1 << 49, valMM: 1 << 49)]
    draft.collateral[0].debtIM = 1 << 49
    draft.collateral[0].debtMM = 1 << 49
    let snapshot = try RiskSnapshot(draft)
    var portfolio = SnapshotFixture.empty
    portfolio.holdings[0] = 1 << 20
    portfolio.positions[0] = 1 << 14
    #expect(
      PortfolioMargin.verdict(on: portfolio, under: snapshot, kind: .initial)
        == .refused(.lossLimit(group: "g")))
    portfolio.positions[0] -= 1
    #expect(PortfolioMargin.verdict(on: portfolio, under: snapshot, kind: .initial) == .covered)
  }
}

@Suite("Cross margin")
struct CrossMarginTests {
  @Test("equity equal to the requirement is enough, one quantum less is not")
  func boundary() throws {
    let snapshot = try SnapshotFixture.snapshot()
    // 9 lots long: brackets 5·20 + 3·30 + 1·60 = 250 initial, 5·10 + 3·10 + 40 = 120 maintenance;
    // θ is 1.05 and 1.0. The mark is 1000 a lot.
    for (kind, requirement, needed) in [
      (MarginKind.initial, 250, 263), (.maintenance, 120, 120),
    ] as [(MarginKind, Int128, Int64)] {
      var portfolio = SnapshotFixture.empty
      portfolio.positions[0] = 9
      portfolio.cash = -9_000 + needed
      let report = try CrossMargin(of: portfolio, under: snapshot, kind: kind)
      #expect(report.equity == Int128(needed))
      #expect(report.bracketRequirement == requirement)
      #expect(report.isCovered)
      portfolio.cash -= 1
      #expect(
        CrossMargin.verdict(on: portfolio, under: snapshot, kind: kind)
          == .refused(.bracketRequirement))
    }
  }

  @Test("scenarios do not enter, and instruments without brackets are not admitted")
  func admission() throws {
    var draft = SnapshotFixture.draft()
    var portfolio = SnapshotFixture.empty
    portfolio.cash = 1 << 40
    portfolio.positions = [-5, 1]
    let refusal = MarginVerdict.refused(.notAdmitted(coordinate: "position/CALL"))
    #expect(
      CrossMargin.verdict(on: portfolio, under: try RiskSnapshot(draft), kind: .initial) == refusal)
    // A side that has no brackets would be free.
    draft.instruments[1].long = [Bracket(capLots: nil, imPerLot: 1, mmPerLot: 1)]
    #expect(
      CrossMargin.verdict(on: portfolio, under: try RiskSnapshot(draft), kind: .initial) == refusal)
    draft.instruments[1].short = draft.instruments[1].long
    draft.instruments[0].pnlShort = [-(1 << 49), -(1 << 49)]
    let snapshot = try RiskSnapshot(draft)
    #expect(CrossMargin.verdict(on: portfolio, under: snapshot, kind: .initial) == .covered)
    #expect(
      PortfolioMargin.verdict(on: portfolio, under: snapshot, kind: .initial)
        == .refused(.portfolioRequirement))
  }

  @Test("it is portfolio margin without scenarios: both have the same equity and brackets")
  func agreement() throws {
    let snapshot = try SnapshotFixture.snapshot()
    var random = SplitMix64(seed: 7)
    for _ in 0..<500 {
      let portfolio = SnapshotFixture.portfolio(bits: 40, using: &random)
      let cross = try CrossMargin(of: portfolio, under: snapshot, kind: .maintenance)
      let whole = try PortfolioMargin(of: portfolio, under: snapshot, kind: .maintenance)
      #expect(cross.slack == whole.slackBracket)
      #expect(cross.equity == whole.equity)
    }
  }
}

@Suite("Collateral ratio")
struct CollateralRatioTests {
  private let snapshot: RiskSnapshot

  init() throws {
    snapshot = try SnapshotFixture.snapshot()
  }

  @Test("the ratio is met at equality and missed one lot below")
  func boundary() throws {
    var portfolio = SnapshotFixture.empty
    // Maintenance: 306 USD at 100 against 1.5 times 101 a lot: 30600 ≥ 151.5·owed up to 201 lots.
    portfolio.holdings[0] = 306
    portfolio.debts[0] = 201
    let report = try CollateralRatio(of: portfolio, under: snapshot, kind: .maintenance)
    #expect(report.collateralValue == 30_600)
    #expect(report.debtValue == 20_301)
    #expect(report.slack == 30_600_000_000 - 1_500_000 * 20_301)
    #expect(report.heldAsset == "USD")
    #expect(report.owedAsset == "USD")
    #expect(report.isCovered)
    portfolio.debts[0] = 202
    #expect(verdict(portfolio) == .refused(.collateralRatio))
    // Exactly equal: 1.5·700·2 = 2100 = 21·100.
    portfolio.debts = [0, 2]
    portfolio.holdings = [21, 0]
    #expect(try CollateralRatio(of: portfolio, under: snapshot, kind: .maintenance).slack == 0)
    #expect(verdict(portfolio) == .covered)
    portfolio.holdings[0] = 20
    #expect(verdict(portfolio) == .refused(.collateralRatio))
    #expect(verdict(SnapshotFixture.empty) == .covered)
  }

  @Test("only the first tranche counts: more than its cap is refused")
  func cap() {
    var portfolio = SnapshotFixture.empty
    portfolio.holdings[1] = 10
    #expect(verdict(portfolio) == .covered)
    portfolio.holdings[1] = 11
    #expect(verdict(portfolio) == .refused(.collateralCap(asset: "BTC")))
  }

  @Test("anything besides one holding and one debt is refused by its name")
  func admission() {
    let loan = Portfolio(positions: [0, 0], holdings: [900, 0], debts: [0, 1], cash: 0)
    #expect(verdict(loan) == .covered)
    for (field, name) in [
      (\.cash, "cash"), (\.positions[1], "position/CALL"), (\.holdings[1], "holding/BTC"),
      (\.debts[0], "debt/BTC"),
    ] as [(WritableKeyPath<Portfolio, Int64>, String)] {
      var portfolio = loan
      portfolio[keyPath: field] = 1
      #expect(verdict(portfolio) == .refused(.notAdmitted(coordinate: name)))
    }
  }

  private func verdict(_ portfolio: Portfolio) -> MarginVerdict {
    CollateralRatio.verdict(on: portfolio, under: snapshot, kind: .maintenance)
  }
}

@Suite("Value at risk")
struct ValueAtRiskTests {
  @Test("3-4-5: the length of the exposures is met at equality and missed one quantum below")
  func boundary() throws {
    let snapshot = try SnapshotFixture.snapshot()
    for position in [Int64(50), -50] {
      var portfolio = SnapshotFixture.empty
      portfolio.positions[0] = position
      portfolio.cash = position > 0 ? -50_000 + 2_500 : 50_100 + 2_500
      let report = try ValueAtRisk(of: portfolio, under: snapshot, kind: .initial)
      #expect(report.equity == 2_500)
      #expect(report.exposures == [30 * Int128(position), -40 * Int128(position)])
      #expect(report.squaredRisk == 6_250_000)
      #expect(report.isCovered)
      portfolio.cash -= 1
      #expect(
        ValueAtRisk.verdict(on: portfolio, under: snapshot, kind: .initial)
          == .refused(.valueAtRisk))
    }
  }

  @Test("exposures of different instruments offset each other")
  func offset() throws {
    var portfolio = SnapshotFixture.empty
    portfolio.positions = [1, 8]
    portfolio.cash = 1 << 20
    let report = try ValueAtRisk(of: portfolio, under: try SnapshotFixture.snapshot(), kind: .initial)
    #expect(report.exposures == [30, 0])
  }

  @Test("negative equity is refused however large its square is")
  func negativeEquity() throws {
    var portfolio = SnapshotFixture.empty
    portfolio.cash = -1_000_000
    #expect(
      ValueAtRisk.verdict(on: portfolio, under: try SnapshotFixture.snapshot(), kind: .initial)
        == .refused(.negativeEquity))
  }

  @Test("instruments outside the factor model are not admitted")
  func admission() throws {
    var draft = SnapshotFixture.draft()
    draft.instruments[1].factors = nil
    let snapshot = try RiskSnapshot(draft)
    var portfolio = SnapshotFixture.empty
    portfolio.cash = 1 << 40
    portfolio.positions = [1, 0]
    #expect(ValueAtRisk.verdict(on: portfolio, under: snapshot, kind: .initial) == .covered)
    portfolio.positions = [1, -1]
    #expect(
      ValueAtRisk.verdict(on: portfolio, under: snapshot, kind: .initial)
        == .refused(.notAdmitted(coordinate: "position/CALL")))
  }
}
