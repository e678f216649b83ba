/// What was wrong with the rows of one file: what readers repaired, dropped or only noticed.
///
/// Readers drop nothing silently: `rows` = `kept` + everything that was dropped.
public struct DataQuality: Hashable, Sendable {
  /// The path of the file.
  public var file: String
  /// How many rows the file has, without its header.
  public var rows: Int
  /// How many of them the series has.
  public var kept: Int
  /// Where rows are missing, by time.
  public var gaps: [DataGap]
  /// Rows dropped because an earlier row has the same time, or says the same.
  public var duplicates: RowFaults
  /// Rows that came after later ones; they are put in their place and kept. A file that runs backwards
  /// throughout is turned around and has none.
  public var reordered: RowFaults
  /// Rows dropped because they contradict themselves or are not positive finite numbers.
  public var bad: RowFaults
  /// Rows dropped because their time is later than the reader was told the present is.
  public var fromTheFuture: RowFaults
  /// Rows that stand off the grid of the interval, dropped.
  public var misaligned: RowFaults
  /// Rows kept although they move further than ``outlierMove`` and come back at once.
  public var outliers: RowFaults

  /// The least relative move, there and back, that makes a row an outlier: 30 %.
  public static let outlierMove = 0.3

  /// A file without rows.
  public init(file: String) {
    self.file = file
    rows = 0
    kept = 0
    gaps = []
    duplicates = RowFaults()
    reordered = RowFaults()
    bad = RowFaults()
    fromTheFuture = RowFaults()
    misaligned = RowFaults()
    outliers = RowFaults()
  }

  /// How many rows are missing in all gaps.
  public var missing: Int64 { gaps.reduce(0) { $0 + $1.missing } }

  /// Whether nothing at all is wrong.
  public var isClean: Bool {
    gaps.isEmpty
      && [duplicates, reordered, bad, fromTheFuture, misaligned, outliers].allSatisfy { $0.count == 0 }
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

/// How many rows have one fault, and where the first of them stands.
public struct RowFaults: Hashable, Sendable {
  /// How many rows.
  public private(set) var count: Int
  /// The line of the first of them, counted from 1; 0 if there is none.
  public private(set) var firstLine: Int

  /// No rows.
  public init() {
    count = 0
    firstLine = 0
  }

  /// Counts the row on a line.
  mutating func add(line: Int) {
    firstLine = count == 0 ? line : min(firstLine, line)
    count += 1
  }
}
