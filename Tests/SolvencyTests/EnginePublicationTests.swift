import CanonicalBytes
import CircuitLanguage
import CircuitProofs
import MarginRules
import RiskEngine
import Solvency
import TestSupport
import Testing

/// What the margin engine publishes is what statements are compiled from.
@Suite("Engine publications as rules")
struct EnginePublicationTests {
  @Test("every snapshot of 1,000 random markets compiles in portfolio-margin without wrapping")
  func compiles() throws {
    let circuit = try Fixture.circuit("portfolio-margin")
    var (instruments, rows) = (0, 0)
    for seed in 0..<1_000 as Range<UInt64> {
      let random = RandomMarket(seed: seed)
      let snapshot = try SnapshotPublisher(
        market: random.market, configuration: .standard, tracing: .none
      ).publish(at: random.end, state: .initial, previous: .zero, beacon: .zero).snapshot
      // Compiling throws unless the no-wrap certificate of every row holds.
      let rule = try MarginRule(
        circuit: circuit, snapshot: snapshot, kind: seed.isMultiple(of: 2) ? .initial : .maintenance,
        registry: Registry(of: snapshot))
      instruments += snapshot.instruments.count
      rows += rule.statement.rowIntervals.count
    }
    #expect(instruments > 2_000 && rows > 10_000)
  }
}
