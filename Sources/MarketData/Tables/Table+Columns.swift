extension Table {
  /// The column of a part, the first of its names that the file has; nil if it has none.
  ///
  /// Of two columns whose names differ in case or signs alone, the one that is written as its key counts:
  /// exchanges name the beginning of a bar `t` and its end `T`.
  func column(_ part: ColumnPart) -> Int? {
    for name in part.names {
      let matches = columns.indices.filter { columns[$0] == name }
      if let exact = matches.first(where: { header[$0] == name }) ?? matches.first { return exact }
    }
    return nil
  }

  /// The column of a name, as ``ColumnName/key(_:)`` makes it.
  func column(named name: String) -> Int? { columns.firstIndex(of: name) }

  /// Whether the file has a column of one of these names.
  func has(_ names: String...) -> Bool { names.contains { columns.contains($0) } }

  /// The columns of parts, all of which a file must have.
  ///
  /// - Parameters:
  ///   - content: what the file should hold, for the message.
  ///   - known: the layouts that there are, for the message.
  func require(
    _ parts: [ColumnPart], of content: String, known: [String]
  ) throws(MarketDataError) -> [Int] {
    let found = isWithoutHeader ? parts.map { _ in nil } : parts.map(column)
    let missing = zip(parts, found).filter { $1 == nil }.map(\.0.title)
    guard missing.isEmpty else { throw mismatch(content, missing: missing, known: known) }
    return found.compactMap(\.self)
  }

  /// The error of a file that is laid out in no known way.
  func mismatch(_ content: String, missing: [String], known: [String]) -> MarketDataError {
    let names = header.filter { !$0.isEmpty }
    let found: LayoutMismatch.Found =
      switch (isFromJSON, isWithoutHeader) {
      case (false, false): .columns(names)
      case (false, true): .noHeader(columns: width)
      case (true, false): .objects(names)
      case (true, true): .arrays(count: width)
      }
    return MarketDataError(
      file: file,
      .unknownLayout(
        LayoutMismatch(content: content, found: found, missing: missing, known: known, notice: notice)))
  }

  /// The number in a column, nil if there is no such column.
  func number(_ column: Int?) throws(MarketDataError) -> Double? {
    guard let column else { return nil }
    return try number(column) as Double
  }

  /// The number in a column, nil if there is no such column or the field says that there is no number.
  func quote(_ column: Int?) throws(MarketDataError) -> Double? {
    guard let value: Double = try number(column), !value.isNaN else { return nil }
    return value
  }
}

/// Makes sure that all rows of a file are of one instrument: rows of several would be taken for duplicates.
struct OneSymbol {
  private var column: Int?
  private var symbol: [UInt8]?

  /// Begins a file.
  mutating func begin(_ table: Table) { column = table.column(.symbol) }

  /// - Throws: ``MarketDataProblem/field(column:text:expected:)`` at a row of another instrument.
  mutating func check(_ table: Table) throws(MarketDataError) {
    guard let column else { return }
    let field = table.raw(column)
    if let symbol {
      // "BTC/USDT" and "BTCUSDT" are one.
      guard !symbol.elementsEqual(field), key(symbol[...]) != key(field) else { return }
      throw table.unreadable(column, .word([String(decoding: symbol, as: UTF8.self)]))
    }
    symbol = Array(field)
  }

  private func key(_ text: ArraySlice<UInt8>) -> String {
    ColumnName.key(String(decoding: text, as: UTF8.self))
  }
}
