internal import CommandSupport
internal import RiskEngine

/// What every combination of a search costs and lets through.
enum ParetoPicture {
  /// Coverage against capital, coverage against how fast margin moves, and bad debt against capital.
  ///
  /// - Parameter configuration: that of before the search; the combination with its values is marked, if it
  ///   was tried.
  static func chart(_ outcome: Calibration.Outcome, before configuration: EngineConfiguration) -> ScatterChart
  {
    let axes = outcome.axes.map(\.parameter)
    let now = axes.map { configuration[$0] }
    func points(
      _ x: (Calibration.Candidate) -> Double, _ y: (Calibration.Candidate) -> Double
    ) -> [ScatterChart.Point] {
      outcome.candidates.enumerated().map { place, one in
        let mark: ScatterChart.Mark =
          place == outcome.chosen
          ? .chosen : one.values == now ? .before : one.isEfficient ? .efficient : .other
        return ScatterChart.Point(x: x(one), y: y(one), mark: mark, note: note(one, axes))
      }
    }
    let capital = { (one: Calibration.Candidate) in one.whole.meanInitial * 100 }
    let pace = { (one: Calibration.Candidate) in one.whole.fiveDayRatio }
    let coverage = { (one: Calibration.Candidate) in one.breachRatio }
    return ScatterChart(
      title:
        "\(outcome.candidates.count) combinations: what margin costs, how fast it moves, what it lets through",
      panels: [
        ScatterChart.Panel(
          title: "Coverage against capital", x: "mean initial margin, % of notional",
          y: "breaches over those of the better benchmark of the same mean", points: points(capital, coverage)
        ),
        ScatterChart.Panel(
          title: "Coverage against procyclicality", x: "greatest ratio of initial margin within 5 days",
          y: "breaches over those of the better benchmark of the same mean", points: points(pace, coverage)),
        ScatterChart.Panel(
          title: "Bad debt against capital", x: "mean initial margin, % of notional",
          y: "bad debt of the synthetic population, % of notional",
          points: points(capital) { $0.whole.badDebt * 100 }),
      ])
  }

  private static func note(_ one: Calibration.Candidate, _ axes: [Parameter]) -> String {
    zip(axes, one.values).map { "\($0.descriptor.key)=\($1)" }.joined(separator: " ")
  }
}
