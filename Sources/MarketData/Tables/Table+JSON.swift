extension Table {
  /// Whether the bytes begin as a JSON text does.
  var isJSON: Bool {
    let first = bytes[offset...].first { !" \t\r\n".utf8.contains($0) }
    return first == UInt8(ascii: "{") || first == UInt8(ascii: "[")
  }

  /// Finds the lists of rows of a JSON text.
  ///
  /// - Parameters:
  ///   - rest: what comes after the bytes at hand, nil if that is nothing.
  ///   - part: the text.
  mutating func readJSON(
    _ rest: MarketFile.Blocks?, of part: MarketFile.Part
  ) throws(MarketDataError) {
    let survey = try JSONSurvey(
      JSONWindow(
        bytes, from: offset, of: file, blockSize: part.blockSize, source: rest, reopening: part.again))
    notice = survey.notice
    guard !survey.sections.isEmpty else { throw MarketDataError(file: file, .noRows) }
    let rows = try JSONRows(survey)
    bytes = rows.bytes
    header = rows.names
    columns = rows.names.map { ColumnName.key($0) }
    fields = Array(repeating: 0..<0, count: rows.width)
    self.rows = rows
  }
}
