/// Times as documents write them, "2026-02-05T21:29:37Z", and the calendar behind them. Everything is UTC and
/// leap seconds do not exist.
public enum UTCTime {
  /// The seconds there may be: from 1970 to the end of the year 9999.
  public static let range: ClosedRange<Int64> = 0...253_402_300_799

  /// Seconds in a day.
  public static let day: Int64 = 86_400

  /// The seconds since 1970 of a time in this form of RFC 3339, within ``range``; nil for any other text.
  public static func seconds(_ text: String) -> Int64? {
    guard hasForm(text.utf8, of: template) else { return nil }
    let digits = text.utf8.map { Int($0) - Int(UInt8(ascii: "0")) }
    func pair(_ place: Int) -> Int { 10 * digits[place] + digits[place + 1] }
    let (hour, minute, second) = (pair(11), pair(14), pair(17))
    guard hour < 24, minute < 60, second < 60,
      let midnight = seconds(year: 100 * pair(0) + pair(2), month: pair(5), day: pair(8))
    else { return nil }
    return midnight + Int64(3_600 * hour + 60 * minute + second)
  }

  /// What ``text(_:)`` writes, with a zero for each digit.
  private static let template = "0000-00-00T00:00:00Z"

  /// Whether a text has a digit where the template has a zero, and is the template elsewhere.
  static func hasForm(_ text: some Collection<UInt8>, of template: String) -> Bool {
    let zero = UInt8(ascii: "0")
    return text.count == template.utf8.count
      && zip(text, template.utf8).allSatisfy { byte, sign in
        sign == zero ? (zero...UInt8(ascii: "9")).contains(byte) : byte == sign
      }
  }

  /// An instant in seconds since 1970 as RFC 3339 writes it: `2026-02-05T21:29:37Z`. What is outside
  /// ``range`` is written as its nearer end.
  public static func text(_ seconds: Int64) -> String {
    let instant = min(max(seconds, range.lowerBound), range.upperBound)
    let date = date(instant)
    let time = instant % day
    func padded(_ value: Int64, _ width: Int) -> String {
      let digits = String(value)
      return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
    return "\(padded(Int64(date.year), 4))-\(padded(Int64(date.month), 2))-\(padded(Int64(date.day), 2))T"
      + "\(padded(time / 3_600, 2)):\(padded(time / 60 % 60, 2)):\(padded(time % 60, 2))Z"
  }

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
  package struct Date: Hashable {
    package let year: Int
    package let month: Int
    package let day: Int
  }

  /// The day of an instant in seconds since 1970, within ``range``: Hinnant's civil_from_days.
  package static func date(_ seconds: Int64) -> Date {
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
}
