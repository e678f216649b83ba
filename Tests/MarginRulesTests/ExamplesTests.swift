import CanonicalBytes
import Foundation
import MarginRules
import TestSupport
import Testing

@Suite("Margin examples")
struct MarginExamplesTests {
  private struct Book: Decodable {
    let version: Int
    let account: String
    let positions: [String: Int64]
    let holdings: [String: Int64]
    let debts: [String: Int64]
    let cash: String
  }

  private func portfolio(_ name: String, under snapshot: RiskSnapshot) throws -> Portfolio {
    let book = try JSONDecoder().decode(Book.self, from: Data(SnapshotFixture.example(name)))
    #expect(book.version == 1)
    return try Portfolio(
      positions: book.positions, holdings: book.holdings, debts: book.debts,
      cash: try #require(Int64(book.cash)), under: snapshot)
  }

  @Test("the snapshot is written as the library writes it")
  func canonicalText() throws {
    let text = try SnapshotFixture.example("snapshot.json")
    let snapshot = try RiskSnapshot(json: text)
    #expect(snapshot.json.encoded(.indented) == text)
  }

  @Test("the snapshot is the golden market with names, limits, factors and a longer validity")
  func golden() throws {
    let snapshot = try RiskSnapshot(json: SnapshotFixture.example("snapshot.json"))
    var draft = snapshot.draft
    #expect(draft.validTo - draft.validFrom == 3_652 * 86_400)
    let golden = try SnapshotFixture.goldenSnapshot().draft
    draft.validTo = golden.validTo
    draft.regime = golden.regime
    draft.graceEpochs = golden.graceEpochs
    draft.note = nil
    draft.factors = []
    draft.groups[0].id = "all"
    for a in draft.collateral.indices { draft.collateral[a].maxBorrow = nil }
    for i in draft.instruments.indices {
      draft.instruments[i].group = "all"
      draft.instruments[i].kind = nil
      draft.instruments[i].maxLongLots = nil
      draft.instruments[i].maxShortLots = nil
      draft.instruments[i].factors = nil
    }
    #expect(draft == golden)
  }

  @Test("the hedged book is covered for both kinds", arguments: MarginKind.allCases)
  func hedged(_ kind: MarginKind) throws {
    let snapshot = try RiskSnapshot(json: SnapshotFixture.example("snapshot.json"))
    let book = try portfolio("book.json", under: snapshot)
    #expect(PortfolioMargin.verdict(on: book, under: snapshot, kind: kind) == .covered)
  }

  @Test("the book without the hedge is refused for both kinds", arguments: MarginKind.allCases)
  func unhedged(_ kind: MarginKind) throws {
    let snapshot = try RiskSnapshot(json: SnapshotFixture.example("snapshot.json"))
    let book = try portfolio("book-insolvent.json", under: snapshot)
    let report = try PortfolioMargin(of: book, under: snapshot, kind: kind)
    #expect(report.equity > report.bracketRequirement)
    #expect(report.verdict == .refused(.portfolioRequirement))
  }
}
