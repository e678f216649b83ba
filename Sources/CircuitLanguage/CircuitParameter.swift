public import ExactIntegers

/// A number that the user of a circuit may choose: `parameter limit in 1 ... 20 := 10`.
public struct CircuitParameter: Hashable, Sendable {
  /// The name.
  public let name: String
  /// The least value.
  public let lower: Integer
  /// The largest value.
  public let upper: Integer
  /// The value in the file.
  public let value: Integer
  /// Line of its declaration.
  public let line: Int
}

extension Circuit {
  /// The numbers that may be chosen, in the order of the file.
  public var parameters: [CircuitParameter] {
    checked.tree.parameterDeclarations.map {
      CircuitParameter(
        name: $0.name.text, lower: $0.lower, upper: $0.upper, value: $0.value,
        line: source.line(at: $0.name.range.lower))
    }
  }

  /// The circuit with numbers chosen.
  ///
  /// What is chosen stands in the file afterwards: the value of the declaration is replaced, and nothing
  /// else. So the digest depends on it, equal choices give equal bytes, and a bound circuit is a circuit like
  /// any other. A value that is the file's own leaves the bytes as they are.
  ///
  /// - Throws: ``CircuitError`` for a name that is not a parameter, and for a value outside its range.
  public func binding(_ values: [String: Integer]) throws(CircuitError) -> Circuit {
    let declared = checked.tree.parameterDeclarations
    var problems = ProblemList()
    for name in values.keys.sorted() where !declared.contains(where: { $0.name.text == name }) {
      let known = declared.map(\.name.text)
      problems.append(
        Problem(
          .unknownName, "the circuit has no parameter `\(name)`", at: checked.tree.name.range,
          notes: known.isEmpty
            ? ["note: it has none; `language 2` declares them: `parameter \(name) in 1 ... 20 := 10`"]
            : ["note: it has \(known.joined(separator: ", "))"]))
    }
    var bytes = sourceBytes
    // From the end, so that places before it stay where they are.
    for declaration in declared.sorted(by: { $0.valueRange.lower > $1.valueRange.lower }) {
      guard let value = values[declaration.name.text], value != declaration.value else { continue }
      guard declaration.lower <= value, value <= declaration.upper else {
        problems.append(
          Problem(
            .invalidRange,
            "`\(declaration.name.text)` is in \(declaration.lower) ... \(declaration.upper), and \(value) is not",
            at: declaration.valueRange))
        continue
      }
      bytes.replaceSubrange(
        declaration.valueRange.lower..<declaration.valueRange.upper, with: Array(value.description.utf8))
    }
    if let error = problems.error(in: source) { throw error }
    return bytes == sourceBytes ? self : try Circuit(parsing: bytes, named: source.name)
  }
}
