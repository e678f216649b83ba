/// A file of comma-separated values (RFC 4180), read row by row.
///
/// A byte order mark, lines that are only a comment or an address before the header, blank lines and
/// carriage returns at the ends of lines are skipped. A field in quotation marks may hold commas, and
/// quotation marks written twice, but no line break. Every row has as many fields as the first.
struct Table {
  /// The most bytes of a row.
  static let rowLimit = 64 << 10
  /// The most fields of a row.
  static let columnLimit = 256

  let file: String
  /// The names of the columns in lower case; empty if the file begins with data.
  private(set) var columns: [String]
  /// The line of the row that was read last, counted from 1.
  private(set) var line = 0

  private let bytes: [UInt8]
  private var offset: Int
  private var rowStart = 0
  /// Where each field of the row stands, without its quotation marks.
  private var fields: [Range<Int>] = []
  private var fieldCount: Int

  /// Reads the header, or finds that there is none: then the first field is a number.
  init(_ bytes: [UInt8], named file: String) throws(MarketDataError) {
    self.file = file
    self.bytes = bytes
    offset = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    columns = []
    fieldCount = 0
    var first = self
    repeat {
      self.offset = first.offset
      self.line = first.line
      guard try first.next() else { throw MarketDataError(file: file, .noRows) }
    } while first.isComment
    var names: [String] = []
    if !first.isData {
      for column in first.fields.indices { names.append(try first.name(column)) }
      offset = first.offset
      line = first.line
    }
    fieldCount = first.fields.count
    columns = names
  }

  /// How many fields each row has.
  var width: Int { fieldCount }

  private var isComment: Bool {
    guard fields.count == 1, let field = fields.first else { return false }
    return bytes[field].first == UInt8(ascii: "#")
      || String(decoding: bytes[field], as: UTF8.self).contains("://")
  }

  private var isData: Bool {
    fields.first.map { parseDecimal(bytes[$0]) != nil } ?? false
  }

  /// A column's name: lower case, without spaces around it and without the sign of a comment before it.
  private func name(_ column: Int) throws(MarketDataError) -> String {
    let text = try self.text(column).lowercased().drop { $0 == "#" || $0 == " " }
    return String(text.reversed().drop { $0 == " " }.reversed())
  }

  // MARK: Rows

  /// Reads the next row that is not blank. Returns false at the end of the file.
  mutating func next() throws(MarketDataError) -> Bool {
    while offset < bytes.count {
      line += 1
      rowStart = offset
      try scanRow()
      if fields.count == 1, fields[0].isEmpty { continue }
      guard fieldCount == 0 || fields.count == fieldCount else {
        throw failure(.row(.wrongFieldCount(expected: fieldCount, found: fields.count)))
      }
      return true
    }
    return false
  }

  /// Finds the fields of the line at `offset`, and steps behind the line.
  private mutating func scanRow() throws(MarketDataError) {
    fields.removeAll(keepingCapacity: true)
    let limit = min(bytes.count, rowStart + Self.rowLimit)
    var start = offset
    var i = offset
    while true {
      guard i < limit else {
        guard limit == bytes.count else { throw failure(.row(.tooLong(limit: Self.rowLimit))) }
        return endRow(start..<i, next: i)
      }
      switch bytes[i] {
      case UInt8(ascii: ","):
        fields.append(start..<i)
        guard fields.count < Self.columnLimit else { throw failure(.row(.tooLong(limit: Self.rowLimit))) }
        i += 1
        start = i
      case UInt8(ascii: "\n"):
        let end = i > start && bytes[i - 1] == UInt8(ascii: "\r") ? i - 1 : i
        return endRow(start..<end, next: i + 1)
      case UInt8(ascii: "\""):
        guard i == start else { throw failure(.row(.quotation), at: i) }
        let end = try closingQuote(after: i, limit: limit)
        fields.append(i + 1..<end)
        i = end + 1
        if i < bytes.count, bytes[i] == UInt8(ascii: "\r") { i += 1 }
        guard i < bytes.count, bytes[i] != UInt8(ascii: "\n") else {
          offset = min(i + 1, bytes.count)
          return
        }
        guard bytes[i] == UInt8(ascii: ",") else { throw failure(.row(.quotation), at: i) }
        i += 1
        start = i
      default:
        i += 1
      }
    }
  }

  private mutating func endRow(_ field: Range<Int>, next: Int) {
    fields.append(field)
    offset = next
  }

  /// The offset of the mark that ends the field whose opening mark is at `open`.
  private func closingQuote(after open: Int, limit: Int) throws(MarketDataError) -> Int {
    var i = open + 1
    while i < limit, bytes[i] != UInt8(ascii: "\n") {
      if bytes[i] == UInt8(ascii: "\"") {
        guard i + 1 < limit, bytes[i + 1] == UInt8(ascii: "\"") else { return i }
        i += 1
      }
      i += 1
    }
    throw failure(.row(.quotation), at: open)
  }

  // MARK: Fields

  /// The text of a field.
  func text(_ column: Int) throws(MarketDataError) -> String {
    let field = bytes[fields[column]]
    guard let text = String(validating: field, as: UTF8.self) else {
      throw failure(.row(.notUTF8), at: field.startIndex)
    }
    guard field.contains(UInt8(ascii: "\"")) else { return text }
    // Marks stand in a field in pairs, for one each.
    var isSecond = false
    return String(
      text.unicodeScalars.filter { scalar in
        isSecond = scalar == "\"" && !isSecond
        return !isSecond || scalar != "\""
      }.map(Character.init))
  }

  /// Whether a field is empty.
  func isEmpty(_ column: Int) -> Bool { fields[column].isEmpty }

  /// A decimal number; NaN where the file says that there is none: nothing, `nan`, `inf`, `null`.
  func number(_ column: Int) throws(MarketDataError) -> Double {
    let field = bytes[fields[column]]
    if let number = parseDecimal(field) { return number }
    guard meansNoNumber(field) else { throw unreadable(column, .number) }
    return .nan
  }

  /// An instant in milliseconds since 1970, in any form of ``UTCTime/milliseconds(of:)``.
  func milliseconds(_ column: Int) throws(MarketDataError) -> Int64 {
    guard let milliseconds = UTCTime.milliseconds(of: bytes[fields[column]]) else {
      throw unreadable(column, .time)
    }
    return milliseconds
  }

  /// An instant in whole seconds since 1970, rounded down.
  func seconds(_ column: Int) throws(MarketDataError) -> Int64 {
    try milliseconds(column) / 1_000
  }

  /// An error at a field of the row.
  func unreadable(_ column: Int, _ expected: FieldExpectation) -> MarketDataError {
    let name = columns.isEmpty ? "column \(column + 1)" : columns[column]
    let text = String(decoding: bytes[fields[column]].prefix(128), as: UTF8.self)
    return failure(
      .field(column: name, text: text, expected: expected), at: fields[column].lowerBound)
  }

  private func failure(_ problem: MarketDataProblem, at offset: Int? = nil) -> MarketDataError {
    MarketDataError(
      file: file, problem, line: line, column: offset.map { $0 - rowStart + 1 })
  }
}
