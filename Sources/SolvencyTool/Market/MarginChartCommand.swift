internal import ArgumentParser
internal import CanonicalBytes
internal import CommandSupport
internal import MarginRules
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
    abstract: "Draw price, leverage, volatility, haircut and buffer of a stretch of history as SVG.",
    discussion: """
        solvency margin chart --market Examples/market -o chart.svg
      """)

  @OptionGroup var history: HistoryOptions

  @Option(help: "The strategy of margin.")
  var strategy: MarginStrategy = .buffer

  @Option(
    name: [.customShort("o"), .customLong("output")], help: "Where the chart is written.",
    completion: .file(extensions: ["svg"]))
  var path: String

  @Flag(help: "Replace a file that is there.")
  var force = false

  @OptionGroup var output: OutputOptions

  func perform() throws -> Report {
    try OutputFile.checkFree(path, replacing: force)
    let histories = try history.histories([strategy], tracing: .full)
    guard let history = histories.first, let first = history.epochs.first,
      let last = history.epochs.last
    else {
      throw ToolFailure(.malformedInput, self.history.market.directory, "nothing was published")
    }
    let chart = Self.chart(history, first.time...last.time)
    try OutputFile.write(
      Array(SVGChart.text(of: chart).utf8), to: path, access: .everybody, replacing: force)
    return Report(
      text: "\(history.instrument): \(history.epochs.count) epochs drawn\n  file  \(path)",
      data: [
        "file": .string(path), "instrument": .string(history.instrument),
        "epochs": .integer(history.epochs.count),
      ])
  }

  private static func chart(_ history: MarginHistory, _ times: ClosedRange<Int64>) -> Chart {
    func line(
      _ name: String, _ colour: String, _ axis: Chart.Line.Axis = .left,
      _ shape: Chart.Line.Shape = .step, _ value: (MarginHistory.Epoch) -> Double?
    ) -> Chart.Line {
      Chart.Line(
        name: name, colour: colour, shape: shape, axis: axis,
        points: history.epochs.compactMap { epoch in
          value(epoch).map { Chart.Point(time: epoch.time, value: $0) }
        })
    }
    let (blue, red, green, ink) = ("#0969da", "#cf222e", "#1a7f37", "#24292f")
    let price = Chart.Panel(
      title: "Price and most leverage", height: 240,
      lines: [
        line("price, USD", ink, .left, .straight) { $0.price },
        line("long", green, .right) { $0.leverage.long },
        line("short", red, .right) { $0.leverage.short },
      ])
    let margin = Chart.Panel(
      title: "Margin of longs, % of notional", height: 130,
      lines: [
        line("initial", blue) { $0.initial.long * 100 },
        line("maintenance", red) { $0.maintenance.long * 100 },
      ])
    let volatility = Chart.Panel(
      title: "Volatility, per √year", height: 150,
      lines: [
        line("fast", red, .left, .straight) { $0.volatility.fast },
        line("slow", blue, .left, .straight) { $0.volatility.slow },
        line("used", ink, .left, .straight) { $0.volatility.published },
      ])
    let haircut = Chart.Panel(
      title: "Haircut, % of value", height: 90,
      lines: [line("first tranche", blue) { $0.haircut.map { $0 * 100 } }])
    let buffer = Chart.Panel(
      title: "Buffer for skew, ×", height: 90,
      lines: [line("long", green) { $0.skew.long }, line("short", red) { $0.skew.short }])
    return Chart(
      title: "\(history.instrument), \(history.strategy.rawValue) margin",
      subtitle: "Replayed from market data with the engine's rules, epoch by epoch; no number looks ahead.",
      times: times, panels: [price, margin, volatility, haircut, buffer], bands: bands(history))
  }

  /// Stretches of stress, of extreme volatility, and of halts.
  private static func bands(_ history: MarginHistory) -> [Chart.Band] {
    func stretches(
      _ name: String, _ colour: String, _ isIn: (MarginHistory.Epoch) -> Bool
    ) -> [Chart.Band] {
      var found: [Chart.Band] = []
      var start: Int64?
      for epoch in history.epochs {
        if isIn(epoch) {
          start = start ?? epoch.time
        } else if let begun = start {
          found.append(Chart.Band(name: name, colour: colour, times: begun..<epoch.time))
          start = nil
        }
      }
      if let start, let last = history.epochs.last {
        found.append(Chart.Band(name: name, colour: colour, times: start..<(last.time + 1)))
      }
      return found
    }
    return stretches("stress", "#fff8c5") { $0.regime == .stress }
      + stretches("extreme", "#ffebe9") { $0.regime == .extreme }
      + stretches("halt", "#ffcecb") { $0.haltLevel > 0 }
  }
}
