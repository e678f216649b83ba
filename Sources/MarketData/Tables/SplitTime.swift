import CanonicalBytes

/// Where a row says its day and its time of day, each in a field of its own.
struct SplitTime: Hashable {
  let day: Int
  let clock: Int

  /// Names of a day.
  private static let days = ["date", "day", "tradedate", "tradingdate", "gmtdate", "utcdate", "localdate"]
  /// Names of a time of day.
  private static let clocks = ["time", "timeofday", "clock", "hour", "gmttime", "utctime", "localtime"]

  /// The columns of a table that say it so: a day and a time of day by their names, and by what the first row
  /// has there.
  init?(_ table: Table) throws(MarketDataError) {
    guard let day = table.columns.firstIndex(where: Self.days.contains),
      let clock = table.columns.firstIndex(where: Self.clocks.contains)
    else { return nil }
    var rows = try table.preview
    guard try rows.next() else { return nil }
    self.init(rows, day: day, clock: clock)
  }

  /// Two columns that are known to be a day and a time of day.
  init(day: Int, clock: Int) { (self.day, self.clock) = (day, clock) }

  /// Two columns of the row at hand, if they are a day and a time of day.
  init?(_ row: Table, day: Int, clock: Int) {
    guard let milliseconds = InstantText.milliseconds(of: row.raw(day), row.dateOrder),
      milliseconds % (UTCTime.day * 1_000) == 0,
      InstantText.clock(row.raw(clock)) != nil
    else { return nil }
    (self.day, self.clock) = (day, clock)
  }
}

extension Table {
  /// Finds out whether rows say day and time of day apart, and whether their days begin with the month or the
  /// day.
  mutating func findSplitTime() throws(MarketDataError) {
    guard !isWithoutHeader else {
      if width > 0 { dateOrder = try DateOrder(self, in: 0) }
      return
    }
    if let time = column(.time) { dateOrder = try DateOrder(self, in: time) }
    splitTime = try SplitTime(self)
  }
}
