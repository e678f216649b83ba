import CircuitLanguage
import MarginRules
import Solvency
import Testing

@Suite("Snapshot parameters")
struct SnapshotParametersTests {
  @Test("the names that circuits may use are exactly the fields of the tree")
  func names() throws {
    let snapshot = try Fixture.smallSnapshot()
    for kind in [MarginKind.initial, .maintenance] {
      guard case .record(let root) = SnapshotParameters.value(of: snapshot, kind: kind) else {
        Issue.record("the parameters are not a record")
        return
      }
      #expect(Set(root.fields.keys) == SnapshotParameters.names)
    }
  }

  @Test("every shipped circuit asks only for them", arguments: Fixture.circuitNames)
  func shipped(name: String) throws {
    try Fixture.circuit(name).checkParameterNames(SnapshotParameters.names)
  }

  @Test("a circuit that asks for another name is told so, with the one it may have meant")
  func unknown() throws {
    let source = """
      circuit typo version 1
      parameters snapshot
      committed cash in 0 ... 100
      require "enough" : cahs >= theta
      """
    let circuit = try Circuit(parsing: source, named: "typo.circuit")
    let error = try #require(throws: CircuitError.self) {
      try circuit.checkParameterNames(SnapshotParameters.names)
    }
    #expect(error.diagnostics.map(\.code) == [.unknownName])
    #expect(error.diagnostics.map(\.line) == [4])
    #expect(error.description.contains("`cash`"))
  }
}
