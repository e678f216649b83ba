internal import ArgumentParser
internal import CanonicalBytes
internal import CommandSupport
internal import MarketData
internal import RiskEngine
internal import Solvency

/// `solvency snapshot stress`
struct SnapshotStressCommand: Verb {
  static let configuration = CommandConfiguration(
    commandName: "stress",
    abstract: "The dated stress table: the worst moves known, each with its day, direction and source.",
    discussion: """
      Prints what the configuration knows, with what a table of its own adds. With --market come the worst moves that the \
      bars of the market show, each dated at the end of the bar that completed it. Replays and publications know an \
      observation from its date on and not before.

        solvency snapshot stress
        solvency snapshot stress --market Examples/market -o stress.json
        solvency snapshot build --market Examples/market \\
          --stress stress.json -o snapshot.json
      """)

  @OptionGroup var configuration: ConfigurationOption

  @Option(help: "A market whose own worst moves are added.", completion: .directory)
  var market: String?

  @Option(
    name: [.customShort("o"), .customLong("output")], help: "Where the table is written.",
    completion: .file(extensions: ["json"]))
  var path: String?

  @Flag(help: "Replace a file that is there.")
  var force = false

  @OptionGroup var output: OutputOptions

  func perform() throws -> Report {
    if let path { try OutputFile.checkFree(path, replacing: force) }
    var table = try configuration.load().stress
    if let market {
      let data = try MarketOptions.load(market)
      for underlying in data.listing.underlyings {
        guard let series = data.underlying(underlying.id)?.bars, !series.bars.isEmpty else { continue }
        let observed = ObservedStress(series)
        table = table.adding(
          StressTable(
            observed.observations(
              of: underlying.id, source: "bars of \(series.interval) s of \(underlying.id) in \(market)")))
      }
    }
    if let path {
      try OutputFile.write(
        table.json.encoded(.indented), to: path, access: .everybody, replacing: force)
    }
    var text = TextTable(["known from", "underlying", "direction", ">within", ">move", "source"])
    for one in table.observations {
      text.add([
        Timestamp(seconds: UInt64(clamping: one.time)).text, one.underlying, one.direction.rawValue,
        "\(one.seconds) s", "\((Double(one.move) / 1e4).formatted(decimals: 2)) %", one.source,
      ])
    }
    return Report(
      text: (text.lines + (path.map { ["  file  \($0)"] } ?? [])).joined(separator: "\n"), data: table.json)
  }
}
