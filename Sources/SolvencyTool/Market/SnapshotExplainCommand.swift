internal import ArgumentParser
internal import CanonicalBytes
internal import CommandSupport
internal import MarginRules
internal import MarketData
internal import RiskEngine
internal import Solvency

/// `solvency snapshot explain`
struct SnapshotExplainCommand: Verb {
  static let configuration = CommandConfiguration(
    commandName: "explain",
    abstract: "How a published number came about, from the market to the rate.",
    discussion: """
        solvency snapshot explain BTC-PERP --snapshot snapshot.json --market Examples/market
        solvency snapshot explain USDC --market Examples/market
      """)

  @Argument(help: "An instrument, an asset or an underlying.")
  var subject: String

  @Option(
    help: "The snapshot, with its record beside it; without it, one computed now.",
    completion: .file(extensions: ["json"]))
  var snapshot: String?

  @OptionGroup var market: MarketOptions
  @OptionGroup var output: OutputOptions

  func perform() throws -> Report {
    let data = try market.market()
    let publication = try publication(data)
    guard let trace = publication.trace else {
      throw ToolFailure(.internalFault, market.directory, "the engine left no trace")
    }
    let sections = self.sections(of: trace)
    guard !sections.isEmpty else {
      let known = trace.sections.map(\.subject.id).joined(separator: ", ")
      throw ToolFailure(.usage, subject, "no such instrument, asset or underlying; known are \(known)")
    }
    var table = TextTable(["from", "number", ">value", "unit", "formula"])
    for section in sections {
      for step in section.steps {
        let value =
          if case .number(let number) = step.value { SignificantDigits.text(number) } else {
            step.value.description
          }
        table.add([
          step.isInput ? "market" : "", step.name, value, step.unit, step.formula,
        ])
      }
    }
    return Report(
      text: (["\(subject), epoch \(publication.snapshot.epoch)"] + table.lines)
        .joined(separator: "\n"),
      data: [
        "subject": .string(subject), "epoch": .integer(publication.snapshot.epoch),
        "steps": .array(
          sections.flatMap(\.steps).map {
            [
              "name": .string($0.name), "value": .string($0.value.description),
              "unit": .string($0.unit), "formula": .string($0.formula), "isInput": .bool($0.isInput),
            ]
          }),
      ])
  }

  private func publication(_ data: Market) throws -> Publication {
    if let snapshot {
      let record = try SnapshotFiles(snapshot: snapshot).readRecord()
      return try ToolFailure.wrapping(snapshot) { try record.explained(data) }
    }
    let engine = try market.engine(data, market.configuration.load())
    return try ToolFailure.wrapping(market.directory) {
      try engine.publish(
        at: data.latest?.time ?? 0, state: .initial, previous: .zero, beacon: .zero)
    }
  }

  /// The steps that lead to it; those of an instrument begin with its underlying's.
  private func sections(of trace: Trace) -> [Trace.Section] {
    let named = trace.sections.filter { $0.subject.id == subject }
    let contracts = named.filter { $0.subject.kind != .underlying }
    return contracts.isEmpty ? named : contracts
  }
}
