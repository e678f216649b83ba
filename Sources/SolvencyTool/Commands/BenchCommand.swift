internal import ArgumentParser
internal import Foundation
internal import JSONDocuments
internal import MarginEngine

/// `solvency bench`
struct BenchCommand: Verb {
  static let configuration = CommandConfiguration(
    commandName: "bench",
    abstract: "Measure this machine: group, transcript, proving, verifying.",
    discussion: """
      Medians of processor time on one thread. The ratio compares each time with libsodium's scalar multiplication, measured \
      in the same run, so that figures of two machines can be compared. A shape (A,S) has A values of 48 \
      bits and S rows of 64 bits.

        solvency bench
        solvency bench --only margin --json
      """)

  private static let exampleSnapshot = "Examples/snapshot.json"

  /// What can be measured alone.
  enum Part: String, CaseIterable, ExpressibleByArgument {
    case group, shapes, margin
  }

  @Option(help: "Only this part: group, shapes or margin.")
  var only: Part?

  @Option(
    help: "The snapshot for portfolio-margin. Examples/snapshot.json if it is there, else a made-up one.",
    completion: .file(extensions: ["json"]))
  var snapshot: String?

  @OptionGroup var output: OutputOptions

  func perform() throws -> Report {
    let yardstick = GroupBench().yardstick()
    var measurements = [yardstick]
    let parts = only.map { [$0] } ?? Part.allCases
    for (index, part) in parts.enumerated() {
      Console.progress("measure", index, of: parts.count)
      measurements += try measure(part)
    }
    Console.progress("measure", parts.count, of: parts.count)
    var table = TextTable(["what", ">microseconds", ">ratio"])
    for measurement in measurements {
      table.add([
        measurement.name, (measurement.nanoseconds / 1_000).formatted(decimals: 2),
        (measurement.nanoseconds / yardstick.nanoseconds).formatted(decimals: 3),
      ])
    }
    let megabytes = Double(Stopwatch.peakMemory) / 1e6
    return Report(
      text: (table.lines + ["Peak memory: \(megabytes.formatted(decimals: 0)) MB"])
        .joined(separator: "\n"),
      data: .array(
        measurements.map { measurement in
          [
            "name": .string(measurement.name),
            "nanoseconds": .number(measurement.nanoseconds.formatted(decimals: 1)),
            "ratio": .number((measurement.nanoseconds / yardstick.nanoseconds).formatted(decimals: 4)),
          ]
        }))
  }

  private func measure(_ part: Part) throws -> [Stopwatch.Measurement] {
    switch part {
    case .group:
      return GroupBench().measurements()
    case .shapes:
      return try ProofBench.Shape.all.flatMap { try ProofBench().measurements(of: $0) }
    case .margin:
      let (snapshot, name) = try marginSnapshot()
      return try ProofBench().portfolioMargin(snapshot, named: name)
    }
  }

  private func marginSnapshot() throws(ToolFailure) -> (RiskSnapshot, name: String) {
    if let snapshot { return (try Documents.snapshot(snapshot), snapshot) }
    if FileManager.default.fileExists(atPath: Self.exampleSnapshot) {
      return (try Documents.snapshot(Self.exampleSnapshot), "example snapshot")
    }
    let market = SyntheticMarket(seed: 1)
    return (try market.snapshot(epoch: 1, validity: 0..<3_600), "synthetic snapshot")
  }
}
