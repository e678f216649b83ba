internal import ArgumentParser
internal import CanonicalBytes
internal import CommandSupport
internal import Foundation
internal import MarketData
internal import RiskEngine
internal import Solvency

/// `--market` and `--config`: what the margin engine computes from.
struct MarketOptions: ParsableArguments {
  private static let fileByteLimit = 256 << 20

  @Option(
    name: .customLong("market"), help: "The directory of the market, with market.json.",
    completion: .directory)
  var directory: String

  @OptionGroup var configuration: ConfigurationOption

  /// The market; what was wrong with its data is noted on standard error.
  func market() throws(ToolFailure) -> Market { try Self.load(directory) }

  /// The market of a directory.
  static func load(_ directory: String) throws(ToolFailure) -> Market {
    var failure: ToolFailure?
    let market = try ToolFailure.wrapping(directory) {
      try Market.load(folder: { InputFile.names(inFolder: "\(directory)/\($0)") }) { path in
        guard failure == nil else { return nil }
        let place = "\(directory)/\(path)"
        guard FileManager.default.fileExists(atPath: place) else { return nil }
        do throws(ToolFailure) {
          return try InputFile.read(place, limit: fileByteLimit)
        } catch {
          failure = error
          return nil
        }
      }
    } onError: { error in
      failure ?? error
    }
    for report in market.quality where !report.isClean { Console.note("solvency: note: \(report.summary)") }
    return market
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

  /// The configuration, or the standard one.
  func load() throws(ToolFailure) -> EngineConfiguration {
    guard let path else { return .standard }
    let bytes = try InputFile.read(path, limit: EngineConfiguration.documentBytes)
    return try ToolFailure.wrapping(path) { try EngineConfiguration(json: bytes) }
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

extension DataQuality {
  /// One line: what was repaired or dropped.
  var summary: String {
    var parts: [String] = []
    if missing > 0 {
      let first = gaps.first.map { Timestamp(seconds: UInt64(clamping: $0.first)).text } ?? ""
      parts.append("\(missing) rows missing in \(gaps.count) gaps, the first at \(first)")
    }
    for (faults, name) in [
      (duplicates, "duplicates dropped"), (reordered, "out of order, put in place"),
      (bad, "bad, dropped"), (fromTheFuture, "from the future, dropped"),
      (misaligned, "off the grid, dropped"), (outliers, "outliers, kept"),
    ] where faults.count > 0 {
      parts.append("\(faults.count) \(name), the first in line \(faults.firstLine)")
    }
    return "\(file): \(kept) of \(rows) rows; \(parts.joined(separator: "; "))"
  }
}
