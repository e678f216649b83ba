internal import CanonicalBytes

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
  /// How many rows of an amount each `position/BTC-PERP` and `holding/BTC` has; debts are among holdings.
  public var rows: [String: Int] = [:]
}

/// Reading of positions and balances, as exchanges answer and export them.
public enum HoldingsReader {
  /// What messages say is known.
  static let known = [
    "positions: symbol and size by name, with side or sign (Binance positionRisk, Bybit, OKX, Deribit, Hyperliquid, ccxt)",
    "balances: asset and free, total or walletBalance, with borrowed (Binance, ccxt, CSV)",
    "CRIF: RiskType, Qualifier, AmountUSD, of which sensitivities to prices of equities, commodities and currencies",
  ]

  /// Reads a file of positions, of balances, or of both. Zero amounts are left out; rows of one name stay
  /// apart.
  ///
  /// - Parameters:
  ///   - bytes: the file as it is stored.
  ///   - file: its name, for messages.
  ///   - units: what sizes of instruments count, by the names that the file has for them; needed where it
  ///     counts contracts and does not say of how much.
  /// - Throws: ``MarketDataError`` for a file that is neither, at an amount that is not a decimal number, at
  ///   a side that contradicts its sign, at contracts whose size nothing states, and for a file whose second
  ///   half repeats the first.
  public static func read(
    _ bytes: [UInt8], named file: String, units: [String: AmountUnit] = [:]
  ) throws(MarketDataError) -> AccountExport {
    var export = AccountExport()
    var isDictionary = false
    try [MarketSource(name: file, bytes: bytes)].forEachTable { table throws(MarketDataError) in
      guard !table.isWithoutHeader else {
        throw table.mismatch("positions or balances", missing: ["names of columns"], known: known)
      }
      if let columns = CRIFColumns(table) {
        try columns.read(&table, into: &export)
      } else if let columns = HoldingsColumns(table, units) {
        try columns.read(&table, into: &export)
      } else if table.isFromJSON, table.has("total"), table.has("free"), table.has("used") {
        isDictionary = true
      } else {
        throw table.mismatch("positions or balances", missing: ["symbol or asset, and size"], known: known)
      }
    }
    if isDictionary { export.amounts += try balancesByAsset(bytes, named: file) }
    let half = export.amounts.count / 2
    if half > 0, export.amounts.prefix(half) == export.amounts.dropFirst(half),
      export.rows.values.allSatisfy({ $0.isMultiple(of: 2) })
    {
      throw MarketDataError(
        file: file,
        .contradiction(
          "says everything twice; leave out what was pasted or answered again, or, if all of it counts, write the sum in one row"
        ))
    }
    return export
  }

  /// Balances as ccxt answers them: `{"total": {"BTC": 0.5, …}, "debt": {…}, …}`.
  private static func balancesByAsset(
    _ bytes: [UInt8], named file: String
  ) throws(MarketDataError) -> [ExportedAmount] {
    try MarketFile.document(bytes, named: file) { root throws(DocumentError) in
      var amounts: [ExportedAmount] = []
      for member in try root.entries(maximumCount: 10_000) {
        guard member.key == "total" || member.key == "debt", let node = member.node.unlessNull else {
          continue
        }
        for entry in try node.entries(maximumCount: 10_000) {
          guard let amount = entry.node.unlessNull, try amount.decimalNumber() != 0 else { continue }
          amounts += ExportedAmount.balance(of: entry.key, amount.plainText, isDebt: member.key == "debt")
        }
      }
      return amounts
    }
  }
}

extension JSONNode {
  /// A number, or the inside of a string.
  fileprivate var plainText: String {
    switch value {
    case .number(let text), .string(let text): text
    default: ""
    }
  }
}

extension ExportedAmount {
  /// A balance; what is below zero is owed.
  static func balance(of asset: String, _ amount: String, isDebt: Bool = false) -> [ExportedAmount] {
    let isBelowZero = amount.hasPrefix("-")
    return [
      ExportedAmount(
        section: isDebt || isBelowZero ? .debt : .holding, symbol: asset,
        amount: isBelowZero ? String(amount.dropFirst()) : amount, unit: .base)
    ]
  }
}

extension Table {
  /// The text of a decimal number; nil if the field is empty or the number zero.
  ///
  /// - Throws: ``MarketDataProblem/field(column:text:expected:)`` for anything else, words for a missing
  ///   number included: an account has no amounts that nobody knows.
  func amount(_ column: Int) throws(MarketDataError) -> String? {
    guard !isEmpty(column) else { return nil }
    let value = try number(column)
    guard !value.isNaN else { throw unreadable(column, .number) }
    return value == 0 ? nil : try text(column).filter { $0 != " " }
  }
}
