internal import ArgumentParser
internal import CanonicalBytes

/// What a command found, as text and as data.
struct Report {
  /// For people.
  var text: String
  /// For programs: the same facts.
  var data: JSONValue
  /// Whether the answer is yes; a no ends with exit code 2.
  var isPositive = true
}

/// The option that every command has.
struct OutputOptions: ParsableArguments {
  @Flag(name: .customLong("json"), help: "Print the result as JSON.")
  var isJSON = false
}

/// A command that works first and reports once, at its end.
protocol Verb: ParsableCommand {
  var output: OutputOptions { get }

  /// Does the work.
  func perform() throws -> Report
}

extension Verb {
  mutating func run() throws {
    let report = try perform()
    if output.isJSON {
      try Console.write(report.data.encoded(.indented))
    } else {
      try Console.print(report.text)
    }
    if !report.isPositive { throw ExitCode(ToolFailure.Kind.refused.rawValue) }
  }
}
