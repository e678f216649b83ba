internal import ArgumentParser
internal import CanonicalBytes
internal import CommandSupport
internal import MarketData
internal import Solvency

/// `solvency margin import`
struct MarginImportCommand: Verb {
  private static let fileByteLimit = 256 << 20
  /// The most brackets that steps are made into.
  private static let bracketLimit = 16

  /// Whose margins a file states.
  enum Source: String, CaseIterable, ExpressibleByArgument {
    case binance
    case bitmex
    case ccxt
    case cme
    case deribit
    case dydx
    case hyperliquid
    case span
  }

  static let configuration = CommandConfiguration(
    commandName: "import",
    abstract: "Read what venues and clearing houses ask today, and say what of it a snapshot can represent.",
    discussion: """
      binance reads leverage brackets, ccxt the dictionary of fetch_leverage_tiers, bitmex and dydx instruments whose \
      margin grows by steps, deribit tables of symbol, initial margin, maintenance margin, increase factor and price, \
      hyperliquid the answer meta or metaAndAssetCtxs, cme tables of date, initial, maintenance, and span risk parameter \
      files (.pa2 and XML). The \
      result is JSON: brackets of notional with rates in ppm, or gains by scenario. What has no place in it is listed.

        solvency margin import ccxt tiers.json -o margins.json
        solvency margin import span cme.20250620.s.pa2.zip -o arrays.json
      """)

  @Argument(help: "Whose margins they are: \(Source.allCases.map(\.rawValue).joined(separator: ", ")).")
  var source: Source

  @Argument(help: "The file.", completion: .file())
  var file: String

  @Option(
    name: [.customShort("o"), .customLong("output")],
    help: "Where the result goes. Standard output by default.",
    completion: .file(extensions: ["json"]))
  var path: String?

  @Flag(help: "Replace a file that is there.")
  var force = false

  @OptionGroup var output: OutputOptions

  func perform() throws -> Report {
    if let path { try OutputFile.checkFree(path, replacing: force) }
    let bytes = try InputFile.read(file, limit: Self.fileByteLimit)
    let result = try ToolFailure.wrapping(file) { try imported(bytes) }
    let data: JSONValue = [
      "version": 1, "source": .string(source.rawValue), "margins": .array(result.margins),
      "notRepresented": .array(result.notes.map { .string($0) }),
      "findings": .array(result.findings.map { .string($0) }),
    ]
    if let path {
      try OutputFile.write(data.encoded(.indented), to: path, access: .everybody, replacing: force)
    }
    for finding in result.findings { Console.note("warning: \(finding)") }
    let summary = ["\(result.margins.count) instruments"] + result.notes.map { "not represented: \($0)" }
    let place =
      path.map { ["written to \($0)"] } ?? [String(decoding: data.encoded(.indented), as: UTF8.self)]
    return Report(text: (summary + place).joined(separator: "\n"), data: data)
  }

  private struct Imported {
    var margins: [JSONValue]
    var notes: [String] = []
    /// What is possible, and improbable.
    var findings: [String] = []

    init(margins: [JSONValue], notes: [String] = [], findings: [String] = []) {
      (self.margins, self.notes, self.findings) = (margins, notes, findings)
    }

    init(_ margins: [BracketMargin], notes: [String] = []) {
      self.init(
        margins: margins.map(MarginImportCommand.json), notes: notes,
        findings: VenueMarginReader.findings(margins))
    }
  }

  private func imported(_ bytes: [UInt8]) throws -> Imported {
    switch source {
    case .binance:
      return Imported(try VenueMarginReader.binanceBrackets(bytes, named: file))
    case .ccxt:
      return Imported(try VenueMarginReader.ccxtTiers(bytes, named: file))
    case .hyperliquid:
      return Imported(try VenueMarginReader.hyperliquidTables(bytes, named: file))
    case .bitmex, .deribit, .dydx:
      let steps =
        switch source {
        case .bitmex: try VenueMarginReader.bitMEXInstruments(bytes, named: file)
        case .deribit: try VenueMarginReader.deribitTable(bytes, named: file)
        default: try VenueMarginReader.dYdXMarkets(bytes, named: file)
        }
      return Imported(
        steps.map { BracketMargin(symbol: $0.symbol, brackets: $0.brackets(count: Self.bracketLimit)) },
        notes: [
          "steps are charged on the whole position from their beginning; brackets ask the same at the end of each step "
            + "and less inside it",
          "what grows beyond \(Self.bracketLimit) steps",
        ])
    case .cme:
      let reading = try VenueMarginReader.contractMargins(bytes, named: file)
      return Imported(
        margins: reading.series.map { margin in
          [
            "from": .string(Timestamp(seconds: UInt64(clamping: margin.time)).text),
            "initialUSD": .string("\(margin.initialUSD)"),
            "maintenanceUSD": .string("\(margin.maintenanceUSD)"),
          ]
        }, notes: ["offsets between contracts, which the table does not state"],
        findings: VenueMarginReader.findings(reading.series) + reading.quality.findings.map(\.text))
    case .span:
      let span = try SpanReader.read(bytes, named: file)
      var notes = span.notRepresented.sorted { $0.key < $1.key }.map { "\($0.key) (\($0.value) records)" }
      if span.incomplete > 0 { notes.append("\(span.incomplete) arrays without sixteen values") }
      notes.append("scan ranges in USD: scenarios state moves in thirds of a range")
      return Imported(
        margins: span.contracts.map(Self.json), notes: notes, findings: VenueMarginReader.findings(span))
    }
  }

  private static func ppm(_ rate: Double) -> JSONValue { .integer(Int64((rate * 1_000_000).rounded(.up))) }

  fileprivate static func json(_ margin: BracketMargin) -> JSONValue {
    [
      "symbol": .string(margin.symbol),
      "brackets": .array(
        margin.brackets.map { bracket in
          [
            "floorUSD": .string("\(bracket.floor)"),
            "capUSD": bracket.cap == .infinity ? .null : .string("\(bracket.cap)"),
            "initialPpm": ppm(bracket.initialRate), "maintenancePpm": ppm(bracket.maintenanceRate),
          ]
        }),
    ]
  }

  private static func json(_ contract: SpanContract) -> JSONValue {
    [
      "exchange": .string(contract.exchange), "product": .string(contract.commodity),
      "kind": .string(contract.kind.rawValue), "month": .string(contract.month),
      "strike": .string(contract.strike),
      "gains": .array(
        zip(SpanFile.scenarios, contract.gains).map { scenario, gain in
          [
            "priceThirds": .integer(scenario.priceThirds), "volatility": .integer(scenario.volatility),
            "extreme": .bool(scenario.isExtreme), "gain": .string("\(gain)"),
          ]
        }),
    ]
  }
}
