import CircuitLanguage
import Foundation
import MarginRules
import Solvency
import TestSupport
import Testing

@Suite("Fields of circuits")
struct CircuitFieldsTests {
  /// Every path of a tree, lists as `[]`; the instruments of groups have those of the list.
  private func paths(_ value: ParameterValue, _ path: String) -> Set<String> {
    if path == "groups[].instruments[]" { return [path] }
    switch value {
    case .integer: return [path]
    case .list(let elements): return elements.reduce(into: []) { $0.formUnion(paths($1, path + "[]")) }
    case .record(let record):
      return record.fields.reduce(into: path.isEmpty ? [] : [path]) { all, field in
        all.formUnion(paths(field.value, path.isEmpty ? field.key : "\(path).\(field.key)"))
      }
    }
  }

  @Test("the reference lists what circuits can read, all of it and nothing else")
  func complete() throws {
    let snapshot = try RiskSnapshot(
      json: Array(Data(contentsOf: Vectors.packageRoot.appending(path: "Examples/snapshot.json"))))
    for kind in MarginKind.allCases {
      let there = paths(SnapshotParameters.value(of: snapshot, kind: kind), "")
      // The example declares no numbers of its own.
      #expect(there == Set(CircuitFields.all.map(\.path).filter { !$0.hasSuffix(".attributes.NAME") }))
    }
    #expect(Set(CircuitFields.all.map(\.path)).count == CircuitFields.all.count)
  }
}
