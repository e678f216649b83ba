import CircuitLanguage
import Foundation
import MarginRules
import Solvency
import TestSupport
import Testing

/// Circuits over the example snapshot whose advice does not say what its rule says. Prices are those of a
/// market, so that a lot costs millions of quanta.
@Suite("Advice that is not bound, at a market's prices")
struct UnboundAdviceTests {
  struct Variant: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let text: String

    init(_ name: String, _ text: String) { (testDescription, self.text) = (name, text) }
  }

  static let variants = [
    Variant(
      "absolute size held by one of two rows",
      """
      circuit v1 version 1 language 2
      parameters snapshot
      committed cash in 0 ... 2^62 - 1
      committed position[i in instruments]
      advice long [i in instruments] in 0 ... 100_000_000 := max( position[i], 0)
      advice short[i in instruments] in 0 ... 100_000_000 := max(-position[i], 0)
      link for i in instruments : position[i] == long[i] - short[i]
      advice size[i in instruments] in 0 ... 100_000_000 := max(position[i], -position[i])
      require "a {i}" for i in instruments : size[i] - (long[i] - short[i]) >= 0
      require "g" : 10 * cash - sum(i in instruments : i.markCeil * size[i]) >= 0
      """),
    Variant(
      "the worst of one scenario",
      """
      circuit v2 version 1 language 2
      parameters snapshot
      committed cash in 0 ... 2^62 - 1
      committed position[i in instruments]
      advice long [i in instruments] in 0 ... 100_000_000 := max( position[i], 0)
      advice short[i in instruments] in 0 ... 100_000_000 := max(-position[i], 0)
      link for i in instruments : position[i] == long[i] - short[i]
      advice loss[g in groups] in 0 ... 2^62 - 1 := max(0, max(s in 0 ..< count(g.scenarios) : -sum(i in g.instruments : i.pnlLong[s] * long[i] + i.pnlShort[s] * short[i])))
      require "first {g}" for g in groups : loss[g] + sum(i in g.instruments : i.pnlLong[0] * long[i] + i.pnlShort[0] * short[i]) >= 0
      require "m" : cash - sum(g in groups : loss[g]) >= 0
      """),
    Variant(
      "a discount that nothing holds down",
      """
      circuit v3 version 1 language 2
      parameters snapshot
      committed cash in 0 ... 2^62 - 1
      committed position[i in instruments]
      advice long [i in instruments] in 0 ... 100_000_000 := max( position[i], 0)
      advice short[i in instruments] in 0 ... 100_000_000 := max(-position[i], 0)
      link for i in instruments : position[i] == long[i] - short[i]
      advice discount in 0 ... 2^40 := min(cash, 1_000_000)
      require "m" : cash + discount - sum(i in instruments : i.markCeil * (long[i] + short[i])) >= 0
      """),
    Variant(
      "a hedge held by one of its legs",
      """
      circuit v4 version 1 language 2
      parameters snapshot
      committed cash in 0 ... 2^62 - 1
      committed position[i in instruments]
      advice long [i in instruments] in 0 ... 100_000_000 := max( position[i], 0)
      advice short[i in instruments] in 0 ... 100_000_000 := max(-position[i], 0)
      link for i in instruments : position[i] == long[i] - short[i]
      advice hedge in 0 ... 100_000_000 := min(long["BTC-PERP"], short["BTC-PERP"])
      require "h" : long["BTC-PERP"] - hedge >= 0
      require "m" : cash + 1_000_000 * hedge - sum(i in instruments : i.markCeil * (long[i] + short[i])) >= 0
      """),
    Variant(
      "a flag that nothing holds",
      """
      circuit v5 version 1 language 2
      parameters snapshot
      committed cash in 0 ... 2^62 - 1
      committed position[i in instruments]
      advice long [i in instruments] in 0 ... 100_000_000 := max( position[i], 0)
      advice short[i in instruments] in 0 ... 100_000_000 := max(-position[i], 0)
      link for i in instruments : position[i] == long[i] - short[i]
      advice flag in 0 ... 1 := if cash >= 1_000_000 then 1 else 0
      require "m" : cash + 1_000_000_000_000 * flag - sum(i in instruments : i.markCeil * (long[i] + short[i])) >= 0
      """),
    Variant(
      "a quotient that nothing holds",
      """
      circuit v6 version 1 language 2
      parameters snapshot
      committed cash in 0 ... 2^62 - 1
      committed position[i in instruments]
      advice long [i in instruments] in 0 ... 100_000_000 := max( position[i], 0)
      advice short[i in instruments] in 0 ... 100_000_000 := max(-position[i], 0)
      link for i in instruments : position[i] == long[i] - short[i]
      advice tickets in 0 ... 1_000_000 := cash // 1_000_000
      require "m" : 2_000_000 * tickets - sum(i in instruments : i.markCeil * (long[i] + short[i])) >= 0
      """),
    Variant(
      "a factor of a product",
      """
      circuit v7 version 1 language 2
      parameters snapshot
      committed cash in 0 ... 2^62 - 1
      committed position[i in instruments]
      advice long [i in instruments] in 0 ... 100_000_000 := max( position[i], 0)
      advice short[i in instruments] in 0 ... 100_000_000 := max(-position[i], 0)
      link for i in instruments : position[i] == long[i] - short[i]
      advice share in 0 ... 1_000_000 := if cash > 0 then 500_000 else 1_000_000
      product weighted := share * long["BTC-PERP"]
      require "m" : cash - 63 * weighted - sum(i in instruments : i.markCeil * short[i]) >= 0
      """),
    Variant(
      "a net of one instrument for all",
      """
      circuit v8 version 1 language 2
      parameters snapshot
      committed cash in 0 ... 2^62 - 1
      committed position[i in instruments]
      advice long [i in instruments] in 0 ... 100_000_000 := max( position[i], 0)
      advice short[i in instruments] in 0 ... 100_000_000 := max(-position[i], 0)
      link for i in instruments : position[i] == long[i] - short[i]
      advice net in 0 ... 2^50 := max(0, sum(i in instruments : i.markCeil * (long[i] - short[i])))
      require "n" : net - sum(i in instruments where index(i) == 0 : i.markCeil * (long[i] - short[i])) >= 0
      require "m" : 5 * cash - net >= 0
      """),
    Variant(
      "a dear part that nothing holds up",
      """
      circuit v9 version 1 language 2
      parameters snapshot
      committed cash in 0 ... 2^62 - 1
      committed position[i in instruments] in 0 ... 100_000
      advice dear[i in instruments] in 0 ... 100_000 := max(position[i] - 1_000, 0)
      require "t {i}" for i in instruments : position[i] - dear[i] >= 0
      require "m" : cash - sum(i in instruments : 1_000 * position[i] + 100_000 * dear[i]) >= 0
      """),
    Variant(
      "a rest that covers whatever is missing",
      """
      circuit v10 version 1 language 2
      parameters snapshot
      committed cash in 0 ... 2^62 - 1
      committed position[i in instruments]
      advice long [i in instruments] in 0 ... 100_000_000 := max( position[i], 0)
      advice short[i in instruments] in 0 ... 100_000_000 := max(-position[i], 0)
      link for i in instruments : position[i] == long[i] - short[i]
      advice rest in 0 ... 2^60 := max(0, sum(i in instruments : i.markCeil * (long[i] + short[i])) - cash)
      require "cover" : cash + rest - sum(i in instruments : i.markCeil * (long[i] + short[i])) >= 0
      """),
  ]

  @Test(
    "each is refused by the compiler, or a book is found that can be proved and fails the rule",
    arguments: variants)
  func caught(_ variant: Variant) throws {
    let snapshot = try RiskSnapshot(
      json: Array(Data(contentsOf: Vectors.packageRoot.appending(path: "Examples/snapshot.json"))))
    let circuit = try Circuit(parsing: variant.text, named: "variant.circuit")
    let registry = try Registry(of: snapshot)
    let rule: MarginRule
    do throws(MarginRuleError) {
      rule = try MarginRule(circuit: circuit, snapshot: snapshot, kind: .initial, registry: registry)
    } catch {
      guard case .circuit(let refusal) = error else { return #expect(Bool(false), "\(error)") }
      return #expect(refusal.description.contains("whatever the book is"), "\(refusal)")
    }
    let report = rule.compiled.searchForDifference()
    let difference = try #require(report.difference, "\(report.bookCount) books")
    // Either the rule fails, or it does not admit the book at all.
    if case .requirementFails(_, let value) = difference.objection { #expect(value < 0) }
  }
}
