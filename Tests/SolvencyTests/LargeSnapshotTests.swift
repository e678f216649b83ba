import CircuitLanguage
import MarginRules
import Solvency
import Testing

/// A venue with hundreds of instruments.
@Suite("Large snapshots")
struct LargeSnapshotTests {
  @Test("700 instruments with three brackets a side compile: more than 4096 terms in a row")
  func rows() throws {
    var draft = Fixture.draft()
    let perpetual = try #require(draft.instruments.first { !$0.long.isEmpty })
    let others = draft.instruments.filter { $0.id != perpetual.id }
    func bracket(_ number: Int, of count: Int) -> Bracket {
      Bracket(
        capLots: number == count ? nil : 100, imPerLot: Int64(number) * 1_000, mmPerLot: Int64(number) * 500)
    }
    draft.instruments =
      (0..<700).map { number in
        var instrument = perpetual
        instrument.id = "COIN\(number)-PERP"
        instrument.long = (1...3).map { bracket($0, of: 3) }
        instrument.short = (1...3).map { bracket($0, of: 3) }
        return instrument
      } + others
    let snapshot = try RiskSnapshot(draft)
    let rule = try MarginRule(
      circuit: Fixture.circuit("cross-margin"), snapshot: snapshot, kind: .initial,
      registry: Registry(of: snapshot))
    let most = rule.compiled.report.rows.map(\.termCount).max() ?? 0
    #expect(most > 4_096)
  }
}
