internal import ArgumentParser
internal import CanonicalBytes
internal import CommandSupport
internal import Solvency

/// `solvency circuit fields`
struct CircuitFieldsCommand: Verb {
  static let configuration = CommandConfiguration(
    commandName: "fields",
    abstract: "List every field of a snapshot that a circuit may read, with its unit.",
    discussion: "\n  solvency circuit fields")

  @OptionGroup var output: OutputOptions

  func perform() throws -> Report {
    var table = TextTable(["field", "meaning"])
    for field in CircuitFields.all { table.add([field.path, field.meaning]) }
    return Report(
      text: table.lines.joined(separator: "\n"),
      data: .array(
        CircuitFields.all.map { ["path": .string($0.path), "meaning": .string($0.meaning)] }))
  }
}
