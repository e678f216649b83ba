import CircuitLanguage
import Foundation
import MarginRules
import Solvency
import SolvencyProver
import TestSupport
import Testing

/// The circuits of `Examples/circuits`, which Documentation/Cookbook.md explains.
@Suite("Cookbook")
struct CookbookTests {
  private static let folder = Vectors.packageRoot.appending(path: "Examples/circuits")

  private func compiled(_ name: String) throws -> (rule: MarginRule, registry: Registry) {
    let snapshot = try RiskSnapshot(
      json: Array(Data(contentsOf: Vectors.packageRoot.appending(path: "Examples/snapshot.json"))))
    let circuit = try Circuit(
      parsing: Array(Data(contentsOf: Self.folder.appending(path: "\(name).circuit"))),
      named: "\(name).circuit")
    let registry = try Registry(of: snapshot)
    return (
      try MarginRule(circuit: circuit, snapshot: snapshot, kind: .initial, registry: registry), registry
    )
  }

  struct Edge: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let passes: [[String: Int64]]
    let fails: [[String: Int64]]

    init(_ name: String, passes: [[String: Int64]], fails: [[String: Int64]]) {
      (testDescription, self.passes, self.fails) = (name, passes, fails)
    }
  }

  private static let perp = "position/BTC-PERP"
  /// What a lot of the perpetual costs: its upper mark.
  private static let mark: Int64 = 63_718_971
  private static let (call, put) = ("position/BTC-27MAR26-65000-C", "position/BTC-27MAR26-65000-P")

  static let edges = [
    Edge(
      "gross-exposure", passes: [["cash": mark, perp: 10], ["cash": mark, perp: -10]],
      fails: [["cash": mark, perp: 11], ["cash": mark, perp: -11]]),
    Edge(
      "net-exposure", passes: [["cash": 2 * mark, perp: 10], ["cash": 2 * mark, perp: -10]],
      fails: [["cash": 2 * mark, perp: 11], ["cash": 2 * mark, perp: -11]]),
    Edge(
      "absolute-value", passes: [["cash": mark, perp: 1], ["cash": mark, perp: -1]],
      fails: [["cash": mark - 1, perp: 1], ["cash": mark - 1, perp: -1]]),
    Edge(
      "capped-collateral",
      passes: [
        ["holding/BTC": 1_000_000, "debt/USDC": 567_792_772],
        ["holding/BTC": 2_000_000, "debt/USDC": 567_792_772],
      ], fails: [["holding/BTC": 2_000_000, "debt/USDC": 567_792_773]]),
    Edge(
      "loan-to-value", passes: [["holding/BTC": 1_000, "debt/USDC": 397_454]],
      fails: [["holding/BTC": 1_000, "debt/USDC": 397_455]]),
    Edge(
      "concentration", passes: [["cash": 1_000_000_000, perp: 20, call: 1, put: 1]],
      fails: [["cash": 1_000_000_000, perp: 21, call: 1, put: 1], ["cash": 1_000_000_000, perp: 1]]),
    Edge(
      "either-or", passes: [["cash": 1_000_000_000, "debt/USDC": 1], ["cash": 999_999_999], [:]],
      fails: [["cash": 999_999_999, "debt/USDC": 1]]),
    Edge(
      "tiers", passes: [["cash": 637_189_710, perp: 1_000], ["cash": 640_375_659, perp: -1_001]],
      fails: [["cash": 640_375_658, perp: 1_001], ["cash": 1 << 50, perp: 10_001]]),
    Edge(
      "whitelist", passes: [["cash": mark, perp: 1]],
      fails: [["cash": mark - 1, perp: 1], ["cash": 1 << 50, call: 1], ["cash": mark, perp: -1]]),
    Edge("headroom", passes: [["cash": 10_000_000_000]], fails: [["cash": 9_999_999_999], [:]]),
    Edge(
      "liquidation-price", passes: [["cash": 21_345_856, perp: 1]],
      fails: [["cash": 21_345_855, perp: 1], ["cash": 1 << 50, call: 1]]),
    Edge(
      "leverage", passes: [["cash": mark, perp: 10], ["cash": mark, perp: -10]],
      fails: [["cash": mark, perp: 11], ["cash": mark, perp: -11]]),
    Edge(
      "drawdown", passes: [["cash": 82_810_300, perp: 1], ["cash": 1_000_000_000, perp: -1]],
      fails: [["cash": 82_810_299, perp: 1], ["cash": 1 << 50, call: 1]]),
  ]

  @Test("each rule says at its edge what its first lines say", arguments: edges)
  func edge(_ edge: Edge) throws {
    let (rule, registry) = try compiled(edge.testDescription)
    func evaluate(_ amounts: [String: Int64]) throws -> Bool {
      let book = registry.names.map { amounts[$0] ?? 0 }
      return try rule.compiled.evaluate(book.span).isProvable
    }
    for book in edge.passes { #expect(try evaluate(book), "\(book)") }
    for book in edge.fails { #expect(try !evaluate(book), "\(book)") }
  }

  @Test("a whitelist by attribute says at its edge what its first lines say, and mistakes name what there is")
  func attributes() throws {
    let folder = Vectors.packageRoot.appending(path: "Examples/attributes")
    let snapshot = try RiskSnapshot(json: Array(Data(contentsOf: folder.appending(path: "snapshot.json"))))
    let text = try String(contentsOf: folder.appending(path: "whitelist.circuit"), encoding: .utf8)
    let registry = try Registry(of: snapshot)
    func rule(_ text: String, _ snapshot: RiskSnapshot = snapshot) throws -> MarginRule {
      try MarginRule(
        circuit: Circuit(parsing: text, named: "whitelist.circuit"), snapshot: snapshot, kind: .initial,
        registry: Registry(of: snapshot))
    }
    let whitelist = try rule(text)
    func isMet(_ amounts: [String: Int64]) throws -> Bool {
      let book = registry.names.map { amounts[$0] ?? 0 }
      return try whitelist.compiled.evaluate(book.span).isProvable
    }
    let cash: Int64 = 1 << 50
    #expect(try isMet(["cash": cash, "position/GOLD-PERP": 50]))
    #expect(try !isMet(["cash": cash, "position/GOLD-PERP": 51]))
    #expect(try isMet(["cash": cash, "position/GOLD-PERP": 50, "position/OIL-FUT": 950]))
    #expect(try !isMet(["cash": cash, "position/GOLD-PERP": 50, "position/OIL-FUT": 951]))
    #expect(try !isMet(["cash": cash, "position/MEME-PERP": 1]))
    #expect(try isMet(["cash": 70_000_000, "position/OIL-FUT": 1]))
    #expect(try !isMet(["cash": 69_999_999, "position/OIL-FUT": 1]))

    func refusal(_ text: String, _ snapshot: RiskSnapshot = snapshot) throws -> String {
      let error = #expect(throws: MarginRuleError.self) { try rule(text, snapshot) }
      return error.map { "\($0)" } ?? ""
    }
    let misspelt = try refusal(text.replacing("i.attributes.listed", with: "i.attributes.lisetd"))
    #expect(
      misspelt.contains("no field `lisetd`") && misspelt.contains("houseLimit, listed, sector"), "\(misspelt)"
    )
    // Another snapshot declares nothing.
    let plain = try RiskSnapshot(
      json: Array(Data(contentsOf: Vectors.packageRoot.appending(path: "Examples/snapshot.json"))))
    #expect(try refusal(text, plain).contains("the snapshot declares none for this list"))
    let old = #expect(throws: CircuitError.self) {
      try Circuit(parsing: text.replacing(" language 2", with: ""), named: "old.circuit")
    }
    #expect(old?.description.contains("`attributes` are of language 2") == true, "\(old?.description ?? "")")
  }

  @Test("leverage is what is chosen: five times carries half of what ten times does")
  func chosenLeverage() throws {
    let (rule, registry) = try compiled("leverage")
    let five = try MarginRule(
      circuit: rule.compiled.circuit.binding(["times": 5]), snapshot: rule.snapshot, kind: .initial,
      registry: registry)
    for (lots, isMet) in [(5, true), (6, false)] as [(Int64, Bool)] {
      let amounts = [Self.perp: lots, "cash": Self.mark]
      let book = registry.names.map { amounts[$0] ?? 0 }
      #expect(try five.compiled.evaluate(book.span).isProvable == isMet)
      #expect(try rule.compiled.evaluate(book.span).isProvable)
    }
    #expect(five.key.circuit != rule.key.circuit)
  }

  @Test("the worst of the scenarios is what worst-of asks for")
  func worstOf() throws {
    let (rule, registry) = try compiled("worst-of")
    let instrument = rule.snapshot.instruments[0]
    let loss = instrument.pnlLong.map { -$0 }.reduce(0, max)
    func evaluate(_ cash: Int64) throws -> Bool {
      let amounts = ["position/\(instrument.id)": Int64(1), "cash": cash]
      let book = registry.names.map { amounts[$0] ?? 0 }
      return try rule.compiled.evaluate(book.span).isProvable
    }
    #expect(loss > 0)
    #expect(try evaluate(loss))
    #expect(try !evaluate(loss - 1))
  }

  @Test("every file has an edge here, a place in the page, no warning, and no difference that a search finds")
  func all() throws {
    let files = try FileManager.default.contentsOfDirectory(atPath: Self.folder.path).sorted()
    let names = files.filter { $0.hasSuffix(".circuit") }.map { String($0.dropLast(".circuit".count)) }
    #expect(Set(names) == Set(Self.edges.map(\.testDescription) + ["worst-of"]))
    let page = try String(
      contentsOf: Vectors.packageRoot.appending(path: "Documentation/Cookbook.md"), encoding: .utf8)
    for name in names {
      #expect(page.contains("Examples/circuits/\(name).circuit"), "\(name)")
      let compiled = try compiled(name).rule.compiled
      #expect(compiled.warnings.filter { $0.kind != .alwaysHolds } == [], "\(name)")
      let report = compiled.searchForDifference(
        limits: SearchLimits(supports: 4, programs: 60, variables: 120))
      #expect(report.difference == nil, "\(name): \(report)")
      #expect(report.bookCount > 0 && !report.foundOnlyEmptyBook, "\(name)")
    }
  }
}
