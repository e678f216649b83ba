import CanonicalBytes

/// How much a finding matters.
public enum FindingLevel: String, CaseIterable, Comparable, Hashable, Sendable {
  /// Worth knowing; no number depends on it.
  case note
  /// Data were dropped, repaired or filled in.
  case warning
  /// What is published would be other numbers if the data were right, or a strict fallback holds.
  case severe

  private var rank: Int {
    switch self {
    case .note: 0
    case .warning: 1
    case .severe: 2
    }
  }

  /// Notes before warnings before what is severe.
  public static func < (a: FindingLevel, b: FindingLevel) -> Bool { a.rank < b.rank }
}

/// One thing that was found in a series.
public struct DataFinding: Hashable, Sendable {
  /// How much it matters.
  public var level: FindingLevel
  /// What it is, for programs: the name of a ``RowFault``, `gap`, `unit` or `stale`.
  public var code: String
  /// How many rows.
  public var count: Int64
  /// The line of the first of them; nil where no line is at fault.
  public var line: Int?
  /// The file of that line, where the series has several.
  public var file: String?
  /// What was found and what to do about it, in one line.
  public var text: String

  /// A finding.
  public init(
    level: FindingLevel, code: String, count: Int64, line: Int?, file: String? = nil, text: String
  ) {
    self.level = level
    self.code = code
    self.count = count
    self.line = line
    self.file = file
    self.text = text
  }
}

extension DataQuality {
  /// What was found, the worst first.
  public var findings: [DataFinding] {
    var found = RowFault.allCases.compactMap { fault -> DataFinding? in
      let rows = self[fault]
      guard rows.count > 0 else { return nil }
      let reason = rows.reason.isEmpty ? "" : ": \(rows.reason)"
      let (file, line) = place(of: rows.firstLine)
      let place = line > 0 ? ", the first in line \(line)\(file.map { " of \($0)" } ?? "")" : ""
      return DataFinding(
        level: fault.level, code: fault.rawValue, count: Int64(rows.count), line: line > 0 ? line : nil,
        file: file, text: "\(rows.count) \(fault.text)\(place)\(reason)")
    }
    if let first = gaps.first {
      let places = gaps.count == 1 ? "a gap" : "\(gaps.count) gaps"
      found.append(
        DataFinding(
          level: 50 * missing > Int64(kept) ? .warning : .note, code: "gap", count: missing, line: nil,
          text: "\(missing) rows missing in \(places), the first at \(UTCTime.text(first.first))"))
    }
    for unit in units {
      guard let level = unit.basis.level else { continue }
      found.append(
        DataFinding(level: level, code: "unit", count: 1, line: nil, text: unit.description))
    }
    // A stable order: by level, then as above.
    return FindingLevel.allCases.reversed().flatMap { level in found.filter { $0.level == level } }
  }
}

extension UnitReading: CustomStringConvertible {
  /// The amount, its unit and how that is known.
  public var description: String {
    switch basis {
    case .checked: "\(amount) counts \(unit), as another column confirms"
    case .recognised: "\(amount) counts \(unit), as another column shows; state it in market.json"
    case .stated: "\(amount) counts \(unit), as market.json states"
    case .assumed: "\(amount) is taken to count \(unit); nothing in the file confirms it"
    case .missing: "there is no \(amount) in the file, so it is not known"
    case .known: "\(amount) counts \(unit), as this source counts it"
    }
  }
}

extension UnitReading.Basis {
  fileprivate var level: FindingLevel? {
    switch self {
    case .checked, .stated, .assumed, .known: nil
    case .recognised, .missing: .warning
    }
  }
}

extension RowFault {
  /// How much rows with it matter.
  public var level: FindingLevel {
    switch self {
    case .duplicate, .reordered, .unfinished, .regridded, .header: .note
    case .bad, .conflict, .future, .misaligned, .outlier, .repeatedBar, .filler, .volumeJump, .largeRate,
      .placeholder,
      .volumeMismatch, .crossedBook,
      .oneSidedBook,
      .emptyBook, .repeatedBook, .runningVolume, .repeatedPrice, .cumulativeBook:
      .warning
    case .jump, .otherSymbol, .smoothed: .severe
    }
  }

  /// What this number of them is called.
  fileprivate var text: String {
    switch self {
    case .duplicate: "duplicates dropped"
    case .conflict: "with the time of another and other numbers, dropped"
    case .reordered: "out of order, put in place"
    case .bad: "bad, dropped"
    case .future: "from the future, dropped"
    case .misaligned: "off the grid, dropped"
    case .unfinished: "not finished, left out"
    case .regridded: "of another interval, made into longer bars"
    case .outlier: "outliers, kept"
    case .jump: "jumps beyond any market, kept"
    case .repeatedBar: "bars that repeat those before them, left out"
    case .filler: "bars without a trade at an end of the file, left out"
    case .volumeJump: "jumps of the volume to another size, kept"
    case .largeRate: "rates that no market pays for long, kept"
    case .placeholder: "placeholders, taken as missing"
    case .volumeMismatch: "volumes that contradict prices, kept"
    case .crossedBook: "crossed books, left out"
    case .oneSidedBook: "books without a side, left out"
    case .emptyBook: "empty books, left out"
    case .repeatedBook: "books that repeat the one before, kept"
    case .otherSymbol: "of another coin, kept"
    case .smoothed: "averages of bars, kept"
    case .runningVolume: "volumes that run on, kept"
    case .repeatedPrice: "prices that repeat those before, kept"
    case .cumulativeBook: "books whose sizes run on, kept"
    case .header: "headers between rows, passed over"
    }
  }
}
