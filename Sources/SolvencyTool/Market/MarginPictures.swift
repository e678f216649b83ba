internal import MarginRules
internal import RiskEngine

/// Charts of series of margins.
enum MarginPictures {
  private static let (blue, red, green, ink, orange) = ("#0969da", "#cf222e", "#1a7f37", "#24292f", "#bc4c00")

  private static func line(
    _ name: String, _ colour: String, _ series: MarginSeries, _ axis: Chart.Line.Axis = .left,
    _ shape: Chart.Line.Shape = .step, _ value: (MarginSeries.Epoch) -> Double?
  ) -> Chart.Line {
    Chart.Line(
      name: name, colour: colour, shape: shape, axis: axis,
      points: series.epochs.compactMap { epoch in
        value(epoch).map { Chart.Point(time: epoch.time, value: $0) }
      })
  }

  /// Moves within the horizon against maintenance margin, plus for shorts and minus for longs, with breaches
  /// marked.
  static func movesPanel(_ series: MarginSeries, _ moves: FutureMoves, _ title: String) -> Chart.Panel {
    func move(_ epoch: MarginSeries.Epoch) -> (fall: Double, rise: Double)? {
      moves.index(at: epoch.time).map { (moves.falls[$0], moves.rises[$0]) }
    }
    return Chart.Panel(
      title: title, height: 220,
      lines: [
        line("fall", "#8c959f", series, .left, .straight) { move($0).map { -$0.fall * 100 } },
        line("rise", "#8c959f", series, .left, .straight) { move($0).map { $0.rise * 100 } },
        line("−margin of longs", blue, series) { -$0.maintenance.long * 100 },
        line("+margin of shorts", green, series) { $0.maintenance.short * 100 },
        line("breach", red, series, .left, .marks) { epoch in
          move(epoch).flatMap { $0.fall > epoch.maintenance.long ? -$0.fall * 100 : nil }
        },
        line("breach", red, series, .left, .marks) { epoch in
          move(epoch).flatMap { $0.rise > epoch.maintenance.short ? $0.rise * 100 : nil }
        },
      ])
  }

  /// The same as a chart of its own; nil without epochs.
  static func moves(_ series: MarginSeries, _ moves: FutureMoves) -> Chart? {
    guard let first = series.epochs.first, let last = series.epochs.last, first.time < last.time else {
      return nil
    }
    return Chart(
      title: "\(series.instrument), \(series.strategy.rawValue)",
      subtitle: "Moves within a day against maintenance margin under all rules; breaches are marked.",
      times: first.time...last.time,
      panels: [movesPanel(series, moves, "Moves and maintenance margin, % of notional")], bands: bands(series)
    )
  }

  /// Initial margin of longs under each strategy.
  static func sideBySide(_ series: [MarginSeries]) -> Chart? {
    guard let one = series.first, let first = one.epochs.first, let last = one.epochs.last,
      first.time < last.time
    else { return nil }
    let colours = [ink, blue, orange]
    return Chart(
      title: "\(one.instrument), strategies side by side", subtitle: "Initial margin under all rules.",
      times: first.time...last.time,
      panels: [
        Chart.Panel(
          title: "Initial margin of longs, % of notional", height: 200,
          lines: series.enumerated().map { place, series in
            line(series.strategy.rawValue, colours[place % colours.count], series) { $0.initial.long * 100 }
          }),
        Chart.Panel(
          title: "Initial margin of shorts, % of notional", height: 200,
          lines: series.enumerated().map { place, series in
            line(series.strategy.rawValue, colours[place % colours.count], series) { $0.initial.short * 100 }
          }),
      ], bands: [])
  }

  /// Everything of one strategy, and the others beside it.
  static func whole(_ series: MarginSeries, others: [MarginSeries], _ moves: FutureMoves) -> Chart? {
    guard let first = series.epochs.first, let last = series.epochs.last, first.time < last.time else {
      return nil
    }
    let all = [series] + others
    let colours = [blue, ink, orange]
    var panels = [
      Chart.Panel(
        title: "Price and most leverage under all rules", height: 220,
        lines: [
          line("price, USD", ink, series, .left, .straight) { $0.price },
          line("long", green, series, .right) { 1 / max($0.initial.long, 1e-6) },
          line("short", red, series, .right) { 1 / max($0.initial.short, 1e-6) },
        ]),
      movesPanel(series, moves, "Moves of the next epoch and maintenance margin, % of notional"),
      Chart.Panel(
        title: "Initial margin of longs, % of notional", height: 150,
        lines: all.enumerated().map { place, one in
          line(one.strategy.rawValue, colours[place % colours.count], one) { $0.initial.long * 100 }
        }),
      Chart.Panel(
        title: "Volatility, per √year", height: 150,
        lines: [
          line("conditional", red, series, .left, .straight) { $0.conditional },
          line("through the cycle", blue, series, .left, .straight) { $0.cycle },
          line("expected", orange, series, .left, .straight) { $0.forecast },
        ]),
    ]
    if series.epochs.contains(where: { $0.haircut != nil }) {
      panels.append(
        Chart.Panel(
          title: "Haircut, % of value", height: 90,
          lines: [line("first tranche", blue, series) { $0.haircut.map { $0 * 100 } }]))
    }
    return Chart(
      title: "\(series.instrument), \(series.strategy.rawValue) margin",
      subtitle: "Replayed from market data with the engine's rules, epoch by epoch; no number looks ahead.",
      times: first.time...last.time, panels: panels, bands: bands(series))
  }

  /// Stretches of stress, of extreme volatility, and in which the instrument is closed.
  private static func bands(_ series: MarginSeries) -> [Chart.Band] {
    func stretches(
      _ name: String, _ colour: String, _ isIn: (MarginSeries.Epoch) -> Bool
    ) -> [Chart.Band] {
      var (found, start) = ([Chart.Band](), Int64?.none)
      for epoch in series.epochs {
        if isIn(epoch) {
          start = start ?? epoch.time
        } else if let begun = start {
          found.append(Chart.Band(name: name, colour: colour, times: begun..<epoch.time))
          start = nil
        }
      }
      if let start, let last = series.epochs.last {
        found.append(Chart.Band(name: name, colour: colour, times: start..<(last.time + 1)))
      }
      return found
    }
    return stretches("stress", "#fff8c5") { $0.regime == .stress }
      + stretches("extreme", "#ffebe9") { $0.regime == .extreme }
      + stretches("closed", "#ffcecb") { !$0.isOpen }
  }
}
