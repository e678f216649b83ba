import CanonicalBytes
import CircuitLanguage
import CircuitProofs
import MarginRules
import ProofCore
import Solvency
import SolvencyVerifier
import Testing

@Suite("Rule catalog")
struct RuleCatalogTests {
  private func key(_ circuit: String, _ snapshot: RiskSnapshot, _ kind: MarginKind) throws -> MarginRule.Key {
    MarginRule.Key(
      circuit: try Fixture.circuit(circuit).digest, snapshot: snapshot.digest,
      registry: try Registry(of: snapshot).digest, kind: kind)
  }

  @Test
  func `A35: what is not registered is unknown, whatever a proof says`() throws {
    let catalog = RuleCatalog()
    let snapshot = try Fixture.smallSnapshot()
    let key = try key("cross-margin", snapshot, .initial)
    #expect(throws: RejectionReason.unknownCircuit) { _ = try catalog.rule(key) }
    catalog.register(try Fixture.circuit("cross-margin"))
    #expect(throws: RejectionReason.unknownSnapshot) { _ = try catalog.rule(key) }
    catalog.register(snapshot)
    #expect(try catalog.rule(key).key == key)
    catalog.retire(snapshot: snapshot.digest)
    #expect(throws: RejectionReason.unknownSnapshot) { _ = try catalog.rule(key) }
    #expect(catalog.cachedRuleCount == 0)
  }

  @Test("a rule is a function of its documents: compiled anew it has the same statement")
  func deterministic() throws {
    let snapshot = try Fixture.smallSnapshot()
    let key = try key("portfolio-margin", snapshot, .initial)
    let compiled = try Fixture.catalog().rule(key).statement.digest
    let again = try MarginRule(
      circuit: Fixture.circuit("portfolio-margin"), snapshot: snapshot, kind: .initial,
      registry: Registry(of: snapshot))
    #expect(again.statement.digest == compiled)
    #expect(
      try Fixture.catalog().rule(self.key("portfolio-margin", snapshot, .maintenance)).statement.digest
        != compiled)
  }

  @Test
  func `A43: no more rules are kept than the limit, and the oldest goes first`() throws {
    let catalog = RuleCatalog(ruleLimit: 2)
    let snapshot = try Fixture.smallSnapshot()
    catalog.register(snapshot)
    for name in Fixture.circuitNames { catalog.register(try Fixture.circuit(name)) }
    for name in Fixture.circuitNames {
      for kind in MarginKind.allCases { _ = try catalog.rule(key(name, snapshot, kind)) }
    }
    #expect(catalog.cachedRuleCount == 2)
  }

  @Test
  func `A43: digests that nobody registered are not remembered`() throws {
    let catalog = RuleCatalog()
    catalog.register(try Fixture.circuit("cross-margin"))
    for seed in 0..<100 as Range<UInt8> {
      let key = MarginRule.Key(
        circuit: try Fixture.circuit("cross-margin").digest, snapshot: .sha256(of: [seed]),
        registry: .zero, kind: .initial)
      #expect(throws: RejectionReason.unknownSnapshot) { _ = try catalog.rule(key) }
    }
    #expect(catalog.cachedRuleCount == 0)
  }

  @Test("many threads get the same rule")
  func concurrent() throws {
    let catalog = RuleCatalog()
    let snapshot = try Fixture.smallSnapshot()
    catalog.register(snapshot)
    catalog.register(try Fixture.circuit("cross-margin"))
    let key = try key("cross-margin", snapshot, .initial)
    let digests = Parallel.map(count: 32) { _ in try? catalog.rule(key).statement.digest }
    #expect(Set(digests).count == 1)
    #expect(catalog.cachedRuleCount == 1)
  }
}
