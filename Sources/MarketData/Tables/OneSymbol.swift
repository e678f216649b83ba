/// Makes sure that all rows of a file are of one instrument: rows of several would be taken for duplicates.
struct OneSymbol {
  private var column: Int?
  private var symbol: [UInt8]?

  /// Begins a file.
  mutating func begin(_ table: Table) { column = table.column(.symbol) }

  /// - Throws: ``MarketDataProblem/field(column:text:expected:)`` at a row of another instrument.
  mutating func check(_ table: Table) throws(MarketDataError) {
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
