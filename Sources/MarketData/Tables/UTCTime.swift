/// Instants as market data write them. Everything is UTC and leap seconds do not exist.
public enum UTCTime {
  /// The seconds there may be: from 1970 to the end of the year 9999.
  public static let range: ClosedRange<Int64> = 0...253_402_300_799

  /// Seconds in a day.
  public static let day: Int64 = 86_400

  /// The seconds since 1970 of a day of the Gregorian calendar at midnight, or nil if there is no such
  /// day from 1970 to 9999.
  public static func seconds(year: Int, month: Int, day: Int) -> Int64? {
    guard (1970...9999).contains(year), (1...12).contains(month), day >= 1,
      day <= days(inMonth: month, of: year)
    else { return nil }
    // Years that begin in March put the leap day last: Hinnant, "chrono-compatible low-level date
    // algorithms", days_from_civil.
    let y = month <= 2 ? year - 1 : year
    let era = y / 400
    let yearOfEra = y - era * 400
    let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    return Int64(era * 146_097 + dayOfEra - 719_468) * Self.day
  }

  /// A day of the Gregorian calendar.
  struct Date: Hashable {
    let year: Int
    let month: Int
    let day: Int
  }

  /// The day of an instant in seconds since 1970: Hinnant's civil_from_days.
  static func date(_ seconds: Int64) -> Date {
    let days = Int(seconds / day) + 719_468
    let era = days / 146_097
    let dayOfEra = days - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let marchMonth = (5 * dayOfYear + 2) / 153
    let month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
    return Date(
      year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month: month,
      day: dayOfYear - (153 * marchMonth + 2) / 5 + 1)
  }

  private static func days(inMonth month: Int, of year: Int) -> Int {
    switch month {
    case 2: year.isMultiple(of: 4) && (!year.isMultiple(of: 100) || year.isMultiple(of: 400)) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }

  /// The seconds since 1970 of a date, with or without a time of day: `2026-02-05`,
  /// `2026-02-05T21:29:37Z`, `2026-02-05 21:29:37`, `2026-02-05 09-PM`,
  /// `20260205`. Nil for anything else.
  public static func seconds(_ text: some StringProtocol) -> Int64? {
    let digits = Array(text.utf8)
    func number(_ range: Range<Int>) -> Int? {
      guard range.upperBound <= digits.count else { return nil }
      var value = 0
      for digit in digits[range] {
        guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(digit) else { return nil }
        value = 10 * value + Int(digit - UInt8(ascii: "0"))
      }
      return value
    }
    func has(_ character: Unicode.Scalar, at offset: Int) -> Bool {
      digits[offset] == UInt8(ascii: character)
    }
    if digits.count == 8 {
      guard let year = number(0..<4), let month = number(4..<6), let day = number(6..<8) else { return nil }
      return seconds(year: year, month: month, day: day)
    }
    guard digits.count >= 10, has("-", at: 4), has("-", at: 7), let year = number(0..<4),
      let month = number(5..<7), let day = number(8..<10),
      let midnight = seconds(year: year, month: month, day: day)
    else { return nil }
    if digits.count == 10 { return midnight }
    if digits.count == 16, has(" ", at: 10), has("-", at: 13) {
      // 12-AM is midnight and 12-PM is noon.
      guard let hour = number(11..<13), (1...12).contains(hour), has("M", at: 15),
        has("A", at: 14) || has("P", at: 14)
      else { return nil }
      return midnight + Int64(3_600 * (hour % 12 + (has("P", at: 14) ? 12 : 0)))
    }
    // With Z after T, without it after a space.
    let isStandard = digits.count == 20 && has("T", at: 10) && has("Z", at: 19)
    let isPlain = digits.count == 19 && has(" ", at: 10)
    guard isStandard || isPlain, has(":", at: 13), has(":", at: 16), let hour = number(11..<13),
      let minute = number(14..<16), let second = number(17..<19), hour < 24, minute < 60, second < 60
    else { return nil }
    return midnight + Int64(3_600 * hour + 60 * minute + second)
  }

  /// Seconds since 1970 of a number that counts seconds, milliseconds or microseconds, told apart by
  /// size: 10¹¹ seconds is the year 5138, 10¹¹ milliseconds is 1973. Nil outside ``range``.
  public static func seconds(ofAnyUnit value: Int64) -> Int64? {
    milliseconds(ofAnyUnit: value).map { $0 / 1_000 }
  }

  /// Milliseconds since 1970 of a number that counts seconds, milliseconds or microseconds.
  public static func milliseconds(ofAnyUnit value: Int64) -> Int64? {
    let milliseconds =
      switch value {
      case 0..<100_000_000_000: value * 1_000
      case 100_000_000_000..<100_000_000_000_000: value
      case 100_000_000_000_000..<100_000_000_000_000_000: value / 1_000
      default: Int64(-1)
      }
    return range.contains(milliseconds / 1_000) && milliseconds >= 0 ? milliseconds : nil
  }
}
