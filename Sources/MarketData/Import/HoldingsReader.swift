/// One amount of an account as an exchange exports it.
public struct ExportedAmount: Hashable, Sendable {
  /// What part of an account it is.
  public enum Section: String, CaseIterable, Hashable, Sendable {
    case position
    case holding
    case debt
  }

  /// What part of an account it is.
  public var section: Section
  /// The instrument or asset, as the exchange names it.
  public var symbol: String
  /// The amount in decimal digits, as the exchange writes it; negative for short positions.
  public var amount: String
  /// What the amount of a position counts, as far as the export says.
  public var unit: AmountUnit
}

extension ExportedAmount {
  /// Whether a position is in the instrument of a snapshot: the same name, the same option in another way of
  /// writing, or the perpetual of the same coin.
  public func isPosition(in instrument: String) -> Bool {
    if symbol.utf8.elementsEqual(instrument.utf8) { return true }
    if let option = OptionName(symbol) {
      guard let listed = OptionName(instrument) else { return false }
      return (option.currency, option.expiry, option.strike, option.kind)
        == (listed.currency, listed.expiry, listed.strike, listed.kind)
    }
    // What names a day is not a perpetual.
    guard symbol.filter(\.isNumber).count < 4, let coin = SymbolName.underlying(of: symbol) else {
      return false
    }
    return instrument == "\(coin)-PERP"
  }

  /// Whether a balance is of an asset of a snapshot.
  public func isBalance(of asset: String) -> Bool { symbol.uppercased() == asset.uppercased() }
}

/// What was read of an account, and what has no place in a book.
public struct AccountExport: Hashable, Sendable {
  /// The amounts.
  public var amounts: [ExportedAmount] = []
  /// What a book cannot represent, with how many rows there were.
  public var notRepresented: [String: Int] = [:]
}

/// Reading of positions and balances, as exchanges answer and export them.
public enum HoldingsReader {
  /// What messages say is known.
  static let known = [
    "positions: symbol and size by name, with side or sign (Binance positionRisk, Bybit, OKX, Deribit, Hyperliquid, ccxt)",
    "balances: asset and free, total or walletBalance, with borrowed (Binance, ccxt, CSV)",
    "CRIF: RiskType, Qualifier, AmountUSD, of which sensitivities to prices of equities, commodities and currencies",
  ]

  private static let size = ColumnPart(
    "size", "positionamt", "contracts", "szi", "pos", "size", "positionsize", "qty", "quantity", "amount")
  private static let asset = ColumnPart("asset", "asset", "coin", "ccy", "currency")
  private static let balance = ColumnPart(
    "balance", "total", "walletbalance", "cashbal", "equity", "balance", "free", "amount", "available")
  private static let borrowed = ColumnPart("borrowed", "borrowed", "borrowamount", "liab", "debt")

  /// Reads a file of positions or of balances. Zero amounts are left out.
  ///
  /// - Throws: ``MarketDataError`` for a file that is neither, and at an amount that is not a decimal number.
  public static func read(_ bytes: [UInt8], named file: String) throws(MarketDataError) -> AccountExport {
    var export = AccountExport()
    try [MarketSource(name: file, bytes: bytes)].forEachTable { table throws(MarketDataError) in
      guard !table.isWithoutHeader else {
        throw table.mismatch("positions or balances", missing: ["names of columns"], known: known)
      }
      if let type = table.column(named: "risktype"), let qualifier = table.column(named: "qualifier"),
        let amount = table.column(named: "amountusd")
      {
        try sensitivities(&table, type, qualifier, amount, into: &export)
      } else if let symbol = table.column(.symbol) ?? table.column(named: "coin"),
        let column = table.column(size),
        table.column(balance) == column || table.column(asset) == nil || table.column(asset) == symbol
          || table.has("positionamt", "contracts", "szi", "pos", "size")
      {
        try positions(&table, symbol, column, into: &export.amounts)
      } else if let name = table.column(asset), let column = table.column(balance) {
        try balances(&table, name, column, into: &export.amounts)
      } else {
        throw table.mismatch("positions or balances", missing: ["symbol or asset, and size"], known: known)
      }
    }
    return export
  }

  /// Sensitivities of SIMM's risk interchange format (CRIF). Those to the price of an equity, a commodity or
  /// a currency are the gain at one percent, so a hundred times that is a position in USD; others are
  /// not positions.
  private static func sensitivities(
    _ table: inout Table, _ type: Int, _ qualifier: Int, _ amount: Int, into export: inout AccountExport
  ) throws(MarketDataError) {
    while try table.next() {
      let risk = try table.text(type)
      guard ["Risk_Equity", "Risk_Commodity", "Risk_FX"].contains(risk) else {
        export.notRepresented[risk, default: 0] += 1
        continue
      }
      guard let text = try decimal(table, amount) else { continue }
      export.amounts.append(
        ExportedAmount(
          section: .position, symbol: try table.text(qualifier), amount: text,
          unit: .inverseContracts(multiplier: 100)))
    }
  }

  private static func positions(
    _ table: inout Table, _ symbol: Int, _ column: Int, into amounts: inout [ExportedAmount]
  ) throws(MarketDataError) {
    let side =
      table.column(named: "side") ?? table.column(named: "posside") ?? table.column(named: "direction")
    // Deribit counts perpetuals and futures in USD, ccxt contracts in the size that it states.
    let isDeribit = table.has("instrumentname")
    let contractSize = table.column(named: "contractsize")
    while try table.next() {
      let name = try table.text(symbol)
      guard let amount = try decimal(table, column) else { continue }
      var isShort = false
      if let side {
        switch try table.text(side).lowercased() {
        case "sell", "short", "s": isShort = !amount.hasPrefix("-")
        case "buy", "long", "b", "both", "net", "", "zero", "none": break
        default: throw table.unreadable(side, .word(["long", "short"]))
        }
      }
      var unit = AmountUnit.base
      if isDeribit, OptionName(name) == nil { unit = .quote }
      if let contractSize, let multiplier = try table.quote(contractSize), multiplier != 1 {
        unit = .linearContracts(multiplier: multiplier)
      }
      amounts.append(
        ExportedAmount(section: .position, symbol: name, amount: isShort ? "-" + amount : amount, unit: unit))
    }
  }

  private static func balances(
    _ table: inout Table, _ name: Int, _ column: Int, into amounts: inout [ExportedAmount]
  ) throws(MarketDataError) {
    let debt = table.column(borrowed)
    while try table.next() {
      let asset = try table.text(name)
      if let amount = try decimal(table, column) {
        let isDebt = amount.hasPrefix("-")
        amounts.append(
          ExportedAmount(
            section: isDebt ? .debt : .holding, symbol: asset,
            amount: isDebt ? String(amount.dropFirst()) : amount,
            unit: .base))
      }
      if let debt, let owed = try decimal(table, debt) {
        amounts.append(ExportedAmount(section: .debt, symbol: asset, amount: owed, unit: .base))
      }
    }
  }

  /// The text of a decimal number, nil if there is none or it is zero.
  private static func decimal(_ table: Table, _ column: Int) throws(MarketDataError) -> String? {
    let value: Double = try table.number(column)
    guard !value.isNaN, value != 0 else { return nil }
    return try table.text(column)
  }
}
