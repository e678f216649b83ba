import MarginRules
import TestSupport
import Testing

/// Which orders halt level and flags of a snapshot let through.
@Suite("Bars of orders")
struct OrderBarTests {
  private func bar(
    isPurchase: Bool = true, isOpening: Bool = true, _ change: (inout SnapshotDraft) -> Void
  ) throws -> OrderBar? {
    var draft = SnapshotFixture.draft()
    draft.haltLevel = 0
    draft.instruments[0].flags = InstrumentFlags()
    change(&draft)
    let snapshot = try RiskSnapshot(draft)
    return snapshot.bar(on: snapshot.instruments[0], isPurchase: isPurchase, isOpening: isOpening)
  }

  @Test("a halt bars opening, and from level 3 on everything")
  func halts() throws {
    #expect(try bar { _ in } == nil)
    for level in [Int64(1), 2] {
      #expect(try bar { $0.haltLevel = level } == .closeOnly)
      #expect(try bar(isOpening: false) { $0.haltLevel = level } == nil)
    }
    #expect(try bar(isOpening: false) { $0.haltLevel = 3 } == .halted)
  }

  @Test("flags of an instrument bar opening, each on its side, and never reducing")
  func flags() throws {
    #expect(try bar { $0.instruments[0].flags.closeOnly = true } == .closeOnly)
    #expect(try bar { $0.instruments[0].flags.stale = true } == .stalePrice)
    #expect(try bar { $0.instruments[0].flags.openLong = false } == .sideClosed)
    #expect(try bar(isPurchase: false) { $0.instruments[0].flags.openLong = false } == nil)
    #expect(try bar(isPurchase: false) { $0.instruments[0].flags.openShort = false } == .sideClosed)
    #expect(
      try bar(isOpening: false) {
        $0.instruments[0].flags = InstrumentFlags(
          openLong: false, openShort: false, closeOnly: true, stale: true)
      } == nil)
  }
}
