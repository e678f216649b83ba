import CanonicalBytes

/// The name of an option as exchanges write it:
///
/// | exchange | name |
/// |---|---|
/// | Deribit, Bybit | `BTC-27MAR26-100000-C`, `SOL_USDC-27MAR26-12d5-P`, `BTC-27MAR26-100000-C-USDT` |
/// | OKX | `BTC-USD-260327-100000-C` |
/// | Binance | `BTC-260327-100000-C` |
/// | ccxt | `BTC/USD:BTC-260327-100000-C` |
///
/// A `d` in a strike is a decimal point. All expire at eight o'clock UTC.
struct OptionName: Hashable {
  /// What the option is on: what comes before the first hyphen or stroke.
  let currency: String
  /// Eight o'clock UTC on the day of expiry, in seconds since 1970.
  let expiry: Int64
  let strike: Double
  let kind: OptionKind
  /// Whether the name says that prices are in dollars rather than in the underlying: a currency such as
  /// `SOL_USDC`, or one that ccxt names as that of settlement.
  let isLinear: Bool

  /// Eight o'clock, in seconds.
  private static let expiryHour: Int64 = 28_800
  private static let months = [
    "JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC",
  ]

  init?(_ text: String) {
    guard text.utf8.count <= 64 else { return nil }
    var parts = text.split(separator: "-", omittingEmptySubsequences: false)
    // Bybit's currency of settlement behind, OKX's quote currency before.
    if parts.count == 5, parts[4] == "USDT" || parts[4] == "USDC" { parts.removeLast() }
    if parts.count == 5, parts[1] == "USD" || parts[1] == "USDT" || parts[1] == "USDC" { parts.remove(at: 1) }
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
    let pair = parts[0].split(separator: "/", maxSplits: 1)
    guard let base = pair.first else { return nil }
    currency = String(base)
    isLinear = base.contains("_") || pair.last?.contains(":USD") ?? false
    self.expiry = expiry
    self.strike = strike
  }

  /// Names that were read before: a history has each many times.
  struct Known {
    /// How many are kept.
    private static let limit = 1 << 16
    private var names: [String: OptionName?] = [:]

    /// The option of a text, nil if it names none.
    subscript(text: String) -> OptionName? {
      mutating get {
        if let known = names[text] { return known }
        let name = OptionName(text)
        if names.count == Self.limit { names = [:] }
        names[text] = .some(name)
        return name
      }
    }
  }

  /// `7JAN22`, `27MAR26` or `260327`.
  private static func expiry(_ text: Substring) -> Int64? {
    let digits = text.prefix { $0.isASCII && $0.isNumber }
    if text.utf8.count == 6, digits.count == 6, let number = Int(digits) {
      return UTCTime.seconds(year: 2_000 + number / 10_000, month: number / 100 % 100, day: number % 100)
        .map { $0 + expiryHour }
    }
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
