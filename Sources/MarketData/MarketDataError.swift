public import CanonicalBytes

/// What is wrong with a file of market data, and where.
public struct MarketDataError: Error, Hashable, Sendable {
  /// The path of the file inside the directory of the market.
  public let file: String
  /// What is wrong with it.
  public let problem: MarketDataProblem
  /// The line, counted from 1, when one row is at fault.
  public let line: Int?
  /// The byte of that line, counted from 1, where the field at fault begins.
  public let column: Int?

  /// A problem with a file, or in a line of it.
  public init(file: String, _ problem: MarketDataProblem, line: Int? = nil, column: Int? = nil) {
    self.file = file
    self.problem = problem
    self.line = line
    self.column = column
  }
}

/// What can be wrong with a file of market data.
public enum MarketDataProblem: Error, Hashable, Sendable {
  /// The file is missing.
  case missing
  /// The file, decompressed, is larger than files of its kind may be.
  case tooLarge(limit: Int)
  /// All files of the market together have more than may be read; the text says how much that is.
  case marketTooLarge(String)
  /// The file is compressed, and not soundly.
  case compression(GzipError)
  /// The file is a zip archive, and not a sound one, or not one that is read.
  case archive(ZipError)
  /// The file has no rows.
  case noRows
  /// The file has this number of rows and none that can be used; what is wrong with the first of them.
  case noUsableRows(rows: Int, reason: String)
  /// An instant, or two neighbours, that no market has; the text says which and what to do.
  case implausible(String)
  /// A unit that the file does not say and nothing else does; the text says which and what to state.
  case unit(String)
  /// The rows are laid out in no way that is known here.
  case unknownLayout(LayoutMismatch)
  /// The rows have the names of one thing, and other columns, or values, that say that they are another.
  case contradiction(String)
  /// The file is packed or written in a form that is not read.
  case container(String)
  /// The text is not JSON; what should stand at the place.
  case notJSON(expected: String)
  /// A JSON text has lists of arrays and lists of objects.
  case mixedJSON
  /// The file does not say when it was taken, and nobody else did.
  case undated
  /// A row cannot be told apart into fields.
  case row(RowProblem)
  /// A field does not say what its column should.
  case field(column: String, text: String, expected: FieldExpectation)
  /// Two instruments have this name, of which the listing or a chain made one.
  case notUnique(String)
  /// There are too many instruments, with those from option chains.
  case tooMany(Int, limit: Int)
  /// The file is JSON, and not what it should be.
  case document(DocumentError)
}

/// Why a row cannot be told apart into fields.
public enum RowProblem: Hashable, Sendable {
  /// It has more bytes than a row may have.
  case tooLong(limit: Int)
  /// It has another number of fields than the header.
  case wrongFieldCount(expected: Int, found: Int)
  /// A quotation mark is missing, or stands where none may.
  case quotation
  /// It is not UTF-8 text.
  case notUTF8
}

/// What a field should say.
public enum FieldExpectation: Hashable, Sendable {
  /// A finite decimal number.
  case number
  /// A positive decimal number.
  case positiveNumber
  /// An integer.
  case integer
  /// An instant: a count since 1970, or a date.
  case time
  /// A day of which day and month can be told apart.
  case date
  /// A time of day.
  case timeOfDay
  /// One of these words.
  case word([String])
  /// A text without escapes that mean nothing.
  case text
}

/// A file laid out in no way that is known for what it should hold.
public struct LayoutMismatch: Hashable, Sendable {
  /// What the file has instead.
  public enum Found: Hashable, Sendable {
    /// A header with these names.
    case columns([String])
    /// No header, and this number of columns.
    case noHeader(columns: Int)
    /// JSON objects with these members.
    case objects([String])
    /// JSON arrays of this number of values.
    case arrays(count: Int)
  }

  /// What was to be read: "bars", "funding".
  public var content: String
  /// What the file has.
  public var found: Found
  /// The parts that were not found: "time", "volume".
  public var missing: [String]
  /// The layouts that are known.
  public var known: [String]
  /// What a JSON answer without rows says: "Invalid symbol.".
  public var notice: String?

  /// A mismatch.
  public init(
    content: String, found: Found, missing: [String], known: [String], notice: String? = nil
  ) {
    self.content = content
    self.found = found
    self.missing = missing
    self.known = known
    self.notice = notice
  }
}

extension MarketDataError: CustomStringConvertible {
  /// One line: the file, the place, what is wrong, and what to do about it.
  public var description: String { "\(place): \(problem)" }

  /// The file, and the line and the column where they are known.
  package var place: String {
    var place = file
    if let line { place += ", line \(line)" }
    if let column { place += ", column \(column)" }
    return place
  }
}

extension MarketDataProblem: CustomStringConvertible {
  /// What is wrong and what to do about it.
  public var description: String {
    switch self {
    case .missing: "there is no such file"
    case .tooLarge(let limit): "has more than \(limit) bytes; split it"
    case .marketTooLarge(let limit):
      "all files of the market until here have more than \(limit); list fewer underlyings, or longer bars"
    case .compression(let error): "\(error)"
    case .archive(let error): "\(error)"
    case .noRows: "has no rows"
    case .noUsableRows(let rows, let reason):
      "none of its \(rows) rows can be used; the first was dropped: \(reason)"
    case .unknownLayout(let mismatch): "\(mismatch)"
    case .implausible(let text), .unit(let text), .contradiction(let text), .container(let text): text
    case .notJSON(let expected): "is not JSON: here should be \(expected)"
    case .mixedJSON: "has lists of arrays and lists of objects; save each answer in a file of its own"
    case .undated: "does not say when it was taken; name the time"
    case .row(let problem): "\(problem)"
    case .field(let column, let text, let expected):
      "\(quoted(column)) is \(quoted(text)); write \(expected)\(advice(on: text, expected))"
    case .notUnique(let id): "two instruments are named \(quoted(id)); rename one"
    case .tooMany(let count, let limit): "lists \(count) instruments; at most \(limit) are allowed"
    case .document(let error): "\(error)"
    }
  }
}

extension RowProblem: CustomStringConvertible {
  /// What is wrong and what to do about it.
  public var description: String {
    switch self {
    case .tooLong(let limit): "the row has more than \(limit) bytes"
    case .wrongFieldCount(let expected, let found):
      "the row has \(found) fields; the header has \(expected)"
    case .quotation: "a quotation mark is missing or misplaced; write \"\" for one inside a field"
    case .notUTF8: "the row is not UTF-8 text"
    }
  }
}

extension FieldExpectation: CustomStringConvertible {
  /// What to write.
  public var description: String {
    switch self {
    case .number: "a finite decimal number"
    case .positiveNumber: "a positive decimal number"
    case .integer: "an integer"
    case .time:
      "a count of seconds, milliseconds, microseconds or nanoseconds since 1970, or a date such as 2026-02-05T21:29:37Z"
    case .date:
      "days such as 2026-02-05: which number is day or month is not known, for no day at hand is after the 12th"
    case .timeOfDay: "a time of day such as 08:00, 08:00:00 or 080000"
    case .word(let words): words.map(quoted).joined(separator: " or ")
    case .text: "text without unknown escapes"
    }
  }
}

extension LayoutMismatch: CustomStringConvertible {
  /// What is missing, what is there, and what is known.
  public var description: String {
    let parts = missing.map { "no column of \($0)" }.joined(separator: ", ")
    var text =
      switch found {
      case .columns(let names): "has the columns \(list(names)): \(parts.isEmpty ? "no \(content)" : parts)"
      case .noHeader(let count):
        "has no header and \(count) columns, which fit no known layout of \(content); put a header before them"
      case .objects(let names):
        "is JSON, objects with the members \(list(names)): \(parts.isEmpty ? "no \(content)" : parts)"
      case .arrays(let count): "is JSON, arrays of \(count) values, which fit no known layout of \(content)"
      }
    if let notice { text += "; it says \(quoted(notice))" }
    return text + "; known of \(content): " + known.joined(separator: "; ")
  }

  private func list(_ names: [String]) -> String {
    let some = names.prefix(16).map(quoted).joined(separator: ", ")
    return names.count > 16 ? "\(some) and \(names.count - 16) more" : some
  }
}

/// What to say of a number with a comma where its point should be.
private func advice(on text: String, _ expected: FieldExpectation) -> String {
  guard expected == .number || expected == .positiveNumber, text.contains(","),
    text.utf8.allSatisfy({ "0123456789.,+-".utf8.contains($0) })
  else { return "" }
  return ", with a point before decimals and no commas"
}
