internal import CanonicalBytes

extension Table {
  /// The column of a part, the first of its names that the file has; nil if it has none.
  ///
  /// Of two columns whose names differ in case or signs alone, the one that is written as its key counts:
  /// exchanges name the beginning of a bar `t` and its end `T`. Members of the rows go before what stands
  /// around them in a JSON text: the time of an answer is not that of its rows.
  func column(_ part: ColumnPart) -> Int? {
    if part.names == ColumnPart.time.names, let splitTime { return splitTime.day }
    for areRows in [true, false] {
      for name in part.names {
        let matches = columns.indices.filter { columns[$0] == name && isOfRows($0) == areRows }
        if let exact = matches.first(where: { header[$0] == name }) ?? matches.first { return exact }
      }
    }
    return columnWithUnit(part)
  }

  /// The column of a time or a price whose name has its unit behind: `Timestamp (UTC)`, `open_time_ms`, `Open
  /// (USD)`. A volume is named by its unit, and is not such a part.
  private func columnWithUnit(_ part: ColumnPart) -> Int? {
    guard ColumnPart.withUnits.contains(where: { $0.names == part.names }) else { return nil }
    let isTime = part.names == ColumnPart.time.names
    for name in part.names where name.utf8.count > 1 || !isTime {
      let match = header.indices.first { index in
        let outside = header[index].prefix { $0 != "(" && $0 != "[" }
        if outside.utf8.count < header[index].utf8.count, ColumnName.key(outside) == name { return true }
        return isTime
          && ColumnPart.timeUnits.contains { columns.indices.contains(index) && columns[index] == name + $0 }
      }
      if let match { return match }
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
    // Members of a JSON object are told apart before.
    for column in found.compactMap(\.self) where !isFromJSON {
      let twin = header.indices.first { $0 != column && header[$0] == header[column] }
      guard twin == nil else {
        throw MarketDataError(
          file: file,
          .contradiction(
            "has two columns named \(quoted(header[column])); name each for what it is, or leave one out"))
      }
    }
    return found.compactMap(\.self)
  }

  /// The error of a file that is laid out in no known way.
  func mismatch(_ content: String, missing: [String], known: [String]) -> MarketDataError {
    let names = header.filter { !$0.isEmpty && $0 != ColumnName.outerKey }
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
