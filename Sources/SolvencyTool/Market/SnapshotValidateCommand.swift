internal import ArgumentParser
internal import CanonicalBytes
internal import CommandSupport
internal import MarketData
internal import RiskEngine
internal import Solvency

/// `solvency snapshot validate`
struct SnapshotValidateCommand: Verb {
  static let configuration = CommandConfiguration(
    commandName: "validate",
    abstract: "Validate margins against what happened, as clearing houses publish it.",
    discussion: """
      Replays the market once for each strategy and measures, for every instrument that is not an option, by side and for 1, 8 \
      and 24 hours: coverage with Kupiec's and Christoffersen's tests and Basel's light, beside two benchmarks that ask for \
      the same margin on average, a flat rate and one in proportion to an exponential average of volatility; rank \
      correlation with the next day's volatility; QLIKE of forecasts; procyclicality; liquidations by hike and by price and \
      bad debt of a synthetic population; effective leverage. Rates are those of a lone position under all rules in force.

        solvency snapshot validate --market Examples/market
        solvency snapshot validate --market market --from 2020-01-01T00:00:00Z \\
          --html report.html -o tables
      """)

  @OptionGroup var history: HistoryOptions

  @Option(help: "One instrument only.")
  var instrument: String?

  @Option(parsing: .upToNextOption, help: "The strategies that are validated.")
  var strategies: [MarginStrategy] = MarginStrategy.allCases

  @Option(help: "Where one page with pictures is written.", completion: .file(extensions: ["html"]))
  var html: String?

  @Option(
    name: [.customShort("o"), .customLong("output")], help: "A folder for the tables as CSV.",
    completion: .directory)
  var folder: String?

  @Flag(help: "Replace files that are there.")
  var force = false

  @OptionGroup var output: OutputOptions

  func perform() throws -> Report {
    if let html { try OutputFile.checkFree(html, replacing: force) }
    let stretch = try history.stretch(of: instrument)
    let names = instrument.map { [$0] } ?? []
    var byInstrument: [String: [MarginSeries]] = [:]
    var order: [String] = []
    for strategy in strategies {
      for series in try stretch.series(strategy, names) {
        if byInstrument[series.instrument] == nil { order.append(series.instrument) }
        byInstrument[series.instrument, default: []].append(series)
      }
    }
    let sections = order.map { name in
      let bars = stretch.bars(of: name)
      let series = byInstrument[name] ?? []
      return ValidationPage.Section(
        instrument: name, series: series, reports: series.map { ValidationReport($0, bars) },
        moves: FutureMoves(bars, within: 86_400))
    }
    if let html { try writePage(sections, to: html) }
    if let folder { try writeTables(sections, to: folder) }
    var lines: [String] = []
    for section in sections {
      lines.append("\(section.instrument): \(section.reports.first?.epochs ?? 0) epochs")
      for table in ValidationTables.all(section.reports) {
        lines.append("")
        lines.append(table.title)
        lines += ValidationTables.lines(table.rows)
      }
    }
    return Report(
      text: lines.joined(separator: "\n"),
      data: [
        "instruments": .array(
          sections.map {
            [
              "instrument": .string($0.instrument),
              "strategies": .array($0.reports.map { ValidationTables.json($0) }),
            ]
          })
      ])
  }

  private func writePage(_ sections: [ValidationPage.Section], to path: String) throws {
    let times = sections.first?.reports.first?.times
    func text(_ time: Int64?) -> String {
      time.map { Timestamp(seconds: UInt64(clamping: $0)).text } ?? "-"
    }
    let page = ValidationPage.text(
      title: "Validation of margins",
      subtitle:
        "\(text(times?.lowerBound)) to \(text(times?.upperBound)), an epoch every \(history.every) s. "
        + "Replayed with the engine's rules; rates know nothing later than their instant.", sections)
    try OutputFile.write(Array(page.utf8), to: path, access: .everybody, replacing: force)
  }

  private func writeTables(_ sections: [ValidationPage.Section], to folder: String) throws {
    try OutputFile.makeFolder(folder)
    for section in sections {
      for table in ValidationTables.all(section.reports) {
        try OutputFile.write(
          Array(ValidationTables.csv(table.rows).utf8),
          to: "\(folder)/\(section.instrument)-\(table.name).csv",
          access: .everybody, replacing: force)
      }
    }
  }
}
