internal import ArgumentParser
internal import Benchmarking
internal import CanonicalBytes
internal import CommandSupport
internal import Demonstration
internal import Foundation
internal import MarginRules
internal import Ristretto

/// `solvency bench`
struct BenchCommand: Verb {
  static let configuration = CommandConfiguration(
    commandName: "bench",
    abstract: "Measure this machine: group, transcript, proving, verifying, admitting.",
    discussion: """
      Medians of processor time on one thread. The ratio compares each sample with libsodium's scalar multiplication right after it, \
      so that figures of two machines, and of a slow minute, can be compared. A shape (A,S) has A values of 48 \
      bits and S rows of 64 bits.

      With kernels for the processor in use, --compare measures portable code as well; SOLVENCY_PORTABLE=1 in the \
      environment forces portable code.

        solvency bench
        solvency bench --only margin --json
        solvency bench --quick --compare
      """)

  private static let accountCount = 1_000_000
  private static let exampleSnapshot = "Examples/snapshot.json"

  /// What can be measured alone.
  enum Part: String, CaseIterable, ExpressibleByArgument {
    case group, range, shapes, margin, threads, admission, accounts, engine, log, stress, requests
  }

  @Option(
    help: """
      Only this part: group, range, shapes, margin, threads, admission, accounts, engine; or requests, log or stress, \
      which take a minute or more and up to 1 GB and are left out otherwise.
      """)
  var only: Part?

  @Flag(help: "Fewer samples, batches of 128 instead of 1,024 proofs.")
  var quick = false

  @Flag(help: "Portable code beside the kernels of this processor.")
  var compare = false

  @Option(
    help: "The snapshot for portfolio-margin. Examples/snapshot.json if it is there, else a made-up one.",
    completion: .file(extensions: ["json"]))
  var snapshot: String?

  @OptionGroup var output: OutputOptions

  private var stopwatch: Stopwatch { Stopwatch(quick ? .quick : .thorough) }
  private var batchCount: Int { quick ? 128 : 1_024 }

  func perform() throws -> Report {
    let yardstick = stopwatch.measure(Yardstick.name) { Yardstick.multiply() }
    let parts = only.map { [$0] } ?? Part.allCases.filter { ![.log, .stress, .requests].contains($0) }
    let isCompared = compare && Kernels.areInUse
    var rows = [Row(yardstick, portable: nil)]
    for (index, part) in parts.enumerated() {
      Console.progress("measure", index, of: parts.count)
      let measurements = try measure(part)
      let portable =
        isCompared ? try Kernels.$isPortable.withValue(true) { try measure(part) } : []
      rows += measurements.indices.map {
        Row(measurements[$0], portable: isCompared ? portable[$0] : nil)
      }
    }
    Console.progress("measure", parts.count, of: parts.count)
    return report(rows, isCompared: isCompared)
  }

  /// A figure, and that of portable code for the same.
  private struct Row {
    let measurement: Stopwatch.Measurement
    let portable: Stopwatch.Measurement?

    init(_ measurement: Stopwatch.Measurement, portable: Stopwatch.Measurement?) {
      self.measurement = measurement
      self.portable = portable
    }
  }

  private func report(_ rows: [Row], isCompared: Bool) -> Report {
    func cells(_ measurement: Stopwatch.Measurement) -> [String] {
      [
        (measurement.nanoseconds / 1_000).formatted(decimals: 2),
        measurement.ratio.formatted(decimals: 3),
      ]
    }
    let titles = ["what", ">microseconds", ">ratio"]
    var table = TextTable(titles + (isCompared ? [">portable microseconds", ">ratio"] : []))
    for row in rows {
      let portable = row.portable.map(cells) ?? (isCompared ? ["", ""] : [])
      table.add([row.measurement.name] + cells(row.measurement) + portable)
    }
    let megabytes = Double(Stopwatch.peakMemory) / 1e6
    let code = "Sums and decoding by: \(Kernels.name)"
    func value(_ measurement: Stopwatch.Measurement, _ name: String) -> JSONValue {
      [
        "name": .string(name),
        "nanoseconds": .number(measurement.nanoseconds.formatted(decimals: 1)),
        "ratio": .number(measurement.ratio.formatted(decimals: 4)),
      ]
    }
    return Report(
      text: (table.lines + [code, "Peak memory: \(megabytes.formatted(decimals: 0)) MB"])
        .joined(separator: "\n"),
      data: .array(
        rows.flatMap { row in
          [value(row.measurement, row.measurement.name)]
            + (row.portable.map { [value($0, "\($0.name), portable")] } ?? [])
        }))
  }

  private func measure(_ part: Part) throws -> [Stopwatch.Measurement] {
    switch part {
    case .group:
      return GroupBench(stopwatch: stopwatch).measurements()
    case .range:
      return try RangeBench(stopwatch: stopwatch, batchCount: batchCount).measurements()
    case .shapes:
      return try ProofBench.Shape.all.flatMap {
        try ProofBench(stopwatch: stopwatch, batchCount: batchCount).measurements(of: $0)
      }
    case .margin:
      let (snapshot, name) = try marginSnapshot()
      return try ProofBench(stopwatch: stopwatch, batchCount: batchCount)
        .portfolioMargin(snapshot, named: name)
    case .threads:
      return try RangeBench(stopwatch: stopwatch, batchCount: batchCount).scaling()
    case .admission:
      let (snapshot, name) = try marginSnapshot()
      return try AdmissionBench().decisions(snapshot, named: name)
    case .requests:
      let (snapshot, name) = try marginSnapshot()
      return try AdmissionBench().requests(snapshot, named: name)
    case .accounts:
      let (times, bytes) = try AdmissionBench().accounts(Self.accountCount)
      Console.note("\(Self.accountCount) idle accounts: \(bytes / 1_000_000) MB")
      return times
    case .engine:
      return try EngineBench(isQuick: quick).measurements()
    case .log:
      return try LogBench().measurements()
    case .stress:
      return try StressBench(isQuick: quick).measurements()
    }
  }

  private func marginSnapshot() throws(ToolFailure) -> (RiskSnapshot, name: String) {
    if let snapshot { return (try Documents.snapshot(snapshot), snapshot) }
    if FileManager.default.fileExists(atPath: Self.exampleSnapshot) {
      return (try Documents.snapshot(Self.exampleSnapshot), "example snapshot")
    }
    return (try DemoVenue(seed: 1, now: .now).snapshot, "synthetic snapshot")
  }
}
