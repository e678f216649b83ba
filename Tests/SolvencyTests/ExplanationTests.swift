import CanonicalBytes
import CircuitLanguage
import ExactIntegers
import Foundation
import MarginRules
import Solvency
import SolvencyProver
import TestSupport
import Testing

/// What `explain` says in money.
@Suite("Explanations in money")
struct ExplanationTests {
  private static let snapshot = Result {
    try RiskSnapshot(
      json: Array(Data(contentsOf: Vectors.packageRoot.appending(path: "Examples/snapshot.json"))))
  }

  private static func book(_ changes: [String: Int64] = [:], _ registry: Registry) throws -> Book {
    // A book between the example's legs, with room on all sides.
    var amounts: [String: Int64] = [
      "position/BTC-PERP": 1_000, "position/BTC-27MAR26-60000-P": 10, "holding/USDC": 10_000_000,
      "holding/BTC": 20_000, "debt/USDC": 1_000_000, "cash": -20_000_000_000,
    ]
    amounts.merge(changes) { $1 }
    return try Book(account: AccountID("alice"), registry: registry) { amounts[$0] ?? 0 }
  }

  private static func rule(_ circuit: String, _ kind: MarginKind = .initial) throws -> MarginRule {
    let snapshot = try snapshot.get()
    let source = try #require(BuiltInCircuits.sources.first { $0.name == circuit })
    return try MarginRule(
      circuit: Circuit(parsing: source.text, named: circuit), snapshot: snapshot, kind: kind,
      registry: Registry(of: snapshot))
  }

  @Test(
    "the parts of a slack add up to it, in quanta and in units of the rule",
    arguments: ["portfolio-margin", "cross-margin", "option-minimum", "value-at-risk"])
  func partsAddUp(_ circuit: String) throws {
    let rule = try Self.rule(circuit)
    var random = SplitMix64(seed: 19)
    for _ in 0..<3 {
      let options: Int64 = circuit == "cross-margin" || circuit == "value-at-risk" ? 0 : 1
      let book = try Self.book(
        [
          "position/BTC-PERP": Int64.random(in: -3000...3000, using: &random),
          "position/BTC-27MAR26-60000-P": options * Int64.random(in: -50...50, using: &random),
          "holding/BTC": Int64.random(in: 0...2_000_000, using: &random),
          "cash": Int64.random(in: -90_000_000_000...90_000_000_000, using: &random),
        ], rule.registry)
      let explanation = try book.explanation(rule, ordersOf: [])
      var inMoney = 0
      for requirement in explanation.requirements where !requirement.parts.isEmpty {
        let name = requirement.requirement.name
        #expect(
          requirement.parts.reduce(.zero) { $0 &+ $1.value } == requirement.requirement.value, "\(name)")
        let quanta = requirement.parts.compactMap(\.quanta)
        guard !quanta.isEmpty else { continue }
        inMoney += 1
        #expect(
          quanta.count == requirement.parts.count && quanta.reduce(0, +) == requirement.slackQuanta, "\(name)"
        )
      }
      #expect(inMoney > 0)
    }
  }

  @Test("headroom of the row that binds is the cash that may leave, to the quantum")
  func bindingIsHeadroom() throws {
    let rule = try Self.rule("portfolio-margin")
    for (changes, name) in [
      ([:], "portfolio margin"),
      // Far from any scenario, nothing but brackets is asked for: a hedge of one lot with itself does not
      // count.
      (["position/BTC-PERP": 0, "position/BTC-27MAR26-60000-P": 0], "portfolio margin"),
      (["cash": -200_000_000_000], "portfolio margin"),
    ] as [([String: Int64], String)] {
      let explanation = try Self.book(changes, rule.registry).explanation(rule, ordersOf: [])
      let binding = try #require(explanation.binding)
      let row = explanation.requirements[binding]
      #expect(!row.requirement.supportsAdvice)
      #expect(row.requirement.name == name)
      #expect(row.slackQuanta == explanation.headroom.quanta)
    }
  }

  @Test("a scenario row that is 0 by construction never binds, not even first of all")
  func scenarioRowsDoNotBind() throws {
    let rule = try Self.rule("portfolio-margin")
    let evaluation = try Self.book([:], rule.registry).explain(rule)
    // The worst scenario's row is met with equality: the reserve is its loss.
    #expect(evaluation.requirements.contains { $0.supportsAdvice && $0.value.isZero })
    #expect(evaluation.binding?.supportsAdvice == false)
    let supporting = evaluation.requirements.filter(\.supportsAdvice).map(\.name)
    #expect(supporting.count == 33 && supporting.allSatisfy { $0.hasPrefix("scenario BTC") })
  }

  @Test(
    "after the largest order the rule holds, and after one lot more it does not; the same for withdrawals")
  func largestOrders() throws {
    let rule = try Self.rule("portfolio-margin")
    let snapshot = rule.snapshot
    let explanation = try Self.book([:], rule.registry).explanation(
      rule, ordersOf: ["BTC-PERP", "BTC-27MAR26-60000-P", "none"])
    #expect(explanation.orders.count == 4)
    for order in explanation.orders {
      let instrument = try #require(snapshot.instruments.first { $0.id == order.instrument })
      #expect(order.lots > 0)
      func holds(_ lots: Int64) throws -> Bool {
        let price = order.isPurchase ? -instrument.markCeil : instrument.markFloor
        let name = Registry.position(order.instrument)
        let held: Int64 = order.instrument == "BTC-PERP" ? 1_000 : 10
        return try Self.book(
          [name: held + (order.isPurchase ? lots : -lots), "cash": -20_000_000_000 + lots * price],
          rule.registry
        ).explain(rule).isProvable
      }
      #expect(try holds(order.lots), "\(order)")
      #expect(try !holds(order.lots + 1), "\(order)")
    }
    for withdrawal in explanation.withdrawals {
      let held: Int64 = withdrawal.asset == "USDC" ? 10_000_000 : 20_000
      let name = Registry.holding(withdrawal.asset)
      #expect(try Self.book([name: held - withdrawal.lots], rule.registry).explain(rule).isProvable)
      guard withdrawal.lots < held else { continue }
      #expect(try !Self.book([name: held - withdrawal.lots - 1], rule.registry).explain(rule).isProvable)
    }
    #expect(explanation.withdrawals.map(\.asset) == ["USDC", "BTC"])
  }

  @Test("what stops the largest order is named: the requirement, or the position limit and not the margin")
  func whatStops() throws {
    let rule = try Self.rule("portfolio-margin")
    let asked = ["BTC-PERP", "BTC-27MAR26-50000-C"]
    let ordinary = try Self.book([:], rule.registry).explanation(rule, ordersOf: asked)
    for order in ordinary.orders {
      guard case .requirement(let name) = order.limit else {
        Issue.record("\(order)")
        continue
      }
      #expect(["portfolio margin", "bracket margin"].contains(name), "\(order)")
    }
    // A billion of cash carries any position that the snapshot admits.
    let rich = try Self.book(["cash": 1_000_000_000_000_000], rule.registry).explanation(
      rule, ordersOf: asked)
    #expect(rich.orders.map(\.limit) == [1_000_000, 1_000_000, 10_000, 5_000].map { .maxLots($0) })
    #expect(rich.orders.map(\.lots) == [999_000, 1_001_000, 10_000, 5_000])
    // Without limits of the instrument it is the range that amounts have.
    var draft = try Self.snapshot.get().draft
    draft.instruments[0].maxLongLots = nil
    let unlimited = try MarginRule(
      circuit: rule.compiled.circuit, snapshot: RiskSnapshot(draft), kind: .initial, registry: rule.registry)
    let wide = try Self.book(["cash": 1 << 61], unlimited.registry).explanation(
      unlimited, ordersOf: ["BTC-PERP"])
    #expect(wide.orders[0].limit != .maxLots(1_000_000), "\(wide.orders)")
  }

  @Test("maxLots stops an order under a rule that knows nothing of it, on both sides")
  func maxLotsOfVenue() throws {
    var draft = try Self.snapshot.get().draft
    draft.instruments[0].maxLongLots = 1_020
    draft.instruments[0].maxShortLots = 20
    let source = try #require(BuiltInCircuits.sources.first { $0.name == "bounded-shortfall" })
    let snapshot = try RiskSnapshot(draft)
    let rule = try MarginRule(
      circuit: Circuit(parsing: source.text, named: source.name), snapshot: snapshot, kind: .initial,
      registry: Registry(of: snapshot))
    let orders = try Self.book(["cash": 1_000_000_000_000_000], rule.registry)
      .explanation(rule, ordersOf: ["BTC-PERP"]).orders
    #expect(orders.map(\.lots) == [20, 1_020])
    #expect(orders.map(\.limit) == [.maxLots(1_020), .maxLots(20)])
  }

  @Test("headroom is found up to the ends of the range of cash")
  func wideHeadroom() throws {
    let rule = try Self.rule("portfolio-margin")
    let empty = [
      "position/BTC-PERP", "position/BTC-27MAR26-60000-P", "holding/USDC", "holding/BTC", "debt/USDC",
    ]
    let none = Dictionary(uniqueKeysWithValues: empty.map { ($0, Int64(0)) })
    for cash: Int64 in [1 << 61, (1 << 62) - 1] {
      let explanation = try Self.book(none.merging(["cash": cash]) { $1 }, rule.registry)
        .explanation(rule, ordersOf: [])
      #expect(explanation.headroom.quanta == cash)
    }
  }

  @Test("a rule without cash, a book that it does not admit, and a book that fails are explained")
  func others() throws {
    let ratio = try Self.rule("collateral-ratio")
    let loan = try Self.book(
      ["position/BTC-PERP": 0, "position/BTC-27MAR26-60000-P": 0, "holding/USDC": 0, "cash": 0],
      ratio.registry
    ).explanation(ratio, ordersOf: ["BTC-PERP"])
    #expect(loan.evaluation.isProvable && loan.binding == 0)
    #expect(loan.requirements.allSatisfy { $0.slackQuanta == nil })
    // What decides is taken apart, in units of the rule.
    #expect(!loan.requirements[0].parts.isEmpty && loan.requirements[0].parts.allSatisfy { $0.quanta == nil })
    // Nothing can be bought on a loan.
    #expect(loan.orders.allSatisfy { $0.lots == 0 })
    for order in loan.orders {
      #expect(order.limit == .notCommitted("position/BTC-PERP"), "\(order)")
    }
    let stranger = try Self.book([:], ratio.registry).explanation(ratio, ordersOf: ["BTC-PERP"])
    #expect(stranger.binding == nil && stranger.orders.isEmpty && stranger.withdrawals.isEmpty)

    let rule = try Self.rule("portfolio-margin")
    let short = try Self.book(["cash": -900_000_000_000], rule.registry).explanation(
      rule, ordersOf: ["BTC-PERP"])
    #expect(!short.evaluation.isProvable && short.orders.isEmpty)
    let binding = try #require(short.binding)
    #expect(!short.requirements[binding].requirement.holds)
    #expect(short.requirements[binding].slackQuanta == short.headroom.quanta)
  }

  /// A circuit of the cookbook under the example's snapshot, with prices of BTC moved as linear contracts and
  /// collateral move.
  private static func cookbook(_ circuit: String, movedBy ppm: Int64 = 0) throws -> MarginRule {
    var draft = try snapshot.get().draft
    func moved(_ value: Int64) -> Int64 { value * (1_000_000 + ppm) / 1_000_000 }
    for index in draft.instruments.indices where draft.instruments[index].id == "BTC-PERP" {
      draft.instruments[index].markFloor = moved(draft.instruments[index].markFloor)
      draft.instruments[index].markCeil = moved(draft.instruments[index].markCeil) + (ppm == 0 ? 0 : 1)
    }
    for index in draft.collateral.indices where draft.collateral[index].id == "BTC" {
      for k in draft.collateral[index].tranches.indices {
        draft.collateral[index].tranches[k].valIM = moved(draft.collateral[index].tranches[k].valIM)
        draft.collateral[index].tranches[k].valMM = moved(draft.collateral[index].tranches[k].valMM)
      }
      draft.collateral[index].debtIM = moved(draft.collateral[index].debtIM)
      draft.collateral[index].debtMM = moved(draft.collateral[index].debtMM)
    }
    let path = Vectors.packageRoot.appending(path: "Examples/circuits/\(circuit).circuit")
    let snapshot = try RiskSnapshot(draft)
    return try MarginRule(
      circuit: Circuit(parsing: Array(Data(contentsOf: path)), named: circuit), snapshot: snapshot,
      kind: .initial,
      registry: Registry(of: snapshot))
  }

  @Test(
    "at a stated move of a price the rule fails, and nearer it does not, whatever the rule counts",
    arguments: [
      // Equity may not fall below nine tenths of what it was: 1,000 USD and ten lots fail at 62,000, and not
      // where the cash that may leave would be lost.
      ("drawdown", ["position/BTC-PERP": 10, "cash": 1_000_000_000], -27_100, -26_900),
      // The whole notional stays below cash, so that falls give room; options are worth nothing at last, not
      // less.
      ("absolute-value", ["position/BTC-PERP": 10, "cash": 1_000_000_000], 100_000, 900_000),
      // A loan with a hundred times its value as collateral, and no cash that could leave.
      ("loan-to-value", ["holding/BTC": 2_000, "debt/USDC": 10_000], -999_000, -900_000),
    ] as [(String, [String: Int64], Int64, Int64)])
  func moves(_ circuit: String, _ amounts: [String: Int64], _ least: Int64, _ most: Int64) throws {
    let rule = try Self.cookbook(circuit)
    let book = try Book(account: AccountID("alice"), registry: rule.registry) { amounts[$0] ?? 0 }
    let moves = try book.headroom(rule).moves
    #expect(moves.count == 1)
    let move = try #require(moves.first)
    #expect(move.group == "BTC" && (least...most).contains(move.ppm), "\(move)")
    let step: Int64 = move.ppm < 0 ? 100 : -100
    #expect(try !book.explain(Self.cookbook(circuit, movedBy: move.ppm - step)).isProvable)
    #expect(try book.explain(Self.cookbook(circuit, movedBy: move.ppm + step)).isProvable)
    // The other way it goes on holding.
    #expect(try book.explain(Self.cookbook(circuit, movedBy: move.ppm < 0 ? 300_000 : -300_000)).isProvable)
  }

  @Test(
    "parts are in money where a row counts cash once and in proportion, and in units of the rule elsewhere")
  func moneyOrUnits() throws {
    let rule = try Self.cookbook("drawdown")
    let amounts: [String: Int64] = ["position/BTC-PERP": 10, "cash": 1_000_000_000]
    let book = try Book(account: AccountID("alice"), registry: rule.registry) { amounts[$0] ?? 0 }
    let drawdown = try book.explanation(rule, ordersOf: []).requirements[0]
    // Cash counts now and before: a tenth of what leaves is missing in the end.
    #expect(drawdown.parts.allSatisfy { $0.quanta == nil } && !drawdown.parts.isEmpty)
    #expect(drawdown.slackQuanta == (try book.headroom(rule).quanta))
    let risk = try Self.rule("value-at-risk")
    let long: [String: Int64] = ["position/BTC-PERP": 100, "cash": -5_000_000_000]
    let holder = try Book(account: AccountID("alice"), registry: risk.registry) { long[$0] ?? 0 }
    let explanation = try holder.explanation(risk, ordersOf: [])
    let binding = try #require(explanation.binding)
    #expect(explanation.requirements[binding].slackQuanta == explanation.headroom.quanta)
  }

  private static func explanation(
    _ rule: MarginRule, _ amounts: [String: Int64], ordersOf instruments: [String] = []
  ) throws -> AccountExplanation {
    try Book(account: AccountID("alice"), registry: rule.registry) { amounts[$0] ?? 0 }
      .explanation(rule, ordersOf: instruments)
  }

  @Test(
    "what binds is what fails with one quantum less, even where a square holds again with much less",
    arguments: [(100, 1_000_000_000_000), (1_000, -70_000_000_000)] as [(Int64, Int64)])
  func squareBinds(_ lots: Int64, _ cash: Int64) throws {
    let rule = try Self.rule("value-at-risk")
    let explanation = try Self.explanation(rule, ["position/BTC-PERP": lots, "cash": cash])
    let row = explanation.requirements[try #require(explanation.binding)]
    #expect(row.requirement.name == "value at risk")
    let headroom = try #require(explanation.headroom.quanta)
    #expect(row.slackQuanta == headroom && (headroom > 0) == (cash > 0))
    // That equity is not negative fails later, so its slack is more.
    let other = explanation.requirements[0]
    #expect(other.requirement.name == "equity is not negative" && (other.slackQuanta ?? 0) > headroom)
    for (less, isMet) in [(Int64(0), true), (1, false)] {
      let changed = try Self.explanation(
        rule, ["position/BTC-PERP": lots, "cash": cash - headroom - less])
      #expect(changed.evaluation.requirements.allSatisfy(\.holds) == isMet)
    }
  }

  @Test(
    "where the rule's range of cash ends before a requirement fails, the range is named and no requirement")
  func rangeBinds() throws {
    let rule = try Self.cookbook("drawdown")
    for cash in [Int64(1_000_000), 0] {
      let explanation = try Self.explanation(rule, ["position/BTC-PERP": -7, "cash": cash])
      #expect(explanation.headroom.quanta == cash && explanation.headroom.limit == .room("cash"))
      #expect(explanation.binding == nil)
      // The row alone would let more leave.
      #expect((explanation.requirements[0].slackQuanta ?? 0) > cash)
    }
    // Without debt either of the two rows of either-or will do, down to no cash at all.
    let either = try Self.explanation(try Self.cookbook("either-or"), ["cash": 1_000_500_000])
    #expect(either.headroom.quanta == 1_000_500_000 && either.headroom.limit == .room("cash"))
    #expect(either.binding == nil && either.requirements[0].slackQuanta == nil)
  }

  @Test("of two rows that meet at the headroom the one that fails first is named")
  func firstToFail() throws {
    let rule = try Self.cookbook("either-or")
    let explanation = try Self.explanation(rule, ["cash": 3_000_000_000, "debt/USDC": 1])
    #expect(explanation.headroom.quanta == 2_000_000_000)
    let binding = try #require(explanation.binding)
    #expect(explanation.requirements[binding].requirement.name == "else without debt")
    #expect(explanation.requirements[binding].slackQuanta == 2_000_000_000)
    // With a quantum less the choice is the other one, and the first row holds.
    #expect(explanation.requirements[0].slackQuanta == nil)
  }

  @Test(
    "an order stops at the first size that fails, even if larger ones pass, and it is said that sizes were tried",
    arguments: [("BTC-27MAR26-70000-P", 60, 628), ("BTC-27MAR26-65000-P", 100, 453)]
      as [(String, Int64, Int64)])
  func gaps(_ option: String, _ lots: Int64, _ largest: Int64) throws {
    let rule = try Self.cookbook("concentration")
    #expect(!rule.compiled.isConvex)
    let amounts: [String: Int64] = [
      "position/BTC-PERP": -800, "position/BTC-27MAR26-60000-P": 100, "position/\(option)": lots,
      "cash": 1_000_000_000_000,
    ]
    let order = try Self.explanation(rule, amounts, ordersOf: ["BTC-PERP"]).orders[0]
    #expect(order.isPurchase && order.lots == largest && !order.isExact, "\(order)")
    let again = try #require(order.holdsAgainAt)
    let mark = try #require(rule.snapshot.instruments.first { $0.id == "BTC-PERP" }).markCeil
    for (size, isMet) in [(largest, true), (largest + 1, false), (again, true)] {
      var bought = amounts
      bought["position/BTC-PERP"] = -800 + size
      bought["cash"] = 1_000_000_000_000 - size * mark
      #expect(try Self.explanation(rule, bought).evaluation.isProvable == isMet, "\(size)")
    }
  }

  @Test("rules without products and choices have exact largest orders")
  func exact() throws {
    let rule = try Self.rule("portfolio-margin")
    let explanation = try Self.book([:], rule.registry).explanation(rule, ordersOf: ["BTC-PERP"])
    #expect(explanation.orders.allSatisfy { $0.isExact && $0.holdsAgainAt == nil })
    #expect(explanation.withdrawals.allSatisfy { $0.isExact && $0.holdsAgainAt == nil })
    for (name, isConvex) in [
      ("portfolio-margin", true), ("cross-margin", true), ("option-minimum", true), ("value-at-risk", false),
    ] {
      #expect(try Self.rule(name).compiled.isConvex == isConvex, "\(name)")
    }
    // Tiers have a product of a side, which is public; either-or has a choice.
    #expect(try Self.cookbook("tiers").compiled.isConvex)
    #expect(try !Self.cookbook("either-or").compiled.isConvex)
  }

  @Test("parts know what the circuit multiplies them by: fields of the snapshot and parameters")
  func factors() throws {
    let rule = try Self.rule("portfolio-margin")
    let explanation = try Self.book([:], rule.registry).explanation(rule, ordersOf: [])
    func factors(_ requirement: String, _ definition: String, _ name: String) throws -> [String] {
      let row = try #require(explanation.requirements.first { $0.requirement.name == requirement })
      return try #require(row.parts.first { $0.definition == definition && $0.name == name }).factors
    }
    let perpetual = "position/BTC-PERP"
    #expect(try factors("portfolio margin", "equity", perpetual) == ["markFloor", "markCeil"])
    #expect(
      try factors("portfolio margin", "portfolio_requirement", perpetual) == [
        "beta", "contLong", "contShort",
      ])
    #expect(try factors("portfolio margin", "portfolio_requirement", "reserve[BTC]") == ["beta"])
    #expect(try factors("bracket margin", "bracket_requirement", perpetual) == ["theta", "margin"])
    #expect(try factors("portfolio margin", "equity", "holding/BTC") == ["value"])
    #expect(try factors("portfolio margin", "equity", "cash") == [])
  }

  @Test("a linked coordinate takes what the values of its link add up to, and another one nothing")
  func rooms() throws {
    let rule = try Self.rule("portfolio-margin")
    #expect(rule.compiled.room(for: "position/BTC-PERP") == .linked(-1_000_000...1_000_000))
    let ratio = try Self.rule("collateral-ratio")
    #expect(ratio.compiled.room(for: "cash") == .nothing)
  }

  @Test("lots are written as an amount of their asset, to the last digit")
  func amountsOfLots() throws {
    let sizes = LotSizes(of: try Self.snapshot.get())
    #expect(sizes.text(8_256, of: "position/BTC-PERP") == "8.256 BTC")
    #expect(sizes.text(-1, of: "holding/BTC") == "-0.0001 BTC")
    #expect(sizes.text(9_690_118, of: "holding/USDC") == "96901.18 USDC")
    #expect(sizes.text(0, of: "cash") == "0 USD")
    #expect(sizes.text(.min, of: "cash") == "-9223372036854.775808 USD")
    #expect(sizes.text(1, of: "position/none") == nil)
  }
}

/// Answers about books near one another.
@Suite("Books near one another")
struct NearbyBooksTests {
  @Test(
    "what a change reaches decides as the whole book does",
    arguments: [
      "portfolio-margin", "option-minimum", "value-at-risk", "bounded-shortfall", "health-band",
    ])
  func sameAnswers(_ circuit: String) throws {
    let snapshot = try RiskSnapshot(
      json: Array(Data(contentsOf: Vectors.packageRoot.appending(path: "Examples/snapshot.json"))))
    let source = try #require(BuiltInCircuits.sources.first { $0.name == circuit })
    let rule = try MarginRule(
      circuit: Circuit(parsing: source.text, named: circuit), snapshot: snapshot, kind: .initial,
      registry: Registry(of: snapshot))
    let cash = try #require(rule.registry.index(of: "cash"))
    let position = try #require(rule.registry.index(of: "position/BTC-PERP"))
    var amounts = [Int64](repeating: 0, count: rule.registry.count)
    (amounts[cash], amounts[position]) = (100_000_000_000, 500)
    let made = NearbyBooks(rule.compiled, around: amounts.span)
    let nearby = try #require(made)
    var random = SplitMix64(seed: 4)
    var answers = [0, 0]
    for _ in 0..<300 {
      let size = Int64(1) << Int64.random(in: 0...45, using: &random)
      let changes = [
        (position, Int64.random(in: -size...size, using: &random)),
        (cash, Int64.random(in: -1_000_000...200_000_000_000, using: &random)),
      ]
      var changed = amounts
      for (coordinate, amount) in changes { changed[coordinate] = amount }
      let answer = nearby.isProvable(changes.map { (coordinate: $0.0, amount: $0.1) })
      let whole = try rule.compiled.evaluate(changed.span).isProvable
      #expect(answer == whole, "\(changes)")
      answers[answer ? 1 : 0] += 1
    }
    #expect(answers[0] > 0 && answers[1] > 0)
  }
}
