internal import ArgumentParser
internal import CanonicalBytes
internal import CommandSupport
internal import MarginRules
internal import RiskEngine
internal import Solvency

/// `solvency snapshot history`
struct SnapshotHistoryCommand: Verb {
  static let configuration = CommandConfiguration(
    commandName: "history",
    abstract: "Replay a market epoch by epoch and compare the strategies of margin.",
    discussion: """
      A breach is an epoch in which the price moved further, before the next one, than maintenance margin. \
      Turns count how often margin changed direction; procyclical is a steep day.

        solvency snapshot history --market Examples/market
        solvency snapshot history --market market --from 2020-01-01T00:00:00Z --to 2021-01-01T00:00:00Z \\
          -o history.csv
      """)

  @OptionGroup var history: HistoryOptions

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
    let histories = try history.histories(strategies, tracing: .none)
    let seconds = (clock.now - start).milliseconds / 1_000
    let summaries = histories.map { HistorySummary($0) }
    var table = TextTable(HistorySummary.header)
    for summary in summaries { table.add(summary.row) }
    if let path {
      try OutputFile.write(csv(histories), to: path, access: .everybody, replacing: force)
    }
    let epochs = histories.first?.epochs ?? []
    func text(_ time: Int64?) -> String {
      time.map { Timestamp(seconds: UInt64(clamping: $0)).text } ?? "-"
    }
    let head =
      "\(histories.first?.instrument ?? ""), \(text(epochs.first?.time)) to \(text(epochs.last?.time)), "
      + "replayed in \(seconds.formatted(decimals: 1)) s"
    return Report(
      text: ([head] + table.lines).joined(separator: "\n"),
      data: [
        "instrument": .string(histories.first?.instrument ?? ""),
        "seconds": .number(seconds.formatted(decimals: 3)),
        "strategies": .array(summaries.map(\.json)),
      ])
  }

  private func csv(_ histories: [MarginHistory]) -> [UInt8] {
    var text =
      "strategy,time,price,initial_long,initial_short,maintenance_long,maintenance_short,regime,halt,"
      + "haircut,fall,rise\n"
    for history in histories {
      for epoch in history.epochs {
        let numbers = [
          epoch.initial.long, epoch.initial.short, epoch.maintenance.long, epoch.maintenance.short,
        ]
        text +=
          "\(history.strategy.rawValue),\(epoch.time),\(epoch.price.formatted(decimals: 2)),"
          + numbers.map { $0.formatted(decimals: 6) }.joined(separator: ",")
          + ",\(epoch.regime.rawValue),\(epoch.haltLevel),"
          + "\(epoch.haircut.map { $0.formatted(decimals: 6) } ?? ""),"
          + "\(epoch.fall.formatted(decimals: 6)),\(epoch.rise.formatted(decimals: 6))\n"
      }
    }
    return Array(text.utf8)
  }
}
