/// A file of rows, read one by one: separated values (RFC 4180) or JSON; see ``JSONSurvey``.
///
/// Values are separated by commas, semicolons, tabs, bars or spaces, whichever the header is; see
/// ``Table/header``. Spaces around fields, byte order marks, blank lines and carriage returns at the ends of
/// lines are skipped, and so are titles before the header, and the header again where files were put
/// together. A field in quotation marks may hold separators, and quotation marks written twice, but no line
/// break. Every row has as many fields as the first.
///
/// Of separated values a block is in memory at a time; a JSON text is in memory whole.
struct Table {
  /// The most bytes of a row of separated values.
  static let rowLimit = 64 << 10
  /// The most fields of a row.
  static let columnLimit = 256
  /// How many bytes of separated values are in memory at a time, at least.
  private static let blockSize = 4 << 20
  /// After how many rows the budget of the market is asked.
  private static let rowsBetweenChecks = 1 << 14

  let file: String
  /// The names of the columns as the file writes them; empty names where it gives none.
  private(set) var header: [String] = []
  /// The names as ``ColumnName/key(_:)`` makes them; empty if the file begins with data.
  private(set) var columns: [String] = []
  /// The line of the row that was read last, or the number of the record in JSON, counted from 1 through all
  /// files of a series.
  private(set) var line: Int
  /// How many lines the files of the series before this one have.
  let lineOffset: Int
  /// Lines that were the header again, or a title.
  private(set) var headers = RowFaults()
  /// What each column without a name is, as the reader recognised it.
  var meanings: [ColumnPart?] = []
  /// Where a row says its day and its time of day, if it says them apart.
  var splitTime: SplitTime?

  /// The bytes at hand: those from the row that was read last on, or the whole JSON text.
  private(set) var bytes: [UInt8]
  /// What comes after them; nil when all are at hand.
  private var source: MarketFile.Part?
  private let budget: ReadingBudget
  private var offset = 0
  private var rowStart = 0
  /// Where each field of the row stands, without quotation marks and spaces around it.
  private var fields: [Range<Int>] = []
  private var fieldCount = 0
  private var separator = UInt8(ascii: ",")
  private var titles: Set<[UInt8]> = []
  private var rows: JSONRows?
  /// What a JSON text without rows says.
  private(set) var notice: String?

  /// Reads the header, or finds that there is none: then the first row is data.
  ///
  /// - Parameter lineOffset: how many lines the files of the series before this one have.
  init(
    _ part: MarketFile.Part, after lineOffset: Int = 0, _ budget: ReadingBudget = ReadingBudget()
  ) throws(MarketDataError) {
    file = part.name
    line = lineOffset
    self.lineOffset = lineOffset
    self.budget = budget
    bytes = []
    source = part
    try fill()
    offset = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    if isJSON {
      try fill(atLeast: MarketFile.byteLimit + 1)
      guard bytes.count <= MarketFile.byteLimit else {
        throw MarketDataError(file: file, .tooLarge(limit: MarketFile.byteLimit))
      }
      try readJSON()
    } else {
      try readHeader()
    }
    try findSplitTime()
  }

  /// A table of bytes that are at hand.
  init(_ bytes: [UInt8], named file: String) throws(MarketDataError) {
    try self.init(MarketFile.part(bytes, named: file))
  }

  /// Takes more bytes in, if fewer than a row may have are at hand, or fewer than asked for.
  private mutating func fill(atLeast least: Int = blockSize) throws(MarketDataError) {
    guard let source, bytes.count - offset <= Self.rowLimit || least > Self.blockSize else { return }
    bytes.removeSubrange(..<offset)
    offset = 0
    while bytes.count < least {
      guard let block = try source.next() else {
        self.source = nil
        return
      }
      try budget.take(bytes: block.count, of: file)
      if bytes.isEmpty { bytes = block } else { bytes += block }
    }
  }

  /// The rows that are at hand, to look ahead without reading on.
  var preview: Table {
    guard source != nil else { return self }
    var preview = self
    preview.source = nil
    // The last line may go on in what is not at hand.
    if let end = bytes.lastIndex(of: UInt8(ascii: "\n")), end >= offset {
      preview.bytes.removeSubrange((end + 1)...)
    }
    return preview
  }

  /// How many fields without names, or with names of their own, each row has.
  var width: Int { rows.map { $0.positionalWidth > 0 ? $0.positionalWidth : $0.width } ?? fieldCount }

  /// Whether the file does not say what its columns are; what stands around the lists of a JSON text has
  /// names even so.
  var isWithoutHeader: Bool { rows.map { $0.positionalWidth > 0 } ?? columns.isEmpty }

  /// Whether rows come from JSON.
  var isFromJSON: Bool { rows != nil }

  /// The list that the row at hand came from, where a JSON text has several.
  var section: Int { rows?.section ?? 0 }

  /// How many order books without any order a JSON text had so far.
  var emptyBooks: Int { rows?.emptyBooks ?? 0 }

  /// Whether a column is one of the rows themselves, and not of what stands around them.
  func isOfRows(_ column: Int) -> Bool { rows?.isOfRows(column) ?? true }

  // MARK: JSON

  private var isJSON: Bool {
    let first = bytes[offset...].first { !" \t\r\n".utf8.contains($0) }
    return first == UInt8(ascii: "{") || first == UInt8(ascii: "[")
  }

  private mutating func readJSON() throws(MarketDataError) {
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

  private static func failure(_ fault: JSONFault, in bytes: [UInt8], of file: String) -> MarketDataError {
    let before = bytes[..<min(fault.offset, bytes.count)]
    let lineStart = (before.lastIndex(of: UInt8(ascii: "\n")) ?? -1) + 1
    return MarketDataError(
      file: file, .notJSON(expected: fault.expected), line: 1 + before.count { $0 == UInt8(ascii: "\n") },
      column: fault.offset - lineStart + 1)
  }

  // MARK: The header

  /// The most lines before a header.
  private static let titleLimit = 32

  private mutating func readHeader() throws(MarketDataError) {
    guard try readFirstRow() else { throw MarketDataError(file: file, .noRows) }
    for _ in 0..<Self.titleLimit {
      var second = preview
      let hasSecond = try second.readFirstRow()
      guard isTitle(before: hasSecond ? second : nil) else { break }
      titles.insert(Array(bytes[rowStart..<offset]))
      guard hasSecond else { throw MarketDataError(file: file, .noRows) }
      (offset, rowStart, line) = (second.offset, second.rowStart, second.line)
      (fields, separator) = (second.fields, second.separator)
    }
    fieldCount = fields.count
    if isData {
      (offset, line) = (rowStart, line - 1)
    } else {
      for column in fields.indices { header.append(try text(column)) }
      columns = header.map { ColumnName.key($0) }
    }
  }

  /// Reads the next line that is not blank, with the separator that it has itself.
  private mutating func readFirstRow() throws(MarketDataError) -> Bool {
    while offset < bytes.count {
      try fill()
      let end = bytes[offset...].prefix(Self.rowLimit).firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
      separator = Self.separator(of: bytes[offset..<min(end, bytes.count)])
      line += 1
      rowStart = offset
      try scanRow()
      if fields.count == 1, fields[0].isEmpty { continue }
      return true
    }
    return false
  }

  /// The separator that a line has most of; a comma if it has none of them. Spaces separate only where
  /// nothing else does and at least four words are known names, or numbers.
  private static func separator(of line: ArraySlice<UInt8>) -> UInt8 {
    var counts: [UInt8: Int] = [:]
    var isQuoted = false
    for byte in line.prefix(rowLimit) {
      if byte == UInt8(ascii: "\"") { isQuoted.toggle() }
      if !isQuoted, separators.contains(byte) { counts[byte, default: 0] += 1 }
    }
    var best = UInt8(ascii: ",")
    for sign in separators where counts[sign, default: 0] > counts[best, default: 0] { best = sign }
    if counts[best, default: 0] > 0 { return best }
    let words = line.split { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\r") }
    let isRow = words.count { word in
      parseDecimal(word) != nil
        || ColumnPart.known.contains(ColumnName.key(String(decoding: word.prefix(64), as: UTF8.self)))
    }
    return isRow >= 4 ? UInt8(ascii: " ") : UInt8(ascii: ",")
  }

  private static let separators = [",", ";", "\t", "|"].map { UInt8(ascii: $0) }

  /// Whether the row is neither header nor data: a comment, an address, or words before the header. A title
  /// has one field that is not a number and no known name, or another number of fields than the header after it.
  private func isTitle(before next: Table?) -> Bool {
    guard !isData else { return false }
    if fields.count == 1 {
      return !ColumnPart.known.contains(
        ColumnName.key(String(decoding: bytes[fields[0]].prefix(256), as: UTF8.self)))
    }
    guard let next, next.fields.count != fields.count else { return false }
    let isComment = bytes[fields[0]].first == UInt8(ascii: "#")
    return isComment || (!next.isData && knownNames < next.knownNames)
  }

  private var knownNames: Int {
    fields.count { field in
      ColumnPart.known.contains(ColumnName.key(String(decoding: bytes[field].prefix(64), as: UTF8.self)))
    }
  }

  /// Whether the row holds numbers rather than names: the first field is one, or a date, or most others are.
  private var isData: Bool {
    guard let first = fields.first else { return false }
    if parseDecimal(bytes[first]) != nil { return true }
    let numbers = fields.count { parseDecimal(bytes[$0]) != nil }
    return 2 * numbers > fields.count
  }

  // MARK: Rows

  /// Reads the next row that is not blank. Returns false at the end of the file.
  mutating func next() throws(MarketDataError) -> Bool {
    if (line - lineOffset) % Self.rowsBetweenChecks == Self.rowsBetweenChecks - 1 {
      try budget.take(rows: Self.rowsBetweenChecks, of: file)
    }
    if rows != nil { return try nextRecord() }
    while true {
      try fill()
      guard offset < bytes.count else { return false }
      line += 1
      rowStart = offset
      try scanRow()
      if fields.count == 1, fields[0].isEmpty { continue }
      // A header begins with a name, which data seldom do.
      if isName(fields[0]), isHeaderAgain {
        headers.add(line: line) { "" }
        continue
      }
      guard fields.count == fieldCount else {
        throw failure(.row(.wrongFieldCount(expected: fieldCount, found: fields.count)))
      }
      return true
    }
  }

  private mutating func nextRecord() throws(MarketDataError) -> Bool {
    do throws(JSONFault) {
      guard let start = try rows?.next(&fields) else { return false }
      rowStart = start
      line += 1
      return true
    } catch {
      throw Self.failure(error, in: bytes, of: file)
    }
  }

  private func isName(_ field: Range<Int>) -> Bool {
    guard let first = bytes[field].first else { return false }
    switch first {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "#"),
      UInt8(ascii: "<"), 0x80...:
      return true
    default: return false
    }
  }

  /// Whether the row says again what the header said, or, where there was none, what the columns were taken
  /// for.
  private var isHeaderAgain: Bool {
    if titles.contains(Array(bytes[rowStart..<offset])) { return true }
    guard fields.count == fieldCount else { return false }
    if !columns.isEmpty {
      return zip(fields, columns).allSatisfy { field, name in
        ColumnName.key(String(decoding: bytes[field].prefix(256), as: UTF8.self)) == name
      }
    }
    return meanings.contains { $0 != nil }
      && zip(fields, meanings).allSatisfy { field, part in
        guard let part else { return parseDecimal(bytes[field]) == nil }
        return part.names.contains(ColumnName.key(String(decoding: bytes[field].prefix(256), as: UTF8.self)))
      }
  }

  /// Finds the fields of the line at `offset`, and steps behind the line.
  private mutating func scanRow() throws(MarketDataError) {
    // The fields are taken out of the table while they are written, so that no write asks who else has them.
    var found: [Range<Int>] = []
    swap(&found, &fields)
    found.removeAll(keepingCapacity: true)
    let next = try scan(into: &found)
    swap(&found, &fields)
    offset = next
  }

  /// The fields of the line at `offset`. Returns where the next line begins.
  private func scan(into fields: inout [Range<Int>]) throws(MarketDataError) -> Int {
    let text = bytes.span
    let limit = min(text.count, rowStart + Self.rowLimit)
    let (separator, newline, quote) = (separator, UInt8(ascii: "\n"), UInt8(ascii: "\""))
    let areSpaces = separator == UInt8(ascii: " ")
    var start = offset
    var i = offset
    while true {
      guard i < limit else {
        guard limit == text.count else { throw failure(.row(.tooLong(limit: Self.rowLimit))) }
        endRow(start..<i, into: &fields)
        return i
      }
      let byte = text[i]
      if byte == separator {
        // Several spaces separate as one does.
        if !areSpaces || i > start { fields.append(text.trimmed(start..<i)) }
        guard fields.count < Self.columnLimit else { throw failure(.row(.tooLong(limit: Self.rowLimit))) }
        i += 1
        start = i
      } else if byte == newline {
        endRow(start..<i, into: &fields)
        return i + 1
      } else if byte == quote {
        guard text.trimmed(start..<i).isEmpty else { throw failure(.row(.quotation), at: i) }
        let end = try closingQuote(after: i, limit: limit)
        fields.append(i + 1..<end)
        i = end + 1
        while i < text.count, text[i] != separator, isSpace(text[i]) { i += 1 }
        guard i < text.count, text[i] != newline else { return min(i + 1, text.count) }
        guard text[i] == separator else { throw failure(.row(.quotation), at: i) }
        i += 1
        start = i
      } else {
        i += 1
      }
    }
  }

  private func endRow(_ field: Range<Int>, into fields: inout [Range<Int>]) {
    let field = bytes.span.trimmed(field)
    if separator != UInt8(ascii: " ") || !field.isEmpty || fields.isEmpty { fields.append(field) }
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
    if rows != nil {
      guard field.contains(UInt8(ascii: "\\")) else { return text }
      guard let plain = unescaped(text) else { throw unreadable(column, .text) }
      return plain
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

  /// The bytes of a field as they stand in the file.
  func raw(_ column: Int) -> ArraySlice<UInt8> { bytes[fields[column]] }

  /// Whether a field is this text.
  func has(_ text: [UInt8], in column: Int) -> Bool {
    let field = fields[column]
    guard field.count == text.count else { return false }
    let all = bytes.span
    for i in 0..<text.count where all[field.lowerBound + i] != text[i] { return false }
    return true
  }

  /// Whether a field is empty.
  func isEmpty(_ column: Int) -> Bool { fields[column].isEmpty }

  /// A decimal number; NaN where the file marks it as missing: nothing, `nan`, `inf`, `null`.
  func number(_ column: Int) throws(MarketDataError) -> Double {
    let field = fields[column]
    if let number = parseDecimal(bytes.span.extracting(field)) { return number }
    // Spaces inside the quotation marks of a JSON string.
    let trimmed = bytes.span.trimmed(field)
    if trimmed != field, let number = parseDecimal(bytes.span.extracting(trimmed)) { return number }
    guard meansNoNumber(bytes[trimmed]) else { throw unreadable(column, .number) }
    return .nan
  }

  /// An instant in milliseconds since 1970, in any form of ``UTCTime/milliseconds(of:)``; of a row that says day and
  /// time apart, both together.
  func milliseconds(_ column: Int) throws(MarketDataError) -> Int64 {
    if let splitTime, splitTime.day == column { return try milliseconds(splitTime) }
    let field = fields[column]
    if let count = UTCTime.milliseconds(ofCount: bytes.span.extracting(field)) { return count }
    guard let milliseconds = UTCTime.milliseconds(of: bytes[bytes.span.trimmed(field)]) else {
      throw unreadable(column, .time)
    }
    return milliseconds
  }

  private func milliseconds(_ split: SplitTime) throws(MarketDataError) -> Int64 {
    guard let day = UTCTime.milliseconds(of: bytes[fields[split.day]]), day % (UTCTime.day * 1_000) == 0
    else {
      throw unreadable(split.day, .time)
    }
    guard let clock = InstantText.clock(bytes[fields[split.clock]]) else {
      throw unreadable(split.clock, .timeOfDay)
    }
    return day + clock
  }

  /// An instant in whole seconds since 1970, rounded down.
  func seconds(_ column: Int) throws(MarketDataError) -> Int64 {
    try milliseconds(column) / 1_000
  }

  /// An error at a field of the row.
  func unreadable(_ column: Int, _ expected: FieldExpectation) -> MarketDataError {
    let name =
      header.indices.contains(column) && !header[column].isEmpty ? header[column] : "column \(column + 1)"
    let text = String(decoding: bytes[fields[column]].prefix(128), as: UTF8.self)
    return failure(
      .field(column: name, text: text, expected: expected), at: fields[column].lowerBound)
  }

  /// An error in the row.
  func failure(_ problem: MarketDataProblem, at offset: Int? = nil) -> MarketDataError {
    guard rows != nil else {
      return MarketDataError(
        file: file, problem, line: line - lineOffset, column: offset.map { $0 - rowStart + 1 })
    }
    let place = offset.map { $0 > 0 ? $0 : rowStart } ?? rowStart
    let before = bytes[..<min(place, bytes.count)]
    let lineStart = (before.lastIndex(of: UInt8(ascii: "\n")) ?? -1) + 1
    return MarketDataError(
      file: file, problem, line: 1 + before.count { $0 == UInt8(ascii: "\n") }, column: place - lineStart + 1)
  }
}

/// Whether a byte is space within a line.
private func isSpace(_ byte: UInt8) -> Bool {
  byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") || byte == UInt8(ascii: "\r")
}

extension Span<UInt8> {
  /// A field without spaces around it.
  fileprivate func trimmed(_ field: Range<Int>) -> Range<Int> {
    var (start, end) = (field.lowerBound, field.upperBound)
    while end > start, isSpace(self[end - 1]) { end -= 1 }
    while start < end, isSpace(self[start]) { start += 1 }
    return start..<end
  }
}

/// What the inside of a JSON string means, nil if an escape in it means nothing.
private func unescaped(_ text: String) -> String? {
  var result = String.UnicodeScalarView()
  var rest = text.unicodeScalars[...]
  while let scalar = rest.popFirst() {
    guard scalar == "\\" else {
      result.append(scalar)
      continue
    }
    switch rest.popFirst() {
    case "n": result.append("\n")
    case "t": result.append("\t")
    case "r": result.append("\r")
    case "b": result.append("\u{8}")
    case "f": result.append("\u{C}")
    case .some(let sign) where sign == "/" || sign == "\\" || sign == "\"": result.append(sign)
    case "u":
      // Halves of surrogate pairs, which names do not have, are refused.
      guard rest.count >= 4, let code = UInt32(String(rest.prefix(4)), radix: 16),
        let unit = Unicode.Scalar(code)
      else { return nil }
      rest = rest.dropFirst(4)
      result.append(unit)
    default: return nil
    }
  }
  return String(result)
}
