package import ArgumentParser
package import CanonicalBytes

/// What a command found, as text and as data.
package struct Report {
  /// For people.
  package var text: String
  /// For programs: the same facts.
  package var data: JSONValue
  /// Whether the answer is yes; a no ends with exit code 2.
  package var isPositive = true

  package init(text: String, data: JSONValue, isPositive: Bool = true) {
    self.text = text
    self.data = data
    self.isPositive = isPositive
  }
}

/// The option that every command has.
package struct OutputOptions: ParsableArguments {
  package init() {}

  @Flag(name: .customLong("json"), help: "Print the result as JSON.")
  package var isJSON = false
}

/// A command that works first and reports once, at its end.
package protocol Verb: ParsableCommand {
  var output: OutputOptions { get }

  /// Does the work.
  func perform() throws -> Report
}

extension Verb {
  package mutating func run() throws {
    let report = try perform()
    if output.isJSON {
      try Console.write(report.data.encoded(.indented))
    } else {
      try Console.print(report.text)
    }
    if !report.isPositive { throw ExitCode(ToolFailure.Kind.refused.rawValue) }
  }
}
