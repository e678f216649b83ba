internal import ArgumentParser
internal import CanonicalBytes
internal import CommandSupport
internal import MarginRules
internal import MarketData
internal import RiskEngine
internal import Solvency

/// `solvency snapshot history`
struct SnapshotHistoryCommand: Verb {
  static let configuration = CommandConfiguration(
    commandName: "history",
    abstract: "Replay a market epoch by epoch and compare the strategies of margin.",
    discussion: """
      Rates are those of a lone position under all rules in force. `snapshot validate` says more of the same: it counts, \
      tests and compares; this is its summary, and a row for each epoch.

        solvency snapshot history --market Examples/market
        solvency snapshot history --market market --from 2020-01-01T00:00:00Z \\
          --to 2021-01-01T00:00:00Z \\
          -o history.csv
      """)

  @OptionGroup var history: HistoryOptions

  @Option(help: "The instrument; by default the first that is not an option.")
  var instrument: String?

  @Option(parsing: .upToNextOption, help: "The strategies that are compared.")
  var strategies: [MarginStrategy] = MarginStrategy.allCases

  @Option(
    name: [.customShort("o"), .customLong("output")],
    help: "Where a row for each epoch is written.", completion: .file(extensions: ["csv"]))
  var path: String?

  @Flag(help: "Replace a file that is there.")
  var force = false

  @OptionGroup var output: OutputOptions

  func perform() throws -> Report {
    if let path { try OutputFile.checkFree(path, replacing: force) }
    let clock = ContinuousClock()
    let start = clock.now
    let stretch = try history.stretch(of: instrument)
    let series = try strategies.flatMap { try stretch.series($0, [stretch.instrument]) }
    let seconds = (clock.now - start).milliseconds / 1_000
    let bars = stretch.bars(of: stretch.instrument)
    let reports = series.map { ValidationReport($0, bars) }
    if let path {
      try OutputFile.write(csv(series, bars, stretch.step), to: path, access: .everybody, replacing: force)
    }
    func text(_ time: Int64?) -> String {
      time.map { Timestamp(seconds: UInt64(clamping: $0)).text } ?? "-"
    }
    let times = reports.first?.times
    let head =
      "\(stretch.instrument), \(text(times?.lowerBound)) to \(text(times?.upperBound)), "
      + "replayed in \(seconds.formatted(decimals: 1)) s"
    return Report(
      text: ([head] + ValidationTables.lines(ValidationTables.summary(reports))
        + ValidationTables.lines(ValidationTables.coverage(reports))).joined(separator: "\n"),
      data: [
        "instrument": .string(stretch.instrument), "seconds": .number(seconds.formatted(decimals: 3)),
        "strategies": .array(reports.map { ValidationTables.json($0) }),
      ])
  }

  private func csv(_ all: [MarginSeries], _ bars: BarSeries, _ step: Int64) -> [UInt8] {
    let moves = FutureMoves(bars, within: max(step, bars.interval))
    var text =
      "strategy,effective,time,price,initial_long,initial_short,maintenance_long,maintenance_short,regime,open,"
      + "haircut,fall,rise\n"
    for series in all {
      for epoch in series.epochs {
        let numbers = [
          epoch.initial.long, epoch.initial.short, epoch.maintenance.long, epoch.maintenance.short,
        ]
        let index = moves.index(at: epoch.time)
        text +=
          "\(series.strategy.rawValue),\(epoch.effective.rawValue),\(epoch.time),"
          + "\(epoch.price.formatted(decimals: 2)),"
          + numbers.map { $0.formatted(decimals: 6) }.joined(separator: ",")
          + ",\(epoch.regime.rawValue),\(epoch.isOpen),"
          + "\(epoch.haircut.map { $0.formatted(decimals: 6) } ?? ""),"
          + "\(index.map { moves.falls[$0].formatted(decimals: 6) } ?? ""),"
          + "\(index.map { moves.rises[$0].formatted(decimals: 6) } ?? "")\n"
      }
    }
    return Array(text.utf8)
  }
}
