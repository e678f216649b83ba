import MarginRules
import TestSupport
import Testing

/// Accounts under a real market of 5 February 2026, computed by another implementation in exact
/// integers.
private struct GoldenAccounts: Decodable {
  let accounts: [String: Account]
  let results: [String: [String: Result]]

  struct Account: Decodable {
    let cash: Int64
    let coll: [String: Int64]
    let debt: [String: Int64]
    let pos: [String: Int64]
  }

  struct Result: Decodable {
    let equity_uUSD: Int64
    let bracketReq: Int64
    let scenarioWorst: Int64
    let worstScenario: Int
    let contingency: Int64
    let slackScenario_x1e6: Int64
    let slackBracket: Int64
    let ok: Bool
    let minPassingCash: Int64
  }
}

@Suite("Golden margin accounts")
struct GoldenAccountsTests {
  private static let kinds: [(String, MarginKind)] = [("MM", .maintenance), ("IM", .initial)]

  /// Calls `body` with each account, its kind and the expected numbers.
  private func forEachResult(
    _ body: (Portfolio, RiskSnapshot, MarginKind, GoldenAccounts.Result) throws -> Void
  ) throws {
    let golden = try Vectors.load("margin/golden_accounts.json", as: GoldenAccounts.self)
    let snapshot = try SnapshotFixture.goldenSnapshot()
    #expect(Set(golden.accounts.keys) == ["longPerp10x", "shortStrangle"])
    #expect(Set(golden.results.keys) == Set(golden.accounts.keys))
    for (name, account) in golden.accounts {
      let portfolio = try Portfolio(
        positions: account.pos, holdings: account.coll, debts: account.debt, cash: account.cash,
        under: snapshot)
      for (key, kind) in Self.kinds {
        let result = try #require(golden.results[name]?[key])
        try body(portfolio, snapshot, kind, result)
      }
    }
  }

  @Test("every number is reproduced")
  func numbers() throws {
    try forEachResult { portfolio, snapshot, kind, result in
      let report = try PortfolioMargin(of: portfolio, under: snapshot, kind: kind)
      #expect(report.equity == Int128(result.equity_uUSD))
      #expect(report.bracketRequirement == Int128(result.bracketReq))
      #expect(report.groups.map(\.loss) == [Int128(result.scenarioWorst)])
      #expect(report.groups.map(\.worstScenario) == [result.worstScenario])
      #expect(report.contingency == Int128(result.contingency))
      #expect(report.slackScenario == Int128(result.slackScenario_x1e6))
      // The file states this slack in quanta, after division by 10⁶.
      #expect(report.slackBracket == Int128(result.slackBracket) * 1_000_000)
      #expect(report.isCovered == result.ok)
      #expect(report.verdict == (result.ok ? .covered : .refused(.portfolioRequirement)))
    }
  }

  @Test
  func `A16: the least cash that passes does pass, and one quantum less does not`() throws {
    try forEachResult { portfolio, snapshot, kind, result in
      var portfolio = portfolio
      portfolio.cash = result.minPassingCash
      #expect(PortfolioMargin.verdict(on: portfolio, under: snapshot, kind: kind) == .covered)
      portfolio.cash -= 1
      #expect(
        PortfolioMargin.verdict(on: portfolio, under: snapshot, kind: kind)
          == .refused(.portfolioRequirement))
    }
  }

  /// margin B.6 quotes the same four numbers.
  @Test("the least cash is the published one")
  func publishedCash() throws {
    var cash: Set<Int64> = []
    try forEachResult { _, _, _, result in cash.insert(result.minPassingCash) }
    #expect(
      cash == [-597_987_390_000, -582_216_943_500, -775_203_574_500, -675_626_083_155])
  }
}
