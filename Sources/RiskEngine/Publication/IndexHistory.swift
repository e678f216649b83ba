/// What a volatility index was, once a day, for a forecast that learns from it (M07, M40).
///
/// The market shows the last option chain only, so the engine remembers its own index: the first of each day
/// (UTC), for as many days as a fit looks back over.
public struct IndexHistory: Hashable, Sendable {
  /// The index at one instant.
  public struct Entry: Hashable, Sendable {
    /// When it was published, in seconds since 1970.
    public var time: Int64
    /// The volatility for thirty days, per √year.
    public var volatility: Double
  }

  /// For how many days it is remembered.
  public static let mostDays = 396
  /// An index counts for an instant that is no more than this many seconds later.
  public static let maximumAge: Int64 = 86_400

  /// The entries in order of time.
  public private(set) var entries: [Entry]

  /// Nothing known.
  public init() {
    entries = []
  }

  /// As it was recorded; entries out of order are dropped.
  init(recorded: [Entry]) {
    entries = []
    for entry in recorded.suffix(Self.mostDays) where entry.time > entries.last?.time ?? -1 {
      entries.append(entry)
    }
  }

  /// Remembers the first index of a day.
  mutating func note(_ volatility: Double, at time: Int64) {
    guard volatility.isFinite, time >= 0 else { return }
    if let last = entries.last, time / 86_400 <= last.time / 86_400 { return }
    entries.append(Entry(time: time, volatility: volatility))
    if entries.count > Self.mostDays { entries.removeFirst() }
  }

  /// The variance per day that the index implied at an instant; nil when none is known from the day before
  /// it.
  public func variancePerDay(at time: Int64) -> Double? {
    var (lower, upper) = (0, entries.count)
    while lower < upper {
      let middle = lower + (upper - lower) / 2
      if entries[middle].time <= time { lower = middle + 1 } else { upper = middle }
    }
    guard lower > 0, time - entries[lower - 1].time <= Self.maximumAge else { return nil }
    return Self.variancePerDay(entries[lower - 1].volatility)
  }

  /// σ²/365.
  static func variancePerDay(_ volatility: Double) -> Double { volatility * volatility / 365 }
}
