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
    subcommands: [StressListCommand.self, StressRunCommand.self, StressCompareCommand.self])
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
    var remedies: [StressPage.Remedy] = []
    if !noRemedies, !failing.isEmpty {
      for remedy in StressRemedy.allCases {
        let tried = try StressRunner.run(failing, options, remedy.applied(to: terms), named: remedy.rawValue)
        remedies.append(
          StressPage.Remedy(
            name: remedy.rawValue,
            outcomes: tried.map { one in
              (one.scenario.id, one.isCovered, StressTables.failure(one))
            }))
      }
    }
    if let folder { try write(outcomes, remedies, to: folder) }
    var lines = [StressTables.verdict(outcomes), ""] + StressTables.lines(StressTables.summary(outcomes))
    if !remedies.isEmpty {
      lines += ["", "What would help:"]
      for remedy in remedies {
        let covered = remedy.outcomes.filter(\.isCovered).map(\.scenario)
        lines.append(
          "  \(remedy.name): "
            + (covered.isEmpty ? "covers none of them" : "covers " + covered.joined(separator: ", ")))
      }
    }
    return Report(
      text: lines.joined(separator: "\n"), data: StressTables.json(outcomes), isPositive: failing.isEmpty)
  }

  private func write(
    _ outcomes: [StressRunner.Outcome], _ remedies: [StressPage.Remedy], to folder: String
  ) throws(ToolFailure) {
    try OutputFile.makeFolder(folder)
    func put(_ text: String, _ name: String) throws(ToolFailure) {
      try OutputFile.write(Array(text.utf8), to: "\(folder)/\(name)", access: .everybody, replacing: force)
    }
    try OutputFile.write(
      StressTables.json(outcomes).encoded(.indented), to: "\(folder)/result.json", access: .everybody,
      replacing: force)
    try put(StressTables.csv(StressTables.summary(outcomes)), "summary.csv")
    for outcome in outcomes {
      try put(StressTables.csv(StressTables.steps(outcome.first)), "\(outcome.scenario.id).csv")
    }
    let subtitle =
      "\(options.accounts) made-up accounts, \(options.seeds) seed\(options.seeds == 1 ? "" : "s") from \(options.seed), "
      + (options.market.map { "the market of \($0)" } ?? "a made-up market") + ", "
      + (venue.map { "the venue of \($0)" } ?? "the standard venue")
      + ". Margins and liquidations are those of the engine and the rules themselves."
    try put(StressPage.text(outcomes, remedies: remedies, subtitle: subtitle), "page.html")
  }
}

/// `solvency stress compare`
struct StressCompareCommand: Verb {
  static let configuration = CommandConfiguration(
    commandName: "compare", abstract: "Compare two venues, such as before and after a change of parameters.",
    discussion: """
      Runs the same scenarios, accounts and seeds under both.

        solvency stress compare scenarios --before now.json --after proposed.json
      """)

  @OptionGroup var options: StressOptions

  @Option(help: "The venue before; without it the standard one.", completion: .file(extensions: ["json"]))
  var before: String?

  @Option(help: "The venue after.", completion: .file(extensions: ["json"]))
  var after: String

  @OptionGroup var output: OutputOptions

  func perform() throws -> Report {
    let scenarios = try options.load()
    let (old, new) = (try StressRunner.terms(before), try StressRunner.terms(after))
    let first = try StressRunner.run(scenarios, options, old, named: before ?? "standard venue")
    let second = try StressRunner.run(scenarios, options, new, named: after)
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
    return Report(
      text: (table.lines + ["", verdict]).joined(separator: "\n"),
      data: [
        "verdict": .string(verdict), "before": StressTables.json(first), "after": StressTables.json(second),
      ], isPositive: worse.isEmpty)
  }
}
