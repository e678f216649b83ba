extension Table {
  /// Whether the bytes begin as a JSON text does.
  var isJSON: Bool {
    let first = bytes[offset...].first { !" \t\r\n".utf8.contains($0) }
    return first == UInt8(ascii: "{") || first == UInt8(ascii: "[")
  }

  mutating func readJSON() throws(MarketDataError) {
    let survey: JSONSurvey
    do throws(JSONFault) {
      survey = try JSONSurvey(bytes, from: offset)
    } catch {
      throw Self.failure(error, in: bytes, of: file)
    }
    do throws(MarketDataProblem) {
      notice = survey.notice
      guard !survey.sections.isEmpty else { throw .noRows }
      let rows = try JSONRows(bytes, survey)
      bytes = rows.bytes
      header = rows.names
      columns = rows.names.map { ColumnName.key($0) }
      fields = Array(repeating: 0..<0, count: rows.width)
      self.rows = rows
    } catch {
      throw MarketDataError(file: file, error)
    }
  }

  static func failure(_ fault: JSONFault, in bytes: [UInt8], of file: String) -> MarketDataError {
    let before = bytes[..<min(fault.offset, bytes.count)]
    let lineStart = (before.lastIndex(of: UInt8(ascii: "\n")) ?? -1) + 1
    return MarketDataError(
      file: file, .notJSON(expected: fault.expected), line: 1 + before.count { $0 == UInt8(ascii: "\n") },
      column: fault.offset - lineStart + 1)
  }
}
