/// The name of an option on Deribit: `BTC-27MAR26-100000-C`, or `SOL_USDC-27MAR26-120-C` where it is
/// settled in dollars. A `d` in a strike is a decimal point.
struct OptionName: Hashable {
  /// What comes before the first hyphen.
  let currency: String
  /// Eight o'clock UTC on the day of expiry, in seconds since 1970.
  let expiry: Int64
  let strike: Double
  let kind: OptionKind

  /// Whether prices are in dollars rather than in the underlying.
  var isLinear: Bool { currency.contains("_") }

  /// Eight o'clock, in seconds.
  private static let expiryHour: Int64 = 28_800
  private static let months = [
    "JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC",
  ]

  init?(_ text: String) {
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.count == 4, !parts[0].isEmpty, let expiry = Self.expiry(parts[1]),
      let strike = parseDecimal(
        Array(parts[2].utf8.map { $0 == UInt8(ascii: "d") ? UInt8(ascii: ".") : $0 })[...]),
      strike > 0
    else { return nil }
    switch parts[3] {
    case "C": kind = .call
    case "P": kind = .put
    default: return nil
    }
    currency = String(parts[0])
    self.expiry = expiry
    self.strike = strike
  }

  /// `7JAN22` or `27MAR26`.
  private static func expiry(_ text: Substring) -> Int64? {
    let digits = text.prefix { $0.isASCII && $0.isNumber }
    let rest = text.dropFirst(digits.count)
    guard rest.suffix(2).allSatisfy({ $0.isASCII && $0.isNumber }), let day = Int(digits),
      let month = months.firstIndex(of: String(rest.prefix(3))),
      rest.utf8.count == 5, let year = Int(rest.dropFirst(3)),
      let midnight = UTCTime.seconds(year: 2_000 + year, month: month + 1, day: day)
    else { return nil }
    return midnight + expiryHour
  }

  /// The name of an option on an underlying, as Deribit would name it; nil outside the years 2000 to
  /// 2099.
  static func text(underlying: String, expiry: Int64, strike: Double, kind: OptionKind) -> String? {
    let date = UTCTime.date(expiry)
    guard (2_000...2_099).contains(date.year) else { return nil }
    let whole = strike.rounded(.towardZero)
    let strikeText =
      strike == whole && strike < 1e15
      ? String(Int64(whole)) : "\(strike)".map { $0 == "." ? "d" : String($0) }.joined()
    let year = date.year % 100
    return "\(underlying)-\(date.day)\(months[date.month - 1])\(year < 10 ? "0" : "")\(year)-\(strikeText)-"
      + (kind == .call ? "C" : "P")
  }
}
