public import ArgumentParser
internal import CanonicalBytes
internal import CommandSupport
public import MarketData
internal import RiskEngine
internal import Solvency

/// `--market` and `--config`: what the margin engine computes from.
struct MarketOptions: ParsableArguments {
  @Option(
    name: .customLong("market"), help: "The directory of the market, with market.json.",
    completion: .directory)
  var directory: String

  @OptionGroup var configuration: ConfigurationOption

  /// The market.
  func market() throws(ToolFailure) -> Market { try Self.load(directory) }

  /// The market of a directory.
  static func load(_ directory: String) throws(ToolFailure) -> Market {
    var failure: ToolFailure?
    // What can be read once, by path: JSON is read twice.
    var pipes: [String: [UInt8]] = [:]
    let folder = MarketFolder(names: { InputFile.names(inFolder: "\(directory)/\($0)") }) { path in
      let place = "\(directory)/\(path)"
      guard failure == nil, InputFile.exists(place) else { return nil }
      do throws(ToolFailure) {
        guard InputFile.isRegular(place) else {
          var rest = pipes[path]
          if rest == nil { rest = try InputFile.read(place, limit: MarketFile.byteLimit) }
          pipes[path] = rest
          return {
            defer { rest = nil }
            return rest
          }
        }
        let file = try InputFile.open(place, limit: nil)
        // A file that cannot be read on ends here, and the failure is what is said.
        return {
          guard failure == nil else { return nil }
          do throws(ToolFailure) {
            let block = try file.chunk()
            return block.isEmpty ? nil : block
          } catch {
            failure = error
            return nil
          }
        }
      } catch {
        failure = error
        return nil
      }
    }
    let market = try ToolFailure.wrapping(directory) {
      try Market.load(folder)
    } onError: { error in
      failure ?? error
    }
    if let failure { throw failure }
    return market
  }

  /// Notes on standard error what was found in the data of a market.
  func note(_ market: Market) {
    for quality in market.quality {
      for finding in quality.findings { Console.note(finding.line(quality.file)) }
    }
  }

  /// The engine for the market.
  func engine(
    _ market: Market, _ configuration: EngineConfiguration, tracing: Tracing = .full
  ) throws(ToolFailure) -> SnapshotPublisher {
    try ToolFailure.wrapping(self.configuration.path ?? directory) {
      try SnapshotPublisher(market: market, configuration: configuration, tracing: tracing)
    }
  }
}

/// `--config`
struct ConfigurationOption: ParsableArguments {
  @Option(
    name: .customLong("config"),
    help: "The engine's configuration; `solvency snapshot config` shows what there is to configure.",
    completion: .file(extensions: ["json"]))
  var path: String?

  @Option(
    help: ArgumentHelp(
      "A dated stress table, whose observations are added to those of the configuration; "
        + "`solvency snapshot stress` prints one.", valueName: "file"),
    completion: .file(extensions: ["json"]))
  var stress: String?

  /// The configuration, or the standard one, with the observations of the stress table.
  func load() throws(ToolFailure) -> EngineConfiguration {
    var configuration = EngineConfiguration.standard
    if let path { configuration = try Self.document(path) }
    if let stress {
      let table = try Documents.read(stress, StressTable.documentBytes, as: .stressTable) {
        try StressTable(json: $0)
      }
      configuration.stress = configuration.stress.adding(table)
    }
    return configuration
  }

  /// The configuration of a file.
  static func document(_ path: String) throws(ToolFailure) -> EngineConfiguration {
    return try Documents.read(path, EngineConfiguration.documentBytes, as: .configuration) {
      try EngineConfiguration(json: $0)
    }
  }
}

extension ToolFailure {
  /// As ``wrapping(_:_:)``, with a last word on what to report.
  fileprivate static func wrapping<Result>(
    _ place: String, _ step: () throws -> Result, onError: (ToolFailure) -> ToolFailure
  ) throws(ToolFailure) -> Result {
    do throws(ToolFailure) {
      return try wrapping(place, step)
    } catch {
      throw onError(error)
    }
  }
}

extension DataFinding {
  /// One line for standard error.
  func line(_ place: String) -> String {
    "solvency: \(level.rawValue): \(place): \(text)"
  }
}

extension MarketReport {
  /// Notes on standard error everything that was found.
  func note() {
    for series in series {
      for finding in series.findings {
        let isKnown = series.file.isEmpty || finding.code == "stale" || finding.code == "missing"
        Console.note(finding.line(isKnown ? series.series : series.file))
      }
    }
  }
}

extension FindingLevel: ExpressibleByArgument {}
