/// Amounts as people write them.
enum Money {
  /// "-1,234,567.89": quanta of 10⁻⁶ USD, rounded down to the cent.
  static func usd(_ quanta: Int64) -> String { text(cents: cents(quanta)) }

  /// The same of a magnitude, rounded up: what must be added.
  static func usd(_ quanta: UInt64) -> String {
    text(cents: quanta / 10_000 + (quanta % 10_000 == 0 ? 0 : 1))
  }

  /// Whole cents, rounded down.
  static func cents(_ quanta: Int64) -> Int64 {
    quanta >= 0 ? quanta / 10_000 : -((-(quanta + 1)) / 10_000) - 1
  }

  /// "-1,234,567.89"
  static func text(cents: Int64) -> String { (cents < 0 ? "-" : "") + text(cents: cents.magnitude) }

  private static func text(cents: UInt64) -> String {
    let rest = cents % 100
    return "\(grouped(String(cents / 100))).\(rest < 10 ? "0" : "")\(rest)"
  }

  /// "-1,000,000", from digits with or without a sign.
  static func grouped(_ number: String) -> String {
    let digits = number.drop { $0 == "-" }
    return (number.hasPrefix("-") ? "-" : "")
      + digits.enumerated().map { index, digit in
        index > 0 && (digits.count - index).isMultiple(of: 3) ? ",\(digit)" : "\(digit)"
      }.joined()
  }

  /// "63,718.97", or with four digits that say something where it is less than 1 USD: "0.00001230"; rounded
  /// towards 0.
  ///
  /// - Parameter trillionths: in 10⁻¹² USD.
  static func price(_ trillionths: Int128) -> String {
    let sign = trillionths < 0 ? "-" : ""
    let magnitude = trillionths.magnitude
    guard magnitude < 1_000_000_000_000, magnitude > 0 else {
      return sign + text(cents: UInt64(clamping: magnitude / 10_000_000_000))
    }
    let digits = String(magnitude)
    let decimals = String(repeating: "0", count: 12 - digits.count) + digits
    return "\(sign)0.\(decimals.prefix(12 - digits.count + 4))"
  }

  /// "-1234567.890000", to the quantum.
  static func exact(_ quanta: Int64) -> String {
    let rest = String(quanta.magnitude % 1_000_000)
    let zeros = String(repeating: "0", count: 6 - rest.count)
    return "\(quanta < 0 ? "-" : "")\(quanta.magnitude / 1_000_000).\(zeros)\(rest)"
  }

  /// "1.3": ppm as a number, to the last digit.
  static func factor(_ ppm: Int64) -> String {
    let digits = exact(ppm)
    let trimmed = String(digits.reversed().drop { $0 == "0" }.reversed())
    return trimmed.hasSuffix(".") ? String(trimmed.dropLast()) : trimmed
  }

  /// "-12.34 %"; with four decimals where two would be zeros, and short of -100 %.
  static func percent(_ ppm: Int64) -> String {
    let sign = ppm < 0 ? "-" : "+"
    func padded(_ number: UInt64, _ count: Int) -> String {
      String(repeating: "0", count: max(0, count - String(number).count)) + String(number)
    }
    guard ppm == 0 || ppm.magnitude >= 100 else { return "\(sign)0.\(padded(ppm.magnitude, 4)) %" }
    // All but nothing lost is not all.
    if ppm < 0, ppm > -1_000_000, ppm.magnitude > 999_949 {
      return "\(sign)\(ppm.magnitude / 10_000).\(padded(ppm.magnitude % 10_000, 4)) %"
    }
    let hundredths = (ppm.magnitude + 50) / 100
    return "\(sign)\(hundredths / 100).\(padded(hundredths % 100, 2)) %"
  }
}
