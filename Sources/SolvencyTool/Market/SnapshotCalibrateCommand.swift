internal import ArgumentParser
internal import CanonicalBytes
internal import CommandSupport
internal import MarketData
internal import RiskEngine
internal import Solvency

/// `solvency snapshot calibrate`
struct SnapshotCalibrateCommand: Verb {
  static let configuration = CommandConfiguration(
    commandName: "calibrate",
    abstract: "Search parameters by walking forward through a market's history.",
    discussion: """
      Replays every combination of the axes with the buffer strategy and judges each by its mean initial rate, the bad debt \
      of a synthetic population and the greatest ratio of initial margin within five days. Prints those that no other \
      dominates, writes the configuration moved toward the choice by one step of governance at most, and validates it. \
      The same market, configuration and axes give the same bytes.

        solvency snapshot calibrate --market market -o config.json \\
          --report report.html
        solvency snapshot calibrate --market market \\
          --axis cycleWeightPpm=450000,550000 --axis \\
      lossMultiplePpm=2326000,2500000 -o config.json
      """)

  @OptionGroup var history: HistoryOptions

  @Option(help: "The instrument; by default the first that is not an option.")
  var instrument: String?

  @Option(
    help: ArgumentHelp(
      "A parameter and the values that are tried; repeat it. By default four axes of 54 combinations.",
      valueName: "key=value,…"))
  var axis: [String] = []

  @Option(help: "Into how many parts the history is cut.")
  var folds = 4

  @Option(
    name: [.customShort("o"), .customLong("output")], help: "Where the configuration is written.",
    completion: .file(extensions: ["json"]))
  var path: String

  @Option(
    help: "Where the validation of the written configuration goes.", completion: .file(extensions: ["html"]))
  var report: String?

  @Flag(help: "Replace files that are there.")
  var force = false

  @OptionGroup var output: OutputOptions

  func perform() throws -> Report {
    for file in [path] + [report].compactMap(\.self) { try OutputFile.checkFree(file, replacing: force) }
    var calibration = Calibration(folds: folds)
    if !axis.isEmpty { calibration.axes = try axis.map { try Self.axis($0) } }
    let stretch = try history.stretch(of: instrument)
    // Four hours apart is enough to tell parameters apart, and four times as fast.
    let step = max(stretch.step, 14_400)
    let bars = stretch.bars(of: stretch.instrument)
    let outcome = try ToolFailure.wrapping(history.market.directory) {
      try calibration.run(
        stretch.market, stretch.configuration, instrument: stretch.instrument, bars: bars,
        times: stretch.times,
        step: step
      ) { Console.progress("calibrate", $0, of: $1) }
    }
    try OutputFile.write(
      outcome.configuration.json.encoded(.indented), to: path, access: .everybody, replacing: force)
    if let report {
      try writeReport(stretch, outcome, bars, step, to: report)
    }
    return self.report(outcome, stretch)
  }

  private static func axis(_ text: String) throws -> Calibration.Axis {
    let parts = text.split(separator: "=", maxSplits: 1)
    guard parts.count == 2, let parameter = Parameter(key: String(parts[0])) else {
      throw ToolFailure(
        .usage, "--axis", "\(text) names no parameter; write key=value,value as `snapshot config` lists")
    }
    let values = parts[1].split(separator: ",").map { Int64($0) }
    let known = values.compactMap(\.self)
    guard known.count == values.count, !known.isEmpty,
      known.allSatisfy({ parameter.descriptor.bounds.contains($0) })
    else {
      let bounds = parameter.descriptor.bounds
      throw ToolFailure(
        .usage, "--axis",
        "\(parts[1]) cannot be values of \(parts[0]); write integers from \(bounds.lowerBound) to "
          + "\(bounds.upperBound)")
    }
    return Calibration.Axis(parameter, known)
  }

  private func writeReport(
    _ stretch: MarketStretch, _ outcome: Calibration.Outcome, _ bars: BarSeries, _ step: Int64,
    to path: String
  ) throws {
    let configuration = outcome.configuration
    let changed = MarketStretch(
      market: stretch.market, configuration: configuration, instrument: stretch.instrument,
      times: stretch.times,
      step: step)
    let series = try MarginStrategy.allCases.flatMap { try changed.series($0, [stretch.instrument]) }
    let page = ValidationPage.text(
      title: "Validation of the calibrated configuration",
      subtitle: "Digest of the configuration: \(Digest.sha256(of: configuration.canonicalBytes)).",
      pictures: [ParetoPicture.chart(outcome, before: stretch.configuration)],
      [
        ValidationPage.Section(
          instrument: stretch.instrument, series: series, reports: series.map { ValidationReport($0, bars) },
          moves: FutureMoves(bars, within: 86_400))
      ])
    try OutputFile.write(Array(page.utf8), to: path, access: .everybody, replacing: force)
  }

  private func report(_ outcome: Calibration.Outcome, _ stretch: MarketStretch) -> Report {
    let keys = outcome.axes.map(\.parameter.descriptor.key)
    func cells(_ one: Calibration.Candidate) -> [String] {
      one.values.map { "\($0)" } + [
        "\((one.whole.meanInitial * 100).formatted(decimals: 2)) %",
        "\((one.whole.badDebt * 100).formatted(decimals: 4)) %",
        "× \(one.whole.fiveDayRatio.formatted(decimals: 2))",
        one.breachRatio.formatted(decimals: 2), one.rankCorrelation.formatted(decimals: 2),
      ]
    }
    var table = TextTable(
      keys.map { ">\($0)" } + [">mean initial", ">bad debt", ">5 days", ">breach ratio", ">rank ρ", "chosen"])
    for (place, one) in outcome.candidates.enumerated() where one.isEfficient {
      table.add(cells(one) + [place == outcome.chosen ? "yes" : ""])
    }
    let walk = outcome.walk.enumerated().map { fold, place in
      guard let place else { return "fold \(fold + 2): too little before it" }
      let one = outcome.candidates[place]
      let (seen, out) = (one.before[fold + 1], one.folds[fold + 1])
      return
        "fold \(fold + 2): \(zip(keys, one.values).map { "\($0)=\($1)" }.joined(separator: " ")); bad debt "
        + "\(((seen?.badDebt ?? 0) * 100).formatted(decimals: 4)) % before, "
        + "\((out.badDebt * 100).formatted(decimals: 4)) % in it; 5 days × "
        + "\((seen?.fiveDayRatio ?? 0).formatted(decimals: 2)) before, × \(out.fiveDayRatio.formatted(decimals: 2)) in it"
    }
    let chosen = outcome.candidates[outcome.chosen]
    return Report(
      text: (["\(stretch.instrument): \(outcome.candidates.count) combinations, efficient ones:"]
        + table.lines
        + walk + ["  file  \(path)"]
        + outcome.held.map { "  held by one step of governance: \($0.descriptor.key)" })
        .joined(separator: "\n"),
      data: [
        "instrument": .string(stretch.instrument), "combinations": .integer(outcome.candidates.count),
        "chosen": .object(zip(keys, chosen.values).map { JSONMember($0, .integer($1)) }),
        "efficient": .array(
          outcome.candidates.filter(\.isEfficient).map { one in
            [
              "values": .array(one.values.map { .integer($0) }),
              "meanInitial": .number(one.whole.meanInitial.formatted(decimals: 6)),
              "badDebt": .number(one.whole.badDebt.formatted(decimals: 8)),
              "fiveDayRatio": .number(one.whole.fiveDayRatio.formatted(decimals: 4)),
              "breachRatio": .number(one.breachRatio.formatted(decimals: 4)),
              "rankCorrelation": .number(one.rankCorrelation.formatted(decimals: 4)),
            ]
          }),
        "held": .array(outcome.held.map { .string($0.descriptor.key) }), "file": .string(path),
      ])
  }
}
