internal import CanonicalBytes

/// Where a file states positions and balances.
struct HoldingsColumns {
  private static let size = ColumnPart(
    "size", "positionamt", "contracts", "szi", "pos", "size", "positionsize", "qty", "quantity", "amount")
  private static let asset = ColumnPart("asset", "asset", "coin", "ccy", "currency")
  private static let whole = ColumnPart(
    "balance", "total", "walletbalance", "cashbal", "equity", "balance", "amount")
  private static let free = ColumnPart("balance", "free", "available", "availbal", "availablebalance")
  private static let held = ColumnPart("held", "locked", "used", "frozen", "freeze", "frozenbal", "hold")
  private static let borrowed = ColumnPart("borrowed", "borrowed", "borrowamount", "liab", "debt")
  private static let side = ColumnPart("side", "side", "posside", "direction")
  private static let unit = ColumnPart("unit", "unit", "units", "sizeunit", "qtyunit")

  private struct Position {
    let symbol: Int
    let size: Int
    let side: Int?
    let unit: Int?
    let contractSize: Int?
  }

  private struct Balance {
    let asset: Int
    /// The columns that make a balance together.
    let parts: [Int]
    /// Those that make a debt.
    let owed: [Int]
  }

  private let position: Position?
  private let balance: Balance?
  private let units: [String: AmountUnit]

  /// - Parameter units: what sizes of instruments count.
  init?(_ table: Table, _ units: [String: AmountUnit]) {
    self.units = units
    let asset = table.column(Self.asset)
    let side = table.column(Self.side)
    // A coin and an amount, without a side, are a balance.
    let isPlain = !table.has("positionamt", "contracts", "szi", "pos", "size", "positionsize")
    var position: Position?
    var balance: Balance?
    // What a list of assets is called is not a symbol.
    let named = table.column(.symbol).flatMap { table.columns[$0] == "key" && asset != nil ? nil : $0 }
    if let symbol = named ?? table.column(named: "coin"), let size = table.column(Self.size),
      symbol != asset || side != nil || !isPlain
    {
      position = Position(
        symbol: symbol, size: size, side: side, unit: table.column(Self.unit),
        contractSize: table.column(named: "contractsize"))
    }
    let free = table.column(Self.free).map { [$0, table.column(Self.held)].compactMap(\.self) }
    if let asset, asset != position?.symbol, let parts = table.column(Self.whole).map({ [$0] }) ?? free,
      position.map({ !parts.contains($0.size) }) ?? true
    {
      // Binance counts interest apart.
      let interest = table.has("borrowed") ? table.column(named: "interest") : nil
      balance = Balance(
        asset: asset, parts: parts, owed: [table.column(Self.borrowed), interest].compactMap(\.self))
    }
    if position == nil, balance == nil { return nil }
    (self.position, self.balance) = (position, balance)
  }

  func read(_ table: inout Table, into export: inout AccountExport) throws(MarketDataError) {
    while try table.next() {
      let (amounts, name, section): ([ExportedAmount], String, ExportedAmount.Section)
      if let position, !table.isEmpty(position.symbol), !table.isEmpty(position.size) {
        name = try table.text(position.symbol)
        amounts = try positions(table, position, name)
        section = .position
      } else if let balance, !table.isEmpty(balance.asset) {
        name = try table.text(balance.asset)
        amounts = try balances(table, balance, name)
        section = .holding
      } else {
        export.notRepresented["neither position nor balance", default: 0] += 1
        continue
      }
      if !amounts.isEmpty { export.rows["\(section.rawValue)/\(name)", default: 0] += 1 }
      export.amounts += amounts
    }
  }

  // MARK: Positions

  private func positions(
    _ table: Table, _ columns: Position, _ name: String
  ) throws(MarketDataError) -> [ExportedAmount] {
    guard let amount = try table.amount(columns.size) else { return [] }
    let isBelowZero = amount.hasPrefix("-")
    var isShort = isBelowZero
    if let side = columns.side {
      switch try table.text(side).lowercased() {
      case "sell", "short", "s": isShort = true
      case "buy", "long", "b":
        guard !isBelowZero else {
          throw table.failure(
            .contradiction("its side is long and its size \(amount); is it short, or is the sign wrong?"))
        }
      case "both", "net", "", "zero", "none": break
      default: throw table.unreadable(side, .word(["long", "short"]))
      }
    }
    return [
      ExportedAmount(
        section: .position, symbol: name, amount: isShort && !isBelowZero ? "-" + amount : amount,
        unit: try unit(table, columns, name))
    ]
  }

  /// What the size of a row counts.
  private func unit(
    _ table: Table, _ columns: Position, _ name: String
  ) throws(MarketDataError) -> AmountUnit {
    if let stated = units[name] { return stated }
    let upper = name.uppercased()
    let isInverse = try Self.isInverse(upper, table)
    if let unit = columns.unit, !table.isEmpty(unit) {
      let word = try table.text(unit).uppercased()
      if SymbolName.account(word) == "USD" { return .quote }
      if word == SymbolName.coin(in: name) || word == "BASE" { return .base }
      guard word.hasPrefix("CONTRACT") else {
        throw table.unreadable(unit, .word([SymbolName.coin(in: name) ?? "base", "USD", "contracts"]))
      }
    } else if table.has("instrumentname") {
      // Deribit counts inverse perpetuals and futures in USD, anything else in coins.
      return OptionName(name) == nil && !upper.contains("_") ? .quote : .base
    }
    if let size = try table.quote(columns.contractSize) {
      return isInverse
        ? .inverseContracts(multiplier: size)
        : size == 1 ? .base : .linearContracts(multiplier: size)
    }
    // Bybit's and Kraken's inverse contracts are of one USD each.
    if isInverse, table.has("category") || upper.hasPrefix("PI_") || upper.hasPrefix("FI_") { return .quote }
    let areContracts = isInverse || columns.unit != nil || table.has("contracts", "contractsize", "instid")
    guard !areContracts || isMargin(table) else {
      throw table.failure(
        .unit(
          "the size of \(quoted(name)) counts contracts, and nothing says of how much; state it: --contract-size "
            + (isInverse ? "'\(name)=100 USD'" : "'\(name)=0.01'")))
    }
    return .base
  }

  /// Whether contracts are of a number of USD each, and settled in coins.
  private static func isInverse(_ symbol: String, _ table: Table) throws(MarketDataError) -> Bool {
    if let category = table.column(named: "category"), !table.isEmpty(category) {
      return try table.text(category) == "inverse"
    }
    // `BTC/USD:BTC` of ccxt.
    let parts = symbol.split(whereSeparator: { "/:".contains($0) })
    if parts.count >= 3 { return parts[2].split(separator: "-").first == parts[0] }
    if symbol.hasPrefix("PI_") || symbol.hasPrefix("FI_") { return true }
    // `BTC-USD-SWAP`, `BTCUSD_PERP` and `BTCUSD`, which no exchange settles in dollars.
    let names = symbol.split(whereSeparator: { "-_".contains($0) })
    if table.has("instid") { return names.count > 2 && names[1] == "USD" && OptionName(symbol) == nil }
    return table.isFromJSON && names.first.map { $0.hasSuffix("USD") && $0.count > 3 } ?? false
  }

  /// Whether OKX says that a position is one of spot margin, in coins.
  private func isMargin(_ table: Table) -> Bool {
    table.column(named: "insttype").map { table.has(Array("MARGIN".utf8), in: $0) } ?? false
  }

  // MARK: Balances

  private func balances(
    _ table: Table, _ columns: Balance, _ name: String
  ) throws(MarketDataError) -> [ExportedAmount] {
    var amounts: [ExportedAmount] = []
    var isBelowZero = false
    for part in columns.parts {
      guard let amount = try table.amount(part) else { continue }
      isBelowZero = isBelowZero || amount.hasPrefix("-")
      amounts += ExportedAmount.balance(of: name, amount)
    }
    // What is borrowed is what a balance is below zero for.
    for part in columns.owed where !isBelowZero {
      guard let amount = try table.amount(part) else { continue }
      amounts += ExportedAmount.balance(of: name, amount, isDebt: true)
    }
    return amounts
  }
}
