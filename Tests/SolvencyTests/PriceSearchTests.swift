import CanonicalBytes
import CircuitLanguage
import Foundation
import MarginRules
import Solvency
import SolvencyProver
import TestSupport
import Testing

/// The moves of prices at which a rule fails, and what is said where none was found.
@Suite("Moves of prices")
struct PriceSearchTests {
  private static let snapshot = Result {
    try RiskSnapshot(
      json: Array(Data(contentsOf: Vectors.packageRoot.appending(path: "Examples/snapshot.json"))))
  }

  /// A built-in circuit, or one of the cookbook, under the example's snapshot with changes.
  private static func rule(
    _ name: String, _ change: (inout SnapshotDraft) -> Void = { _ in }
  ) throws -> MarginRule {
    var draft = try snapshot.get().draft
    change(&draft)
    let changed = try RiskSnapshot(draft)
    let circuit =
      if let builtIn = BuiltInCircuits.sources.first(where: { $0.name == name }) {
        try Circuit(parsing: builtIn.text, named: name)
      } else {
        try Circuit(
          parsing: Array(
            Data(
              contentsOf: Vectors.packageRoot.appending(path: "Examples/circuits/\(name).circuit"))),
          named: name)
      }
    return try MarginRule(
      circuit: circuit, snapshot: changed, kind: .initial, registry: Registry(of: changed))
  }

  private static func headroom(_ rule: MarginRule, _ amounts: [String: Int64]) throws -> MarginHeadroom {
    try Book(account: AccountID("alice"), registry: rule.registry) { amounts[$0] ?? 0 }.headroom(rule)
  }

  /// A long perpetual on two thirds of its value, which fails at a fall of about a seventh.
  private static let longPerpetual: [String: Int64] = [
    "position/BTC-PERP": 1_000, "cash": -42_479_000_000,
  ]

  @Test(
    "collateral follows the group that it names whatever its lot is called, and otherwise the unit of its lot",
    arguments: [
      ("0.0001 WBTC", "BTC", "0.001 BTC", true), ("0.0001 BTC", "BTC", "1 contract", true),
      ("0.0001 BTC", nil, "0.001 BTC", true), ("0.0001 WBTC", nil, "0.001 BTC", false),
    ] as [(String, String?, String, Bool)])
  func collateral(_ lot: String, _ group: String?, _ instrumentLot: String, _ follows: Bool) throws {
    let rule = try Self.rule("loan-to-value") { draft in
      for index in draft.collateral.indices where draft.collateral[index].id == "BTC" {
        draft.collateral[index].lot = lot
        draft.collateral[index].group = group
      }
      for index in draft.instruments.indices { draft.instruments[index].lot = instrumentLot }
    }
    let headroom = try Self.headroom(rule, ["holding/BTC": 2_000, "debt/USDC": 10_000])
    guard follows else {
      #expect(headroom.moves.isEmpty && headroom.prices.isEmpty)
      #expect(Set(headroom.withoutGroup) == ["holding/BTC", "debt/USDC"])
      return
    }
    let search = try #require(headroom.prices.first)
    #expect(headroom.prices.count == 1 && search.group == "BTC")
    #expect(search.moved == ["holding/BTC"] && search.held == ["debt/USDC"])
    #expect(headroom.withoutGroup == ["debt/USDC"])
    #expect((-999_000 ... -900_000).contains(try #require(search.fall.failure).ppm))
    #expect(search.rise == .holds(upTo: 10_000_000))
  }

  @Test(
    "a fall that fails only around where a mark reaches its least is found, at the nearest move that fails")
  func bends() throws {
    // Long calls make up for the first part of what the short perpetual gains; at -32 % the rule holds again.
    let rule = try Self.rule("portfolio-margin")
    let headroom = try Self.headroom(
      rule,
      [
        "position/BTC-PERP": -1_000, "position/BTC-27MAR26-80000-C": 340, "cash": 95_563_339_809,
      ])
    let move = try #require(headroom.prices.first?.fall.failure)
    #expect(abs(move.ppm + 193_033) <= 1 && move.isBeyondScenarios, "\(move)")
    #expect(headroom.moves.contains(move))
  }

  @Test("where no move fails it is said up to where moves were tried, and where none could be tried why")
  func sides() throws {
    let rule = try Self.rule("portfolio-margin")
    let long = try #require(try Self.headroom(rule, Self.longPerpetual).prices.first)
    #expect(long.fall.failure != nil && long.rise == .holds(upTo: 10_000_000))

    let volatile = try Self.rule("portfolio-margin") { draft in
      for index in draft.groups[0].scenarios.indices where draft.groups[0].scenarios[index].vol == 0 {
        draft.groups[0].scenarios[index].vol = 1_000_000
      }
    }
    let unknown = try Self.headroom(volatile, Self.longPerpetual)
    #expect(unknown.moves.isEmpty)
    #expect(unknown.prices.map(\.fall) == [.untried(beyond: 0, .noScenario)])
    #expect(unknown.prices.map(\.rise) == [.untried(beyond: 0, .noScenario)])
  }

  /// Bitcoin as collateral at a hundred quanta a lot, so that at a fall of more than 99 % it is worth nothing
  /// and the circuit, whose row then counts none of it, does not compile.
  private static func cheap() throws -> MarginRule {
    try rule("capped-collateral") { draft in
      for index in draft.collateral.indices where draft.collateral[index].id == "BTC" {
        for k in draft.collateral[index].tranches.indices {
          draft.collateral[index].tranches[k].valIM = 100
          draft.collateral[index].tranches[k].valMM = 100
        }
      }
    }
  }

  @Test("a move whose snapshot makes no rule is halved towards, and what fails before it is found")
  func noRule() throws {
    let rule = try Self.cheap()
    let free = try #require(try Self.headroom(rule, ["holding/BTC": 10]).prices.first)
    #expect(free.fall == .untried(beyond: -990_000, .noRule))
    // 1,000 lots at eleven quanta cover a debt of 10,100 quanta, and at ten they do not.
    let indebted = try #require(
      try Self.headroom(rule, ["holding/BTC": 1_000, "debt/USDC": 1]).prices.first)
    #expect(indebted.fall.failure?.ppm == -890_001)
  }

  @Test("two scenarios with one move are one point of the straight lines")
  func twoScenarios() throws {
    // It fails a little beyond the fall by 16 %, which is then there three times and the last.
    var amounts = Self.longPerpetual
    amounts["cash"] = -40_000_000_000
    let once = try Self.headroom(try Self.rule("portfolio-margin"), amounts)
    let often = try Self.headroom(
      try Self.rule("portfolio-margin") { draft in
        for index in draft.groups[0].scenarios.indices
        where draft.groups[0].scenarios[index].price.magnitude <= 160_000 {
          draft.groups[0].scenarios[index].vol = 0
        }
      }, amounts)
    // The perpetual gains the same at every volatility, and the rule reads no scenario's.
    let (first, second) = (try #require(once.moves.first), try #require(often.moves.first))
    #expect(first.ppm < -160_000 && first.ppm == second.ppm, "\(first) \(second)")
  }

  @Test("a price names an instrument that is held, and has all digits of its lot")
  func prices() throws {
    let rule = try Self.rule("portfolio-margin") { draft in
      for index in draft.instruments.indices where draft.instruments[index].id == "BTC-PERP" {
        var other = draft.instruments[index]
        other.id = "ETH-PERP"
        other.lot = "0.01 ETH"
        draft.instruments[index].lot = "1000000 BTC"
        draft.instruments.insert(other, at: 0)
        return
      }
    }
    let move = try #require(try Self.headroom(rule, Self.longPerpetual).prices.first?.fall.failure)
    let price = try #require(move.price)
    #expect(price.instrument == "BTC-PERP" && price.lot == "1000000 BTC" && price.lotQuanta == 63_718_970)
    // 63.71897 USD for a million.
    #expect(price.trillionths == 63_718_970)
    #expect(price.trillionths(movedBy: -500_000) == 31_859_485)
    let text = String(decoding: move.json.encoded(), as: UTF8.self)
    #expect(
      text.contains(#""priceUSD":"0.00006371897""#) && text.contains(#""lotPriceQuanta":63718970"#), "\(text)"
    )
  }

  @Test("for programs each side of each group has a verdict, with what moved and what held still")
  func data() throws {
    let rule = try Self.rule("portfolio-margin")
    var amounts = Self.longPerpetual
    amounts["holding/USDC"] = 1_000
    let search = try #require(try Self.headroom(rule, amounts).prices.first)
    let text = String(decoding: search.json.encoded(), as: UTF8.self)
    for part in [
      #""moved":["position/BTC-PERP"]"#, #""held":["holding/USDC"]"#, #""verdict":"fails""#,
      #""verdict":"holds""#, #""ppm":10000000"#,
    ] {
      #expect(text.contains(part), "\(part) in \(text)")
    }
  }
}
