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
        solvency snapshot explain BTC-PERP --snapshot snapshot.json \\
          --market Examples/market
        solvency snapshot explain USDC --market Examples/market
        solvency snapshot explain underlying/BTC --market Examples/market
        solvency snapshot explain asset/BTC --market Examples/market
      """)

  @Argument(
    help: """
      An instrument, an asset or an underlying; where two have one name both are shown, or one with instrument/, \
      asset/ or underlying/ before it.
      """)
  var subject: String

  @Option(
    help: "The snapshot, with its record beside it; without it, one computed now.",
    completion: .file(extensions: ["json"]))
  var snapshot: String?

  @OptionGroup var market: MarketOptions
  @OptionGroup var output: OutputOptions

  func validate() throws {
    guard snapshot == nil || (market.configuration.path == nil && market.configuration.stress == nil) else {
      throw ValidationError(
        "--config and --stress do not go with --snapshot, whose record says what it was computed with.")
    }
  }

  func perform() throws -> Report {
    let data = try market.market()
    market.note(data)
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
      if sections.count > 1 {
        table.add(["", "\(section.subject.kind.rawValue)/\(section.subject.id)", "", "", ""])
      }
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
    let rules = self.rules(publication.snapshot, sections)
    return Report(
      text: (["\(subject), epoch \(publication.snapshot.epoch)"] + table.lines + rules.map(\.text))
        .joined(separator: "\n"),
      data: [
        "subject": .string(subject), "epoch": .integer(publication.snapshot.epoch),
        "rules": .array(rules.map(\.data)),
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
    let time = try PresentOptions.instant(of: data, in: market.directory)
    return try ToolFailure.wrapping(market.directory) {
      try engine.publish(
        at: time, state: .initial, previous: .zero, beacon: .zero)
    }
  }

  /// The steps that lead to it; those of an instrument begin with its underlying's, so of both only they are
  /// shown.
  private func sections(of trace: Trace) -> [Trace.Section] {
    let qualified = OverrideTarget.Kind.allCases.first { subject.hasPrefix("\($0.rawValue)/") }
    let name = qualified.map { String(subject.dropFirst($0.rawValue.count + 1)) } ?? subject
    let named = trace.sections.filter { section in
      section.subject.id == name && qualified.map { $0 == section.subject.kind } ?? true
    }
    let hasInstrument = named.contains { $0.subject.kind == .instrument }
    return named.filter { !hasInstrument || $0.subject.kind != .underlying }
  }

  /// Leverage and liquidation price of a lone position of each side under all rules of the snapshot.
  private func rules(
    _ snapshot: RiskSnapshot, _ sections: [Trace.Section]
  ) -> [(text: String, data: JSONValue)] {
    let ids = Set(sections.filter { $0.subject.kind == .instrument }.map(\.subject.id))
    return snapshot.instruments.filter { ids.contains($0.id) }.flatMap { instrument in
      LinearRate.Side.allCases.compactMap { side -> (text: String, data: JSONValue)? in
        guard let initial = LinearRate.ppm(of: instrument, side, .initial, under: snapshot),
          let maintenance = LinearRate.ppm(of: instrument, side, .maintenance, under: snapshot), initial > 0
        else { return nil }
        let (e, m) = (Double(initial) / 1e6, Double(maintenance) / 1e6)
        let share = LinearRate.liquidation(side, equity: e, maintenance: m)
        let move = share.map { "\((($0 - 1) * 100).formatted(decimals: 2)) %" } ?? "never"
        let leverage = (1 / e).formatted(decimals: 2)
        return (
          "a lone \(side.rawValue) under all rules: initial \(initial) ppm, maintenance \(maintenance) ppm, leverage "
            + "\(leverage)×; opened so, it is liquidated after the price moved by \(move)",
          [
            "side": .string(side.rawValue), "initialPpm": .integer(initial),
            "maintenancePpm": .integer(maintenance),
            "leverage": .number(leverage),
            "liquidationMove": share.map { .number(($0 - 1).formatted(decimals: 6)) } ?? .null,
          ]
        )
      }
    }
  }
}
