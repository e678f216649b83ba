import CanonicalBytes
public import MarketData

/// What was found in the data of a market at an instant: of each series its rows, ages, units and everything
/// that was repaired, dropped, recognised or does not count.
///
/// It stands in the record of a publication as it was then. A file that has grown since gives another report
/// of the same rows, so computing the snapshot again does not compare it; what a snapshot depends on are
/// exceptions, which are.
public struct MarketReport: Hashable, Sendable {
  /// The instant, in seconds since 1970.
  public var time: Int64
  /// The series, in the order in which they were read.
  public var series: [SeriesReport]

  /// The report on a market.
  ///
  /// - Parameters:
  ///   - time: the instant, in seconds since 1970.
  ///   - configuration: the greatest ages at which series count.
  public init(_ market: Market, at time: Int64, configuration: EngineConfiguration) {
    self.time = time
    let view = market.upTo(time)
    let fresh = Freshness(market, view, configuration)
    let ages = fresh.ages
    series = market.quality.map { quality in
      SeriesReport(quality, age: ages.first { $0.series == quality.series })
    }
    // What was put together in memory has no file.
    for age in ages where !market.quality.contains(where: { $0.series == age.series }) {
      var quality = DataQuality(file: "")
      quality.series = age.series
      series.append(SeriesReport(quality, age: age))
    }
    for (index, report) in series.enumerated() {
      if let found = fresh.contradictions[report.series] {
        series[index].findings.insert(
          DataFinding(
            level: .severe, code: "contradiction", count: 1, line: nil,
            text: "\(found.text): the series does not count\(SeriesReport.consequence(found.kind))"), at: 0)
      } else if let found = fresh.deviations[report.series] {
        series[index].findings.append(
          DataFinding(
            level: .warning, code: "deviation", count: 1, line: nil,
            text: found.text))
      }
    }
    for underlying in market.underlyings {
      note(underlying, at: time)
    }
  }

  init(time: Int64, series: [SeriesReport]) {
    self.time = time
    self.series = series
  }

  /// Every finding with its series, the worst first.
  public var findings: [(series: String, finding: DataFinding)] {
    let all = series.flatMap { series in series.findings.map { (series: series.series, finding: $0) } }
    return FindingLevel.allCases.reversed().flatMap { level in all.filter { $0.finding.level == level } }
  }

  /// Whether anything of a level or worse was found.
  public func has(_ level: FindingLevel) -> Bool {
    series.contains { $0.findings.contains { $0.level >= level } }
  }

  /// What bars show only at an instant: one that has not ended, and shorter ones than estimators look at.
  private mutating func note(_ underlying: UnderlyingSeries, at time: Int64) {
    guard let index = series.firstIndex(where: { $0.series == "\(underlying.id)/bars" }) else { return }
    let interval = underlying.bars.interval
    let progress = underlying.bars.bars.last { $0.openTime <= time }
    if let progress, progress.openTime + interval > time {
      series[index].findings.append(
        DataFinding(
          level: .note, code: RowFault.unfinished.rawValue, count: 1, line: nil,
          text: "the bar from \(Self.text(progress.openTime)) has not ended at \(Self.text(time)), left out"))
    }
    let hourly = underlying.upTo(time).hourlyInterval
    if hourly > interval {
      series[index].findings.append(
        DataFinding(
          level: .note, code: "aggregated", count: Int64(underlying.bars.bars.count), line: nil,
          text: "bars of \(interval) s are made into bars of \(hourly) s for estimators"))
    }
  }

  private static func text(_ time: Int64) -> String { UTCTime.text(time) }
}

/// What was found in one series.
public struct SeriesReport: Hashable, Sendable {
  /// The series as inputs are named: "BTC/bars".
  public var series: String
  /// The path of its file; empty for what was put together in memory.
  public var file: String
  /// How many rows the file has.
  public var rows: Int
  /// How many of them the series has.
  public var kept: Int
  /// When the first row is of, in seconds since 1970; nil for an empty series.
  public var first: Int64?
  /// When the last row is of.
  public var last: Int64?
  /// How old the newest row that counts was, in seconds; nil where nothing was known, or no age is asked of
  /// the series.
  public var age: Int64?
  /// The greatest age at which the series counts; nil where none is asked.
  public var limit: Int64?
  /// How many gaps there are between rows.
  public var gaps: Int
  /// How many rows are missing in them.
  public var missing: Int64
  /// What amounts are counted in and how that is known.
  public var units: [UnitReading]
  /// What was found, the worst first.
  public var findings: [DataFinding]

  /// The report of a reader, with the age of the series.
  init(_ quality: DataQuality, age: SeriesAge?) {
    series = quality.series
    file = quality.file
    rows = quality.rows
    kept = quality.kept
    first = quality.span?.lowerBound
    last = quality.span?.upperBound
    self.age = age?.age
    limit = age?.limit
    gaps = quality.gaps.count
    missing = quality.missing
    units = quality.units
    findings = quality.findings
    guard let age, age.isStale else { return }
    let text =
      age.age.map {
        "the newest is \(Self.duration($0)) old, at most \(Self.duration(age.limit)) counts: the series does not count"
      } ?? "nothing is known of it at this instant: the series does not count"
    findings.insert(
      DataFinding(
        level: .severe, code: age.age == nil ? "missing" : "stale", count: 1, line: nil,
        text: "\(text)\(Self.consequence(age.kind))"),
      at: 0)
  }

  init(series: String, file: String) {
    self.series = series
    self.file = file
    (rows, kept, gaps, missing) = (0, 0, 0, 0)
    (first, last, age, limit) = (nil, nil, nil, nil)
    (units, findings) = ([], [])
  }

  /// Seconds in the largest units that say them in two numbers.
  static func duration(_ seconds: Int64) -> String {
    switch seconds {
    case ..<120: "\(seconds) s"
    case ..<7_200: "\(seconds / 60) min" + (seconds % 60 > 0 ? " \(seconds % 60) s" : "")
    case ..<172_800: "\(seconds / 3_600) h" + (seconds % 3_600 / 60 > 0 ? " \(seconds % 3_600 / 60) min" : "")
    default:
      "\(seconds / 86_400) days" + (seconds % 86_400 / 3_600 > 0 ? " \(seconds % 86_400 / 3_600) h" : "")
    }
  }

  fileprivate static func consequence(_ kind: SeriesKind) -> String {
    switch kind {
    case .bars, .openInterest, .insurance: "; positions may only be closed, and margin does not relax"
    case .funding: "; margin does not relax"
    case .books: "; its depth is not counted"
    case .chain: "; options may only be closed"
    case .prices: "; the last price holds, and positions may only be closed"
    case .usage: "; nothing new is backed under a ceiling, and interest does not fall"
    }
  }
}
