import MarginRules
import TestSupport
import Testing

@Suite("Portfolio bounds")
struct PortfolioBoundsTests {
  private let snapshot: RiskSnapshot

  init() throws {
    snapshot = try SnapshotFixture.snapshot()
  }

  @Test
  func `A12, A19: every amount is accepted at its bounds and refused beyond, by its name`() {
    let (lots, cash) = (Int64(1) << 40, Int64(1) << 62)
    let cases: [(WritableKeyPath<Portfolio, Int64>, String, Int64, Int64)] = [
      (\.cash, "cash", -cash + 1, cash - 1),
      (\.positions[0], "position/PERP", -lots + 1, lots - 1),
      (\.positions[1], "position/CALL", -lots + 1, lots - 1),
      (\.holdings[0], "holding/USD", 0, lots - 1),
      (\.holdings[1], "holding/BTC", 0, lots - 1),
      (\.debts[0], "debt/USD", 0, lots - 1),
      (\.debts[1], "debt/BTC", 0, lots - 1),
    ]
    for (field, name, lower, upper) in cases {
      for (value, isInside) in [
        (Int64.min, false), (lower - 1, false), (lower, true), (upper, true), (upper + 1, false),
        (.max, false),
      ] {
        var portfolio = SnapshotFixture.empty
        portfolio[keyPath: field] = value
        let expected = MarginVerdict.refused(.invalidPortfolio(.amountOutOfBounds(name)))
        let verdicts = [
          PortfolioMargin.verdict(on: portfolio, under: snapshot, kind: .initial),
          CrossMargin.verdict(on: portfolio, under: snapshot, kind: .initial),
          CollateralRatio.verdict(on: portfolio, under: snapshot, kind: .initial),
          ValueAtRisk.verdict(on: portfolio, under: snapshot, kind: .initial),
        ]
        #expect(verdicts.allSatisfy { ($0 == expected) == !isInside }, "\(name) = \(value)")
      }
    }
  }

  @Test(arguments: [1, 3])
  func `A25: an amount is needed for everything the snapshot lists`(_ count: Int) {
    let amounts = [Int64](repeating: 0, count: count)
    var portfolio = SnapshotFixture.empty
    portfolio.debts = amounts
    #expect(
      PortfolioMargin.verdict(on: portfolio, under: snapshot, kind: .initial)
        == .refused(.invalidPortfolio(.wrongCount(quantity: "debt", expected: 2, actual: count))))
    portfolio.positions = amounts
    #expect(
      CrossMargin.verdict(on: portfolio, under: snapshot, kind: .initial)
        == .refused(.invalidPortfolio(.wrongCount(quantity: "position", expected: 2, actual: count))))
  }

  @Test("names that the snapshot does not list are refused")
  func unknownNames() throws {
    let portfolio = try Portfolio(
      positions: ["CALL": -3], holdings: ["BTC": 4], debts: [:], cash: 5, under: snapshot)
    #expect(
      portfolio == Portfolio(positions: [0, -3], holdings: [0, 4], debts: [0, 0], cash: 5))
    #expect(throws: MarginError.unknownCoordinate("debt/EUR")) {
      try Portfolio(
        positions: [:], holdings: [:], debts: ["USD": 1, "EUR": 1], cash: 0, under: snapshot)
    }
  }

  @Test
  func `A12, A17: the largest snapshot and the largest amounts do not overflow`() throws {
    let most = SnapshotLimits.charges.upperBound
    var draft = SnapshotFixture.draft()
    draft.bufferPpm = SnapshotLimits.multipliers.upperBound
    draft.tiers = Tiers(
      maintenance: draft.bufferPpm, initial: draft.bufferPpm, closeOnly: draft.bufferPpm,
      healthy: draft.bufferPpm)
    draft.collateral = []
    draft.groups = [ScenarioGroup(id: "g", scenarios: [draft.groups[0].scenarios[0]])]
    var instrument = draft.instruments[0]
    instrument.markFloor = -most
    instrument.markCeil = most
    instrument.long = [Bracket(capLots: nil, imPerLot: most, mmPerLot: most)]
    instrument.short = instrument.long
    instrument.contLong = most
    instrument.contShort = most
    instrument.pnlLong = [-most]
    instrument.pnlShort = [-most]
    instrument.factors = [most, -most]
    instrument.maxLongLots = nil
    instrument.maxShortLots = nil
    draft.instruments = (0..<2_046).map { index in
      instrument.id = "I\(index)"
      return instrument
    }
    let snapshot = try RiskSnapshot(draft)
    for sign in [Int64(1), -1] {
      let lots = sign * SnapshotLimits.amounts.upperBound
      let portfolio = Portfolio(
        positions: [Int64](repeating: lots, count: 2_046), holdings: [], debts: [],
        cash: -SnapshotLimits.cash.upperBound)
      let report = try PortfolioMargin(of: portfolio, under: snapshot, kind: .initial)
      #expect(report.verdict == .refused(.lossLimit(group: "g")))
      #expect(report.slackScenario < -(Int128(1) << 125))
      #expect(report.slackBracket < -(Int128(1) << 124))
      #expect(
        ValueAtRisk.verdict(on: portfolio, under: snapshot, kind: .initial)
          == .refused(.negativeEquity))
    }
  }
}
