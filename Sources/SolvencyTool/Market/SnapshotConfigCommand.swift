internal import ArgumentParser
internal import CanonicalBytes
internal import CommandSupport
internal import RiskEngine

/// `solvency snapshot config`
struct SnapshotConfigCommand: Verb {
  static let configuration = CommandConfiguration(
    commandName: "config",
    abstract: "What there is to configure: every parameter, its unit, bounds and standard value.",
    discussion: """
      With --config the file is checked and printed with every value filled in; with --follows it is checked \
      as well that it may lawfully replace another one.

        solvency snapshot config
        solvency snapshot config --json > config.json
        solvency snapshot config --config config.json
        solvency snapshot config --config new.json --follows config.json \\
          --notice 172800
      """)

  @OptionGroup var configuration: ConfigurationOption
  @Option(help: "The configuration that is in force.", completion: .file(extensions: ["json"]))
  var follows: String?

  @Option(help: ArgumentHelp("How long before it is announced.", valueName: "seconds"))
  var notice: Int64 = 0

  @Flag(help: "It is an emergency brake: no notice, any step, but only tighter.")
  var emergency = false

  @OptionGroup var output: OutputOptions

  func perform() throws -> Report {
    let loaded = try configuration.load()
    if let follows { return try succession(loaded, after: follows) }
    let text =
      configuration.path == nil
      ? EngineConfiguration.documentation
      : String(decoding: loaded.json.encoded(.indented), as: UTF8.self)
    return Report(text: text, data: loaded.json)
  }

  private func succession(
    _ new: EngineConfiguration, after path: String
  ) throws(ToolFailure) -> Report {
    let old = try ConfigurationOption.document(path)
    let changes = Governance.changes(from: old, to: new)
    let violations = Governance.violations(
      from: old, to: new,
      by: emergency ? .emergencyBrake : .announced(secondsBefore: notice))
    let verdict =
      violations.isEmpty
      ? "lawful: \(changes.count) changes" : "unlawful: \(violations.count) of \(changes.count) changes"
    return Report(
      text: ([verdict] + changes.map { "  \($0)" } + violations.map { "  refused: \($0)" })
        .joined(separator: "\n"),
      data: [
        "lawful": .bool(violations.isEmpty), "changes": .array(changes.map { .string("\($0)") }),
        "violations": .array(violations.map { .string("\($0)") }),
      ], isPositive: violations.isEmpty)
  }
}
