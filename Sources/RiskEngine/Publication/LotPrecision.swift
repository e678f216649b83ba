internal import MarketData

/// Whether values of one lot are precise: a quantum is at most a thousandth of it (10⁻⁶ USD over 10⁻³ USD).
///
/// Marks, margins and weights are whole quanta of one lot. Of a lot worth 7 quanta, initial margin of 8.4 %
/// is 1 quantum, which is 13 %, and brackets fall together.
enum LotPrecision {
  /// The least value of a lot, in quanta.
  static let least: Int64 = 1_000

  /// Refuses to list a lot that is worth too little.
  ///
  /// - Parameters:
  ///   - value: of one lot, in quanta, rounded down.
  ///   - wasListed: whether it has been published before. Then its price fell, it stays and is an exception.
  /// - Returns: whether the value is precise.
  static func check(
    _ id: String, lot: Lot, value: Int64, wasListed: Bool
  ) throws(PublicationError) -> Bool {
    guard value < least else { return true }
    guard wasListed else {
      throw .lotTooSmall(id: id, lot: lot.text, quanta: value, enough: enough(lot, value))
    }
    return false
  }

  /// The least power of ten times the lot that is worth enough; nil if a lot may not be as large.
  private static func enough(_ lot: Lot, _ value: Int64) -> String? {
    // A value that was rounded to nothing may be anything below one quantum.
    guard value > 0 else { return nil }
    var (units, worth) = (lot.units, value)
    while worth < least {
      let (next, overflow) = units.multipliedReportingOverflow(by: 10)
      guard !overflow, Lot.range.contains(next) else { return nil }
      (units, worth) = (next, worth * 10)
    }
    let (whole, rest) = (units / 1_000_000_000_000, units % 1_000_000_000_000)
    guard rest > 0 else { return "\(whole)" }
    let digits = String(rest)
    let decimals = String(repeating: "0", count: 12 - digits.count) + digits
    return "\(whole)." + String(decimals.reversed().drop { $0 == "0" }.reversed())
  }
}
