/// Which of the two comes first in days that begin with no year, such as `2/13/2026` and `13/2/2026`.
enum DateOrder: Hashable {
  case monthFirst
  case dayFirst

  /// The order of the days in a column, which the first day after the twelfth says; nil where its first row
  /// is no such day.
  ///
  /// - Throws: ``MarketDataProblem/field(column:text:expected:)`` at the first row if no day says it.
  init?(_ table: Table, in column: Int) throws(MarketDataError) {
    var rows = try table.preview
    guard try rows.next(), InstantText.monthAndDay(rows.raw(column)) != nil else { return nil }
    let first = rows
    repeat {
      guard let (first, second) = InstantText.monthAndDay(rows.raw(column)) else { continue }
      if first > 12 {
        self = .dayFirst
        return
      }
      if second > 12 {
        self = .monthFirst
        return
      }
    } while try rows.next()
    throw first.unreadable(column, .date)
  }
}
