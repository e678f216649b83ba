internal import ArgumentParser
internal import CanonicalBytes
internal import CommandSupport
internal import MarketData
internal import RiskEngine
internal import StressLab

/// `solvency drought`
struct DroughtCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "drought",
    abstract:
      "The probability that depth vanishes: recording it, and fitting the model to what was recorded.",
    subcommands: [DroughtRecordCommand.self, DroughtFitCommand.self])
}

/// `solvency drought record`
struct DroughtRecordCommand: Verb {
  static let configuration = CommandConfiguration(
    commandName: "record", abstract: "Turn recorded order books into observations of depth.",
    discussion: """
      Reads a market directory whose order books were taken hour by hour, and writes one row for every hour with a week \
      before it: the engine's seven features, and whether depth fell below half of its median within the horizon. Rows are \
      added to a file that is there, each hour once, so that the command may run every day.

        solvency drought record --market market --underlying BTC -o btc-depth.csv
      """)

  @OptionGroup var market: MarketOptions
  @Option(help: "The underlying.") var underlying: String
  @Option(help: "Hours in which depth is watched, 1 to 168.") var horizon = 4

  @Option(
    name: [.customShort("o"), .customLong("output")], help: "The file of observations.",
    completion: .file(extensions: ["csv"]))
  var path: String

  @OptionGroup var output: OutputOptions

  func validate() throws {
    guard (1...168).contains(horizon) else { throw ValidationError("--horizon is 1 to 168.") }
  }

  func perform() throws -> Report {
    let loaded = try market.market()
    guard let series = loaded.underlying(underlying) else {
      throw ToolFailure(.malformedInput, market.directory, "has no underlying \(underlying)")
    }
    var rows: [Int64: DroughtObservation] = [:]
    if InputFile.exists(path) { for row in try DroughtFile.read(path) { rows[row.time] = row } }
    let before = rows.count
    for row in DroughtObservation.record(series, horizon: horizon) { rows[row.time] = row }
    let all = rows.values.sorted { $0.time < $1.time }
    try OutputFile.write(
      Array(DroughtFile.text(all).utf8), to: path, access: .everybody, replacing: true, isUpdate: true)
    let droughts = all.count { $0.isDrought }
    return Report(
      text: "\(all.count) hours, \(all.count - before) of them new; a drought followed \(droughts) of them.",
      data: [
        "hours": .integer(all.count), "new": .integer(all.count - before), "droughts": .integer(droughts),
      ])
  }
}

/// `solvency drought fit`
struct DroughtFitCommand: Verb {
  static let configuration = CommandConfiguration(
    commandName: "fit", abstract: "Fit the engine's drought model to what was recorded.",
    discussion: """
      Fits to the first seven tenths of the hours, and tests on the rest: Brier's score beside that of the prior and of the \
      mean, area under the curve, and the reliability curve. The coefficients that the standard configuration has are a prior \
      until a venue has fitted its own.

        solvency drought fit btc-depth.csv
      """)

  @Argument(help: "The observations.", completion: .file(extensions: ["csv"])) var path: String
  @OptionGroup var configuration: ConfigurationOption
  @OptionGroup var output: OutputOptions

  func perform() throws -> Report {
    let observations = try DroughtFile.read(path)
    guard let fit = DroughtFit(observations, prior: try configuration.load()) else {
      throw ToolFailure(
        .malformedInput, path,
        "has too little to fit: it takes 200 hours and ten droughts among the first seven tenths; record longer"
      )
    }
    func score(_ value: Double?) -> String { value?.formatted(decimals: 4) ?? "-" }
    var lines = [
      "Fitted to \(fit.fitted) hours with \(fit.droughts) droughts; tested on \(fit.test.total) later ones.",
      "Brier's score: fitted \(score(fit.test.brierScore)), prior \(score(fit.prior.brierScore)), mean of all \(score(fit.test.climatologyScore)).",
      "Area under the curve: \(score(fit.areaUnderCurve)).", "", "Reliability:",
    ]
    var table = TextTable([">said", ">happened", ">hours"])
    for point in fit.test.reliability {
      table.add([point.said.formatted(decimals: 3), point.happened.formatted(decimals: 3), "\(point.count)"])
    }
    lines += table.lines + ["", "For the engine's configuration:"]
    lines += fit.parameters.map { "  \"\($0.parameter.descriptor.key)\": \($0.ppm)" }
    return Report(
      text: lines.joined(separator: "\n"),
      data: [
        "fitted": .integer(fit.fitted), "droughts": .integer(fit.droughts),
        "brier": .number(score(fit.test.brierScore)), "priorBrier": .number(score(fit.prior.brierScore)),
        "parameters": .object(
          fit.parameters.map { JSONMember($0.parameter.descriptor.key, .integer($0.ppm)) }),
        "reliability": .array(
          fit.test.reliability.map {
            [
              "said": .number($0.said.formatted(decimals: 6)),
              "happened": .number($0.happened.formatted(decimals: 6)),
              "hours": .integer($0.count),
            ]
          }),
      ])
  }
}

/// The file of observations.
private enum DroughtFile {
  static let header = FileKind.droughtHeader
  /// A line of nine numbers is shorter.
  private static let lineLimit = 1 << 10
  /// More than a century of hours.
  private static let rowLimit = 1 << 20
  private static let columns = "the columns are \(header)"

  static func text(_ rows: [DroughtObservation]) -> String {
    header + "\n"
      + rows.map { row in
        let features = row.features.map { $0.map { $0.formatted(decimals: 9) } ?? "" }
        return "\(row.time)," + features.joined(separator: ",") + (row.isDrought ? ",1\n" : ",0\n")
      }.joined()
  }

  /// The observations, read line by line: a file that is something else is refused at its first line.
  static func read(_ path: String) throws(ToolFailure) -> [DroughtObservation] {
    if InputFile.isRegular(path) {
      try FileKind.check(InputFile.open(path, limit: nil).chunk(), at: path, is: [.droughtObservations])
    }
    var lines = LineReader(try InputFile.open(path, limit: nil), limit: lineLimit)
    var rows: [DroughtObservation] = []
    var number = 0
    while let next = try lines.next() {
      number += 1
      guard case .bytes(let bytes) = next, let line = String(validating: bytes, as: UTF8.self) else {
        throw ToolFailure(
          .malformedInput, path, "line \(number): is no text of at most \(lineLimit) bytes; \(columns)")
      }
      guard !line.isEmpty else { continue }
      guard number > 1 else {
        guard line == header else { throw ToolFailure(.malformedInput, path, "line 1: \(columns)") }
        continue
      }
      guard rows.count < rowLimit else {
        throw ToolFailure(.malformedInput, path, "has more than \(rowLimit) hours; fit to a part of them")
      }
      let cells = line.split(separator: ",", omittingEmptySubsequences: false)
      guard cells.count == 9, let time = Int64(cells[0]), cells[8] == "0" || cells[8] == "1" else {
        throw ToolFailure(
          .malformedInput, path, "line \(number): nine cells, the first a time, the last 0 or 1")
      }
      var features: [Double?] = []
      for cell in cells[1...7] {
        guard cell.isEmpty || Double(cell)?.isFinite == true else {
          throw ToolFailure(.malformedInput, path, "line \(number): \"\(cell)\" is not a number")
        }
        features.append(Double(cell))
      }
      rows.append(DroughtObservation(time: time, features: features, isDrought: cells[8] == "1"))
    }
    return rows
  }
}
