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
      writes a book in lots of the snapshot. Amounts of one name are added; sums that are not whole lots are refused, or \
      with --round rounded against the account: holdings down, debts and positions away from zero. Where an export counts \
      contracts and does not say of how much, --contract-size does. What the snapshot does not list is an error, unless \
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

  @Option(
    help:
      "What one contract of an instrument is, in coins or USD: BTC-USDT-SWAP=0.01, 'BTCUSD_PERP=100 USD'. May be repeated."
  )
  var contractSize: [String] = []

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
    let units = try contractUnits()
    var sums: [ExportedAmount.Section: [String: ExportedSum]] = [:]
    var (notes, rows, seen) = ([String](), [String: Int](), [[UInt8]: String]())
    for file in files {
      let bytes = try InputFile.read(file, limit: 64 << 20)
      if let other = seen.updateValue(file, forKey: bytes) {
        throw ToolFailure(
          .malformedInput, file,
          "holds the same as \(other), and its amounts would count twice; name one of them")
      }
      let export = try ToolFailure.wrapping(file) {
        try HoldingsReader.read(bytes, named: file, units: units)
      }
      for (what, count) in export.notRepresented.sorted(by: { $0.key < $1.key }) {
        notes.append("\(file): \(what): \(count) rows, which are not positions, were left out")
      }
      rows.merge(export.rows) { $0 + $1 }
      for amount in export.amounts {
        guard let id = try identifier(of: amount, in: snapshot, file) else {
          notes.append("\(file): \(amount.symbol) is not listed and was left out")
          continue
        }
        var sum = sums[amount.section]?[id] ?? ExportedSum(symbol: amount.symbol, file: file)
        guard sum.add(amount) else {
          throw ToolFailure(
            .malformedInput, file,
            "\(amount.symbol): \(amount.amount) has more digits than an amount of a book")
        }
        sums[amount.section, default: [:]][id] = sum
      }
    }
    for (name, count) in rows.sorted(by: { $0.key < $1.key }) where count > 1 {
      notes.append("\(name) stands in \(count) rows, which were added")
    }
    var book: [ExportedAmount.Section: [String: Int64]] = [:]
    for section in ExportedAmount.Section.allCases {
      for (id, sum) in (sums[section] ?? [:]).sorted(by: { $0.key < $1.key }) {
        let value = try self.lots(of: sum, in: section, id, lots, snapshot, &notes)
        if value != 0 { book[section, default: [:]][id] = value }
      }
    }
    if book.isEmpty { notes.append("nothing but zeros is left: the book is empty") }
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

  /// What `--contract-size` says.
  private func contractUnits() throws(ToolFailure) -> [String: AmountUnit] {
    var units: [String: AmountUnit] = [:]
    for option in contractSize {
      let parts = option.split(separator: "=", maxSplits: 1)
      let words = parts.last?.split(separator: " ") ?? []
      guard parts.count == 2, (1...2).contains(words.count), let size = Double(words[0]), size > 0,
        size < .infinity
      else {
        throw ToolFailure(
          .usage, "--contract-size",
          "write a name and a size, such as BTC-USDT-SWAP=0.01 or 'BTCUSD_PERP=100 USD'")
      }
      let isInDollars = words.count == 2 && words[1].uppercased() == "USD"
      units[String(parts[0])] =
        isInDollars ? .inverseContracts(multiplier: size) : .linearContracts(multiplier: size)
    }
    return units
  }

  /// The lots of an instrument or an asset that exported amounts are together.
  private func lots(
    of sum: ExportedSum, in section: ExportedAmount.Section, _ id: String, _ lots: LotSizes,
    _ snapshot: RiskSnapshot, _ notes: inout [String]
  ) throws(ToolFailure) -> Int64 {
    let coordinate =
      switch section {
      case .position: Registry.position(id)
      case .holding: Registry.holding(id)
      case .debt: Registry.debt(id)
      }
    guard let coins = lots.divide(sum.coinText, by: coordinate),
      let dollars = sum.dollars.signum == 0
        ? LotSizes.Division(lots: 0, hasRest: false) : Self.divide(sum.dollars, by: id, snapshot),
      case (let whole, false) = coins.lots.addingReportingOverflow(dollars.lots)
    else {
      throw ToolFailure(
        .malformedInput, sum.file, "\(sum.symbol): the amount is larger than a book can hold")
    }
    guard coins.hasRest || dollars.hasRest else { return whole }
    let advice =
      if dollars.hasRest {
        "\(id) counts lots of \(lots[coordinate]?.text ?? "1"); \(sum.dollarText) USD at its mark is \(dollars.lots) lots and a rest"
      } else {
        lots.advice(on: sum.coinText, at: coordinate) ?? "\(id) counts lots"
      }
    guard round else {
      throw ToolFailure(
        .malformedInput, sum.file, "\(sum.symbol) is not a whole number of lots. \(advice); or use --round")
    }
    notes.append("\(sum.file): \(sum.symbol) is rounded to lots against the account. \(advice)")
    if section == .holding { return whole }
    // Away from zero, each of the two; the book refuses what is out of its range.
    return [(coins, sum.coins), (dollars, sum.dollars)].reduce(whole) { lots, part in
      part.0.hasRest ? lots &+ (part.1.isNegative ? -1 : 1) : lots
    }
  }

  /// The lots of an instrument that an amount of dollars, in units of 10⁻³⁰ USD, is worth at its mark.
  private static func divide(
    _ dollars: Integer, by id: String, _ snapshot: RiskSnapshot
  ) -> LotSizes.Division? {
    guard let mark = snapshot.instruments.first(where: { $0.id == id })?.markFloor, mark > 0 else {
      return nil
    }
    // A quantum is 10⁻⁶ USD.
    let lot = Integer(mark) * 1_000_000 * 1_000_000_000_000_000_000
    let quotient = dollars.isNegative ? dollars.ceilingDivided(by: lot) : dollars.floorDivided(by: lot)
    guard let lots = quotient.int64 else { return nil }
    return LotSizes.Division(lots: lots, hasRest: dollars.modulo(lot).signum != 0)
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

/// Exported amounts of one instrument or asset, added exactly.
private struct ExportedSum {
  /// Digits after the point of coins and of USD.
  private static let (coinDigits, dollarDigits) = (18, 30)

  /// The name and the file of the first.
  let symbol: String
  let file: String
  /// Of the asset, in units of 10⁻¹⁸.
  private(set) var coins: Integer = 0
  /// In units of 10⁻³⁰ USD.
  private(set) var dollars: Integer = 0

  init(symbol: String, file: String) { (self.symbol, self.file) = (symbol, file) }

  var coinText: String { Self.text(coins, Self.coinDigits) }
  var dollarText: String { Self.text(dollars, Self.dollarDigits) }

  private static func text(_ value: Integer, _ digits: Int) -> String {
    (try? ExactDecimal(parsing: "\(value)e-\(digits)"))?.description ?? "\(value)"
  }

  /// Adds an amount; false unless it is a decimal number of at most this number of digits.
  mutating func add(_ amount: ExportedAmount) -> Bool {
    func units(_ text: String, _ digits: Int) -> Integer? {
      guard text.utf8.count <= 64 else { return nil }
      return try? ExactDecimal(parsing: text).integer(inUnitsOfTenTo: -digits)
    }
    func product(_ digits: Int, _ size: Double, _ sizeDigits: Int) -> Integer? {
      guard let count = units(amount.amount, digits), let each = units("\(size)", sizeDigits) else {
        return nil
      }
      return count * each
    }
    let (isInDollars, value) =
      switch amount.unit {
      case .base: (false, units(amount.amount, Self.coinDigits))
      case .linearContracts(let size): (false, product(9, size, Self.coinDigits - 9))
      case .quote: (true, units(amount.amount, Self.dollarDigits))
      case .inverseContracts(let size): (true, product(18, size, Self.dollarDigits - 18))
      }
    guard let value else { return false }
    if isInDollars { dollars += value } else { coins += value }
    return true
  }
}
