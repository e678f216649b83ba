internal import ArgumentParser
internal import CanonicalBytes
internal import CommandSupport
internal import MarginRules
internal import MarketData
internal import RiskEngine
internal import Solvency

/// `solvency margin`
struct MarginCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "margin", abstract: "Margins over time.",
    subcommands: [MarginChartCommand.self, MarginImportCommand.self])
}

/// `solvency margin chart`
struct MarginChartCommand: Verb {
  static let configuration = CommandConfiguration(
    commandName: "chart",
    abstract:
      "Draw price, leverage, moves against margin, volatility and haircut of a stretch of history as SVG.",
    discussion: """
        solvency margin chart --market Examples/market -o chart.svg
      """)

  @OptionGroup var history: HistoryOptions

  @Option(help: "The instrument; by default the first that is not an option.")
  var instrument: String?

  @Option(help: "The strategy of margin.")
  var strategy: MarginStrategy = .buffer

  @Option(parsing: .upToNextOption, help: "Strategies whose initial margin is drawn beside it.")
  var beside: [MarginStrategy] = []

  @Option(
    name: [.customShort("o"), .customLong("output")], help: "Where the chart is written.",
    completion: .file(extensions: ["svg"]))
  var path: String

  @Flag(help: "Replace a file that is there.")
  var force = false

  @OptionGroup var output: OutputOptions

  func perform() throws -> Report {
    try OutputFile.checkFree(path, replacing: force)
    let stretch = try history.stretch(of: instrument)
    let own = try stretch.series(strategy, [stretch.instrument])
    let others = try beside.filter { $0 != strategy }.flatMap { try stretch.series($0, [stretch.instrument]) }
    let bars = stretch.bars(of: stretch.instrument)
    guard let series = own.first,
      let chart = MarginPictures.whole(
        series, others: others, FutureMoves(bars, within: max(stretch.step, bars.interval)))
    else {
      throw ToolFailure(.malformedInput, history.market.directory, "nothing was published")
    }
    try OutputFile.write(
      Array(SVGChart.text(of: chart).utf8), to: path, access: .everybody, replacing: force)
    return Report(
      text: "\(series.instrument): \(series.epochs.count) epochs drawn\n  file  \(path)",
      data: [
        "file": .string(path), "instrument": .string(series.instrument),
        "epochs": .integer(series.epochs.count),
      ])
  }
}
