internal import ArgumentParser
internal import CanonicalBytes
internal import CommandSupport
internal import StressLab

/// `solvency stress`
struct StressCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "stress",
    abstract:
      "What a crash would do to a venue: simulation over the real engine and the real rules of liquidation.",
    subcommands: [
      StressListCommand.self, StressRunCommand.self, StressReportCommand.self, StressCompareCommand.self,
    ])
}

/// `solvency stress list`
struct StressListCommand: Verb {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List scenarios.",
    discussion: "  solvency stress list scenarios")

  @OptionGroup var options: StressOptions
  @OptionGroup var output: OutputOptions

  func perform() throws -> Report {
    let scenarios = try options.load()
    var table = TextTable(["scenario", ">hours", ">steps", "what", "source"])
    for one in scenarios {
      let hours = Double(one.steps) * Double(one.stepSeconds) / 3_600
      table.add([one.id, hours.formatted(decimals: 1), "\(one.steps)", one.title, one.source])
    }
    return Report(
      text: table.lines.joined(separator: "\n"),
      data: [
        "scenarios": .array(
          scenarios.map { ["id": .string($0.id), "title": .string($0.title), "source": .string($0.source)] })
      ])
  }
}

/// `solvency stress run`
struct StressRunCommand: Verb {
  static let configuration = CommandConfiguration(
    commandName: "run", abstract: "Run scenarios, and say what fails and what would help.",
    discussion: """
      Writes result.json, a table of steps for each scenario, summary.csv, and page.html with pictures, complete in itself. \
      Exits with 2 if insurance and backstop do not bear every loss, or winners are closed \
      because nobody else takes a position. The verdict is about made-up accounts, or the share of \
      real ones that their distribution fits; figures without an oracle are named in Documentation/Stress-Lab.md.

        solvency stress run scenarios -o stress
        solvency stress run scenarios/sigma-5.json --market market \\
          --venue venue.json --seeds 20 -o stress
      """)

  @OptionGroup var options: StressOptions

  @Option(
    help: "The venue: engine, terms of liquidation, funds; without it the standard one.",
    completion: .file(extensions: ["json"]))
  var venue: String?

  @Flag(help: "Do not try remedies on scenarios that fail.")
  var noRemedies = false

  @Option(
    name: [.customShort("o"), .customLong("output")],
    help: "The folder for result.json, tables and page.html.",
    completion: .directory)
  var folder: String?

  @Flag(help: "Replace files that are there.")
  var force = false

  @OptionGroup var output: OutputOptions

  func perform() throws -> Report {
    if let folder { try OutputFile.checkFree(folder + "/result.json", replacing: force) }
    let terms = try StressRunner.terms(venue)
    let outcomes = try StressRunner.run(options.load(), options, terms, named: venue ?? "standard venue")
    let failing = outcomes.filter { !$0.isCovered }.map(\.scenario)
    var remedies: [StressRemedyOutcome] = []
    if !noRemedies, !failing.isEmpty {
      for remedy in StressRemedy.allCases {
        let tried = try StressRunner.run(failing, options, remedy.applied(to: terms), named: remedy.rawValue)
        remedies.append(StressRemedyOutcome(name: remedy.rawValue, shortfalls: tried.map(\.shortfall)))
      }
    }
    let subtitle =
      "\(options.accounts) made-up accounts, \(options.seeds) seed\(options.seeds == 1 ? "" : "s") from \(options.seed), "
      + (options.market.map { "the market of \($0)" } ?? "a made-up market") + ", "
      + (venue.map { "the venue of \($0)" } ?? "the standard venue")
      + ". Margins and liquidations are those of the engine and the rules themselves."
    let report = StressReport(
      subtitle: subtitle, verdict: StressTables.verdict(outcomes), outcomes: outcomes, remedies: remedies)
    if let folder { try StressFolder(path: folder, isReplacing: force).write(report) }
    return report.said
  }
}

/// `solvency stress report`
struct StressReportCommand: Verb {
  static let configuration = CommandConfiguration(
    commandName: "report", abstract: "Write the page and the tables again, from the result of a run.",
    discussion: """
      A result.json holds every figure that the page shows: page and tables are those that `run` has written, byte for byte. \
      A result whose figures contradict each other is refused. Exits with 2 where the run has.

        solvency stress report stress/result.json -o page.html
        solvency stress report stress/result.json --tables tables
      """)

  @Argument(help: "The result.json of a run.", completion: .file(extensions: ["json"]))
  var result: String

  @Option(
    name: [.customShort("o"), .customLong("output")], help: "The page.",
    completion: .file(extensions: ["html"]))
  var page: String?

  @Option(help: "A folder for summary.csv and a table of steps for each scenario.", completion: .directory)
  var tables: String?

  @Flag(help: "Replace files that are there.")
  var force = false

  @OptionGroup var output: OutputOptions

  func perform() throws -> Report {
    for path in [page, tables.map { $0 + "/summary.csv" }].compactMap({ $0 }) {
      try OutputFile.checkFree(path, replacing: force)
    }
    let report = try StressFolder.read(result)
    if let page {
      try OutputFile.write(
        Array(StressPage.text(report).utf8), to: page, access: .everybody, replacing: force)
    }
    if let tables { try StressFolder(path: tables, isReplacing: force).writeTables(report) }
    return report.said
  }
}

/// `solvency stress compare`
struct StressCompareCommand: Verb {
  static let configuration = CommandConfiguration(
    commandName: "compare", abstract: "Compare two venues, such as before and after a change of parameters.",
    discussion: """
      With --after, runs the same scenarios, accounts and seeds under both. Without it, compares the results of two runs, \
      as far as they are of the same scenarios and seeds. Exits with 2 if a scenario is no longer covered.

        solvency stress compare scenarios --before now.json --after proposed.json
        solvency stress compare now/result.json proposed/result.json
      """)

  @OptionGroup var options: StressOptions

  @Option(help: "The venue before; without it the standard one.", completion: .file(extensions: ["json"]))
  var before: String?

  @Option(
    help: "The venue after; without it two results of runs are compared.",
    completion: .file(extensions: ["json"]))
  var after: String?

  @OptionGroup var output: OutputOptions

  func validate() throws {
    guard after != nil || (before == nil && options.scenarios.count == 2) else {
      throw ValidationError("name a venue with --after, or the two result.json of runs and neither venue.")
    }
  }

  func perform() throws -> Report {
    let (first, second) = try outcomes()
    var table = TextTable([
      "scenario", "before", "after", ">cases", ">after", ">losses", ">after", ">winners gave", ">after",
      ">unpaid", ">after",
    ])
    for (a, b) in zip(first, second) {
      func pair(_ figure: (StressResult) -> Double) -> [String] {
        [StressPicture.money(a.mean(figure)), StressPicture.money(b.mean(figure))]
      }
      table.add(
        [a.scenario.id, a.isCovered ? "covered" : "FAILS", b.isCovered ? "covered" : "FAILS"]
          + [
            a.mean { Double($0.cases) }.formatted(decimals: 0),
            b.mean { Double($0.cases) }.formatted(decimals: 0),
          ]
          + pair(\.losses) + pair(\.socialised) + pair(\.unpaid))
    }
    let worse = zip(first, second).filter { $0.isCovered && !$1.isCovered }.map(\.0.scenario.id)
    let better = zip(first, second).filter { !$0.isCovered && $1.isCovered }.map(\.0.scenario.id)
    let verdict =
      (better.isEmpty ? "" : "Now covered: \(better.joined(separator: ", ")). ")
      + (worse.isEmpty ? "" : "No longer covered: \(worse.joined(separator: ", ")). ")
      + (better.isEmpty && worse.isEmpty ? "The same scenarios are covered before and after." : "")
    func data(_ outcomes: [StressOutcome]) -> JSONValue {
      StressReport(subtitle: "", verdict: StressTables.verdict(outcomes), outcomes: outcomes).json
    }
    return Report(
      text: (table.lines + ["", verdict]).joined(separator: "\n"),
      data: ["verdict": .string(verdict), "before": data(first), "after": data(second)],
      isPositive: worse.isEmpty)
  }

  /// The outcomes before and after, scenario by scenario.
  private func outcomes() throws(ToolFailure) -> ([StressOutcome], [StressOutcome]) {
    if let after {
      let scenarios = try options.load()
      let (old, new) = (try StressRunner.terms(before), try StressRunner.terms(after))
      return (
        try StressRunner.run(scenarios, options, old, named: before ?? "standard venue"),
        try StressRunner.run(scenarios, options, new, named: after)
      )
    }
    let (old, new) = (
      try StressFolder.read(options.scenarios[0]), try StressFolder.read(options.scenarios[1])
    )
    var (first, second) = ([StressOutcome](), [StressOutcome]())
    for outcome in old.outcomes {
      guard let other = new.outcomes.first(where: { $0.scenario == outcome.scenario }),
        other.results.map(\.seed) == outcome.results.map(\.seed),
        other.first.accounts == outcome.first.accounts
      else { continue }
      first.append(outcome)
      second.append(other)
    }
    guard !first.isEmpty else {
      throw ToolFailure(
        .malformedInput, options.scenarios[1],
        "has no scenario in common with \(options.scenarios[0]), run with as many accounts and the same seeds"
      )
    }
    if first.count < max(old.outcomes.count, new.outcomes.count) {
      Console.note("compared: \(first.map(\.scenario.id).joined(separator: ", ")); the others differ")
    }
    return (first, second)
  }
}
