package import CanonicalBytes

/// One thing compared with what a vector says.
package struct VectorCheck: Sendable {
  package let name: String
  /// `nil` if there is nothing to compare it with.
  package let holds: Bool?

  package init(_ name: String, holds: Bool?) {
    self.name = name
    self.holds = holds
  }
}

/// What was found for one case of a vector file.
package struct VectorCase: Sendable {
  package let name: String
  package let checks: [VectorCheck]

  /// A case holds if something was compared and nothing differed.
  package var holds: Bool {
    checks.contains { $0.holds == true } && !checks.contains { $0.holds == false }
  }

  package var text: String {
    let held = checks.filter { $0.holds == true }.map(\.name)
    let failed = checks.filter { $0.holds == false }.map(\.name)
    let skipped = checks.filter { $0.holds == nil }.map(\.name)
    var parts: [String] = []
    if !failed.isEmpty { parts.append("differs: " + failed.joined(separator: ", ")) }
    if !held.isEmpty { parts.append(held.joined(separator: ", ")) }
    if !skipped.isEmpty { parts.append("not compared: " + skipped.joined(separator: ", ")) }
    return "\(holds ? "holds" : "FAILS")  \(name): \(parts.joined(separator: "; "))"
  }

  package func json(file: String) -> JSONValue {
    [
      "file": .string(file), "case": .string(name), "holds": .bool(holds),
      "checks": .array(
        checks.map { check in
          ["name": .string(check.name), "holds": check.holds.map { .bool($0) } ?? .null]
        }),
    ]
  }
}
