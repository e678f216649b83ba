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
      binance reads leverage brackets, ccxt the dictionary of fetch_leverage_tiers or the tiers of one market, bitmex and dydx instruments whose \
      margin grows by steps, deribit tables of symbol, initial margin, maintenance margin, increase factor and price, \
      hyperliquid the answer meta or metaAndAssetCtxs, cme tables of date, initial, maintenance, and span risk parameter \
      files (.pa2 and XML). The \
      result is JSON: brackets of notional in USD with rates in ppm, or gains by scenario in the currency of each product. \
      What has no place in it is listed.

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

    /// - Throws: ``ToolFailure`` if no instrument counts USD.
    init(_ margins: [BracketMargin], of file: String, notes: [String] = []) throws(ToolFailure) {
      let (others, dollars) = (
        margins.filter { $0.currency != "USD" }, margins.filter { $0.currency == "USD" }
      )
      let left = Dictionary(grouping: others, by: \.currency).sorted { $0.key < $1.key }.map {
        currency, margins in
        "\(margins.count) instruments whose brackets count \(currency) and not USD, such as \(margins[0].symbol): left out"
      }
      guard !dollars.isEmpty else {
        throw ToolFailure(.malformedInput, file, "has nothing in USD: " + left.joined(separator: "; "))
      }
      self.init(
        margins: dollars.map(MarginImportCommand.json), notes: notes + left,
        findings: VenueMarginReader.findings(dollars))
    }
  }

  private func imported(_ bytes: [UInt8]) throws -> Imported {
    switch source {
    case .binance:
      return try Imported(try VenueMarginReader.binanceBrackets(bytes, named: file), of: file)
    case .ccxt:
      return try Imported(try VenueMarginReader.ccxtTiers(bytes, named: file), of: file)
    case .hyperliquid:
      return try Imported(try VenueMarginReader.hyperliquidTables(bytes, named: file), of: file)
    case .bitmex:
      return try imported(try VenueMarginReader.bitMEXInstruments(bytes, named: file), Self.steps)
    case .deribit:
      return try imported(
        try VenueMarginReader.deribitTable(bytes, named: file),
        ["the line inside a bracket, which asks the same at its ends and more inside"])
    case .dydx:
      return try imported(
        try VenueMarginReader.dYdXMarkets(bytes, named: file),
        Self.steps + ["initial margin that grows with the open interest of a market, as version 4 asks it"])
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
      notes.append("scan ranges in money: scenarios state moves in thirds of a range")
      return Imported(
        margins: span.contracts.map(Self.json), notes: notes, findings: VenueMarginReader.findings(span))
    }
  }

  private static let steps = [
    "steps are charged on the whole position from their beginning; brackets ask the same at the end of each step "
      + "and less inside it"
  ]

  /// Margins that grow by steps, as brackets.
  private func imported(_ steps: [StepMargin], _ notes: [String]) throws(ToolFailure) -> Imported {
    var imported = try Imported(
      steps.map { BracketMargin(symbol: $0.symbol, brackets: $0.brackets(count: Self.bracketLimit)) },
      of: file, notes: notes + ["what grows beyond \(Self.bracketLimit) steps"])
    imported.findings += VenueMarginReader.findings(steps)
    return imported
  }

  private static func ppm(_ rate: Double) -> JSONValue { .integer(Int64((rate * 1_000_000).rounded(.up))) }

  /// A notional to the cent.
  private static func usd(_ notional: Double) -> JSONValue {
    .string("\(notional < 1e13 ? (notional * 100).rounded() / 100 : notional)")
  }

  fileprivate static func json(_ margin: BracketMargin) -> JSONValue {
    [
      "symbol": .string(margin.symbol),
      "brackets": .array(
        margin.brackets.map { bracket in
          [
            "floorUSD": usd(bracket.floor), "capUSD": bracket.cap == .infinity ? .null : usd(bracket.cap),
            "initialPpm": ppm(bracket.initialRate), "maintenancePpm": ppm(bracket.maintenanceRate),
          ]
        }),
    ]
  }

  private static func json(_ contract: SpanContract) -> JSONValue {
    [
      "exchange": .string(contract.exchange), "product": .string(contract.commodity),
      "kind": .string(contract.kind.rawValue), "month": .string(contract.month),
      "strike": .string(contract.strike), "currency": .string(contract.currency),
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
