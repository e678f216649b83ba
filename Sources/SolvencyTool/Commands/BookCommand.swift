internal import ArgumentParser
internal import CanonicalBytes
internal import CommandSupport
internal import ExactIntegers
internal import MarginRules
internal import MarketData
internal import Solvency
internal import SolvencyProver

/// `solvency book`
struct BookCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "book", abstract: "Books of traders.",
    subcommands: [BookImportCommand.self, BookAnalyseCommand.self])
}

/// `solvency book import`
struct BookImportCommand: Verb {
  static let configuration = CommandConfiguration(
    commandName: "import",
    abstract: "Make a book out of positions and balances as exchanges export them.",
    discussion: """
      Reads JSON and CSV of Binance, Bybit, OKX, Deribit, Hyperliquid and ccxt, and CRIF files of SIMM sensitivities, and \
      writes a book in lots of the snapshot. Amounts that are not whole lots are refused, or with --round rounded against \
      the account: holdings down, debts and positions away from zero. What the snapshot does not list is an error, unless \
      --skip-unlisted says otherwise.

        solvency book import positions.json balances.json \\
          --snapshot Examples/snapshot.json --account desk-7 -o book.json
      """)

  @Argument(help: "The exports.", completion: .file())
  var files: [String]

  @OptionGroup var snapshot: SnapshotOption

  @Option(help: "The account's name.")
  var account: String

  @Option(
    help: "An instrument or asset of the snapshot for a name of an export: BTCUSDT=BTC-PERP. May be repeated."
  )
  var map: [String] = []

  @Option(help: "Cash in USD.")
  var cash: String = "0"

  @Flag(help: "Round amounts that are not whole lots, against the account.")
  var round = false

  @Flag(help: "Leave out what the snapshot does not list.")
  var skipUnlisted = false

  @Option(
    name: [.customShort("o"), .customLong("output")], help: "Where the book goes, readable by you alone.",
    completion: .file(extensions: ["json"]))
  var path: String

  @Flag(help: "Replace a file that is there.")
  var force = false

  @OptionGroup var output: OutputOptions

  func perform() throws -> Report {
    try OutputFile.checkFree(path, replacing: force)
    let (snapshot, registry) = try snapshot.load()
    let lots = LotSizes(of: snapshot)
    var book: [ExportedAmount.Section: [String: Int64]] = [:]
    var notes: [String] = []
    for file in files {
      let bytes = try InputFile.read(file, limit: 64 << 20)
      let export = try ToolFailure.wrapping(file) { try HoldingsReader.read(bytes, named: file) }
      for (what, count) in export.notRepresented.sorted(by: { $0.key < $1.key }) {
        notes.append("\(file): \(count) rows of \(what) are not positions and were left out")
      }
      for amount in export.amounts {
        guard let id = try identifier(of: amount, in: snapshot, file) else {
          notes.append("\(file): \(amount.symbol) is not listed and was left out")
          continue
        }
        let value = try self.lots(of: amount, id, lots, snapshot, file, &notes)
        let (sum, overflow) = (book[amount.section]?[id] ?? 0).addingReportingOverflow(value)
        guard !overflow else {
          throw ToolFailure(.malformedInput, file, "\(amount.symbol): the amount is out of range")
        }
        book[amount.section, default: [:]][id] = sum
      }
    }
    guard let quanta = lots.divide(cash, by: Registry.cash), !quanta.hasRest else {
      throw ToolFailure(.usage, "--cash", "write USD with at most six decimals")
    }
    let text = Self.json(book, account: account, cash: quanta.lots).encoded(.indented)
    // The book must be one that is read.
    _ = try ToolFailure.wrapping(path) { try Book(decoding: text, registry: registry).account }
    try OutputFile.write(text, to: path, access: .ownerOnly, replacing: force)
    let count = book.values.reduce(0) { $0 + $1.count }
    return Report(
      text: (notes + ["\(count) amounts written to \(path)"]).joined(separator: "\n"),
      data: ["file": .string(path), "amounts": .integer(count), "notes": .array(notes.map { .string($0) })])
  }

  /// The instrument or asset of a snapshot that an amount is in; nil if it is to be left out.
  private func identifier(
    of amount: ExportedAmount, in snapshot: RiskSnapshot, _ file: String
  ) throws(ToolFailure) -> String? {
    let isPosition = amount.section == .position
    let listed = isPosition ? snapshot.instruments.map(\.id) : snapshot.collateral.map(\.id)
    if let mapped = map.first(where: { $0.hasPrefix(amount.symbol + "=") })?.dropFirst(
      amount.symbol.count + 1)
    {
      guard listed.contains(String(mapped)) else {
        throw ToolFailure(.usage, "--map", "the snapshot lists no \(mapped)")
      }
      return String(mapped)
    }
    let matches = listed.filter { isPosition ? amount.isPosition(in: $0) : amount.isBalance(of: $0) }
    guard matches.count != 1 else { return matches[0] }
    guard matches.isEmpty, skipUnlisted else {
      throw ToolFailure(
        .malformedInput, file,
        "\(amount.symbol) is \(matches.isEmpty ? "no" : "more than one") \(isPosition ? "instrument" : "asset") of the "
          + "snapshot; say which with --map \(amount.symbol)=…, or leave it out with --skip-unlisted")
    }
    return nil
  }

  private func lots(
    of amount: ExportedAmount, _ id: String, _ lots: LotSizes, _ snapshot: RiskSnapshot, _ file: String,
    _ notes: inout [String]
  ) throws(ToolFailure) -> Int64 {
    let coordinate =
      switch amount.section {
      case .position: Registry.position(id)
      case .holding: Registry.holding(id)
      case .debt: Registry.debt(id)
      }
    let division: LotSizes.Division?
    switch amount.unit {
    case .base: division = lots.divide(amount.amount, by: coordinate)
    case .linearContracts(let size):
      division = lots.divide(amount.amount, contractsOf: "\(size)", by: coordinate)
    case .quote: division = Self.divide(amount.amount, dollars: 1, by: id, snapshot)
    case .inverseContracts(let size):
      division = Self.divide(amount.amount, dollars: Int64(size), by: id, snapshot)
    }
    guard let division else {
      throw ToolFailure(
        .malformedInput, file, "\(amount.symbol): the amount is not a decimal number of this size")
    }
    guard division.hasRest else { return division.lots }
    let advice = lots.advice(on: amount.amount, at: coordinate) ?? "\(id) counts lots"
    guard round else {
      throw ToolFailure(
        .malformedInput, file, "\(amount.symbol) is not a whole number of lots. \(advice); or use --round")
    }
    notes.append("\(file): \(amount.symbol) is rounded to a lot against the account")
    if amount.section == .holding { return division.lots }
    return division.lots + (amount.amount.hasPrefix("-") ? -1 : 1)
  }

  /// The lots of an instrument that an amount of dollars is worth at its mark.
  private static func divide(
    _ amount: String, dollars: Int64, by id: String, _ snapshot: RiskSnapshot
  ) -> LotSizes.Division? {
    guard let mark = snapshot.instruments.first(where: { $0.id == id })?.markFloor, mark > 0,
      let quanta = try? ExactDecimal(parsing: amount).integer(inUnitsOfTenTo: -12)
    else { return nil }
    // In units of 10⁻¹² USD, of which a quantum has a million.
    let (total, lot) = (quanta * Integer(dollars), Integer(mark) * 1_000_000)
    let quotient = total.isNegative ? total.ceilingDivided(by: lot) : total.floorDivided(by: lot)
    guard let lots = quotient.int64 else { return nil }
    return LotSizes.Division(lots: lots, hasRest: total.modulo(lot).signum != 0)
  }

  private static func json(
    _ book: [ExportedAmount.Section: [String: Int64]], account: String, cash: Int64
  ) -> JSONValue {
    func section(_ section: ExportedAmount.Section) -> JSONValue {
      .object(
        (book[section] ?? [:]).sorted { $0.key < $1.key }.map { JSONMember($0.key, .integer($0.value)) })
    }
    return [
      "version": 1, "account": .string(account), "positions": section(.position),
      "holdings": section(.holding),
      "debts": section(.debt), "cash": .string("\(cash)"),
    ]
  }
}
