internal import ArgumentParser
internal import CanonicalBytes
internal import CommandSupport
internal import MarginRules
internal import MarketData
internal import RiskEngine
internal import Solvency

/// `solvency snapshot diff`
struct SnapshotDiffCommand: Verb {
  static let configuration = CommandConfiguration(
    commandName: "diff",
    abstract: "What tightened and what relaxed from one snapshot to another, and what drove it.",
    discussion: """
      With --market and the records beside both snapshots, the inputs that moved are named, the furthest \
      first.

        solvency snapshot diff first.json second.json --market Examples/market
      """)

  @Argument(help: "The earlier snapshot.", completion: .file(extensions: ["json"]))
  var before: String

  @Argument(help: "The later snapshot.", completion: .file(extensions: ["json"]))
  var after: String

  @Option(
    name: .customLong("market"), help: "The directory of the market.", completion: .directory)
  var directory: String?

  @Option(help: "How many inputs are named for each.")
  var drivers = 3

  @OptionGroup var output: OutputOptions

  func validate() throws {
    guard drivers >= 0 else { throw ValidationError("--drivers: write 0 or more.") }
  }

  func perform() throws -> Report {
    let (old, new) = (try Documents.snapshot(before), try Documents.snapshot(after))
    let difference = SnapshotDifference(from: old, to: new)
    let traces = try directory.map { try self.traces($0) }
    var table = TextTable(["what", "term", ">before", ">after", "unit", "direction"])
    for change in difference.changes {
      table.add([
        change.subject?.id ?? "all", change.term, "\(change.before)", "\(change.after)", change.unit,
        change.direction.rawValue,
      ])
    }
    func count(_ direction: SnapshotDifference.Direction) -> Int {
      difference.changes.count { $0.direction == direction }
    }
    var lines = [
      "epoch \(old.epoch) to \(new.epoch): \(count(.tightened)) terms tightened, "
        + "\(count(.relaxed)) relaxed, \(count(.moved)) marks moved"
    ]
    lines += difference.added.map { "added    \($0.id)" } + difference.removed.map { "removed  \($0.id)" }
    if !difference.changes.isEmpty { lines += table.lines }
    let driving = traces.map { self.driving($0, $1, difference) } ?? []
    lines += driving.map { subject, found in
      "\(subject): driven by "
        + found.map { "\($0.name) \(text($0.before)) → \(text($0.after))" }.joined(separator: ", ")
    }
    return Report(
      text: lines.joined(separator: "\n"),
      data: [
        "changes": .array(
          difference.changes.map {
            [
              "subject": $0.subject.map { .string($0.id) } ?? .null, "term": .string($0.term),
              "unit": .string($0.unit), "before": .integer($0.before), "after": .integer($0.after),
              "direction": .string($0.direction.rawValue),
            ]
          }),
        "added": .array(difference.added.map { .string($0.id) }),
        "removed": .array(difference.removed.map { .string($0.id) }),
        "drivers": .object(
          driving.map { subject, found in
            JSONMember(subject, .array(found.map { .string($0.name) }))
          }),
      ])
  }

  /// How both came about, computed again.
  private func traces(_ directory: String) throws -> (Trace, Trace) {
    let market = try MarketOptions.load(directory)
    return (try trace(before, market), try trace(after, market))
  }

  private func trace(_ path: String, _ market: Market) throws -> Trace {
    let record = try SnapshotFiles(snapshot: path).readRecord()
    return try ToolFailure.wrapping(path) {
      guard let trace = try record.explained(market).trace else {
        throw ToolFailure(.internalFault, path, "the engine left no trace")
      }
      return trace
    }
  }

  /// The inputs that moved, by underlying and asset.
  private func driving(
    _ old: Trace, _ new: Trace, _ difference: SnapshotDifference
  ) -> [(String, [SnapshotDifference.Driver])] {
    new.sections.map(\.subject).compactMap { subject in
      let found = SnapshotDifference.drivers(of: subject, from: old, to: new)
      return found.isEmpty ? nil : (subject.id, Array(found.prefix(drivers)))
    }
  }

  private func text(_ value: Double?) -> String {
    value.map { SignificantDigits.text($0) } ?? "unknown"
  }
}
