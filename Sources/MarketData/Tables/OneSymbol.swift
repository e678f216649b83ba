internal import CanonicalBytes

/// Makes sure that all rows of a file are of one instrument: rows of several would be taken for duplicates.
struct OneSymbol {
  private var column: Int?
  /// The columns that may name the instrument.
  private var names: [Int] = []
  private var symbol: [UInt8]?
  /// What the first row names, and its line.
  private(set) var named: InstrumentName?

  /// Begins a file.
  mutating func begin(_ table: Table) {
    column = table.column(.symbol)
    names = InstrumentName.columns(of: table)
  }

  /// - Throws: ``MarketDataProblem/field(column:text:expected:)`` at a row of another instrument.
  mutating func check(_ table: Table) throws(MarketDataError) {
    if named == nil, !names.isEmpty {
      named = InstrumentName(table, in: names)
      names = []
    }
    guard let column else { return }
    if let symbol, table.has(symbol, in: column) { return }
    let field = table.raw(column)
    if let symbol {
      // "BTC/USDT" and "BTCUSDT" are one.
      guard key(symbol[...]) != key(field) else { return }
      throw table.unreadable(column, .word([String(decoding: symbol, as: UTF8.self)]))
    }
    symbol = Array(field)
  }

  private func key(_ text: ArraySlice<UInt8>) -> String {
    ColumnName.key(String(decoding: text, as: UTF8.self))
  }
}

/// An instrument as a row names it.
struct InstrumentName: Hashable, Sendable {
  let text: String
  /// The coin that it is on.
  let coin: String
  let line: Int

  /// The columns that may name an instrument: the symbol, the name of an object around a list, and what
  /// Hyperliquid and streams call `s`.
  static func columns(of table: Table) -> [Int] {
    [table.column(.symbol), table.column(named: ColumnName.outerKey), table.column(named: "s")].compactMap(
      \.self)
  }

  /// The first of some fields of the row at hand that names a coin; nil if none does.
  init?(_ table: Table, in columns: [Int]) {
    for column in columns {
      let text = String(decoding: table.raw(column).prefix(128), as: UTF8.self)
      // A member's name may be any word.
      guard let coin = SymbolName.coin(in: text, isBare: table.columns[column] != "key") else { continue }
      (self.text, self.coin, line) = (text, coin, table.line)
      return
    }
    return nil
  }
}

extension DataQuality {
  /// Notes that rows name another coin than the one they stand for.
  mutating func compare(_ name: InstrumentName?, with underlying: String?) {
    guard let name, let underlying, !SymbolName.areAlike(name.coin, underlying) else { return }
    add(
      .otherSymbol,
      RowFaults(
        count: max(kept, 1), firstLine: name.line,
        reason: "the rows are of \(quoted(name.text)), and stand for \(quoted(underlying)) in market.json"))
  }
}
