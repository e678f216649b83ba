public import ArgumentParser
internal import Foundation
public import MarginEngine
internal import Solvency

/// `--snapshot`
struct SnapshotOption: ParsableArguments {
  @Option(
    name: .customLong("snapshot"), help: "The venue's risk snapshot.",
    completion: .file(extensions: ["json"]))
  var path: String

  /// The snapshot and the list of coordinates that it gives.
  func load() throws(ToolFailure) -> (snapshot: RiskSnapshot, registry: Registry) {
    let snapshot = try Documents.snapshot(path)
    return (snapshot, try Documents.registry(of: snapshot, at: path))
  }
}

/// `--circuit`, `--snapshot` and `--kind`: what makes a rule.
struct RuleOptions: ParsableArguments {
  @Option(
    help: "The margin rule: a file, or the name of a circuit that `solvency circuit list` shows.",
    completion: .list(BuiltInCircuits.sources.map(\.name)))
  var circuit: String

  @OptionGroup var snapshot: SnapshotOption

  @Option(help: "Which requirement: initial or maintenance.")
  var kind: MarginKind = .initial

  /// The circuit compiled under the snapshot.
  func load() throws(ToolFailure) -> MarginRule {
    let circuit = try Documents.circuit(circuit)
    let (snapshot, registry) = try snapshot.load()
    return try ToolFailure.wrapping(self.circuit) {
      try MarginRule(circuit: circuit, snapshot: snapshot, kind: kind, registry: registry)
    }
  }
}

extension MarginKind: ExpressibleByArgument {}

/// A moment on the command line: RFC 3339 in UTC, or seconds since 1970.
struct Moment: ExpressibleByArgument {
  let timestamp: Timestamp

  init?(argument: String) {
    if let seconds = UInt64(argument) {
      timestamp = Timestamp(seconds: seconds)
      return
    }
    guard let date = try? Date.ISO8601FormatStyle().parse(argument),
      let seconds = UInt64(exactly: date.timeIntervalSince1970.rounded(.down))
    else { return nil }
    timestamp = Timestamp(seconds: seconds)
  }
}

extension Timestamp {
  /// This machine's clock.
  static var clock: Timestamp {
    Timestamp(seconds: UInt64(max(0, Date.now.timeIntervalSince1970)))
  }

  /// "2026-02-05T21:29:37Z", or the number of seconds beyond the year 9999.
  var text: String {
    guard seconds <= 253_402_300_799 else { return description }
    return Date(timeIntervalSince1970: Double(seconds)).formatted(.iso8601)
  }
}
