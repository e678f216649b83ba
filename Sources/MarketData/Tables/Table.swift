/// A file of rows, read one by one: separated values (RFC 4180) or JSON; see ``JSONSurvey``.
///
/// Values are separated by commas, semicolons, tabs, bars or spaces, whichever the header is; see
/// ``Table/header``. Spaces around fields, byte order marks, blank lines and carriage returns at the ends of
/// lines are skipped, and so are titles before the header, and the header again where files were put
/// together. A field in quotation marks may hold separators, and quotation marks written twice, but no line
/// break. Every row has as many fields as the first.
///
/// A block is in memory at a time. JSON that is longer is read twice: what a row means depends on what comes
/// after it.
struct Table {
  /// The most bytes of a row of separated values.
  static let rowLimit = 64 << 10
  /// The most fields of a row.
  static let columnLimit = 256
  /// How many bytes are in memory at a time, at least.
  static let blockSize = 4 << 20
  /// After how many rows the budget of the market is asked.
  private static let rowsBetweenChecks = 1 << 14

  let file: String
  /// The names of the columns as the file writes them; empty names where it gives none.
  var header: [String] = []
  /// The names as ``ColumnName/key(_:)`` makes them; empty if the file begins with data.
  var columns: [String] = []
  /// The line of the row that was read last, or the number of the record in JSON, counted from 1 through all
  /// files of a series.
  var line: Int
  /// How many lines the files of the series before this one have.
  let lineOffset: Int
  /// Lines that were the header again, or a title.
  private(set) var headers = RowFaults()
  /// What each column without a name is, as the reader recognised it.
  var meanings: [ColumnPart?] = []
  /// Where a row says its day and its time of day, if it says them apart.
  var splitTime: SplitTime?
  /// Whether days begin with the month or the day, where they begin with no year.
  var dateOrder: DateOrder?

  /// The bytes at hand: those from the row that was read last on.
  var bytes: [UInt8]
  /// What comes after them; nil when all are at hand.
  private var source: MarketFile.Part?
  private let budget: ReadingBudget
  var offset = 0
  var rowStart = 0
  /// Where each field of the row stands, without quotation marks and spaces around it.
  var fields: [Range<Int>] = []
  var fieldCount = 0
  var separator = UInt8(ascii: ",")
  var titles: Set<[UInt8]> = []
  var rows: JSONRows?
  /// How often the bytes of those rows had become others when ``bytes`` were taken from them.
  private var movesSeen = 0
  /// What a JSON text without rows says.
  var notice: String?

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
      let isWhole = source == nil
      source = nil
      try readJSON(isWhole ? nil : Self.blocks(of: part, budget), of: part)
    } else {
      try readHeader()
    }
    try findSplitTime()
  }

  /// A table of bytes that are at hand.
  init(_ bytes: [UInt8], named file: String) throws(MarketDataError) {
    try self.init(MarketFile.part(bytes, named: file))
  }

  /// Takes more bytes in, if fewer than a row may have are at hand.
  mutating func fill() throws(MarketDataError) {
    guard let source, bytes.count - offset <= Self.rowLimit else { return }
    bytes.removeSubrange(..<offset)
    offset = 0
    while bytes.count < source.blockSize {
      guard let block = try source.next() else {
        self.source = nil
        return
      }
      try budget.take(bytes: block.count, of: file)
      if bytes.isEmpty { bytes = block } else { bytes += block }
    }
  }

  /// The blocks of a part, counted.
  private static func blocks(of part: MarketFile.Part, _ budget: ReadingBudget) -> MarketFile.Blocks {
    func next() throws(MarketDataError) -> [UInt8]? {
      let block = try part.next()
      try budget.take(bytes: block?.count ?? 0, of: part.name)
      return block
    }
    return next
  }

  /// The rows of a JSON text from the first on, of separated values those ahead that are at hand: to look at
  /// before rows are read.
  var preview: Table {
    get throws(MarketDataError) {
      var preview = self
      if let rows {
        preview.rows = try rows.again()
        preview.movesSeen = -1
      }
      guard source != nil else { return preview }
      preview.source = nil
      // The last line may go on in what is not at hand.
      if let end = bytes.lastIndex(of: UInt8(ascii: "\n")), end >= offset {
        preview.bytes.removeSubrange((end + 1)...)
      }
      return preview
    }
  }

  /// How many fields without names, or with names of their own, each row has.
  var width: Int { rows.map { $0.positionalWidth > 0 ? $0.positionalWidth : $0.width } ?? fieldCount }

  /// Whether the file does not say what its columns are; what stands around the lists of a JSON text has
  /// names even so.
  var isWithoutHeader: Bool { rows.map { $0.positionalWidth > 0 } ?? columns.isEmpty }

  /// How many rows there are in all, if the file goes on as it has begun and that can be said.
  var estimatedRows: Int? { rows?.estimate(after: line - lineOffset) }

  /// Whether rows come from JSON.
  var isFromJSON: Bool { rows != nil }

  /// The list that the row at hand came from, where a JSON text has several.
  var section: Int { rows?.section ?? 0 }

  /// How many order books without any order a JSON text had so far.
  var emptyBooks: Int { rows?.emptyBooks ?? 0 }

  /// Whether a column is one of the rows themselves, and not of what stands around them.
  func isOfRows(_ column: Int) -> Bool { rows?.isOfRows(column) ?? true }

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
      if fields.count < fieldCount, isComment {
        headers.add(line: line) { "" }
        continue
      }
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
    guard let start = try rows?.next(&fields) else { return false }
    if let moves = rows?.moves, moves != movesSeen {
      movesSeen = moves
      bytes = rows?.bytes ?? []
    }
    rowStart = start
    line += 1
    return true
  }
}
