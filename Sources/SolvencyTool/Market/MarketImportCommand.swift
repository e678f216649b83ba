internal import ArgumentParser
internal import CanonicalBytes
internal import CommandSupport
internal import Foundation
internal import MarketData
internal import Solvency

/// `solvency market import`
struct MarketImportCommand: Verb {
  /// The most bytes of one file.
  private static let fileByteLimit = 256 << 20

  static let configuration = CommandConfiguration(
    commandName: "import",
    abstract: "Make the directory of a market out of files of exchanges and libraries.",
    discussion: """
      Finds out what each file holds (bars, funding, open interest, order books, option chains, prices), as CSV, JSON, \
      gzip or zip, copies it as it is and writes market.json, which says series, units, lots and times. The directory is \
      read once more as the engine reads it. Documentation/Market-Formats.md lists what is recognised.

        solvency market import binance BTCUSDT-1h-2026-02.zip \\
          BTCUSDT-fundingRate-2026-02.zip -o market
        solvency market import ccxt candles.json funding.json book.json \\
          --underlying BTC -o market
      """)

  @Argument(
    help: "Who made the files: \(MarketImport.Source.allCases.map(\.rawValue).joined(separator: ", ")).",
    transform: Self.source)
  var source: MarketImport.Source

  @Argument(help: "The files, or folders of them.", completion: .file())
  var files: [String]

  @Option(
    name: [.customShort("o"), .customLong("output")], help: "The directory that is made.",
    completion: .directory)
  var directory: String

  @Option(help: "What all files are of, such as BTC. By default symbols and names of files say it.")
  var underlying: String?

  @Option(help: "The size of one contract, where sizes and open interest count contracts.")
  var contractSize: Double?

  @Flag(help: "Contracts are of a number of USD each, settled in coins.")
  var inverse = false

  @Option(help: "One lot, such as 0.001. By default a power of ten worth 10 to 100 USD.")
  var lot: String?

  @Option(name: .customLong("time"), help: "When books and chains that do not say so were taken.")
  var moment: Moment?

  @OptionGroup var output: OutputOptions

  private static func source(_ word: String) throws -> MarketImport.Source {
    guard let source = MarketImport.Source(rawValue: word.lowercased()) else {
      let known = MarketImport.Source.allCases.map(\.rawValue).joined(separator: ", ")
      throw ValidationError("SOURCE is one of \(known); write auto if it is another.")
    }
    return source
  }

  func validate() throws {
    if let contractSize, !(contractSize > 0 && contractSize < .infinity) {
      throw ValidationError("--contract-size: write a positive number.")
    }
    if let lot, Lot(lot) == nil { throw ValidationError("--lot: write a decimal number from 1e-12 to 1e6.") }
    if inverse, contractSize == nil { throw ValidationError("--inverse needs --contract-size.") }
  }

  func perform() throws -> Report {
    try OutputFile.checkFree(directory, replacing: false)
    var job = MarketImport(source: source)
    job.underlying = underlying
    job.contractSize = contractSize
    job.isInverse = inverse
    job.lot = lot.flatMap(Lot.init)
    job.time = moment.map { Int64(clamping: $0.timestamp.seconds) }
    let sources = try Self.sources(files)
    let made = try ToolFailure.wrapping(directory) { try job.directory(sources) }
    for file in made.files {
      let path = "\(directory)/\(file.path)"
      try OutputFile.makeFolder(URL(filePath: path).deletingLastPathComponent().path)
      try OutputFile.write(file.bytes, to: path, access: .everybody, replacing: false)
    }
    return report(made)
  }

  private static func sources(_ files: [String]) throws(ToolFailure) -> [MarketSource] {
    var sources: [MarketSource] = []
    for file in files {
      let names = InputFile.names(inFolder: file)?.filter { !$0.hasPrefix(".") }.sorted()
      guard names?.isEmpty != true else {
        throw ToolFailure(.missingInput, file, "holds no file; name a folder of market data, or the files")
      }
      for path in names.map({ $0.map { "\(file)/\($0)" } }) ?? [file] {
        sources.append(MarketSource(name: path, bytes: try InputFile.read(path, limit: fileByteLimit)))
      }
    }
    return sources
  }

  private func report(_ made: MarketImport.Directory) -> Report {
    var table = TextTable(["file", "of", "holds", ">rows", ">used", "from", "to"])
    for finding in made.findings {
      let quality = finding.quality
      table.add([
        finding.file, finding.underlying, finding.contents.map(\.rawValue).joined(separator: ", "),
        "\(quality.rows)", "\(quality.kept)", quality.span.map { Self.text($0.lowerBound) } ?? "",
        quality.span.map { Self.text($0.upperBound) } ?? "",
      ])
    }
    let units = made.market.quality.flatMap { report in report.units.map { "\(report.series): \($0)" } }
    let lots = made.market.listing.instruments.map { "\($0.id): one lot is \($0.lot.text) \($0.underlying)" }
    return Report(
      text: (table.lines + units + lots + ["written to \(directory)"]).joined(separator: "\n"),
      data: [
        "directory": .string(directory),
        "files": .array(
          made.findings.map { finding in
            [
              "file": .string(finding.file), "underlying": .string(finding.underlying),
              "holds": .array(finding.contents.map { .string($0.rawValue) }),
              "rows": .integer(finding.quality.rows), "used": .integer(finding.quality.kept),
            ]
          }),
        "units": .array(units.map { .string($0) }), "lots": .array(lots.map { .string($0) }),
      ])
  }

  private static func text(_ seconds: Int64) -> String { Timestamp(seconds: UInt64(clamping: seconds)).text }
}
