/// What a reader found in the rows of one series: what it repaired, dropped, recognised or only noticed.
///
/// Readers drop nothing silently: ``rows`` = ``kept`` + everything whose ``RowFault/isDropped``, where rows
/// are bars, payments, prices or quotes. Faults of order books count books, those of their rows the rows.
public struct DataQuality: Hashable, Sendable {
  /// The path of the file.
  public var file: String
  /// The series as inputs of the engine are named: "BTC/bars"; empty outside a market.
  public var series: String
  /// How many rows the file has, without its header.
  public var rows: Int
  /// How many of them the series has.
  public var kept: Int
  /// When the first and the last row of the series are, in seconds since 1970; nil for an empty series.
  public var span: ClosedRange<Int64>?
  /// Where rows are missing, by time.
  public var gaps: [DataGap]
  /// What amounts are counted in and how that is known.
  public var units: [UnitReading]
  /// The longest stretch between two neighbours, and the line of the later one; nil for fewer than two rows.
  public var longestStep: DataStep?
  /// The line of the row with the earliest time; 0 for an empty series.
  public var firstLine: Int
  /// The line of the row with the latest time.
  public var lastLine: Int
  /// The files of the series in the order in which they were read, where there are several. Lines count
  /// through all of them; ``place(of:)`` tells them apart.
  public var files: [SeriesFile]
  /// The instrument that rows name, if they name one.
  var instrument: InstrumentName?
  private var faults: [RowFault: RowFaults]

  /// The least relative move, there and back, that makes a row an outlier: 30 %.
  public static let outlierMove = 0.3

  /// A file without rows.
  public init(file: String) {
    self.file = file
    series = ""
    rows = 0
    kept = 0
    span = nil
    gaps = []
    units = []
    longestStep = nil
    firstLine = 0
    lastLine = 0
    files = []
    faults = [:]
  }

  /// Where a line stands that is counted through all files of the series: the file, nil where there is one
  /// only, and the line in it.
  public func place(of line: Int) -> (file: String?, line: Int) {
    guard files.count > 1, let file = files.last(where: { $0.linesBefore < line }) else { return (nil, line) }
    return (file.name, line - file.linesBefore)
  }

  /// An error in a line of the series, in the file where it stands.
  func failure(_ problem: MarketDataProblem, line: Int? = nil) -> MarketDataError {
    guard let line, line > 0 else { return MarketDataError(file: file, problem) }
    let place = place(of: line)
    return MarketDataError(file: place.file ?? file, problem, line: place.line)
  }

  /// The rows with one fault.
  public subscript(fault: RowFault) -> RowFaults { faults[fault] ?? RowFaults() }

  /// Counts a row with a fault.
  ///
  /// - Parameter reason: what is wrong with it; only that of the first is kept.
  mutating func add(_ fault: RowFault, line: Int, _ reason: @autoclosure () -> String = "") {
    faults[fault, default: RowFaults()].add(line: line, reason)
  }

  /// Takes another file of the same series in: its rows, gaps and faults.
  mutating func add(_ fault: RowFault, _ more: RowFaults) {
    guard more.count > 0 else { return }
    faults[fault, default: RowFaults()].add(more)
  }

  /// Rows dropped because an earlier row has the same time and says the same.
  public var duplicates: RowFaults { self[.duplicate] }
  /// Rows that came after later ones; they are put in their place and kept. A file that runs backwards
  /// throughout is turned around and has none.
  public var reordered: RowFaults { self[.reordered] }
  /// Rows dropped because they contradict themselves or are not positive finite numbers.
  public var bad: RowFaults { self[.bad] }
  /// Rows dropped because their time is later than the reader was told the present is.
  public var fromTheFuture: RowFaults { self[.future] }
  /// Rows that stand off the grid of the interval, dropped.
  public var misaligned: RowFaults { self[.misaligned] }
  /// Rows kept although they move further than ``outlierMove`` and come back at once.
  public var outliers: RowFaults { self[.outlier] }

  /// How many rows are missing in all gaps.
  public var missing: Int64 { gaps.reduce(0) { $0 + $1.missing } }

  /// Whether nothing at all is wrong.
  public var isClean: Bool { gaps.isEmpty && faults.isEmpty }
}

/// What can be wrong with a row.
public enum RowFault: String, CaseIterable, Hashable, Sendable {
  /// An earlier row has the same time and says the same.
  case duplicate
  /// Another row has the same time and other numbers.
  case conflict
  /// It came after later ones.
  case reordered
  /// It contradicts itself, or a number is malformed or out of range.
  case bad
  /// Its time is later than the present.
  case future
  /// It stands off the grid of the interval.
  case misaligned
  /// The bar had not ended when the file was taken.
  case unfinished
  /// It went into a longer bar, since the file has bars of several lengths.
  case regridded
  /// It leaps away and comes back at once.
  case outlier
  /// The price jumps further than markets do and stays there.
  case jump
  /// The bar is the one before it over again, with the same volume, for the third time or more: the feed
  /// stood still.
  case repeatedBar
  /// Nothing was traded, and nothing before it or nothing after it either: the source fills in what is not
  /// there.
  case filler
  /// The volume is suddenly of another size and stays there, while the price goes on.
  case volumeJump
  /// The bar is an average of others, as charts smooth them: it moves less than the market.
  case smoothed
  /// The volume is a sum that runs on from bar to bar.
  case runningVolume
  /// A source says the very price of before, over and over, that moved until then.
  case repeatedPrice
  /// The sizes of the book are sums of those before.
  case cumulativeBook
  /// The rate is one that no market pays for long: percent, basis points or the rate of a year, perhaps.
  case largeRate
  /// A number stands for one that is missing: zero open interest, a ratio of zero, no volume at all.
  case placeholder
  /// Its volumes contradict its prices.
  case volumeMismatch
  /// The book's best bid is not below its best offer.
  case crossedBook
  /// The book lacks a side.
  case oneSidedBook
  /// The book has no orders at all.
  case emptyBook
  /// The book is the same as the one before it.
  case repeatedBook
  /// The rows name an instrument on another coin than the one that they stand for.
  case otherSymbol
  /// The line is a header once more, and no row.
  case header

  /// Whether the series goes without such a row.
  public var isDropped: Bool {
    switch self {
    case .duplicate, .conflict, .bad, .future, .misaligned, .unfinished, .regridded, .repeatedBar, .filler:
      true
    case .reordered, .outlier, .jump, .volumeJump, .largeRate, .placeholder, .volumeMismatch, .crossedBook,
      .oneSidedBook,
      .emptyBook,
      .repeatedBook, .otherSymbol, .smoothed, .runningVolume, .repeatedPrice, .cumulativeBook, .header:
      false
    }
  }
}

/// One of several files of a series.
public struct SeriesFile: Hashable, Sendable {
  /// The path, or the path of an archive and the name in it.
  public var name: String
  /// How many lines the files before it have.
  public var linesBefore: Int

  /// A file.
  public init(name: String, linesBefore: Int) {
    (self.name, self.linesBefore) = (name, linesBefore)
  }
}

/// Rows missing between two others.
public struct DataGap: Hashable, Sendable {
  /// The time of the first missing row, in seconds since 1970 UTC.
  public var first: Int64
  /// The time of the last missing row.
  public var last: Int64
  /// How many rows are missing.
  public var missing: Int64

  /// A gap.
  public init(first: Int64, last: Int64, missing: Int64) {
    self.first = first
    self.last = last
    self.missing = missing
  }
}

/// Two neighbours of a series.
public struct DataStep: Hashable, Sendable {
  /// The time of the earlier, in seconds since 1970.
  public var start: Int64
  /// The time of the later.
  public var end: Int64
  /// The line of the later.
  public var line: Int

  /// Two neighbours.
  public init(start: Int64, end: Int64, line: Int) {
    self.start = start
    self.end = end
    self.line = line
  }
}

/// How many rows have one fault, where the first of them stands and what is wrong there.
public struct RowFaults: Hashable, Sendable {
  /// How many rows.
  public private(set) var count: Int
  /// The line of the first of them, counted from 1; 0 if there is none.
  public private(set) var firstLine: Int
  /// What is wrong with the first of them; empty where the fault says it all.
  public private(set) var reason: String

  /// No rows.
  public init() {
    count = 0
    firstLine = 0
    reason = ""
  }

  /// A number of rows.
  public init(count: Int, firstLine: Int, reason: String = "") {
    self.count = count
    self.firstLine = firstLine
    self.reason = reason
  }

  /// Counts the row on a line.
  mutating func add(line: Int, _ reason: () -> String) {
    if count == 0 || line < firstLine {
      firstLine = line
      self.reason = reason()
    }
    count += 1
  }

  /// Counts the rows of a later file.
  mutating func add(_ more: RowFaults) {
    if count == 0 { (firstLine, reason) = (more.firstLine, more.reason) }
    count += more.count
  }
}

/// What an amount of a file is counted in, and how that is known.
public struct UnitReading: Hashable, Sendable {
  /// How a unit is known.
  public enum Basis: String, CaseIterable, Hashable, Sendable {
    /// Two columns of the file agree on it.
    case checked
    /// The file's columns say it, although their names say something else.
    case recognised
    /// The listing states it.
    case stated
    /// Nothing says it; it is what such files usually have.
    case assumed
    /// The file has no such amount.
    case missing
    /// The file is laid out as one source does it, and that counts it so.
    case known
  }

  /// The amount: "volume", "open interest".
  public var amount: String
  /// The unit in words: "base", "contracts of 100 USD".
  public var unit: String
  /// How it is known.
  public var basis: Basis

  /// A unit.
  public init(amount: String, unit: String, basis: Basis) {
    self.amount = amount
    self.unit = unit
    self.basis = basis
  }
}
