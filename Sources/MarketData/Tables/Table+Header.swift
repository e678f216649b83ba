// What comes before the rows of separated values: titles, and a header or none.

extension Table {
  /// The most lines before a header.
  private static let titleLimit = 32

  mutating func readHeader() throws(MarketDataError) {
    guard try readFirstRow() else { throw MarketDataError(file: file, .noRows) }
    for _ in 0..<Self.titleLimit {
      var second = try preview
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
  /// has one field that is not a number and no known name, or another number of fields than the header after
  /// it.
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

  /// Whether the row is a comment.
  var isComment: Bool { fields.first.map { bytes[$0].first == UInt8(ascii: "#") } ?? false }

  func isName(_ field: Range<Int>) -> Bool {
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
  var isHeaderAgain: Bool {
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
}
