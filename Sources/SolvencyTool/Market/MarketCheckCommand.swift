internal import ArgumentParser
internal import CanonicalBytes
internal import CommandSupport
internal import MarketData
internal import RiskEngine

/// `solvency market check`
struct MarketCheckCommand: Verb {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "What is in the data of a market, and what is wrong with it.",
    discussion: """
      Of each series: rows read and dropped and why, with the first lines; gaps, duplicates, ages against the \
      greatest that count, units and how they are known, outliers and jumps. Nothing is published. With --strict it \
      exits 2 on any finding of the level or worse.

        solvency market check Examples/market
        solvency market check Examples/market --at 2026-02-28T12:00:00Z --json
        solvency market check Examples/market --html > quality.html
        solvency market check Examples/market --strict warning
      """)

  @Argument(help: "The directory of the market, with market.json.", completion: .directory)
  var directory: String

  @OptionGroup var configuration: ConfigurationOption

  @Option(
    help: ArgumentHelp(
      "The instant: as 2026-02-05T21:29:37Z, or seconds since 1970. By default that of the newest thing that happened.",
      valueName: "time"))
  var at: Moment?

  @OptionGroup var present: PresentOptions

  @Option(
    help: ArgumentHelp("Refuse on any finding of this level: note, warning or severe.", valueName: "level"))
  var strict: FindingLevel?

  @Flag(name: .customLong("html"), help: "Print the report as a page of HTML.")
  var isHTML = false

  @OptionGroup var output: OutputOptions

  func validate() throws {
    guard !(isHTML && output.isJSON) else { throw ValidationError("--html and --json exclude each other.") }
  }

  func perform() throws -> Report {
    let configuration = try configuration.load()
    let market = try MarketOptions.load(directory)
    let time = try present.instant(at, of: market, in: directory)
    let report = MarketReport(market, at: time, configuration: configuration)
    let isRefused = strict.map(report.has) ?? false
    let counts = FindingLevel.allCases.reversed().map { level in
      (level, report.findings.count { $0.finding.level == level })
    }
    let verdict = counts.map { "\($1) \($0.rawValue)" }.joined(separator: ", ")
    return Report(
      text: isHTML
        ? MarketReportPage(report, directory: directory).html
        : text(report, verdict) + (isRefused ? "\nrefused: --strict \(strict?.rawValue ?? "")" : ""),
      data: .object(
        [
          JSONMember("market", .string(directory)), JSONMember("accepted", .bool(!isRefused)),
          JSONMember(
            "counts", .object(counts.map { JSONMember($0.rawValue, .integer(Int64($1))) })),
        ] + (report.json.members ?? [])), isPositive: !isRefused)
  }

  private func text(_ report: MarketReport, _ verdict: String) -> String {
    var table = TextTable(["series", ">rows", ">kept", ">missing", "from", "to", ">age", ">at most", "units"])
    for series in report.series {
      table.add([
        series.series, "\(series.rows)", "\(series.kept)", "\(series.missing)",
        series.first.map(UTCTime.text) ?? "-", series.last.map(UTCTime.text) ?? "-",
        series.age.map { "\($0) s" } ?? "-", series.limit.map { "\($0) s" } ?? "-",
        series.units.map(\.short).joined(separator: ", "),
      ])
    }
    let findings = report.findings.map { "  \($0.finding.level.rawValue): \($0.series): \($0.finding.text)" }
    return
      (["\(directory) at \(UTCTime.text(report.time)): \(verdict)"] + table.lines.map { "  " + $0 } + findings)
      .joined(separator: "\n")
  }
}

extension UnitReading {
  /// The unit and how it is known, in a few words.
  var short: String { basis == .missing ? "no \(amount)" : "\(unit) (\(basis.rawValue))" }
}

extension JSONValue {
  /// The members of an object.
  fileprivate var members: [JSONMember]? {
    guard case .object(let members) = self else { return nil }
    return members
  }
}
